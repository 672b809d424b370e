# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From manifests to pods: every kind of workload, lists, guesses, and what is no manifest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.manifests import (
    PodSource,
    no_pods,
    objects_of,
    pod_sources,
)

TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c"}]}}
CONTROLLER = "system:serviceaccount:kube-system:"


def only(*objects: Any) -> PodSource:
    """The one pod of some objects."""
    (source,) = pod_sources(objects_of(list(objects), "test"), "ns")
    return source


def workload(api_version: str, kind: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "w"}, "spec": spec or {"template": TEMPLATE}}


@pytest.mark.parametrize(
    ("item", "requester", "path"),
    [
        (workload("apps/v1", "Deployment"), "replicaset-controller", "spec.template"),
        (workload("extensions/v1beta1", "Deployment"), "replicaset-controller", "spec.template"),
        (workload("apps/v1", "ReplicaSet"), "replicaset-controller", "spec.template"),
        (workload("apps/v1", "DaemonSet"), "daemon-set-controller", "spec.template"),
        (workload("batch/v1", "Job"), "job-controller", "spec.template"),
        (workload("v1", "ReplicationController"), "replication-controller", "spec.template"),
        (workload("apps.openshift.io/v1", "DeploymentConfig"), "replication-controller", "spec.template"),
        (
            workload("batch/v1", "CronJob", jobTemplate={"spec": {"template": TEMPLATE}}),
            "job-controller",
            "spec.jobTemplate.spec.template",
        ),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
def test_the_controller_of_each_kind_asks_for_its_pods(item: dict[str, Any], requester: str, path: str) -> None:
    source = only(item)
    assert (source.requester, source.path, source.guess) == (CONTROLLER + requester, path, False)
    assert source.pod["metadata"] == {"labels": {"app": "a"}, "generateName": "w-", "namespace": "ns"}


def test_a_stateful_set_knows_its_pods_name_and_mounts_its_claims() -> None:
    template = {
        "spec": {
            "containers": [{"name": "c"}],
            "volumes": [{"name": "data", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
        }
    }
    claims = [{"metadata": {"name": "data"}}]
    source = only(workload("apps/v1", "StatefulSet", template=template, volumeClaimTemplates=claims))
    assert source.requester == f"{CONTROLLER}statefulset-controller"
    assert source.pod["metadata"]["name"] == "w-0"
    assert source.pod["spec"]["volumes"] == [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-w-0"}},
        {"name": "tmp", "emptyDir": {}},
    ]


def test_a_stateful_set_counts_from_its_first_number_and_has_a_claim_of_a_name_once() -> None:
    claims = [{"metadata": {"name": "data"}}, {"metadata": {"name": "data"}}]
    spec = {"template": TEMPLATE, "volumeClaimTemplates": claims, "ordinals": {"start": 3}}
    pod = only(workload("apps/v1", "StatefulSet", **spec)).pod
    assert pod["metadata"]["name"] == "w-3"
    assert pod["spec"]["volumes"] == [{"name": "data", "persistentVolumeClaim": {"claimName": "data-w-3"}}]


def test_labels_and_annotations_without_a_value_are_empty_text_and_other_metadata_stays_behind() -> None:
    metadata = {"name": "x", "namespace": "x", "uid": "x", "labels": {"a": None}, "annotations": {"b": None, "c": "d"}}
    pod = only(workload("apps/v1", "Deployment", template={"metadata": metadata, "spec": TEMPLATE["spec"]})).pod
    wanted = {"generateName": "w-", "namespace": "ns", "labels": {"a": ""}, "annotations": {"b": "", "c": "d"}}
    assert pod["metadata"] == wanted
    bare = {"kind": "Pod", "metadata": {"name": "p", "annotations": {"b": None}}, "spec": TEMPLATE["spec"]}
    assert only(bare).pod["metadata"]["annotations"] == {"b": ""}


def test_a_bare_pod_is_asked_for_by_the_user() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "other"}, "spec": TEMPLATE["spec"]}
    source = only(pod)
    assert (source.requester, source.path, source.namespace, source.guess) == ("", "", "other", False)


def test_an_unknown_kind_with_a_pod_template_is_a_guess() -> None:
    source = only(workload("argoproj.io/v1alpha1", "Rollout"))
    assert (source.guess, source.requester, source.path) == (True, "", "spec.template")
    assert only(workload("serving.knative.dev/v1", "Service")).guess is True
    # A kind of the same name, but of somebody else's group.
    assert only(workload("example.org/v1", "Deployment")).guess is True


def test_lists_are_taken_apart_and_typed_lists_tell_the_kind() -> None:
    inner = {
        "apiVersion": "apps/v1",
        "kind": "DeploymentList",
        "items": [{"metadata": {"name": "x"}, "spec": {"template": TEMPLATE}}],
    }
    outer = {"apiVersion": "v1", "kind": "List", "items": [inner, workload("batch/v1", "Job")]}
    assert [source.kind for source in pod_sources(objects_of(outer, "t"), "ns")] == ["Deployment", "Job"]


def test_text_in_a_list_of_definitions_is_read() -> None:
    text = json.dumps(workload("apps/v1", "Deployment"))
    assert only(text).name == "w"


def test_text_inside_of_text_is_not_read() -> None:
    with pytest.raises(TritonError) as caught:
        objects_of("a{b", "x")
    assert caught.value.message.startswith("Document 1 of x is 'a{b', no object")


def test_what_is_shared_is_taken_apart() -> None:
    context: dict[str, Any] = {}
    spec = {"containers": [{"name": "a", "securityContext": context}, {"name": "b", "securityContext": context}]}
    first, second = only({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec}).pod["spec"]["containers"]
    assert first["securityContext"] is not second["securityContext"]


def test_objects_that_hold_themselves_or_have_no_end() -> None:
    cyclic: dict[str, Any] = {"kind": "List"}
    cyclic["items"] = [cyclic]
    deep: Any = []
    for _level in range(100_000):
        deep = [deep]
    bomb: Any = ["x"] * 10
    for _level in range(10):
        bomb = [bomb] * 10
    for given, words in (
        (cyclic, "x: items is nested deeper than 100 levels."),
        ({"kind": "Pod", "spec": deep}, "x: spec is nested deeper than 100 levels."),
        (bomb, "x holds more than 2000000 values; give it in smaller parts."),
    ):
        with pytest.raises(TritonError) as caught:
            objects_of(given, "x")
        assert caught.value.message == words


def test_half_characters_become_the_sign_for_unreadable_ones() -> None:
    pod = {"kind": "Pod", "metadata": {"name": "p", "annotations": {"a": "\ud800!"}}, "spec": TEMPLATE["spec"]}
    assert only(pod).pod["metadata"]["annotations"] == {"a": "\ufffd!"}


def test_objects_without_pods_are_passed_over() -> None:
    objects = objects_of([{"kind": "Service", "spec": {"template": {"spec": 5}}}, workload("batch/v1", "Job")], "t")
    assert len(pod_sources(objects, "ns")) == 1


def test_the_token_of_the_service_account_among_the_manifests() -> None:
    account = {"kind": "ServiceAccount", "metadata": {"name": "default"}, "automountServiceAccountToken": False}
    assert only(account, workload("apps/v1", "Deployment")).automount is False
    assert only(workload("apps/v1", "Deployment")).automount is None


def test_the_token_of_an_account_under_its_old_name() -> None:
    account = {"kind": "ServiceAccount", "metadata": {"name": "sa"}, "automountServiceAccountToken": False}
    old = {"spec": {"containers": [], "serviceAccount": "sa"}}
    assert only(account, workload("apps/v1", "Deployment", template=old)).automount is False


def test_another_account_may_want_its_token() -> None:
    account = {"kind": "ServiceAccount", "metadata": {"name": "default"}, "automountServiceAccountToken": False}
    assert only(account, workload("apps/v1", "Deployment")).with_account("sa").automount is None


def test_a_service_account_for_pods_that_name_none() -> None:
    assert only(workload("apps/v1", "Deployment")).with_account("sa").pod["spec"]["serviceAccountName"] == "sa"
    named = {"spec": {"containers": [], "serviceAccount": "own"}}
    assert (
        "serviceAccountName"
        not in only(workload("apps/v1", "Deployment", template=named)).with_account("sa").pod["spec"]
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("just a text", "Document 1 of x is 'just a text', no object"),
        ("5", "Document 1 of x is 5, no object"),
        ([{"kind": "Pod", "metadata": {"name": "p"}}], "Pod p has no pod in spec"),
        ([workload("apps/v1", "Deployment", replicas=1)], "Deployment w has no pod in spec.template"),
        ([{"kind": "Pod", "metadata": {"name": 5}, "spec": {}}], "Pod: metadata has name 5"),
        (
            [workload("apps/v1", "StatefulSet", template=TEMPLATE, ordinals={"start": "1"})],
            "StatefulSet w: spec.ordinals.start is '1'; it must be a whole number from 0 on.",
        ),
        (
            [{"kind": "Pod", "metadata": {"name": "a\nb" + "x" * 1000}}],
            f"Pod a?b{'x' * 247}... has no pod in spec; a pod is an object with spec.",
        ),
        (
            [workload("apps/v1", "Deployment", template={"spec": {"securityContext": {"runAsUser": "1000"}}})],
            "Deployment w: spec.template: spec.securityContext.runAsUser is '1000'; it must be a whole number of at most 64 bits.",
        ),
    ],
)
def test_what_is_no_manifest_is_said(given: Any, words: str) -> None:
    with pytest.raises(TritonError) as caught:
        pod_sources(objects_of(given, "x"), "ns")
    assert words in caught.value.message


def test_manifests_without_any_pod_name_what_was_seen() -> None:
    assert "only ConfigMap, Service; give a Pod" in no_pods([{"kind": "Service"}, {"kind": "ConfigMap"}]).message
    assert "nothing at all" in no_pods([]).message
