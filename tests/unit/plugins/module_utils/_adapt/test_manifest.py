# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole manifests: what is right stays, what is changed is listed, and the result is admitted."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.choices import EXPLICIT
from ansible_collections.inferops.triton.plugins.module_utils._adapt.manifest import Adapted, adapt, differences
from ansible_collections.inferops.triton.plugins.module_utils._adapt.pods import Wish
from ansible_collections.inferops.triton.plugins.module_utils._adapt.served import serves
from ansible_collections.inferops.triton.plugins.module_utils._explain.explain import explain
from ansible_collections.inferops.triton.plugins.module_utils._explain.offline_facts import EXAMPLE, Given, Offline
from ansible_collections.inferops.triton.plugins.module_utils._scc.manifests import pod_sources

from .._scc.random_pods import random_pod

FIRST = int(EXAMPLE["openshift.io/sa.scc.uid-range"].partition("/")[0])
CONTAINER = {"name": "c", "image": "i"}


def workload(kind: str = "Deployment", name: str = "w", **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [deepcopy(CONTAINER)], **spec}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template},
    }


def adapted(
    objects: Sequence[dict[str, Any]], drop_missing: bool = False, platform: str = "openshift", **wish: Any
) -> Adapted:
    known = Offline(Given(objects=tuple(objects), platform=platform))
    return adapt(
        objects, "ns", known, lambda version, kind: serves(platform, version, kind), Wish(**wish), drop_missing
    )


def verdicts(objects: Sequence[dict[str, Any]]) -> list[tuple[str, str | None]]:
    known = Offline(Given(objects=tuple(objects)))
    found = [explain(source, known.facts("ns")) for source in pod_sources(objects, "ns")]
    return [(one["verdict"], one["scc"]) for one in found]


def paths(found: Adapted) -> list[str]:
    return [step.path for step in found.steps]


def test_what_is_right_is_changed_in_nothing() -> None:
    objects = [
        workload(),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "{{ b }}"}},
        {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "m"}},
        {"kind": "Anything"},
    ]
    found = adapted(objects)
    assert list(found.objects) == objects
    assert (found.steps, found.refusals, found.storage) == ((), (), ())


def test_the_defects_of_the_official_chart() -> None:
    nfs = {"name": "models", "nfs": {"server": "nfs.example.com", "path": "/models"}}
    objects = [
        workload(securityContext={"runAsUser": 1000, "fsGroup": 1000}, volumes=[nfs]),
        {"apiVersion": "autoscaling/v2beta2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"}},
        {"apiVersion": "traefik.containo.us/v1alpha1", "kind": "IngressRoute", "metadata": {"name": "r"}},
    ]
    found = adapted(objects, drop_missing=True)
    assert [(step.kind, step.path, step.before, step.after) for step in found.steps] == [
        ("Deployment", "spec.template.spec.securityContext.fsGroup", 1000, None),
        (
            "Deployment",
            "spec.template.spec.volumes[0]",
            nfs,
            {"name": "models", "persistentVolumeClaim": {"claimName": "w-models"}},
        ),
        ("Deployment", "spec.template.spec.securityContext.runAsUser", 1000, None),
        ("HorizontalPodAutoscaler", "apiVersion", "autoscaling/v2beta2", "autoscaling/v2"),
        ("IngressRoute", "", "traefik.containo.us/v1alpha1", None),
    ]
    assert [(one.claim, one.source) for one in found.storage] == [("w-models", nfs)]
    assert found.refusals == ()
    assert verdicts(found.objects) == [("admitted", "restricted-v2")]
    assert [item["kind"] for item in found.objects] == ["Deployment", "HorizontalPodAutoscaler"]


def test_volumes_of_one_name_become_claims_of_their_own() -> None:
    export = {"name": "data", "nfs": {"server": "s", "path": "/p", "readOnly": True}}
    found = adapted([workload(name="one", volumes=[export]), workload(name="two", volumes=[export])])
    volumes = [item["spec"]["template"]["spec"]["volumes"] for item in found.objects]
    assert volumes == [
        [{"name": "data", "persistentVolumeClaim": {"claimName": f"{name}-data", "readOnly": True}}]
        for name in ("one", "two")
    ]
    assert [one.claim for one in found.storage] == ["one-data", "two-data"]


def test_ids_are_replaced_where_that_is_wanted() -> None:
    container = {**CONTAINER, "securityContext": {"runAsUser": 1001, "runAsGroup": 1001}}
    objects = [workload(securityContext={"fsGroup": 1001}, containers=[container])]
    found = adapted(objects, style=EXPLICIT)
    spec = found.objects[0]["spec"]["template"]["spec"]
    assert spec["securityContext"] == {"fsGroup": FIRST}
    assert spec["containers"][0]["securityContext"] == {"runAsUser": FIRST}
    assert {step.path.rpartition(".")[2]: step.after for step in found.steps} == {
        "runAsUser": FIRST,
        "fsGroup": FIRST,
        "runAsGroup": None,
    }
    assert verdicts(found.objects) == [("admitted", "restricted-v2")]


def test_each_container_gets_the_number_that_openshift_would_give_it() -> None:
    containers = [
        {"name": "kept", "securityContext": {"runAsUser": FIRST + 5}},
        {"name": "fixed", "securityContext": {"runAsUser": 1001}},
    ]
    (item,) = adapted([workload(containers=containers)], style=EXPLICIT).objects
    users = [one["securityContext"]["runAsUser"] for one in item["spec"]["template"]["spec"]["containers"]]
    assert users == [FIRST + 5, FIRST]


def test_paths_are_those_of_the_object_as_it_was() -> None:
    chown = {"name": "own", "image": "i", "command": ["chown", "1001", "/data"], "securityContext": {"runAsUser": 0}}
    warm = {"name": "warm", "image": "i", "securityContext": {"runAsUser": 1001}}
    found = adapted([workload(initContainers=[deepcopy(one) for one in (chown, warm, chown, warm)])])
    place = "spec.template.spec.initContainers"
    assert sorted(paths(found)) == [
        f"{place}[0]",
        f"{place}[1].securityContext.runAsUser",
        f"{place}[2]",
        f"{place}[3].securityContext.runAsUser",
    ]
    assert found.refusals == ()


@pytest.mark.parametrize("platform", ["openshift", "kubernetes"])
def test_a_place_that_is_changed_twice_is_listed_once(platform: str) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns", "labels": labels}}
    context = {"capabilities": {"add": ["CHOWN", "NET_BIND_SERVICE"]}, "procMount": "Default"}
    item = workload(containers=[{**CONTAINER, "securityContext": context}], volumes=[{"name": "n", "nfs": {}}])
    found = adapted([namespace, item], platform=platform)
    listed = [path for path in paths(found) if "capabilities" in path]
    assert len(listed) == 1 and found.refusals == ()
    (step,) = (step for step in found.steps if "capabilities" in step.path)
    whole = step.path.endswith("capabilities")
    assert step.before == (context["capabilities"] if whole else ["CHOWN", "NET_BIND_SERVICE"])


def test_capabilities_that_only_pod_security_forbids_are_missed_as_well() -> None:
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns", "labels": labels}}
    item = workload(containers=[{**CONTAINER, "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}])
    found = adapted([namespace, item], platform="kubernetes")
    assert "it would miss NET_ADMIN" in found.refusals[0].reasons[0]
    assert adapted([namespace, item], platform="kubernetes", allow=("capabilities",)).refusals == ()


@pytest.mark.parametrize(
    ("context", "containers", "left"),
    [
        # The group of a container whose user is the pod's, and that of the pod when no container has a user of its own.
        ({"runAsUser": 1001}, [{"runAsGroup": 1001}], ({}, [{}])),
        ({"runAsGroup": 1001}, [{"runAsUser": 1001}], ({}, [{}])),
        ({"runAsUser": 1001, "runAsGroup": 0}, [{}], ({"runAsGroup": 0}, [{}])),
        (
            {"runAsGroup": 5},
            [{"runAsUser": 1001}, {"runAsUser": FIRST}],
            ({"runAsGroup": 5}, [{}, {"runAsUser": FIRST}]),
        ),
    ],
)
def test_groups_go_with_their_users(context: dict[str, Any], containers: list[Any], left: Any) -> None:
    given = [{"name": f"c{index}", "securityContext": one} for index, one in enumerate(containers)]
    (item,) = adapted([workload(securityContext=context, containers=given)]).objects
    spec = item["spec"]["template"]["spec"]
    assert (spec["securityContext"], [one["securityContext"] for one in spec["containers"]]) == left


def test_volumes_of_the_same_name_are_kept_apart() -> None:
    twice = [{"name": "v", "emptyDir": {}}, {"name": "v", "nfs": {"server": "s", "path": "/p"}}]
    found = adapted([workload(volumes=twice)])
    volumes = found.objects[0]["spec"]["template"]["spec"]["volumes"]
    assert volumes == [twice[0], {"name": "v", "persistentVolumeClaim": {"claimName": "w-v"}}]
    assert paths(found) == ["spec.template.spec.volumes[1]"]


def test_null_is_no_source_of_a_volume() -> None:
    volume = {"name": "v", "hostPath": None, "nfs": {"server": "s", "path": "/p", "readOnly": True}}
    found = adapted([workload(volumes=[volume])])
    claim = {"name": "v", "persistentVolumeClaim": {"claimName": "w-v", "readOnly": True}}
    assert found.refusals == ()
    assert found.objects[0]["spec"]["template"]["spec"]["volumes"] == [claim]


def test_a_claim_is_for_one_thing_only() -> None:
    export = {"name": "data", "nfs": {"server": "s", "path": "/p"}}
    other = {"name": "data", "nfs": {"server": "s", "path": "/other"}}
    taken = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "x-data"}}
    items = [workload("Deployment", volumes=[export]), workload("StatefulSet", volumes=[export])]
    items += [workload("ReplicaSet", volumes=[other]), workload(name="x", volumes=[export]), taken]
    found = adapted(items)
    assert [(one.kind, one.claim, one.source["nfs"]["path"]) for one in found.storage] == [
        ("Deployment", "w-data", "/p"),
        ("StatefulSet", "w-data", "/p"),
        ("ReplicaSet", "w-data-2", "/other"),
        ("Deployment", "x-data-2", "/p"),
    ]
    assert adapted(found.objects).steps == ()


def test_claims_are_told_apart_by_their_namespaces() -> None:
    export = {"name": "data", "nfs": {"server": "s", "path": "/p"}}
    far = {**workload(volumes=[{**export, "nfs": {"server": "s", "path": "/far"}}])}
    far["metadata"] = {"name": "w", "namespace": "far"}
    taken = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "w-data", "namespace": "elsewhere"},
    }
    found = adapted([workload(volumes=[export]), far, taken])
    assert [(one.namespace, one.claim) for one in found.storage] == [("ns", "w-data"), ("far", "w-data")]


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"name": False}, "metadata.name is false, which is no text; quote it in the chart"),
        ({"name": 5}, "metadata.name is 5, which is no text; quote it in the chart"),
        ({"generateName": 1.5}, "metadata.generateName is 1.5, which is no text; quote it in the chart"),
        ({"name": "x", "namespace": True}, "metadata.namespace is true, which is no text; quote it in the chart"),
        ({"name": ["x" * 100]}, "metadata.name is list, which is no text; quote it in the chart"),
    ],
)
@pytest.mark.parametrize(
    "item", [{"apiVersion": "v1", "kind": "ConfigMap"}, workload(), {"apiVersion": "v1", "kind": "ServiceAccount"}]
)
def test_names_that_yaml_reads_as_something_else(item: dict[str, Any], metadata: Any, words: str) -> None:
    given = {**item, "metadata": metadata}
    found = adapted([given, workload()])
    assert [(one.kind, one.reasons) for one in found.refusals] == [(item["kind"], (words,))]
    assert list(found.objects) == [given, workload()]


def test_what_is_null_stays_null() -> None:
    item = workload(securityContext={"runAsUser": 1}, initContainers=None, volumes=None)
    item["spec"]["template"]["metadata"] |= {"annotations": {"a": None, "openshift.io/required-scc": "anyuid"}}
    (result,) = adapted([item]).objects
    template = result["spec"]["template"]
    assert template["metadata"]["annotations"] == {"a": None, "openshift.io/required-scc": "restricted-v2"}
    assert template["spec"] == {
        "containers": [CONTAINER],
        "securityContext": {},
        "initContainers": None,
        "volumes": None,
    }


def test_parts_that_are_shared_are_changed_one_by_one() -> None:
    shared = {"runAsUser": 1}
    found = adapted([workload(containers=[{"name": name, "securityContext": shared} for name in "ab"])])
    assert paths(found) == [f"spec.template.spec.containers[{index}].securityContext.runAsUser" for index in range(2)]
    assert shared == {"runAsUser": 1}


def test_a_generated_name_is_a_name() -> None:
    item = {**workload(securityContext={"runAsUser": 1}), "metadata": {"generateName": "g-"}}
    found = adapted([{**item, "apiVersion": "apps/v1beta2"}])
    assert {step.name for step in found.steps} == {"g-"}


def test_a_way_out_is_named_where_no_scc_of_its_own_is_one() -> None:
    item = workload(hostPID=True)
    item["spec"]["template"]["metadata"]["annotations"] = {"openshift.io/required-scc": "privileged"}
    (refusal,) = adapted([item]).refusals
    assert refusal.scc is None
    assert refusal.reasons[1].startswith(
        "it asks for SCC privileged by name, which admits it once granted: oc adm policy"
    )
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns", "labels": labels}}
    (refusal,) = adapted([namespace, workload(hostPID=True)]).refusals
    assert refusal.scc is None
    assert refusal.reasons[1:] == (
        "Pod Security restricted:latest of the namespace forbids it as it is: host namespaces (hostPID=true)",
    )


def test_why_nothing_helps_is_said() -> None:
    item = workload(securityContext={"runAsUser": 1})
    assert adapted([item], scc="gone").refusals[0].reasons == ("there is no SCC gone",)
    annotations = {**EXAMPLE, "openshift.io/sa.scc.uid-range": "x"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns", "annotations": annotations}}
    (reason,) = adapted([namespace, item]).refusals[0].reasons
    assert reason.startswith("no change of its fields does: ") and "pre-allocated uid annotation" in reason


def test_a_stateful_set_keeps_its_claims_to_itself() -> None:
    chown = {"name": "own", "image": "i", "command": ["chown", "1001", "/data"], "securityContext": {"runAsUser": 0}}
    item = workload("StatefulSet", initContainers=[chown], securityContext={"fsGroup": 1001})
    item["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": {}}]
    found = adapted([item])
    template = found.objects[0]["spec"]["template"]["spec"]
    assert "volumes" not in template and "initContainers" not in template
    assert paths(found) == ["spec.template.spec.initContainers[0]", "spec.template.spec.securityContext.fsGroup"]
    assert verdicts(found.objects) == [("admitted", "restricted-v2")]


@pytest.mark.parametrize("first", [[], [{"name": "data", "emptyDir": {}}], [{"name": "tmp", "emptyDir": {}}]])
def test_volumes_beside_claim_templates(first: list[dict[str, Any]]) -> None:
    export = {"name": "models", "nfs": {"server": "s", "path": "/p"}}
    item = workload("StatefulSet", volumes=[*first, export])
    item["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}}, {"metadata": {"name": "more"}}]
    found = adapted([item])
    claim = {"name": "models", "persistentVolumeClaim": {"claimName": "w-models"}}
    assert found.objects[0]["spec"]["template"]["spec"]["volumes"] == [*first, claim]
    assert paths(found) == [f"spec.template.spec.volumes[{len(first)}]"]
    assert adapted(found.objects).steps == ()


def test_what_cannot_be_adapted_safely_is_refused_with_the_smallest_scc() -> None:
    item = workload("DaemonSet", "agent", hostPID=True, volumes=[{"name": "p", "hostPath": {"path": "/proc"}}])
    found = adapted([item])
    assert (list(found.objects), found.steps) == ([], ()) or list(found.objects) == [item]
    (refusal,) = found.refusals
    assert any("spec.template.spec.hostPID" in text for text in refusal.reasons)
    assert any("/proc is the node's" in text for text in refusal.reasons)
    assert refusal.scc is not None
    assert (refusal.scc["allowHostPID"], refusal.scc["allowHostDirVolumePlugin"]) == (True, True)
    assert (refusal.scc["allowHostNetwork"], refusal.scc["allowPrivilegedContainer"]) == (False, False)
    allowed = adapted([item], allow=("host_path", "host_network"))
    assert allowed.refusals == ()
    assert verdicts(allowed.objects) == [("admitted", "restricted-v2")]


def test_a_kind_that_nobody_serves_is_named_and_left_out_only_when_that_is_allowed() -> None:
    item = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "t"}}
    found = adapted([item])
    assert found.refusals[0].reasons[0].startswith("the cluster does not serve Thing of example.com/v1")
    dropped = adapted([item], drop_missing=True)
    assert (dropped.objects, paths(dropped), dropped.refusals) == ((), [""], ())
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {"group": "example.com", "names": {"kind": "Thing"}},
    }
    brought = adapted([item, definition])
    assert (list(brought.objects), brought.steps, brought.refusals) == ([item, definition], (), ())


def test_pod_security_counts_as_well() -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns", "labels": labels}}
    found = adapted([namespace, workload()], platform="kubernetes")
    assert found.refusals == ()
    context = found.objects[1]["spec"]["template"]["spec"]
    assert context["securityContext"]["runAsNonRoot"] is True
    assert context["containers"][0]["securityContext"]["allowPrivilegeEscalation"] is False
    assert adapted(found.objects, platform="kubernetes").steps == ()


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
@pytest.mark.parametrize("seed", range(60))
def test_of_random_workloads(seed: int, kind: str) -> None:
    """Admitted or refused with a reason; once is enough; nothing differs but what is listed."""
    pod = random_pod(seed)
    item = workload(kind, **pod["spec"])
    item["spec"]["template"]["metadata"]["annotations"] = dict((pod.get("metadata") or {}).get("annotations") or {})
    before = deepcopy(item)
    for style in ("omit", EXPLICIT):
        found = adapted([item], style=style)
        assert item == before
        if found.refusals:
            assert found.refusals[0].reasons
            continue
        (result,) = found.objects
        assert verdicts([result])[0][0] == "admitted"
        assert adapted([result], style=style).steps == ()
        listed = [step.path for step in found.steps]
        for path, _old, _new in differences(before, result):
            assert any(path.startswith(one) or one.startswith(path) for one in listed), (path, listed)
        assert bool(listed) is (result != before)


def test_differences() -> None:
    old = {"a": 1, "b": [1, {"c": 2}], "d": {}, "e": [1]}
    new = {"a": 1, "b": [1, {"c": 3}], "e": [1, 2], "f": None}
    assert list(differences(old, new)) == [("b[1].c", 2, 3), ("d", {}, None), ("e", [1], [1, 2]), ("f", None, None)]
