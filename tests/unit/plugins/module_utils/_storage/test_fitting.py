# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.fitting import (
    WANTED,
    amount,
    applies,
    fitted,
    written,
)

MIB = 1 << 20


def limit_range(kind: str = "Container", **item: Any) -> dict[str, Any]:
    return {"metadata": {"name": "limits"}, "spec": {"limits": [{"type": kind, **item}]}}


def quota(hard: dict[str, str], used: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "quota"}, "spec": {"hard": hard, **spec}, "status": {"hard": hard, "used": used or {}}}


def spec(*, limit_ranges: Any = (), quotas: Any = ()) -> dict[str, dict[str, str]]:
    return fitted(WANTED, limit_ranges, quotas).spec()


def refusal(**given: Any) -> str:
    with pytest.raises(TritonError) as caught:
        spec(**given)
    return caught.value.message


@pytest.mark.parametrize(
    "text, value",
    [
        ("1", 1),
        ("100m", Fraction(1, 10)),
        ("1.5", Fraction(3, 2)),
        ("2k", 2000),
        ("1Ki", 1024),
        ("1Gi", 1 << 30),
        ("1e3", 1000),
    ]
    + [("5u", Fraction(5, 10**6)), (4, 4), (".5", Fraction(1, 2)), ("none", 0)],
)
def test_quantities(text: Any, value: Any) -> None:
    assert amount(text) == value


def test_written_so_that_it_is_read_the_same() -> None:
    assert (written("cpu", Fraction(1, 10)), written("memory", Fraction(64 * MIB))) == ("100m", str(64 * MIB))


def test_without_rules_the_wanted_ones() -> None:
    assert spec() == {
        "requests": {"cpu": "100m", "memory": str(128 * MIB)},
        "limits": {"cpu": "2000m", "memory": str(256 * MIB)},
    }


def test_a_limit_range_makes_limits_smaller_and_requests_larger() -> None:
    found = spec(limit_ranges=[limit_range(max={"cpu": "500m"}, min={"memory": "200Mi"})])
    assert found["limits"] == {"cpu": "500m", "memory": str(256 * MIB)}
    assert found["requests"] == {"cpu": "100m", "memory": str(200 * MIB)}


def test_a_ratio_of_one_makes_requests_and_limits_equal() -> None:
    rule = limit_range(max={"cpu": "300m"}, maxLimitRequestRatio={"cpu": "1", "memory": "1"})
    found = spec(limit_ranges=[rule])
    assert found["requests"] == found["limits"] == {"cpu": "300m", "memory": str(256 * MIB)}


def test_rules_for_claims_say_nothing_about_pods() -> None:
    assert spec(limit_ranges=[limit_range("PersistentVolumeClaim", max={"storage": "1Mi"})]) == spec()


def test_a_limit_range_that_is_too_narrow() -> None:
    assert refusal(limit_ranges=[limit_range("Pod", max={"memory": "16Mi"})]) == (
        "Limit range limits allows a pod 16Mi of memory at most, but the pod that uploads models takes 32Mi; ask for a wider one."
    )


def test_what_a_quota_has_left_is_enough() -> None:
    found = spec(
        quotas=[quota({"limits.cpu": "1", "requests.memory": "1Gi", "pods": "5"}, {"limits.cpu": "600m", "pods": "4"})]
    )
    assert found["limits"]["cpu"] == "400m" and found["requests"]["memory"] == str(128 * MIB)


def test_a_request_is_never_above_its_limit() -> None:
    found = spec(quotas=[quota({"limits.memory": "64Mi"})])
    assert found["requests"]["memory"] == found["limits"]["memory"] == str(64 * MIB)


@pytest.mark.parametrize(
    "hard, used, words",
    [
        ({"pods": "2"}, {"pods": "2"}, "pods is 2, 2 are used, and the pod takes one pod"),
        ({"count/pods": "0"}, {}, "count/pods is 0, 0 are used, and the pod takes one pod"),
        ({"cpu": "1"}, {"cpu": "980m"}, "cpu is 1, 980m are used, and the pod takes 50m of it"),
        (
            {"limits.memory": "1Gi"},
            {"limits.memory": "1000Mi"},
            "limits.memory is 1Gi, 1000Mi are used, and the pod takes 32Mi of it",
        ),
    ],
)
def test_a_quota_that_is_used_up(hard: dict[str, str], used: dict[str, str], words: str) -> None:
    assert refusal(quotas=[quota(hard, used)]) == (
        f"Quota quota leaves no room for the pod that uploads models: {words}; ask for a larger quota, or stop something."
    )


def test_a_quota_for_ephemeral_storage_wants_a_figure() -> None:
    found = spec(quotas=[quota({"requests.ephemeral-storage": "1Gi", "limits.ephemeral-storage": "1Gi"})])
    assert found["requests"]["ephemeral-storage"] == found["limits"]["ephemeral-storage"] == str(16 * MIB)


@pytest.mark.parametrize(
    "given, counted",
    [
        ({}, True),
        ({"scopes": ["Terminating"]}, True),
        ({"scopes": ["NotTerminating"]}, False),
        ({"scopes": ["NotBestEffort"]}, True),
        ({"scopes": ["BestEffort"]}, False),
        ({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "Exists"}]}}, False),
    ],
)
def test_a_pod_with_a_deadline_and_requests_is_counted_by(given: dict[str, Any], counted: bool) -> None:
    assert applies(quota({"pods": "0"}, **given)) is counted


def test_other_quotas_are_none_of_its_business() -> None:
    hard = {"persistentvolumeclaims": "0", "requests.storage": "0", "services": "0", "requests.nvidia.com/gpu": "0"}
    assert spec(quotas=[quota(hard)]) == spec()
