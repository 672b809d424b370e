# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a namespace's quotas and limit ranges have room for claims, all of them together. Pure.

Follows Kubernetes' plugins LimitRanger and ResourceQuota for PersistentVolumeClaims.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .._errors import TritonError
from .._room import quota_exceeded
from .base import Object
from .fitting import amount
from .quantity import added, size_in_bytes

_OF_CLASS = ".storageclass.storage.k8s.io/"


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim that is to be made or to grow: its size, what that adds in bytes, and its class, None where that is not known."""

    name: str
    size: str
    more: int
    new: bool
    storage_class: str | None


def asked(definition: Object, live: Object | None, default_class: str | None) -> Asked | None:
    """What a claim's definition asks for beyond what is there; None for nothing."""
    spec = definition["spec"]
    size, there = _storage(spec), _storage(live["spec"]) if live else None
    name = definition["metadata"]["name"]
    more = size_in_bytes(size, name) - (size_in_bytes(there, name) if there else 0)
    if live is not None and more <= 0:
        return None
    wanted = (live or definition)["spec"].get("storageClassName")
    return Asked(name, size, more, live is None, default_class if wanted is None else str(wanted))


def check(claims: Sequence[Asked], limit_ranges: Iterable[Object], quotas: Iterable[Object]) -> None:
    """Refuse what the API server would refuse, the second of two claims among it.

    :raises TritonError: with the limit and its name.
    """
    for limit_range in limit_ranges:
        for item in (limit_range.get("spec") or {}).get("limits") or ():
            if item.get("type") == "PersistentVolumeClaim":
                for claim in claims:
                    _obey(claim, item, limit_range["metadata"]["name"])
    for quota in quotas:
        spec, status = quota.get("spec") or {}, quota.get("status") or {}
        # What has scopes counts pods.
        if spec.get("scopes") or spec.get("scopeSelector"):
            continue
        for key, hard in (status.get("hard") or spec.get("hard") or {}).items():
            _spare(claims, quota["metadata"]["name"], key, str(hard), str((status.get("used") or {}).get(key, "0")))


def _storage(spec: Mapping[str, Any]) -> str:
    return str(((spec.get("resources") or {}).get("requests") or {}).get("storage") or "")


def _obey(claim: Asked, item: Mapping[str, Any], name: str) -> None:
    for word, wrong in (("max", "most"), ("min", "least")):
        limit = (item.get(word) or {}).get("storage")
        if limit is None:
            continue
        size = amount(claim.size)
        if size > amount(limit) if word == "max" else size < amount(limit):
            raise TritonError(
                f"Limit range {name} allows a claim {limit} at {wrong}, but claim {claim.name} asks for {claim.size}; ask for a size that it "
                "allows, or let an administrator change it."
            )


def _spare(claims: Sequence[Asked], quota: str, key: str, hard: str, used: str) -> None:
    name, of_class, counted = key.rpartition(_OF_CLASS)
    if of_class:
        concerned = [claim for claim in claims if claim.storage_class == name]
    else:
        concerned, counted = list(claims), key.removeprefix("count/")
    if counted == "persistentvolumeclaims":
        concerned = [claim for claim in concerned if claim.new]
        need, shown = Fraction(len(concerned)), str(len(concerned))
    elif counted == "requests.storage":
        total = sum(claim.more for claim in concerned)
        need, shown = Fraction(total), added([str(total)]) if total else "0"
    else:
        return
    if not concerned or need <= amount(hard) - amount(used):
        return
    names = " and ".join(claim.name for claim in concerned)
    what, takes = ("claims", "they take") if len(concerned) > 1 else ("claim", "it takes")
    raise TritonError(
        quota_exceeded(quota, f"{what} {names}", f"{key} is {hard}, of which {used} is used, and {takes} {shown}")
    )
