# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models copied from Google's kind of store before Triton starts: served, pinned, and one clear sentence where it cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster

sys.path[:0] = [str(ROOT / "tests" / name) for name in ("storage", "cluster")]

from objectstore import RCLONE_IMAGE, GcsStore, gcs_store
from repositories import many_small
from serving import check_answers, last_words, serving_pod
from syncing import digest

COPIER = {"image": RCLONE_IMAGE, "pull_policy": "Never"}


@pytest.fixture(scope="module")
def gcs(cluster: Cluster) -> Iterator[GcsStore]:
    with gcs_store(cluster.name) as store:
        yield store


def settings(namespace: str, source: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {
        "triton_namespace": namespace,
        "triton_model_repository": {"sync": {**COPIER, **source, **options}},
        "triton_values": VALUES,
        "triton_timeout": 180,
    }


def test_gcs_served_changed_and_pinned(cluster: Cluster, namespace: str, gcs: GcsStore, tmp_path: Path) -> None:
    first_factors = many_small(tmp_path / "first", models=2, seed=11)
    second_factors = many_small(tmp_path / "second", models=2, seed=12)
    first, second = digest(tmp_path / "first"), digest(tmp_path / "second")
    gcs.fill(tmp_path / "first", "models", namespace)
    emulator = gcs.env["CLOUD_STORAGE_EMULATOR_ENDPOINT"]
    source = {"gcs": {"bucket": "models", "prefix": namespace, "emulator": emulator}}

    variables = settings(namespace, source, claim={"size": "1Gi"})
    deployed = cluster.play("deploy", variables)
    assert deployed.code == 0, deployed.output
    check_answers(cluster, namespace, first_factors)
    assert last_words(cluster, namespace) == f"Serves {first} of {gcs.uri('models', namespace)}."
    assert serving_pod(cluster, namespace)["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
    again = cluster.play("deploy", variables)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output

    gcs.fill(tmp_path / "second", "models", namespace)
    moved = cluster.play("deploy", settings(namespace, source, claim={"size": "1Gi"}, digest=second))
    assert moved.code == 0, moved.output
    check_answers(cluster, namespace, second_factors)
    # The bucket does not have this version any more, but the claim has.
    back = cluster.play("deploy", settings(namespace, source, claim={"size": "1Gi"}, digest=first))
    assert back.code == 0, back.output
    check_answers(cluster, namespace, first_factors)

    removed = cluster.play("remove", variables)
    assert removed.code == 0, removed.output
    assert cluster.get("pvc", "triton-models", "-n", namespace)["status"]["phase"] == "Bound"


def test_gcs_without_a_bucket_or_files(cluster: Cluster, namespace: str, gcs: GcsStore, tmp_path: Path) -> None:
    many_small(tmp_path / "models", models=1, seed=13)
    gcs.fill(tmp_path / "models", "models", f"{namespace}/there")
    emulator = gcs.env["CLOUD_STORAGE_EMULATOR_ENDPOINT"]
    cases = {
        ("nobody", "there"): "is not there: the bucket",
        ("models", f"{namespace}/nowhere"): "has no files",
    }
    for (bucket, prefix), words in cases.items():
        source = {"gcs": {"bucket": bucket, "prefix": prefix, "emulator": emulator}}
        failed = cluster.play("deploy", settings(namespace, source, size="100Mi"))
        assert failed.code != 0
        assert f"failed: {gcs.uri(bucket, prefix)} {words}" in failed.sentence, failed.sentence
