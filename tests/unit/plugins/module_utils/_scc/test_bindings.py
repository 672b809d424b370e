# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCCs and rights that manifests bring along."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._explain.remedies import use
from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Grants, Subject
from ansible_collections.inferops.triton.plugins.module_utils._scc.bindings import Granted, brought, merged

ACCOUNT = "system:serviceaccount:ns:sa"
RULE = {
    "apiGroups": ["security.openshift.io"],
    "resources": ["securitycontextconstraints"],
    "resourceNames": ["own"],
    "verbs": ["use"],
}


def role(kind: str = "Role", **rule: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "r"}, "rules": [{**RULE, **rule}]}


def binding(kind: str = "RoleBinding", role_kind: str = "Role", name: str = "r", **fields: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "metadata": {"name": "b", **fields.pop("metadata", {})},
        "roleRef": {"kind": role_kind, "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": "sa"}],
        **fields,
    }


def granted(*objects: Any) -> Any:
    return brought(objects, "ns").granted


def test_a_role_and_its_binding() -> None:
    assert granted(role(), binding()) == {ACCOUNT: ["own"]}
    assert granted(role("ClusterRole"), binding("ClusterRoleBinding", "ClusterRole")) == {ACCOUNT: ["own"]}
    assert granted(role()) == {} == granted(binding())


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"verbs": ["*"]}, {ACCOUNT: ["own"]}),
        ({"apiGroups": ["*"], "resources": ["*"]}, {ACCOUNT: ["own"]}),
        ({"resourceNames": None}, {ACCOUNT: "*"}),
        ({"resourceNames": []}, {ACCOUNT: "*"}),
        ({"resourceNames": ["own", "other"]}, {ACCOUNT: ["own", "other"]}),
        ({"verbs": ["get", "use"], "resources": ["pods", "securitycontextconstraints"]}, {ACCOUNT: ["own"]}),
        ({"resources": ["securitycontextconstraints/status"]}, {}),
        ({"verbs": None}, {}),
        ({"resourceNames": 5}, {}),
        ({"verbs": ["get"]}, {}),
        ({"apiGroups": [""]}, {}),
        ({"resources": ["pods"]}, {}),
        ({"verbs": "use"}, {}),
    ],
)
def test_what_a_rule_grants(rule: dict[str, Any], wanted: Any) -> None:
    assert granted(role(**rule), binding()) == wanted
    assert granted(role("ClusterRole", **rule), binding(role_kind="ClusterRole")) == wanted


def test_an_asterisk_among_names_is_the_name_of_no_scc() -> None:
    """RBAC compares resourceNames as they are: no SCC may be named *."""
    usable = Grants(granted(role(resourceNames=["*"]), binding())).granted(Subject(ACCOUNT, ()))
    assert usable is not None and "own" not in usable


def test_rules_and_bindings_add_up() -> None:
    one = role()
    two = {**one, "rules": [*one["rules"], {**RULE, "resourceNames": ["other", "own"]}]}
    cluster = role("ClusterRole", resourceNames=["third"])
    assert granted(two, binding(), cluster, binding(role_kind="ClusterRole")) == {ACCOUNT: ["own", "other", "third"]}
    everything = role("ClusterRole", resourceNames=None)
    both = [one, binding(), everything, binding(role_kind="ClusterRole")]
    assert granted(*both) == granted(*reversed(both)) == {ACCOUNT: "*"}


@pytest.mark.parametrize(
    ("objects", "counts"),
    [
        # The order of objects does not count.
        ([binding(), role()], True),
        ([{**role(), "metadata": {"name": "r", "namespace": "ns"}}, binding(metadata={"namespace": "ns"})], True),
        ([{**role(), "metadata": {"name": "r", "namespace": "other"}}, binding()], False),
        # A cluster role for the namespace alone, and the kind and name of the role.
        ([role("ClusterRole"), binding(role_kind="ClusterRole")], True),
        ([role(), binding(role_kind="ClusterRole")], False),
        ([role("ClusterRole"), binding()], False),
        ([role(), binding(name="other")], False),
        ([role(), binding(subjects=[])], False),
        # Bindings for the cluster have no namespace to be in.
        ([role("ClusterRole"), binding("ClusterRoleBinding", "ClusterRole", metadata={"namespace": "other"})], True),
    ],
)
def test_which_bindings_count(objects: list[Any], counts: bool) -> None:
    assert granted(*objects) == ({ACCOUNT: ["own"]} if counts else {})


def test_subjects_of_all_kinds_and_places() -> None:
    subjects = [
        {"kind": "User", "name": "jane"},
        {"kind": "Group", "name": "team"},
        {"kind": "ServiceAccount", "name": "sa", "namespace": "other"},
        {"kind": "Unheard", "name": "x"},
    ]
    found = granted(role(), binding(subjects=subjects))
    assert found == {"jane": ["own"], "group:team": ["own"], "system:serviceaccount:other:sa": ["own"]}
    assert granted(role(), binding(metadata={"namespace": "other"})) == {}


def test_the_cluster_roles_that_openshift_ships() -> None:
    name = "system:openshift:scc:anyuid"
    assert granted(binding(role_kind="ClusterRole", name=name)) == {ACCOUNT: ["anyuid"]}
    assert granted(binding("ClusterRoleBinding", role_kind="ClusterRole", name=name)) == {ACCOUNT: ["anyuid"]}
    assert granted(binding(name=name)) == {}
    assert granted(binding(role_kind="ClusterRole", name="cluster-admin")) == {}
    # One that is given counts as it is given.
    own = {**role("ClusterRole", verbs=["get"]), "metadata": {"name": name}}
    assert granted(own, binding(role_kind="ClusterRole", name=name)) == {}


def test_sccs_as_they_will_be_stored() -> None:
    item = {"apiVersion": "security.openshift.io/v1", "kind": "SecurityContextConstraints", "metadata": {"name": "own"}}
    assert brought([item], "ns").sccs["own"]["allowPrivilegeEscalation"] is True
    # OpenShift's API has them in its first group as well.
    assert list(brought([{**item, "apiVersion": "v1"}], "ns").sccs) == ["own"]


@pytest.mark.parametrize(
    "item",
    [
        None,
        5,
        {},
        {"kind": "SecurityContextConstraints"},
        {"kind": "SecurityContextConstraints", "metadata": {"name": "x"}, "apiVersion": "example.org/v1"},
        {"kind": "SecurityContextConstraints", "metadata": {"name": 5}, "apiVersion": "v1"},
        {"kind": "ConfigMap", "metadata": {"name": "x"}, "apiVersion": "v1"},
        {"kind": "Role", "metadata": {"name": "x"}, "rules": [None, 5, "x"]},
        {"kind": "Role", "metadata": {"name": "x"}, "rules": "x"},
        {"kind": "Role", "metadata": {"name": "x"}},
        {"kind": "RoleBinding", "metadata": {"name": "x"}, "roleRef": {"kind": "Role", "name": "r"}},
        binding(role_kind="ClusterRole", name="system:openshift:scc:privileged", subjects=[None, 5, {"kind": "Robot"}]),
        binding(roleRef=None),
        binding(roleRef={}),
        binding(roleRef={"kind": "ClusterRole"}),
    ],
)
def test_other_objects_and_broken_ones_bring_nothing_and_hide_nothing(item: Any) -> None:
    found = brought([item, role(), binding()], "ns")
    assert (found.sccs, found.granted) == ({}, {ACCOUNT: ["own"]})


def test_grants_add_up() -> None:
    one: Granted = {"a": ["x"], "b": "*", "c": ["x"]}
    other: Granted = {"a": ["y", "x"], "b": ["z"], "c": "*", "d": ["v"]}
    assert merged(one, other) == {"a": ["x", "y"], "b": "*", "c": "*", "d": ["v"]}
    # What is given is not changed itself.
    assert one == {"a": ["x"], "b": "*", "c": ["x"]}


@pytest.mark.parametrize("scc", ["nonroot-v2", "ns.own"])
def test_the_objects_of_a_way_out_grant_what_they_say(scc: str) -> None:
    assert granted(*use(scc, "sa", "ns")) == {ACCOUNT: [scc]}
