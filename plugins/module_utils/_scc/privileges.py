# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an SCC grants, in the order of what it puts at risk; this order decides which of several ways out comes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .model import ANY, MUST_RUN_AS, MUST_RUN_AS_NON_ROOT, MUST_RUN_AS_RANGE, RUN_AS_ANY, SCC, GroupOptions
from .strategies.seccomp import LOCALHOST, RUNTIME_DEFAULT, UNCONFINED

# Volume types that any namespace's user may have anyway: they mount nothing of the node and name no server.
HARMLESS_VOLUMES = frozenset(
    [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
        "none",
    ]
)


@dataclass(frozen=True, slots=True)
class Privilege:
    """``name`` as options and messages have it; ``words`` for people; ``of`` how much of it an SCC grants, 0 for nothing."""

    name: str
    words: str
    of: Callable[[SCC], int]


def _root(scc: SCC) -> int:
    """User 0; one in a user namespace counts as well, since whoever allows it is to say so by name."""
    user = scc.run_as_user
    if user.type == RUN_AS_ANY:
        return 2
    first = user.uid if user.type == MUST_RUN_AS else user.first
    return int(user.type in (MUST_RUN_AS, MUST_RUN_AS_RANGE) and first is not None and first <= 0)


def _users(scc: SCC) -> int:
    """How far the users go beyond the namespace's range."""
    user = scc.run_as_user
    if user.type in (RUN_AS_ANY, MUST_RUN_AS_NON_ROOT):
        return 2
    return int(user.uid is not None or user.first is not None)


def _groups(options: GroupOptions) -> int:
    return 2 if options.type == RUN_AS_ANY else int(bool(options.ranges))


def _capabilities(scc: SCC) -> int:
    if ANY in scc.allowed_capabilities or "ALL" in scc.allowed_capabilities:
        return 100
    own = {name for name in (*scc.allowed_capabilities, *scc.default_add) if name != "NET_BIND_SERVICE"}
    return len(own) + (0 if "ALL" in scc.required_drop else 1)


def _seccomp(scc: SCC) -> int:
    profiles = set(scc.seccomp_profiles)
    if ANY in profiles or UNCONFINED in profiles:
        return 2
    # Without a list no profile is set, and the node's default, which may be none, decides.
    return int(not profiles or any(name.startswith(LOCALHOST) for name in profiles - set(RUNTIME_DEFAULT)))


def _servers(scc: SCC) -> int:
    """Inline volumes by which a pod's author names a server or a device."""
    return 100 if ANY in scc.volumes else len(set(scc.volumes) - HARMLESS_VOLUMES - {"hostPath"})


def _any_of(types: Sequence[str], wanted: str) -> int:
    return int(ANY in types or wanted in types)


PRIVILEGES: tuple[Privilege, ...] = (
    Privilege("privileged", "privileged containers", lambda scc: int(scc.allow_privileged)),
    Privilege("host_path", "directories of the node (hostPath)", lambda scc: _any_of(scc.volumes, "hostPath")),
    Privilege("host_pid", "the node's processes (hostPID)", lambda scc: int(scc.allow_host_pid)),
    Privilege("host_ipc", "the node's IPC (hostIPC)", lambda scc: int(scc.allow_host_ipc)),
    Privilege("host_network", "the node's network (hostNetwork)", lambda scc: int(scc.allow_host_network)),
    Privilege("root", "root (user 0)", _root),
    Privilege("capabilities", "capabilities beyond NET_BIND_SERVICE", _capabilities),
    Privilege(
        "selinux",
        "SELinux labels of one's own",
        lambda scc: int(scc.se_linux.type != MUST_RUN_AS or bool(scc.se_linux.se_type or scc.se_linux.level)),
    ),
    Privilege(
        "privilege_escalation",
        "privilege escalation (setuid programs)",
        lambda scc: int(scc.allow_privilege_escalation is not False),
    ),
    Privilege("seccomp", "system calls beyond the runtime's default profile", _seccomp),
    Privilege("unsafe_sysctls", "unsafe sysctls", lambda scc: len(scc.allowed_unsafe_sysctls)),
    Privilege("host_ports", "ports of the node", lambda scc: int(scc.allow_host_ports)),
    Privilege("inline_volumes", "volumes that name a server or a device", _servers),
    Privilege("users", "users outside the namespace's range", _users),
    Privilege("fs_groups", "groups of volumes outside the namespace's", lambda scc: _groups(scc.fs_group)),
    Privilege("groups", "supplemental groups outside the namespace's", lambda scc: _groups(scc.supplemental_groups)),
    # Nothing that restricted-v2 would not grant: these never decide between two SCCs.
    Privilege("net_bind_service", "capability NET_BIND_SERVICE", lambda _scc: 0),
    Privilege("volumes", "ordinary types of volumes", lambda _scc: 0),
)
BY_NAME: Mapping[str, Privilege] = {privilege.name: privilege for privilege in PRIVILEGES}
# Down to here a generated SCC grants only what is asked for by name: access to the node, root, or a weaker container.
_NAMES = tuple(BY_NAME)
TO_BE_NAMED: tuple[str, ...] = _NAMES[: _NAMES.index("inline_volumes")]


def weight(scc: SCC) -> tuple[int, ...]:
    """For comparison: the graver privilege decides, then the next."""
    return tuple(privilege.of(scc) for privilege in PRIVILEGES)


def grave(scc: SCC) -> list[str]:
    """Names of the grave privileges that it grants, gravest first."""
    return [name for name in TO_BE_NAMED if BY_NAME[name].of(scc)]


def privileges(scc: SCC) -> list[str]:
    """What it grants, in words, gravest first."""
    return [privilege.words for privilege in PRIVILEGES if privilege.of(scc)]
