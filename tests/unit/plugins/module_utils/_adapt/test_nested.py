# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.nested import nested_sources

from .test_manifest import CONTAINER, adapted

POD: dict[str, Any] = {
    "metadata": {"annotations": {"a": None}},
    "spec": {"containers": [CONTAINER], "securityContext": {"runAsUser": 1000}},
}


def custom(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "example.openshift.io/v1", "kind": "Group", "metadata": {"name": "g"}, "spec": deepcopy(spec)}


def test_templates_in_any_place() -> None:
    item = custom(workers=[{"template": POD}, {"template": POD}], head={"template": POD})
    found = nested_sources(item, "ns")
    assert [one.path for one in found] == ["spec.workers[0].template", "spec.workers[1].template", "spec.head.template"]
    assert all((one.kind, one.name, one.namespace, one.guess) == ("Group", "g", "ns", True) for one in found)
    assert found[0].pod["metadata"] == {"generateName": "g-", "namespace": "ns", "annotations": {"a": ""}}


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"kind": None, "spec": {"a": POD}},
        {"kind": "Group", "metadata": None, "spec": {"template": POD}},
        {"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": POD}}}},
        {"apiVersion": "v1", "kind": "Pod", **POD},
        {"kind": "CustomResourceDefinition", "spec": {"a": POD}},
        {"kind": "Group", "spec": {"a": {"spec": {"containers": [{"name": 1}]}}}},
        {
            "kind": "Group",
            "spec": {"a": {"spec": {"containers": {"type": "array"}}}, "b": {"spec": {"containers": []}}},
        },
        {"kind": "Group", "spec": {"a.b": POD}},
    ],
)
def test_what_is_no_template_or_is_found_elsewhere(item: dict[str, Any]) -> None:
    assert nested_sources(item, "ns") == []


def test_a_job_of_another_group_has_its_templates_elsewhere() -> None:
    item = {"apiVersion": "batch.volcano.sh/v1alpha1", "kind": "Job", "spec": {"tasks": [{"template": POD}]}}
    assert [one.path for one in nested_sources(item, "ns")] == ["spec.tasks[0].template"]


def test_they_are_adapted() -> None:
    volumes = [{"name": "v", "nfs": {"server": "s", "path": "/p"}}]
    other = {**POD, "spec": {**POD["spec"], "hostPID": True}}
    item = custom(workers=[{"template": {**POD, "spec": {**POD["spec"], "volumes": volumes}}}, {"template": other}])
    found = adapted([item])
    place = "spec.workers[0].template.spec"
    assert sorted(step.path for step in found.steps) == [f"{place}.securityContext.runAsUser", f"{place}.volumes[0]"]
    assert found.refusals[0].reasons[0].startswith("spec.workers[1].template.spec.hostPID: ")
    workers = found.objects[0]["spec"]["workers"]
    assert workers[0]["template"]["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": "g-v"}
    assert workers[1] == item["spec"]["workers"][1]
    assert adapted(found.objects).steps == ()
