# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.listed_twice import without_doubles


def workload(kind: str = "Deployment", **container: Any) -> dict[str, Any]:
    template = {"spec": {"containers": [{"name": "c", **container}]}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "d"}, "spec": {"template": template}}


def env(*pairs: str) -> list[dict[str, str]]:
    return [{"name": pair.partition("=")[0], "value": pair.partition("=")[2]} for pair in pairs]


def field_of(item: dict[str, Any], field: str) -> tuple[Any, list[str]]:
    """A field of the container in the end, and the paths that went."""
    before = deepcopy(item)
    (found,), steps = without_doubles([item])
    assert item == before
    again = without_doubles([found])
    assert again == ([found], [])
    return found["spec"]["template"]["spec"]["containers"][0][field], [step.path for step in steps]


ENV = "spec.template.spec.containers[0].env"


@pytest.mark.parametrize(
    ("given", "wanted", "gone"),
    [
        (["A=1", "B=2"], ["A=1", "B=2"], []),
        (["A=1", "B=2", "A=3"], ["B=2", "A=3"], [0]),
        (["A=1", "A=1"], ["A=1"], [0]),
        (["A=1", "A=2", "A=3"], ["A=3"], [1, 0]),
        # What is between, or the last one itself, has the value of the first one.
        (["A=1", "B=$(A)/x", "A=3"], ["A=1", "B=$(A)/x", "A=3"], []),
        (["A=1", "A=$(A):2"], ["A=1", "A=$(A):2"], []),
        # Behind the last one nobody sees the first one.
        (["A=1", "A=2", "B=$(A)"], ["A=2", "B=$(A)"], [0]),
        (["$(A)=1", "$(A)=2"], ["$(A)=2"], [0]),
    ],
)
def test_the_last_variable_of_a_name_counts(given: list[str], wanted: list[str], gone: list[int]) -> None:
    found, paths = field_of(workload(env=env(*given)), "env")
    assert (found, paths) == (env(*wanted), [f"{ENV}[{index}]" for index in gone])


@pytest.mark.parametrize(
    ("ports", "kept"),
    [
        ([{"containerPort": 80}, {"containerPort": 81}], [0, 1]),
        ([{"containerPort": 80}, {"containerPort": 80}], [1]),
        # TCP is what the API server puts where nothing is said.
        ([{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 80}], [1]),
        ([{"containerPort": 80, "protocol": None}, {"containerPort": 80}], [1]),
        ([{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 80}], [0, 1]),
        # A probe or Service may name either.
        ([{"containerPort": 80, "name": "a"}, {"containerPort": 80, "name": "b"}], [0, 1]),
    ],
)
def test_ports_that_are_the_same(ports: list[dict[str, Any]], kept: list[int]) -> None:
    assert field_of(workload(ports=ports), "ports")[0] == [ports[index] for index in kept]


def test_pull_secrets() -> None:
    item = workload()
    item["spec"]["template"]["spec"]["imagePullSecrets"] = [{"name": name} for name in "abab"]
    (found,), steps = without_doubles([item])
    assert found["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "a"}, {"name": "b"}]
    assert [step.path for step in steps] == [f"spec.template.spec.imagePullSecrets[{index}]" for index in (1, 0)]


def test_containers_of_all_kinds_and_workloads_of_all_kinds() -> None:
    doubled = {"name": "i", "env": env("A=1", "A=2")}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"initContainers": [doubled], "containers": []},
    }
    job = {
        "kind": "CronJob",
        "metadata": {"name": "j"},
        "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [doubled]}}}}},
    }
    _objects, steps = without_doubles([pod, job])
    assert [(step.kind, step.path) for step in steps] == [
        ("Pod", "spec.initContainers[0].env[0]"),
        ("CronJob", "spec.jobTemplate.spec.template.spec.containers[0].env[0]"),
    ]


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"kind": None},
        {"kind": "Deployment", "metadata": None, "spec": None},
        {"kind": "Deployment", "spec": {"template": {"spec": {"containers": None, "imagePullSecrets": None}}}},
        {"kind": "Deployment", "spec": {"template": {"spec": {"containers": 5, "imagePullSecrets": 5}}}},
        {"kind": "Deployment", "spec": {"template": {"spec": {"containers": {"a": 1}}}}},
        workload(env=None, ports=None),
        workload(env=5, ports="80"),
        workload(env=[None, None, 5]),
        workload(env=[{"value": "x"}, {"value": "x"}]),
        workload(ports=[None, {"containerPort": 1}]),
    ],
)
def test_what_is_malformed_passes(item: dict[str, Any]) -> None:
    assert without_doubles([item]) == ([item], [])


def test_nothing_between_two_variables_is_no_reference() -> None:
    given = [*env("A=1"), None, {"name": "B", "valueFrom": {}}, {"name": "C", "value": None}, *env("A=2")]
    assert field_of(workload(env=given), "env")[0] == given[1:]
