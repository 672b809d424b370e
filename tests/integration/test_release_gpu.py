# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the last GPU is taken, an upgrade goes out by Recreate, and one that fails is undone so as well.

The GPU is an extended resource that the node is said to have; scheduler and kubelet count it as they count those of a device plugin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import DOUBLE, ROOT, VALUES, Cluster

GPU = "example.com/gpu"
RECREATE = {"type": "Recreate"}


@pytest.fixture
def one_gpu(cluster: Cluster) -> Iterator[None]:
    """The cluster's only node has one."""
    (node,) = [item["metadata"]["name"] for item in cluster.get("nodes")["items"]]
    path = f"/status/capacity/{GPU.replace('/', '~1')}"

    def change(**operation: str) -> None:
        patch = json.dumps([{"path": path, **operation}])
        cluster.kubectl("patch", "node", node, "--subresource=status", "--type=json", "-p", patch)

    change(op="add", value="1")
    allocatable = f"--for=jsonpath={{.status.allocatable.{GPU.replace('.', chr(92) + '.')}}}=1"
    cluster.kubectl("wait", f"node/{node}", allocatable, "--timeout=60s")
    yield
    change(op="remove")


def test_the_last_gpu(cluster: Cluster, fresh_name: Callable[[], str], one_gpu: None, tmp_path: Path) -> None:
    namespace = fresh_name()
    resources = {"requests": {**VALUES["resources"]["requests"], GPU: "1"}, "limits": {GPU: "1"}}
    values: dict[str, Any] = {**VALUES, "resources": resources}
    variables = {
        "triton_namespace": namespace,
        "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
        "triton_values": values,
        "triton_inferences": [DOUBLE],
        "triton_timeout": 60,
    }

    def pods() -> set[str]:
        found = cluster.get("pods", "-n", namespace, "-l", "app.kubernetes.io/name=triton")["items"]
        return {pod["metadata"]["name"] for pod in found if "deletionTimestamp" not in pod["metadata"]}

    first = cluster.play("deploy", variables)
    assert first.code == 0, first.output
    assert "Upgrades go by Recreate" in first.output and GPU in first.output
    assert cluster.get("deployment/triton", "-n", namespace)["spec"]["strategy"] == RECREATE

    before = pods()
    changed = {**variables, "triton_values": {**values, "podLabels": {"team": "vision"}}}
    upgraded = cluster.play("deploy", changed)
    assert (upgraded.code, upgraded.changed) == (0, 1), upgraded.output
    assert len(pods()) == 1 and not pods() & before

    bad = {**changed, "triton_values": {**values, "image": {**VALUES["image"], "tag": "no-such-tag"}}}
    failed = cluster.play("deploy", bad)
    assert failed.code != 0
    assert "ErrImageNeverPull" in failed.sentence
    assert failed.sentence.endswith(
        "Revision 2 of release triton, which was verified before, serves again (as revision 4: double, slow_start, weighted_sum)."
    )
    again = cluster.play("deploy", changed)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
