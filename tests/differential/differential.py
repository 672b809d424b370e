# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask OpenShift's own admission code and the Python engine the same thousands of questions, and compare the answers.

Cases come in chunks of 5,000 from a seed. While the engine works on one chunk, the next one is made. Every disagreement
is made as small as it gets and written to regressions/, whose cases are asked first in each run.

`--full` demands more of the run itself: that each outcome of each rule (rulebook/) was shown a hundred times, and that
every statement of the admission code was run or is listed with a reason (uncovered.json). `--evidence` writes the result
to docs/evidence/.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "tools")]

from common import ToolError, run, say
from compare import ENGINE, REGRESSIONS, Engine, Judge, Running, canonical, differences
from coverage import Coverage
from evidence import EVIDENCE, commit, machine
from generate import MANIFEST, Files, fields_of, lines, make_chunk
from generator import directed, quantities
from generator.texts import names_of_all_characters
from generator.values import Dice, Json
from library import compare_library
from minimise import minimise
from oracle import Oracle, program
from rules import RULES, Tally

HERE = Path(__file__).resolve().parent
CHUNK = 5000
LEAST = 100
SHOWN = 5


@dataclass
class Outcome:
    """What a run found."""

    cases: int = 0
    admitted: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


class Comparison:
    """One run over regressions and chunks."""

    def __init__(self, oracle: Oracle, engine: Engine, folder: Path, outcome: Outcome) -> None:
        self.oracle = oracle
        self.engine = engine
        self.folder = folder
        self.outcome = outcome
        self.judge = Judge(oracle, engine, folder)
        self.minimised: set[str] = set()
        self.memory: list[dict[str, int]] = []

    def regressions(self) -> None:
        """Ask what once went wrong."""
        paths = sorted(REGRESSIONS.glob("*.json"))
        if not paths:
            return
        entries = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        for path, entry, (wanted, given) in zip(paths, entries, self.judge.judge(entries), strict=True):
            self.outcome.cases += 1
            if names := differences(entry["case"], wanted, given):
                self.outcome.failed += 1
                self.minimised.add(_kind(names, entry))
                _show(f"regressions/{path.name}", names, entry, wanted, given)

    def directed(self) -> None:
        """Ask the cases that are written down."""
        self._each([*directed.entries(self.oracle.order(default=str(MANIFEST))["sccs"])])

    def characters(self) -> None:
        """Ask about every character there is: how does a message quote it?"""
        self._small([*names_of_all_characters()])

    def quantities(self, seed: int, count: int) -> None:
        """Ask about quantities: is one the same as another?"""
        self._small([*quantities.updates(Dice(f"{seed}/quantities"), f"{seed}-quantities", count)])

    def fields(self, seed: int, rounds: int) -> None:
        """Ask about every field of a pod: does a difference there count in an update?"""
        for number in range(rounds):
            dice = Dice(f"{seed}/fields/{number}")
            self._small([*fields_of(self.oracle).updates(dice, f"{seed}-fields-{number}")])

    def _small(self, cases: list[Json]) -> None:
        """Ask small cases without any SCC."""
        self._each([{"case": case, "sccs": {}} for case in cases])

    def _each(self, entries: list[Json]) -> None:
        """Ask cases with SCCs of their own."""
        for entry, (wanted, given) in zip(entries, self.judge.judge(entries), strict=True):
            self.outcome.cases += 1
            self.outcome.admitted += wanted["allowed"]
            if names := differences(entry["case"], wanted, given):
                self.outcome.failed += 1
                self._disagreement(names, entry)

    def chunks(self, seed: int, count: int) -> None:
        """Ask COUNT new cases."""
        waiting: tuple[Files, Running] | None = None
        begun = time.monotonic()
        for number, size in enumerate(_sizes(count)):
            files = Files.of(self.folder / f"chunk-{number % 2}")
            make_chunk(self.oracle, seed, number, size, files)
            if waiting:
                self._compare(*waiting)
            running = self.engine.start(files.cases, files.sccs, files.cases.with_name("results.jsonl"))
            waiting = (files, running)
            if number % 8 == 7:
                rate = self.outcome.cases / (time.monotonic() - begun)
                say(f"{self.outcome.cases} cases, {self.outcome.failed} disagreements, {rate:.0f} cases a second")
        if waiting:
            self._compare(*waiting)

    def _compare(self, files: Files, running: Running) -> None:
        sccs: dict[str, Json] = json.loads(files.sccs.read_text(encoding="utf-8"))
        try:
            engine = running.finish()
            self.memory.append(_memory(self.oracle, engine))
            answers = canonical(self.oracle, running.results)
        except ToolError:
            # One case that the engine cannot bear must not hide the others.
            entries = [_entry(case, sccs) for case in lines(files.cases)]
            answers = [given for _case, given in self.judge.judge(entries)]
        rows = zip(lines(files.cases), lines(files.expected), answers, strict=True)
        for case, wanted, given in rows:
            self.outcome.cases += 1
            self.outcome.admitted += wanted["allowed"]
            self.outcome.tally.add(case, wanted, sccs)
            if case["id"] != given["id"]:
                raise ToolError(f"the engine answered {given['id']} where {case['id']} was asked.")
            if names := differences(case, wanted, given):
                self.outcome.failed += 1
                self._disagreement(names, _entry(case, sccs))

    def _disagreement(self, names: list[str], entry: Json) -> None:
        """Show one disagreement of each kind made small; the others are only counted."""
        kind = _kind(names, entry)
        if kind in self.minimised or len(self.minimised) >= SHOWN:
            return
        self.minimised.add(kind)
        small = minimise(self.judge, entry)
        wanted, given = self.judge.judge([small])[0]
        REGRESSIONS.mkdir(exist_ok=True)
        path = REGRESSIONS / f"{entry['case']['id']}.json"
        path.write_text(json.dumps(small, indent=1) + "\n", encoding="utf-8")
        _show(f"regressions/{path.name}", differences(small["case"], wanted, given), small, wanted, given)


def _kind(names: list[str], entry: Json) -> str:
    """What counts as the same disagreement once more."""
    case = entry["case"]
    return f"{names} {case.get('operation', '')} {case.get('phase', '')}"


def _sizes(count: int) -> Iterator[int]:
    while count > 0:
        yield min(CHUNK, count)
        count -= CHUNK


def _entry(case: Json, sccs: dict[str, Json]) -> Json:
    return {"case": case, "sccs": {one: sccs[one] for one in case["sccs"]}}


def _show(title: str, names: list[str], entry: Json, wanted: Json, given: Json) -> None:
    print(f"\nDISAGREEMENT {title} about {', '.join(names)}\n{json.dumps(entry)}")
    for name in names:
        print(f"  {name}\n    oracle: {_text(wanted.get(name))}\n    engine: {_text(given.get(name))}")
    sys.stdout.flush()


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text.encode("utf-8", "backslashreplace").decode()


def _exec(covered: Path, files: Files, coverage: Path) -> dict[str, int]:
    """The exec plugin of OpenShift against Admit, on the cases that a run left behind last."""
    command: list[str | Path] = [covered, "exec", "-sccs", files.sccs, files.cases]
    counts: dict[str, int] = json.loads(run(command, env={"GOCOVERDIR": str(coverage)}).stdout)
    return counts


def _memory(oracle: Oracle, engine: int) -> dict[str, int]:
    """Peak memory so far in MiB; of the engine, which is started for each chunk, that of the last chunk."""
    status = Path(f"/proc/{oracle.pid}/status").read_text()
    peak = next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM:"))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"driver": own // 1024, "oracle": peak // 1024, "engine": engine // 1024}


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run has to tell."""

    outcome: Outcome
    coverage: Coverage
    figures: Json

    def tell(self, rules: int) -> None:
        figures = self.figures
        print(f"\nrules: {len(RULES)}; the {rules} rarest outcomes, with the number of cases that showed them")
        print(self.outcome.tally.table(rules))
        print("\nstatements of the admission code that were run")
        for package, percent in figures["coverage"].items():
            print(f"{percent:>7}%  {package}")
        print(f"{figures['coverage_of_reachable']:>7}%  of those for which uncovered.json has no reason")
        for problem in self.outcome.problems:
            print(f"PROBLEM {problem}")
        print(
            f"\nseed {figures['seed']}: {figures['cases']} cases, {figures['admitted'] / max(figures['cases'], 1):.0%} admitted, "
            f"{figures['disagreements']} disagreements, {figures['seconds']} s"
        )

    def keep(self) -> None:
        """Write the evidence."""
        EVIDENCE.mkdir(parents=True, exist_ok=True)
        (EVIDENCE / "differential.json").write_text(json.dumps(self.figures, indent=1) + "\n")
        figures = self.figures
        rows = "\n".join(f"| {package} | {percent} |" for package, percent in figures["coverage"].items())
        memory = "; ".join(
            f"{name} {figures['memory_mib']['start'][name]} → {figures['memory_mib']['end'][name]}"
            for name in figures["memory_mib"]["start"]
        )
        (EVIDENCE / "differential.md").write_text(PAGE.format(**figures, rows=rows, memory=memory), encoding="utf-8")


PAGE = """<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
# The SCC engine against OpenShift's admission code

`make soak-differential` asks OpenShift's own admission code (tests/cluster/oracle) and `bin/scc-explain` the same
questions and compares verdict, SCC, subject type, message and the pod that comes out, each exactly.

| | |
|---|---|
| commit | {commit} |
| cases (seed {seed}) | {cases} |
| of them admitted | {admitted} |
| disagreements | {disagreements} |
| rarest outcome of a rule, cases | {rarest} |
| outcomes of rules shown | {outcomes} |
| statements run, of all | {coverage[all]} % |
| statements run, of those without a reason in uncovered.json | {coverage_of_reachable} % |
| exec plugin compared with Admit | {exec[compared]}, differing {exec[differed]} |
| rights and orders compared with the library's | {library[compared]}, differing {library[differed]} |
| seconds | {seconds} |
| peak memory, start → end, MiB | {memory} |
| machine | {machine[cores]} cores, {machine[processor]}, Python {machine[python]}, {machine[go]} |

| package of the admission code | statements run, % |
|---|---|
{rows}

What was not run, and why: tests/differential/uncovered.json.
"""


def compare(args: argparse.Namespace) -> Report:
    """The whole run."""
    outcome = Outcome()
    begun = time.monotonic()
    covered = program("covered")
    with tempfile.TemporaryDirectory(prefix="inferops-differential-") as scratch:
        folder, noted = Path(scratch), Path(scratch) / "coverage"
        noted.mkdir()
        with Oracle(covered, noted) as oracle:
            comparison = Comparison(oracle, Engine(args.engine), folder, outcome)
            comparison.regressions()
            comparison.directed()
            comparison.fields(args.seed, 16 if args.full else 1)
            comparison.quantities(args.seed, 20000 if args.full else 1000)
            if args.full:
                comparison.characters()
            comparison.chunks(args.seed, args.cases)
        compared = _exec(covered, Files.of(folder / "chunk-0"), noted)
        listed = compare_library(covered, Files.of(folder / "chunk-0"), noted)
        coverage = Coverage.of(noted)
    if compared["differed"]:
        outcome.problems.append(f"the exec plugin decided otherwise than Admit: {compared}")
    if listed["differed"]:
        outcome.problems.append(f"the library lists SCCs otherwise than the engine: {listed}")
    if args.full:
        outcome.problems += outcome.tally.rare(LEAST) + coverage.problems()
    rows = outcome.tally.rows()
    figures = {
        "commit": commit(),
        "machine": machine(),
        "seed": args.seed,
        "cases": outcome.cases,
        "admitted": outcome.admitted,
        "disagreements": outcome.failed,
        "problems": len(outcome.problems),
        "rules": len(RULES),
        "outcomes": len(rows),
        "rarest": rows[0][0],
        "exec": compared,
        "library": listed,
        "coverage": coverage.percent(),
        "coverage_of_reachable": coverage.reachable(),
        "memory_mib": {"start": comparison.memory[0], "end": comparison.memory[-1]},
        "seconds": round(time.monotonic() - begun),
    }
    return Report(outcome, coverage, figures)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=CHUNK)
    parser.add_argument("--engine", type=Path, default=ENGINE, help="the program to compare with the oracle")
    parser.add_argument("--full", action="store_true", help="demand that every rule and statement was reached")
    parser.add_argument("--evidence", action="store_true", help="write the result to docs/evidence/")
    parser.add_argument("--rules", type=int, default=12, help="how many outcomes of rules to show")
    args = parser.parse_args()
    try:
        report = compare(args)
    except ToolError as error:
        print(f"differential: {error}", file=sys.stderr)
        return 1
    report.tell(args.rules)
    if args.evidence:
        report.keep()
    failed = report.outcome.failed + len(report.outcome.problems)
    print(json.dumps({"suite": "differential", "cases": report.outcome.cases, "failed": failed}), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
