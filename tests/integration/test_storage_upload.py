# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models from the controller on a claim: served, pinned, sent once, and whole whatever happens on the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import DOUBLE, IMAGE, ROOT, VALUES, Cluster

IMAGE_NAME = "{repository}:{tag}".format(**IMAGE)


def settings(namespace: str, path: Path, **more: Any) -> dict[str, Any]:
    return {
        "triton_namespace": namespace,
        "triton_model_repository": {"upload": {"path": str(path), "size": "3Gi", **more}},
        "triton_values": VALUES,
        "triton_inferences": [DOUBLE],
    }


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    shutil.copytree(ROOT / "tests" / "models", path)
    shutil.rmtree(path / "slow_start")
    return path


def test_uploaded_once_and_only_what_changed(cluster: Cluster, fresh_name: Callable[[], str], repository: Path) -> None:
    namespace = fresh_name()
    first = cluster.play("deploy", settings(namespace, repository))
    assert first.code == 0, first.output
    again = cluster.play("deploy", settings(namespace, repository))
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
