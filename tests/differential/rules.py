# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count how often a run of cases shows each outcome of each rule: `rules.py FOLDER`, with what generate.py left there.

The rules themselves stand in rulebook/; importing its modules fills the table.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rulebook import RULES, access, allocation, candidates, choosing, containers, pods, running, volumes
from rulebook.view import Json, View

__all__ = [
    "RULES",
    "Tally",
    "access",
    "allocation",
    "candidates",
    "choosing",
    "containers",
    "pods",
    "running",
    "volumes",
]


class Tally:
    """How many cases showed each outcome of each rule."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, case: Json, answer: Json, sccs: dict[str, Json]) -> set[tuple[str, str]]:
        """Count one case; returns what it showed."""
        shown = outcomes(case, answer, sccs)
        self.counts.update(shown)
        return shown

    def rows(self) -> list[tuple[int, str, str]]:
        """Every possible outcome with its count, the rarest first."""
        rows = [
            (self.counts[one.name, outcome], one.name, outcome)
            for one in RULES
            for outcome in one.outcomes
            if outcome not in one.impossible
        ]
        return sorted(rows, key=lambda row: row[0])

    def rare(self, least: int) -> list[str]:
        """Outcomes that too few cases showed, and impossible ones that some case showed."""
        problems = [f"{name}: {outcome}: {count} cases" for count, name, outcome in self.rows() if count < least]
        for one in RULES:
            problems += [
                f"{one.name}: {outcome}: it is listed as impossible, and {self.counts[one.name, outcome]} cases show it"
                for outcome in one.impossible
                if self.counts[one.name, outcome]
            ]
        return problems

    def table(self, rows: int | None = None) -> str:
        """The rules, the rarest outcome first."""
        shown = self.rows()[:rows]
        return "\n".join(f"{count:>8}  {name}: {outcome}" for count, name, outcome in shown)


def outcomes(case: Json, answer: Json, sccs: dict[str, Json]) -> set[tuple[str, str]]:
    view = View(case, answer, sccs)
    return {(one.name, outcome) for one in RULES for outcome in one.test(view)}


def _pairs(folder: Path) -> Iterable[tuple[Json, Json]]:
    with (folder / "cases.jsonl").open() as cases, (folder / "expected.jsonl").open() as answers:
        for case, answer in zip(cases, answers, strict=True):
            yield json.loads(case), json.loads(answer)


def main() -> int:
    folder = Path(sys.argv[1])
    tally = Tally()
    sccs = json.loads((folder / "sccs.json").read_text())
    for case, answer in _pairs(folder):
        tally.add(case, answer, sccs)
    print(tally.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
