# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two pods are the same to Kubernetes (equality.Semantic), judged from their JSON and the types of its fields.

Absent, null, and an empty list or map are the same. So are the zero of a plain field and its absence, but not those of a field
that Kubernetes keeps as a pointer, such as ``runAsUser: 0``. Quantities and times are compared by value, and fields that
Kubernetes does not know do not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any

from .pod_types import POD, TYPES

# What the garbage collector and the API server itself change; annotations are looked at by themselves.
_IGNORED_METADATA = frozenset({"annotations", "ownerReferences", "finalizers", "selfLink", "managedFields"})
# Without any digit it is a zero. Nobody needs longer ones, which would take their time.
_QUANTITY = re.compile(
    r"([+-]?)([0-9]{0,300})(?:\.([0-9]{0,300}))?(?:([KMGTPE])i|([numkMGTPE])|[eE]([+-]?0{0,9}[0-9]{1,3}))?"
)
_DECIMAL = dict(zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True))
_BINARY = {suffix: 10 * power for power, suffix in enumerate("KMGTPE", 1)}
_BILLION = 10**9
_MOST = 2**63 - 1


def same_spec(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two pod specifications mean the same."""
    return one == other or _plain(_pod()["spec"], _complete(one)) == _plain(_pod()["spec"], _complete(other))


def same_but_for_metadata(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two pods have the same metadata, apart from what no user has a say in and from annotations, and the same status."""
    return all(
        _plain(_pod()[name], _without(one.get(name), ignored))
        == _plain(_pod()[name], _without(other.get(name), ignored))
        for name, ignored in (("metadata", _IGNORED_METADATA), ("status", frozenset()))
    )


def _without(value: Any, names: frozenset[str]) -> dict[str, Any]:
    return {key: item for key, item in (value or {}).items() if key not in names}


def _complete(spec: Mapping[str, Any]) -> dict[str, Any]:
    """With what decoding makes the same: a security context, both names of the service account, no negative grace period.

    Source: Kubernetes, pkg/apis/core/v1/conversion.go.
    """
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    grace = spec.get("terminationGracePeriodSeconds")
    return {
        **spec,
        "securityContext": spec.get("securityContext") or {},
        "serviceAccountName": account,
        "serviceAccount": account,
        "terminationGracePeriodSeconds": 1 if isinstance(grace, int) and grace < 0 else grace,
    }


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    """Objects by number, their fields with their types."""
    found: dict[str, Mapping[str, str]] = {}
    for line in TYPES.strip().replace("\n  ", " ").splitlines():
        number, *fields = line.split()
        found[number] = {name: kind for name, _equals, kind in (field.partition("=") for field in fields)}
    return found


def _pod() -> Mapping[str, str]:
    return _types()[POD[1:]]


def _plain(kind: str, value: Any) -> Any:
    """The value without whatever means nothing; None for nothing at all."""
    if kind[0] == "*":
        # There, even if it is a zero.
        return None if value is None else (_plain(kind[1:], value),)
    # Of what no rule reads, the types are not checked; what has another one counts as it is.
    if kind[0] == "o" and isinstance(value, Mapping):
        return _fields(kind, value)
    if kind[0] == "l" and isinstance(value, list):
        return [_plain(kind[1:], item) for item in value] or None
    if kind[0] == "m" and isinstance(value, Mapping):
        return {key: _plain(kind[1:], item) for key, item in value.items()} or None
    return _scalar(kind, value)


def _fields(kind: str, value: Mapping[str, Any]) -> dict[str, Any] | None:
    known = _types()[kind[1:]]
    found = {name: _plain(known[name], item) for name, item in value.items() if name in known}
    return {name: item for name, item in found.items() if item is not None} or None


def _scalar(kind: str, value: Any) -> Any:
    if kind == "q":
        return _quantity(value) or None
    if kind == "t":
        return _time(value)
    if kind == "x":
        # An empty text is not the number 0.
        return value if value or isinstance(value, str) else None
    return value or None


def _quantity(value: Any) -> Any:
    """The value of a quantity, in billionths; anything else as it is. Source: Kubernetes, api/resource.ParseQuantity."""
    match = _QUANTITY.fullmatch(str(value).strip())
    if match is None:
        return value
    sign, whole, fraction, binary, decimal, exponent = match.groups(default="")
    if binary:
        scale = Fraction(2 ** _BINARY[binary])
    else:
        scale = Fraction(10) ** (_DECIMAL[decimal] if decimal else int(exponent or 0))
    # Go rounds away from zero to billionths, and cuts off numbers with a binary suffix at the largest one of 64 bits.
    amount = ceil(Fraction(int(f"0{whole}{fraction}"), 10 ** len(fraction)) * scale * _BILLION)
    return int(f"{sign}1") * (min(amount, _MOST * _BILLION) if binary else amount)


def _time(value: Any) -> Any:
    """A point in time, whatever its zone; anything else as it is."""
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except (ValueError, OverflowError):
        return value
