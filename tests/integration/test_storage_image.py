# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models in a container image, copied from it and mounted: the real Triton serves them, and a new image replaces them."""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from images import model_image
from repositories import many_small
from serving import check_answers, serving_pod


@dataclass(frozen=True)
class ModelImage:
    """An image with one model: by tag, by digest, and what the model multiplies by."""

    tag: str
    digest: str
    factors: Mapping[str, int]


class Images:
    """Makes images that no other test has; each model has a factor of its own."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster, self._folder, self._seed = cluster.name, folder, 0
        self._name = f"inferops.local/models-{uuid.uuid4().hex[:8]}"
        self._used: list[int] = []

    def make(self, tag: str, *, tools: bool) -> ModelImage:
        while True:
            self._seed += 1
            folder = self._folder / str(self._seed)
            factors = many_small(folder, models=1, seed=self._seed)
            (factor,) = factors.values()
            if factor not in self._used:
                break
        self._used.append(factor)
        reference = f"{self._name}:{tag}"
        return ModelImage(reference, model_image(self._cluster, folder, reference, tools=tools), factors)


@pytest.fixture(scope="module")
def images(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Images:
    return Images(cluster, tmp_path_factory.mktemp("images"))


def settings(namespace: str, reference: str, **options: Any) -> dict[str, Any]:
    return {
        "triton_namespace": namespace,
        "triton_model_repository": {"image": {"reference": reference, "pull_policy": "Never", **options}},
        "triton_values": VALUES,
        "triton_timeout": 90,
    }


def image_volumes(serving: Any) -> list[str]:
    """The images that a pod mounts."""
    return [volume["image"]["reference"] for volume in serving["spec"]["volumes"] if "image" in volume]


@pytest.mark.parametrize("mode, mounted", [("copy", False), ("auto", True)])
def test_served_replaced_and_removed(
    cluster: Cluster, namespace: str, images: Images, mode: str, mounted: bool
) -> None:
    """An image that is mounted holds nothing but the models."""
    first, second, third = (images.make(f"{mode}-{number}", tools=not mounted) for number in range(3))
    deployed = cluster.play("deploy", settings(namespace, first.tag, mode=mode))
    assert deployed.code == 0, deployed.output
    check_answers(cluster, namespace, first.factors)
    serving = serving_pod(cluster, namespace)
    assert serving["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
    assert image_volumes(serving) == ([first.tag] if mounted else [])
    assert [one["image"] for one in serving["spec"].get("initContainers", ())] == ([] if mounted else [first.tag])

    again = cluster.play("deploy", settings(namespace, first.tag, mode=mode))
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output

    for reference, factors in ((second.tag, second.factors), (third.digest, third.factors)):
        moved = cluster.play("deploy", settings(namespace, reference, mode=mode))
        assert moved.code == 0, moved.output
        check_answers(cluster, namespace, factors)

    removed = cluster.play("remove", settings(namespace, third.digest, mode=mode))
    assert removed.code == 0, removed.output
    left = cluster.get("deployments,services,configmaps,secrets,serviceaccounts,pvc", "-n", namespace)["items"]
    assert not [one["metadata"]["name"] for one in left if "triton" in one["metadata"]["name"]]


def test_who_may_not_look_at_the_nodes_gets_a_copy(cluster: Cluster, namespace: str, images: Images) -> None:
    cluster.kubectl("create", "rolebinding", "deployer", "--clusterrole=edit", "--user=deployer", "-n", namespace)
    image = images.make("unseen", tools=True)
    deployed = cluster.play("deploy", settings(namespace, image.tag), user="deployer")
    assert deployed.code == 0, deployed.output
    assert image_volumes(serving_pod(cluster, namespace)) == []
    check_answers(cluster, namespace, image.factors)


def test_what_is_wrong_is_told_in_one_sentence_and_can_be_put_right(
    cluster: Cluster, namespace: str, images: Images
) -> None:
    image, bare = images.make("right", tools=True), images.make("bare", tools=False)
    nowhere = f"Image {image.tag} has no directory /nowhere; correct path, or the image."
    cases = [
        (
            settings(namespace, image.tag, mode="copy", path="/nowhere"),
            f"init container copy-models of pod [^ ]+ failed: {nowhere}",
        ),
        (
            settings(namespace, bare.tag, mode="copy"),
            'init container copy-models of pod .*"sh": executable file not found',
        ),
        (settings(namespace, image.tag, mode="volume", path="/nowhere"), 'failed to mount image volume.* "nowhere"'),
        (
            settings(namespace, f"{image.tag}-not", mode="volume"),
            f'ErrImageNeverPull Container image "{image.tag}-not"',
        ),
    ]
    for variables, words in cases:
        failed = cluster.play("deploy", {**variables, "triton_timeout": 30})
        assert failed.code != 0
        assert re.search(words, failed.sentence), failed.sentence
    right = cluster.play("deploy", settings(namespace, image.tag, mode="volume"))
    assert right.code == 0, right.output
    check_answers(cluster, namespace, image.factors)
