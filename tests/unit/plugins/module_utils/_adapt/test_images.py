# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.images import at_mirrors

MIRRORS = {"docker.io": "mirror.example.com/hub", "nvcr.io/nvidia": "mirror.example.com/nv/"}


def container(image: Any) -> dict[str, Any]:
    return {"name": "c", "image": image}


def pod(*images: Any, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [container(image) for image in images], **spec},
    }


@pytest.mark.parametrize(
    ("image", "mirrored"),
    [
        ("nvcr.io/nvidia/tritonserver:25.01", "mirror.example.com/nv/tritonserver:25.01"),
        ("busybox", "mirror.example.com/hub/library/busybox"),
        ("bitnami/redis@sha256:00", "mirror.example.com/hub/bitnami/redis@sha256:00"),
        ("quay.io/a/b:1", "quay.io/a/b:1"),
        ("nvcr.io/nvidia-other/x", "nvcr.io/nvidia-other/x"),
        ("", ""),
        (None, None),
        (5, 5),
    ],
)
def test_images_at_mirrors(image: Any, mirrored: Any) -> None:
    item = pod(image)
    (found,), steps = at_mirrors([item], MIRRORS)
    assert found == pod(mirrored)
    assert item == pod(image)
    assert [(step.path, step.before, step.after) for step in steps] == (
        [("spec.containers[0].image", image, mirrored)] if mirrored != image else []
    )


def test_all_containers_of_all_workloads() -> None:
    spec = {"containers": [container("a")], "initContainers": [container("a")]}
    template = {"template": {"spec": spec}}
    objects: list[dict[str, Any]] = [
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": "c"},
            "spec": {"jobTemplate": {"spec": template}},
        },
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "r"}, "spec": template},
        {
            "apiVersion": "ray.io/v1",
            "kind": "RayCluster",
            "metadata": {"name": "y"},
            "spec": {"workerGroupSpecs": [template]},
        },
        pod("b", ephemeralContainers=[container("a")]),
    ]
    _found, steps = at_mirrors(objects, MIRRORS)
    assert [f"{step.kind} {step.path}" for step in steps] == [
        "CronJob spec.jobTemplate.spec.template.spec.containers[0].image",
        "CronJob spec.jobTemplate.spec.template.spec.initContainers[0].image",
        "Rollout spec.template.spec.containers[0].image",
        "Rollout spec.template.spec.initContainers[0].image",
        "RayCluster spec.workerGroupSpecs[0].template.spec.containers[0].image",
        "RayCluster spec.workerGroupSpecs[0].template.spec.initContainers[0].image",
        "Pod spec.containers[0].image",
        "Pod spec.ephemeralContainers[0].image",
    ]
    assert at_mirrors(objects, {}) == (objects, [])


@pytest.mark.parametrize(
    "item",
    [{}, {"kind": "Pod", "spec": None}, {"kind": "Pod", "spec": {"containers": [None]}}, pod(initContainers=None)],
)
def test_what_is_malformed_passes(item: dict[str, Any]) -> None:
    assert at_mirrors([item], MIRRORS) == ([item], [])
