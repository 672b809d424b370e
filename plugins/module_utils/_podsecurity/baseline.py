# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of level baseline, which restricted includes unless it has a stricter one.

Source of the rules: k8s.io/pod-security-admission, package policy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .._scc.gotext import quote
from .view import APPARMOR, Container, Finding, PodView, named, plural, quoted, setters

SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"

PROFILES = ("RuntimeDefault", "Localhost")
_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID",
        "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
SELINUX_1_0 = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_SELINUX_1_31 = SELINUX_1_0 | {"container_engine_t"}
_SYSCTLS_1_0 = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
    }
)
_SYSCTLS_1_27 = _SYSCTLS_1_0 | {"net.ipv4.ip_local_reserved_ports"}
_SYSCTLS_1_29 = _SYSCTLS_1_27 | {
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}
_SYSCTLS_1_32 = _SYSCTLS_1_29 | {"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}


def apparmor(pod: PodView) -> Finding:
    """Profiles other than the runtime's own or one of the node, in fields and in annotations."""
    values: set[str] = set()

    def bad(profile: Mapping[str, Any] | None) -> bool:
        return profile is not None and _outside(profile.get("type") or "", PROFILES, values)

    who = setters(bad(pod.security.get("appArmorProfile")), pod.names(lambda container: bad(pod.apparmor(container))))
    annotations = sorted(
        f"{key}={quote(value)}"
        for key, value in pod.annotations.items()
        if key.startswith(APPARMOR) and not harmless_apparmor(value)
    )
    if annotations:
        who.append(plural("annotation", annotations))
    if not who:
        return None
    wrong = [*sorted(values), *annotations]
    detail = f"{' and '.join(who)} must not set AppArmor profile type to {quoted(wrong)}"
    return plural("forbidden AppArmor profile", wrong), detail


def harmless_apparmor(value: str | None) -> bool:
    """Whether a profile as an annotation is none, the runtime's own, or one of the node."""
    return not value or value == "runtime/default" or value.startswith("localhost/")


def _outside(value: str, allowed: Collection[str], found: set[str]) -> bool:
    """Whether a value is none of those allowed; then it is kept."""
    if value in allowed:
        return False
    found.add(value)
    return True


def capabilities(pod: PodView) -> Finding:
    """Capabilities beyond those that runtimes give by default."""
    added: set[str] = set()
    names = pod.names(lambda container: _adds(container, _CAPABILITIES, added))
    if not names:
        return None
    return "non-default capabilities", forbidden_capabilities(names, added)


def _adds(container: Container, allowed: Collection[str], found: set[str]) -> bool:
    """Whether a container adds a capability beyond those allowed; all of them are kept."""
    more = [name for name in (container.security.get("capabilities") or {}).get("add") or () if name not in allowed]
    found.update(more)
    return bool(more)


def forbidden_capabilities(names: list[str], added: Iterable[str]) -> str:
    """The phrase on capabilities that must not be added."""
    return f"{named(names)} must not include {quoted(sorted(added))} in securityContext.capabilities.add"


def host_namespaces(pod: PodView) -> Finding:
    """The host's network, processes or IPC."""
    shared = [f"{field}=true" for field in ("hostNetwork", "hostPID", "hostIPC") if pod.spec.get(field)]
    return ("host namespaces", ", ".join(shared)) if shared else None


def host_path(pod: PodView) -> Finding:
    """Directories of the node."""
    names = [volume.get("name") or "" for volume in pod.spec.get("volumes") or () if volume.get("hostPath") is not None]
    return ("hostPath volumes", f"{plural('volume', names)} {quoted(names)}") if names else None


def host_ports(pod: PodView) -> Finding:
    """Ports of the node."""
    ports: set[str] = set()

    def bad(container: Container) -> bool:
        used = [str(port["hostPort"]) for port in container.fields.get("ports") or () if port.get("hostPort")]
        ports.update(used)
        return bool(used)

    names = pod.names(bad)
    if not names:
        return None
    use = "uses" if len(names) == 1 else "use"
    return "hostPort", f"{named(names)} {use} {plural('hostPort', ports)} {', '.join(sorted(ports))}"


def probe_hosts(pod: PodView) -> Finding:
    """Probes and lifecycle handlers that connect to a host of their own choice."""
    hosts: set[str] = set()

    def bad(container: Container) -> bool:
        fields = container.fields
        lifecycle = fields.get("lifecycle") or {}
        used: set[str] = {
            (handler.get(action) or {}).get("host") or ""
            for handler in (
                fields.get("livenessProbe"),
                fields.get("readinessProbe"),
                fields.get("startupProbe"),
                lifecycle.get("postStart"),
                lifecycle.get("preStop"),
            )
            if handler
            for action in ("httpGet", "tcpSocket")
        } - {""}
        hosts.update(used)
        return bool(used)

    # Alone among the checks, this one sorts the containers.
    names = sorted(set(pod.names(bad)))
    if not names:
        return None
    use = "uses" if len(names) == 1 else "use"
    reason = "probe or lifecycle host"
    return reason, f"{named(names)} {use} {plural(reason, hosts)} {quoted(sorted(hosts))}"


def privileged(pod: PodView) -> Finding:
    """Privileged containers."""
    names = pod.names(lambda container: container.security.get("privileged"))
    return ("privileged", f"{named(names)} must not set securityContext.privileged=true") if names else None


def proc_mount(pod: PodView) -> Finding:
    """An unmasked /proc."""
    values: set[str] = set()

    def bad(container: Container) -> bool:
        value = container.security.get("procMount")
        return value is not None and _outside(value, ("Default",), values)

    names = pod.names(bad)
    if not names:
        return None
    return "procMount", f"{named(names)} must not set securityContext.procMount to {quoted(sorted(values))}"


def proc_mount_1_35(pod: PodView) -> Finding:
    """As before, but free to pods with users of their own."""
    return None if pod.user_namespace else proc_mount(pod)


def _selinux(pod: PodView, allowed: Collection[str]) -> Finding:
    types: set[str] = set()
    fields: set[str] = set()

    def bad(security: Mapping[str, Any]) -> bool:
        options = security.get("seLinuxOptions") or {}
        own = {field for field in ("user", "role") if options.get(field)}
        fields.update(own)
        return _outside(options.get("type") or "", allowed, types) or bool(own)

    who = setters(bad(pod.security), pod.names(lambda container: bad(container.security)))
    if not who:
        return None
    data = [f"{plural('type', types)} {quoted(sorted(types))}"] if types else []
    data += [f"{field} may not be set" for field in ("user", "role") if field in fields]
    return "seLinuxOptions", f"{' and '.join(who)} set forbidden securityContext.seLinuxOptions: {'; '.join(data)}"


def selinux(pod: PodView) -> Finding:
    """SELinux users, roles, and types other than those of containers."""
    return _selinux(pod, SELINUX_1_0)


def selinux_1_31(pod: PodView) -> Finding:
    """As before, with container_engine_t."""
    return _selinux(pod, _SELINUX_1_31)


def seccomp_annotations(pod: PodView) -> Finding:
    """Seccomp profiles as annotations: the rule before the fields came in 1.19."""
    keys = [SECCOMP_POD, *(SECCOMP_CONTAINER + container.name for container in pod.containers)]
    wrong = {
        f"{key}={quote(value)}"
        for key in keys
        if (value := pod.annotations.get(key)) is not None
        if value not in ("runtime/default", "docker/default") and not value.startswith("localhost/")
    }
    return ("seccompProfile", f"forbidden {plural('annotation', wrong)} {', '.join(sorted(wrong))}") if wrong else None


def seccomp_fields(pod: PodView) -> Finding:
    """Seccomp profiles other than the runtime's own or one of the node."""
    values: set[str] = set()

    def bad(security: Mapping[str, Any]) -> bool:
        profile = security.get("seccompProfile")
        return profile is not None and _outside(profile.get("type") or "", PROFILES, values)

    who = setters(bad(pod.security), pod.names(lambda container: bad(container.security)))
    if not who:
        return None
    detail = f"{' and '.join(who)} must not set securityContext.seccompProfile.type to {quoted(sorted(values))}"
    return "seccompProfile", detail


def _sysctls(pod: PodView, allowed: Collection[str]) -> Finding:
    names = [sysctl.get("name") or "" for sysctl in pod.security.get("sysctls") or ()]
    wrong = [name for name in names if name not in allowed]
    return ("forbidden sysctls", ", ".join(wrong)) if wrong else None


def sysctls_1_0(pod: PodView) -> Finding:
    """Sysctls other than the safe ones."""
    return _sysctls(pod, _SYSCTLS_1_0)


def sysctls_1_27(pod: PodView) -> Finding:
    """As before, with reserved ports."""
    return _sysctls(pod, _SYSCTLS_1_27)


def sysctls_1_29(pod: PodView) -> Finding:
    """As before, with keepalive and time-out of TCP."""
    return _sysctls(pod, _SYSCTLS_1_29)


def sysctls_1_32(pod: PodView) -> Finding:
    """As before, with TCP's buffers."""
    return _sysctls(pod, _SYSCTLS_1_32)


def windows_host_process(pod: PodView) -> Finding:
    """Processes of a Windows host."""

    def bad(security: Mapping[str, Any]) -> bool:
        return bool((security.get("windowsOptions") or {}).get("hostProcess"))

    who = setters(bad(pod.security), pod.names(lambda container: bad(container.security)))
    if not who:
        return None
    return "hostProcess", f"{' and '.join(who)} must not set securityContext.windowsOptions.hostProcess=true"
