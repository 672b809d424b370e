# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replicas that an autoscaler sets are not the chart's to set: each upgrade would set them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .step import Step
from .templates import name_of, namespace_of, step

_REASON = "{} sets them, and every upgrade would set them back"


def without_replicas(
    objects: Iterable[Mapping[str, Any]], namespace: str = ""
) -> tuple[list[dict[str, Any]], list[Step]]:
    """The objects without the replicas of those that an autoscaler scales.

    :param namespace: of objects that name none.
    """
    items = list(objects)
    scalers = {}
    for item in items:
        spec = item.get("spec")
        target = spec.get("scaleTargetRef") if isinstance(spec, Mapping) else None
        if item.get("kind") == "HorizontalPodAutoscaler" and isinstance(target, Mapping):
            scaled = str(target.get("kind")), str(target.get("name"))
            scalers[namespace_of(item, namespace), _group(target), *scaled] = name_of(item)
    result, steps = [], []
    for item in items:
        kind, name = name_of(item)
        scaler, spec = scalers.get((namespace_of(item, namespace), _group(item), kind, name)), item.get("spec")
        if scaler is None or not isinstance(spec, Mapping) or spec.get("replicas") is None:
            result.append(dict(item))
            continue
        steps.append(step(item, "spec.replicas", spec["replicas"], None, _REASON.format(" ".join(scaler))))
        result.append({**item, "spec": {key: value for key, value in spec.items() if key != "replicas"}})
    return result, steps


def _group(item: Mapping[str, Any]) -> str:
    return str(item.get("apiVersion") or "").rpartition("/")[0]
