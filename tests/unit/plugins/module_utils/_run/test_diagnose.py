# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.diagnose import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi
from ansible_collections.inferops.triton.tests.unit.plugins.fake_openshift import openshift
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc import refusals

LABELS = {"app": "triton"}


def diagnose(connection: dict[str, Any], kind: str = "Deployment", wait_timeout: float = 0) -> dict[str, Any]:
    return run({**connection, "namespace": "ns", "name": "server", "kind": kind, "wait_timeout": wait_timeout}, False)


def failure(message: str) -> dict[str, Any]:
    return {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": message, "lastTransitionTime": "t"}]}


def add_deployment(api: FakeApi, pinned: str = "") -> dict[str, Any]:
    pod = {"serviceAccountName": "sa", "securityContext": {"runAsUser": 1000}, "containers": [{"name": "server"}]}
    template: dict[str, Any] = {"spec": pod}
    if pinned:
        template["metadata"] = {"annotations": {"openshift.io/required-scc": pinned}}
    spec = {"selector": {"matchLabels": LABELS}, "template": template}
    revision = {"annotations": {"deployment.kubernetes.io/revision": "1"}}
    live = api.add("apps/v1", "Deployment", "server", "ns", spec=spec, metadata=revision)
    owned = {"labels": LABELS, "ownerReferences": [{"uid": live["metadata"]["uid"]}], **revision}
    return api.add("apps/v1", "ReplicaSet", "server-1", "ns", metadata=owned)


def add_event(api: FakeApi, message: str, uid: str) -> None:
    involved = {"kind": "ReplicaSet", "name": "server-1", "uid": uid}
    api.add(
        "v1", "Event", "e", "ns", reason="FailedCreate", message=message, involvedObject=involved, lastTimestamp="t2"
    )


def test_refused_by_the_condition(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api)["status"] = failure(refusals.OFFICIAL_CHART)
    result = diagnose(connection)
    assert result["verdict"] == "refused"
    assert result["scc"] == "restricted-v2"
    assert [violation["field"] for violation in result["violations"]] == ["fsGroup", "volumes", "runAsUser"]
    assert result["violations"][2]["where"] == "spec.template.spec.securityContext.runAsUser"
    assert "-z sa -n ns" in result["violations"][2]["ways_out"][2]["text"]
    assert result["message"] == refusals.OFFICIAL_CHART
    assert result["source"] == {"type": "condition", "kind": "ReplicaSet", "name": "server-1", "time": "t"}
    assert result["msg"].startswith("The pods of Deployment server in namespace ns are refused by restricted-v2: ")
    assert api.writes == []


def test_pin_of_the_template(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, "privileged")["status"] = failure(refusals.PINNED_TO_AN_UNUSABLE_SCC)
    result = diagnose(connection)
    assert (result["verdict"], result["scc"]) == ("refused", "privileged")
    assert "not usable by user or serviceaccount" in result["msg"]


def test_pin_of_the_template_decides_whose_refusal_counts(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api, "restricted-v3")["status"] = failure(refusals.OFFICIAL_CHART)
    assert diagnose(connection)["scc"] == "restricted-v3"


def test_refused_by_an_event(api: FakeApi, connection: dict[str, Any]) -> None:
    live = add_deployment(api)
    add_event(api, refusals.SINGLE, live["metadata"]["uid"])
    result = diagnose(connection)
    assert result["verdict"] == "refused"
    assert result["source"] == {"type": "event", "kind": "ReplicaSet", "name": "server-1", "time": "t2"}


def test_events_of_the_past_do_not_count_once_pods_are_there(api: FakeApi, connection: dict[str, Any]) -> None:
    live = add_deployment(api)
    add_event(api, refusals.SINGLE, live["metadata"]["uid"])
    owned = {"labels": LABELS, "ownerReferences": [{"uid": live["metadata"]["uid"]}]}
    api.add("v1", "Pod", "server-1-a", "ns", metadata=owned)
    result = diagnose(connection)
    assert (result["verdict"], result["violations"]) == ("admitted", [])
    assert result["msg"] == "The pods of Deployment server in namespace ns are admitted; there are 1."


def test_pods_that_are_admitted_and_cannot_start(api: FakeApi, connection: dict[str, Any]) -> None:
    live = add_deployment(api)
    owned = {"labels": LABELS, "ownerReferences": [{"uid": live["metadata"]["uid"]}]}
    ended = {"terminated": {"exitCode": 78, "message": "The volume for the models is full."}}
    status = {"initContainerStatuses": [{"name": "sync-models", "restartCount": 0, "state": ended}]}
    api.add("v1", "Pod", "server-1-a", "ns", metadata=owned, status=status)
    result = diagnose(connection)
    assert result["verdict"] == "admitted"
    assert result["msg"].endswith(
        "init container sync-models of pod server-1-a failed: The volume for the models is full."
    )


def test_refused_for_another_reason(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api)["status"] = failure(refusals.QUOTA)
    result = diagnose(connection)
    assert (result["verdict"], result["message"]) == ("unknown", refusals.QUOTA)
    assert result["msg"] == (
        "The pods of Deployment server in namespace ns cannot be created, but not for their security context: "
        + refusals.QUOTA
    )


def test_nothing_is_recorded_yet(api: FakeApi, connection: dict[str, Any]) -> None:
    add_deployment(api)
    result = diagnose(connection)
    assert result["verdict"] == "unknown"
    assert result["msg"] == "Deployment server in namespace ns has no pods, and no refusal is recorded (yet)."
    assert set(result) >= {"scc", "violations", "alternatives", "unusable_sccs", "message", "source"}


def test_a_refusal_that_comes_a_moment_later_is_awaited(api: FakeApi, connection: dict[str, Any]) -> None:
    live = add_deployment(api)
    path = "/apis/apps/v1/namespaces/ns/replicasets"
    answers = iter([{"items": []}, {"items": [live]}, {"items": [{**live, "status": failure(refusals.SINGLE)}]}])
    api.answers["GET", path] = lambda _seen: (200, next(answers))
    assert diagnose(connection, wait_timeout=30)["verdict"] == "refused"


def test_a_job_by_its_events(api: FakeApi, connection: dict[str, Any]) -> None:
    live = api.add("batch/v1", "Job", "server", "ns", spec={"template": {"spec": {}}})
    add_event(api, refusals.SINGLE, live["metadata"]["uid"])
    result = diagnose(connection, "Job")
    assert result["verdict"] == "refused"
    assert "-z default -n ns" in result["violations"][0]["ways_out"][2]["text"]


def test_a_workload_that_is_not_there(api: FakeApi, connection: dict[str, Any]) -> None:
    with pytest.raises(TritonError) as caught:
        diagnose(connection, wait_timeout=600)
    assert caught.value.message == (
        f'There is no Deployment "server" in namespace "ns" of {api.url}; correct the name or the kind.'
    )


def test_no_right_to_read(api: FakeApi, connection: dict[str, Any]) -> None:
    api.refuse("GET", "/apis/apps/v1/namespaces/ns/deployments/server", 403, "Forbidden", "User cannot get deployments")
    with pytest.raises(TritonError, match="User cannot get deployments"):
        diagnose(connection)


def test_second_opinion_of_the_engine(api: FakeApi, connection: dict[str, Any]) -> None:
    openshift(api)
    add_deployment(api)["status"] = failure(refusals.OFFICIAL_CHART)
    engine = diagnose(connection)["engine"]
    assert engine["verdict"] == "refused"
    # This deployment has no NFS volume and no fsGroup, of which the recorded message speaks.
    assert engine["agrees"] is False
    assert [one["where"] for one in engine["causes"]] == ["spec.template.spec.securityContext.runAsUser"]
    assert engine["remedies"][0]["kind"] == "pod"
    recorded = engine["message"]
    add_deployment(api)["status"] = failure(recorded)
    assert diagnose(connection)["engine"]["agrees"] is True


def test_without_what_an_opinion_takes(api: FakeApi, connection: dict[str, Any]) -> None:
    """The cluster's own words stand, also where its answer to nothing else can be had."""
    add_deployment(api)["status"] = failure(refusals.OFFICIAL_CHART)
    result = diagnose(connection)
    assert result["verdict"] == "refused"
    assert result["engine"]["agrees"] is None
    assert result["engine"]["notes"] and result["engine"]["remedies"] == []
