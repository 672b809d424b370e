# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module scc does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import TritonError
from .._explain.explain import ADMITTED, OPENSHIFT, explain
from .._explain.remedies import use
from .._kube.apply import carry_out, plan_absent, plan_present
from .._kube.client import Client, connect
from .._kube.resources import Discovery
from .._scc.defaults import admission_defaults
from .._scc.least import Least, Wanted, least, object_name, scc_of, words
from .._scc.manifests import PodSource
from .apply import diff
from .scc_explain import read_objects, sources_of
from .scc_facts import Live


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Make, or take away, the SCC of one workload with what lets its service account use it."""
    client = connect(params)
    name = object_name(params["namespace"], params["name"])
    result: dict[str, Any]
    if params["state"] == "absent":
        # The other way round than they are made: who may use what is gone before it is gone itself.
        objects = [*reversed(use(name, "", params["namespace"])), scc_of(name, ())]
        result = {"scc": name, "objects": [], "msg": f"SCC {name} is not there."}
        changes = plan_absent(client, Discovery(client), objects)
    else:
        result = _wanted(client, params, name)
        changes = plan_present(client, Discovery(client), result["objects"])
    changed = any(change.method != "none" for change in changes)
    if changed and not check_mode:
        carry_out(client, changes, params["wait_timeout"])
    return {
        "changed": changed,
        **result,
        "changes": [change.summary() for change in changes],
        "diff": diff(changes),
    }


def _wanted(client: Client, params: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The objects to be there.

    :raises TritonError: no OpenShift, a workload without pods, or one that needs what is not to be granted unnamed.
    """
    namespace = params["namespace"]
    objects = read_objects(params)
    # Pods that name no service account run as default, whoever is to get the grant.
    every = sources_of(objects, {**params, "service_account": None})
    account, sources = _of_account([one for one in every if one.namespace == namespace], params)
    known = Live(client, params, objects)
    if known.platform != OPENSHIFT:
        raise TritonError(f"{client.server} is no OpenShift, so there is no SCC to make; leave this out there.")
    facts = known.facts(namespace)
    # What was made before must not make itself unnecessary.
    verdicts = [explain(source, facts.without(name)) for source in sources]
    # What an SCC admits and Pod Security refuses is none the better for another SCC; pods of Windows have none.
    refused = [verdict for verdict in verdicts if verdict["verdict"] != ADMITTED]
    needed = any(not verdict["scc"] for verdict in refused)
    if params["only_if_needed"] and not needed:
        names = sorted({verdict["scc"] for verdict in verdicts if verdict["scc"]})
        by = f"{', '.join(names)} admits it" if names else "OpenShift applies none to it"
        msg = " ".join([f"The workload needs no SCC of its own: {by}.", *(verdict["msg"] for verdict in refused)])
        return {"needed": False, "scc": names[0] if names else None, "grants": [], "objects": [], "msg": msg}
    pods = tuple(admission_defaults(source.pod, source.namespace, source.automount) for source in sources)
    found = least(Wanted(pods, namespace, facts.annotations or {}), name)
    _check_named(found, params["allow"])
    grants = words(found.grants)
    return {
        "needed": needed,
        "scc": name,
        "grants": grants,
        "objects": [found.scc, *use(name, account, namespace)],
        "msg": f"SCC {name} admits the workload; it allows {', '.join(grants) or 'what the namespace gives, and nothing else'}.",
    }


def _of_account(sources: Sequence[PodSource], params: Mapping[str, Any]) -> tuple[str, list[PodSource]]:
    """The service account, and the pods that have it."""
    by_account: dict[str, list[PodSource]] = {}
    for source in sources:
        by_account.setdefault((source.pod.get("spec") or {}).get("serviceAccountName") or "default", []).append(source)
    wanted = params["service_account"] or (next(iter(by_account)) if len(by_account) == 1 else "")
    if wanted in by_account:
        return wanted, by_account[wanted]
    if not by_account:
        raise TritonError(f"None of these manifests has a pod in namespace {params['namespace']}; correct namespace.")
    raise TritonError(
        f"The pods run as service accounts {', '.join(sorted(by_account))}"
        f"{f', none of them as {wanted}' if wanted else ''}; name one of them as service_account."
    )


def _check_named(found: Least, allow: list[str]) -> None:
    unnamed = found.unnamed(allow)
    if unnamed:
        needs = "; ".join(f"{words([grant])[0]} ({found.reasons[grant]})" for grant in unnamed)
        names = sorted({*allow, *(grant.privilege for grant in unnamed)})
        raise TritonError(
            f"The workload asks for what is granted only by name: {needs}. Change the workload, or set allow: [{', '.join(names)}]. "
            "Nothing was written."
        )
