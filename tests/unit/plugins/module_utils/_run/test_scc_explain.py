# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts of the module scc_explain: with a cluster, without one, and with the cluster's own opinion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.scc_explain import offline, run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, Seen, status
from ansible_collections.inferops.triton.tests.unit.plugins.fake_openshift import (
    CONTROLLER,
    REVIEWS,
    SCCS,
    deployment,
    openshift,
)

PODS = "/api/v1/namespaces/ns/pods"
DEFAULTS: dict[str, Any] = {
    "definitions": None,
    "src": None,
    "namespace": "ns",
    "service_account": None,
    "offline": False,
    "namespace_definition": None,
    "sccs": None,
    "granted": {},
    "platform": "auto",
    "confirm": False,
    "wait_timeout": 0,
}
ROOT = deployment({"securityContext": {"runAsUser": 1000}})


def verdict(connection: dict[str, Any], definitions: Any = None, **options: Any) -> dict[str, Any]:
    """The verdict on the only pod."""
    result = run({**connection, **DEFAULTS, "definitions": definitions or deployment(), **options}, False)
    (pod,) = result["pods"]
    assert result["admitted"] == (pod["verdict"] == "admitted")
    assert result["msg"] == pod["msg"]
    found: dict[str, Any] = pod
    return found


def test_a_workload_of_a_cluster(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    found = verdict(connection)
    assert (found["verdict"], found["scc"], found["requester"]) == ("admitted", "restricted-v2", CONTROLLER)
    assert found["security_context"]["containers"]["server"]["runAsUser"] == 1000900000
    assert found["notes"] == []
    assert api.writes == []


def test_a_refused_workload(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    found = verdict(connection, ROOT)
    assert found["verdict"] == "refused"
    assert [(one["where"], one["value"]) for one in found["causes"]] == [
        ("spec.template.spec.securityContext.runAsUser", 1000)
    ]
    assert "must be in the ranges: [1000900000, 1000909999]" in found["message"]


def test_the_service_account_is_asked_about(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api, {"system:serviceaccount:ns:triton": {"nonroot-v2"}})
    assert verdict(connection, ROOT)["scc"] == "nonroot-v2"
    assert verdict(connection, deployment({"securityContext": {"runAsUser": 1000}}, "other"))["verdict"] == "refused"


def test_rights_to_come_count(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    granted = {"system:serviceaccount:ns:triton": ["nonroot-v2"]}
    assert verdict(connection, ROOT, granted=granted)["scc"] == "nonroot-v2"
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "use", "namespace": "ns"},
        "rules": [
            {
                "apiGroups": ["security.openshift.io"],
                "resources": ["securitycontextconstraints"],
                "resourceNames": ["anyuid"],
                "verbs": ["use"],
            }
        ],
    }
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "use", "namespace": "ns"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "use"},
        "subjects": [{"kind": "ServiceAccount", "name": "triton"}],
    }
    assert verdict(connection, [ROOT, role, binding])["scc"] == "anyuid"


def test_without_the_right_to_list_sccs(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    api.refuse("GET", SCCS, 403, "Forbidden", "securitycontextconstraints is forbidden")
    found = verdict(connection)
    assert found["scc"] == "restricted-v2"
    assert any("could not be read" in note for note in found["notes"])
    assert "Instead of the cluster's SCCs those that OpenShift 4.20 ships are taken." in found["notes"]


def test_without_the_right_to_ask_about_others(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    for path in (REVIEWS, "/apis/authorization.k8s.io/v1/subjectaccessreviews"):
        api.refuse("POST", path, 403, "Forbidden", "no")
    found = verdict(connection)
    # OpenShift grants restricted-v2 to all who are signed in, and the controller is.
    assert (found["verdict"], found["scc"]) == ("admitted", "restricted-v2")
    assert any(CONTROLLER in note and "assumed" in note for note in found["notes"])


def test_a_namespace_that_may_not_be_read(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    api.refuse("GET", "/api/v1/namespaces/ns", 403, "Forbidden", 'namespaces "ns" is forbidden')
    found = verdict(connection)
    assert found["verdict"] == "admitted"
    assert any("are taken as they might be" in note for note in found["notes"])


def test_a_namespace_that_is_not_there(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    with pytest.raises(TritonError, match='"elsewhere"'):
        verdict(connection, namespace="elsewhere")
    given = {"metadata": {"name": "elsewhere", "annotations": {"openshift.io/sa.scc.uid-range": "x"}}}
    broken = verdict(connection, namespace="elsewhere", namespace_definition=given)
    assert broken["verdict"] == "refused" and broken["remedies"] == []


def test_another_kubernetes(api: FakeApi, connection: dict[str, Any]) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    api.add("v1", "Namespace", "ns", metadata={"labels": labels})
    found = verdict(connection, ROOT)
    assert (found["verdict"], found["scc"]) == ("refused", None)
    assert found["message"].startswith('pods "triton-')
    assert {one["kind"] for one in found["remedies"]} == {"pod", "namespace"}


def test_confirmed_by_the_cluster(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    asked: list[Seen] = []

    def admits(seen: Seen) -> Any:
        asked.append(seen)
        annotations = {"openshift.io/scc": "restricted-v2"}
        return 201, {**seen.body, "metadata": {**seen.body["metadata"], "annotations": annotations}}

    api.answers["POST", PODS] = admits
    confirmed = verdict(connection, confirm=True)["confirmed"]
    assert (confirmed["agrees"], confirmed["answer"], confirmed["scc"]) == (True, "admitted", "restricted-v2")
    (seen,) = asked
    assert seen.query["dryRun"] == "All"
    assert seen.header("impersonate-user") == [CONTROLLER]


def test_a_cluster_that_says_otherwise(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    refusal = 'pods "triton-" is forbidden: unable to validate against any security context constraint: []'
    api.refuse("POST", PODS, 403, "Forbidden", refusal)
    confirmed = verdict(connection, confirm=True)["confirmed"]
    assert (confirmed["agrees"], confirmed["answer"], confirmed["message"]) == (False, "refused", refusal)


def test_no_right_to_ask_in_the_name_of_the_controller(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    message = (
        'serviceaccounts "replicaset-controller" is forbidden: User "deployer" cannot impersonate resource '
        '"serviceaccounts" in API group "" in the namespace "kube-system"'
    )
    api.answers["POST", PODS] = status(403, "Forbidden", message)
    confirmed = verdict(connection, confirm=True)["confirmed"]
    assert (confirmed["agrees"], confirmed["answer"]) == (None, "unconfirmed")
    assert confirmed["reason"].startswith("The dry run takes the right to ")


def test_offline_and_confirm_do_not_go_together(connection: dict[str, Any]) -> None:
    with pytest.raises(TritonError, match="leave one of them out"):
        verdict(connection, offline=True, confirm=True)


def test_offline_asks_no_cluster() -> None:
    given = {
        "metadata": {
            "name": "ns",
            "annotations": {"openshift.io/sa.scc.uid-range": "7/1", "openshift.io/sa.scc.mcs": "s0:c2,c1"},
        }
    }
    found = verdict({"host": "http://127.0.0.1:1"}, offline=True, namespace_definition=given)
    assert found["security_context"]["containers"]["server"]["runAsUser"] == 7


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a}]}\n", encoding="utf-8"
    )
    assert offline({"src": [str(file)], "namespace": "ns"})["admitted"]
    with pytest.raises(TritonError, match="cannot be read .No such file"):
        offline({"src": [str(tmp_path / "nowhere")], "namespace": "ns"})
    with pytest.raises(TritonError):
        offline(
            {"definitions": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}, "namespace": "ns"}
        )


def test_service_account_of_pods_that_name_none() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "a"}]}}
    (found,) = offline({"definitions": pod, "namespace": "ns", "service_account": "sa"})["pods"]
    assert found["service_account"] == "sa"
    (named,) = offline({"definitions": deployment(), "namespace": "ns", "service_account": "sa"})["pods"]
    assert named["service_account"] == "triton"
