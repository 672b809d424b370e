# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations that roll pods: whether they change says whether the pods roll."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._chart.checksums import summed
from ansible_collections.inferops.triton.plugins.module_utils._release.objects import key_of

PATH = ("spec", "template", "metadata", "annotations", "checksum/x")
BY_ENV = {
    "containers": [
        {"name": "other", "env": [{"name": "E", "valueFrom": {"secretKeyRef": {"name": "read", "key": "k"}}}]}
    ]
}
BY_ENV_FROM = {"containers": [{"name": "c", "envFrom": [{"secretRef": {"name": "read"}}]}]}
BY_VOLUME = {"containers": [{"name": "c"}], "volumes": [{"name": "other", "secret": {"secretName": "read"}}]}
BY_INIT = {"initContainers": BY_ENV_FROM["containers"], "containers": [{"name": "c"}]}
BY_WORD = {"containers": [{"name": "c", "args": ["--secret", "read"]}]}
NOTHING = {"containers": [{"name": "c"}]}


def secret(name: str, text: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, **metadata}, "data": {"k": text}}


def deployment(spec: Any, annotation: Any = "random", name: str = "other") -> dict[str, Any]:
    template = {"metadata": {"annotations": {"checksum/x": annotation, "fixed": "1"}}, "spec": spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {"template": template}}


def annotation(*objects: dict[str, Any]) -> str:
    """What the first object's pods have in the end."""
    found = summed(objects, [(key_of(objects[0], "ns"), PATH)], "ns")
    assert list(found[1:]) == list(objects[1:])
    annotations = found[0]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["fixed"] == "1"
    text: str = annotations["checksum/x"]
    return text


@pytest.mark.parametrize("spec", [BY_ENV, BY_ENV_FROM, BY_VOLUME, BY_INIT, BY_WORD])
def test_pods_roll_when_what_they_read_changes_and_not_when_anything_else_does(spec: Any) -> None:
    pods = deployment(spec)
    # The workload, a container and a volume have the name of the other one.
    before = annotation(pods, secret("read", "1"), secret("other", "1"))
    assert annotation(pods, secret("read", "2"), secret("other", "1")) != before
    assert annotation(pods, secret("read", "1"), secret("other", "2")) == before
    assert annotation(pods, secret("read", "1")) == before
    assert annotation(deployment(spec, "random again"), secret("other", "1"), secret("read", "1")) == before


def test_one_of_another_namespace_is_not_read() -> None:
    pods = deployment(BY_ENV)
    before = annotation(pods, secret("read", "1"), secret("read", "1", namespace="far"))
    assert annotation(pods, secret("read", "1"), secret("read", "2", namespace="far")) == before
    assert annotation(pods, secret("read", "2"), secret("read", "1", namespace="far")) != before


def test_a_config_map_of_the_name_of_a_secret_is_not_read() -> None:
    pods = deployment(BY_ENV)
    maps = [{**secret("read", text), "kind": "ConfigMap"} for text in "12"]
    assert annotation(pods, secret("read", "1"), maps[0]) == annotation(pods, secret("read", "1"), maps[1])


@pytest.mark.parametrize("spec", [NOTHING, {}, None, {"containers": None}])
def test_pods_that_name_nothing_roll_when_anything_changes(spec: Any) -> None:
    pods = deployment(spec)
    before = annotation(pods, secret("a", "1"), secret("b", "1"))
    assert annotation(pods, secret("a", "1"), secret("b", "2")) != before
    assert annotation(pods, secret("a", "1"), secret("b", "1")) == before


def test_labels_of_a_secret_roll_nothing() -> None:
    pods = deployment(BY_ENV)
    assert annotation(pods, secret("read", "1")) == annotation(pods, secret("read", "1", labels={"a": "b"}))


def test_other_objects_are_as_they_were() -> None:
    objects = [deployment(BY_ENV), {"kind": "X", "metadata": None}, secret("read", "1")]
    assert list(summed(objects, [], "ns")) == objects


def test_a_digest_that_the_release_has_stays_while_it_is_right() -> None:
    pods, read = deployment(BY_ENV), secret("read", "1")
    former = deployment(BY_ENV, annotation(pods, read))
    # The chart looked its password up, so that its own checksum does not change any more.
    now = deployment(BY_ENV, "the chart's own")
    stored = {key_of(former, "ns"): former}
    assert summed([now, read], [], "ns", stored) == (former, read)
    changed = summed([now, secret("read", "2")], [], "ns", stored)
    assert changed[0] == now


@pytest.mark.parametrize("stored", [{}, {"spec": None}, {"spec": {"template": {"metadata": {"annotations": None}}}}])
def test_a_release_without_annotations_has_no_digest(stored: dict[str, Any]) -> None:
    now = deployment(BY_ENV)
    assert summed([now], [], "ns", {key_of(now, "ns"): stored}) == (now,)
