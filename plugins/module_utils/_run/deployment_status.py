# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module deployment_status does: the whole of a deployment looked at, with each object read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import TritonError
from .._helm.program import opened
from .._kube import once, releases
from .._kube.client import Client, connect
from .._mirrors import mirrored_values
from .._platform.gate import Expected, stopped
from .._release import stored
from .._release.values import loads_on_request, merged, models_at_start
from . import (
    helm_release,
    helm_release_wanted,
    model_repository,
    platform_info,
    rollout_plan,
    scc_explain,
    security_context,
    triton,
)

PURPOSE = "deploy"
# What is not there already is not there: a look does not wait.
NO_WAIT = 0


class Unsettled(TritonError):
    """There is something to do; the message says what was found first."""


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Look whether a deployment is as it is to be, and answers; nothing is ever written.

    What is wrong with the cluster or the settings is no failure here: the steps of a deployment say it in their own words.
    """
    nothing: dict[str, Any] = {"converged": False, "server": "", "models_ready": [], "answers": [], "notes": []}
    try:
        client = connect(params).remembering()
        with once.shared(client):
            return {
                **nothing,
                **_settled(client, params, check_mode),
                "converged": True,
                "msg": "Nothing is to be done.",
            }
    except TritonError as error:
        return {**nothing, "msg": error.message}


def _settled(client: Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """The facts of a deployment that has converged.

    :raises Unsettled: it has not.
    :raises TritonError: something about it is wrong.
    """
    foreign = params["foreign"]
    if not foreign:
        values = mirrored_values(params["values"], params["image_mirrors"], params["default_values"])
        params = {**params, "values": values}
    facts = _facts(client, params)
    storage = _storage(params, facts)
    # A chart of somebody else decides by itself how it rolls out, and takes no values but the user's.
    rollout = {"notes": [], "warnings": []} if foreign else _rollout(params, storage)
    if params["adapt"] is not None:
        params = {**params, "adapt": {**params["adapt"], "model_values": storage["chart_values"]}}
    values = params["values"] if foreign else _values(params, storage, rollout)
    objects, undecidable, found = _release(client, params, values)
    _admitted(params, objects)
    started = {} if foreign else params["values"]
    server = _server(params, found)
    served = {} if check_mode else _served(server, started, models_at_start(started, storage["models"]))
    answers = [triton.infer({**server, **_inference(inference)}, check_mode) for inference in params["inferences"]]
    return {
        "server": facts["server"],
        "models_ready": served.get("models_ready", []),
        "answers": [] if check_mode else answers,
        "notes": [*storage["notes"], *rollout["notes"], *undecidable],
        "warnings": [*storage["warnings"], *rollout["warnings"]],
    }


def _facts(client: Client, params: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {**params, "purpose": PURPOSE, "rights": [], "sccs": False, "make_scc": False, "make_volumes": False}
    facts = platform_info.gathered(client, wanted)
    expected = Expected(*(params[f"expected_{what}"] for what in ("server", "user", "ca_sha256")))
    reason = stopped(facts, PURPOSE, expected, params["create_namespace"])
    if reason:
        raise Unsettled(reason)
    if facts["namespace"]["exists"] is not True:
        raise Unsettled(f'Namespace "{params["namespace"]}" is to be made.')
    return facts


def _storage(params: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of the storage; nothing of it is missing."""
    wanted = {
        **params,
        "scope": "namespace",
        "live": True,
        "wait_timeout": NO_WAIT,
        "storage_classes": facts["storage_classes"],
        "digests": {},
    }
    plan = model_repository.run({**wanted, "state": "planned"}, True)
    wanted["digests"] = {upload["repository"]: upload["digest"] for upload in plan["uploads"]}
    # Most of it stays for as long as a revision names it.
    if plan["superfluous"] and model_repository.run({**wanted, "state": "pruned"}, True)["changed"]:
        raise Unsettled("What earlier model repositories needed is to be deleted.")
    if any(upload["needed"] for upload in plan["uploads"]):
        raise Unsettled("Models are to be uploaded.")
    needed = plan["definitions"] or plan["secrets"]
    if needed and model_repository.run({**wanted, "state": "present"}, True)["changed"]:
        raise Unsettled("Objects of the model repositories are to be made or changed.")
    return plan


def _rollout(params: Mapping[str, Any], storage: Mapping[str, Any]) -> dict[str, Any]:
    return rollout_plan.run(
        {
            **params,
            "chart_values": merged([params["default_values"], storage["chart_values"]]),
            "user_values": params["values"],
            "definitions": storage["definitions"],
        },
        True,
    )


def _values(params: Mapping[str, Any], storage: Mapping[str, Any], rollout: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's values, as the role release merges them."""
    context = security_context.run(
        {
            **params,
            "annotations": None,
            "namespace_missing": False,
            "platform": "auto",
            "run_as_user": None,
            "fs_group": None,
            "supplemental_groups": [],
            "wait_timeout": NO_WAIT,
        },
        True,
    )
    parts = [
        {"fullnameOverride": params["release"]},
        context["chart_values"],
        storage["chart_values"],
        rollout["chart_values"],
        params["values"],
    ]
    return merged(parts)


def _release(
    client: Client, params: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[Sequence[Mapping[str, Any]], list[str], Mapping[str, str]]:
    """The objects of the release, which is as these values make it, and was verified; what cannot be told of it, and how it is reached."""
    release = {
        **params,
        "name": params["release"],
        "state": "present",
        "values": values,
        "plan": None,
        "namespace_missing": False,
        "timeout": 300,
        "wait": False,
        "history_max": 10,
        "pending_timeout": 0,
    }
    newest = releases.read(client, params["release"], params["namespace"]).newest
    outdated = Unsettled(f"Release {params['release']} is to be installed or upgraded.")
    if newest is None or newest.status != stored.DEPLOYED:
        raise outdated
    with opened(params["helm_binary"], client.kubeconfig()) as helm:
        mark = helm_release_wanted.asked(client, helm, release).fingerprint
        # Rendering is left to the step that brings the release out, so that a run renders once.
        if newest.fingerprint != mark:
            raise outdated
    plan = helm_release.run(release, True)
    if plan["changed"]:
        raise Unsettled(plan["msg"])
    if not plan["verified"]:
        raise Unsettled(f"Revision {newest.revision} of release {params['release']} is to be verified.")
    return plan["objects"], plan["undecidable"], plan["server"] or {}


def _admitted(params: Mapping[str, Any], objects: Sequence[Mapping[str, Any]]) -> None:
    verdict = scc_explain.run(
        {
            **params,
            "definitions": list(objects),
            "src": None,
            "service_account": None,
            "offline": False,
            "namespace_definition": None,
            "sccs": None,
            "granted": {},
            "platform": "auto",
            "confirm": True,
            "wait_timeout": NO_WAIT,
        },
        True,
    )
    if not verdict["admitted"]:
        raise Unsettled(verdict["msg"])
    without_room = [pod["confirmed"]["no_room"] for pod in verdict["pods"] if pod["confirmed"]["no_room"]]
    if without_room:
        raise Unsettled(" ".join(without_room))


def _inference(given: Mapping[str, Any]) -> dict[str, Any]:
    """An inference as the module triton_infer would get it.

    :raises Unsettled: it is not written out in the types that the module makes of it, or has other options; the steps have words for that.
    """
    one = {**_INFERENCE, **given}
    if isinstance(one["version"], int) and not isinstance(one["version"], bool):
        one["version"] = str(one["version"])
    inputs, outputs = one["inputs"], one["outputs"] or []
    plain = (
        set(one) == set(_INFERENCE)
        and isinstance(one["model"], str)
        and isinstance(one["version"] or "", str)
        and isinstance(one["expect"] or "", str)
        and isinstance(one["parameters"] or {}, Mapping)
        and isinstance(inputs, list)
        and all(isinstance(each, Mapping) and _tensor(each) for each in inputs)
        and isinstance(outputs, list)
        and all(isinstance(each, str) for each in outputs)
    )
    if not plain:
        raise Unsettled(f"Inference of model {one['model']} is to be checked.")
    return {**one, "inputs": [{"shape": None, **each} for each in inputs], "outputs": outputs, "query": None}


def _tensor(given: Mapping[str, Any]) -> bool:
    shape = given.get("shape")
    return (
        {"name", "datatype", "data"} <= set(given) <= {"name", "datatype", "data", "shape"}
        and isinstance(given["name"], str)
        and isinstance(given["datatype"], str)
        and (shape is None or (isinstance(shape, list) and all(isinstance(size, int) for size in shape)))
    )


_INFERENCE: dict[str, Any] = dict.fromkeys(("model", "version", "inputs", "outputs", "parameters", "expect"))


def _server(params: Mapping[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """How the server is reached: as the user says, as the release's objects say, or by the name of the release."""
    reached = {
        "name": params["service"] or found.get("service") or params["release"],
        "workload": params["workload"] or found.get("workload") or params["release"],
        "port": params["port"] or found.get("port") or triton.HTTP_PORT,
        "url": None,
    }
    return {**params, **reached, "timeout": params["answer_timeout"]}


def _served(server: Mapping[str, Any], values: Mapping[str, Any], models: Sequence[str]) -> dict[str, Any]:
    wanted = {
        **server,
        "models": list(models),
        "only_models": loads_on_request(values),
        "wait": True,
        "wait_timeout": NO_WAIT,
        "gather": ["server"],
        "query": None,
    }
    return triton.info(wanted, True)
