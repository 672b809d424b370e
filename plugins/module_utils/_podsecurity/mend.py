# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change a pod so that a Pod Security level lets it in: what a check forbids goes, what it demands is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any

from .._scc.changes import Change, Mended, claim_for, take
from .baseline import PROFILES, SELINUX_1_0, harmless_apparmor
from .evaluate import Violation, evaluate
from .restricted import FREE_VOLUMES
from .view import APPARMOR

_LISTS = ("initContainers", "containers", "ephemeralContainers")
_ROUNDS = 4
Pod = dict[str, Any]
Fields = dict[str, Any]


def mend(pod: Mapping[str, Any], judge: Callable[[Mapping[str, Any]], tuple[Violation, ...]]) -> Mended | None:
    """The pod with the changes after which ``judge`` finds no violation; None where there are none such.

    :param judge: the violations of a pod, after whatever else changes it.
    """
    mended = deepcopy(dict(pod))
    spec = mended.setdefault("spec", {})
    spec["securityContext"] = spec.get("securityContext") or {}
    changes: dict[str, Change] = {}
    for _round in range(_ROUNDS):
        violations = judge(mended)
        if not violations:
            if not spec["securityContext"]:
                _as_written(spec, pod)
            return Mended(mended, tuple(changes.values()))
        before = len(changes)
        for violation in violations:
            for change in _repairs(violation)(mended):
                first = changes.get(change.path)
                changes[change.path] = replace(change, before=first.before) if first else change
        if len(changes) == before:
            return None
    return None


def _as_written(spec: Fields, pod: Mapping[str, Any]) -> None:
    """An empty context that nobody wrote goes, one that somebody wrote stays."""
    written = pod.get("spec") or {}
    if not written.get("securityContext"):
        if "securityContext" in written:
            spec["securityContext"] = written["securityContext"]
        else:
            del spec["securityContext"]


def by_labels(
    labels: Mapping[str, str], version: tuple[int, int] | None
) -> Callable[[Mapping[str, Any]], tuple[Violation, ...]]:
    """A judge for a namespace with these labels."""
    return lambda pod: evaluate(pod, labels, cluster_version=version).violations


def _repairs(violation: Violation) -> Callable[[Pod], Iterator[Change]]:
    if violation.check == "sysctls":
        # Which of them are safe is another thing in each release: the violation names those that are not.
        return partial(_sysctls, forbidden=violation.detail.split(", "))
    return _REPAIRS.get(violation.check, _nothing)


def _nothing(_pod: Pod) -> Iterator[Change]:
    return iter(())


def _containers(pod: Pod) -> Iterator[tuple[str, Fields]]:
    for kind in _LISTS:
        for index, container in enumerate(pod["spec"].get(kind) or ()):
            yield f"spec.{kind}[{index}]", container


def _contexts(pod: Pod) -> Iterator[tuple[str, Fields]]:
    """All security contexts that are there, the pod's first."""
    yield "spec.securityContext", pod["spec"]["securityContext"]
    for path, container in _containers(pod):
        if container.get("securityContext"):
            yield f"{path}.securityContext", container["securityContext"]


def _set(fields: Fields, name: str, value: Any, path: str) -> Iterator[Change]:
    if fields.get(name) != value:
        before, fields[name] = fields.get(name), value
        yield Change(f"{path}.{name}", before, value)


def _in_each_container(pod: Pod, name: str, value: Any) -> Iterator[Change]:
    for path, container in _containers(pod):
        context = container["securityContext"] = container.get("securityContext") or {}
        yield from _set(context, name, value, f"{path}.securityContext")


def _without(name: str, wrong: Callable[[Any], bool]) -> Callable[[Pod], Iterator[Change]]:
    """Take a field out of each security context in which it is wrong."""

    def repair(pod: Pod) -> Iterator[Change]:
        for path, context in _contexts(pod):
            if context.get(name) is not None and wrong(context[name]):
                yield from take(context, name, path)

    return repair


def _capabilities(pod: Pod) -> Iterator[Change]:
    for path, container in _containers(pod):
        context = container["securityContext"] = container.get("securityContext") or {}
        own = context.get("capabilities") or {}
        kept = [name for name in own.get("add") or () if name == "NET_BIND_SERVICE"]
        wanted = {**({"add": kept} if kept else {}), "drop": ["ALL"]}
        yield from _set(context, "capabilities", wanted, f"{path}.securityContext")


def _host_namespaces(pod: Pod) -> Iterator[Change]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod["spec"].get(name):
            yield from take(pod["spec"], name, "spec")


def _volumes(pod: Pod) -> Iterator[Change]:
    for index, volume in enumerate(pod["spec"].get("volumes") or ()):
        if not any(volume.get(kind) is not None for kind in FREE_VOLUMES):
            yield claim_for(pod["spec"], index)


def _host_paths(pod: Pod) -> Iterator[Change]:
    for index, volume in enumerate(pod["spec"].get("volumes") or ()):
        if volume.get("hostPath") is not None:
            yield claim_for(pod["spec"], index)


def _host_ports(pod: Pod) -> Iterator[Change]:
    for path, container in _containers(pod):
        for index, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                yield from take(port, "hostPort", f"{path}.ports[{index}]")


def _probe_hosts(pod: Pod) -> Iterator[Change]:
    for path, container in _containers(pod):
        lifecycle = container.get("lifecycle") or {}
        handlers = {
            f"{path}.{name}": container.get(name) for name in ("livenessProbe", "readinessProbe", "startupProbe")
        }
        handlers |= {f"{path}.lifecycle.{name}": lifecycle.get(name) for name in ("postStart", "preStop")}
        for place, handler in handlers.items():
            for kind in ("httpGet", "tcpSocket"):
                action = (handler or {}).get(kind) or {}
                if action.get("host"):
                    yield from take(action, "host", f"{place}.{kind}")


def _seccomp(pod: Pod) -> Iterator[Change]:
    yield from _set(
        pod["spec"]["securityContext"], "seccompProfile", {"type": "RuntimeDefault"}, "spec.securityContext"
    )
    for path, context in list(_contexts(pod))[1:]:
        profile = context.get("seccompProfile")
        if profile is not None and _no_profile(profile):
            yield from take(context, "seccompProfile", path)


def _non_root(pod: Pod) -> Iterator[Change]:
    yield from _set(pod["spec"]["securityContext"], "runAsNonRoot", True, "spec.securityContext")
    for path, context in list(_contexts(pod))[1:]:
        if context.get("runAsNonRoot") is False:
            yield from take(context, "runAsNonRoot", path)


def _apparmor(pod: Pod) -> Iterator[Change]:
    yield from _without("appArmorProfile", _no_profile)(pod)
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    for key, value in tuple(annotations.items()):
        if key.startswith(APPARMOR) and not harmless_apparmor(value):
            yield from take(annotations, key, "metadata.annotations")


def _no_profile(profile: Fields) -> bool:
    return profile.get("type") not in PROFILES


def _of_selinux(options: Fields) -> bool:
    return bool(options.get("user") or options.get("role")) or (options.get("type") or "") not in SELINUX_1_0


def _sysctls(pod: Pod, forbidden: list[str]) -> Iterator[Change]:
    context = pod["spec"]["securityContext"]
    before = context["sysctls"]
    kept = [sysctl for sysctl in before if (sysctl.get("name") or "") not in forbidden]
    if kept:
        context["sysctls"] = kept
    else:
        del context["sysctls"]
    yield Change("spec.securityContext.sysctls", before, kept or None)


_REPAIRS: Mapping[str, Callable[[Pod], Iterator[Change]]] = {
    "allowPrivilegeEscalation": lambda pod: _in_each_container(pod, "allowPrivilegeEscalation", False),
    "appArmorProfile": _apparmor,
    "capabilities_baseline": _capabilities,
    "capabilities_restricted": _capabilities,
    "hostNamespaces": _host_namespaces,
    "hostPathVolumes": _host_paths,
    "hostPorts": _host_ports,
    "hostProbesAndHostLifecycle": _probe_hosts,
    "privileged": _without("privileged", bool),
    "procMount": _without("procMount", lambda value: value != "Default"),
    "procMount_restricted": _without("procMount", lambda value: value != "Default"),
    "restrictedVolumes": _volumes,
    "runAsNonRoot": _non_root,
    "runAsUser": _without("runAsUser", lambda user: user == 0),
    "seLinuxOptions": _without("seLinuxOptions", _of_selinux),
    "seccompProfile_baseline": _without("seccompProfile", _no_profile),
    "seccompProfile_restricted": _seccomp,
    "windowsHostProcess": _without("windowsOptions", lambda options: bool(options.get("hostProcess"))),
}
