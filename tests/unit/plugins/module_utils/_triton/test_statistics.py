# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._triton.statistics import totals


def model(name: str, version: str, ready: bool = True) -> dict[str, Any]:
    return {"name": name, "version": version, "ready": ready}


def counted(name: str, count: int, last: int, ns: int) -> dict[str, Any]:
    success = {"success": {"count": count, "ns": ns}}
    return {
        "name": name,
        "version": "1",
        "inference_count": count,
        "execution_count": 1,
        "last_inference": last,
        "inference_stats": success,
    }


def test_replicas_are_summed_up_and_the_last_inference_is_the_latest() -> None:
    replicas = [
        {
            "models": [model("m", "1"), {"name": "never", "version": "", "ready": False}],
            "statistics": [counted("m", 3, 50, 7)],
        },
        {"models": [model("m", "1")], "statistics": [counted("m", 4, 20, 5)]},
    ]
    assert totals(replicas) == [
        {
            "name": "m",
            "version": "1",
            "replicas_ready": 2,
            "replicas": 2,
            "last_inference": 50,
            "inference_count": 7,
            "execution_count": 2,
            "inference_stats": {"success": {"count": 7, "ns": 12}},
        }
    ]


def test_a_model_that_one_replica_lacks_shows() -> None:
    replicas = [
        {"models": [model("m", "1")], "statistics": [counted("m", 3, 50, 7)]},
        {"models": [model("m", "1", ready=False)], "statistics": []},
    ]
    (entry,) = totals(replicas)
    assert (entry["replicas_ready"], entry["replicas"], entry["inference_count"]) == (1, 2, 3)


def test_versions_are_apart_and_in_order() -> None:
    replicas = [{"models": [model("b", "2"), model("a", "1"), model("b", "1", False)], "statistics": []}]
    assert [(one["name"], one["version"], one["replicas_ready"]) for one in totals(replicas)] == [
        ("a", "1", 1),
        ("b", "1", 0),
        ("b", "2", 1),
    ]


def test_no_replica_no_totals() -> None:
    assert totals([]) == []
