# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which statements of OpenShift's admission code a run executed, and which of the others are listed with a reason."""

from __future__ import annotations

import json
import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from oracle import ADMISSION, go

LISTED = Path(__file__).with_name("uncovered.json")
_BLOCK = re.compile(r"(?P<file>\S+):(?P<first>\d+)\.\d+,(?P<last>\d+)\.\d+ (?P<statements>\d+) (?P<count>\d+)")


@dataclass(frozen=True, slots=True)
class Block:
    """Some statements that are always run together."""

    file: str
    first: int
    last: int
    statements: int
    run: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one run executed of the admission code."""

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, folder: Path) -> Coverage:
        """Out of the folder (GOCOVERDIR) to which covered oracles wrote."""
        with tempfile.TemporaryDirectory() as scratch:
            text = Path(scratch) / "coverage.txt"
            go("tool", "covdata", "textfmt", f"-i={folder}", f"-o={text}")
            found = [_BLOCK.fullmatch(line) for line in text.read_text().splitlines()]
        return cls(
            tuple(
                Block(
                    one["file"].removeprefix(f"{ADMISSION}/"),
                    int(one["first"]),
                    int(one["last"]),
                    int(one["statements"]),
                    one["count"] != "0",
                )
                for one in found
                if one and one["file"].startswith(ADMISSION)
            )
        )

    def percent(self) -> dict[str, float]:
        """Share of the statements that were run, by package and of all."""
        total: dict[str, int] = defaultdict(int)
        run: dict[str, int] = defaultdict(int)
        for block in self.blocks:
            for package in (block.file.rpartition("/")[0], "all"):
                total[package] += block.statements
                run[package] += block.statements * block.run
        return {package: round(100 * run[package] / total[package], 1) for package in sorted(total)}

    def problems(self) -> list[str]:
        """Statements that were neither run nor listed, and listed ones that were run or do not exist."""
        listed = {place: reason for entry in json.loads(LISTED.read_text()) for place, reason in _places(entry)}
        missed = {str(block) for block in self.blocks if not block.run}
        return [
            *(f"{place}: not run, and no reason is listed" for place in sorted(missed - set(listed))),
            *(f"{place}: listed as not run, but it was run or is not there" for place in sorted(set(listed) - missed)),
        ]

    def reachable(self) -> float:
        """Share of the statements that were run, among those for which no reason is listed."""
        listed = {place for entry in json.loads(LISTED.read_text()) for place, _reason in _places(entry)}
        open_ones = [block for block in self.blocks if block.run or str(block) not in listed]
        return round(
            100 * sum(one.statements * one.run for one in open_ones) / sum(one.statements for one in open_ones), 1
        )


def _places(entry: dict[str, object]) -> list[tuple[str, str]]:
    lines = entry["lines"]
    assert isinstance(lines, list)
    return [(f"{entry['file']}:{one}", str(entry["reason"])) for one in lines]
