# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random SecurityContextConstraints: variants of the standard ones, shapes of one's own, and malformed ones."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from .values import (
    CAPABILITIES,
    DRIVERS,
    IDS,
    ODD_PROFILES,
    PLAIN_CAPABILITIES,
    PROFILES,
    SELINUX_LEVELS,
    START,
    SYSCTL_PATTERNS,
    USUAL_VOLUMES,
    VOLUME_TYPES,
    Dice,
    Json,
    copied,
)

RANGES = ((1000, 1009), (START, START + 9999), (0, 65534), (1, 1), (0, 0), (1000, 65534), (65534, 1000), (2000, 2**32))
MADE_UP = [f"MADE_UP_{number}" for number in range(110)]
USERS = ("alice", "system:admin", "system:serviceaccount:demo:default", "system:serviceaccount:demo:triton", "bob", "")
GROUPS = (
    *(
        "system:authenticated",
        "system:serviceaccounts",
        "system:serviceaccounts:demo",
        "developers",
        "system:nodes",
        "",
    ),
    *("system:masters", "system:unauthenticated"),
)


def _user(dice: Dice) -> Json:
    kind = dice.pick(
        ("RunAsAny", "MustRunAsNonRoot", "MustRunAsRange", "MustRunAsRange", "MustRunAsRange", "MustRunAs")
    )
    strategy: Json = {"type": kind}
    if kind == "MustRunAs":
        strategy["uid"] = dice.pick(IDS)
    elif kind == "MustRunAsRange" and dice.chance(0.5):
        low, high = dice.pick(RANGES)
        strategy |= {"uidRangeMin": low, "uidRangeMax": high}
    if dice.chance(0.05):
        strategy["uid"] = dice.pick(IDS)  # without meaning for the other strategies
    return strategy


def _selinux(dice: Dice) -> Json:
    if dice.chance(0.3):
        return {"type": "RunAsAny"}
    strategy: Json = {"type": "MustRunAs"}
    if dice.chance(0.45):
        options: Json = {}
        if dice.chance(0.5):
            options["level"] = dice.pick(SELINUX_LEVELS[:9])
        if dice.chance(0.5):
            options["type"] = dice.pick(("container_t", "container_engine_t", "spc_t"))
        if dice.chance(0.4):
            options["role"] = dice.pick(("system_r", "object_r"))
        if dice.chance(0.4):
            options["user"] = dice.pick(("system_u", "user_u"))
        strategy["seLinuxOptions"] = options
    return strategy


def _groups(dice: Dice) -> Json:
    if dice.chance(0.45):
        return {"type": "RunAsAny"}
    strategy: Json = {"type": "MustRunAs"}
    if dice.chance(0.45):
        strategy["ranges"] = [{"min": low, "max": high} for low, high in dice.some(RANGES, 1, 3)]
        for entry in strategy["ranges"]:
            for key in ("min", "max"):
                if entry[key] == 0:
                    del entry[key]  # as JSON of an SCC leaves zeros out
    return strategy


def _profiles(dice: Dice) -> list[str] | None:
    if dice.chance(0.3):
        return None
    profiles = dice.some(PROFILES, 1, 3)
    if dice.chance(0.05):
        profiles.append(dice.pick(ODD_PROFILES))
    return profiles


def _volumes(dice: Dice) -> list[str] | None:
    form = dice.random()
    if form < 0.08:
        return None
    if form < 0.16:
        return []
    if form < 0.24:
        return ["*"]
    if form < 0.30:
        return ["none"]
    volumes = dice.distinct(USUAL_VOLUMES, 2, 7) + dice.distinct(VOLUME_TYPES, 0, 6)
    if dice.chance(0.1):
        volumes.append(dice.pick(("none", "*", "cephfs", "storageos", "vsphereVolume", "CSI", "")))
    return volumes


def _capabilities(dice: Dice, most: int) -> list[str] | None:
    form = dice.random()
    if form < 0.35:
        return dice.pick((None, []))
    return dice.some(CAPABILITIES if dice.chance(0.4) else PLAIN_CAPABILITIES, 1, most)


def _flag(probability: float) -> Callable[[Dice], bool]:
    return lambda dice: dice.chance(probability)


FIELDS: dict[str, Callable[[Dice], object]] = {
    "priority": lambda dice: dice.pick((None, 0, -1, 1, 5, 10, 10, 100, 2**31 - 1)),
    "allowPrivilegedContainer": _flag(0.3),
    "allowHostNetwork": _flag(0.3),
    "allowHostPorts": _flag(0.3),
    "allowHostPID": _flag(0.3),
    "allowHostIPC": _flag(0.3),
    "allowHostDirVolumePlugin": _flag(0.3),
    "readOnlyRootFilesystem": _flag(0.4),
    "allowPrivilegeEscalation": lambda dice: dice.pick((None, True, False, False)),
    "defaultAllowPrivilegeEscalation": lambda dice: dice.pick((None, True, False)),
    "allowedCapabilities": lambda dice: _capabilities(dice, 6),
    "defaultAddCapabilities": lambda dice: _capabilities(dice, 3),
    "requiredDropCapabilities": lambda dice: _capabilities(dice, 5),
    "runAsUser": _user,
    "seLinuxContext": _selinux,
    "fsGroup": _groups,
    "supplementalGroups": _groups,
    "seccompProfiles": _profiles,
    "volumes": _volumes,
    "allowedFlexVolumes": lambda dice: [{"driver": driver} for driver in dice.some(DRIVERS, 1, 2)],
    "allowedUnsafeSysctls": lambda dice: dice.some(SYSCTL_PATTERNS, 0, 3),
    "forbiddenSysctls": lambda dice: dice.some(SYSCTL_PATTERNS, 0, 2),
    "userNamespaceLevel": lambda dice: dice.pick(("RequirePodLevel", "RequirePodLevel", "AllowHostLevel", "", "Other")),
    "users": lambda dice: dice.some(USERS, 0, 2),
    "groups": lambda dice: dice.some(GROUPS, 0, 2),
}
FIELD_NAMES = tuple(FIELDS)

# What makes an SCC fail before any pod is looked at.
FLAWS: tuple[Json, ...] = (
    {"runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 1000}},
    {"runAsUser": {"type": "MustRunAsRange", "uidRangeMax": 1000}},
    {"runAsUser": {"type": "MustRunAs"}},
    {"runAsUser": {"type": "RunAsNobody"}},
    {"runAsUser": {"type": ""}},
    {"seLinuxContext": {"type": "MustRunAsRange"}},
    {"seLinuxContext": {"type": ""}},
    {"seLinuxContext": {"type": "mustRunAs"}},
    {"fsGroup": {"type": "MayRunAs"}},
    {"fsGroup": {"type": "MustRunAsRange", "ranges": [{"min": 1, "max": 2}]}},
    {"supplementalGroups": {"type": "MayRunAs", "ranges": [{"min": 1, "max": 2}]}},
    {"supplementalGroups": {"type": 'Odd "type"'}},
)


def random_scc(dice: Dice, name: str, standard: dict[str, Json]) -> Json:
    """One SCC as an administrator might write it: a standard one with some fields changed, or all of its own."""
    if dice.chance(0.5):
        scc = copied(standard[dice.pick(tuple(standard))])
        changed = dice.distinct(FIELD_NAMES, 1, 6)
    else:
        scc = {"allowPrivilegeEscalation": True, "runAsUser": {}, "seLinuxContext": {}}
        changed = list(FIELD_NAMES)
    for key in changed:
        if key == "allowedFlexVolumes" and dice.chance(0.3):
            continue
        scc[key] = FIELDS[key](dice)
    return {**scc, "metadata": {"name": name}}


def flawed_scc(dice: Dice, name: str, standard: dict[str, Json]) -> Json:
    scc = random_scc(dice, name, standard)
    for flaw in dice.distinct(FLAWS, 1, 2):
        scc |= copied(flaw)
    return scc


def twins() -> dict[str, Json]:
    """SCCs whose points are equal, or differ by one, in different ways: one point more or less changes their order."""
    plain: Json = {
        "allowPrivilegeEscalation": True,
        "volumes": ["secret"],
        "users": [],
        "groups": [],
        "runAsUser": {"type": "RunAsAny"},
        "seLinuxContext": {"type": "MustRunAs"},
        "fsGroup": {"type": "RunAsAny"},
        "supplementalGroups": {"type": "RunAsAny"},
    }
    added, allowed, dropped = "defaultAddCapabilities", "allowedCapabilities", "requiredDropCapabilities"
    nothing, everything = {dropped: MADE_UP}, {added: MADE_UP[:20]}
    pairs: list[tuple[Json, Json]] = [
        ({added: MADE_UP[:1]}, {allowed: MADE_UP[:30]}),
        ({allowed: ["*"]}, {added: MADE_UP[:13], allowed: MADE_UP[:10]}),
        ({dropped: ["ALL"]}, {dropped: MADE_UP[:60]}),
        ({dropped: MADE_UP[:6]}, {allowed: MADE_UP[:30], dropped: MADE_UP[:12]}),
        ({dropped: MADE_UP[:100]}, nothing),
        *(({}, {"volumes": [kind]}) for kind in ("configMap", "emptyDir", "downwardAPI", "projected", "none")),
    ]
    # The most that capabilities give, beside the least of the next higher strategies.
    for selinux in ("MustRunAs", "RunAsAny"):
        kinds: tuple[Json, ...] = (
            *({"type": "MustRunAs", "uid": 1000}, {"type": "MustRunAsRange"}),
            *({"type": "MustRunAsNonRoot"}, {"type": "RunAsAny"}),
        )
        for lower, higher in pairwise(kinds):
            fixed = {"seLinuxContext": {"type": selinux}}
            pairs.append(({**everything, **fixed, "runAsUser": lower}, {**nothing, **fixed, "runAsUser": higher}))
    made: dict[str, Json] = {}
    for number, pair in enumerate(pairs):
        # Both orders of the names, which decide where points are equal.
        for letters in ("ab", "ba"):
            for letter, fields in zip(letters, pair, strict=True):
                name = f"twin-{number}-{letters}-{letter}"
                made[name] = {**plain, **copied(fields), "metadata": {"name": name}}
    return made


def pool(dice: Dice, standard: dict[str, Json]) -> dict[str, Json]:
    """The SCCs of one chunk of cases by id, before OpenShift's defaults; an id says what the SCC is in it.

    "NAME" is a standard SCC, "NAME~N" a changed one of that name, "custom-…" one's own, "twin-…" one whose points are close
    to another's, "flawed-…" a malformed one, and "raw-…" one's own whose fields never got defaults.
    """
    sccs = {name: copied(scc) for name, scc in standard.items()}
    for name in standard:
        for number in range(3):
            sccs[f"{name}~{number}"] = random_scc(dice, name, standard)
    for number in range(110):
        name = (
            f"{dice.pick(('a', 'custom', 'm', 'restricted-v2', 'team', 'zz'))}-{dice.pick(('x', 'scc', '9'))}-{number}"
        )
        scc = sccs[f"custom-{number}"] = random_scc(dice, name, standard)
        for key in ("fsGroup", "supplementalGroups", "users", "groups"):
            if dice.chance(0.03):
                del scc[key]  # OpenShift's defaults fill it
    # So many capabilities that the points reach their limits: 0 by more than a hundred drops, 9999 by additions.
    sccs["custom-drops"] = {**random_scc(dice, "m-drops", standard), "requiredDropCapabilities": MADE_UP}
    sccs["custom-adds"] = {**random_scc(dice, "m-adds", standard), "defaultAddCapabilities": MADE_UP[:20]}
    sccs |= twins()
    for number in range(22):
        sccs[f"flawed-{number}"] = flawed_scc(dice, f"{dice.pick(('a', 'm', 'z'))}-flawed-{number}", standard)
    for number in range(12):
        sccs[f"raw-{number}"] = random_scc(dice, f"{dice.pick(('b', 'n'))}-raw-{number}", standard)
    return sccs
