# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCCs and rights that manifests bring along."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.bindings import brought, merged
from ansible_collections.inferops.triton.plugins.module_utils._scc.remedies import use

ACCOUNT = "system:serviceaccount:ns:sa"


def role(kind: str = "Role", **rule: Any) -> dict[str, Any]:
    base = {
        "apiGroups": ["security.openshift.io"],
        "resources": ["securitycontextconstraints"],
        "resourceNames": ["own"],
        "verbs": ["use"],
    }
    return {"kind": kind, "metadata": {"name": "r"}, "rules": [{**base, **rule}]}


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
        ({"verbs": ["get"]}, {}),
        ({"apiGroups": [""]}, {}),
        ({"resources": ["pods"]}, {}),
        ({"verbs": "use"}, {}),
    ],
)
def test_what_a_rule_grants(rule: dict[str, Any], wanted: Any) -> None:
    assert granted(role(**rule), binding()) == wanted


def test_subjects_of_all_kinds_and_places() -> None:
    subjects = [
        {"kind": "User", "name": "jane"},
        {"kind": "Group", "name": "team"},
        {"kind": "ServiceAccount", "name": "sa", "namespace": "other"},
    ]
    found = granted(role(), binding(subjects=subjects))
    assert found == {"jane": ["own"], "group:team": ["own"], "system:serviceaccount:other:sa": ["own"]}
    assert granted(role(), binding(metadata={"namespace": "other"})) == {}


def test_the_cluster_roles_that_openshift_ships() -> None:
    assert granted(binding(role_kind="ClusterRole", name="system:openshift:scc:anyuid")) == {ACCOUNT: ["anyuid"]}


def test_sccs_as_they_will_be_stored() -> None:
    item = {"apiVersion": "security.openshift.io/v1", "kind": "SecurityContextConstraints", "metadata": {"name": "own"}}
    assert brought([item], "ns").sccs["own"]["allowPrivilegeEscalation"] is True
    assert brought([{**item, "apiVersion": "other/v1"}, {"kind": "SecurityContextConstraints"}, 5, None], "ns").sccs == {}


def test_grants_add_up() -> None:
    assert merged({"a": ["x"], "b": "*"}, {"a": ["y", "x"], "b": ["z"], "c": "*"}) == {"a": ["x", "y"], "b": "*", "c": "*"}


@pytest.mark.parametrize("scc", ["nonroot-v2", "ns.own"])
def test_the_objects_of_a_way_out_grant_what_they_say(scc: str) -> None:
    assert granted(*use(scc, "sa", "ns")) == {ACCOUNT: [scc]}
