# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCC with the least privilege: it admits the workload, each of its grants is needed, and nobody else gets it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from conftest import DOUBLE, ROOT, VALUES, Cluster
from test_refusal import OFFICIAL, deployment

ACCOUNT = "inference"
REFUSED = "unable to validate against any security context constraint"


def workload(namespace: str, **changes: Any) -> dict[str, Any]:
    """A Deployment like the official chart's, with a service account of its own."""
    pod = {**deepcopy(OFFICIAL), "serviceAccountName": ACCOUNT, **changes}
    return deployment("inference", namespace, pod)


@pytest.fixture
def own_account(cluster: Cluster, namespace: str) -> Iterator[str]:
    """A namespace with the service account; the SCC that a test makes for it goes in the end."""
    cluster.kubectl("create", "serviceaccount", ACCOUNT, "-n", namespace)
    yield namespace
    cluster.kubectl("delete", "securitycontextconstraints", f"{namespace}.inference", "--ignore-not-found")


def arguments(namespace: str, manifests: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"namespace": namespace, "name": "inference", "definitions": manifests, **more}


def admitted_by(cluster: Cluster, namespace: str) -> str:
    """The SCC of the workload's pod, once there is one."""
    cluster.kubectl("wait", "-n", namespace, "pod", "-l", "app=inference", "--for=create", "--timeout=60s")
    (pod, *_others) = cluster.get("pods", "-n", namespace, "-l", "app=inference")["items"]
    scc: str = pod["metadata"]["annotations"]["openshift.io/scc"]
    return scc


def test_the_official_pod_gets_an_scc_of_its_own(cluster: Cluster, own_account: str) -> None:
    namespace, name = own_account, f"{own_account}.inference"
    manifests = workload(namespace)
    offset = cluster.audit_offset()
    refused = cluster.module("scc_explain", {"namespace": namespace, "definitions": manifests})
    assert refused["admitted"] is False
    assert [remedy["scc"] for remedy in refused["pods"][0]["remedies"] if remedy["kind"] == "generated"] == [name]
    assert cluster.writes(offset) == ()

    made = cluster.module("scc", arguments(namespace, manifests))
    assert (made["changed"], made["needed"], made["scc"]) == (True, True, name)
    assert [change["method"] for change in made["changes"]] == ["create"] * 3
    offset = cluster.audit_offset()
    again = cluster.module("scc", arguments(namespace, manifests))
    assert again["changed"] is False and cluster.writes(offset) == ()

    predicted = cluster.module("scc_explain", {"namespace": namespace, "definitions": manifests, "confirm": True})
    assert (predicted["admitted"], predicted["pods"][0]["scc"]) == (True, name)
    assert predicted["pods"][0]["confirmed"]["agrees"] is True
    cluster.apply(manifests)
    assert admitted_by(cluster, namespace) == name

    scc = cluster.get("securitycontextconstraints", name)
    assert scc["runAsUser"] == {"type": "MustRunAs", "uid": 1000}
    assert scc["fsGroup"] == {"type": "MustRunAs", "ranges": [{"min": 1000, "max": 1000}]}
    assert "nfs" in scc["volumes"] and "hostPath" not in scc["volumes"]
    assert (scc["users"], scc["groups"]) == ([], [])

    cluster.kubectl("delete", "deployment", "inference", "-n", namespace)
    gone = cluster.module("scc", {"namespace": namespace, "name": "inference", "state": "absent"})
    assert [change["method"] for change in gone["changes"]] == ["delete"] * 3
    again = cluster.module("scc", {"namespace": namespace, "name": "inference", "state": "absent"})
    assert again["changed"] is False


def test_without_any_of_its_grants_the_cluster_refuses(cluster: Cluster, own_account: str) -> None:
    namespace = own_account
    manifests = workload(namespace)
    made = cluster.module("scc", arguments(namespace, manifests))
    (scc,) = [item for item in made["objects"] if item["kind"] == "SecurityContextConstraints"]
    assert len(made["grants"]) == len(scc["volumes"]) + 2
    template = manifests["spec"]["template"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": "try-",
            "namespace": namespace,
            "annotations": {"openshift.io/required-scc": scc["metadata"]["name"]},
        },
        "spec": template["spec"],
    }

    def answer() -> str:
        done = subprocess.run(
            [
                cluster.env["INFEROPS_KUBECTL"],
                "--kubeconfig",
                str(cluster.kubeconfig),
                "create",
                "--dry-run=server",
                "-f",
                "-",
            ],
            input=json.dumps(pod),
            text=True,
            capture_output=True,
            check=False,
        )
        return "admitted" if done.returncode == 0 else done.stderr

    without: list[dict[str, Any]] = [
        {"runAsUser": {"type": "MustRunAsRange"}},
        {"fsGroup": {"type": "MustRunAs"}},
        *({"volumes": [kind for kind in scc["volumes"] if kind != left_out]} for left_out in scc["volumes"]),
    ]
    assert _eventually(answer, lambda text: text == "admitted")
    for change in without:
        cluster.apply({**scc, **change})
        assert _eventually(answer, lambda text: REFUSED in text), change
    cluster.apply(scc)
    assert _eventually(answer, lambda text: text == "admitted")


def _eventually(ask: Callable[[], str], holds: Callable[[str], bool]) -> bool:
    """The API server learns of a changed SCC by a watch; each question is a request of its own."""
    return any(holds(ask()) for _attempt in range(100))


def test_two_namespaces_never_share(cluster: Cluster, fresh_name: Callable[[], str]) -> None:
    names = [fresh_name(), fresh_name()]
    for namespace in names:
        cluster.kubectl("create", "namespace", namespace)
        cluster.kubectl("create", "serviceaccount", ACCOUNT, "-n", namespace)
        cluster.module("scc", arguments(namespace, workload(namespace)))
    first, second = names
    other = workload(first)
    cluster.module("scc", {"namespace": second, "name": "inference", "state": "absent"})
    verdict = cluster.module("scc_explain", {"namespace": first, "definitions": other})
    assert verdict["pods"][0]["scc"] == f"{first}.inference"
    cluster.module("scc", {"namespace": first, "name": "inference", "state": "absent"})


def test_access_to_the_node_is_granted_by_name_only(cluster: Cluster, own_account: str) -> None:
    namespace = own_account
    manifests = workload(namespace, hostNetwork=True)
    offset = cluster.audit_offset()
    refused = cluster.module("scc", arguments(namespace, manifests))
    assert refused["msg"].startswith(
        "The workload asks for what is granted only by name: the node's network (hostNetwork)"
    )
    assert "set allow: [host_network]" in refused["msg"]
    assert cluster.writes(offset) == ()
    named = cluster.module("scc", arguments(namespace, manifests, allow=["host_network"]))
    assert named["changed"] is True
    scc = cluster.get("securitycontextconstraints", f"{namespace}.inference")
    assert (scc["allowHostNetwork"], scc["allowHostPorts"], scc["allowPrivilegedContainer"]) == (True, False, False)


def test_what_is_admitted_anyway_gets_none(cluster: Cluster, own_account: str) -> None:
    manifests = workload(own_account, securityContext={}, volumes=[{"name": "models", "emptyDir": {}}])
    result = cluster.module("scc", arguments(own_account, manifests))
    assert (result["changed"], result["needed"], result["scc"]) == (False, False, "restricted-v2")


def test_prepare_makes_it_and_deploy_uses_it(cluster: Cluster, fresh_name: Callable[[], str]) -> None:
    """Triton with a user of its own: an administrator prepares, the release is pinned to the SCC that was made for it."""
    namespace = fresh_name()
    variables = {
        "triton_namespace": namespace,
        "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
        "triton_values": {**VALUES, "podSecurityContext": {"runAsUser": 1234, "fsGroup": 4321}},
        "triton_inferences": [DOUBLE],
    }
    cluster.kubectl("create", "namespace", namespace)
    predicted = cluster.play("deploy", variables)
    assert predicted.code != 0 and predicted.writes == (), predicted.output
    assert "runAsUser 1234 (must be in the ranges" in predicted.sentence
    assert "Nothing of the release was written." in predicted.sentence

    variables["triton_scc"] = "generated"
    checked = cluster.play("prepare", variables, "--check")
    assert (checked.code, checked.writes) == (0, ()), checked.output
    prepared = cluster.play("prepare", variables)
    assert (prepared.code, prepared.changed) == (0, 1 + checked.changed - 1), prepared.output
    again = cluster.play("prepare", variables)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    try:
        deployed = cluster.play("deploy", variables)
        assert deployed.code == 0, deployed.output
        second = cluster.play("deploy", variables)
        assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output
        (pod,) = cluster.get("pods", "-n", namespace, "-l", "app.kubernetes.io/instance=triton")["items"]
        assert pod["metadata"]["annotations"]["openshift.io/scc"] == f"{namespace}.triton"
        assert pod["spec"]["securityContext"]["runAsUser"] == 1234
    finally:
        cluster.module("scc", {"namespace": namespace, "name": "triton", "state": "absent"})


def test_the_diagnosis_and_the_engine_say_the_same(cluster: Cluster, namespace: str) -> None:
    cluster.apply(deployment("official", namespace, OFFICIAL))
    for user in ("", "deployer"):
        if user:
            cluster.kubectl("create", "rolebinding", "look", "-n", namespace, "--clusterrole=view", "--user=deployer")
        diagnosis = cluster.module("workload_diagnosis", {"namespace": namespace, "name": "official"}, user=user)
        assert diagnosis["engine"]["agrees"] is True, diagnosis
        assert diagnosis["message"].endswith(diagnosis["engine"]["message"])
        assert {remedy["kind"] for remedy in diagnosis["engine"]["remedies"]} == {"pod", "existing", "generated"}
        assert bool(diagnosis["engine"]["notes"]) == bool(user)
