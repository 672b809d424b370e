# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SCCs take from their namespace."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.allocation import resolve
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import IDRange, SELinuxOptions
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.base import StrategyError
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.builders import ANNOTATIONS, scc
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.permissive import scc as permissive

UIDS, GROUPS, MCS = (f"openshift.io/sa.scc.{name}" for name in ("uid-range", "supplemental-groups", "mcs"))
ALL: dict[str, Any] = {"supplementalGroups": {"type": "MustRunAs"}}


def test_every_value_that_is_missing_comes_from_the_namespace() -> None:
    found = resolve(scc(**ALL), ANNOTATIONS, "ns")
    assert (found.run_as_user.first, found.run_as_user.last) == (1000900000, 1000909999)
    assert found.se_linux.level == "s0:c30,c5"
    # fsGroup: the first ID of the first block alone; supplemental groups: all blocks.
    assert found.fs_group.ranges == (IDRange(1000900000, 1000900000),)
    assert found.supplemental_groups.ranges == (IDRange(1000900000, 1000909999), IDRange(5000, 5009))


def test_what_the_scc_says_itself_stays() -> None:
    own = scc(
        runAsUser={"type": "MustRunAsRange", "uidRangeMin": 5, "uidRangeMax": 9},
        seLinuxContext={"type": "MustRunAs", "seLinuxOptions": {"level": "s0", "type": "t"}},
        fsGroup={"type": "MustRunAs", "ranges": [{"max": 7}]},
        supplementalGroups={"type": "RunAsAny"},
    )
    found = resolve(own, {UIDS: "broken", MCS: ""}, "ns")
    assert found == own and found.fs_group.ranges == (IDRange(0, 7),)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"runAsUser": {"type": "MustRunAs"}},
        {"runAsUser": {"type": "MustRunAsNonRoot"}},
        {"seLinuxContext": {"type": "RunAsAny", "seLinuxOptions": {}}},
        {"runAsUser": {"type": "Unheard"}, "seLinuxContext": {"type": "Unheard"}, "fsGroup": {"type": "Unheard"}},
        # Zero is a value.
        {"runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 0, "uidRangeMax": 0}},
        {"fsGroup": {"type": "MustRunAs", "ranges": [{}]}},
        {"supplementalGroups": {"type": "MustRunAs", "ranges": [{}]}},
    ],
)
def test_where_nothing_is_missing_no_annotation_is_looked_at(fields: dict[str, Any]) -> None:
    own = permissive(**fields)
    assert resolve(own, {UIDS: "", MCS: "", GROUPS: ""}, "ns") == own


@pytest.mark.parametrize("fields", [{"uidRangeMin": 5}, {"uidRangeMax": 9}, {"uidRangeMin": 0}])
def test_half_a_range_takes_nothing(fields: dict[str, int]) -> None:
    own = scc(runAsUser={"type": "MustRunAsRange", **fields})
    assert resolve(own, ANNOTATIONS, "ns").run_as_user == own.run_as_user


def test_the_level_joins_the_other_parts_of_the_sccs_label() -> None:
    parts = {"role": "r", "type": "container_engine_t", "user": "u"}
    own = scc(seLinuxContext={"type": "MustRunAs", "seLinuxOptions": parts})
    assert resolve(own, ANNOTATIONS, "ns").se_linux == SELinuxOptions(
        "MustRunAs", "s0:c30,c5", "r", "container_engine_t", "u"
    )
    # Whatever it is: nobody reads it.
    assert resolve(own, {**ANNOTATIONS, MCS: " x"}, "ns").se_linux.level == " x"


def test_without_groups_the_range_of_users_counts() -> None:
    without = {key: value for key, value in ANNOTATIONS.items() if key != GROUPS}
    assert resolve(scc(**ALL), without, "ns").supplemental_groups.ranges == (IDRange(1000900000, 1000909999),)
    # Its blocks after the first are groups, though no users.
    found = resolve(scc(**ALL), {**without, UIDS: "5/3,20/9"}, "ns")
    assert (found.run_as_user.first, found.run_as_user.last) == (5, 7)
    assert found.fs_group.ranges == (IDRange(5, 5),)
    assert found.supplemental_groups.ranges == (IDRange(5, 7), IDRange(20, 28))


def test_a_block_that_wraps_around_is_everything() -> None:
    found = resolve(scc(**ALL), {UIDS: "0/0", MCS: "s0"}, "ns")
    assert (found.run_as_user.first, found.run_as_user.last) == (0, 2**32 - 1)
    assert found.supplemental_groups.ranges == (IDRange(0, 2**32 - 1),)


def test_each_namespace_has_its_own_values() -> None:
    own = scc()
    first = resolve(own, ANNOTATIONS, "a").run_as_user.first
    second = resolve(own, {**ANNOTATIONS, UIDS: "7/1"}, "b").run_as_user.first
    assert (first, second, own.run_as_user.first) == (1000900000, 7, None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {UIDS: ""},
            f"uid annotation for namespace ns while trying to configure SCC own: found annotation {UIDS} but it was empty",
        ),
        ({UIDS: "x"}, "uid annotation for namespace ns while trying to configure SCC own: expected integer"),
        (
            {MCS: ""},
            f"mcs annotation for namespace ns while trying to configure SCC own: found annotation {MCS} but it was empty",
        ),
        (
            {GROUPS: ""},
            f"group annotation for namespace ns while trying to configure SCC own: unable to find groups using {GROUPS} and {UIDS} annotations",
        ),
        ({GROUPS: "1/2,"}, "group annotation for namespace ns while trying to configure SCC own: EOF"),
        # The first that fails is named.
        ({UIDS: "x", MCS: ""}, "uid annotation for namespace ns while trying to configure SCC own: expected integer"),
    ],
)
def test_what_cannot_be_read_is_said_in_openshifts_words(changes: dict[str, str], words: str) -> None:
    with pytest.raises(StrategyError) as caught:
        resolve(scc(**ALL), {**ANNOTATIONS, **changes}, "ns")
    assert str(caught.value) == f"unable to find pre-allocated {words}"


@pytest.mark.parametrize(
    ("field", "options", "changes", "words"),
    [
        ("runAsUser", "MustRunAsRange", {UIDS: "5"}, "uid annotation {}unexpected EOF"),
        # A slash anywhere asks for the form with a size, and it stands right behind the number.
        ("runAsUser", "MustRunAsRange", {UIDS: "5-7,20/9"}, "uid annotation {}input does not match format"),
        ("runAsUser", "MustRunAsRange", {UIDS: "5 /7"}, "uid annotation {}input does not match format"),
        # One bad block spoils fsGroup too, though only the first counts.
        ("fsGroup", "MustRunAs", {GROUPS: "1/2,x"}, "group annotation {}expected integer"),
        (
            "fsGroup",
            "MustRunAs",
            {GROUPS: "1/4294967296"},
            "group annotation {}unsigned integer overflow on token 4294967296",
        ),
        (
            "fsGroup",
            "MustRunAs",
            {GROUPS: ""},
            f"group annotation {{}}unable to find groups using {GROUPS} and {UIDS} annotations",
        ),
    ],
)
def test_each_field_is_spoiled_by_its_own_annotation(
    field: str, options: str, changes: dict[str, str], words: str
) -> None:
    own = permissive("own", **{field: {"type": options}})
    with pytest.raises(StrategyError) as caught:
        resolve(own, {**ANNOTATIONS, **changes}, "ns")
    assert str(caught.value) == "unable to find pre-allocated " + words.format(
        "for namespace ns while trying to configure SCC own: "
    )


def test_an_empty_range_of_users_is_no_range_of_groups() -> None:
    own = permissive("own", supplementalGroups={"type": "MustRunAs"})
    with pytest.raises(StrategyError, match="pre-allocated group annotation .* own: unable to find groups using"):
        resolve(own, {UIDS: "", MCS: "s0"}, "ns")


def test_selinux_is_looked_at_before_groups() -> None:
    with pytest.raises(StrategyError, match="pre-allocated mcs annotation"):
        resolve(scc(**ALL), {**ANNOTATIONS, MCS: "", GROUPS: ""}, "ns")
