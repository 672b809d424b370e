# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one SCC in one namespace accepts, so that pods can be made to fit it, or to miss it by a little."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .values import (
    DRIVERS,
    EXTREME_IDS,
    GROUPS_RANGE,
    IDS,
    MCS,
    PLAIN_CAPABILITIES,
    PROFILES,
    SAFE_SYSCTLS,
    SYSCTLS,
    UID_RANGE,
    VOLUME_TYPES,
    VOLUMES,
    Dice,
    Json,
)

_BLOCK = re.compile(r"\s*(\d{1,10})([/-])(\d{1,10})")


def _first_block(text: object) -> tuple[int, int] | None:
    found = _BLOCK.match(text) if isinstance(text, str) else None
    if not found:
        return None
    start, second = int(found[1]), int(found[3])
    return (start, start + second - 1) if found[2] == "/" else (start, second)


def _ids(block: tuple[int, int] | None) -> tuple[int, ...]:
    """Ids inside a block; the first one counts double, as in life."""
    if block is None or block[0] > block[1]:
        return ()
    return (block[0], block[0], block[1], (block[0] + block[1]) // 2)


@dataclass(frozen=True, slots=True)
class Target:
    """Values that are (nearly always) accepted; an empty tuple means: leave the field out."""

    users: tuple[int, ...]
    fs_groups: tuple[int, ...]
    groups: tuple[int, ...]
    selinux: Json | None
    any_selinux: bool
    profiles: tuple[str, ...]
    capabilities: tuple[str, ...]
    volumes: tuple[str, ...]
    sysctls: tuple[str, ...]
    drivers: tuple[str, ...]
    flags: frozenset[str]
    non_root: bool
    read_only: bool
    no_escalation: bool
    user_namespace: bool

    def near(self, dice: Dice, good: Sequence[int]) -> int:
        """An id beside the accepted ones, or any other."""
        if good and dice.chance(0.5):
            return dice.pick(good) + dice.pick((-1, 1))
        return dice.pick(EXTREME_IDS if dice.chance(0.12) else IDS)


def _group_ids(strategy: Json, annotation: object, *, single: bool) -> tuple[int, ...]:
    if strategy.get("type") != "MustRunAs":
        return IDS
    ranges = strategy.get("ranges")
    if ranges:
        return tuple(one for entry in ranges for one in _ids((entry.get("min", 0), entry.get("max", 0))))
    block = _first_block(annotation)
    if single:
        return (block[0],) if block else ()
    parts = annotation.split(",") if isinstance(annotation, str) else ()
    return tuple(one for part in parts for one in _ids(_first_block(part)))


def _users(strategy: Json, annotation: object) -> tuple[int, ...]:
    match strategy.get("type"):
        case "MustRunAs":
            return (strategy["uid"],) if "uid" in strategy else ()
        case "MustRunAsRange":
            if "uidRangeMin" in strategy and "uidRangeMax" in strategy:
                return _ids((strategy["uidRangeMin"], strategy["uidRangeMax"]))
            return _ids(_first_block(annotation))
        case "MustRunAsNonRoot":
            return tuple(one for one in IDS if one)
    return IDS


def _profiles(scc: Json) -> tuple[str, ...]:
    profiles = scc.get("seccompProfiles") or ()
    return PROFILES if "*" in profiles else tuple(profiles)


def _sysctls(scc: Json) -> tuple[str, ...]:
    patterns: Any = scc.get("allowedUnsafeSysctls") or ()
    if "*" in patterns:
        return SYSCTLS
    return (*SAFE_SYSCTLS, *(one.replace("*", "x") for one in patterns))


def target(scc: Json, namespace: Json) -> Target:
    notes: Json = namespace["metadata"].get("annotations") or {}
    groups = notes.get(GROUPS_RANGE, notes.get(UID_RANGE))
    selinux: Json = scc.get("seLinuxContext") or {}
    volumes: Any = scc.get("volumes") or ()
    allowed: Any = scc.get("allowedCapabilities") or ()
    added: Any = scc.get("defaultAddCapabilities") or ()
    return Target(
        users=_users(scc.get("runAsUser") or {}, notes.get(UID_RANGE)),
        fs_groups=_group_ids(scc.get("fsGroup") or {}, groups, single=True),
        groups=_group_ids(scc.get("supplementalGroups") or {}, groups, single=False),
        selinux={"level": notes.get(MCS) or "s0", **(selinux.get("seLinuxOptions") or {})},
        any_selinux=selinux.get("type") == "RunAsAny",
        profiles=_profiles(scc),
        capabilities=PLAIN_CAPABILITIES if "*" in allowed else (*allowed, *added),
        volumes=VOLUME_TYPES if "*" in volumes else tuple(one for one in volumes if one in VOLUMES),
        sysctls=_sysctls(scc),
        drivers=tuple(one["driver"] for one in scc.get("allowedFlexVolumes") or ()) or DRIVERS,
        flags=frozenset(key for key, value in scc.items() if value is True),
        non_root=(scc.get("runAsUser") or {}).get("type") == "MustRunAsNonRoot",
        read_only=scc.get("readOnlyRootFilesystem") is True,
        no_escalation=scc.get("allowPrivilegeEscalation") is False,
        user_namespace=scc.get("userNamespaceLevel") == "RequirePodLevel",
    )
