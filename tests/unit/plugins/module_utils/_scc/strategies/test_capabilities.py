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
        (["B", "A"], ["MKNOD", "KILL"], None, {"add": ["A", "B"], "drop": ["KILL", "MKNOD"]}),
        # What has to be dropped may be added, and is in both lists then; so is what a container adds and drops itself.
        ([], ["A"], {"add": ["A"]}, {"add": ["A"], "drop": ["A"]}),
        (["A"], ["X"], {"add": ["A"], "drop": ["A"]}, {"add": ["A"], "drop": ["A", "X"]}),
        # ALL is a word as any other.
        ([], ["KILL"], {"drop": ["ALL"]}, {"drop": ["ALL", "KILL"]}),
        ([], ["ALL"], {"drop": ["all"]}, {"drop": ["ALL", "all"]}),
        ([], ["ALL"], {"add": None, "drop": None}, {"drop": ["ALL"]}),
    ],
)
def test_filling(default_add: list[str], required_drop: list[str], own: Any, wanted: Any) -> None:
    filled = Capabilities(default_add, required_drop, []).fill(own)
    assert filled == wanted
    assert filled is own or filled != own


@pytest.mark.parametrize(
    ("default_add", "required_drop", "own"),
    [
        ([], [], None),
        ([], [], {}),
        ([], ["ALL"], {"add": ["B", "A"], "drop": ["ALL"]}),
        (["A"], [], {"add": ["B", "A"]}),
        # Dropped by the container, so there is nothing to add.
        (["A"], [], {"drop": ["A"]}),
        # Neither order nor doubles are touched where nothing is new.
        ([], ["MKNOD"], {"add": ["Z", "A", "Z"], "drop": ["MKNOD", "KILL", "MKNOD"]}),
    ],
)
def test_where_nothing_is_new_nothing_is_touched(default_add: list[str], required_drop: list[str], own: Any) -> None:
    assert Capabilities(default_add, required_drop, []).fill(own) is own


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


@pytest.mark.parametrize(
    ("allowed", "added", "refused"),
    [
        # The spelling is exact, with and without the prefix; the asterisk is a wildcard by itself only.
        (["NET_BIND_SERVICE"], ["CAP_NET_BIND_SERVICE"], ["CAP_NET_BIND_SERVICE"]),
        (["CAP_CHOWN"], ["CHOWN"], ["CHOWN"]),
        (["NET_*"], ["NET_ADMIN"], ["NET_ADMIN"]),
        # All of them, in the container's order, as often as they are listed.
        (["B"], ["C", "B", "A", "C"], ["C", "A", "C"]),
    ],
)
def test_each_one_is_refused_as_it_is_spelled(allowed: list[str], added: list[str], refused: list[str]) -> None:
    assert [finding.value for finding in Capabilities([], [], allowed).check({"add": added})] == refused


def test_what_an_scc_drops_may_be_added_where_it_is_allowed() -> None:
    """OpenShift's API refuses such an SCC, its admission does not."""
    assert list(Capabilities([], ["A"], ["A"]).check({"add": ["A"], "drop": ["A"]})) == []


@pytest.mark.parametrize("filled", [None, {}, {"add": None}, {"drop": ["KILL"]}])
def test_no_capabilities_are_no_problem(filled: Any) -> None:
    assert list(Capabilities([], [], []).check(filled)) == []
