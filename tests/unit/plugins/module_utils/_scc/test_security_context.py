# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.namespace import NamespaceRange
from ansible_collections.inferops.triton.plugins.module_utils._scc.ranges import Block
from ansible_collections.inferops.triton.plugins.module_utils._scc.security_context import (
    SecurityContexts,
    Wish,
    compute,
)

NAMESPACE = NamespaceRange(Block(1000900000, 1000909999), (Block(2000, 2009), Block(5, 7)), "s0:c30,c5")
# What Pod Security Admission demands of every container at the level restricted.
RESTRICTED_CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def openshift(**wish: Any) -> SecurityContexts:
    return compute("openshift", NAMESPACE, Wish(**wish))


def kubernetes(**wish: Any) -> SecurityContexts:
    return compute("kubernetes", None, Wish(**wish))


def test_openshift_writes_no_numbers_and_pins_the_scc() -> None:
    contexts = openshift()
    assert contexts.style == "omit"
    assert contexts.pod == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert contexts.container == RESTRICTED_CONTAINER
    assert contexts.annotations == {"openshift.io/required-scc": "restricted-v2"}
    assert contexts.host_users is None


def test_explicit_takes_the_numbers_from_the_namespace() -> None:
    contexts = openshift(style="explicit")
    assert contexts.style == "explicit"
    assert contexts.pod == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        "runAsUser": 1000900000,
        "fsGroup": 2000,
        "seLinuxOptions": {"level": "s0:c30,c5"},
    }
    assert contexts.container == RESTRICTED_CONTAINER


def test_kubernetes_writes_numbers_and_no_annotation() -> None:
    contexts = kubernetes()
    assert contexts.style == "explicit"
    assert contexts.pod == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        "runAsUser": 1000,
        "fsGroup": 1000,
    }
    assert contexts.container == RESTRICTED_CONTAINER
    assert contexts.annotations == {}
    assert contexts.host_users is None


def test_kubernetes_style_omit_leaves_the_image_its_user() -> None:
    assert kubernetes(style="omit").pod == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def test_the_pinned_scc_does_not_matter_outside_openshift() -> None:
    contexts = kubernetes(scc="restricted")
    assert contexts.pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert contexts.annotations == {}


@pytest.mark.parametrize(
    "scc",
    ["anyuid", "hostaccess", "hostmount-anyuid", "hostmount-anyuid-v2", "hostnetwork", "nonroot", "restricted"],
)
def test_sccs_that_permit_no_seccomp_profile_get_none(scc: str) -> None:
    assert openshift(scc=scc).pod == {"runAsNonRoot": True}


@pytest.mark.parametrize(
    "scc", ["restricted-v2", "nonroot-v2", "hostnetwork-v2", "privileged", "restricted-v3", "my-own"]
)
def test_other_sccs_get_the_profile(scc: str) -> None:
    assert openshift(scc=scc).pod["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize("scc", ["restricted-v3", "nested-container"])
def test_sccs_of_user_namespaces_need_host_users_false(scc: str) -> None:
    contexts = openshift(scc=scc)
    assert contexts.host_users is False
    assert contexts.chart_values()["hostUsers"] is False


def test_no_pin() -> None:
    contexts = openshift(scc="")
    assert contexts.annotations == {}
    assert contexts.pod["seccompProfile"] == {"type": "RuntimeDefault"}


def test_chart_values_hold_the_same() -> None:
    contexts = openshift()
    assert contexts.chart_values() == {
        "podSecurityContext": contexts.pod,
        "securityContext": contexts.container,
        "podAnnotations": contexts.annotations,
    }


@pytest.mark.parametrize("uid", [1000900000, 1000905000, 1000909999])
def test_a_user_inside_the_range(uid: int) -> None:
    assert openshift(style="explicit", run_as_user=uid).pod["runAsUser"] == uid


@pytest.mark.parametrize("uid", [1, 1000, 1000899999, 1000910000, 4294967295])
def test_a_user_outside_the_range_is_refused(uid: int) -> None:
    with pytest.raises(TritonError, match=f"run_as_user is {uid}, but the namespace allows 1000900000-1000909999"):
        openshift(style="explicit", run_as_user=uid)


def test_the_one_fs_group() -> None:
    assert openshift(style="explicit", fs_group=2000).pod["fsGroup"] == 2000


@pytest.mark.parametrize("group", [0, 1999, 2001, 5])
def test_any_other_fs_group_is_refused(group: int) -> None:
    with pytest.raises(TritonError, match=f"fs_group is {group}, but the namespace allows 2000 only"):
        openshift(style="explicit", fs_group=group)


def test_kubernetes_numbers_as_wished() -> None:
    pod = kubernetes(run_as_user=4711, fs_group=12).pod
    assert (pod["runAsUser"], pod["fsGroup"]) == (4711, 12)


def test_kubernetes_fs_group_defaults_to_the_user() -> None:
    assert kubernetes(run_as_user=4711).pod["fsGroup"] == 4711


def test_fs_group_zero_is_a_number_too() -> None:
    assert kubernetes(fs_group=0).pod["fsGroup"] == 0


@pytest.mark.parametrize("style", ["omit", "explicit"])
def test_supplemental_groups_in_either_style(style: str) -> None:
    assert openshift(style=style, supplemental_groups=(5, 6)).pod["supplementalGroups"] == [5, 6]


@pytest.mark.parametrize("make", [openshift, kubernetes])
def test_root_is_refused(make: Any) -> None:
    with pytest.raises(TritonError, match="run_as_user is 0, which is root"):
        make(style="explicit", run_as_user=0)


@pytest.mark.parametrize("name", ["run_as_user", "fs_group"])
def test_numbers_contradict_style_omit(name: str) -> None:
    with pytest.raises(TritonError, match=f"{name} is 1000900000, but style omit writes no numbers"):
        openshift(style="omit", **{name: 1000900000})


@pytest.mark.parametrize("number", [-1, 4294967296])
@pytest.mark.parametrize("name", ["run_as_user", "fs_group"])
def test_a_number_that_is_no_id(name: str, number: int) -> None:
    with pytest.raises(TritonError, match=f"{name} is {number}, which is no ID; IDs go from 0 to 4294967295"):
        kubernetes(**{name: number})


@pytest.mark.parametrize("number", [-1, 4294967296])
def test_a_supplemental_group_that_is_no_id(number: int) -> None:
    with pytest.raises(TritonError, match=f"supplemental_groups is {number}, which is no ID"):
        kubernetes(supplemental_groups=(7, number))


def test_an_scc_with_a_range_of_its_own_takes_no_numbers_of_the_namespace() -> None:
    with pytest.raises(TritonError, match="SCC restricted-v3 has a range of its own; set style: omit"):
        openshift(style="explicit", scc="restricted-v3")


def test_explicit_on_openshift_needs_the_namespace() -> None:
    with pytest.raises(TritonError, match="needs the namespace's annotations"):
        compute("openshift", None, Wish(style="explicit"))
