# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SELinux options: equal in every part, but for the order of the level's categories."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.model import SELinuxOptions
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.base import StrategyError
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.selinux import (
    same_level,
    selinux_strategy,
)

WANTED = SELinuxOptions("MustRunAs", level="s0:c1,c2", role="", se_type="container_t", user="")
ANY = SELinuxOptions("RunAsAny", "", "", "", "")


def test_what_is_written_leaves_out_what_is_empty() -> None:
    assert selinux_strategy(WANTED).default == {"level": "s0:c1,c2", "type": "container_t"}
    everything = SELinuxOptions("MustRunAs", "s0:c1,c2", "system_r", "container_t", "system_u")
    assert selinux_strategy(everything).default == {
        "level": "s0:c1,c2",
        "role": "system_r",
        "type": "container_t",
        "user": "system_u",
    }
    # Options beside RunAsAny are written nowhere.
    assert selinux_strategy(SELinuxOptions("RunAsAny", "s0", "", "", "")).default is None


@pytest.mark.parametrize(
    ("options", "refusals"),
    [
        ({"level": "s0:c1,c2", "type": "container_t"}, []),
        ({"level": "s0:c2,c1", "type": "container_t"}, []),
        # An empty or null part is as good as none.
        ({"level": "s0:c1,c2", "type": "container_t", "user": "", "role": None}, []),
        # Case counts.
        (
            {"level": "s0:c1,c2", "type": "Container_t"},
            [(".seLinuxOptions.type", "Container_t", "must be container_t")],
        ),
        (
            {"level": "s0", "type": "container_t"},
            [(".seLinuxOptions.level", "s0", "must be s0:c1,c2")],
        ),
        (
            {"level": "s0:c1,c2", "role": "r", "type": "spc_t", "user": "u"},
            [
                (".seLinuxOptions.role", "r", "must be "),
                (".seLinuxOptions.type", "spc_t", "must be container_t"),
                (".seLinuxOptions.user", "u", "must be "),
            ],
        ),
        ({}, [(".seLinuxOptions.level", "", "must be s0:c1,c2"), (".seLinuxOptions.type", "", "must be container_t")]),
    ],
)
def test_each_part_is_compared(options: dict[str, str], refusals: list[object]) -> None:
    assert list(selinux_strategy(WANTED).check(options)) == refusals
    assert list(selinux_strategy(SELinuxOptions("RunAsAny", "s0:c5,c6", "", "", "")).check(options)) == []


def test_role_and_user_of_the_scc_are_compared_too() -> None:
    own = SELinuxOptions("MustRunAs", "s0", "system_r", "container_t", "system_u")
    assert list(selinux_strategy(own).check({"level": "s0"})) == [
        (".seLinuxOptions.role", "", "must be system_r"),
        (".seLinuxOptions.type", "", "must be container_t"),
        (".seLinuxOptions.user", "", "must be system_u"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("s0:c1,c2", "s0:c2,c1", True),
        ("s0:c1,c2", "s1:c1,c2", False),
        ("s0:c1", "s0:c1,c1", False),
        ("s0:c10,c2,c3", "s0:c3,c10,c2", True),
        ("s0:c1,c2", "s0:c1,c3", False),
        ("s0:c1,c1,c2", "s0:c1,c2,c2", False),
        ("s0:c1, c2", "s0:c2,c1", False),
        # Without a colon there is no order to ignore, and c1.c3 is not read as a range.
        ("s0,s1", "s1,s0", False),
        ("s0:c1.c3", "s0:c1,c2,c3", False),
        ("s0", "s0:c1,c2", False),
        ("s0", "s0", False),
        ("s0", "s0:", False),
        ("s0:", "s0:", True),
        ("s0:c1:c2,a", "s0:a,c1:c2", True),
    ],
)
def test_categories_in_any_order(one: str, other: str, same: bool) -> None:
    assert same_level(one, other) is same_level(other, one) is same


@pytest.mark.parametrize("kind", ["", "MustRunAsRange", "mustRunAs"])
def test_an_unknown_type(kind: str) -> None:
    with pytest.raises(StrategyError, match=f"^Unrecognized SELinuxContext strategy type {kind}$"):
        selinux_strategy(SELinuxOptions(kind, "", "", "", ""))
