# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the Python engine's answers with the oracle's: verdict, SCC, subject type, message, and the pod that comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import ToolError
from generator.values import Json, line
from oracle import ROOT, Oracle

ENGINE = ROOT / "bin" / "scc-explain"
# Validate keeps it to itself for whom an SCC was usable.
REGRESSIONS = Path(__file__).resolve().with_name("regressions")
MOST_CRASHES = 20
FIELDS = ("allowed", "scc", "subjectType", "message", "pod")


def together(entries: Sequence[Json]) -> tuple[list[Json], Json]:
    """The cases of entries {"case", "sccs"} and one catalogue for all of them; what is the same SCC is there once."""
    ids: dict[str, str] = {}
    sccs: Json = {}
    cases = []
    for entry in entries:
        own = {}
        for one, scc in entry["sccs"].items():
            own[one] = ids.setdefault(json.dumps(scc), f"{len(ids)}/{one}")
            sccs[own[one]] = scc
        cases.append({**entry["case"], "sccs": [own[one] for one in entry["case"]["sccs"]]})
    return cases, sccs


def differences(case: Json, wanted: Json, given: Json) -> list[str]:
    """Names of the fields in which two answers differ; both pods are as Kubernetes writes them."""
    if "error" in wanted or "error" in given:
        return ["error"]
    hidden = "subjectType" if case.get("phase") == "validate" else ""
    return [name for name in FIELDS if name != hidden and wanted.get(name) != given.get(name)]


@dataclass(frozen=True, slots=True)
class Engine:
    """The program under test, as its users call it."""

    path: Path = ENGINE

    def start(self, cases: Path, sccs: Path, results: Path) -> Running:
        with results.open("wb") as out, results.with_suffix(".err").open("wb") as err:
            command: list[str | Path] = [sys.executable, self.path, "--batch", cases, "--sccs", sccs]
            return Running(subprocess.Popen(command, stdout=out, stderr=err), results)


@dataclass(frozen=True, slots=True)
class Running:
    """An engine at work on a batch."""

    process: subprocess.Popen[bytes]
    results: Path

    def finish(self) -> int:
        """Wait for its end and return its peak memory in KiB; raises ToolError where it failed."""
        _pid, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            tail = self.results.with_suffix(".err").read_text(encoding="utf-8", errors="replace")[-2000:]
            raise ToolError(f"the engine ended with exit code {self.process.returncode}: {tail}")
        return usage.ru_maxrss


class Judge:
    """Asks both sides about cases that lie in memory; slower a case than whole files, but it survives an engine's crash."""

    def __init__(self, oracle: Oracle, engine: Engine, folder: Path) -> None:
        self.oracle = oracle
        self.engine = engine
        self.folder = folder
        self.crashes = 0

    def judge(self, entries: Sequence[Json]) -> list[tuple[Json, Json]]:
        """Answers of the oracle and of the engine to entries {"case", "sccs"}, each with SCCs of its own."""
        cases, sccs = together(entries)
        files = {name: self.folder / name for name in ("sccs.json", "cases.jsonl", "wanted.jsonl")}
        files["sccs.json"].write_text(json.dumps(sccs), encoding="utf-8")
        files["cases.jsonl"].write_text("".join(map(line, cases)), encoding="utf-8")
        self.oracle.order(
            batch={
                "cases": str(files["cases.jsonl"]),
                "sccs": str(files["sccs.json"]),
                "results": str(files["wanted.jsonl"]),
            }
        )
        wanted = _read(files["wanted.jsonl"])
        return list(zip(wanted, self._engine(cases, files["sccs.json"]), strict=True))

    def _engine(self, cases: Sequence[Json], sccs: Path) -> list[Json]:
        """The engine's answers; where it crashes, halves are tried until the culprit stands alone."""
        path = self.folder / "some.jsonl"
        path.write_text("".join(map(line, cases)), encoding="utf-8")
        results = self.folder / "results.jsonl"
        try:
            self.engine.start(path, sccs, results).finish()
        except ToolError as error:
            if len(cases) == 1:
                self.crashes += 1
                if self.crashes > MOST_CRASHES:
                    raise
                return [{"id": cases[0]["id"], "error": str(error)}]
            middle = len(cases) // 2
            return self._engine(cases[:middle], sccs) + self._engine(cases[middle:], sccs)
        return canonical(self.oracle, results)


def canonical(oracle: Oracle, results: Path) -> list[Json]:
    """The answers of a file, with pods as Kubernetes writes them."""
    output = results.with_suffix(".canonical")
    oracle.order(rewrite={"results": str(results), "output": str(output)})
    return _read(output)


def _read(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as handle:
        return [json.loads(text) for text in handle]
