# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The strategy and the fingerprints, against a double of the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._run.rollout_plan import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import Answer, FakeApi, Seen, status

CLAIM = {"modelRepositories": [{"name": "m", "volume": {"persistentVolumeClaim": {"claimName": "m"}}}]}
LABELS = {"app.kubernetes.io/instance": "triton", "app.kubernetes.io/name": "triton"}


class Planner:
    def __init__(self, api: FakeApi, connection: dict[str, Any]) -> None:
        self.api, self.connection = api, connection

    def __call__(self, **options: Any) -> dict[str, Any]:
        defaults = {
            "namespace": "ns",
            "release": "triton",
            "strategy": "auto",
            "chart_values": {},
            "user_values": {},
            "definitions": [],
        }
        return run({**defaults, **self.connection, **options}, False)

    def node(self, name: str, gpus: int) -> None:
        allocatable = {"status": {"allocatable": {"nvidia.com/gpu": str(gpus)}}}
        self.api.add("v1", "Node", name, None, **allocatable)

    def pod(self, name: str, namespace: str, gpus: int, labels: dict[str, str] | None = None) -> None:
        limits = {"limits": {"nvidia.com/gpu": str(gpus)}}
        metadata = {"uid": name, "namespace": namespace, "labels": labels or {}}
        spec = {"nodeName": "a", "containers": [{"resources": limits}]}
        self.api.add("v1", "Pod", name, namespace, metadata=metadata, spec=spec)

    def everywhere(self) -> None:
        """The double lists by namespace only."""

        def pods(_seen: Seen) -> Answer:
            found = [one for path, one in self.api.objects.items() if "/pods/" in path]
            half = len(found) // 2
            if _seen.query.get("continue"):
                return 200, {"items": found[half:]}
            return 200, {"items": found[:half], "metadata": {"continue": "more"}}

        self.api.answers["GET", "/api/v1/pods"] = pods


@pytest.fixture
def plan(api: FakeApi, connection: dict[str, Any]) -> Planner:
    return Planner(api, connection)


def test_nothing_special_reads_quotas_only(plan: Planner) -> None:
    result = plan()
    assert result["chart_values"] == {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    }
    assert [seen.path for seen in plan.api.seen] == ["/api/v1/namespaces/ns/resourcequotas"]


def test_a_claim_that_the_run_makes_is_not_read(plan: Planner) -> None:
    plan.node("a", 0)
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "m"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    assert plan(chart_values=CLAIM, definitions=[claim])["strategy"] == "surge"
    assert not [seen.path for seen in plan.api.seen if "persistentvolumeclaims" in seen.path]


def test_a_claim_that_is_there(plan: Planner) -> None:
    plan.api.add("v1", "PersistentVolumeClaim", "m", "ns", spec={"accessModes": ["ReadWriteOncePod"]})
    result = plan(chart_values=CLAIM)
    assert (result["strategy"], result["chart_values"]) == ("recreate", {"strategy": {"type": "Recreate"}})


def test_gpus_beside_the_own_pods(plan: Planner) -> None:
    plan.node("a", 2)
    plan.pod("own", "ns", 1, LABELS)
    plan.everywhere()
    assert plan(user_values={"gpu": {"count": 1}})["strategy"] == "surge"
    # Of that name in another namespace: somebody else's.
    plan.pod("theirs", "other", 1, LABELS)
    assert plan(user_values={"gpu": {"count": 1}})["strategy"] == "recreate"


def test_who_may_look_at_nothing_else_is_told(plan: Planner) -> None:
    plan.api.answers["GET", "/api/v1/nodes"] = status(403, "Forbidden", "nodes is forbidden")
    result = plan(user_values={"gpu": {"count": 1}})
    assert result["strategy"] == "surge"
    assert "since the nodes may not be read" in result["notes"][0]


def test_a_changed_secret_of_the_users_values(plan: Planner) -> None:
    values = {"envFrom": [{"secretRef": {"name": "hub"}}], "podAnnotations": {"own": "1"}}
    plan.api.add("v1", "Secret", "hub", "ns", metadata={"uid": "u"}, data={"token": "YQ=="})
    before = plan(user_values=values)["chart_values"]["podAnnotations"]
    assert before == plan(user_values=values)["chart_values"]["podAnnotations"]
    plan.api.add("v1", "Secret", "hub", "ns", metadata={"uid": "u"}, data={"token": "Yg=="})
    after = plan(user_values=values)["chart_values"]["podAnnotations"]
    assert before.keys() == after.keys() == {"triton.inferops/config-digest"}
    assert before != after


@pytest.mark.parametrize(
    "values", [{"replicas": "two"}, {"modelRepositories": 5}, {"gpu": 5}, {"resources": {"limits": [1]}}]
)
def test_values_of_another_form_are_left_to_the_schema(plan: Planner, values: dict[str, Any]) -> None:
    plan.api.add("v1", "ResourceQuota", "q", "ns", spec={"hard": {"pods": "5"}})
    assert plan(user_values=values)["chart_values"] == {}
