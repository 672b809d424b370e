# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.step import Step
from ansible_collections.inferops.triton.plugins.module_utils._adapt.templates import (
    HIDDEN,
    containers,
    name_of,
    pods,
    template,
    without_values,
)

POD: dict[str, Any] = {"spec": {"containers": [{"name": "c"}], "initContainers": [None, {"name": "i"}]}}


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"kind": "Pod", **POD}, ""),
        ({"kind": "PodTemplate", "template": POD}, "template."),
        ({"kind": "Deployment", "spec": {"template": POD}}, "spec.template."),
        ({"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": POD}}}}, "spec.jobTemplate.spec.template."),
    ],
)
def test_pods_of_known_kinds(item: Any, path: str) -> None:
    found = template(item)
    assert found is not None and found[1] == path
    assert found[0]["spec"] is POD["spec"]
    assert list(pods(item)) == [found]
    assert [place for _container, place in containers(*found)] == [
        f"{path}spec.containers[0]",
        f"{path}spec.initContainers[1]",
    ]


def test_pods_of_other_kinds() -> None:
    rollout = {"kind": "Rollout", "spec": {"template": POD}}
    whole = {"spec": {"containers": [{"name": "c"}]}}
    cluster = {"kind": "RayCluster", "spec": {"head": {"template": whole}, "workers": [{"template": whole}]}}
    assert template(rollout) is None
    assert [path for _pod, path in pods(rollout)] == ["spec.template."]
    assert [path for _pod, path in pods(cluster)] == ["spec.head.template.", "spec.workers[0].template."]


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"kind": None},
        {"kind": "ConfigMap", "data": {"template": "x"}},
        {"kind": "Deployment", "spec": None},
        {"kind": "Deployment", "spec": {"template": None}},
        {"kind": "Deployment", "spec": {"template": {"spec": None}}},
        {"kind": "Rollout", "spec": {"template": {"spec": {"containers": None}}}},
        {"kind": "CustomResourceDefinition", "spec": {"a": {"template": POD}}},
    ],
)
def test_no_pods(item: Any) -> None:
    assert template(item) is None
    assert list(pods(item)) == []


@pytest.mark.parametrize(
    ("item", "names"),
    [
        ({}, ("", "")),
        ({"kind": None, "metadata": None}, ("", "")),
        ({"kind": "X", "metadata": {"name": None}}, ("X", "")),
        ({"kind": "X", "metadata": []}, ("X", "")),
        ({"kind": "X", "metadata": {"name": 5}}, ("X", "5")),
    ],
)
def test_names(item: Any, names: tuple[str, str]) -> None:
    assert name_of(item) == names


REFERENCE = {"name": "R", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
SECRET, SHOWN = {"name": "DBPW", "value": "hunter2"}, {"name": "DBPW", "value": HIDDEN}
CONTAINER = {"name": "c", "image": "i", "env": [SECRET, REFERENCE], "args": ["x"]}
PLAIN = {**CONTAINER, "env": [SHOWN, REFERENCE]}


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ("spec.containers[0].env", [SECRET, REFERENCE], [SHOWN, REFERENCE]),
        ("spec.containers[0].env[1]", SECRET, SHOWN),
        ("spec.containers[0].env[1]", REFERENCE, REFERENCE),
        ("spec.containers[0].env[1].value", "hunter2", HIDDEN),
        ("spec.initContainers[0]", CONTAINER, PLAIN),
        ("spec.initContainers", [CONTAINER, CONTAINER], [PLAIN, PLAIN]),
        ("", {"spec": {"template": {"spec": {"containers": [CONTAINER]}}}}, None),
        ("spec.containers[0].env", [None, "x"], [None, "x"]),
        ("spec.containers[0].args", ["--x"], ["--x"]),
        ("spec.volumes[0]", {"name": "v", "value": "x"}, {"name": "v", "value": "x"}),
        ("metadata.labels[env]", "production", "production"),
        ("spec.template.spec.securityContext.fsGroup", 5, 5),
    ],
)
def test_no_values_of_variables(path: str, value: Any, wanted: Any) -> None:
    kept = deepcopy(value)
    wanted = {"spec": {"template": {"spec": {"containers": [PLAIN]}}}} if wanted is None else wanted
    given = Step("Deployment", "d", path, value, None, "r", "w", "ns")
    assert without_values(given) == Step("Deployment", "d", path, wanted, None, "r", "w", "ns")
    other = Step("Deployment", "d", path, None, value, "r")
    assert without_values(other) == Step("Deployment", "d", path, None, wanted, "r")
    assert value == kept
