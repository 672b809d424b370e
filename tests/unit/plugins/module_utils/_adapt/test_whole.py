# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.served import serves
from ansible_collections.inferops.triton.plugins.module_utils._adapt.whole import Whole, Wishes, adapt_whole
from ansible_collections.inferops.triton.plugins.module_utils._adapt.words import told, words
from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._explain.offline_facts import Given, Offline
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Target

from .test_manifest import workload
from .test_nested import custom

NFS = {"name": "data", "nfs": {"server": "nfs.example.com", "path": "/x"}}
HOST = {"name": "data", "hostPath": {"path": "/mnt/data"}}


def whole(objects: Sequence[dict[str, Any]], **wishes: Any) -> Whole:
    before = deepcopy(objects)
    known = Offline(Given(objects=tuple(objects)))
    found = adapt_whole(
        objects, Target("ns", "r"), known, lambda version, kind: serves("openshift", version, kind), Wishes(**wishes)
    )
    assert objects == before
    return found


def mounting(**mount: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "i", "volumeMounts": [{"name": "data", "mountPath": "/d", **mount}]}
    return {"containers": [container], "volumes": [deepcopy(NFS)]}


def test_a_volume_becomes_a_claim_that_outlives_the_release() -> None:
    found = whole([workload(**mounting())], volumes={})
    claim = found.objects[1]
    assert (claim["kind"], claim["metadata"]["annotations"]) == (
        "PersistentVolumeClaim",
        {"helm.sh/resource-policy": "keep"},
    )
    named = {"name": "data", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
    assert found.objects[0]["spec"]["template"]["spec"]["volumes"] == [named]
    assert [(step.kind, step.path, step.after) for step in found.steps] == [
        ("Deployment", "spec.template.spec.volumes[0]", named),
        ("PersistentVolumeClaim", "", claim),
    ]
    (volume,) = found.cluster_definitions
    assert volume["spec"]["claimRef"]["name"] == claim["metadata"]["name"]
    again = whole(list(found.objects), volumes={})
    assert (list(again.objects), again.steps) == (list(found.objects), ())


def test_pods_of_kinds_that_are_not_known_name_the_claim_that_is_made() -> None:
    for item in (
        custom(workers=[{"template": {"spec": mounting()}}]),
        {**workload(**mounting()), "apiVersion": "argoproj.io/v1", "kind": "Rollout"},
    ):
        known = Offline(Given(objects=()))
        found = adapt_whole([item], Target("ns", "r"), known, lambda *_kind: True, Wishes(volumes={}))
        spec = found.objects[0]["spec"]
        pod = spec["template"] if "template" in spec else spec["workers"][0]["template"]
        (name,) = [one["metadata"]["name"] for one in found.objects if one["kind"] == "PersistentVolumeClaim"]
        assert pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"] == name


def test_pods_of_one_object_have_volumes_of_the_same_name() -> None:
    other = mounting()
    other["volumes"] = [{"name": "data", "emptyDir": {}}]
    item = custom(workers=[{"template": {"spec": mounting()}}, {"template": {"spec": other}}])
    known = Offline(Given(objects=()))
    found = adapt_whole([item], Target("ns", "r"), known, lambda *_kind: True, Wishes(volumes={}))
    workers = found.objects[0]["spec"]["workers"]
    assert "persistentVolumeClaim" in workers[0]["template"]["spec"]["volumes"][0]
    assert workers[1]["template"]["spec"]["volumes"] == [{"name": "data", "emptyDir": {}}]


def test_a_directory_inside_the_volume_goes_into_the_mounts() -> None:
    wish = {"data": {"claim": {"existing": "mine", "sub_path": "a"}}}
    for before, after in ((None, "a"), ("b", "a/b")):
        mount = {} if before is None else {"subPath": before}
        found = whole([workload(**mounting(**mount))], volumes=wish)
        spec = found.objects[0]["spec"]["template"]["spec"]
        assert spec["containers"][0]["volumeMounts"][0]["subPath"] == after
        assert spec["volumes"] == [{"name": "data", "persistentVolumeClaim": {"claimName": "mine"}}]
        assert [(step.before, step.after) for step in found.steps if step.path.endswith("subPath")] == [(before, after)]
        assert len(found.objects) == 1


def test_a_volume_that_nobody_says_anything_of_is_refused_with_the_way_out() -> None:
    found = whole([workload(volumes=[HOST])], volumes={})
    (refusal,) = found.refusals
    assert (refusal.kind, refusal.name) == ("Deployment", "w")
    assert "say what takes its place" in refusal.reasons[0]


def test_the_list_of_claims_alone() -> None:
    found = whole([workload(**mounting())])
    assert [(one.claim, one.source) for one in found.storage] == [("w-data", NFS)]
    assert len(found.objects) == 1 and found.cluster_definitions == ()


def test_pods_may_be_left_as_they_are() -> None:
    item = workload(securityContext={"runAsUser": 5}, volumes=[NFS])
    found = whole([item], pods=None, volumes={}, mirrors={"docker.io": "m.example.com"})
    assert found.objects[0]["spec"]["template"]["spec"]["securityContext"] == {"runAsUser": 5}
    assert [step.path for step in found.steps] == ["spec.template.spec.containers[0].image"]
    assert found.refusals == ()


def test_all_that_is_done_to_a_chart_in_one_go() -> None:
    server = workload(securityContext={"runAsUser": 1000})
    container = server["spec"]["template"]["spec"]["containers"][0]
    container |= {"image": "nvcr.io/nvidia/tritonserver:1", "env": [{"name": "A", "value": "1"}] * 2}
    server["spec"]["replicas"] = 2
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "w"}
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "h"},
        "spec": {"scaleTargetRef": target},
    }
    found = whole(
        [server, scaler, {"apiVersion": "dead.example.com/v1", "kind": "Dead", "metadata": {"name": "x"}}],
        drop_missing=True,
        mirrors={"nvcr.io": "m.example.com"},
        models={"modelRepositories": [{"name": "m", "uri": "s3://b/m"}]},
        volumes={},
    )
    spec = found.objects[0]["spec"]
    assert "replicas" not in spec
    (container,) = spec["template"]["spec"]["containers"]
    assert container["args"] == ["tritonserver", "--model-repository=s3://b/m"]
    assert container["image"] == "m.example.com/nvidia/tritonserver:1"
    assert container["env"] == [{"name": "A", "value": "1"}]
    assert "runAsUser" not in spec["template"]["spec"].get("securityContext", {})
    assert [item["kind"] for item in found.objects] == ["Deployment", "HorizontalPodAutoscaler"]


def test_objects_with_nothing_in_them_pass() -> None:
    objects: list[dict[str, Any]] = [
        {},
        {"kind": None, "metadata": None},
        {"kind": "ConfigMap", "metadata": {"name": None, "annotations": None}, "data": None},
        {"kind": "HorizontalPodAutoscaler", "spec": None},
        {"kind": "Service", "spec": {"ports": None, "selector": None}},
    ]
    found = whole(objects, volumes={}, mirrors={"docker.io": "m"})
    assert (list(found.objects), found.steps, found.refusals) == (objects, (), ())


def test_a_wish_counts_where_the_volume_would_be_admitted_as_well() -> None:
    found = whole([workload(**mounting())], volumes={"data": {"claim": {"existing": "mine"}}}, pods=None)
    (volume,) = found.objects[0]["spec"]["template"]["spec"]["volumes"]
    assert volume == {"name": "data", "persistentVolumeClaim": {"claimName": "mine"}}
    assert [step.before for step in found.steps] == [NFS]


def test_a_wish_may_name_the_workload() -> None:
    objects = [workload(**mounting()), {**workload(**mounting()), "metadata": {"name": "other"}}]
    wishes = {"other/data": {"claim": {"existing": "theirs"}}, "data": {"claim": {"existing": "mine"}}}
    found = whole(objects, volumes=wishes)
    claims = [
        item["spec"]["template"]["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"] for item in found.objects
    ]
    assert claims == ["mine", "theirs"]


def test_a_wish_for_a_volume_that_no_pod_has_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(TritonError, match="volumes names dat, but no pod of the chart has .* it has data"):
        whole([workload(**mounting())], volumes={"dat": {"claim": {"size": "1Gi"}}})


def test_what_lies_in_a_directory_of_a_node_has_to_be_copied() -> None:
    objects = [workload(**{**mounting(), "volumes": [deepcopy(HOST)]})]
    found = whole(objects, volumes={"data": {"claim": {"size": "1Gi"}}})
    assert [bool(step.warning) for step in found.steps] == [True, False]


@pytest.mark.parametrize(
    "hook, refused", [("pre-install,post-upgrade", True), ("pre-upgrade", True), ("post-install", False)]
)
def test_a_hook_that_runs_before_its_claim_would_be_made_is_refused(hook: str, refused: bool) -> None:
    item = workload(**mounting())
    item["metadata"]["annotations"] = {"helm.sh/hook": hook}
    found = whole([item], volumes={"data": {"claim": {"size": "1Gi"}}})
    assert bool(found.refusals) is refused
    if refused:
        assert "claim: {existing: " in found.refusals[0].reasons[0]
    assert not whole([item], volumes={"data": {"claim": {"existing": "mine"}}}).refusals


def test_two_volumes_never_share_a_claim_that_is_made() -> None:
    objects = [{**workload(**mounting()), "metadata": {"name": name}} for name in ("x", "r-x")]
    found = whole(objects, volumes={"data": {"claim": {"size": "1Gi"}}})
    assert len(found.refusals) == 1 and "r-x-data" in found.refusals[0].reasons[0]


ENV = [{"name": "DBPW", "value": "hunter1"}, {"name": "DBPW", "value": "hunter2"}]


def test_changes_show_no_values_of_variables() -> None:
    chown = {
        "name": "own",
        "image": "i",
        "command": ["chown", "1", "/data"],
        "securityContext": {"runAsUser": 0},
        "env": ENV[:1],
    }
    spec = {
        "initContainers": [chown],
        "containers": [{"name": "t", "image": "tritonserver:1", "env": ENV, "args": ["tritonserver", "--x=y"]}],
    }
    item = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d"},
        "spec": {"selector": {}, "template": {"spec": spec}},
    }
    models = {
        "modelRepositories": [{"name": "main", "uri": "s3://b/m"}],
        "env": [{"name": "KEY", "value": "hunter3"}],
        "initContainers": [{"name": "fetch", "image": "i", "env": [{"name": "K", "value": "hunter4"}]}],
    }
    found = whole([item], models=models)
    assert found.refusals == ()
    places = {step.path.removeprefix("spec.template.spec.") for step in found.steps}
    assert {"containers[0].env", "containers[0].env[0]", "initContainers", "initContainers[0]"} <= places
    plain = [
        {"kind": one.kind, "name": one.name, "path": one.path, "before": one.before, "after": one.after}
        for one in found.steps
    ]
    assert "hunter" not in repr(found.steps)
    assert "hunter" not in " ".join([*map(words, found.steps), *told({**one, "reason": "r"} for one in plain)])
    # The objects have them.
    assert all(text in repr(found.objects) for text in ("hunter2", "hunter3", "hunter4"))
