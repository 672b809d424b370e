# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One variable chooses where the models lie: from any back end to any other, the real Triton serves what is there.

Each back end holds a model of the same name with a factor of its own, so that an answer tells which one it came from.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import IMAGE, ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from objectstore import RCLONE_IMAGE, GcsStore, S3Store, gcs_store, s3_store
from repositories import many_small

MODEL = "small_000"
SEED = int(os.environ.get("INFEROPS_SEED", "1"))
# All switches take some minutes; make soak-storage goes through them.
WHOLE = os.environ.get("INFEROPS_WHOLE") == "1"


@dataclass(frozen=True)
class Place:
    """What chooses a back end, and the factor of the model that lies there."""

    repository: Mapping[str, Any]
    factor: int


@pytest.fixture(scope="module")
def s3(cluster: Cluster) -> Iterator[S3Store]:
    with s3_store(cluster.name) as store:
        yield store


@pytest.fixture(scope="module")
def gcs(cluster: Cluster) -> Iterator[GcsStore]:
    with gcs_store(cluster.name) as store:
        yield store


@pytest.fixture
def places(cluster: Cluster, namespace: str, s3: S3Store, gcs: GcsStore, tmp_path: Path) -> dict[str, Place]:
    """Back ends that the local cluster carries out, each with its model."""
    factors: dict[str, int] = {}

    def repository(name: str) -> Path:
        folder = tmp_path / name
        for seed in range(100 * len(factors), 100 * len(factors) + 100):
            factor = many_small(folder / str(seed), models=1, seed=seed)[MODEL]
            if factor not in factors.values():
                factors[name] = factor
                return folder / str(seed)
        raise AssertionError("no factor of its own")

    for name in ("http", "https"):
        s3.fill(repository(name), "models", f"{namespace}/{name}")
    gcs.fill(repository("gcs"), "models", namespace)
    fill_claim(cluster, namespace, repository("claim"))
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "keys", "namespace": namespace},
            "stringData": dict(s3.env),
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "authority", "namespace": namespace},
            "data": {"ca.crt": s3.ca},
        },
    )
    bucket = {"bucket": "models", "region": s3.region}
    probe = {"image": RCLONE_IMAGE, "pull_policy": "Never"}
    chosen: dict[str, Mapping[str, Any]] = {
        "configmap": {"configmap": {"path": str(repository("configmap"))}},
        "secret": {"secret": {"path": str(repository("secret"))}},
        "claim": {"claim": {"existing": "filled", "sub_path": "models"}},
        "http": {
            "s3": {**bucket, "prefix": f"{namespace}/http", "endpoint": s3.endpoint(), "existing_secret": "keys"},
            "probe": probe,
        },
        "https": {
            "s3": {
                **bucket,
                "prefix": f"{namespace}/https",
                "endpoint": s3.endpoint(tls=True),
                "access_key": s3.access_key,
                "secret_key": s3.secret_key,
                "ca": {"config_map": "authority"},
            },
            "probe": probe,
        },
        "gcs": {
            "gcs": {"bucket": "models", "prefix": namespace, "emulator": gcs.env["CLOUD_STORAGE_EMULATOR_ENDPOINT"]},
            "probe": probe,
        },
    }
    return {name: Place(one, factors[name]) for name, one in chosen.items()}


def fill_claim(cluster: Cluster, namespace: str, folder: Path) -> None:
    """A claim with the repository in its folder models, filled through a pod of Triton's image."""
    size = {"resources": {"requests": {"storage": "64Mi"}}, "accessModes": ["ReadWriteOnce"]}
    metadata = {"name": "filled", "namespace": namespace}
    container = {
        "name": "filler",
        "image": "{repository}:{tag}".format(**IMAGE),
        "imagePullPolicy": "Never",
        "command": ["sh", "-c", "exec sleep infinity"],
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec = {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "filled"}}],
        "terminationGracePeriodSeconds": 0,
    }
    cluster.apply(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": size},
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": "filler",
                "namespace": namespace,
                "annotations": {"openshift.io/required-scc": "restricted-v2"},
            },
            "spec": spec,
        },
    )
    cluster.kubectl("wait", "-n", namespace, "pod/filler", "--for=condition=Ready", "--timeout=120s")
    cluster.kubectl("cp", "-n", namespace, str(folder), "filler:/data/models")
    cluster.kubectl("delete", "-n", namespace, "pod/filler", "--wait")


def every_switch(names: list[str], source: random.Random) -> list[str]:
    """A walk that goes from each name to each other one, once."""
    open_ways = {name: source.sample([other for other in names if other != name], len(names) - 1) for name in names}
    walk, stack = [], [names[0]]
    while stack:
        if open_ways[stack[-1]]:
            stack.append(open_ways[stack[-1]].pop())
        else:
            walk.append(stack.pop())
    return walk


def test_every_switch_is_there() -> None:
    names = ["a", "b", "c", "d"]
    walk = every_switch(names, random.Random(3))
    steps = list(itertools.pairwise(walk))
    assert sorted(steps) == sorted((one, other) for one in names for other in names if one != other)


def infer(cluster: Cluster, namespace: str) -> float:
    """The factor of the model that serves; asked without the collection."""
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [1], "data": [1]}]}
    path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/{MODEL}/infer"
    answer = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(request)))
    (factor,) = answer["outputs"][0]["data"]
    return float(factor)


def test_from_any_back_end_to_any_other(cluster: Cluster, namespace: str, places: Mapping[str, Place]) -> None:
    """Model ready, inference answered; a second run changes and writes nothing; what holds the models outlives remove."""
    source = random.Random(SEED)
    names = source.sample(sorted(places), len(places))
    walk = every_switch(names, source) if WHOLE else [*names, names[0]]
    repeated = set()
    for name in walk:
        place = places[name]
        variables = {
            "triton_namespace": namespace,
            "triton_values": VALUES,
            "triton_model_repository": place.repository,
            "triton_inferences": [{"model": MODEL, "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [2.0]}]}],
        }
        deployed = cluster.play("deploy", variables)
        assert deployed.code == 0, deployed.output
        assert infer(cluster, namespace) == place.factor
        if name not in repeated:
            repeated.add(name)
            again = cluster.play("deploy", variables)
            assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    assert repeated == set(places)

    removed = cluster.play("remove", variables)
    assert removed.code == 0, removed.output
    kept = cluster.get("persistentvolumeclaims,secrets,configmaps", "-n", namespace)["items"]
    names_kept = {f"{item['kind']}/{item['metadata']['name']}" for item in kept}
    assert {"PersistentVolumeClaim/filled", "Secret/keys", "ConfigMap/authority"} <= names_kept
    ours = "app.kubernetes.io/managed-by"
    assert [item for item in kept if item["metadata"].get("labels", {}).get(ours) == "inferops.triton"] == []
