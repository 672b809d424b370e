# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a case on which the two sides disagree as small as possible: whatever can be left out is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compare import Judge, differences
from generator.values import Json, copied, line

Path = tuple[str | int, ...]
# Without these there is no case; what lies deeper may still go.
KEPT = {
    *(("case",), ("sccs",), ("case", "id"), ("case", "pod"), ("case", "namespace"), ("case", "sccs"), ("case", "user")),
    *(
        ("case", "user", "name"),
        ("case", "pod", "metadata"),
        ("case", "pod", "spec"),
        ("case", "pod", "spec", "containers"),
    ),
    *(("case", "namespace", "metadata"), ("case", "namespace", "metadata", "name")),
    *(("case", "oldPod", "metadata"), ("case", "oldPod", "spec"), ("case", "oldPod", "spec", "containers")),
}
BATCH = 400


def minimise(judge: Judge, entry: Json) -> Json:
    """The smallest entry {"case", "sccs"} found that still shows a difference in the same fields."""
    entry = {"case": entry["case"], "sccs": {one: entry["sccs"][one] for one in entry["case"]["sccs"]}}
    wanted, given = judge.judge([entry])[0]
    signature = differences(entry["case"], wanted, given)
    while True:
        steps = _steps(entry)
        alone = _hold(judge, [without(entry, step) for step in steps], signature)
        good = [step for step, held in zip(steps, alone, strict=True) if held]
        if not good:
            return entry
        # What can go alone can mostly go together: take the most that still differs.
        sizes = sorted({max(1, len(good) * share // 16) for share in range(1, 17)} | {1}, reverse=True)
        rows = [without(entry, [path for step in good[:size] for path in step]) for size in sizes]
        held = _hold(judge, rows, signature)
        entry = next(row for row, one in zip(rows, held, strict=True) if one)


def _hold(judge: Judge, entries: list[Json], signature: list[str]) -> list[bool]:
    """Which of the entries still differ in the same way."""
    result = []
    for start in range(0, len(entries), BATCH):
        part = entries[start : start + BATCH]
        for entry, (wanted, given) in zip(part, judge.judge(part), strict=True):
            result.append("error" not in wanted and differences(entry["case"], wanted, given) == signature)
    return result


def _steps(entry: Json) -> list[list[Path]]:
    """What may be deleted in one step, the largest first: one place, or the same place of the new and of the old pod."""
    paths = sorted(_paths(entry), key=lambda path: -len(line(_at(entry, path))))
    single = [[path] for path in paths if path not in KEPT]
    pairs = [[path, ("case", "oldPod", *path[2:])] for (path,) in single if path[:2] == ("case", "pod")]
    return [*pairs, *single] if "oldPod" in entry["case"] else single


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place that may be deleted, outermost first."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        place = (*path, key)
        # Types of an SCC's strategies stay, and so does its name; an SCC that the case does not name goes by itself.
        if place[0] == "sccs" and (key in ("metadata", "name") or (len(place) == 4 and key == "type")):
            continue
        if place[0] == "sccs" and len(place) < 3:
            yield from _paths(item, place)
            continue
        yield place
        yield from _paths(item, place)


def without(entry: Json, paths: list[Path]) -> Json:
    """A copy of an entry with some places deleted; a place within a deleted one is gone with it."""
    made = copied(entry)
    marks: dict[tuple[int, str | int], Any] = {}
    for path in paths:
        try:
            holder = _at(made, path[:-1])
            holder[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        marks[id(holder), path[-1]] = holder
    # Items of lists from the end, so that the places of the others stay.
    for (_holder, key), holder in sorted(
        marks.items(), key=lambda mark: -mark[0][1] if isinstance(mark[0][1], int) else 0
    ):
        del holder[key]
    named = set(made["case"]["sccs"])
    made["sccs"] = {one: scc for one, scc in made["sccs"].items() if one in named}
    return made
