# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One SCC, resolved for a namespace, tested on a pod: what it would write into the pod, and what it refuses.

Source: apiserver-library-go, sccmatching/provider.go. What the source checks and can never find is left out: after filling, a
container under MustRunAs or MustRunAsRange has a user, a pod under SELinux MustRunAs has options, required drops are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .allocation import Options
from .model import REQUIRE_POD_LEVEL, SCC
from .problem import FORBIDDEN, INVALID, Problem
from .strategies import seccomp
from .strategies.base import Finding
from .strategies.capabilities import Capabilities
from .strategies.groups import group_strategy
from .strategies.selinux import selinux_strategy
from .strategies.sysctls import Sysctls
from .strategies.user import user_strategy
from .strategies.volumes import Volumes
from .view import Container, Pod

_POD = ".spec.securityContext"
_ANNOTATIONS = "pod.metadata.annotations"
# The spelling counts: OpenShift compares with this one alone.
_SYS_ADMIN = "CAP_SYS_ADMIN"
_NOTHING: Mapping[str, Any] = {}


class Evaluation:
    """The pod as one SCC would have it, in parts, and what is wrong with it then.

    ``security_context`` and ``annotations`` are the pod's, ``containers`` the containers' security contexts in the order of
    Pod.containers; a part that stays as it came is the same object. Parts are shared: not to be changed.
    """

    __slots__ = ("annotations", "containers", "problems", "security_context")

    def __init__(self, annotations: Mapping[str, str], security_context: Mapping[str, Any]) -> None:
        self.annotations = annotations
        self.security_context = security_context
        self.containers: list[Mapping[str, Any] | None] = []
        self.problems: list[Problem] = []

    def changes(self, pod: Pod, *, but_ephemeral: bool = False) -> bool:
        """Whether anything of the pod would change, ephemeral containers left aside on request."""
        return (
            self.annotations is not pod.annotations
            or self.security_context is not pod.security_context
            or any(
                filled is not container.security_context and not (but_ephemeral and container.ephemeral)
                for container, filled in zip(pod.containers, self.containers, strict=True)
            )
        )


class _Fixed:
    """What of an SCC no namespace changes; made once for each SCC."""

    __slots__ = ("capabilities", "host", "seccomp", "sysctls", "volumes")

    def __init__(self, scc: SCC) -> None:
        self.capabilities = Capabilities(scc.default_add, scc.required_drop, scc.allowed_capabilities)
        self.seccomp = seccomp.Seccomp(scc.seccomp_profiles)
        self.sysctls = Sysctls(scc.allowed_unsafe_sysctls, scc.forbidden_sysctls)
        self.volumes = Volumes(scc.volumes, scc.flex_volumes)
        namespaces = (
            ("hostNetwork", scc.allow_host_network, "Host network is not allowed to be used"),
            ("hostPID", scc.allow_host_pid, "Host PID is not allowed to be used"),
            ("hostIPC", scc.allow_host_ipc, "Host IPC is not allowed to be used"),
        )
        # The host's namespaces that a pod may not have.
        self.host = [(name, Finding(f".{name}", True, detail)) for name, allowed, detail in namespaces if not allowed]


class Provider:
    """An SCC with its strategies.

    :param options: the SCC's options with the namespace's values; None where the SCC is resolved itself.
    :raises StrategyError: a strategy that cannot be made.
    """

    def __init__(self, scc: SCC, options: Options | None = None) -> None:
        wanted = options or Options(scc.run_as_user, scc.se_linux, scc.fs_group, scc.supplemental_groups)
        if "fixed" not in scc.kept:
            scc.kept["fixed"] = _Fixed(scc)
        fixed: _Fixed = scc.kept["fixed"]
        self.scc = scc
        self.name = scc.name
        self._user = user_strategy(wanted.run_as_user)
        self._se_linux = selinux_strategy(wanted.se_linux)
        self._fs_group = group_strategy(wanted.fs_group, "FSGroup")
        self._groups = group_strategy(wanted.supplemental_groups, "SupplementalGroups")
        self._capabilities = fixed.capabilities
        self._seccomp = fixed.seccomp
        self._sysctls = fixed.sysctls
        self._volumes = fixed.volumes
        self._host = fixed.host
        self._needs_host_users_false = scc.user_namespace_level == REQUIRE_POD_LEVEL
        self._no_escalation = scc.allow_privilege_escalation is False

    def evaluate(self, pod: Pod) -> Evaluation:
        """Fill a pod and check it, then each container; the pod itself is not changed."""
        result = self._filled_pod(pod)
        self._check_pod(pod, result)
        host = self._host_problems(pod)
        for container in pod.containers:
            filled = self._filled_container(container, result)
            result.containers.append(filled)
            self._check_container(pod, container, filled if filled is not None else _NOTHING, result, host)
        return result

    def _filled_pod(self, pod: Pod) -> Evaluation:
        own, annotations = pod.security_context, pod.annotations
        new: dict[str, Any] = {}
        if self._groups.default is not None and own.get("supplementalGroups") is None:
            new["supplementalGroups"] = [self._groups.default]
        if self._fs_group.default is not None and own.get("fsGroup") is None:
            new["fsGroup"] = self._fs_group.default
        if self._se_linux.default is not None and own.get("seLinuxOptions") is None:
            new["seLinuxOptions"] = self._se_linux.default
        field = own.get("seccompProfile")
        named = annotations.get(seccomp.POD_ANNOTATION) or ""
        profile = named or (self._seccomp.default if field is None else seccomp.annotation_of(field))
        if profile:
            if profile != named:
                annotations = {**annotations, seccomp.POD_ANNOTATION: profile}
            wanted = seccomp.profile_of(profile)
            if not seccomp.same(wanted, field):
                new["seccompProfile"] = wanted
        return Evaluation(annotations, _merged(own, new) if new else own)

    def _filled_container(self, container: Container, result: Evaluation) -> Mapping[str, Any] | None:
        own = container.security_context if container.security_context is not None else _NOTHING
        of_pod = result.security_context
        new: dict[str, Any] = {}
        user = _effective("runAsUser", own, of_pod)
        if user is None:
            user = self._user.default
            if user is not None:
                new["runAsUser"] = user
        if _effective("runAsNonRoot", own, of_pod) is None and (self._user.asks_non_root if user is None else user > 0):
            new["runAsNonRoot"] = True
        own_capabilities = own.get("capabilities")
        capabilities = self._capabilities.fill(own_capabilities)
        if capabilities is not own_capabilities:
            new["capabilities"] = capabilities
        if self.scc.read_only_root_filesystem and own.get("readOnlyRootFilesystem") is None:
            new["readOnlyRootFilesystem"] = True
        if result.annotations:
            named = result.annotations.get(seccomp.CONTAINER_ANNOTATION + container.name)
            if named is not None:
                wanted = seccomp.profile_of(named)
                if not seccomp.same(wanted, own.get("seccompProfile")):
                    new["seccompProfile"] = wanted
        if own.get("allowPrivilegeEscalation") is None:
            escalation = self._default_escalation(own, capabilities)
            if escalation is not None:
                new["allowPrivilegeEscalation"] = escalation
        return _merged(own, new) if new else container.security_context

    def _default_escalation(self, own: Mapping[str, Any], capabilities: Mapping[str, Any] | None) -> bool | None:
        default = self.scc.default_allow_privilege_escalation
        added = (capabilities or _NOTHING).get("add") or ()
        if default is not None and not own.get("privileged") and _SYS_ADMIN not in added:
            return default
        return False if self._no_escalation else None

    def _check_pod(self, pod: Pod, result: Evaluation) -> None:
        filled, problems = result.security_context, result.problems
        fs_group: Any = filled.get("fsGroup")
        # None only where any group will do.
        for finding in self._fs_group.check((fs_group,)):
            problems.append(self._invalid(f"{_POD}.fsGroup", finding))
        for finding in self._groups.check(filled.get("supplementalGroups") or ()):
            problems.append(self._invalid(f"{_POD}.supplementalGroups", finding))
        # Filling has put a profile of the field there as well.
        self._check_seccomp(seccomp.POD_ANNOTATION, result.annotations.get(seccomp.POD_ANNOTATION) or "", problems)
        for finding in self._se_linux.check(filled.get("seLinuxOptions")):
            problems.append(self._invalid(_POD + finding.path, finding))
        for path, value, detail in self._host_problems(pod):
            problems.append(Problem(self.name, _POD + path, INVALID, value, detail))
        if self._needs_host_users_false and pod.spec.get("hostUsers") is not False:
            detail = "Host Users must be set to false"
            problems.append(Problem(self.name, f"{_POD}.hostUsers", INVALID, pod.spec.get("hostUsers"), detail))
        for index, sysctl in enumerate(filled.get("sysctls") or ()):
            detail = self._sysctls.refusal(sysctl.get("name") or "")
            if detail:
                path = f"pod{_POD}.sysctls[{index}]"
                problems.append(Problem(self.name, path, FORBIDDEN, sysctl.get("name"), detail))
        for index, finding in self._volumes.check_types(pod.volumes):
            problems.append(self._invalid(f"spec.volumes[{index}]", finding))
        for index, finding in self._volumes.check_drivers(pod.volumes):
            problems.append(self._invalid(f"{_POD}.volumes[{index}].driver", finding))

    def _check_container(
        self, pod: Pod, container: Container, filled: Mapping[str, Any], result: Evaluation, host: list[Finding]
    ) -> None:
        problems, of_pod, path = result.problems, result.security_context, container.path
        finding = self._user.check(_effective("runAsUser", filled, of_pod), _effective("runAsNonRoot", filled, of_pod))
        if finding is not None:
            problems.append(self._invalid(path + finding.path, finding))
        for finding in self._se_linux.check(_effective("seLinuxOptions", filled, of_pod)):
            problems.append(self._invalid(path + finding.path, finding))
        self._check_seccomp(
            seccomp.CONTAINER_ANNOTATION + container.name, _profile(container, filled, result), problems
        )
        if not self.scc.allow_privileged and filled.get("privileged"):
            problems.append(
                Problem(self.name, f"{path}.privileged", INVALID, True, "Privileged containers are not allowed")
            )
        for finding in self._capabilities.check(filled.get("capabilities")):
            problems.append(self._invalid(path + finding.path, finding))
        self._check_host(pod, path, host, problems)
        if self.scc.read_only_root_filesystem and filled.get("readOnlyRootFilesystem") is False:
            detail = "ReadOnlyRootFilesystem must be set to true"
            problems.append(Problem(self.name, f"{path}.readOnlyRootFilesystem", INVALID, False, detail))
        if self._no_escalation and filled.get("allowPrivilegeEscalation"):
            detail = "Allowing privilege escalation for containers is not allowed"
            problems.append(Problem(self.name, f"{path}.allowPrivilegeEscalation", INVALID, True, detail))

    def _host_problems(self, pod: Pod) -> list[Finding]:
        """The host's namespaces that the pod asks for and may not have; each container is refused for them once more."""
        return [finding for name, finding in self._host if pod.spec.get(name)]

    def _check_host(self, pod: Pod, path: str, host: list[Finding], problems: list[Problem]) -> None:
        """Host namespaces, and between network and the others the host ports of all containers."""
        network = [finding for finding in host if finding.path == ".hostNetwork"]
        for finding in network:
            problems.append(self._invalid(path + finding.path, finding))
        if not self.scc.allow_host_ports:
            for other in pod.containers:
                for port in other.host_ports:
                    detail = "Host ports are not allowed to be used"
                    problems.append(Problem(self.name, f"{path}{other.path}.hostPort", INVALID, port, detail))
        for finding in host[len(network) :]:
            problems.append(self._invalid(path + finding.path, finding))

    def _check_seccomp(self, annotation: str, profile: str, problems: list[Problem]) -> None:
        detail = self._seccomp.refusal(profile)
        if detail:
            problems.append(Problem(self.name, f"{_ANNOTATIONS}[{annotation}]", FORBIDDEN, profile, detail))

    def _invalid(self, path: str, finding: Finding) -> Problem:
        return Problem(self.name, path, INVALID, finding.value, finding.detail)


def _merged(own: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Own fields with the new ones; one that is new and None goes."""
    merged = {**own, **new}
    if "seccompProfile" in new and new["seccompProfile"] is None:
        merged.pop("seccompProfile")
    return merged


def _effective(name: str, own: Mapping[str, Any], of_pod: Mapping[str, Any]) -> Any:
    """A container's value, else its pod's."""
    value = own.get(name)
    return of_pod.get(name) if value is None else value


def _profile(container: Container, filled: Mapping[str, Any], result: Evaluation) -> str:
    """A container's profile in the form of an annotation: its field, its annotation, the pod's field, the pod's annotation."""
    field = filled.get("seccompProfile")
    if field is not None:
        return seccomp.annotation_of(field)
    named = result.annotations.get(seccomp.CONTAINER_ANNOTATION + container.name)
    if named is not None:
        return named
    field = result.security_context.get("seccompProfile")
    if field is not None:
        return seccomp.annotation_of(field)
    return result.annotations.get(seccomp.POD_ANNOTATION) or ""
