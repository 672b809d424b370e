# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes a pod may come to: Kubernetes' NodeSelector, NodeAffinity (required terms) and TaintToleration, from the chart's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_BLOCKING = ("NoSchedule", "NoExecute")


def fitting(
    nodes: Iterable[Mapping[str, Any]], values: Mapping[str, Any], volumes: Iterable[Mapping[str, Any]] = ()
) -> list[Mapping[str, Any]]:
    """Those of the nodes that take a pod of the release.

    :param values: nodeSelector, affinity and tolerations, as a pod has them.
    :param volumes: PersistentVolumes of its claims, which may be reachable from some nodes only.
    """
    selector = values.get("nodeSelector") or {}
    wanted = ((values.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    bounds = [((volume.get("spec") or {}).get("nodeAffinity") or {}).get("required") for volume in volumes]
    terms = [one for one in (wanted, *bounds) if one]
    return [
        node
        for node in nodes
        if _open(node, values.get("tolerations") or ())
        and selector.items() <= labels(node).items()
        and all(_matches(node, one) for one in terms)
    ]


def labels(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The labels of a node."""
    return node["metadata"].get("labels") or {}


def _open(node: Mapping[str, Any], tolerations: Iterable[Mapping[str, Any]]) -> bool:
    spec = node.get("spec") or {}
    taints = [taint for taint in spec.get("taints") or () if taint.get("effect") in _BLOCKING]
    if spec.get("unschedulable"):
        # The same taint comes a moment later.
        taints.append({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"})
    return all(any(_tolerates(one, taint) for one in tolerations) for taint in taints)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if not toleration.get("key"):
        return bool(toleration.get("operator") == "Exists")
    if toleration["key"] != taint.get("key"):
        return False
    return bool(toleration.get("operator") == "Exists" or (toleration.get("value") or "") == (taint.get("value") or ""))


def _matches(node: Mapping[str, Any], selector: Mapping[str, Any]) -> bool:
    """Terms are alternatives; within one, everything has to hold. An empty term matches nothing."""
    return any(
        (term.get("matchExpressions") or term.get("matchFields"))
        and all(_holds(labels(node), one) for one in term.get("matchExpressions") or ())
        and all(_holds({"metadata.name": node["metadata"]["name"]}, one) for one in term.get("matchFields") or ())
        for term in selector.get("nodeSelectorTerms") or ()
    )


def _holds(given: Mapping[str, Any], expression: Mapping[str, Any]) -> bool:
    value, operator = given.get(str(expression.get("key"))), expression.get("operator")
    values = [str(one) for one in expression.get("values") or ()]
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    if operator == "Exists":
        return value is not None
    if operator == "DoesNotExist":
        return value is None
    if operator in ("Gt", "Lt"):
        try:
            return int(str(value)) > int(values[0]) if operator == "Gt" else int(str(value)) < int(values[0])
        except (ValueError, IndexError):
            return False
    return False
