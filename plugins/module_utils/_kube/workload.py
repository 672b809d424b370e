# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a workload with what belongs to it: replica sets, pods, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._release import rollout
from .client import ApiError, Client, path_of

KINDS: Mapping[str, tuple[str, str]] = {
    "Deployment": ("apps/v1", "deployments"),
    "ReplicaSet": ("apps/v1", "replicasets"),
    "StatefulSet": ("apps/v1", "statefulsets"),
    "DaemonSet": ("apps/v1", "daemonsets"),
    "Job": ("batch/v1", "jobs"),
}


@dataclass(frozen=True, slots=True)
class Workload:
    """``creators`` are the objects whose controller creates the pods: the newest ReplicaSet, or the workload itself."""

    kind: str
    live: Mapping[str, Any]
    creators: Sequence[Mapping[str, Any]]
    pods: Sequence[Mapping[str, Any]]

    @property
    def template(self) -> Mapping[str, Any]:
        """The pod template."""
        template: Mapping[str, Any] = (self.live.get("spec") or {}).get("template") or {}
        return template


def read(client: Client, namespace: str, kind: str, name: str) -> Workload | None:
    """The workload, None if it is not there.

    :raises TritonError: a kind that is none of KINDS, or no right to read.
    """
    if kind not in KINDS:
        raise TritonError(f"{kind} is no workload that can be looked into; choose from {', '.join(KINDS)}.")
    api_version, plural = KINDS[kind]
    live = client.get(path_of(api_version, plural, namespace, name))
    if live is None:
        return None
    creators: list[Mapping[str, Any]] = [{**live, "kind": kind}]
    if kind == "Deployment":
        newest = rollout.newest(live, _list(client, namespace, "apps/v1", "replicasets", live))
        creators = [] if newest is None else [{**newest, "kind": "ReplicaSet"}]
    pods = [
        pod for creator in creators for pod in rollout.owned_by(creator, _list(client, namespace, "v1", "pods", live))
    ]
    return Workload(kind, {**live, "kind": kind}, creators, pods)


def revisions(
    client: Client, namespace: str, deployment: str
) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]] | None:
    """A Deployment and its ReplicaSets, None if it is not there."""
    live = client.get(path_of("apps/v1", "deployments", namespace, deployment))
    if live is None:
        return None
    return live, rollout.owned_by(live, _list(client, namespace, "apps/v1", "replicasets", live))


def _list(
    client: Client, namespace: str, api_version: str, plural: str, live: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    labels = ((live.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    query = {"labelSelector": selector} if selector else None
    answer: Mapping[str, Any] = client.request("GET", path_of(api_version, plural, namespace), query)
    return answer.get("items") or ()


def failed_creates(client: Client, namespace: str, creators: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The events about pods that these creators could not create; none where events may not be read."""
    events: list[Mapping[str, Any]] = []
    for creator in creators:
        selector = f"involvedObject.uid={creator['metadata']['uid']},reason=FailedCreate"
        try:
            answer = client.request("GET", path_of("v1", "events", namespace), {"fieldSelector": selector})
        except ApiError as error:
            if error.status != 403:
                raise
            continue
        events += answer.get("items") or ()
    return events


def pod_log(client: Client, namespace: str, pod: str, lines: int) -> str:
    """The last lines of a pod's log, "" where it may not be read or there is none yet."""
    path = path_of("v1", "pods", namespace, pod, "log")
    status, data = client.send("GET", path, {"tailLines": lines})
    return data.decode(errors="replace") if status == 200 else ""


def unbound_claims(client: Client, namespace: str, pods: Sequence[Mapping[str, Any]]) -> list[str]:
    """The claims of pods that have no volume, each with the last that is recorded about it; none where claims may not be read."""
    names = {
        volume["persistentVolumeClaim"]["claimName"]
        for pod in pods
        for volume in pod["spec"].get("volumes") or ()
        if volume.get("persistentVolumeClaim")
    }
    said: list[str] = []
    for name in sorted(names):
        try:
            live = client.get(path_of("v1", "persistentvolumeclaims", namespace, name))
        except ApiError as error:
            if error.status != 403:
                raise
            return said
        phase = ((live or {}).get("status") or {}).get("phase")
        if live is None:
            said.append(f"claim {name} is not there")
        elif phase != "Bound":
            of_class = live["spec"].get("storageClassName")
            words = f"claim {name}{f' of storage class {of_class}' if of_class else ''} has no volume ({phase})"
            said.append(": ".join([words, *_last_event(client, namespace, live)]))
    return said


def _last_event(client: Client, namespace: str, live: Mapping[str, Any]) -> list[str]:
    """What the newest event about an object says; nothing where events may not be read."""
    try:
        answer = client.request(
            "GET",
            path_of("v1", "events", namespace),
            {"fieldSelector": f"involvedObject.uid={live['metadata']['uid']}"},
        )
    except ApiError as error:
        if error.status != 403:
            raise
        return []
    events = sorted(answer.get("items") or (), key=lambda event: event.get("lastTimestamp") or "")
    return [str(event.get("message", "")) for event in events[-1:]]
