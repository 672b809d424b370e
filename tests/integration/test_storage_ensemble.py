# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ensemble has a version directory without a file: it is carried by every back end that is made from local files."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from repositories import many_small

ENSEMBLE = """\
platform: "ensemble"
max_batch_size: 0
input [ { name: "IN" data_type: TYPE_FP32 dims: [ -1 ] } ]
output [ { name: "OUT" data_type: TYPE_FP32 dims: [ -1 ] } ]
ensemble_scheduling {
  step [
    {
      model_name: "double" model_version: -1
      input_map { key: "INPUT" value: "IN" } output_map { key: "OUTPUT" value: "between" }
    },
    {
      model_name: "small_000" model_version: -1
      input_map { key: "INPUT" value: "between" } output_map { key: "OUTPUT" value: "OUT" }
    }
  ]
}
"""


def infer(cluster: Cluster, namespace: str) -> list[float]:
    """The ensemble's answer to 1.5, asked without the collection."""
    request = {"inputs": [{"name": "IN", "datatype": "FP32", "shape": [1], "data": [1.5]}]}
    path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/both/infer"
    answer = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(request)))
    return [float(value) for value in answer["outputs"][0]["data"]]


def test_an_ensemble_of_two_models(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    """Served from a ConfigMap, a Secret and a claim; a second run changes and writes nothing."""
    root = tmp_path / "models"
    factor = many_small(root, models=1)["small_000"]
    shutil.copytree(ROOT / "tests" / "models" / "double", root / "double")
    (root / "both" / "1").mkdir(parents=True)
    (root / "both" / "config.pbtxt").write_text(ENSEMBLE)
    for backend, options in (("configmap", {}), ("secret", {}), ("upload", {"size": "64Mi"})):
        variables = {
            "triton_namespace": namespace,
            "triton_values": VALUES,
            "triton_model_repository": {backend: {"path": str(root), **options}},
            "triton_inferences": [{"model": "both", "inputs": [{"name": "IN", "datatype": "FP32", "data": [2.0]}]}],
        }
        deployed = cluster.play("deploy", variables)
        assert deployed.code == 0, deployed.output
        assert infer(cluster, namespace) == [1.5 * 2 * factor]
        again = cluster.play("deploy", variables)
        assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output

    # What the claim has is what its name says, by the usual tools.
    (digest,) = cluster.get("pvc", "triton-models", "-n", namespace)["metadata"]["annotations"][
        "triton.inferops/versions"
    ].split(",")
    script = "cd /models/models && find . -type f | sed 's|^./||' | xargs sha256sum | LC_ALL=C sort"
    lines = cluster.kubectl("exec", "-n", namespace, "deployment/triton", "-c", "triton", "--", "sh", "-c", script)
    assert hashlib.sha256(lines.encode()).hexdigest() == digest
    (root / "both" / "1" / ".keep").touch()
    here = subprocess.run(["sh", "-c", script.replace("/models/models", str(root))], capture_output=True, check=True)
    assert here.stdout.decode() == lines
