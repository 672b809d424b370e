# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All images of a deployment come from mirrors: Triton's, and those that copy, read and upload models. No node reaches a registry here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from conftest import DOUBLE, ROOT, VALUES, Cluster

sys.path[:0] = [str(ROOT / "tests" / name) for name in ("storage", "cluster")]

from objectstore import s3_store
from repositories import many_small

# What the images of the cluster are called beside what they are called by default.
MIRRORS = {"nvcr.io/nvidia": "inferops.local", "docker.io/rclone": "inferops.local"}


def test_images_come_from_mirrors(cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Path) -> None:
    namespace = fresh_name()
    cluster.play("prepare", {"triton_namespace": namespace})
    many_small(tmp_path, models=2, seed=7)
    with s3_store(cluster.name) as store:
        for prefix, model in zip(("copied", "read"), sorted(tmp_path.iterdir()), strict=True):
            store.fill(model, "models", f"{prefix}/{model.name}")
        secret = {"metadata": {"name": "store", "namespace": namespace}, "stringData": dict(store.env)}
        cluster.apply({"apiVersion": "v1", "kind": "Secret", **secret})
        bucket = {"bucket": "models", "endpoint": store.endpoint(tls=False), "region": store.region}
        place = {**bucket, "existing_secret": "store"}
        variables = {
            "triton_namespace": namespace,
            "triton_image_mirrors": MIRRORS,
            "triton_model_repository": [
                {"name": "copied", "sync": {"s3": {**place, "prefix": "copied"}}},
                {"name": "read", "s3": {**place, "prefix": "read"}},
                {"name": "sent", "upload": {"path": str(ROOT / "tests" / "models"), "size": "64Mi"}},
            ],
            # Nobody says where it comes from.
            "triton_values": {**VALUES, "image": {"tag": "2.51.0", "pullPolicy": "IfNotPresent"}},
            "triton_inferences": [DOUBLE],
            "triton_timeout": 180,
        }
        run = cluster.play("deploy", variables)
        assert run.code == 0, run.output
        again = cluster.play("deploy", variables)
        assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    (pod,) = cluster.get("pods", "-n", namespace, "-l", "app.kubernetes.io/name=triton")["items"]
    containers = [*pod["spec"]["initContainers"], *pod["spec"]["containers"]]
    assert {one["image"] for one in containers} == {
        "inferops.local/rclone:1.76.0",
        "inferops.local/tritonserver:2.51.0",
    }
