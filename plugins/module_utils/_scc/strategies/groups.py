# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategies for fsGroup and supplemental groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..model import MUST_RUN_AS, RUN_AS_ANY, GroupOptions, IDRange
from .base import Finding, StrategyError


class GroupStrategy(Protocol):
    """``default`` is the group to write, None for none."""

    default: int | None

    def check(self, groups: Sequence[int]) -> Sequence[Finding]:
        """Judge all groups of a field, after filling; the path of a finding is the caller's."""


class AnyGroup:
    """RunAsAny."""

    default: int | None = None

    def check(self, _groups: Sequence[int]) -> Sequence[Finding]:
        return ()


class GroupRanges:
    """MustRunAs: any of the ranges; the first ID of the first one is written."""

    def __init__(self, ranges: Sequence[IDRange]) -> None:
        self.default: int | None = ranges[0].first
        self._ranges = ranges

    def check(self, groups: Sequence[int]) -> Sequence[Finding]:
        if not groups:
            return (Finding("", [], "unable to validate empty groups against required ranges"),)
        return [
            Finding("", list(groups), f"{group} is not an allowed group")
            for group in groups
            if not any(one.first <= group <= one.last for one in self._ranges)
        ]


def group_strategy(options: GroupOptions, field: str) -> GroupStrategy:
    """The strategy of an SCC whose ranges are resolved.

    :param field: FSGroup or SupplementalGroups, for the message.
    :raises StrategyError: in OpenShift's words.
    """
    if options.type == RUN_AS_ANY:
        return AnyGroup()
    if options.type == MUST_RUN_AS:
        return GroupRanges(options.ranges)
    raise StrategyError(f"Unrecognized {field} strategy type {options.type}")
