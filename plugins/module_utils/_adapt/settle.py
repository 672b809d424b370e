# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes come to in the end: by their places in the pod as it was given, with the values there and in the result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._scc.changes import Change

_INIT = re.compile(r"^spec\.initContainers\[(\d+)\]")
# A key in brackets may have dots and brackets itself, and ends the path.
_PART = re.compile(r"(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]|\[(?P<key>.+)\]$", re.DOTALL)


def keys(path: str) -> list[str | int]:
    """The parts of a path such as spec.containers[0].securityContext or metadata.annotations[a.b/c]."""
    return [
        int(found["index"]) if found["index"] is not None else found["name"] or found["key"]
        for found in _PART.finditer(path)
    ]


def at(pod: Any, path: str) -> Any:
    """What lies at a path, None where nothing does."""
    found: Any = pod
    for key in keys(path):
        if isinstance(key, int):
            found = found[key] if isinstance(found, list) and key < len(found) else None
        else:
            found = found.get(key) if isinstance(found, Mapping) else None
    return found


def settled(
    changes: Iterable[Change], before: Mapping[str, Any], after: Mapping[str, Any], kept: Sequence[int]
) -> list[Change]:
    """Each changed place once, in the order of the changes; what lies below another one, or is as it was, is left out.

    :param changes: with paths in the result.
    :param before: the pod as it was given.
    :param after: the result.
    :param kept: the indexes in ``before`` of the init containers in ``after``.
    """
    found = {change.path: change for change in changes}
    result = []
    for path, change in found.items():
        if any(path.startswith((f"{other}.", f"{other}[")) for other in found):
            continue
        given = _INIT.sub(lambda match: f"spec.initContainers[{kept[int(match[1])]}]", path)
        old, new = at(before, given), at(after, path)
        if old != new:
            result.append(replace(change, path=given, before=old, after=new))
    return result
