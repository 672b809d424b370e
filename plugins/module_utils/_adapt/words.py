# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .safety import source_of
from .step import Step

_LONGEST = 100
# So many are told one by one.
_MOST = 60


def words(step: Step) -> str:
    """What is changed in an object, and why."""
    before, after = _short(step.path, step.before), _short(step.path, step.after)
    if step.path == "":
        return f"{'made' if step.before is None else 'left out'}: {step.reason}"
    if step.after is None:
        return f"{step.path}: {before} goes: {step.reason}"
    if step.before is None:
        return f"{step.path}: {after} is set: {step.reason}"
    return f"{step.path}: {before} becomes {after}: {step.reason}"


def told(changes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Sentences about changes as results have them; the first sixty one by one."""
    every = list(changes)
    lines = []
    for change in every[:_MOST]:
        warning = f" {change['warning']}" if change.get("warning") else ""
        lines.append(f"{change['kind']} {change['name']}: {words(Step(**{**change, 'warning': ''}))}.{warning}")
    if len(every) > _MOST:
        lines.append(f"And {len(every) - _MOST} more; the result's adapted.changes has all of them.")
    return lines


def source(volume: Mapping[str, Any]) -> str:
    """What a volume is of."""
    kind = source_of(volume) or "a volume"
    given = volume.get(kind)
    keys = ("server", "path", "claimName")
    place = ":".join(str(given[key]) for key in keys if key in given) if isinstance(given, Mapping) else ""
    return f"{kind} {place}".strip()


def _short(path: str, value: Any) -> str:
    """A value in one line; containers by their names, volumes by what they are."""
    if path.endswith("]") and isinstance(value, Mapping):
        if ".volumes[" in path:
            return f"{value.get('name')} ({source(value)})"
        if value.get("name"):
            return str(value["name"])
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
