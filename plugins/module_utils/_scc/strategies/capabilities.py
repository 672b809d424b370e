# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capabilities of a container: what an SCC adds, drops and allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model import ANY
from .base import Finding


class Capabilities:
    """Names are compared as they are spelled: OpenShift does not fold case here."""

    def __init__(self, default_add: Sequence[str], required_drop: Sequence[str], allowed: Sequence[str]) -> None:
        self._add = frozenset(default_add)
        self._drop = frozenset(required_drop)
        self._may_add = self._add | frozenset(allowed)
        self._any = ANY in allowed
        # What a container that names no capability gets; shared, so never to be changed.
        self._for_none = self._combined(frozenset(), frozenset())

    def fill(self, own: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """The container's capabilities with those that the SCC adds and drops; the same object where nothing is new."""
        if own is None:
            return self._for_none
        add, drop = frozenset(own.get("add") or ()), frozenset(own.get("drop") or ())
        return self._combined(add, drop) or own

    def _combined(self, add: frozenset[str], drop: frozenset[str]) -> dict[str, list[str]] | None:
        """Both lists sorted, or None where the SCC changes neither."""
        all_add, all_drop = (self._add - drop) | add, self._drop | drop
        if len(all_add) == len(add) and len(all_drop) == len(drop):
            return None
        lists = {"add": sorted(all_add), "drop": sorted(all_drop)}
        return {name: names for name, names in lists.items() if names}

    def check(self, filled: Mapping[str, Any] | None) -> Sequence[Finding]:
        """What may not be added; filling has dropped whatever has to be."""
        if self._any or filled is None:
            return ()
        return [
            Finding(".capabilities.add", name, "capability may not be added")
            for name in filled.get("add") or ()
            if name not in self._may_add
        ]
