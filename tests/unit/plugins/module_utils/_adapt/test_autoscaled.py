# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.autoscaled import without_replicas


def scaler(target: Any, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "h", **metadata},
        "spec": {"scaleTargetRef": target, "maxReplicas": 3},
    }


def target(kind: str = "Deployment", version: Any = "apps/v1") -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "name": "d"}


def scaled(kind: str = "Deployment", version: str = "apps/v1", replicas: Any = 2, **metadata: Any) -> dict[str, Any]:
    spec = {"replicas": replicas, "template": {}}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "d", **metadata}, "spec": spec}


def replicas(*objects: dict[str, Any]) -> Any:
    """What the last object has in the end."""
    found, steps = without_replicas(objects, "ns")
    there: Any = found[-1]["spec"].get("replicas", "gone")
    assert [step.path for step in steps] == (["spec.replicas"] if there == "gone" else [])
    return there


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "ReplicaSet"])
def test_replicas_go_where_an_autoscaler_sets_them(kind: str) -> None:
    assert replicas(scaler(target(kind)), scaled(kind)) == "gone"
    # The version of the target says which group it is of.
    assert replicas(scaler(target(kind, "apps/v1beta2")), scaled(kind)) == "gone"
    assert (
        replicas(scaler(target("Rollout", "argoproj.io/v1alpha1")), scaled("Rollout", "argoproj.io/v1alpha1")) == "gone"
    )
    (step,) = without_replicas([scaled(), scaler(target())])[1]
    assert (step.before, step.after) == (2, None)
    assert step.reason.startswith("HorizontalPodAutoscaler h sets them")
    assert replicas(scaler(target()), scaled(replicas=0)) == "gone"


@pytest.mark.parametrize(
    "autoscaler",
    [
        scaler(target("StatefulSet")),
        scaler({**target(), "name": "other"}),
        scaler(target("Deployment", "example.com/v1")),
        scaler(None),
        scaler([]),
        scaler({}),
        scaler(target(), namespace="other"),
        {**scaler(target()), "kind": "VerticalPodAutoscaler"},
        {"kind": "HorizontalPodAutoscaler"},
        {"kind": "HorizontalPodAutoscaler", "metadata": None, "spec": None},
    ],
)
def test_replicas_stay_where_none_does(autoscaler: dict[str, Any]) -> None:
    assert replicas(autoscaler, scaled()) == 2


def test_the_namespace_of_the_release_may_be_named() -> None:
    assert replicas(scaler(target(), namespace="ns"), scaled()) == "gone"
    assert replicas(scaler(target()), scaled(namespace="ns")) == "gone"
    assert replicas(scaler(target()), scaled(namespace="other")) == 2


@pytest.mark.parametrize(
    "item",
    [
        scaled(replicas=None),
        {**scaled(), "spec": None},
        {**scaled(), "spec": []},
        {"kind": "Deployment", "metadata": None},
    ],
)
def test_what_has_no_replicas_is_as_it_was(item: dict[str, Any]) -> None:
    assert without_replicas([item, scaler(target())]) == ([item, scaler(target())], [])
