# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which checks a level has in which version of Kubernetes.

Source of the rules: k8s.io/pod-security-admission v0.35, package policy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from . import baseline, restricted
from .policy import BASELINE, PRIVILEGED, LevelVersion
from .view import Finding, PodView

CheckFunction = Callable[[PodView], Finding]
# The newest minor version that has brought a change; later policies are judged by it.
NEWEST = 35


@dataclass(frozen=True, slots=True)
class _Check:
    """``since``: what applies from which minor version on; ``instead_of``: the check of baseline that it replaces."""

    name: str
    since: Sequence[tuple[int, CheckFunction]]
    instead_of: str = ""

    def at(self, minor: int) -> CheckFunction | None:
        return next((function for first, function in reversed(self.since) if first <= minor), None)


# Both in the order of the names, which is the order of the messages.
_BASELINE = (
    _Check("appArmorProfile", [(0, baseline.apparmor)]),
    _Check("capabilities_baseline", [(0, baseline.capabilities)]),
    _Check("hostNamespaces", [(0, baseline.host_namespaces)]),
    _Check("hostPathVolumes", [(0, baseline.host_path)]),
    _Check("hostPorts", [(0, baseline.host_ports)]),
    _Check("hostProbesAndHostLifecycle", [(34, baseline.probe_hosts)]),
    _Check("privileged", [(0, baseline.privileged)]),
    _Check("procMount", [(0, baseline.proc_mount), (35, baseline.proc_mount_1_35)]),
    _Check("seLinuxOptions", [(0, baseline.selinux), (31, baseline.selinux_1_31)]),
    _Check("seccompProfile_baseline", [(0, baseline.seccomp_annotations), (19, baseline.seccomp_fields)]),
    _Check(
        "sysctls",
        [
            (0, baseline.sysctls_1_0),
            (27, baseline.sysctls_1_27),
            (29, baseline.sysctls_1_29),
            (32, baseline.sysctls_1_32),
        ],
    ),
    _Check("windowsHostProcess", [(0, baseline.windows_host_process)]),
)
_RESTRICTED = (
    _Check(
        "allowPrivilegeEscalation",
        [(8, restricted.privilege_escalation), (25, restricted.privilege_escalation_1_25)],
    ),
    _Check(
        "capabilities_restricted",
        [(22, restricted.capabilities), (25, restricted.capabilities_1_25)],
        instead_of="capabilities_baseline",
    ),
    # Baseline let users of their own off in 1.35; restricted did not.
    _Check("procMount_restricted", [(35, baseline.proc_mount)], instead_of="procMount"),
    _Check("restrictedVolumes", [(0, restricted.volumes)], instead_of="hostPathVolumes"),
    _Check("runAsNonRoot", [(0, restricted.run_as_non_root), (35, restricted.run_as_non_root_1_35)]),
    _Check("runAsUser", [(23, restricted.run_as_user), (35, restricted.run_as_user_1_35)]),
    _Check(
        "seccompProfile_restricted",
        [(19, restricted.seccomp), (25, restricted.seccomp_1_25)],
        instead_of="seccompProfile_baseline",
    ),
)


def checks_for(applied: LevelVersion, cluster: tuple[int, int] | None) -> Sequence[tuple[str, CheckFunction]]:
    """The checks of a level and version on a cluster, by name, in the order of their messages."""
    newest = NEWEST if cluster is None or cluster[0] != 1 else min(NEWEST, cluster[1])
    return _checks(applied.level, newest if applied.minor is None else min(newest, applied.minor))


@cache
def _checks(level: str, minor: int) -> Sequence[tuple[str, CheckFunction]]:
    if level == PRIVILEGED:
        return ()
    chosen = _at(_BASELINE, minor)
    if level == BASELINE:
        return tuple(chosen.items())
    stricter = _at(_RESTRICTED, minor)
    replaced = {check.instead_of for check in _RESTRICTED if check.name in stricter}
    kept = {name: function for name, function in chosen.items() if name not in replaced}
    return tuple((kept | stricter).items())


def _at(checks: Sequence[_Check], minor: int) -> dict[str, CheckFunction]:
    return {check.name: function for check in checks if (function := check.at(minor)) is not None}
