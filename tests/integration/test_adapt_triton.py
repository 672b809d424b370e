# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chart with the official one's defects, deployed by the playbooks: adapted, admitted by restricted-v2, and serving."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import DOUBLE, IMAGE, VALUES, Cluster
from test_storage import fill

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "adapt"))

from chart import Case, cases, write

DEPLOYMENT = "triton-triton-inference-server"


@pytest.fixture
def case() -> Case:
    return next(case for case in cases() if case.name == "triton-onprem")


@pytest.fixture
def settings(namespace: str, case: Case, tmp_path: Path) -> dict[str, Any]:
    """A chart that somebody gave, and what it wants to be told."""
    return {
        "triton_namespace": namespace,
        "triton_release": "triton",
        "triton_chart": str(write(case, tmp_path)),
        "triton_values": dict(case.values),
        "triton_inferences": [DOUBLE],
        "triton_timeout": 180,
    }


def _claim(cluster: Cluster, namespace: str) -> None:
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "models", "namespace": namespace},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "64Mi"}}},
        }
    )
    fill(cluster, namespace, "models", "double")


def _pods(cluster: Cluster, namespace: str) -> list[Mapping[str, Any]]:
    listed = cluster.get("pods", "-n", namespace)["items"]
    return [pod for pod in listed if not pod["metadata"].get("deletionTimestamp")]


def test_as_it_is_it_is_refused_before_anything_is_written(
    cluster: Cluster, namespace: str, settings: dict[str, Any]
) -> None:
    kept = cluster.play("deploy", settings | {"triton_chart_adapt": False})
    assert kept.code != 0
    assert "traefik" in kept.sentence or "autoscaling/v2beta2" in kept.sentence
    adapted = cluster.play("deploy", settings)
    assert "the cluster does not serve" in adapted.sentence and "IngressRoute" in adapted.sentence
    unprepared = cluster.play("deploy", settings | {"triton_chart_drop_missing": True}, user="deployer")
    assert unprepared.code != 0
    for played in (kept, adapted, unprepared):
        assert played.writes == (), played.output
        assert "Nothing was written." in played.sentence


def test_it_serves_from_a_claim_and_is_upgraded_and_rolled_back(
    cluster: Cluster, namespace: str, settings: dict[str, Any], case: Case
) -> None:
    _claim(cluster, namespace)
    wanted = settings | {
        "triton_chart_drop_missing": True,
        "triton_chart_volumes": {"models": {"claim": {"existing": "models"}}},
    }
    planned = cluster.play("deploy", wanted, "--check", "--diff")
    assert (planned.code, planned.writes) == (0, ()), planned.output
    first = cluster.play("deploy", wanted)
    assert first.code == 0, first.output
    assert "runAsUser: 1000 goes" in first.output
    (pod,) = _pods(cluster, namespace)
    assert pod["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
    assert pod["spec"]["securityContext"]["fsGroup"] >= 1_000_000_000
    again = cluster.play("deploy", wanted)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    changed = wanted | {"triton_values": dict(case.changed_values)}
    upgraded = cluster.play("deploy", changed)
    assert upgraded.code == 0 and upgraded.changed > 0, upgraded.output
    (pod,) = _pods(cluster, namespace)
    assert "--log-verbose=1" in pod["spec"]["containers"][0]["args"]
    back = cluster.play("rollback", {"triton_namespace": namespace, "triton_inferences": [DOUBLE]})
    assert back.code == 0, back.output
    assert "inferences answered as expected: 1" in back.output
    assert cluster.play("deploy", wanted).changed == 0
    healed_from = cluster.get("deployment", DEPLOYMENT, "-n", namespace)["spec"]["template"]["spec"]["containers"]
    cluster.kubectl("set", "image", f"deployment/{DEPLOYMENT}", "*=inferops.local/other:1", "-n", namespace)
    healed = cluster.play("deploy", wanted)
    assert healed.code == 0, healed.output
    now = cluster.get("deployment", DEPLOYMENT, "-n", namespace)["spec"]["template"]["spec"]["containers"]
    assert now[0]["image"] == healed_from[0]["image"]


def test_its_models_come_from_any_repository(
    cluster: Cluster, namespace: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    image = "{repository}:{tag}".format(**IMAGE)
    upload = {"path": str(ROOT / "tests" / "models"), "size": "64Mi", "image": image}
    first = cluster.play(
        "deploy",
        settings | {"triton_chart_drop_missing": True, "triton_model_repository": {"upload": upload}},
    )
    assert first.code == 0, first.output
    (pod,) = _pods(cluster, namespace)
    assert not [volume for volume in pod["spec"]["volumes"] if "nfs" in volume]
    small = settings | {
        "triton_chart_drop_missing": True,
        "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
    }
    second = cluster.play("deploy", small)
    assert second.code == 0, second.output
    again = cluster.play("deploy", small)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output


def test_an_upgrade_from_the_collections_own_chart_that_fails_is_undone(
    cluster: Cluster, namespace: str, settings: dict[str, Any]
) -> None:
    models = {"triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}}}
    own = {key: settings[key] for key in ("triton_namespace", "triton_release", "triton_inferences", "triton_timeout")}
    first = cluster.play("deploy", own | models | {"triton_values": VALUES})
    assert first.code == 0, first.output
    wrong = [{**DOUBLE, "expect": "outputs[0].data == `[0.0]`"}]
    failed = cluster.play("deploy", settings | models | {"triton_chart_drop_missing": True, "triton_inferences": wrong})
    assert failed.code != 0
    assert "Revision 1 of release triton, which was verified before, serves again" in failed.sentence, failed.output
    assert cluster.play("deploy", own | models | {"triton_values": VALUES}).code == 0


def test_the_export_that_it_names_becomes_a_volume_that_prepare_makes(
    cluster: Cluster, namespace: str, settings: dict[str, Any]
) -> None:
    wanted = settings | {"triton_chart_drop_missing": True}
    name = f"{namespace}.triton.triton-inference-server-models"
    refused = cluster.play("deploy", wanted)
    assert name in refused.sentence and "inferops.triton.prepare" in refused.sentence
    assert refused.writes == ()
    nowhere = cluster.play("deploy", wanted | {"triton_namespace": f"{namespace}-not-there"})
    assert "inferops.triton.prepare" in nowhere.sentence and nowhere.writes == ()
    prepared = cluster.play("prepare", wanted)
    assert prepared.code == 0, prepared.output
    try:
        volume = cluster.get("persistentvolume", name)
        assert volume["spec"]["nfs"] == {"server": "nfs.example.com", "path": "/srv/models"}
        planned = cluster.play("deploy", wanted, "--check")
        assert planned.code == 0, planned.output
        moved = {**wanted["triton_values"], "image": {**wanted["triton_values"]["image"], "modelRepositoryPath": "/b"}}
        other = cluster.play("deploy", wanted | {"triton_values": moved})
        assert "leads to nfs.example.com:/srv/models, and not to nfs.example.com:/b" in other.sentence
        assert other.writes == ()
    finally:
        cluster.kubectl("delete", "persistentvolume", name, "--ignore-not-found")


def test_an_api_version_that_nobody_serves_is_replaced_by_the_one_that_took_its_place(
    cluster: Cluster, namespace: str, settings: dict[str, Any]
) -> None:
    made = cluster.module(
        "chart_adapt",
        {
            "name": "triton",
            "namespace": namespace,
            "chart": settings["triton_chart"],
            "values": settings["triton_values"],
            "drop_missing": True,
            "dest": str(Path(settings["triton_chart"]).parent / "adapted"),
        },
    )
    assert made["changed"], made
    scaler = json.loads((Path(made["dest"]) / "templates" / "horizontalpodautoscaler-triton-hpa.json").read_text())
    assert scaler["apiVersion"] == "autoscaling/v2"
    assert [item["kind"] for item in made["cluster_definitions"]] == ["PersistentVolume"]
