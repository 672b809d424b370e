# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.model_repository import run


def test_definitions_values_and_what_may_go_with_the_release(tmp_path: Path) -> None:
    (tmp_path / "double" / "1").mkdir(parents=True)
    (tmp_path / "double" / "1" / "model.py").write_text("x")
    repositories = [
        {"configmap": {"path": str(tmp_path)}},
        {"claim": {"size": "1Gi"}},
        {"claim": {"existing": "theirs"}},
    ]
    params = {"namespace": "serving", "release": "triton", "repositories": repositories, "storage_classes": None}
    result = run(params, False)
    assert [definition["kind"] for definition in result["definitions"]] == ["ConfigMap", "PersistentVolumeClaim"]
    # The claim holds models that exist nowhere else.
    assert [entry["name"] for entry in result["chart_values"]["modelRepositories"]] == [
        "models",
        "models-2",
        "models-3",
    ]
    assert result["models"] == ["double"]


def test_a_storage_class_that_the_cluster_does_not_have(tmp_path: Path) -> None:
    repositories = [{"claim": {"size": "1Gi", "storage_class": "fast"}}]
    params = {
        "namespace": "serving",
        "release": "triton",
        "repositories": repositories,
        "storage_classes": ["slow", "a"],
    }
    with pytest.raises(TritonError) as caught:
        run(params, False)
    assert 'Claim triton-models names storage class "fast", which the cluster does not have' in caught.value.message
    assert "its storage classes are: a, slow" in caught.value.message
    assert run({**params, "storage_classes": ["fast"]}, False)["definitions"]
