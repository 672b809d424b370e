# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, Client
from ansible_collections.inferops.triton.plugins.module_utils._kube.facts import (
    Unread,
    allocated_namespace,
    api_groups,
    no_namespace,
    platform_facts,
    read_namespace,
    storage_classes,
    usable_sccs,
)
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import REVIEWS, FakeApi, Seen, status

NAMESPACE = "/api/v1/namespaces/triton"
CLUSTER_VERSION = "/apis/config.openshift.io/v1/clusterversions/version"
MICROSHIFT = "/api/v1/namespaces/kube-public/configmaps/microshift-version"
SCCS = "/apis/security.openshift.io/v1/securitycontextconstraints"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
ALLOCATED = {"openshift.io/sa.scc.uid-range": "5/1", "openshift.io/sa.scc.mcs": "s0"}


def test_groups_with_the_core_group(api: FakeApi, client: Client) -> None:
    names = ("", "apps", "batch", "rbac.authorization.k8s.io", "storage.k8s.io")
    assert api_groups(client) == {key: ["v1"] for key in names}


@pytest.mark.parametrize("answer", [{}, {"groups": None}, {"groups": {}}])
def test_groups_of_something_that_is_no_api_server(api: FakeApi, client: Client, answer: dict[str, Any]) -> None:
    api.answers["GET", "/apis"] = (200, answer)
    with pytest.raises(TritonError, match="answered GET /apis with something that no API server says"):
        api_groups(client)


def facts_of(client: Client) -> Any:
    unread = Unread()
    return platform_facts(client, api_groups(client), unread), unread.sentences


def test_facts_elsewhere(api: FakeApi, client: Client) -> None:
    facts, unread = facts_of(client)
    assert (facts.git_version, facts.cluster_version, facts.microshift, unread) == ("v1.35.4", None, False, [])
    assert facts.host == api.url.removeprefix("http://")
    assert [seen.path for seen in api.seen] == ["/apis", "/version"]


def test_facts_of_openshift(api: FakeApi, client: Client) -> None:
    api.openshift()
    api.add("config.openshift.io/v1", "ClusterVersion", "version", status={"history": []})
    facts, unread = facts_of(client)
    assert facts.cluster_version["status"] == {"history": []}
    assert (facts.microshift, unread) == (False, [])


def test_version_of_openshift_that_may_not_be_read_is_named(api: FakeApi, client: Client) -> None:
    api.openshift()
    api.refuse("GET", CLUSTER_VERSION, 403, "Forbidden", "User cannot get clusterversions")
    facts, unread = facts_of(client)
    assert facts.cluster_version is None
    assert unread == ["The OpenShift version (ClusterVersion) could not be read: User cannot get clusterversions"]


@pytest.mark.parametrize("there", [True, False])
def test_facts_of_microshift(api: FakeApi, client: Client, there: bool) -> None:
    api.groups.append("security.openshift.io")
    if there:
        api.add("v1", "ConfigMap", "microshift-version", "kube-public")
    facts, unread = facts_of(client)
    assert (facts.microshift, unread) == (there, [])


def test_only_what_is_forbidden_is_left_out(api: FakeApi, client: Client) -> None:
    api.refuse("GET", CLASSES, 500, "InternalError", "no")
    with pytest.raises(ApiError):
        storage_classes(client, Unread())


def test_storage_classes(api: FakeApi, client: Client) -> None:
    default = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
    fields = {"provisioner": "example.org/a", "allowVolumeExpansion": True, "volumeBindingMode": "WaitForFirstConsumer"}
    api.add("storage.k8s.io/v1", "StorageClass", "fast", metadata=default, **fields)
    api.add("storage.k8s.io/v1", "StorageClass", "slow", provisioner="example.org/b")
    assert storage_classes(client, Unread()) == [
        {
            "name": "fast",
            "provisioner": "example.org/a",
            "default": True,
            "expandable": True,
            "binding_mode": "WaitForFirstConsumer",
        },
        {
            "name": "slow",
            "provisioner": "example.org/b",
            "default": False,
            "expandable": False,
            "binding_mode": "Immediate",
        },
    ]


def test_a_class_that_says_that_it_is_not_the_default(api: FakeApi, client: Client) -> None:
    metadata = {"annotations": {"storageclass.kubernetes.io/is-default-class": "false"}}
    api.add("storage.k8s.io/v1", "StorageClass", "slow", metadata=metadata)
    assert storage_classes(client, Unread())[0]["default"] is False


def test_storage_classes_that_may_not_be_read(api: FakeApi, client: Client) -> None:
    api.refuse("GET", CLASSES, 403, "Forbidden", "no")
    unread = Unread()
    assert storage_classes(client, unread) is None
    assert unread.sentences == ["The storage classes could not be read: no"]


def test_usable_sccs(api: FakeApi, client: Client) -> None:
    for name in ("restricted-v2", "privileged", "anyuid"):
        api.add("security.openshift.io/v1", "SecurityContextConstraints", name)

    def review(seen: Seen) -> tuple[int, Any]:
        asked = seen.body["spec"]["resourceAttributes"]
        assert (asked["verb"], asked["namespace"], asked["group"]) == ("use", "triton", "security.openshift.io")
        return 201, {"status": {"allowed": asked["name"] != "privileged"}}

    api.answers["POST", REVIEWS[0]] = review
    assert usable_sccs(client, "triton", Unread()) == ["anyuid", "restricted-v2"]


def test_sccs_that_may_not_be_listed(api: FakeApi, client: Client) -> None:
    api.refuse("GET", SCCS, 403, "Forbidden", "no")
    unread = Unread()
    assert usable_sccs(client, "triton", unread) is None
    assert unread.sentences == ["The SCCs could not be read: no"]


def test_namespace(api: FakeApi, client: Client) -> None:
    assert read_namespace(client, "triton") is None
    api.add("v1", "Namespace", "triton")
    live = read_namespace(client, "triton")
    assert live is not None and live["metadata"]["name"] == "triton"


def test_namespace_that_may_not_be_read(api: FakeApi, client: Client) -> None:
    api.refuse("GET", NAMESPACE, 403, "Forbidden", "User jane cannot get namespaces")
    with pytest.raises(TritonError) as caught:
        read_namespace(client, "triton")
    assert caught.value.message.startswith(
        'Namespace "triton" cannot be read with these credentials (User jane cannot get namespaces); it may not exist.'
    )
    assert "kubectl create rolebinding triton-deployer-YOU --clusterrole=edit" in caught.value.message
    assert caught.value.details["status"] == 403


def test_a_name_that_is_no_name_leads_nowhere_else(api: FakeApi, client: Client) -> None:
    api.add("v1", "Secret", "s", "triton")
    assert read_namespace(client, "triton/secrets/s") is None or api.seen[-1].path == NAMESPACE + "/secrets/s"


def test_allocated_namespace_is_returned_at_once(api: FakeApi, client: Client) -> None:
    api.add("v1", "Namespace", "triton", metadata={"annotations": ALLOCATED})
    assert allocated_namespace(client, "triton", 30)["metadata"]["annotations"] == ALLOCATED
    assert len(api.seen) == 1


def test_annotations_that_come_a_moment_later_are_awaited(api: FakeApi, client: Client) -> None:
    bare = {"metadata": {"name": "triton"}}
    half = {"metadata": {"annotations": {"openshift.io/sa.scc.mcs": "s0"}}}
    done = {"metadata": {"annotations": ALLOCATED}}
    answers = iter([bare, half, done])
    api.answers["GET", NAMESPACE] = lambda _seen: (200, next(answers))
    assert allocated_namespace(client, "triton", 30) == done


def test_annotations_that_stay_away_are_the_readers_to_judge(api: FakeApi, client: Client) -> None:
    api.add("v1", "Namespace", "triton")
    assert allocated_namespace(client, "triton", 0)["metadata"]["name"] == "triton"


def test_a_namespace_that_is_not_there_is_not_waited_for(api: FakeApi, client: Client) -> None:
    with pytest.raises(TritonError) as caught:
        allocated_namespace(client, "triton", 600)
    assert caught.value.message == no_namespace(client, "triton").message
    assert len(api.seen) == 1


def test_a_namespace_that_goes_while_waiting(api: FakeApi, client: Client) -> None:
    answers = iter([(200, {"metadata": {}}), status(404, "NotFound", "gone")])
    api.answers["GET", NAMESPACE] = lambda _seen: next(answers)
    with pytest.raises(TritonError, match="does not exist"):
        allocated_namespace(client, "triton", 30)


def test_sentence_for_a_missing_namespace(api: FakeApi, client: Client) -> None:
    error = no_namespace(client, "triton")
    assert error.message == (
        f'Namespace "triton" does not exist on {api.url}; create it, run the playbook inferops.triton.prepare, or correct the name.'
    )
    assert error.details == {"namespace": "triton"}
