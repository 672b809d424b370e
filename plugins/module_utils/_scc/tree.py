# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bounded copy of whatever somebody hands over as objects, in which nothing is shared.

Objects that were read elsewhere may share parts (YAML anchors), hold themselves, or be nested without end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._errors import TritonError
from .shown import word

MAX_DEPTH = 100
# Some ten times what fits into the largest object that Kubernetes stores.
MAX_VALUES = 2_000_000
_HALF = re.compile("[\ud800-\udfff]")


def plain_copy(value: object, where: str) -> Any:
    """The copy; half characters become the sign for unreadable ones, as in Kubernetes.

    :param where: what the value is called in messages.
    :raises TritonError: it is nested too deep, or holds too many values.
    """
    return _Copier(where).copy(value, "", 0)


class _Copier:
    def __init__(self, where: str) -> None:
        self._where = where
        self._values = 0

    def copy(self, value: Any, start: str, depth: int) -> Any:
        """A copy of a part; ``start``: the field of the whole in which it is, for messages."""
        if isinstance(value, str):
            # Ansible has types of its own, derived from text; the plain text is enough.
            text = str.__str__(value)
            return text if text.isascii() else _HALF.sub("\ufffd", text)
        if not isinstance(value, Mapping | list | tuple):
            return value
        self._values += 1 + len(value)
        if self._values > MAX_VALUES:
            raise TritonError(f"{self._where} holds more than {MAX_VALUES} values; give it in smaller parts.")
        if depth >= MAX_DEPTH:
            place = f"{self._where}: {word(start)}" if start else self._where
            raise TritonError(f"{place} is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(value, Mapping):
            return {
                self.copy(key, start, 0): self.copy(item, start or str(key), depth + 1) for key, item in value.items()
            }
        return [self.copy(item, start, depth + 1) for item in value]
