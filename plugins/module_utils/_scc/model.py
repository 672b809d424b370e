# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SecurityContextConstraints as a typed value. Source: openshift/api, security/v1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import TritonError
from .typed import Reader

MUST_RUN_AS = "MustRunAs"
MUST_RUN_AS_RANGE = "MustRunAsRange"
MUST_RUN_AS_NON_ROOT = "MustRunAsNonRoot"
RUN_AS_ANY = "RunAsAny"
REQUIRE_POD_LEVEL = "RequirePodLevel"
ANY = "*"


@dataclass(frozen=True, slots=True)
class IDRange:
    """IDs from ``first`` to ``last``, both included; signed 64-bit."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class GroupOptions:
    """Strategy for fsGroup or supplemental groups; without ranges the namespace's are taken."""

    type: str
    ranges: tuple[IDRange, ...] = ()


@dataclass(frozen=True, slots=True)
class UserOptions:
    """Strategy for runAsUser; ``uid`` for MustRunAs, ``first`` and ``last`` for MustRunAsRange (None: the namespace's)."""

    type: str
    uid: int | None = None
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class SELinuxOptions:
    """Strategy for SELinux; without ``level`` the namespace's is taken."""

    type: str
    level: str
    role: str
    se_type: str
    user: str


@dataclass(frozen=True, slots=True)
class SCC:
    """One SecurityContextConstraints object; names as in the API, lists as tuples, null as empty or None."""

    name: str
    run_as_user: UserOptions
    se_linux: SELinuxOptions
    fs_group: GroupOptions
    supplemental_groups: GroupOptions
    priority: int | None
    allow_privileged: bool
    default_add: tuple[str, ...]
    required_drop: tuple[str, ...]
    allowed_capabilities: tuple[str, ...]
    volumes: tuple[str, ...]
    flex_volumes: tuple[str, ...]
    allow_host_network: bool
    allow_host_ports: bool
    allow_host_pid: bool
    allow_host_ipc: bool
    user_namespace_level: str
    default_allow_privilege_escalation: bool | None
    allow_privilege_escalation: bool | None
    read_only_root_filesystem: bool
    users: frozenset[str]
    groups: frozenset[str]
    seccomp_profiles: tuple[str, ...]
    allowed_unsafe_sysctls: tuple[str, ...]
    forbidden_sysctls: tuple[str, ...]
    # What others have computed from this SCC alone, by their names for it; no part of its value.
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


def parse(data: Any) -> SCC:
    """Read an SCC as it is stored.

    :raises TritonError: a field has a type that the API does not allow, or the name is missing.
    """
    if not isinstance(data, Mapping):
        raise TritonError(f"An SCC is an object, not {type(data).__name__}; give SecurityContextConstraints.")
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(name, str) or not name:
        raise TritonError("An SCC has no metadata.name; give it one.")
    read = Reader(f"SCC {name}", data)
    se_linux, user = read.object("seLinuxContext"), read.object("runAsUser")
    options = se_linux.object("seLinuxOptions")
    return SCC(
        name=name,
        run_as_user=UserOptions(
            user.text("type"), user.integer("uid"), user.integer("uidRangeMin"), user.integer("uidRangeMax")
        ),
        se_linux=SELinuxOptions(
            se_linux.text("type"),
            options.text("level"),
            options.text("role"),
            options.text("type"),
            options.text("user"),
        ),
        fs_group=_groups(read.object("fsGroup")),
        supplemental_groups=_groups(read.object("supplementalGroups")),
        priority=read.integer("priority", bits=32),
        allow_privileged=bool(read.boolean("allowPrivilegedContainer")),
        default_add=read.texts("defaultAddCapabilities"),
        required_drop=read.texts("requiredDropCapabilities"),
        allowed_capabilities=read.texts("allowedCapabilities"),
        volumes=read.texts("volumes"),
        flex_volumes=tuple(item.text("driver") for item in read.objects("allowedFlexVolumes")),
        allow_host_network=bool(read.boolean("allowHostNetwork")),
        allow_host_ports=bool(read.boolean("allowHostPorts")),
        allow_host_pid=bool(read.boolean("allowHostPID")),
        allow_host_ipc=bool(read.boolean("allowHostIPC")),
        user_namespace_level=read.text("userNamespaceLevel"),
        default_allow_privilege_escalation=read.boolean("defaultAllowPrivilegeEscalation"),
        allow_privilege_escalation=read.boolean("allowPrivilegeEscalation"),
        read_only_root_filesystem=bool(read.boolean("readOnlyRootFilesystem")),
        users=frozenset(read.texts("users")),
        groups=frozenset(read.texts("groups")),
        seccomp_profiles=read.texts("seccompProfiles"),
        allowed_unsafe_sysctls=read.texts("allowedUnsafeSysctls"),
        forbidden_sysctls=read.texts("forbiddenSysctls"),
    )


def _groups(read: Reader) -> GroupOptions:
    ranges = (IDRange(item.integer("min") or 0, item.integer("max") or 0) for item in read.objects("ranges"))
    return GroupOptions(read.text("type"), tuple(ranges))
