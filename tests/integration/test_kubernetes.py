# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain Kubernetes: the same playbooks in a namespace that enforces Pod Security restricted."""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

from conftest import DOUBLE, ROOT, VALUES, Cluster
from test_refusal import OFFICIAL, deployment

sys.path.insert(0, str(ROOT / "tests" / "adapt"))

from chart import cases, write


def test_deploy_under_pod_security_restricted(plain_cluster: Cluster, plain_name: Callable[[], str]) -> None:
    namespace = plain_name()
    variables = {
        "triton_namespace": namespace,
        "triton_namespace_labels": {"pod-security.kubernetes.io/enforce": "restricted"},
        "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
        "triton_values": VALUES,
        "triton_inferences": [DOUBLE],
    }
    first = plain_cluster.play("deploy", variables)
    assert first.code == 0, first.output
    labels = plain_cluster.get("namespace", namespace)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    (pod,) = plain_cluster.get("pods", "-n", namespace)["items"]
    status = plain_cluster.kubectl("exec", "-n", namespace, pod["metadata"]["name"], "--", "cat", "/proc/1/status")
    assert "Uid:\t1000\t1000" in status
    assert not [key for key in pod["metadata"]["annotations"] if "openshift" in key]
    second = plain_cluster.play("deploy", variables)
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output

    plain_cluster.apply(deployment("official", namespace, OFFICIAL))
    diagnosis = plain_cluster.module("workload_diagnosis", {"namespace": namespace, "name": "official"})
    assert diagnosis["verdict"] == "refused"
    assert diagnosis["scc"] == "PodSecurity restricted:latest"
    assert {entry["field"] for entry in diagnosis["violations"]} == {
        "allowPrivilegeEscalation",
        "drop",
        "volumes",
        "runAsNonRoot",
        "type",
    }
    assert all(entry["ways_out"] for entry in diagnosis["violations"])


def test_a_packed_chart_of_somebody_else_under_pod_security_restricted(
    plain_cluster: Cluster, plain_name: Callable[[], str], tmp_path: Path
) -> None:
    case = next(case for case in cases() if case.name == "triton-onprem")
    archive = tmp_path / "chart.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(write(case, tmp_path), arcname="triton-inference-server")
    variables = {
        "triton_namespace": plain_name(),
        "triton_namespace_labels": {"pod-security.kubernetes.io/enforce": "restricted"},
        "triton_chart": str(archive),
        "triton_chart_drop_missing": True,
        "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
        "triton_values": dict(case.values),
        "triton_inferences": [DOUBLE],
    }
    first = plain_cluster.play("deploy", variables)
    assert first.code == 0, first.output
    (pod,) = plain_cluster.get("pods", "-n", variables["triton_namespace"])["items"]
    assert pod["spec"]["securityContext"]["runAsUser"] == 1000
    assert pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] is False
    second = plain_cluster.play("deploy", variables)
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output
