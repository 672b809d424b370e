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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import IMAGE, ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from images import model_image
from kills import volume
from objectstore import RCLONE_IMAGE, GcsStore, S3Store, gcs_store, s3_store
from repositories import many_small
from syncing import digest

MODEL = "small_000"
SEED = int(os.environ.get("INFEROPS_SEED", "1"))
# All switches take some minutes; make soak-storage goes through them.
WHOLE = os.environ.get("INFEROPS_WHOLE") == "1"
RESULTS = os.environ.get("INFEROPS_RESULTS", "")


@dataclass(frozen=True)
class Place:
    """What chooses a back end, the factor of the model that lies there, and, for a back end on a claim, the directory there and its digest."""

    repository: Mapping[str, Any]
    factor: int
    claim: str = ""
    directory: str = ""
    digest: str = ""


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
    folders: dict[str, Path] = {}

    def repository(name: str) -> Path:
        folder = tmp_path / name
        for seed in range(100 * len(factors), 100 * len(factors) + 100):
            factor = many_small(folder / str(seed), models=1, seed=seed)[MODEL]
            if factor not in factors.values():
                factors[name] = factor
                folders[name] = folder / str(seed)
                return folders[name]
        raise AssertionError("no factor of its own")

    for name in ("http", "https", "sync"):
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
    # Another back end is one more entry here; that a place holds its model is its fixture's work, and what it must leave is told below.
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
        # These two share the release's own claim, as they do for whoever goes from one to the other.
        "sync": {
            "sync": {
                "s3": {
                    **bucket,
                    "prefix": f"{namespace}/sync",
                    "endpoint": s3.endpoint(),
                    "existing_secret": "keys",
                },
                "claim": {"size": "64Mi"},
                "image": RCLONE_IMAGE,
                "pull_policy": "Never",
            }
        },
        "upload": {"upload": {"path": str(repository("upload")), "size": "64Mi"}},
    }
    for mode in ("copy", "volume"):
        reference = f"inferops.local/models-{namespace}:{mode}"
        model_image(cluster.name, repository(f"image {mode}"), reference, tools=mode == "copy")
        chosen[f"image {mode}"] = {"image": {"reference": reference, "mode": mode, "pull_policy": "Never"}}
    found = {name: Place(one, factors[name]) for name, one in chosen.items()}
    for name in ("sync", "upload"):
        version = digest(folders[name])
        found[name] = replace(found[name], claim="triton-models", directory=version, digest=version)
    found["claim"] = replace(found["claim"], claim="filled", directory="models", digest=digest(folders["claim"]))
    return found


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
    for place in places.values():
        assert not place.claim or digest(volume(cluster, namespace, place.claim) / place.directory) == place.digest
    kept = cluster.get("persistentvolumeclaims,secrets,configmaps", "-n", namespace)["items"]
    names_kept = {f"{item['kind']}/{item['metadata']['name']}" for item in kept}
    assert {"Secret/keys", "ConfigMap/authority"} <= names_kept
    ours = "app.kubernetes.io/managed-by"
    labelled = [item for item in kept if item["metadata"].get("labels", {}).get(ours) == "inferops.triton"]
    assert [item for item in labelled if item["kind"] != "PersistentVolumeClaim"] == []
    if RESULTS:
        figures = {"back_ends": sorted(places), "switches": len(walk) - 1}
        Path(RESULTS, "switches.json").write_text(json.dumps(figures))
