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
from .._kube.client import Client, connect
from .._scc.defaults import admission_defaults
from .._scc.manifests import PodSource, no_pods, objects_of, pod_sources
from .._scc.requesters import signed_in
from .scc_facts import Live

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
    requester = signed_in(source.requester) if source.requester else None
    pod = admission_defaults(source.pod, source.namespace, source.automount)
    said = security.confirm(client, pod, source.namespace, requester)
    agrees: bool | None = None
    if said.verdict == security.ADMITTED:
        agrees = result["verdict"] == ADMITTED and (result["scc"] or "") == said.scc
    elif said.verdict == security.REFUSED and said.by in ("scc", "pod_security"):
        agrees = _cause(result["message"]) == _cause(said.message)
    return {
        "agrees": agrees,
        "answer": said.verdict,
        "scc": said.scc or None,
        "by": said.by or None,
        "message": said.message,
        "reason": said.reason or (said.message if agrees is None else ""),
    }


def _cause(message: str) -> str:
    """A refusal without the pod's name: the API server completes a generated one before it asks those who change nothing."""
    return message.partition(_FORBIDDEN)[2] or message
