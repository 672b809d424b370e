# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.offline import block, offline, wish_of
from ansible_collections.inferops.triton.plugins.module_utils._scc.ranges import Block
from ansible_collections.inferops.triton.plugins.module_utils._scc.security_context import Wish

ANNOTATIONS = {
    "openshift.io/sa.scc.uid-range": "1000900000/10000",
    "openshift.io/sa.scc.supplemental-groups": "1000900000/10000,5-7",
    "openshift.io/sa.scc.mcs": "s0:c30,c5",
}


def test_result_on_openshift() -> None:
    result = offline(ANNOTATIONS, "openshift", "triton", Wish(style="explicit"))
    assert result["namespace"] == "triton"
    assert (result["platform"], result["style"]) == ("openshift", "explicit")
    assert result["uid_range"] == {"first": 1000900000, "last": 1000909999, "size": 10000}
    assert result["supplemental_groups"][1] == {"first": 5, "last": 7, "size": 3}
    assert result["fs_group"] == 1000900000
    assert result["mcs"] == "s0:c30,c5"
    assert result["pod_security_context"]["runAsUser"] == 1000900000
    assert result["container_security_context"]["allowPrivilegeEscalation"] is False
    assert result["pod_annotations"] == {"openshift.io/required-scc": "restricted-v2"}
    assert result["host_users"] is None
    assert result["chart_values"]["podSecurityContext"] == result["pod_security_context"]


def test_result_elsewhere_has_no_numbers_of_a_namespace() -> None:
    result = offline({}, "kubernetes", "triton", Wish())
    assert [result[key] for key in ("uid_range", "supplemental_groups", "fs_group", "mcs")] == [None, [], None, None]
    assert result["pod_security_context"]["runAsUser"] == 1000


def test_annotations_of_openshift_do_not_matter_elsewhere() -> None:
    annotations = {"openshift.io/sa.scc.uid-range": "broken"}
    assert offline(annotations, "kubernetes", "", Wish())["uid_range"] is None


@pytest.mark.parametrize("value", [5, None, True, ["5/7"], {"a": 1}, 1.5])
def test_an_annotation_that_is_no_text_is_named(value: Any) -> None:
    with pytest.raises(TritonError) as caught:
        offline({**ANNOTATIONS, "openshift.io/sa.scc.uid-range": value}, "openshift", "", Wish())
    assert f"openshift.io/sa.scc.uid-range is {value!r}" in caught.value.message
    assert "quotes" in caught.value.message


def test_wish_of_nothing_is_the_default() -> None:
    assert wish_of({}) == Wish(
        style="auto", scc="restricted-v2", run_as_user=None, fs_group=None, supplemental_groups=()
    )


def test_wish_of_options() -> None:
    params = {"style": "explicit", "scc": "nonroot-v2", "run_as_user": 7, "fs_group": 0, "supplemental_groups": [5]}
    assert wish_of(params) == Wish("explicit", "nonroot-v2", 7, 0, (5,))


def test_an_empty_scc_pins_none() -> None:
    assert wish_of({"scc": ""}).scc == ""


def test_block_as_users_see_it() -> None:
    assert block(Block(5, 9)) == {"first": 5, "last": 9, "size": 5}
