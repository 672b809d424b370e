# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job: from an empty namespace to an answered inference, and again with nothing changed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import DOUBLE, ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "adapt"))

from chart import cases, write


def settings(namespace: str) -> dict[str, Any]:
    return {
        "triton_namespace": namespace,
        "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
        "triton_values": VALUES,
        "triton_inferences": [DOUBLE],
    }


def test_deploy_verify_and_remove(cluster: Cluster, fresh_name: Callable[[], str]) -> None:
    namespace = fresh_name()
    variables = settings(namespace)

    before = cluster.play("deploy", variables, "--check", "--diff")
    assert before.code == 0, before.output
    assert before.writes == ()
    assert before.changed == 3
    assert cluster.kubectl("get", "namespace", namespace, "--ignore-not-found") == ""

    first = cluster.play("deploy", variables)
    assert first.code == 0, first.output
    assert first.changed == before.changed
    assert first.writes
    check_pod(cluster, namespace)
    check_inference(cluster, namespace)

    second = cluster.play("deploy", variables)
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output
    after = cluster.play("deploy", variables, "--check")
    assert (after.code, after.changed, after.writes) == (0, 0, ()), after.output
    verified = cluster.play("verify", variables)
    assert (verified.code, verified.changed, verified.writes) == (0, 0, ()), verified.output

    removed = cluster.play("remove", variables)
    assert removed.code == 0, removed.output
    left = cluster.get(
        "deployments,services,configmaps,secrets,serviceaccounts",
        "-n",
        namespace,
        "-l",
        "app.kubernetes.io/instance=triton",
    )
    assert left["items"] == []
    again = cluster.play("remove", variables)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output


def check_pod(cluster: Cluster, namespace: str) -> None:
    """Admitted by restricted-v2, and the running process has a user of the namespace's range."""
    (pod,) = cluster.get("pods", "-n", namespace, "-l", "app.kubernetes.io/instance=triton")["items"]
    assert pod["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
    status = cluster.kubectl("exec", "-n", namespace, pod["metadata"]["name"], "--", "cat", "/proc/1/status")
    found = re.search(r"^Uid:\s+(\d+)\s+(\d+)", status, re.MULTILINE)
    assert found
    annotations = cluster.get("namespace", namespace)["metadata"]["annotations"]
    start, size = (int(number) for number in annotations["openshift.io/sa.scc.uid-range"].split("/"))
    assert start <= int(found[1]) < start + size
    assert found[1] == found[2]


def check_inference(cluster: Cluster, namespace: str) -> None:
    """Asked without the collection."""
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [2], "data": [21, -0.5]}]}
    path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/double/infer"
    answer = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(request)))
    assert answer["outputs"][0]["data"] == [42.0, -1.0]


def test_a_chart_of_somebody_else(cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Path) -> None:
    case = next(case for case in cases() if case.name == "triton-onprem")
    variables = settings(fresh_name()) | {
        "triton_chart": str(write(case, tmp_path)),
        "triton_chart_drop_missing": True,
        "triton_values": dict(case.values),
    }
    before = cluster.play("deploy", variables, "--check")
    assert (before.code, before.writes) == (0, ()), before.output
    first = cluster.play("deploy", variables)
    assert first.code == 0, first.output
    assert "inferences answered as expected: 1" in first.output
    second = cluster.play("deploy", variables)
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output
