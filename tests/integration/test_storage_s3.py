# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Triton reads its models from object stores: S3 over http and https, GCS; and what it says when it cannot.

The chart's own values are used, so that it is known which variables, URIs and files Triton takes (docs/storage-notes.md).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import IMAGE, ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from objectstore import RCLONE_IMAGE, GcsStore, S3Store, gcs_store, s3_store
from repositories import many_small

SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
# Without these the SDK tries for longer than a minute before it says why it cannot connect.
FEW_ATTEMPTS = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "2"}
END_S = 90


@pytest.fixture(scope="module")
def factors(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, int]]:
    """A repository of a few models, and what each multiplies by."""
    folder = tmp_path_factory.mktemp("repository")
    return folder, many_small(folder, models=3, seed=7)


@pytest.fixture(scope="module")
def s3(cluster: Cluster, factors: tuple[Path, Mapping[str, int]]) -> Iterator[S3Store]:
    """An S3 store with the models."""
    with s3_store(cluster.name) as store:
        store.fill(factors[0], "models", "team/production")
        yield store


@pytest.fixture(scope="module")
def gcs(cluster: Cluster, factors: tuple[Path, Mapping[str, int]]) -> Iterator[GcsStore]:
    """A GCS store with the models."""
    with gcs_store(cluster.name) as store:
        store.fill(factors[0], "models", "team/production")
        yield store


def settings(namespace: str, uri: str, **values: Any) -> dict[str, Any]:
    repository = {"modelRepositories": [{"name": "bucket", "uri": uri}], "envFrom": [{"secretRef": {"name": "store"}}]}
    return {"triton_namespace": namespace, "triton_values": {**VALUES, **repository, **values}}


def make_secret(cluster: Cluster, namespace: str, env: Mapping[str, str]) -> None:
    content = {"metadata": {"name": "store", "namespace": namespace}, "stringData": dict(env)}
    cluster.apply({"apiVersion": "v1", "kind": "Secret", **content})


def check_answers(cluster: Cluster, namespace: str, factors: Mapping[str, int]) -> None:
    """Every model multiplies by its own factor; asked without the collection."""
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [2], "data": [3, -0.5]}]}
    for model, factor in factors.items():
        path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/{model}/infer"
        answer = json.loads(cluster.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(request)))
        assert answer["outputs"][0]["data"] == [3.0 * factor, -0.5 * factor]


def test_s3_over_http(cluster: Cluster, namespace: str, s3: S3Store, factors: tuple[Path, Mapping[str, int]]) -> None:
    make_secret(cluster, namespace, s3.env)
    variables = settings(namespace, s3.uri("models", "team/production"))
    first = cluster.play("deploy", variables)
    assert first.code == 0, first.output
    check_answers(cluster, namespace, factors[1])
    second = cluster.play("deploy", variables)
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output


def test_s3_over_https_with_a_private_authority(
    cluster: Cluster, namespace: str, s3: S3Store, factors: tuple[Path, Mapping[str, int]]
) -> None:
    """The authority's certificate takes the place of the image's bundle: Triton's SDK knows no variable for it."""
    make_secret(cluster, namespace, s3.env)
    content = {"metadata": {"name": "authority", "namespace": namespace}, "data": {"ca.crt": s3.ca}}
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", **content})
    bundle = {"name": "authority", "mountPath": SYSTEM_BUNDLE, "subPath": "ca.crt", "readOnly": True}
    variables = settings(
        namespace,
        s3.uri("models", "team/production", tls=True),
        extraVolumes=[{"name": "authority", "configMap": {"name": "authority"}}],
        extraVolumeMounts=[bundle],
    )
    deployed = cluster.play("deploy", variables)
    assert deployed.code == 0, deployed.output
    check_answers(cluster, namespace, factors[1])


def test_gcs(cluster: Cluster, namespace: str, gcs: GcsStore, factors: tuple[Path, Mapping[str, int]]) -> None:
    make_secret(cluster, namespace, gcs.env)
    deployed = cluster.play("deploy", settings(namespace, gcs.uri("models", "team/production")))
    assert deployed.code == 0, deployed.output
    check_answers(cluster, namespace, factors[1])


def test_what_triton_says_when_it_cannot_read(cluster: Cluster, namespace: str, s3: S3Store) -> None:
    """The words in its log, which are all there is: wrong keys and no bucket look the same, and no port answers."""
    good = s3.uri("models", "team/production")
    wrong_key = {"AWS_SECRET_ACCESS_KEY": "wrong"}
    cases: dict[str, tuple[str, dict[str, str], str]] = {
        "wrong-key": (good, wrong_key, "Unable to create S3 filesystem client. Check account credentials"),
        "no-bucket": (s3.uri("nobody", "production"), {}, "Unable to create S3 filesystem client"),
        "no-prefix": (s3.uri("models", "nowhere"), {}, "repository path is not a valid directory"),
        "unknown-authority": (s3.uri("models", "team/production", tls=True), {}, "curlCode: 60"),
        "nobody-there": (good.replace(":8080", ":8081"), {}, "curlCode: "),
    }
    for name, (uri, env, _words) in cases.items():
        command = f"exec tritonserver --model-repository={uri}"
        pod(cluster, namespace, name, "{repository}:{tag}".format(**IMAGE), command, {**s3.env, **FEW_ATTEMPTS, **env})
    for name, (_uri, _env, words) in cases.items():
        assert words in ended(cluster, namespace, name, "Failed")


def test_rclone_in_a_pod(
    cluster: Cluster, namespace: str, s3: S3Store, factors: tuple[Path, Mapping[str, int]]
) -> None:
    """The image for copying has a shell, and works under the namespace's user with a read-only root."""
    env = {name: value for name, value in s3.environment.items() if name.startswith("RCLONE_CONFIG_STORE_")}
    command = (
        "set -e; id -u; cd /tmp; rclone --config= copy store:models/team/production new; mv new done; find done -type f"
    )
    pod(cluster, namespace, "copy", RCLONE_IMAGE, command, env)
    user, *files = ended(cluster, namespace, "copy", "Succeeded").splitlines()
    start = cluster.get("namespace", namespace)["metadata"]["annotations"]["openshift.io/sa.scc.uid-range"]
    assert user == start.split("/")[0]
    assert sorted(files) == sorted(
        f"done/{path.relative_to(factors[0])}" for path in factors[0].rglob("*") if path.is_file()
    )


def pod(cluster: Cluster, namespace: str, name: str, image: str, command: str, env: Mapping[str, str]) -> None:
    """Start a pod that runs a command once, as restricted-v2 admits it."""
    container: dict[str, Any] = {
        "name": name,
        "image": image,
        "imagePullPolicy": "Never",
        "command": ["sh", "-c", command],
        "env": [{"name": key, "value": value} for key, value in env.items()],
        "securityContext": {"readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
    metadata = {
        "name": name,
        "namespace": namespace,
        "annotations": {"openshift.io/required-scc": "restricted-v2"},
    }
    spec = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 0,
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
    cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


def ended(cluster: Cluster, namespace: str, name: str, phase: str) -> str:
    """Wait until a pod has ended in this phase; returns what it wrote."""
    deadline = time.monotonic() + END_S
    found = ""
    while found not in ("Failed", "Succeeded") and time.monotonic() < deadline:
        time.sleep(0.5)
        found = cluster.get("pod", name, "-n", namespace)["status"]["phase"]
    output = cluster.kubectl("logs", name, "-n", namespace, check=False)
    assert found == phase, output
    return output
