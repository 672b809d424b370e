# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an SCC would accept in the place of a value that it refuses, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from .._scc.model import MUST_RUN_AS, MUST_RUN_AS_RANGE, SCC, IDRange
from .._scc.problem import Problem

NOTHING = "nothing"


def allowed(problem: Problem, scc: SCC) -> str:
    """For people: "1000040000 to 1000049999", "runtime/default", ...

    :param scc: with its values from the namespace.
    """
    path = problem.path
    for mark, words in _BY_PATH.items():
        if mark in path:
            return words(scc)
    return ""


def _user(scc: SCC) -> str:
    user = scc.run_as_user
    if user.type == MUST_RUN_AS:
        return str(user.uid)
    return f"{user.first} to {user.last}" if user.type == MUST_RUN_AS_RANGE else "any user but 0"


def _ranges(ranges: Sequence[IDRange]) -> str:
    return _or(str(one.first) if one.first == one.last else f"{one.first} to {one.last}" for one in ranges)


def _or(words: Iterable[str]) -> str:
    listed = list(words)
    return " or ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed) or NOTHING


def _label(scc: SCC) -> str:
    label = scc.se_linux
    parts = {"level": label.level, "type": label.se_type, "role": label.role, "user": label.user}
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value)


def _volumes(scc: SCC) -> str:
    return _or(name for name in scc.volumes if name != "none")


_BY_PATH: Mapping[str, Callable[[SCC], str]] = {
    "volumes[": lambda scc: (
        _or(scc.flex_volumes) if scc.flex_volumes and "flexVolume" in scc.volumes else _volumes(scc)
    ),
    ".runAsUser": _user,
    ".fsGroup": lambda scc: _ranges(scc.fs_group.ranges),
    ".supplementalGroups": lambda scc: _ranges(scc.supplemental_groups.ranges),
    ".seLinuxOptions": _label,
    ".capabilities.add": lambda scc: _or(scc.default_add + scc.allowed_capabilities),
    "seccomp.security": lambda scc: _or(scc.seccomp_profiles),
    "sysctls[": lambda scc: _or(("safe sysctls", *scc.allowed_unsafe_sysctls)),
    ".runAsNonRoot": lambda _scc: "true",
    ".readOnlyRootFilesystem": lambda _scc: "true",
    ".hostUsers": lambda _scc: "false",
    ".host": lambda _scc: "none",
    ".privileged": lambda _scc: "false",
    ".allowPrivilegeEscalation": lambda _scc: "false",
}
