# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a new pod can run beside the old ones, and when it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release.strategy import (
    RECREATE,
    SURGE,
    Strategy,
    decide,
)

Object = Mapping[str, Any]
GPU = {"gpu": {"count": 1, "resourceName": "nvidia.com/gpu"}}
MODELS = {"modelRepositories": [{"name": "models", "volume": {"persistentVolumeClaim": {"claimName": "models"}}}]}


@dataclass
class Cluster:
    """What there is to look at; None is what may not be read."""

    all_nodes: Sequence[Object] | None = ()
    all_pods: Sequence[Object] | None = ()
    own: Sequence[Object] | None = ()
    all_quotas: Sequence[Object] | None = ()
    claims: Mapping[str, Object] = field(default_factory=dict)
    volumes: Mapping[str, Object] = field(default_factory=dict)

    def nodes(self) -> Sequence[Object] | None:
        return self.all_nodes

    def pods(self) -> Sequence[Object] | None:
        return self.all_pods

    def own_pods(self) -> Sequence[Object] | None:
        return self.own

    def quotas(self) -> Sequence[Object] | None:
        return self.all_quotas

    def claim(self, name: str) -> Object | None:
        return self.claims.get(name)

    def volume(self, name: str) -> Object | None:
        return self.volumes.get(name)


def node(name: str, gpus: int = 0, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": spec,
        "status": {"allocatable": {"nvidia.com/gpu": str(gpus)} if gpus else {}},
    }


def pod(uid: str, host: str, gpus: int = 0, **resources: Any) -> dict[str, Any]:
    limits = {"nvidia.com/gpu": str(gpus)} if gpus else {}
    container = {"resources": resources or {"limits": limits}}
    return {"metadata": {"uid": uid}, "spec": {"nodeName": host, "containers": [container]}}


def quota(hard: Mapping[str, str], used: Mapping[str, str], **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "team"},
        "spec": {"hard": dict(hard), **spec},
        "status": {"hard": dict(hard), "used": dict(used)},
    }


def decided(values: Object, cluster: Cluster, wish: str = "auto", **claims: Sequence[str]) -> Strategy:
    return decide(values, wish, bool(values.get("strategy")), claims, cluster)


def test_nothing_in_the_way() -> None:
    found = decided({"replicas": 2}, Cluster())
    assert (found.kind, found.values, found.notes) == ("surge", SURGE, ())
    assert found.reason.startswith("Upgrades surge (a new pod gets ready before an old one goes): ")


@pytest.mark.parametrize("modes", [["ReadWriteMany"], ["ReadOnlyMany"], ["ReadWriteOnce", "ReadWriteMany"]])
def test_a_claim_that_nodes_share(modes: list[str]) -> None:
    assert decided(MODELS, Cluster(all_nodes=[node("a"), node("b")]), models=modes).kind == "surge"


def test_a_claim_that_one_node_has() -> None:
    found = decided(MODELS, Cluster(all_nodes=[node("a"), node("b")]), models=["ReadWriteOnce"])
    assert (found.kind, found.values) == ("recreate", RECREATE)
    assert (
        "so nothing answers in between): claim models is ReadWriteOnce, which one node has at a time, and 2 nodes can"
        in found.reason
    )


def test_one_node_can_have_it_twice() -> None:
    assert decided(MODELS, Cluster(all_nodes=[node("a")]), models=["ReadWriteOnce"]).kind == "surge"


@pytest.mark.parametrize(
    "other",
    [
        node("b", unschedulable=True),
        node("b", taints=[{"key": "gpu", "effect": "NoSchedule"}]),
        node("b", taints=[{"key": "gpu", "value": "yes", "effect": "NoExecute"}]),
    ],
)
def test_nodes_that_take_no_pod_do_not_count(other: Object) -> None:
    cluster = Cluster(all_nodes=[node("a"), other])
    assert decided(MODELS, cluster, models=["ReadWriteOnce"]).kind == "surge"


@pytest.mark.parametrize(
    "values, kind",
    [
        ({"nodeSelector": {"kubernetes.io/hostname": "a"}}, "surge"),
        ({"nodeSelector": {"kubernetes.io/os": "linux"}}, "surge"),
        ({"tolerations": [{"operator": "Exists"}]}, "recreate"),
        ({"tolerations": [{"key": "gpu", "value": "no"}]}, "recreate"),
        ({"tolerations": [{"key": "gpu", "value": "no", "effect": "NoExecute"}]}, "surge"),
    ],
)
def test_the_place_that_the_values_ask_for(values: Object, kind: str) -> None:
    tainted = node("b", taints=[{"key": "gpu", "value": "no", "effect": "NoSchedule"}])
    cluster = Cluster(all_nodes=[node("a"), tainted])
    assert decided({**MODELS, **values}, cluster, models=["ReadWriteOnce"]).kind == kind


def test_a_node_that_only_a_pin_leaves() -> None:
    def term(operator: str, *values: str) -> dict[str, Any]:
        one = {"key": "kubernetes.io/hostname", "operator": operator, "values": list(values)}
        required = {"nodeSelectorTerms": [{"matchExpressions": [one]}]}
        return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}}

    cluster = Cluster(all_nodes=[node("a"), node("b"), node("c")])
    for place, kind in (
        (term("In", "a"), "surge"),
        (term("NotIn", "a", "b"), "surge"),
        (term("In", "a", "b"), "recreate"),
        (term("Exists"), "recreate"),
    ):
        assert decided({**MODELS, **place}, cluster, models=["ReadWriteOnce"]).kind == kind


def test_a_volume_that_lies_on_one_node() -> None:
    one = {"key": "kubernetes.io/hostname", "operator": "In", "values": ["a"]}
    local = {"spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [one]}]}}}}
    claim = {"spec": {"accessModes": ["ReadWriteOnce"], "volumeName": "pv"}}
    cluster = Cluster(all_nodes=[node("a"), node("b")], claims={"models": claim}, volumes={"pv": local})
    assert decided(MODELS, cluster).kind == "surge"
    cluster.volumes = {"pv": {"spec": {}}}
    assert decided(MODELS, cluster).kind == "recreate"


def test_pods_on_a_node_that_takes_no_more() -> None:
    cluster = Cluster(all_nodes=[node("a"), node("b", unschedulable=True)], own=[pod("1", "b")])
    found = decided(MODELS, cluster, models=["ReadWriteOnce"])
    assert found.kind == "recreate"
    assert "the pods on node b would be followed by some on another" in found.reason


def test_nodes_that_may_not_be_read_are_no_reason_to_trust_a_claim() -> None:
    found = decided(MODELS, Cluster(all_nodes=None), models=["ReadWriteOnce"])
    assert found.kind == "recreate"
    assert (
        "the nodes may not be read" in found.reason and "Set triton_strategy: surge if that is not so." in found.reason
    )


def test_a_claim_of_one_pod() -> None:
    found = decided(MODELS, Cluster(all_nodes=[node("a")]), models=["ReadWriteOncePod"])
    assert found.kind == "recreate"
    assert "claim models is ReadWriteOncePod, so one pod has it at a time" in found.reason


def test_a_free_gpu_is_one_that_others_do_not_hold() -> None:
    nodes = [node("a", gpus=2)]
    assert decided(GPU, Cluster(all_nodes=nodes)).kind == "surge"
    own = [pod("own", "a", gpus=1)]
    assert decided(GPU, Cluster(all_nodes=nodes, all_pods=own, own=own)).kind == "surge"
    taken = decided(GPU, Cluster(all_nodes=nodes, all_pods=[*own, pod("other", "a", gpus=1)], own=own))
    assert taken.kind == "recreate"
    assert (
        "a pod takes 1 nvidia.com/gpu, and the nodes have that free for 1 of the 2 pods that an upgrade has at a time"
        in taken.reason
    )


def test_gpus_of_two_nodes_are_no_pair() -> None:
    pair = {"gpu": {"count": 2, "resourceName": "nvidia.com/gpu"}}
    assert decided(pair, Cluster(all_nodes=[node("a", gpus=2), node("b", gpus=1)])).kind == "recreate"
    assert decided(pair, Cluster(all_nodes=[node("a", gpus=2), node("b", gpus=2)])).kind == "surge"
    assert decided({**pair, "replicas": 2}, Cluster(all_nodes=[node("a", gpus=4)])).kind == "recreate"


def test_any_extended_resource_counts_and_no_other() -> None:
    fpga = {"resources": {"limits": {"example.com/fpga": 1, "cpu": 4, "hugepages-2Mi": "1Gi"}}}
    one = node("a")
    one["status"]["allocatable"] = {"example.com/fpga": "1"}
    assert decided(fpga, Cluster(all_nodes=[one])).kind == "recreate"
    assert decided({"resources": {"limits": {"cpu": 400}}}, Cluster(all_nodes=[one])).kind == "surge"


@pytest.mark.parametrize(
    "cluster, what",
    [
        (Cluster(all_nodes=None), "nodes may not be read"),
        (Cluster(all_nodes=[node("a", gpus=1)], all_pods=None), "pods of other namespaces may not be read"),
    ],
)
def test_gpus_that_cannot_be_counted_are_said_and_no_hindrance(cluster: Cluster, what: str) -> None:
    found = decided(GPU, cluster)
    assert found.kind == "surge"
    assert what in found.notes[0] and "set triton_strategy: recreate" in found.notes[0]


SMALL = {"resources": {"requests": {"cpu": "500m", "memory": "1Gi"}}}


@pytest.mark.parametrize(
    "hard, used, kind",
    [
        ({"pods": "2"}, {}, "surge"),
        ({"pods": "1"}, {}, "recreate"),
        ({"count/pods": "3"}, {"count/pods": "2"}, "recreate"),
        ({"requests.cpu": "1"}, {"requests.cpu": "0"}, "surge"),
        ({"requests.cpu": "1"}, {"requests.cpu": "100m"}, "recreate"),
        ({"memory": "2Gi"}, {"memory": "1"}, "recreate"),
        ({"limits.cpu": "1"}, {"limits.cpu": "1"}, "surge"),
        ({"persistentvolumeclaims": "0", "count/secrets": "1"}, {}, "surge"),
    ],
)
def test_room_in_a_quota(hard: dict[str, str], used: dict[str, str], kind: str) -> None:
    found = decided(SMALL, Cluster(all_quotas=[quota(hard, used)]))
    assert found.kind == kind
    if kind == "recreate":
        (key,) = hard
        assert f"quota team allows {key}: {hard[key]}, which is not enough for the 2 pods" in found.reason


def test_what_the_own_pods_use_of_a_quota_is_theirs() -> None:
    own = [pod("1", "a", requests={"cpu": "500m"})]
    full = quota({"requests.cpu": "1"}, {"requests.cpu": "500m"})
    assert decided(SMALL, Cluster(own=own, all_quotas=[full])).kind == "surge"
    assert decided(SMALL, Cluster(own=[], all_quotas=[full])).kind == "recreate"


@pytest.mark.parametrize(
    "spec, values, kind",
    [
        ({"scopes": ["Terminating"]}, SMALL, "surge"),
        ({"scopes": ["BestEffort"]}, SMALL, "surge"),
        ({"scopes": ["NotBestEffort", "NotTerminating"]}, SMALL, "recreate"),
        ({"scopes": ["BestEffort"]}, {}, "recreate"),
        (
            {
                "scopeSelector": {
                    "matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]
                }
            },
            {"priorityClassName": "high"},
            "recreate",
        ),
        (
            {
                "scopeSelector": {
                    "matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]
                }
            },
            {},
            "surge",
        ),
    ],
)
def test_quotas_that_count_other_pods(spec: dict[str, Any], values: Object, kind: str) -> None:
    assert decided(values, Cluster(all_quotas=[quota({"pods": "1"}, {}, **spec)])).kind == kind


def test_the_users_values_win() -> None:
    found = decided({**GPU, "strategy": {"type": "Recreate"}}, Cluster(all_nodes=[node("a", gpus=8)]))
    assert (found.kind, found.values) == ("given", {})
    assert found.reason == "Upgrades go by Recreate: triton_values sets the strategy."


def test_the_users_wish_wins_over_the_reckoning() -> None:
    full = Cluster(all_nodes=[node("a", gpus=1)])
    forced = decided(GPU, full, "surge")
    assert (forced.kind, forced.values) == ("surge", SURGE)
    assert "the new pod may never start" in forced.warnings[0]
    calm = decided({}, Cluster(), "recreate")
    assert (calm.kind, calm.values, calm.warnings) == ("recreate", RECREATE, ())
