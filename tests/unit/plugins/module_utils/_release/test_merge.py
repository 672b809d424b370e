# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release.merge import Rules, merged, patch, rules_for
from ansible_collections.inferops.triton.plugins.module_utils._release.quantity import same_quantity

DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment"}
RULES = rules_for(DEPLOYMENT)


def env(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def pod(**container: Any) -> dict[str, Any]:
    return {"containers": [{"name": "triton", **container}]}


@pytest.mark.parametrize(
    "wanted, live",
    [
        # What the server fills in, and what others add.
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"metadata": {"labels": {"a": "1"}}}, {"metadata": {"labels": {"a": "1", "b": "2"}, "uid": "x"}}),
        (pod(image="x"), pod(image="x", terminationMessagePath="/dev/termination-log")),
        (pod(image="x"), {"containers": [*pod(image="x")["containers"], {"name": "sidecar"}]}),
        (pod(image="x"), {"containers": [{"name": "sidecar"}, *pod(image="x")["containers"]]}),
        (pod(env=env(A="1", B="2")), pod(env=env(A="1", X="9", B="2"))),
        # Quantities in another spelling.
        (
            pod(resources={"limits": {"cpu": "1000m", "memory": "1024Mi"}}),
            pod(resources={"limits": {"cpu": "1", "memory": "1Gi"}}),
        ),
        (pod(resources={"limits": {"cpu": 1}}), pod(resources={"limits": {"cpu": "1"}})),
        (pod(ports=[{"containerPort": 80}]), pod(ports=[{"containerPort": 80, "protocol": "TCP"}])),
    ],
)
def test_nothing_to_do(wanted: Any, live: Any) -> None:
    assert merged(wanted, wanted, live, RULES) == live


@pytest.mark.parametrize(
    "before, wanted, live, after",
    [
        # Edited, deleted, taken out of the release.
        ({"replicas": 1}, {"replicas": 1}, {"replicas": 3, "x": 1}, {"replicas": 1, "x": 1}),
        ({"a": 1}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1}),
        ({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 3}),
        # An added field is no part of the release, so it stays.
        ({"a": 1}, {"a": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}),
        (
            pod(env=env(A="1", B="2")),
            pod(env=env(A="1")),
            pod(env=env(A="1", X="9", B="2")),
            pod(env=env(A="1", X="9")),
        ),
        (pod(env=env(A="1")), pod(env=env(A="1", B="2")), pod(env=env(A="1")), pod(env=env(A="1", B="2"))),
        (
            pod(env=env(A="1", B="2")),
            pod(env=env(A="1", B="2")),
            pod(env=env(B="2", A="1")),
            pod(env=env(A="1", B="2")),
        ),
        # Lists without a key are one value.
        (pod(args=["a"]), pod(args=["a"]), pod(args=["a", "b"]), pod(args=["a"])),
        # A text that looks like a quantity is one where quantities stand only.
        (pod(env=env(A="1")), pod(env=env(A="1")), pod(env=env(A="1.0")), pod(env=env(A="1"))),
    ],
)
def test_what_is_to_do(before: Any, wanted: Any, live: Any, after: Any) -> None:
    assert merged(before, wanted, live, RULES) == after
    assert merged(wanted, wanted, after, RULES) == after


def test_additions_of_others_go_where_they_are_in_the_way() -> None:
    service = {"apiVersion": "v1", "kind": "Service"}
    wanted = {"ports": [{"name": "http", "port": 80}]}
    live = {"ports": [{"name": "http", "port": 81, "protocol": "TCP", "nodePort": 30000}]}
    assert merged(wanted, wanted, live, rules_for(service))["ports"] == [*live["ports"], *wanted["ports"]]
    strict = Rules(rules_for(service).keys, additions=False)
    assert merged(wanted, wanted, live, strict) == wanted


def test_lists_of_custom_resources_are_one_value() -> None:
    wanted, live = {"env": env(A="1")}, {"env": env(A="1", B="2")}
    rules = rules_for({"apiVersion": "example.com/v1", "kind": "Deployment"})
    assert merged(wanted, wanted, live, rules) == wanted


@pytest.mark.parametrize(
    "before, after, change",
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": None}}),
        ({"a": [1, 2]}, {"a": [1]}, {"a": [1]}),
        ({}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_patch(before: Any, after: Any, change: Any) -> None:
    assert patch(before, after) == change


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("1000m", "1", True),
        ("1024Ki", "1Mi", True),
        ("1k", "1000", True),
        ("1e3", "1k", True),
        ("0.5", "500m", True),
        (".5", "500m", True),
        (2, "2", True),
        (1.5, "1500m", True),
        ("1M", "1Mi", False),
        ("1", "2", False),
        ("x", "x", False),
        (True, 1, False),
        ("1E", "1e18", True),
    ],
)
def test_same_quantity(one: Any, other: Any, same: bool) -> None:
    assert same_quantity(one, other) is same
