# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change a pod so that one SCC admits it: whatever the SCC refuses is taken out, and OpenShift fills in what it allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, TypeAlias

from .changes import Change, Mended, claim_for, take
from .problem import Problem
from .provider import Provider
from .strategies.seccomp import CONTAINER_ANNOTATION, POD_ANNOTATION
from .view import CONTAINER_LISTS, Pod

# A change can bring the next problem up (a field of the pod behind a container's), never many times.
_ROUNDS = 6
# Fields, the one of them that is meant, and their path: the arguments of take().
Place: TypeAlias = "tuple[dict[str, Any] | None, str, str]"
_CONTAINER = re.compile(r"\.(?P<list>containers|initContainers|ephemeralContainers)\[(?P<index>\d+)\]")


def mend(
    pod: Mapping[str, Any], provider: Provider, fill: Callable[[dict[str, Any]], Mapping[str, Any]] = lambda pod: pod
) -> Mended | None:
    """The pod with those changes, each of them needed, with which this SCC admits it; None where no change of a field does.

    :param pod: as its author wrote it.
    :param fill: what the API server makes of it before admission.
    """
    mended = deepcopy(dict(pod))
    changes: dict[str, Change] = {}
    for _round in range(_ROUNDS):
        problems = provider.evaluate(Pod(fill(mended))).problems
        if not problems:
            return Mended(mended, tuple(reversed(changes.values())))
        before = len(changes)
        repair = _Repair(mended, provider)
        # From the last one, so that the indexes of lists stay true while items are taken out.
        for problem in reversed(problems):
            for change in repair.carry_out(problem):
                first = changes.get(change.path)
                changes[change.path] = replace(change, before=first.before) if first else change
        if len(changes) == before:
            return None
    return None


class _Repair:
    """Repairs of one pod, in place, after one evaluation.

    A field can stand in several places, of which one counts. It is taken out there, once for all that is wrong with it; whether
    the one that counts then is any better, the next evaluation tells.
    """

    def __init__(self, pod: dict[str, Any], provider: Provider) -> None:
        self._pod = pod
        self._repaired: set[tuple[str, str]] = set()
        self._spec: dict[str, Any] = pod.setdefault("spec", {})
        self._provider = provider
        self._by_field: Mapping[str, Callable[[Problem, str], list[Change]]] = {
            "hostUsers": self._host_users,
            "hostNetwork": self._of_spec,
            "hostPID": self._of_spec,
            "hostIPC": self._of_spec,
            "hostPort": self._host_port,
            "add": self._capability,
            "volumes": self._volume,
            "driver": self._volume,
            "sysctls": self._sysctl,
            "annotations": self._seccomp,
        }

    def carry_out(self, problem: Problem) -> list[Change]:
        """What was changed, nothing where the problem is gone already or cannot be helped."""
        path = re.sub(r"\[[^\]]*\]$", "", problem.path)
        field = path.rsplit(".", 1)[-1]
        if ".seLinuxOptions." in path:
            field = "seLinuxOptions"
        return self._by_field.get(field, self._of_context)(problem, field)

    def _container(self, path: str) -> tuple[str, dict[str, Any]] | None:
        """The container that a path names last, and its own path."""
        found = list(_CONTAINER.finditer(path))
        if not found:
            return None
        kind, index = found[-1]["list"], int(found[-1]["index"])
        containers = self._spec.get(kind) or []
        return (f"spec.{kind}[{index}]", containers[index]) if index < len(containers) else None

    def _take_first(self, field: str, owners: Sequence[tuple[str, Sequence[Place]]]) -> list[Change]:
        """Take a field out of the first place that has it; nothing where an owner that comes before has lost it already.

        :param owners: container and pod, or the pod alone, each with the places where its field may stand.
        """
        for owner, places in owners:
            if (owner, field) in self._repaired:
                return []
            for place in places:
                taken = take(*place)
                if taken:
                    self._repaired.add((owner, field))
                    return taken
        return []

    def _of_context(self, problem: Problem, field: str) -> list[Change]:
        """Take a field out of the container's security context, or of the pod's, from which the container has it."""
        owners: list[tuple[str, list[Place]]] = []
        place = self._container(problem.path)
        if place is not None:
            path, container = place
            owners.append((path, [(container.get("securityContext"), field, f"{path}.securityContext")]))
        owners.append(("spec", [(self._spec.get("securityContext"), field, "spec.securityContext")]))
        return self._take_first(field, owners)

    def _of_spec(self, _problem: Problem, field: str) -> list[Change]:
        return take(self._spec, field, "spec")

    def _host_users(self, problem: Problem, _field: str) -> list[Change]:
        self._spec["hostUsers"] = False
        return [Change("spec.hostUsers", problem.value, False)]

    def _host_port(self, problem: Problem, _field: str) -> list[Change]:
        place = self._container(problem.path)
        if place is None:
            return []
        path, container = place
        return [
            change
            for index, port in enumerate(container.get("ports") or ())
            if port.get("hostPort") == problem.value
            for change in take(port, "hostPort", f"{path}.ports[{index}]")
        ]

    def _capability(self, problem: Problem, _field: str) -> list[Change]:
        place = self._container(problem.path)
        capabilities = ((place[1].get("securityContext") or {}) if place else {}).get("capabilities") or {}
        added = capabilities.get("add") or []
        if place is None or problem.value not in added:
            return []
        path, before = f"{place[0]}.securityContext.capabilities.add", list(added)
        kept = [name for name in added if name != problem.value]
        if kept:
            capabilities["add"] = kept
        else:
            del capabilities["add"]
        return [Change(path, before, kept or None)]

    def _volume(self, problem: Problem, _field: str) -> list[Change]:
        """A claim in place of the volume, where the SCC admits claims."""
        index = int(re.findall(r"volumes\[(\d+)\]", problem.path)[-1])
        volumes = self._spec.get("volumes") or []
        # The token's volume is the API server's.
        volume = volumes[index] if index < len(volumes) else None
        if (
            volume is None
            or "persistentVolumeClaim" not in self._provider.scc.volumes
            or "persistentVolumeClaim" in volume
        ):
            return []
        return [claim_for(self._spec, index)]

    def _sysctl(self, problem: Problem, _field: str) -> list[Change]:
        # A name that is there twice is a problem twice, and went the first time.
        context = self._spec.get("securityContext") or {}
        before = list(context.get("sysctls") or ())
        kept = [sysctl for sysctl in before if sysctl.get("name") != problem.value]
        if len(kept) == len(before):
            return []
        if kept:
            context["sysctls"] = kept
        else:
            del context["sysctls"]
        return [Change("spec.securityContext.sysctls", before, kept or None)]

    def _seccomp(self, problem: Problem, _field: str) -> list[Change]:
        """The profile where it counts: annotation and field of the container, then annotation and field of the pod."""
        annotation = problem.path.partition("[")[2].removesuffix("]")
        annotations = (self._pod.get("metadata") or {}).get("annotations") or {}
        field = "seccompProfile"
        owners: list[tuple[str, list[Place]]] = []
        if annotation.startswith(CONTAINER_ANNOTATION):
            name = annotation.removeprefix(CONTAINER_ANNOTATION)
            fields = [
                (container.get("securityContext"), field, f"spec.{kind}[{index}].securityContext")
                for kind in CONTAINER_LISTS
                for index, container in enumerate(self._spec.get(kind) or ())
                if (container.get("name") or "") == name
            ]
            owners.append((annotation, [(annotations, annotation, "metadata.annotations"), *fields]))
        of_pod: list[Place] = [(self._spec.get("securityContext"), field, "spec.securityContext")]
        # An empty one is as good as none here.
        if annotations.get(POD_ANNOTATION):
            of_pod.insert(0, (annotations, POD_ANNOTATION, "metadata.annotations"))
        owners.append(("spec", of_pod))
        return self._take_first(field, owners)
