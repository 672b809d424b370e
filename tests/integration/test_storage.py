# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage by one variable: a new claim, an existing one, a ConfigMap; claims outlive the release."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

from conftest import DOUBLE, IMAGE, ROOT, VALUES, Cluster


def settings(namespace: str, repository: Any) -> dict[str, Any]:
    return {"triton_namespace": namespace, "triton_model_repository": repository, "triton_values": VALUES}


def fill(cluster: Cluster, namespace: str, claim: str, model: str) -> None:
    """Write a model into a claim through a pod, as a user would."""
    mount = {"name": "models", "mountPath": "/models"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "filler",
            "namespace": namespace,
            "annotations": {"openshift.io/required-scc": "restricted-v2"},
        },
        "spec": {
            "containers": [
                {
                    "name": "filler",
                    "image": "{repository}:{tag}".format(**IMAGE),
                    "imagePullPolicy": "Never",
                    "command": ["sleep", "3600"],
                    "volumeMounts": [mount],
                }
            ],
            "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": claim}}],
            "terminationGracePeriodSeconds": 0,
        },
    }
    cluster.apply(pod)
    cluster.kubectl("wait", "-n", namespace, "pod/filler", "--for=condition=Ready", "--timeout=120s")
    for path in sorted((ROOT / "tests" / "models" / model).rglob("*")):
        if path.is_file():
            target = f"/models/{model}/{path.relative_to(ROOT / 'tests' / 'models' / model)}"
            write = f"mkdir -p $(dirname {target}) && cat > {target}"
            cluster.kubectl("exec", "-i", "-n", namespace, "filler", "--", "sh", "-c", write, text=path.read_text())
    cluster.kubectl("delete", "-n", namespace, "pod/filler", "--wait")


def infer(cluster: Cluster, namespace: str) -> Any:
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [1], "data": [4]}]}
    path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/double/infer"
    answer = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(request)))
    return answer["outputs"][0]["data"]


def test_a_new_claim_outlives_the_release_and_is_used_again(cluster: Cluster, fresh_name: Callable[[], str]) -> None:
    namespace = fresh_name()
    new = settings(namespace, {"claim": {"size": "64Mi"}})
    first = cluster.play("deploy", new)
    assert first.code == 0, first.output
    assert cluster.get("pvc", "triton-models", "-n", namespace)["status"]["phase"] == "Bound"
    again = cluster.play("deploy", new)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output

    removed = cluster.play("remove", new)
    assert removed.code == 0, removed.output
    fill(cluster, namespace, "triton-models", "double")

    existing = settings(namespace, {"claim": {"existing": "triton-models"}}) | {"triton_inferences": [DOUBLE]}
    second = cluster.play("deploy", existing)
    assert second.code == 0, second.output
    assert infer(cluster, namespace) == [8.0]

    kept = cluster.play("remove", existing)
    assert kept.code == 0, kept.output
    assert cluster.get("pvc", "triton-models", "-n", namespace)["metadata"]["name"] == "triton-models"
    named = cluster.play("remove", existing | {"triton_remove_claims": ["triton-models"]})
    assert (named.code, named.changed) == (0, 1), named.output
    assert cluster.kubectl("get", "pvc", "-n", namespace, "-o", "name") == ""


def test_several_repositories_and_a_changed_model(
    cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Any
) -> None:
    """Two repositories serve side by side; a changed file in a ConfigMap rolls the pods."""
    namespace = fresh_name()
    source = ROOT / "tests" / "models"
    for repository, model in (("one", "double"), ("two", "weighted_sum")):
        for path in (source / model).rglob("*"):
            if path.is_file():
                copy = tmp_path / repository / model / path.relative_to(source / model)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(path.read_text())
    repositories = [{"name": name, "configmap": {"path": str(tmp_path / name)}} for name in ("one", "two")]
    variables = settings(namespace, repositories)
    first = cluster.play("deploy", variables)
    assert first.code == 0, first.output
    assert infer(cluster, namespace) == [8.0]
    info = cluster.module("triton_info", {"namespace": namespace, "name": "triton", "query": "models_ready"})
    assert info["result"] == ["double", "weighted_sum"]

    model = tmp_path / "one" / "double" / "1" / "model.py"
    model.write_text(model.read_text().replace("dtype.type(2)", "dtype.type(3)"))
    changed = cluster.play("deploy", variables)
    assert (changed.code, changed.changed) == (0, 2), changed.output
    assert infer(cluster, namespace) == [12.0]

    # The files are not needed to remove what was made from them.
    shutil.rmtree(tmp_path / "one")
    removed = cluster.play("remove", variables)
    assert removed.code == 0, removed.output
    left = cluster.get("configmaps", "-n", namespace, "-l", "app.kubernetes.io/managed-by=inferops.triton")
    assert left["items"] == []
