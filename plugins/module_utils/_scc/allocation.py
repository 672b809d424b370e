# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SCCs without numbers of their own take from a namespace, with OpenShift's own words for whatever is broken.

Source: apiserver-library-go, sccmatching/matcher.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from .model import MUST_RUN_AS, MUST_RUN_AS_RANGE, SCC, GroupOptions, IDRange, SELinuxOptions, UserOptions
from .namespace import MCS, SUPPLEMENTAL_GROUPS, UID_RANGE
from .ranges import Block, RangeSyntaxError, parse_block, parse_blocks
from .strategies.base import StrategyError

_Value = TypeVar("_Value")


class Options(NamedTuple):
    """Those fields of an SCC that a namespace can fill, filled."""

    run_as_user: UserOptions
    se_linux: SELinuxOptions
    fs_group: GroupOptions
    supplemental_groups: GroupOptions


class Allocation:
    """A namespace's values, each read once, for all SCCs.

    :param annotations: of the namespace.
    """

    def __init__(self, annotations: Mapping[str, str], namespace: str) -> None:
        self._annotations = annotations
        self._namespace = namespace
        self._read: dict[str, Any] = {}

    def options(self, scc: SCC) -> Options:
        """The SCC's options with the namespace's values where it has none.

        :raises StrategyError: an annotation that the SCC needs cannot be read.
        """
        user, se_linux, fs_group, groups = scc.run_as_user, scc.se_linux, scc.fs_group, scc.supplemental_groups
        if user.type == MUST_RUN_AS_RANGE and user.first is None and user.last is None:
            block = self._value("uid", scc, self._uids)
            user = UserOptions(user.type, user.uid, block.first, block.last)
        if se_linux.type == MUST_RUN_AS and not se_linux.level:
            level = self._value("mcs", scc, self._level)
            se_linux = SELinuxOptions(se_linux.type, level, se_linux.role, se_linux.se_type, se_linux.user)
        if fs_group.type == MUST_RUN_AS and not fs_group.ranges:
            # The first ID alone, not its block.
            first = self._value("group", scc, self._groups)[0].first
            fs_group = GroupOptions(fs_group.type, (IDRange(first, first),))
        if groups.type == MUST_RUN_AS and not groups.ranges:
            groups = GroupOptions(groups.type, self._value("group", scc, self._groups))
        return Options(user, se_linux, fs_group, groups)

    def _value(self, name: str, scc: SCC, read: Callable[[], _Value]) -> _Value:
        if name not in self._read:
            try:
                self._read[name] = read()
            except (RangeSyntaxError, StrategyError) as error:
                raise StrategyError(
                    f"unable to find pre-allocated {name} annotation for namespace {self._namespace} while trying to configure SCC "
                    f"{scc.name}: {error}"
                ) from error
        value: _Value = self._read[name]
        return value

    def _uids(self) -> Block:
        return parse_block(self._text(UID_RANGE))

    def _level(self) -> str:
        return self._text(MCS)

    def _groups(self) -> tuple[IDRange, ...]:
        text = self._annotations.get(SUPPLEMENTAL_GROUPS, self._annotations.get(UID_RANGE))
        if text is None:
            raise StrategyError(f"unable to find supplemental group or uid annotation for namespace {self._namespace}")
        if not text:
            raise StrategyError(f"unable to find groups using {SUPPLEMENTAL_GROUPS} and {UID_RANGE} annotations")
        return tuple(IDRange(block.first, block.last) for block in parse_blocks(text))

    def _text(self, key: str) -> str:
        if key not in self._annotations:
            raise StrategyError(f"unable to find annotation {key}")
        if not self._annotations[key]:
            raise StrategyError(f"found annotation {key} but it was empty")
        return self._annotations[key]


def resolve(scc: SCC, annotations: Mapping[str, str], namespace: str) -> SCC:
    """The SCC with the namespace's values where it has none.

    :param annotations: of the namespace.
    :raises StrategyError: an annotation that the SCC needs cannot be read.
    """
    return replace(scc, **Allocation(annotations, namespace).options(scc)._asdict())
