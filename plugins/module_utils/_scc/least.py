# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCC with the least privilege that admits a workload as it is.

It starts from nothing: the namespace's user, groups and SELinux level, no volume, no capability, no access to the node. What the
engine then refuses is granted, one by one; in the end every grant that the workload can do without is taken back, gravest first.
So each one that is left is needed: without it the engine refuses a pod. Containers that name no user run as the first one granted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import TritonError
from .allocation import resolve
from .model import ANY, parse
from .privileges import BY_NAME, HARMLESS_VOLUMES, PRIVILEGES, TO_BE_NAMED
from .problem import Problem
from .provider import Provider
from .strategies.base import StrategyError
from .strategies.seccomp import RUNTIME_DEFAULT
from .view import Pod

API_VERSION = "security.openshift.io/v1"
MANAGED_BY = {"app.kubernetes.io/managed-by": "inferops.triton"}
_ROUNDS = 50
# Where a pod sets part of a label and leaves the rest empty, only a strategy without any label admits it.
_ANY_LABEL = ("any", "label")
_NO_DRIVER = "none"
_ORDER = {privilege.name: place for place, privilege in enumerate(PRIVILEGES)}
_FLAGS = {
    "hostNetwork": ("allowHostNetwork", "host_network"),
    "hostPID": ("allowHostPID", "host_pid"),
    "hostIPC": ("allowHostIPC", "host_ipc"),
    "hostPort": ("allowHostPorts", "host_ports"),
    "privileged": ("allowPrivilegedContainer", "privileged"),
    "allowPrivilegeEscalation": ("allowPrivilegeEscalation", "privilege_escalation"),
}


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One thing that an SCC allows: ``field`` of the SCC and ``value``; ``privilege`` is its name in privileges.PRIVILEGES."""

    privilege: str
    field: str
    value: Any

    @property
    def to_be_named(self) -> bool:
        """Whether it is granted to those only who ask for it by name."""
        return self.privilege in TO_BE_NAMED


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pods of a workload, as admission sees them, in their namespace (its annotations)."""

    pods: tuple[Mapping[str, Any], ...]
    namespace: str
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Least:
    """``scc``: the object; ``grants``: what it allows beyond the start, gravest first; ``reasons``: why, in OpenShift's words."""

    scc: dict[str, Any]
    grants: tuple[Grant, ...]
    reasons: Mapping[Grant, str] = field(default_factory=dict)

    def unnamed(self, allow: Iterable[str]) -> list[Grant]:
        """The grants that have to be named and are not."""
        named = set(allow)
        return [grant for grant in self.grants if grant.to_be_named and grant.privilege not in named]


def object_name(namespace: str, name: str) -> str:
    """Name of the SCC: a dot is in no namespace's name, so two namespaces never meet."""
    return f"{namespace}.{name}"


def least(wanted: Wanted, name: str) -> Least:
    """The least-privilege SCC for a workload.

    :param name: of the object.
    :raises TritonError: no SCC admits it, or the namespace's annotations cannot be read.
    """
    reasons: dict[Grant, str] = {}
    for _round in range(_ROUNDS):
        problems = list(refusals(wanted, scc_of(name, reasons)))
        if not problems:
            break
        before = len(reasons)
        for pod, problem in problems:
            for grant in _grants(problem):
                reasons.setdefault(grant, f"{pod.name.rstrip('-')}: {problem.path.lstrip('.')}: {problem.detail}")
        if len(reasons) == before:
            pod, problem = problems[0]
            raise TritonError(f"No SCC admits pod {pod.name.rstrip('-')}: {problem}. Change the pod.")
    else:
        raise TritonError("The pods of this workload differ so much that no SCC for all of them was found; split it.")
    kept = minimal(wanted, name, reasons)
    ordered = tuple(sorted(kept, key=lambda grant: (_ORDER[grant.privilege], grant.field, str(grant.value))))
    return Least(scc_of(name, ordered), ordered, {grant: reasons[grant] for grant in ordered})


def minimal(wanted: Wanted, name: str, grants: Iterable[Grant]) -> list[Grant]:
    """The grants without those that the workload can do without, gravest tried first."""
    kept = sorted(grants, key=lambda grant: _ORDER[grant.privilege])
    for grant in tuple(kept):
        without = [other for other in kept if other != grant]
        if not any(refusals(wanted, scc_of(name, without))):
            kept = without
    return kept


def refusals(wanted: Wanted, scc: Mapping[str, Any]) -> Iterator[tuple[Pod, Problem]]:
    """What this SCC alone refuses, and of which pod of the workload.

    :raises TritonError: the namespace's annotations cannot be read.
    """
    try:
        provider = Provider(resolve(parse(scc), wanted.annotations, wanted.namespace))
    except StrategyError as error:
        raise TritonError(f"No SCC can be made for namespace {wanted.namespace}: {error}.") from error
    for pod in map(Pod, wanted.pods):
        yield from ((pod, problem) for problem in provider.evaluate(pod).problems)


def scc_of(name: str, grants: Iterable[Grant]) -> dict[str, Any]:
    """The SCC object with these grants, as OpenShift stores it."""
    given: dict[str, list[Any]] = {}
    for grant in grants:
        given.setdefault(grant.field, []).append(grant.value)
    volumes = sorted(given.get("volumes", ()))
    flags = {flag: flag in given for flag, _privilege in _FLAGS.values()}
    # Without a list all drivers are allowed, so there is always one.
    drivers = sorted(given.get("allowedFlexVolumes", ())) or [_NO_DRIVER] if "flexVolume" in volumes else []
    return {
        "apiVersion": API_VERSION,
        "kind": "SecurityContextConstraints",
        "metadata": {"name": name, "labels": dict(MANAGED_BY)},
        "priority": None,
        **flags,
        "allowHostDirVolumePlugin": "hostPath" in volumes,
        "readOnlyRootFilesystem": False,
        "allowedCapabilities": sorted(given.get("allowedCapabilities", ())) or None,
        "defaultAddCapabilities": None,
        # OpenShift refuses an SCC that allows what it drops.
        "requiredDropCapabilities": None if "ALL" in given.get("allowedCapabilities", ()) else ["ALL"],
        "runAsUser": _user(given.get("runAsUser", ())),
        "seLinuxContext": _se_linux(given.get("seLinuxContext", ())),
        "fsGroup": _groups(given.get("fsGroup", ())),
        "supplementalGroups": _groups(given.get("supplementalGroups", ())),
        "seccompProfiles": _profiles(given.get("seccompProfiles", ())),
        **({"allowedUnsafeSysctls": sorted(given["allowedUnsafeSysctls"])} if "allowedUnsafeSysctls" in given else {}),
        **({"allowedFlexVolumes": [{"driver": driver} for driver in drivers]} if drivers else {}),
        "volumes": volumes or ["none"],
        "users": [],
        "groups": [],
    }


def _user(uids: Sequence[int]) -> dict[str, Any]:
    if not uids:
        return {"type": "MustRunAsRange"}
    if len(uids) == 1:
        return {"type": "MustRunAs", "uid": uids[0]}
    return {"type": "MustRunAsRange", "uidRangeMin": min(uids), "uidRangeMax": max(uids)}


def _se_linux(wanted: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """One label where all ask for the same, else any."""
    options = dict(wanted)
    if len(options) < len(wanted) or _ANY_LABEL[0] in options:
        return {"type": "RunAsAny"}
    return {"type": "MustRunAs", **({"seLinuxOptions": options} if options else {})}


def _groups(ids: Sequence[Any]) -> dict[str, Any]:
    if any(one is None for one in ids):
        return {"type": "RunAsAny"}
    ranges = [{"min": one, "max": one} for one in sorted(ids)]
    # JSON leaves a zero out, and a definition that is applied is compared with what is stored.
    ranges = [{key: number for key, number in one.items() if number} for one in ranges]
    return {"type": "MustRunAs", **({"ranges": ranges} if ranges else {})}


def _profiles(profiles: Sequence[str]) -> list[str]:
    """The runtime's default first: it is what pods get that name none."""
    return [RUNTIME_DEFAULT[0], *sorted(set(profiles) - set(RUNTIME_DEFAULT))]


def _grants(problem: Problem) -> Iterator[Grant]:
    """What would have to be granted for this problem to go; several where a strategy has to become wider."""
    path = problem.path
    name = path.partition("[")[0].rsplit(".", 1)[-1] if path.startswith("spec.volumes") else path.rsplit(".", 1)[-1]
    if name in _FLAGS:
        flag, privilege = _FLAGS[name]
        yield Grant(privilege, flag, True)
    elif path.startswith("pod.metadata.annotations"):
        yield from _named("seccomp", "seccompProfiles", problem.value)
    elif "sysctls[" in path:
        yield from _named("unsafe_sysctls", "allowedUnsafeSysctls", problem.value)
    elif path.endswith(".driver"):
        yield from _named("inline_volumes", "allowedFlexVolumes", problem.value)
    elif ".seLinuxOptions." in path:
        yield Grant("selinux", "seLinuxContext", (name, problem.value) if problem.value else _ANY_LABEL)
    else:
        yield from _more(name, problem.value)


def _more(name: str, value: Any) -> Iterator[Grant]:
    if name == "volumes" and value:
        harmless = "volumes" if value in HARMLESS_VOLUMES else "inline_volumes"
        yield Grant("host_path" if value == "hostPath" else harmless, "volumes", value)
    elif name == "runAsUser" and value >= 0:
        yield Grant("root" if value == 0 else "users", "runAsUser", value)
    elif name in ("fsGroup", "supplementalGroups"):
        privilege = "fs_groups" if name == "fsGroup" else "groups"
        for group in value or [None]:
            if group is None or group >= 0:
                yield Grant(privilege, name, group)
    elif name == "add":
        privilege = "net_bind_service" if value == "NET_BIND_SERVICE" else "capabilities"
        yield from _named(privilege, "allowedCapabilities", value)


def _named(privilege: str, of: str, name: str | None) -> Iterator[Grant]:
    """What a pod names; nothing where there is no name, or one that an SCC takes for a pattern and grants more."""
    if name and not name.endswith(ANY):
        yield Grant(privilege, of, name)


def words(grants: Iterable[Grant]) -> list[str]:
    """The grants for people, gravest first."""
    return [_words(grant) for grant in sorted(grants, key=lambda grant: _ORDER[grant.privilege])]


def _words(grant: Grant) -> str:
    spell: Mapping[str, Callable[[Any], str]] = {
        "volumes": lambda value: f"volumes of type {value}",
        "runAsUser": lambda value: f"user {value}",
        "fsGroup": lambda value: f"group {value} for volumes" if value is not None else "any group for volumes",
        "supplementalGroups": lambda value: (
            f"supplemental group {value}" if value is not None else "any supplemental group"
        ),
        "allowedCapabilities": lambda value: f"capability {value}",
        "seLinuxContext": lambda value: f"SELinux {value[0]} {value[1]}",
        "seccompProfiles": lambda value: f"seccomp profile {value}",
        "allowedUnsafeSysctls": lambda value: f"sysctl {value}",
        "allowedFlexVolumes": lambda value: f"flexVolume driver {value}",
    }
    return spell[grant.field](grant.value) if grant.field in spell else BY_NAME[grant.privilege].words
