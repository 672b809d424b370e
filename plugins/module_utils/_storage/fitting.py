# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources of a helper pod that a namespace's limit ranges and quotas admit, or why there are none.

Follows Kubernetes' plugins LimitRanger and ResourceQuota for a pod of one container that runs for a limited time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .._errors import TritonError

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(n|u|m|k|[MGTPE]|[KMGTPE]i|[eE][0-9]{1,2})?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = "KMGTPE"
# Less than these, and unpacking does not get along.
LEAST: Mapping[str, Fraction] = {"cpu": Fraction(1, 20), "memory": Fraction(32 * 1024**2)}
# Asked for only where a quota or limit range demands a figure.
EPHEMERAL = Fraction(16 * 1024**2)
# What scopes of quotas say about a pod with requests and a deadline.
_SCOPES = {"Terminating": True, "NotTerminating": False, "BestEffort": False, "NotBestEffort": True}
_COUNTED = ("pods", "count/pods")


@dataclass(frozen=True, slots=True)
class Resources:
    """Requests and limits by resource, in whole units."""

    requests: Mapping[str, Fraction]
    limits: Mapping[str, Fraction]

    def spec(self) -> dict[str, dict[str, str]]:
        """As a container's field ``resources``."""
        return {
            "requests": {name: written(name, value) for name, value in self.requests.items()},
            "limits": {name: written(name, value) for name, value in self.limits.items()},
        }


# Burstable: unpacking and checking use what is free, and page cache is all the memory that they need.
WANTED = Resources(
    {"cpu": Fraction(1, 10), "memory": Fraction(128 * 1024**2)}, {"cpu": Fraction(2), "memory": Fraction(256 * 1024**2)}
)


def amount(text: Any) -> Fraction:
    """A quantity of Kubernetes; 0 for what is none."""
    match = _QUANTITY.fullmatch(str(text))
    if match is None:
        return Fraction(0)
    number, unit = Fraction(match[1].rstrip(".") or "0"), match[2] or ""
    if unit.endswith("i"):
        return number * Fraction(1 << 10 * (_BINARY.index(unit[0]) + 1))
    return number * Fraction(f"1e{_DECIMAL[unit] if unit in _DECIMAL else int(unit[1:])}")


def written(resource: str, value: Fraction) -> str:
    """A quantity: CPU in thousandths, anything else in whole units."""
    return f"{int(value * 1000)}m" if resource.endswith("cpu") else str(int(value))


def _shown(resource: str, value: Fraction) -> str:
    return written(resource, value) if resource.endswith("cpu") else f"{int(value / 1024**2)}Mi"


def fitted(
    wanted: Resources,
    limit_ranges: Iterable[Mapping[str, Any]],
    quotas: Iterable[Mapping[str, Any]],
    purpose: str = "uploads models",
) -> Resources:
    """The wanted resources, changed as little as the namespace demands.

    :param purpose: what the pod does, for messages.
    :raises TritonError: it admits none with which the pod can do that.
    """
    requests, limits = dict(wanted.requests), dict(wanted.limits)
    quotas = [quota for quota in quotas if applies(quota)]
    _ephemeral(requests, limits, quotas)
    for limit_range in limit_ranges:
        for item in (limit_range.get("spec") or {}).get("limits") or ():
            if item.get("type") in ("Container", "Pod"):
                _obey(requests, limits, item, limit_range["metadata"]["name"], purpose)
    for quota in quotas:
        _spare(requests, limits, quota, purpose)
    # A limit that a quota made smaller may be below what a limit range wants at least; the dry run says so.
    return Resources({name: min(value, limits.get(name, value)) for name, value in requests.items()}, limits)


def applies(quota: Mapping[str, Any]) -> bool:
    """Whether a quota counts the pod; scopes of priority classes and affinity are left to the dry run."""
    spec = quota.get("spec") or {}
    selectors = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    scopes = [*(spec.get("scopes") or ()), *(one.get("scopeName") for one in selectors)]
    return all(_SCOPES.get(scope, False) for scope in scopes)


def _ephemeral(requests: dict[str, Fraction], limits: dict[str, Fraction], quotas: Sequence[Mapping[str, Any]]) -> None:
    hard = {name for quota in quotas for name in (quota.get("spec") or {}).get("hard") or {}}
    if hard & {"ephemeral-storage", "requests.ephemeral-storage"}:
        requests["ephemeral-storage"] = EPHEMERAL
    if "limits.ephemeral-storage" in hard:
        limits["ephemeral-storage"] = EPHEMERAL


def _obey(
    requests: dict[str, Fraction], limits: dict[str, Fraction], item: Mapping[str, Any], name: str, purpose: str
) -> None:
    """Follow one item of a limit range: at most, at least, and how far a limit may be above the request."""
    for resource, text in (item.get("max") or {}).items():
        most = amount(text)
        if resource in LEAST and most < LEAST[resource]:
            raise TritonError(
                f"Limit range {name} allows a {item['type'].lower()} {text} of {resource} at most, but the pod that {purpose} takes "
                f"{_shown(resource, LEAST[resource])}; ask for a wider one."
            )
        for given in (requests, limits):
            if resource in given:
                given[resource] = min(given[resource], most)
    for resource, text in (item.get("min") or {}).items():
        for given in (requests, limits):
            if resource in given:
                given[resource] = max(given[resource], amount(text))
    for resource, text in (item.get("maxLimitRequestRatio") or {}).items():
        ratio = amount(text)
        if resource in requests and resource in limits and ratio > 0:
            # Rounded up to what can be written.
            least = limits[resource] / ratio
            steps = 1000 if resource == "cpu" else 1
            requests[resource] = max(requests[resource], Fraction(-(-least * steps // 1), steps))


def _spare(requests: dict[str, Fraction], limits: dict[str, Fraction], quota: Mapping[str, Any], purpose: str) -> None:
    """Take no more than a quota has left."""
    status = quota.get("status") or {}
    hard, used = status.get("hard") or (quota.get("spec") or {}).get("hard") or {}, status.get("used") or {}
    for key, text in hard.items():
        left = amount(text) - amount(used.get(key, "0"))
        kind, _dot, resource = key.rpartition(".")
        if key in _COUNTED:
            if left < 1:
                raise _exceeded(quota, key, text, used.get(key, "0"), "one pod", purpose)
            continue
        if kind not in ("", "requests", "limits"):
            continue
        given = limits if kind == "limits" else requests
        if resource not in given:
            continue
        least = LEAST.get(resource, given[resource])
        if left < least:
            raise _exceeded(quota, key, text, used.get(key, "0"), f"{_shown(resource, least)} of it", purpose)
        given[resource] = min(given[resource], left)


def _exceeded(quota: Mapping[str, Any], key: str, hard: Any, used: Any, need: str, purpose: str) -> TritonError:
    return TritonError(
        f"Quota {quota['metadata']['name']} leaves no room for the pod that {purpose}: {key} is {hard}, {used} are used, and the pod "
        f"takes {need}; ask for a larger quota, or stop something."
    )
