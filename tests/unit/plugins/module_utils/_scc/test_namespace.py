# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules are those of apiserver-library-go, sccmatching/matcher.go."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.namespace import (
    MCS,
    SUPPLEMENTAL_GROUPS,
    UID_RANGE,
    read,
    unallocated,
)
from ansible_collections.inferops.triton.plugins.module_utils._scc.ranges import Block

USUAL = {UID_RANGE: "1000900000/10000", SUPPLEMENTAL_GROUPS: "1000900000/10000", MCS: "s0:c30,c5"}


def refusal(annotations: dict[str, str], namespace: str = "triton") -> str:
    with pytest.raises(TritonError) as caught:
        read(annotations, namespace)
    return caught.value.message


def test_keys_are_those_that_openshift_writes() -> None:
    assert (UID_RANGE, SUPPLEMENTAL_GROUPS, MCS) == (
        "openshift.io/sa.scc.uid-range",
        "openshift.io/sa.scc.supplemental-groups",
        "openshift.io/sa.scc.mcs",
    )


def test_usual_namespace() -> None:
    allowed = read(USUAL, "triton")
    assert allowed.uids == Block(1000900000, 1000909999)
    assert allowed.groups == (Block(1000900000, 1000909999),)
    assert allowed.mcs == "s0:c30,c5"


def test_fs_group_is_the_first_id_of_the_first_block_only() -> None:
    assert read({**USUAL, SUPPLEMENTAL_GROUPS: "7-20,5/3"}, "triton").fs_group == 7


def test_several_blocks_of_groups() -> None:
    assert read({**USUAL, SUPPLEMENTAL_GROUPS: "7-20,5/3"}, "triton").groups == (Block(7, 20), Block(5, 7))


def test_groups_default_to_the_user_ids() -> None:
    allowed = read({UID_RANGE: "5/10", MCS: "s0"}, "triton")
    assert (allowed.groups, allowed.fs_group) == ((Block(5, 14),), 5)


def test_the_default_of_the_groups_is_split_although_the_user_ids_are_one_block() -> None:
    allowed = read({UID_RANGE: "5/10,30/2", MCS: "s0"}, "triton")
    assert allowed.uids == Block(5, 14)
    assert allowed.groups == (Block(5, 14), Block(30, 31))


@pytest.mark.parametrize("key", [UID_RANGE, MCS])
def test_missing_annotation_is_named(key: str) -> None:
    message = refusal({name: text for name, text in USUAL.items() if name != key})
    assert f'Namespace "triton" has no annotation {key}' in message
    assert "platform: kubernetes" in message


def test_no_annotation_at_all() -> None:
    assert UID_RANGE in refusal({})


@pytest.mark.parametrize("key", [UID_RANGE, SUPPLEMENTAL_GROUPS, MCS])
def test_empty_annotation_is_an_error(key: str) -> None:
    message = refusal({**USUAL, key: ""})
    assert f'Namespace "triton": annotation {key} is empty; ' in message
    assert "1000900000/10000" in message


@pytest.mark.parametrize("key", [UID_RANGE, SUPPLEMENTAL_GROUPS])
@pytest.mark.parametrize(
    "text, error",
    [
        ("abc", "expected integer"),
        ("5", "unexpected EOF"),
        ("5 /7", "input does not match format"),
        ("5/7000000000", "overflow"),
    ],
)
def test_malformed_block_names_annotation_value_and_cure(key: str, text: str, error: str) -> None:
    message = refusal({**USUAL, key: text})
    assert f'annotation {key} is "{text}"' in message
    assert error in message
    assert "every pod of the namespace is refused" in message


def test_malformed_list_of_groups() -> None:
    assert '"5/7,"' in refusal({**USUAL, SUPPLEMENTAL_GROUPS: "5/7,"})


@pytest.mark.parametrize("text, first, last", [("9-3", 9, 3), ("5/0", 5, 4)])
def test_user_range_without_any_id(text: str, first: int, last: int) -> None:
    message = refusal({**USUAL, UID_RANGE: text})
    assert f'{UID_RANGE} is "{text}", which allows no user ID at all (first {first}, last {last}); ' in message
    assert "an administrator writes it as START/SIZE, for example 1000900000/10000" in message


def test_first_block_of_groups_without_any_id() -> None:
    message = refusal({**USUAL, SUPPLEMENTAL_GROUPS: "9-3,5/7"})
    assert f'{SUPPLEMENTAL_GROUPS} is "9-3,5/7", whose first block allows no group at all; every pod' in message


def test_offline_messages_name_no_namespace() -> None:
    assert refusal({MCS: "s0"}, "").startswith(f"There is no annotation {UID_RANGE}")
    assert refusal({**USUAL, UID_RANGE: "x"}, "").startswith(f'Annotation {UID_RANGE} is "x"')


@pytest.mark.parametrize(
    "annotations, missing",
    [
        ({}, [UID_RANGE, MCS]),
        ({UID_RANGE: "5/1"}, [MCS]),
        ({MCS: "s0"}, [UID_RANGE]),
        ({UID_RANGE: "", MCS: ""}, []),
        ({UID_RANGE: "5/1", MCS: "s0"}, []),
    ],
)
def test_admission_waits_for_two_keys_whatever_their_values(annotations: dict[str, str], missing: list[str]) -> None:
    assert unallocated(annotations) == missing
