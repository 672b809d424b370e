# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fsGroup and supplemental groups."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.model import GroupOptions, IDRange
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.base import StrategyError
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.groups import group_strategy

TWO = GroupOptions("MustRunAs", (IDRange(5, 9), IDRange(20, 20)))


@pytest.mark.parametrize(
    ("groups", "refusals"),
    [
        ([5], []),
        ([9, 20], []),
        ([4], [("", [4], "4 is not an allowed group")]),
        # One refusal for each group, each with the whole list.
        ([4, 7, 21], [("", [4, 7, 21], "4 is not an allowed group"), ("", [4, 7, 21], "21 is not an allowed group")]),
        ([0], [("", [0], "0 is not an allowed group")]),
        ([4, 4], [("", [4, 4], "4 is not an allowed group")] * 2),
        ([], [("", [], "unable to validate empty groups against required ranges")]),
    ],
)
def test_any_range_will_do(groups: list[int], refusals: list[object]) -> None:
    assert list(group_strategy(TWO, "FSGroup").check(groups)) == refusals
    assert list(group_strategy(GroupOptions("RunAsAny", (IDRange(5, 5),)), "FSGroup").check(groups)) == []


def test_the_first_group_of_the_first_range_is_written() -> None:
    assert group_strategy(TWO, "FSGroup").default == 5
    # Not the lowest.
    assert group_strategy(GroupOptions("MustRunAs", (IDRange(30, 39), IDRange(1, 5))), "FSGroup").default == 30
    assert group_strategy(GroupOptions("RunAsAny", (IDRange(5, 5),)), "FSGroup").default is None


def test_an_empty_range_writes_a_group_that_it_refuses() -> None:
    strategy = group_strategy(GroupOptions("MustRunAs", (IDRange(5, 4),)), "FSGroup")
    assert strategy.default == 5
    assert list(strategy.check([5])) == [("", [5], "5 is not an allowed group")]


@pytest.mark.parametrize("field", ["FSGroup", "SupplementalGroups"])
@pytest.mark.parametrize("kind", ["", "MustRunAsRange", "MayRunAs"])
def test_an_unknown_type(field: str, kind: str) -> None:
    with pytest.raises(StrategyError, match=f"^Unrecognized {field} strategy type {kind}$"):
        group_strategy(GroupOptions(kind), field)
