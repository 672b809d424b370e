# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, Client
from ansible_collections.inferops.triton.plugins.module_utils._kube.workload import failed_creates, pod_log, read
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi

SELECTOR = {"selector": {"matchLabels": {"app": "triton"}}}
EVENTS = "/api/v1/namespaces/ns/events"


def revision(number: int) -> dict[str, Any]:
    return {"deployment.kubernetes.io/revision": str(number)}


def owner(live: dict[str, Any]) -> dict[str, Any]:
    return {"labels": {"app": "triton"}, "ownerReferences": [{"uid": live["metadata"]["uid"]}]}


def names(items: Any) -> list[str]:
    return [item["metadata"]["name"] for item in items]


@pytest.fixture
def deployment(api: FakeApi) -> dict[str, Any]:
    """A Deployment in its second revision, with pods of both."""
    live = api.add("apps/v1", "Deployment", "server", "ns", spec=SELECTOR, metadata={"annotations": revision(2)})
    old = api.add("apps/v1", "ReplicaSet", "old", "ns", metadata={**owner(live), "annotations": revision(1)})
    new = api.add("apps/v1", "ReplicaSet", "new", "ns", metadata={**owner(live), "annotations": revision(2)})
    api.add("v1", "Pod", "of-old", "ns", metadata=owner(old))
    api.add("v1", "Pod", "of-new", "ns", metadata=owner(new))
    api.add("v1", "Pod", "foreign", "ns", metadata={"labels": {"app": "triton"}})
    return live


@pytest.mark.usefixtures("deployment")
def test_a_deployments_pods_are_those_of_its_newest_replica_set(client: Client) -> None:
    live = read(client, "ns", "Deployment", "server")
    assert live is not None
    assert names(live.creators) == ["new"]
    assert names(live.pods) == ["of-new"]
    assert (live.kind, live.live["kind"], live.creators[0]["kind"]) == ("Deployment", "Deployment", "ReplicaSet")


def test_a_deployment_without_a_replica_set_yet(api: FakeApi, client: Client) -> None:
    api.add("apps/v1", "Deployment", "server", "ns", spec=SELECTOR)
    live = read(client, "ns", "Deployment", "server")
    assert live is not None
    assert (list(live.creators), list(live.pods)) == ([], [])


def test_lists_are_asked_by_the_workloads_labels(api: FakeApi, client: Client, deployment: dict[str, Any]) -> None:
    deployment["spec"] = {"selector": {"matchLabels": {"b": "2", "a": "1"}}}
    read(client, "ns", "Deployment", "server")
    assert [seen.query for seen in api.seen[1:]] == [{"labelSelector": "a=1,b=2"}]


@pytest.mark.parametrize(
    "api_version, kind",
    [("batch/v1", "Job"), ("apps/v1", "ReplicaSet"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet")],
)
def test_any_other_kind_creates_its_pods_itself(api: FakeApi, client: Client, api_version: str, kind: str) -> None:
    live = api.add(api_version, kind, "load", "ns", spec=SELECTOR)
    api.add("v1", "Pod", "load-1", "ns", metadata=owner(live))
    found = read(client, "ns", kind, "load")
    assert found is not None
    assert (names(found.creators), names(found.pods)) == (["load"], ["load-1"])
    assert found.kind == found.creators[0]["kind"] == kind


def test_a_workload_that_is_not_there(client: Client) -> None:
    assert read(client, "ns", "Deployment", "missing") is None


@pytest.mark.parametrize("kind", ["Pod", "deployment", "", "CronJob"])
def test_a_kind_that_cannot_be_looked_into(client: Client, api: FakeApi, kind: str) -> None:
    with pytest.raises(TritonError, match=f"^{kind} is no workload that can be looked into; choose from Deployment, "):
        read(client, "ns", kind, "x")
    assert api.seen == []


def test_template(api: FakeApi, client: Client) -> None:
    template = {"spec": {"serviceAccountName": "sa"}}
    api.add("apps/v1", "Deployment", "server", "ns", spec={**SELECTOR, "template": template})
    live = read(client, "ns", "Deployment", "server")
    assert live is not None and live.template == template


def event(api: FakeApi, name: str, uid: str, reason: str = "FailedCreate") -> None:
    api.add("v1", "Event", name, "ns", reason=reason, involvedObject={"uid": uid})


def test_events_about_pods_that_could_not_be_created(api: FakeApi, client: Client) -> None:
    event(api, "a", "1")
    event(api, "b", "2")
    event(api, "c", "1", "Scheduled")
    event(api, "d", "3")
    creators = [{"metadata": {"uid": uid}} for uid in ("1", "2")]
    assert names(failed_creates(client, "ns", creators)) == ["a", "b"]


def test_events_that_may_not_be_read(api: FakeApi, client: Client) -> None:
    api.refuse("GET", EVENTS, 403, "Forbidden", "no")
    assert failed_creates(client, "ns", [{"metadata": {"uid": "1"}}]) == []


def test_any_other_failure_to_read_events(api: FakeApi, client: Client) -> None:
    api.refuse("GET", EVENTS, 500, "InternalError", "no")
    with pytest.raises(ApiError):
        failed_creates(client, "ns", [{"metadata": {"uid": "1"}}])


def test_log_of_a_pod(api: FakeApi, client: Client) -> None:
    api.answers["GET", "/api/v1/namespaces/ns/pods/p/log"] = (200, b"line \xff\n")
    assert pod_log(client, "ns", "p", 7) == "line \ufffd\n"
    assert api.seen[-1].query == {"tailLines": "7"}


@pytest.mark.parametrize("code", [400, 403, 404])
def test_log_that_is_not_there_yet_or_may_not_be_read(api: FakeApi, client: Client, code: int) -> None:
    api.refuse("GET", "/api/v1/namespaces/ns/pods/p/log", code, "", "container is waiting to start")
    assert pod_log(client, "ns", "p", 7) == ""
