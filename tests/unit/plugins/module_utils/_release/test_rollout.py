# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release.rollout import (
    HOPELESS,
    complete,
    container_port,
    failures,
    hindrances,
    newest,
    owned_by,
    running,
    settled,
)

DONE = {"observedGeneration": 3, "updatedReplicas": 2, "replicas": 2, "availableReplicas": 2}


def deployment(wanted: int | None = 2, **status: Any) -> dict[str, Any]:
    spec = {} if wanted is None else {"replicas": wanted}
    return {"metadata": {"name": "triton", "uid": "u1", "generation": 3}, "spec": spec, "status": {**DONE, **status}}


def owned(name: str, owner: str | None = "u1", revision: str | None = None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name}
    if owner:
        metadata["ownerReferences"] = [{"uid": "other"}, {"uid": owner}]
    if revision:
        metadata["annotations"] = {"deployment.kubernetes.io/revision": revision}
    return {"metadata": metadata}


def container(**state: Any) -> dict[str, Any]:
    return {"name": "triton", "state": state}


def pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "triton-1"}, "status": status}


def test_rollout_that_is_complete() -> None:
    assert complete(deployment()) is True


@pytest.mark.parametrize(
    "status",
    [
        {"observedGeneration": 2},
        {"updatedReplicas": 1},
        # An old pod is still there.
        {"replicas": 3},
        {"availableReplicas": 1},
        {"availableReplicas": 3},
    ],
)
def test_rollout_under_way(status: dict[str, int]) -> None:
    assert complete(deployment(**status)) is False


def test_nothing_is_known_yet() -> None:
    assert complete({"metadata": {}, "spec": {"replicas": 0}, "status": {}}) is True
    assert complete({"metadata": {"generation": 1}, "spec": {"replicas": 0}, "status": {}}) is False


def test_no_status_yet() -> None:
    assert complete({"metadata": {"generation": 1}, "spec": {"replicas": 1}}) is False


def test_one_replica_is_the_default() -> None:
    live = deployment(None)
    assert complete(live) is False
    live["status"] |= {"updatedReplicas": 1, "replicas": 1, "availableReplicas": 1}
    assert complete(live) is True


def test_scaled_to_zero() -> None:
    live = {"metadata": {"generation": 1}, "spec": {"replicas": 0}, "status": {"observedGeneration": 1}}
    assert complete(live) is True


def test_newest_replica_set() -> None:
    live = deployment()
    live["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "2"}
    sets = [owned("old", revision="1"), owned("foreign", "u2", "2"), owned("new", revision="2")]
    assert newest(live, sets) is sets[2]


def test_no_replica_set_of_this_revision_yet() -> None:
    live = deployment()
    live["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "2"}
    assert newest(live, [owned("old", revision="1"), owned("orphan", None, "2")]) is None


def test_owned_by_uid() -> None:
    items = [owned("mine"), owned("foreign", "u2"), owned("orphan", None)]
    assert [item["metadata"]["name"] for item in owned_by(deployment(), items)] == ["mine"]


@pytest.mark.parametrize(
    "statuses, answer",
    [
        ([container(waiting={"reason": "x"}), container(running={})], True),
        ([container(waiting={"reason": "x"})], False),
        ([container(terminated={})], False),
        ([{"name": "triton", "state": None}], False),
        ([], False),
        (None, False),
    ],
)
def test_running(statuses: Any, answer: bool) -> None:
    assert running(pod(containerStatuses=statuses)) is answer


def test_pod_without_status() -> None:
    assert running({"metadata": {"name": "x"}}) is False
    assert hindrances({"metadata": {"name": "x"}}) == []


def test_not_scheduled() -> None:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes are available",
    }
    assert hindrances(pod(conditions=[condition])) == [
        ("Unschedulable", "pod triton-1 is not scheduled: 0/1 nodes are available")
    ]


@pytest.mark.parametrize(
    "condition", [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "False"}]
)
def test_conditions_that_hinder_nothing(condition: dict[str, str]) -> None:
    assert hindrances(pod(conditions=[condition])) == []


def test_waiting_containers_init_first() -> None:
    status = {
        "initContainerStatuses": [
            {"name": "fetch", "state": {"waiting": {"reason": "ErrImagePull", "message": "no such tag"}}}
        ],
        "containerStatuses": [container(waiting={"reason": "CrashLoopBackOff"})],
    }
    assert hindrances(pod(**status)) == [
        ("ErrImagePull", "container fetch of pod triton-1 waits: ErrImagePull no such tag"),
        ("CrashLoopBackOff", "container triton of pod triton-1 waits: CrashLoopBackOff"),
    ]


@pytest.mark.parametrize("reason", ["ContainerCreating", "PodInitializing"])
def test_ordinary_waiting_is_no_hindrance(reason: str) -> None:
    assert hindrances(pod(containerStatuses=[container(waiting={"reason": reason})])) == []


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "ErrImagePull", "CrashLoopBackOff", "Unschedulable"])
def test_what_may_pass_is_not_hopeless(reason: str) -> None:
    assert reason not in HOPELESS


@pytest.mark.parametrize("reason", ["InvalidImageName", "ErrImageNeverPull"])
def test_what_no_waiting_cures(reason: str) -> None:
    assert reason in HOPELESS


def init(exit_code: int, message: str = "", *, now: str = "waiting", restarts: int = 1) -> dict[str, Any]:
    """An init container that ended, and what became of it since."""
    ended = {"terminated": {"exitCode": exit_code, "reason": "Error", "message": message}}
    states = {
        "terminated": {"state": ended},
        "waiting": {"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}, "lastState": ended},
        "running": {"state": {"running": {}}, "lastState": ended},
    }
    return {"name": "sync-models", "restartCount": restarts, **states[now]}


@pytest.mark.parametrize("now", ["terminated", "waiting", "running"])
def test_last_words_of_an_init_container(now: str) -> None:
    broken = pod(initContainerStatuses=[init(78, "The credentials are refused.\n", now=now)])
    (failure,) = failures(broken)
    assert failure.text == "init container sync-models of pod triton-1 failed: The credentials are refused."
    assert failure.final is True
    assert ("InitContainerFailed", failure.text) in hindrances(broken)
    assert "back-off" not in str(hindrances(broken))


def test_a_failure_that_may_pass() -> None:
    (failure,) = failures(pod(initContainerStatuses=[init(75, "The server does not answer.")]))
    assert failure.final is False


def test_an_init_container_that_said_nothing_or_too_much() -> None:
    (silent,) = failures(pod(initContainerStatuses=[init(137)]))
    assert silent.text.endswith("failed: it ended with exit code 137 (Error)")
    (loud,) = failures(pod(initContainerStatuses=[init(1, "x" * 4000 + " in the end")]))
    assert len(loud.text) < 600
    assert loud.text.endswith("in the end")


def test_each_attempt_counts() -> None:
    statuses = [init(75, now="terminated", restarts=0), init(75, restarts=1), init(75, now="terminated", restarts=1)]
    assert [failure.times for status in statuses for failure in failures(pod(initContainerStatuses=[status]))] == [
        1,
        1,
        2,
    ]


def test_an_init_container_that_does_its_work() -> None:
    done = {"name": "sync-models", "state": {"terminated": {"exitCode": 0, "message": "Serves it."}}}
    waiting = {"name": "triton", "state": {"waiting": {"reason": "PodInitializing"}}}
    assert hindrances(pod(initContainerStatuses=[done], containerStatuses=[waiting])) == []
    busy = {"name": "sync-models", "state": {"running": {}}}
    assert hindrances(pod(initContainerStatuses=[busy], containerStatuses=[waiting])) == [
        ("InitContainerRunning", "init container sync-models of pod triton-1 still runs")
    ]


@pytest.mark.parametrize(
    "status, whole",
    [({}, True), ({"availableReplicas": 0}, True), ({"replicas": 3}, False), ({"observedGeneration": 2}, False)],
)
def test_a_rollout_is_settled_when_only_its_own_pods_are_left_available_or_not(
    status: dict[str, int], whole: bool
) -> None:
    assert settled(deployment(**status)) is whole


def test_port_of_a_pod() -> None:
    ports = [{"name": "grpc", "containerPort": 8001}, {"name": "http", "containerPort": 8000}]
    live = {"spec": {"containers": [{"name": "side"}, {"name": "triton", "ports": ports}]}}
    assert [container_port(live, wanted) for wanted in ("http", "8001", "9000")] == ["8000", "8001", "9000"]
