# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics and readiness of each model over all replicas of a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

COUNTERS = ("inference_count", "execution_count")


def totals(replicas: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the replicas come to together, one entry for each version of each model, by name and version.

    :param replicas: each with ``models`` (as client.states() gives them) and ``statistics`` (model_stats of Triton's statistics extension).
    :returns: name, version, replicas_ready, replicas, last_inference (milliseconds since 1970, the latest), inference_count, execution_count,
        inference_stats (count and ns of each kind, summed).
    """
    summed: dict[tuple[str, str], dict[str, Any]] = {}
    for replica in replicas:
        for model in replica["models"]:
            if model["version"]:
                entry = _entry(summed, model["name"], model["version"], len(replicas))
                entry["replicas_ready"] += model["ready"]
        for one in replica["statistics"]:
            entry = _entry(summed, one.get("name", ""), str(one.get("version", "")), len(replicas))
            entry["last_inference"] = max(entry["last_inference"], one.get("last_inference", 0))
            for counter in COUNTERS:
                entry[counter] += one.get(counter, 0)
            for kind, values in (one.get("inference_stats") or {}).items():
                before = entry["inference_stats"].setdefault(kind, {"count": 0, "ns": 0})
                for key in before:
                    before[key] += values.get(key, 0)
    return [summed[key] for key in sorted(summed)]


def _entry(summed: dict[tuple[str, str], dict[str, Any]], name: str, version: str, replicas: int) -> dict[str, Any]:
    return summed.setdefault(
        (name, version),
        {
            "name": name,
            "version": version,
            "replicas_ready": 0,
            "replicas": replicas,
            "last_inference": 0,
            **dict.fromkeys(COUNTERS, 0),
            "inference_stats": {},
        },
    )
