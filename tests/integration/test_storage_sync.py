# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models copied from a real object store before Triton starts: served, pinned, and one clear sentence where it cannot be done."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster

sys.path[:0] = [str(ROOT / "tests" / name) for name in ("storage", "cluster")]

from objectstore import RCLONE_IMAGE, S3Store, s3_store
from repositories import many_small
from syncing import digest

COPIER = {"image": RCLONE_IMAGE, "pull_policy": "Never"}
PREFIX = "team/production"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, int]]:
    """A repository of a few models, and what each multiplies by."""
    folder = tmp_path_factory.mktemp("repository")
    return folder, many_small(folder, models=3, seed=7)


@pytest.fixture(scope="module")
def s3(cluster: Cluster, models: tuple[Path, Mapping[str, int]]) -> Iterator[S3Store]:
    """An S3 store with the models."""
    with s3_store(cluster.name) as store:
        store.fill(models[0], "models", PREFIX)
        yield store


def make_secret(cluster: Cluster, namespace: str, env: Mapping[str, str]) -> None:
    content = {"metadata": {"name": "store", "namespace": namespace}, "stringData": dict(env)}
    cluster.apply({"apiVersion": "v1", "kind": "Secret", **content})


def settings(namespace: str, store: S3Store, *, tls: bool = False, **options: Any) -> dict[str, Any]:
    source = {
        "bucket": "models",
        "prefix": PREFIX,
        "endpoint": store.endpoint(tls=tls),
        "region": store.region,
        "existing_secret": "store",
        **options.pop("source", {}),
    }
    return {
        "triton_namespace": namespace,
        "triton_model_repository": {"sync": {**COPIER, "s3": source, **options}},
        "triton_values": VALUES,
        "triton_timeout": 180,
    }


def check_answers(cluster: Cluster, namespace: str, factors: Mapping[str, int]) -> None:
    """Every model multiplies by its own factor; asked without the collection."""
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [2], "data": [3, -0.5]}]}
    for model, factor in factors.items():
        path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/{model}/infer"
        answer = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(request)))
        assert answer["outputs"][0]["data"] == [3.0 * factor, -0.5 * factor]


def pod(cluster: Cluster, namespace: str) -> Any:
    """The pod that serves; those of the last release may still be on their way out."""
    pods = cluster.get("pods", "-n", namespace, "-l", "app.kubernetes.io/name=triton")["items"]
    (serving,) = [one for one in pods if "deletionTimestamp" not in one["metadata"]]
    return serving


def last_words(cluster: Cluster, namespace: str) -> str:
    (status,) = pod(cluster, namespace)["status"]["initContainerStatuses"]
    return str(status["state"]["terminated"]["message"])


def seen_by_triton(cluster: Cluster, namespace: str, command: str) -> str:
    name = pod(cluster, namespace)["metadata"]["name"]
    return cluster.kubectl("exec", "-n", namespace, name, "-c", "triton", "--", "sh", "-c", command, check=False)


def test_a_claim_with_versions(
    cluster: Cluster, namespace: str, s3: S3Store, tmp_path: Path, models: tuple[Path, Mapping[str, int]]
) -> None:
    """Two versions on one claim: the release serves the one that it is pinned to, also when the bucket has another."""
    make_secret(cluster, namespace, s3.env)
    source = {"prefix": "changing"}
    first_factors = many_small(tmp_path / "first", models=2, seed=1)
    second_factors = many_small(tmp_path / "second", models=2, seed=2)
    first, second = digest(tmp_path / "first"), digest(tmp_path / "second")
    s3.fill(tmp_path / "first", "models", "changing")

    unpinned = settings(namespace, s3, claim={"size": "1Gi"}, source=source)
    deployed = cluster.play("deploy", unpinned)
    assert deployed.code == 0, deployed.output
    check_answers(cluster, namespace, first_factors)
    assert last_words(cluster, namespace) == f"Serves {first} of {s3.uri('models', 'changing')}."
    again = cluster.play("deploy", unpinned)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output

    # Of the keys only the names are in the pod, and the models cannot be written by what serves them.
    shown = json.dumps(pod(cluster, namespace))
    assert not [value for name, value in s3.env.items() if name != "AWS_DEFAULT_REGION" and value in shown]
    assert "Read-only file system" in seen_by_triton(cluster, namespace, "touch /models/models/current/x 2>&1")
    annotations = pod(cluster, namespace)["metadata"]["annotations"]
    assert annotations["openshift.io/scc"] == "restricted-v2"

    s3.fill(tmp_path / "second", "models", "changing")
    moved = cluster.play("deploy", settings(namespace, s3, claim={"size": "1Gi"}, source=source, digest=second))
    assert moved.code == 0, moved.output
    check_answers(cluster, namespace, second_factors)

    # The bucket does not have this version any more, but the claim has.
    pinned = settings(namespace, s3, claim={"size": "1Gi"}, source=source, digest=first)
    back = cluster.play("deploy", pinned)
    assert back.code == 0, back.output
    check_answers(cluster, namespace, first_factors)
    listed = seen_by_triton(cluster, namespace, "ls -A /var/lib/triton-models/models")
    assert {first, second} <= set(listed.split())
    assert not [name for name in listed.split() if name.startswith(".incoming")]

    removed = cluster.play("remove", pinned)
    assert removed.code == 0, removed.output
    assert cluster.get("pvc", "triton-models", "-n", namespace)["status"]["phase"] == "Bound"
    assert cluster.get("secret", "store", "-n", namespace)["metadata"]["name"] == "store"


def test_an_emptydir_over_https_with_a_private_authority(
    cluster: Cluster, namespace: str, s3: S3Store, models: tuple[Path, Mapping[str, int]]
) -> None:
    content = {"metadata": {"name": "authority", "namespace": namespace}, "data": {"ca.crt": s3.ca}}
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", **content})
    keys = {"access_key": s3.access_key, "secret_key": s3.secret_key, "existing_secret": ""}
    source = {**keys, "ca": {"config_map": "authority"}}
    variables = settings(namespace, s3, tls=True, source=source, size="100Mi")
    deployed = cluster.play("deploy", variables)
    assert deployed.code == 0, deployed.output
    assert s3.secret_key not in deployed.output
    check_answers(cluster, namespace, models[1])
    again = cluster.play("deploy", variables)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output


def test_what_is_wrong_is_told_in_one_sentence_and_can_be_put_right(
    cluster: Cluster, namespace: str, s3: S3Store, models: tuple[Path, Mapping[str, int]]
) -> None:
    uri, secure = s3.uri("models", PREFIX), s3.uri("models", PREFIX, tls=True)
    make_secret(cluster, namespace, s3.env)
    has, pin = digest(models[0]), f"sha256-{64 * '0'}"
    cases = [
        (settings(namespace, s3, source={"bucket": "nobody"}), f"{s3.uri('nobody', PREFIX)} is not there: the bucket"),
        (settings(namespace, s3, source={"prefix": "nowhere"}), f"{s3.uri('models', 'nowhere')} has no files"),
        (settings(namespace, s3, tls=True), f"The certificate of {secure} is not trusted"),
        (settings(namespace, s3, digest=pin), f"{uri} has version {has}, but the release is pinned to {pin}"),
        (settings(namespace, s3, size="20Ki"), f"{uri} has "),
    ]
    for variables, words in cases:
        failed = cluster.play("deploy", variables)
        assert failed.code != 0
        assert "Deployment triton in namespace" in failed.sentence
        assert f"failed: {words}" in failed.sentence, failed.sentence
    explained = cluster.module("workload_diagnosis", {"namespace": namespace, "kind": "Deployment", "name": "triton"})
    assert "raise size" in explained["msg"]

    # The same release with the keys put right: what its pod said before does not end the waiting.
    make_secret(cluster, namespace, {**s3.env, "AWS_SECRET_ACCESS_KEY": "wrong"})
    refused = cluster.play("deploy", settings(namespace, s3))
    assert f"failed: The credentials for {uri} are refused (SignatureDoesNotMatch)" in refused.sentence
    make_secret(cluster, namespace, s3.env)
    right = cluster.play("deploy", settings(namespace, s3))
    assert right.code == 0, right.output
    check_answers(cluster, namespace, models[1])
