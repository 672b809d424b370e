# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change a pod so that one SCC admits it: whatever the SCC refuses is taken out, and OpenShift fills in what it allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from .changes import Change, Mended, claim_for, take
from .problem import Problem
from .provider import Provider
from .strategies.seccomp import CONTAINER_ANNOTATION, POD_ANNOTATION
from .view import CONTAINER_LISTS, Pod

# A change can bring the next problem up (a field of the pod behind a container's), never many times.
_ROUNDS = 6
_CONTAINER = re.compile(r"\.(?P<list>containers|initContainers|ephemeralContainers)\[(?P<index>\d+)\]")


def mend(
    pod: Mapping[str, Any], provider: Provider, fill: Callable[[dict[str, Any]], Mapping[str, Any]] = lambda pod: pod
) -> Mended | None:
    """The pod with the fewest changes that this SCC then admits; None where no change of a field does.

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
        # From the last one, so that the indexes of lists stay true while items are taken out.
        for problem in reversed(problems):
            for change in _Repair(mended, provider).carry_out(problem):
                first = changes.get(change.path)
                changes[change.path] = replace(change, before=first.before) if first else change
        if len(changes) == before:
            return None
    return None


class _Repair:
    """Repairs of one pod, in place."""

    def __init__(self, pod: dict[str, Any], provider: Provider) -> None:
        self._pod = pod
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

    def _of_context(self, problem: Problem, field: str) -> list[Change]:
        """Take a field out of the container's security context, or of the pod's, from which the container has it."""
        place = self._container(problem.path)
        if place is not None:
            path, container = place
            taken = take(container.get("securityContext"), field, f"{path}.securityContext")
            if taken:
                return taken
        return take(self._spec.get("securityContext"), field, "spec.securityContext")

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
        context = self._spec["securityContext"]
        before = list(context["sysctls"])
        kept = [sysctl for sysctl in before if sysctl.get("name") != problem.value]
        if len(kept) == len(before):
            return []
        if kept:
            context["sysctls"] = kept
        else:
            del context["sysctls"]
        return [Change("spec.securityContext.sysctls", before, kept or None)]

    def _seccomp(self, problem: Problem, _field: str) -> list[Change]:
        """The profile where it stands: annotations and field of the container, else those of the pod."""
        annotation = problem.path.partition("[")[2].removesuffix("]")
        annotations = (self._pod.get("metadata") or {}).get("annotations")
        changes = take(annotations, annotation, "metadata.annotations")
        if annotation.startswith(CONTAINER_ANNOTATION):
            name = annotation.removeprefix(CONTAINER_ANNOTATION)
            for kind in CONTAINER_LISTS:
                for index, container in enumerate(self._spec.get(kind) or ()):
                    if (container.get("name") or "") == name:
                        path = f"spec.{kind}[{index}].securityContext"
                        changes += take(container.get("securityContext"), "seccompProfile", path)
            if changes:
                return changes
            changes = take(annotations, POD_ANNOTATION, "metadata.annotations")
        return changes + take(self._spec.get("securityContext"), "seccompProfile", "spec.securityContext")
