# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a Deployment's rollout is, from the objects as the cluster has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._storage.sync_script import FINAL

REVISION = "deployment.kubernetes.io/revision"
TEMPLATE_HASH = "pod-template-hash"
# Waiting reasons that no waiting cures.
HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError"})
# Last words come from a log where a container wrote none of its own.
LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """An init container that ended badly: where, how many times so far, what it said, and whether another attempt can help."""

    container: str
    times: int
    text: str
    final: bool


def complete(deployment: Mapping[str, Any]) -> bool:
    """Whether every replica runs the newest template and is available."""
    spec, status = deployment.get("spec") or {}, deployment.get("status") or {}
    wanted = spec.get("replicas", 1)
    return bool(
        status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
        and status.get("updatedReplicas", 0) == wanted
        and status.get("replicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
    )


def settled(deployment: Mapping[str, Any]) -> bool:
    """Whether the newest template has all its pods and no other has any, available or not."""
    spec, status = deployment.get("spec") or {}, deployment.get("status") or {}
    wanted = spec.get("replicas", 1)
    return bool(
        status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
        and status.get("updatedReplicas", 0) == wanted
        and status.get("replicas", 0) == wanted
    )


def newest(deployment: Mapping[str, Any], replica_sets: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The ReplicaSet of the newest template, None before there is one."""
    uid = deployment["metadata"]["uid"]
    revision = (deployment["metadata"].get("annotations") or {}).get(REVISION)
    for item in replica_sets:
        metadata = item["metadata"]
        owned = any(owner.get("uid") == uid for owner in metadata.get("ownerReferences") or ())
        if owned and (metadata.get("annotations") or {}).get(REVISION) == revision:
            return item
    return None


def owned_by(owner: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the items that the owner controls."""
    uid = owner["metadata"]["uid"]
    return [
        item
        for item in items
        if any(reference.get("uid") == uid for reference in item["metadata"].get("ownerReferences") or ())
    ]


def running(pod: Mapping[str, Any]) -> bool:
    """Whether a container of the pod runs, so that it can be asked."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return any("running" in (status.get("state") or {}) for status in statuses)


def container_port(pod: Mapping[str, Any], wanted: str) -> str:
    """The number of a pod's port, given by name or number: a pod's proxy takes numbers only."""
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            if wanted in (port.get("name"), str(port["containerPort"])):
                return str(port["containerPort"])
    return wanted


def hindrances(pod: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Why the pod does not run yet: pairs of reason and sentence, empty when nothing is known."""
    found: list[tuple[str, str]] = []
    status = pod.get("status") or {}
    name = pod["metadata"]["name"]
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            reason = condition.get("reason", "Unschedulable")
            found.append((reason, f"pod {name} is not scheduled: {condition.get('message', '')}"))
    failed = failures(pod)
    found += [("InitContainerFailed", failure.text) for failure in failed]
    said = {failure.container for failure in failed}
    for container in status.get("initContainerStatuses") or ():
        if "running" in (container.get("state") or {}):
            found.append(("InitContainerRunning", f"init container {container['name']} of pod {name} still runs"))
    for container in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        if _place(pod, container) in said:
            continue
        waiting = (container.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") and waiting["reason"] not in ("ContainerCreating", "PodInitializing"):
            text = (
                f"container {container['name']} of pod {name} waits: {waiting['reason']} {waiting.get('message', '')}"
            )
            found.append((waiting["reason"], text.strip()))
    return found


def failures(pod: Mapping[str, Any]) -> list[Failure]:
    """The init containers of a pod that ended badly, the last time that they ended."""
    found = []
    for container in (pod.get("status") or {}).get("initContainerStatuses") or ():
        now, before = (container.get("state") or {}), (container.get("lastState") or {})
        ended = now.get("terminated") or before.get("terminated") or {}
        code = ended.get("exitCode", 0)
        if not code:
            continue
        words = " ".join(str(ended.get("message") or "").split())
        if len(words) > LONGEST_WORDS:
            words = f"… {words[-LONGEST_WORDS:]}"
        reason = ended.get("reason") or "Error"
        said = words or f"it ended with exit code {code} ({reason})"
        text = f"init container {container['name']} of pod {pod['metadata']['name']} failed: {said}"
        times = container.get("restartCount", 0) + (1 if "terminated" in now else 0)
        found.append(Failure(_place(pod, container), times, text, code == FINAL))
    return found


def _place(pod: Mapping[str, Any], container: Mapping[str, Any]) -> str:
    return f"{pod['metadata'].get('uid', pod['metadata']['name'])}/{container['name']}"
