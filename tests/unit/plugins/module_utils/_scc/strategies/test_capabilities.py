# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capabilities: what an SCC adds and drops, and what may be added."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.capabilities import Capabilities


@pytest.mark.parametrize(
    ("default_add", "required_drop", "own", "wanted"),
    [
        ([], [], None, None),
        ([], [], {"add": ["B", "A", "A"]}, {"add": ["B", "A", "A"]}),
        ([], ["ALL"], None, {"drop": ["ALL"]}),
        ([], ["ALL"], {"drop": ["ALL", "ALL"]}, {"drop": ["ALL", "ALL"]}),
        # As soon as something is new, both lists are sorted and without doubles.
        ([], ["ALL"], {"add": ["B", "A", "B"]}, {"add": ["A", "B"], "drop": ["ALL"]}),
        (["X"], [], {"drop": ["Y"]}, {"add": ["X"], "drop": ["Y"]}),
        # A container may drop what it would get; the spelling counts.
        (["X"], [], {"drop": ["X"]}, {"drop": ["X"]}),
        (["X"], [], {"drop": ["x"]}, {"add": ["X"], "drop": ["x"]}),
        (["X"], ["KILL"], {}, {"add": ["X"], "drop": ["KILL"]}),
    ],
)
def test_filling(default_add: list[str], required_drop: list[str], own: Any, wanted: Any) -> None:
    filled = Capabilities(default_add, required_drop, []).fill(own)
    assert filled == wanted
    assert filled is own or filled != own


@pytest.mark.parametrize(
    ("default_add", "allowed", "refused"),
    [
        ([], [], ["NET_RAW", "ALL"]),
        (["NET_RAW"], [], ["ALL"]),
        ([], ["NET_RAW"], ["ALL"]),
        ([], ["net_raw"], ["NET_RAW", "ALL"]),
        # ALL is a name like any other here; the asterisk is not.
        ([], ["ALL"], ["NET_RAW"]),
        ([], ["*"], []),
    ],
)
def test_what_may_not_be_added(default_add: list[str], allowed: list[str], refused: list[str]) -> None:
    findings = Capabilities(default_add, [], allowed).check({"add": ["NET_RAW", "ALL"]})
    assert [finding.value for finding in findings] == refused
    assert {(one.path, one.detail) for one in findings} <= {(".capabilities.add", "capability may not be added")}


def test_no_capabilities_are_no_problem() -> None:
    assert list(Capabilities([], [], []).check(None)) == []
