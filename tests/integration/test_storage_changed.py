# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Secret or ConfigMap that the user made has changed: the next deployment rolls the pods, and the one after that writes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from objectstore import S3Store, s3_store
from repositories import many_small


@pytest.fixture(scope="module")
def store(cluster: Cluster) -> Iterator[S3Store]:
    with s3_store(cluster.name) as running:
        yield running


def made(kind: str, name: str, namespace: str, content: dict[str, str], **metadata: Any) -> dict[str, Any]:
    field = "stringData" if kind == "Secret" else "data"
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, **metadata},
        field: content,
    }


def pod(cluster: Cluster, namespace: str) -> str:
    """The one pod that serves."""
    pods = cluster.get("pods", "-n", namespace, "-l", "app.kubernetes.io/name=triton")["items"]
    (serving,) = [one["metadata"]["name"] for one in pods if "deletionTimestamp" not in one["metadata"]]
    return str(serving)


def test_pods_roll_with_what_they_read(cluster: Cluster, namespace: str, store: S3Store, tmp_path: Path) -> None:
    many_small(tmp_path, models=1)
    store.fill(tmp_path, "models", namespace)
    keys = dict(store.env)
    cluster.apply(
        made("Secret", "keys", namespace, {**keys, "AWS_SECRET_ACCESS_KEY": "canary-wrong-key"}),
        made("ConfigMap", "authority", namespace, {"ca.crt": store.ca}),
    )
    bucket = {"bucket": "models", "prefix": namespace, "endpoint": store.endpoint(tls=True), "region": store.region}
    variables = {
        "triton_namespace": namespace,
        "triton_values": VALUES,
        "triton_model_repository": {"s3": {**bucket, "existing_secret": "keys", "ca": {"config_map": "authority"}}},
    }
    refused = cluster.play("deploy", variables)
    assert refused.code != 0 and "credentials" in refused.sentence, refused.output
    before = cluster.get("deployment", "triton", "-n", namespace)["spec"]["template"]

    # The Secret is corrected: nothing else of the deployment is another than before.
    cluster.apply(made("Secret", "keys", namespace, keys))
    shown = cluster.play("deploy", variables, "--check", "--diff")
    assert (shown.code, shown.writes) == (0, ()) and shown.changed, shown.output
    corrected = cluster.play("deploy", variables, "-vvvv")
    assert corrected.code == 0 and corrected.changed, corrected.output
    after = cluster.get("deployment", "triton", "-n", namespace)["spec"]["template"]
    assert before.pop("metadata") != after.pop("metadata") and before == after
    for value in ("canary-wrong-key", store.secret_key):
        assert value not in corrected.output + shown.output

    # What is no part of what the pods read rolls nothing.
    first = pod(cluster, namespace)
    cluster.apply(made("Secret", "keys", namespace, {**keys, "another": "x"}, labels={"new": "label"}))
    again = cluster.play("deploy", variables)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    assert pod(cluster, namespace) == first

    # A CA is a file of its own in the container, which stays as it was when that started.
    cluster.apply(made("ConfigMap", "authority", namespace, {"ca.crt": f"# renewed\n{store.ca}"}))
    renewed = cluster.play("deploy", variables)
    assert renewed.code == 0 and renewed.changed, renewed.output
    last = pod(cluster, namespace)
    assert last != first
    again = cluster.play("deploy", variables)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    assert pod(cluster, namespace) == last
