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
from .._platform.gate import Expected, stopped
from .._release import stored
from .._release.values import merged, models_at_start
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


class Unsettled(Exception):
    """There is something to do; the message says what was found first."""


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Look whether a deployment is as it is to be, and answers; nothing is ever written.

    What is wrong with the cluster or the settings is no failure here: the steps of a deployment say it in their own words.
    """
    nothing: dict[str, Any] = {"converged": False, "server": "", "models_ready": [], "notes": []}
    try:
        client = connect(params).remembering()
        with once.shared(client):
            return {
                **nothing,
                **_settled(client, params, check_mode),
                "converged": True,
                "msg": "Nothing is to be done.",
            }
    except (Unsettled, TritonError) as error:
        return {**nothing, "msg": getattr(error, "message", None) or str(error)}


def _settled(client: Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """The facts of a deployment that has converged.

    :raises Unsettled: it has not.
    :raises TritonError: something about it is wrong.
    """
    facts = _facts(client, params)
    storage = _storage(params, facts)
    values = _values(params, storage)
    objects = _release(client, params, values)
    _admitted(params, objects)
    models = models_at_start(params["values"], storage["models"])
    served = {} if check_mode else _served(params, models)
    for inference in params["inferences"]:
        triton.infer({**_server(params), **_INFERENCE, **inference}, check_mode)
    return {
        "server": facts["server"],
        "models_ready": served.get("models_ready", []),
        "notes": storage["notes"],
        "warnings": storage["warnings"],
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


def _values(params: Mapping[str, Any], storage: Mapping[str, Any]) -> dict[str, Any]:
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
    rollout = rollout_plan.run(
        {
            **params,
            "chart_values": merged([params["default_values"], storage["chart_values"]]),
            "user_values": params["values"],
            "definitions": storage["definitions"],
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


def _release(client: Client, params: Mapping[str, Any], values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The objects of the release, which is as these values make it, and was verified."""
    release = {
        **params,
        "name": params["release"],
        "state": "present",
        "chart_version": "",
        "chart_repository": "",
        "values": values,
        "plan": None,
        "namespace_missing": False,
        "timeout": 300,
        "wait": False,
        "history_max": 10,
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
    found: Sequence[Mapping[str, Any]] = plan["objects"]
    return found


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


_INFERENCE: dict[str, Any] = {"version": None, "outputs": [], "parameters": None, "expect": None, "query": None}


def _server(params: Mapping[str, Any]) -> dict[str, Any]:
    reached = {"name": params["release"], "workload": params["release"], "port": triton.HTTP_PORT, "url": None}
    return {**params, **reached, "timeout": params["answer_timeout"]}


def _served(params: Mapping[str, Any], models: Sequence[str]) -> dict[str, Any]:
    models_values = params["values"].get("models") or {}
    explicit = models_values.get("controlMode") == "explicit" and "*" not in (models_values.get("load") or ())
    wanted = {
        **_server(params),
        "models": list(models),
        "only_models": explicit,
        "wait": True,
        "wait_timeout": NO_WAIT,
        "gather": ["server"],
        "query": None,
    }
    return triton.info(wanted, True)
