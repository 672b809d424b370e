# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ConfigMaps and Secrets of former back ends: there as long as one can go back to them, and then deleted by a deployment."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from conftest import DOUBLE, ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from repositories import many_small

OWN = {
    "app.kubernetes.io/instance": "triton",
    "app.kubernetes.io/part-of": "triton",
    "app.kubernetes.io/managed-by": "inferops.triton",
}
# At the end of the names of objects that hold models.
DIGEST = re.compile("-[0-9a-f]{10}$")
# Nobody's but their owners'.
OTHERS = [
    ("ConfigMap", "another-release", {**OWN, "app.kubernetes.io/instance": "triton-2"}),
    ("Secret", "by-helm", {**OWN, "app.kubernetes.io/managed-by": "Helm"}),
    ("Secret", "by-hand", {}),
    ("PersistentVolumeClaim", "models", OWN),
]


def helm(cluster: Cluster, *arguments: str) -> None:
    command = [cluster.env["INFEROPS_HELM"], "--kubeconfig", str(cluster.kubeconfig), *arguments]
    done = subprocess.run(command, env=cluster.env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def objects(cluster: Cluster, namespace: str) -> set[str]:
    """The objects that carry labels of the release or were made by the test, without the digests of contents."""
    items = cluster.get("configmaps,secrets,persistentvolumeclaims", "-n", namespace)["items"]
    names = {name for _kind, name, _labels in OTHERS}
    return {
        f"{item['kind']}/{DIGEST.sub('', item['metadata']['name'])}"
        for item in items
        if OWN.items() <= (item["metadata"].get("labels") or {}).items() or item["metadata"]["name"] in names
    }


def test_former_objects_go_when_nobody_can_go_back_to_them(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "models" / "double", tmp_path / "double" / "double")
    many_small(tmp_path / "small", models=1)
    size = {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}}
    for kind, name, labels in OTHERS:
        more: dict[str, Any] = size if kind == "PersistentVolumeClaim" else {}
        metadata = {"name": name, "namespace": namespace, "labels": labels}
        cluster.apply({"apiVersion": "v1", "kind": kind, "metadata": metadata, **more})
    others = {f"{kind}/{name}" for kind, name, _labels in OTHERS}

    def variables(*repositories: dict[str, Any]) -> dict[str, Any]:
        common = {"triton_namespace": namespace, "triton_values": VALUES, "triton_inferences": [DOUBLE]}
        return {**common, "triton_model_repository": list(repositories)}

    double, small = {"path": str(tmp_path / "double")}, {"path": str(tmp_path / "small")}
    former = variables({"configmap": double}, {"name": "more", "secret": small})
    present = variables({"secret": double})
    former_objects = {"ConfigMap/triton-models", "Secret/triton-more"}

    assert cluster.play("deploy", former).code == 0
    assert objects(cluster, namespace) == {*others, *former_objects}
    switched = cluster.play("deploy", present)
    assert switched.code == 0, switched.output
    # Going back is possible, so what it takes is there.
    assert objects(cluster, namespace) == {*others, *former_objects, "Secret/triton-models"}
    again = cluster.play("deploy", present)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    helm(cluster, "rollback", "triton", "1", "-n", namespace, "--wait", "--timeout", "300s")
    verified = cluster.play("verify", former)
    assert verified.code == 0, verified.output

    # Forward again, in a Deployment that keeps no revision: check mode shows what then happens.
    patch = json.dumps({"spec": {"revisionHistoryLimit": 0}})
    cluster.kubectl("patch", "deployment", "triton", "-n", namespace, "--type=merge", "-p", patch)
    shown = cluster.play("deploy", present, "--check", "--diff")
    assert (shown.code, shown.writes) == (0, ()), shown.output
    for gone in ("ConfigMap", "Secret"):
        name = f"{namespace}/{'triton-models' if gone == 'ConfigMap' else 'triton-more'}-"
        assert f"before: {gone} {name}" in shown.output
    done = cluster.play("deploy", present)
    assert done.code == 0, done.output
    deleted = sorted(
        DIGEST.sub("", write.split("?")[0])
        for write in done.writes
        if write.startswith("delete") and "helm" not in write
    )
    core = f"/api/v1/namespaces/{namespace}"
    assert deleted == [f"delete {core}/configmaps/triton-models", f"delete {core}/secrets/triton-more"]
    assert objects(cluster, namespace) == {*others, "Secret/triton-models"}
    again = cluster.play("deploy", present)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
