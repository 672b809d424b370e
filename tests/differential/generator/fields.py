# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any field of a pod: fields that no rule knows must come out as they went in, and count in an update as Kubernetes counts.

The oracle tells the shape of a pod. A place is a path of field names through it; `[]` is the first item of a list or map.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .quantities import AMOUNTS
from .values import Dice, Json, copied

Place = tuple[str, ...]
ITEM = "[]"
KEY = "a"
ABSENT = object()
DAY, OTHER_DAY = "2026-01-02T03:04:05", "2026-01-02T03:04:06"
VALUES: dict[str, tuple[Any, ...]] = {
    "string": (ABSENT, None, "", "x", "y"),
    "int32": (ABSENT, None, 0, 1, 2),
    "int64": (ABSENT, None, 0, 1, 2),
    "bool": (ABSENT, None, False, True, True),
    "quantity": (ABSENT, None, *(amount for row in AMOUNTS for amount in row)),
    "time": (ABSENT, None, f"{DAY}Z", f"{OTHER_DAY}Z", f"{DAY}+00:00", "2026-01-02T04:04:05+01:00"),
    "microtime": (ABSENT, None, f"{DAY}.000000Z", f"{OTHER_DAY}.000001Z", f"{DAY}.000000+00:00"),
    "intstr": (ABSENT, 0, 80, 81, "80", "http", ""),
    "raw": (ABSENT, {}, {"f:a": {}}),
}


class Fields:
    """Sets fields anywhere in pods."""

    def __init__(self, shape: Json) -> None:
        self.shape = shape
        self.places: tuple[Place, ...] = tuple(
            place
            for place in _places(shape)
            if place[0] in ("metadata", "spec", "status") and len(place) > 1 and place != ("spec", "containers")
        )

    def place(self, dice: Dice) -> Place:
        """Some place; half of them within the spec's first three levels, which are few but matter most."""
        place = dice.pick(self.places)
        while place[0] != "spec" or len(place) > 5:
            if dice.chance(0.5):
                break
            place = dice.pick(self.places)
        return place

    def updates(self, dice: Dice, name: str) -> Iterator[Json]:
        """For every place, an update of a small pod that differs there, or is only written in another way."""
        for number, place in enumerate(self.places):
            pods: list[Json] = [
                {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}]}} for _time in range(2)
            ]
            self.set(dice, pods, place, alike=False)
            namespace = {"metadata": {"name": "demo"}}
            # Without any SCC the update is refused, unless nothing that counts has changed.
            yield {
                "id": f"{name}-{number}",
                "operation": "UPDATE",
                "pod": pods[0],
                "oldPod": pods[1],
                "namespace": namespace,
                "sccs": [],
                "user": {"name": "alice"},
            }

    def set(self, dice: Dice, pods: list[Json], place: Place, *, alike: bool) -> None:
        """Set a place in all pods to some value: everywhere the same one, or in each another (or the same after all)."""
        shape = self._shape(place)
        value = self._value(dice, shape)
        for pod in pods:
            self._put(pod, place, copied(value) if value is not ABSENT else value)
            if not alike:
                value = self._other(dice, shape, value)

    def _other(self, dice: Dice, shape: Json, value: Any) -> Any:
        """Another value, or perhaps the same: of quantities often just in other words."""
        rows = [row for row in AMOUNTS if value in row] if shape["kind"] == "quantity" else []
        return dice.pick(rows[0]) if rows and dice.chance(0.7) else self._value(dice, shape)

    def _shape(self, place: Place) -> Json:
        shape = self.shape
        for step in place:
            shape = shape["item"] if step == ITEM else shape["fields"][step]
        return shape

    def _value(self, dice: Dice, shape: Json) -> Any:
        kind = shape["kind"]
        if kind == "object":
            return dice.pick((ABSENT, None, {}))
        if kind == "map":
            return dice.pick((ABSENT, None, {}, {KEY: _something(shape["item"])}))
        if kind == "list":
            item = _something(shape["item"])
            return dice.pick((ABSENT, None, [], [item], [item, item]))
        return dice.pick(VALUES[kind])

    def _put(self, pod: Json, place: Place, value: Any) -> None:
        """Set a place, making what leads to it; what is there already is kept."""
        holder: Any = pod
        shape = self.shape
        for at, step in enumerate(place):
            key: Any = (KEY if shape["kind"] == "map" else 0) if step == ITEM else step
            shape = shape["item"] if step == ITEM else shape["fields"][step]
            if isinstance(holder, list):
                if not holder:
                    holder.append(_something(shape))
                key = 0
            if at == len(place) - 1:
                if value is not ABSENT:
                    # A list's item or a map's value is never null.
                    holder[key] = _something(shape) if value is None and step == ITEM else value
                elif isinstance(holder, dict):
                    holder.pop(key, None)
                return
            inner = holder[key] if isinstance(holder, list) else holder.get(key)
            if inner is None:
                inner = [] if shape["kind"] == "list" else {}
                holder[key] = inner
            holder = inner


def _something(shape: Json) -> Any:
    """A plain value that is not empty where a single value is meant."""
    kinds: Json = {
        "object": {},
        "map": {},
        "list": [],
        "string": "x",
        "bool": True,
        "quantity": "1",
        "intstr": 80,
        "raw": {},
    }
    kinds |= {"int32": 1, "int64": 1, "time": f"{DAY}Z", "microtime": f"{DAY}.000000Z"}
    return copied(kinds[shape["kind"]])


def _places(shape: Json, place: Place = ()) -> list[Place]:
    found: list[Place] = [place] if place else []
    for name, inner in (shape.get("fields") or {}).items():
        found += _places(inner, (*place, name))
    if "item" in shape:
        found += _places(shape["item"], (*place, ITEM))
    return found
