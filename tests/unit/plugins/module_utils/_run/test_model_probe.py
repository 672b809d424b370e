# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Buckets read before the release, against a double of the cluster whose kubelet says what it is told."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube import wait
from ansible_collections.inferops.triton.plugins.module_utils._run.model_probe import run
from ansible_collections.inferops.triton.plugins.module_utils._run.stopping import Stopped
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import Answer, FakeApi, Seen, status
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._run.openshift import install

PODS = "/api/v1/namespaces/ns/pods"
POD = f"{PODS}/probe-triton"
SOURCE = "s3://https://minio.example.com:9000/models"
PROBE: dict[str, Any] = {
    "repository": "models",
    "uri": SOURCE,
    "source": SOURCE,
    "remote": "source:models",
    "prefix": "",
    "anonymous": "",
    "env": [],
    "identity": {},
    "image": "rclone:1",
    "pull_policy": "",
}


class Cluster:
    """The double; ``state`` is that of the pod's one container."""

    def __init__(self, api: FakeApi, connection: dict[str, Any]) -> None:
        self.api, self.connection = api, connection
        self.state: dict[str, Any] = {"terminated": {"exitCode": 0, "message": f"0 {SOURCE} can be read."}}
        self.pods: list[Any] = []
        api.answers["POST", PODS] = self._make

    def _make(self, seen: Seen) -> Answer:
        self.pods.append(seen.body)
        made = {**seen.body, "metadata": {**seen.body["metadata"], "uid": f"uid-{len(self.pods)}"}}
        self.api.objects[POD] = {**made, "status": {"containerStatuses": [{"name": "probe-1", "state": self.state}]}}
        return 201, self.api.objects[POD]

    def probe(self, check: bool = False, **options: Any) -> dict[str, Any]:
        named = {
            "namespace": "ns",
            "release": "triton",
            "probes": [PROBE],
            "chart_values": {},
            "pod_timeout": 0,
            "timeout": 0,
        }
        return run({**named, **self.connection, **options}, check)

    @property
    def writes(self) -> list[str]:
        return [seen.method for seen in self.api.seen if seen.path.startswith(PODS) and seen.method != "GET"]


@pytest.fixture
def cluster(api: FakeApi, connection: dict[str, Any]) -> Cluster:
    install(api)
    return Cluster(api, connection)


def test_a_bucket_that_can_be_read(cluster: Cluster) -> None:
    result = cluster.probe()
    assert result["probes"] == [
        {"repository": "models", "verdict": "readable", "message": f"Repository models: {SOURCE} can be read."}
    ]
    assert not result.get("changed") and result["warnings"] == []
    assert cluster.writes == ["POST", "DELETE"] and POD not in cluster.api.objects
    assert cluster.pods[0]["metadata"]["annotations"]["openshift.io/required-scc"] == "restricted-v2"


def test_one_that_cannot(cluster: Cluster) -> None:
    cluster.state = {"terminated": {"exitCode": 0, "message": f"78 {SOURCE} is not there."}}
    with pytest.raises(TritonError) as failure:
        cluster.probe()
    assert failure.value.message == f"Repository models: {SOURCE} is not there. Nothing of the release was written."
    assert [one["verdict"] for one in failure.value.details["probes"]] == ["unreadable"]  # type: ignore[attr-defined]
    assert POD not in cluster.api.objects


def test_check_mode_tells_and_writes_nothing(cluster: Cluster) -> None:
    result = cluster.probe(check=True)
    assert result["notes"] == [f"Repository models: a pod would list {SOURCE} before the release."]
    assert cluster.writes == []


def test_nothing_to_read(cluster: Cluster) -> None:
    assert cluster.probe(probes=[])["probes"] == []
    assert cluster.api.seen == []


def test_what_does_not_come_from_a_plan(cluster: Cluster) -> None:
    with pytest.raises(
        TritonError, match="^Item 2 of probes has no uri; give the list that model_repository returns as probes.$"
    ):
        cluster.probe(probes=[PROBE, {"repository": "models"}])
    assert cluster.api.seen == []


def test_a_refusal_of_the_pod_is_no_verdict(cluster: Cluster) -> None:
    cluster.api.answers["POST", PODS] = status(403, "Forbidden", "pods is forbidden: no room")
    result = cluster.probe()
    assert (
        "The cluster refuses the pod that reads buckets before the release: pods is forbidden: no room"
        in result["warnings"][0]
    )
    assert [one["verdict"] for one in result["probes"]] == ["unknown"]


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "ErrImageNeverPull"])
def test_an_image_that_cannot_be_had_is_no_verdict(cluster: Cluster, reason: str) -> None:
    cluster.state = {"waiting": {"reason": reason, "message": "no such image"}}
    (warning,) = cluster.probe(pod_timeout=600, timeout=600)["warnings"]
    assert f"{reason} no such image" in warning
    assert POD not in cluster.api.objects


def test_a_store_that_never_answers(cluster: Cluster) -> None:
    cluster.state = {"running": {}}
    with pytest.raises(TritonError, match="was not listed within 0 s"):
        cluster.probe()


def test_what_a_killed_run_has_left_goes_before(cluster: Cluster) -> None:
    cluster.api.add("v1", "Pod", "probe-triton", "ns", metadata={"uid": "old"})
    assert cluster.probe()["probes"][0]["verdict"] == "readable"
    assert cluster.writes == ["DELETE", "POST", "DELETE"]


def test_the_pod_goes_when_the_run_is_stopped(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.state = {"running": {}}

    until = wait.until

    def stopped(*arguments: Any, **options: Any) -> Any:
        if cluster.pods:
            os.kill(os.getpid(), signal.SIGTERM)
        return until(*arguments, **options)

    monkeypatch.setattr(wait, "until", stopped)
    with pytest.raises(Stopped, match=r"Reading the buckets was stopped \(SIGTERM\); run it again."):
        cluster.probe()
    assert POD not in cluster.api.objects
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_left_pod_that_fills_the_quota(cluster: Cluster) -> None:
    """The quota counts it, and notices a moment later that it has gone."""
    cluster.api.add("v1", "Pod", "probe-triton", "ns", metadata={"uid": "old"})
    looks: list[Seen] = []

    def quotas(seen: Seen) -> Answer:
        looks.append(seen)
        used = "1" if POD in cluster.api.objects or len(looks) < 3 else "0"
        item = {"metadata": {"name": "small"}, "spec": {"hard": {"pods": "1"}}}
        return 200, {"items": [{**item, "status": {"hard": {"pods": "1"}, "used": {"pods": used}}}]}

    cluster.api.answers["GET", "/api/v1/namespaces/ns/resourcequotas"] = quotas
    assert cluster.probe()["probes"][0]["verdict"] == "readable"
