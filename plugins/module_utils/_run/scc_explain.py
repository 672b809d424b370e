# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module scc_explain does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .._errors import TritonError
from .._explain.explain import ADMITTED, Facts, Known, explain
from .._explain.offline_facts import Given, Offline
from .._kube import security
from .._kube.client import Client, connect, path_of
from .._kube.workload import KINDS
from .._room import lasting, no_room
from .._scc.manifests import PodSource, no_pods, objects_of, pod_sources
from .._scc.problem import UNUSABLE
from .._scc.refusers import POD_SECURITY, SCC, SERVICE_ACCOUNT
from .._scc.requesters import signed_in
from .scc_facts import Live

DEFAULT_ACCOUNT = "default"
_FORBIDDEN = " is forbidden: "


def run(params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Judge the pods of some manifests; nothing is ever written."""
    if params["offline"]:
        if params["confirm"]:
            raise TritonError("confirm asks a cluster, and offline asks none; leave one of them out.")
        return offline(params)
    objects = read_objects(params)
    sources = sources_of(objects, params)
    client = connect(params)
    known = Live(client, params, objects)
    results = [_judged(source, known, client if params["confirm"] else None) for source in sources]
    return outcome(results)


def offline(params: Mapping[str, Any]) -> dict[str, Any]:
    """The same without a cluster.

    :param params: options of the module; all but definitions (or src) and namespace may be missing.
    """
    objects = read_objects(params)
    namespace, given = params["namespace"], params.get("namespace_definition")
    platform = params.get("platform") or "auto"
    known = Offline(
        Given(
            objects=tuple(objects),
            namespaces={namespace: given} if given is not None else None,
            sccs=None if params.get("sccs") is None else tuple(params["sccs"]),
            granted=params.get("granted") or {},
            platform="openshift" if platform == "auto" else platform,
        )
    )
    return outcome([_judged(source, known, None) for source in sources_of(objects, params)])


def read_objects(params: Mapping[str, Any]) -> list[Any]:
    """All objects of options definitions and src.

    :raises TritonError: a file or a text that cannot be read.
    """
    objects: list[Any] = []
    if params.get("definitions") is not None:
        objects += objects_of(params["definitions"], "definitions")
    for name in params.get("src") or ():
        try:
            text = Path(name).expanduser().read_bytes()
        except OSError as error:
            raise TritonError(f"src is {name!r}, which cannot be read ({error.strerror}); correct the path.") from error
        objects += objects_of(text, name)
    return objects


def sources_of(objects: Sequence[Any], params: Mapping[str, Any]) -> list[PodSource]:
    """The pods of the objects, with the service account of the options where they name none.

    :raises TritonError: there are none, or one is malformed.
    """
    sources = pod_sources(objects, params["namespace"])
    if not sources:
        raise no_pods(objects)
    account = params.get("service_account")
    return [source.with_account(account) for source in sources] if account else sources


def outcome(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The result of the module."""
    return {
        "admitted": all(result["verdict"] == ADMITTED for result in results),
        "msg": " ".join(result["msg"] for result in results),
        "pods": list(results),
    }


def _judged(source: PodSource, known: Known, client: Client | None) -> dict[str, Any]:
    facts = known.facts(source.namespace)
    result = explain(source, facts)
    if client is not None:
        result["confirmed"] = _confirmed(client, source, facts, result)
    return result


def _confirmed(client: Client, source: PodSource, facts: Facts, result: Mapping[str, Any]) -> dict[str, Any]:
    """What the cluster answers to a dry run of the pod, beside the verdict; ``agrees`` is none where it does not say."""
    said = _asked(client, source)
    agrees: bool | None = None
    if said.verdict == security.ADMITTED:
        agrees = result["verdict"] == ADMITTED and (result["scc"] or "") == said.scc
    elif said.verdict == security.REFUSED and said.by in (SCC, POD_SECURITY):
        agrees = _cause(result["message"]) == _cause(said.message)
    return {
        "agrees": agrees,
        "answer": said.verdict,
        "scc": said.scc or None,
        "by": said.by or None,
        "message": said.message,
        "reason": said.reason or (said.message if agrees is None else ""),
        "no_room": _no_room(client, source, said),
    }


def _asked(client: Client, source: PodSource) -> security.Confirmation:
    """The dry run in the name of who will ask for the pod.

    Where that says nothing, since nobody else's name may be taken or the service account is yet to be made, the user's own name and
    the account that every namespace has are tried: a refusal counts that does not hang on who asks.
    """
    requester = signed_in(source.requester) if source.requester else None
    # The cluster fills in its own defaults, such as the token of a service account as it is there.
    said = first = security.confirm(client, source.pod, source.namespace, requester)
    if requester is not None and said.lacking is not None and said.lacking.verb == "impersonate":
        requester = None
        said = security.confirm(client, source.pod, source.namespace)
    if said.by == SERVICE_ACCOUNT:
        spec = {**source.pod["spec"], "serviceAccountName": DEFAULT_ACCOUNT, "serviceAccount": DEFAULT_ACCOUNT}
        said = security.confirm(client, {**source.pod, "spec": spec}, source.namespace, requester)
    return said if said is first or _holds_for_all(said) else first


def _holds_for_all(said: security.Confirmation) -> bool:
    """Whether a refusal is the same whoever asks: every user may use what the controller may, and the SCCs that refused were tried."""
    return bool(no_room(said.message, "")) or (said.by == SCC and UNUSABLE not in said.message)


def _no_room(client: Client, source: PodSource, said: security.Confirmation) -> str:
    """Why there is no room for the pods; a quota that is full counts only where none of them can be what fills it."""
    text = no_room(said.message, f"the pods of {source.kind} {source.name} in namespace {source.namespace}")
    if text and not lasting(said.message) and source.kind in KINDS:
        api_version, plural = KINDS[source.kind]
        if client.get(path_of(api_version, plural, source.namespace, source.name)) is not None:
            return ""
    return text


def _cause(message: str) -> str:
    """A refusal without the pod's name: the API server completes a generated one before it asks those who change nothing."""
    return message.partition(_FORBIDDEN)[2] or message
