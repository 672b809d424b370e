# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read fields of an object with their types, null and absent being the same, as Kubernetes decodes JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .shown import shown


@dataclass(frozen=True, slots=True)
class Reader:
    """An object and its place in messages."""

    place: str
    data: Mapping[str, Any]

    def _wrong(self, name: str, value: Any, wanted: str) -> TritonError:
        return TritonError(f"{self.place}: {name} is {shown(value)}; it must be {wanted}.")

    def boolean(self, name: str) -> bool | None:
        """True, false, or None where there is none."""
        value = self.data.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise self._wrong(name, value, "true or false")

    def integer(self, name: str, bits: int = 64) -> int | None:
        """A signed number of so many bits, or None where there is none."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            return value
        raise self._wrong(name, value, f"a whole number of at most {bits} bits")

    def text(self, name: str) -> str:
        """Text, "" where there is none."""
        value = self.data.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        raise self._wrong(name, value, "text")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, empty where there is none; null as an element is an empty text."""
        value = self.data.get(name)
        if value is None:
            return ()
        if isinstance(value, list) and all(item is None or isinstance(item, str) for item in value):
            return tuple(item or "" for item in value)
        raise self._wrong(name, value, "a list of texts")

    def object(self, name: str) -> Reader:
        """An object, an empty one where there is none."""
        value = self.data.get(name)
        if value is None:
            value = {}
        if isinstance(value, Mapping):
            return Reader(f"{self.place}: {name}", value)
        raise self._wrong(name, value, "an object")

    def objects(self, name: str) -> list[Reader]:
        """A list of objects, empty where there is none."""
        value = self.data.get(name)
        if value is None:
            return []
        if isinstance(value, list) and all(item is None or isinstance(item, Mapping) for item in value):
            return [Reader(f"{self.place}: {name}[{index}]", item or {}) for index, item in enumerate(value)]
        raise self._wrong(name, value, "a list of objects")
