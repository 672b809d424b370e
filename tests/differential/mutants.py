# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation test of the SCC engine: is there any small change of it that the comparison with the oracle would not notice?

A corpus of cases is made from a seed; the engine agrees with the oracle on all of them. For each case it is noted which
lines of the engine it executes. Each mutant then runs, in a process of its own, over the cases that execute the changed
line, those with rare features first, until an answer differs. What nobody notices is printed, unless equivalent.json
lists it: a change without any effect, or one that only malformed input would show.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "tools")]

from common import ToolError, say
from compare import Engine, canonical, differences
from engine import PREFIX, Corpus, Sources, Tracer, executed, load
from evidence import EVIDENCE, commit, machine
from generate import Files, fields_of, lines, make_chunk
from generator.values import Dice, Json, line
from mutation import Mutant, mutants
from oracle import ROOT, Oracle, program
from rules import outcomes

HERE = Path(__file__).resolve().parent
EQUIVALENT = HERE / "equivalent.json"
CHUNK = 5000
MOST_CASES = 3000
CASE_SECONDS = 5.0
MUTANT_SECONDS = 120
MEMORY = 4 << 30
SUSPECTS = 3


# The corpus


def make_corpus(oracle: Oracle, folder: Path, seed: int, chunks: int) -> tuple[Corpus, list[set[Any]]]:
    """Cases on which engine and oracle agree, and what each shows of the rules."""
    corpus = Corpus()
    features: list[set[Any]] = []
    dropped = 0
    for number in range(chunks):
        files = Files.of(folder)
        make_chunk(oracle, seed, number, CHUNK, files)
        if number == 0:
            _add_fields(oracle, seed, files)
        dropped += _add(oracle, corpus, features, files)
    if dropped:
        say(f"{dropped} cases are left out, because engine and oracle disagree on them")
    return corpus, features


def _add_fields(oracle: Oracle, seed: int, files: Files) -> None:
    """Append updates that differ in any field of a pod."""
    with files.cases.open("a", encoding="utf-8") as handle:
        for number in range(4):
            handle.writelines(map(line, fields_of(oracle).updates(Dice(f"{seed}/fields/{number}"), f"fields-{number}")))
    oracle.order(batch={"cases": str(files.cases), "sccs": str(files.sccs), "results": str(files.expected)})


def _add(oracle: Oracle, corpus: Corpus, features: list[set[Any]], files: Files) -> int:
    """Add one chunk with the engine's own answers, which the mutants' are compared with; returns how many were left out."""
    results = files.cases.with_name("results.jsonl")
    Engine().start(files.cases, files.sccs, results).finish()
    sccs = json.loads(files.sccs.read_text(encoding="utf-8"))
    kept = []
    rows = zip(lines(files.cases), lines(files.expected), canonical(oracle, results), lines(results), strict=True)
    count = 0
    for case, wanted, given, raw in rows:
        count += 1
        if not differences(case, wanted, given):
            kept.append((line(case), line(raw)))
            features.append(set(outcomes(case, wanted, sccs)))
    corpus.add_chunk(files.sccs.read_text(encoding="utf-8"), kept)
    return count - len(kept)


# Which cases run which line


class Reach:
    """For each line of the engine the cases that execute it, those with rare features first."""

    def __init__(self, sources: Sources, corpus: Corpus, features: Sequence[set[Any]]) -> None:
        self.tracer = Tracer(sources)
        self.start, masks = _executed_by_two(sources, corpus)
        counts: Counter[Any] = Counter(feature for one in features for feature in one)
        bits = [list(_bits(mask)) for mask in masks]
        for one in bits:
            counts.update(one)
        scores = [
            sum(1 / counts[feature] for feature in features[index]) + sum(1 / counts[bit] for bit in one)
            for index, one in enumerate(bits)
        ]
        self.order = sorted(range(len(bits)), key=lambda index: -scores[index])
        self.by_bit: dict[int, list[int]] = {}
        for index in self.order:
            for bit in bits[index]:
                found = self.by_bit.setdefault(bit, [])
                if len(found) < MOST_CASES:
                    found.append(index)

    def cases(self, path: Path, mutant: Mutant) -> list[int]:
        """Cases for a mutant: those that execute its line, else its statement; all where it acts before any case."""
        bits = [self.tracer.bit(path, number) for number in (mutant.line, mutant.statement)]
        for bit in bits:
            found = self.by_bit.get(bit, [])
            if self.start >> bit & 1:
                return list(dict.fromkeys([*found, *self.order[:MOST_CASES]]))
            if found:
                return found
        return []

    def runs(self, path: Path, mutant: Mutant) -> bool:
        """Whether the batch runs any of the function that a mutant is in; what it does not run is for other commands."""
        if mutant.function is None:
            return True
        bits = range(self.tracer.bit(path, mutant.function.first), self.tracer.bit(path, mutant.function.last) + 1)
        return any(self.start >> bit & 1 or bit in self.by_bit for bit in bits)


def _bits(mask: int) -> Iterator[int]:
    text = bin(mask)[:1:-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)


def _executed_by_two(sources: Sources, corpus: Corpus) -> tuple[int, list[int]]:
    """executed() in two processes, each for every other case; tracing is slow."""
    parts = [list(range(start, len(corpus.cases), 2)) for start in range(2)]
    started = []
    for part in parts:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            start, ran = executed(sources, corpus, part)
            with os.fdopen(writer, "w") as out:
                json.dump([hex(start), [hex(one) for one in ran]], out)
            os._exit(0)
        os.close(writer)
        started.append((pid, reader, part))
    masks = [0] * len(corpus.cases)
    begin = 0
    for pid, reader, part in started:
        with os.fdopen(reader) as handle:
            start_text, ran_texts = json.load(handle)
        os.waitpid(pid, 0)
        begin |= int(start_text, 16)
        for index, text in zip(part, ran_texts, strict=True):
            masks[index] = int(text, 16)
    return begin, masks


# One mutant


@dataclass
class Trial:
    """One mutant under test, in a process of its own."""

    module: str
    path: Path
    line: int
    change: str
    code: str
    pid: int = 0
    reader: int = 0
    begun: float = 0.0
    cases: int = 0

    def name(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.change}"

    def entry(self) -> tuple[str, str, str]:
        """How equivalent.json names it; line numbers would change too easily."""
        return (str(self.path.relative_to(ROOT / "plugins" / "module_utils")), self.code, self.change)


def start(trial: Trial, code: Any, sources: Sources, corpus: Corpus, indices: Sequence[int]) -> None:
    """Run a mutant over some cases in a child process, which tells through a pipe how it went."""
    trial.reader, writer = os.pipe()
    trial.cases = len(indices)
    trial.begun = time.monotonic()
    trial.pid = os.fork()
    if trial.pid:
        os.close(writer)
        return
    os.close(trial.reader)
    result: Json
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        result = _run(load(sources, {trial.module: code}), corpus, indices)
    except BaseException as error:  # noqa: BLE001 - whatever a mutant does, it has been noticed
        result = {"killed": f"{type(error).__name__} before the first case"}
    with os.fdopen(writer, "w") as out:
        json.dump(result, out)
    os._exit(0)


def _run(make: Any, corpus: Corpus, indices: Sequence[int]) -> Json:
    batches: dict[int, Any] = {}
    suspects: list[Any] = []
    for index in indices:
        # Without a handler the signal ends the process: an endless loop has been noticed.
        signal.setitimer(signal.ITIMER_VIRTUAL, CASE_SECONDS)
        wanted = json.loads(corpus.cases[index][2])
        try:
            given = corpus.judge(batches, make, index)
        except Exception as error:  # noqa: BLE001 - as above
            return {"killed": f"{type(error).__name__} at {wanted['id']}"}
        pods = wanted.pop("pod", None), given.pop("pod", None)
        if wanted != given:
            return {"killed": f"another answer to {wanted['id']}"}
        if pods[0] != pods[1] and len(suspects) < SUSPECTS:
            # Perhaps the same pod written in another way; only the oracle knows.
            suspects.append(pods)
    return {"suspects": suspects}


def verdict(trial: Trial, oracle: Oracle) -> str:
    """Wait for a trial's end; "" if nobody noticed the mutant, else how it was noticed."""
    with os.fdopen(trial.reader) as handle:
        text = handle.read()
    _, status = os.waitpid(trial.pid, 0)
    if not text or status:
        return "ended by a signal: it took too long, or too much memory"
    result = json.loads(text)
    if "killed" in result:
        return str(result["killed"])
    for wanted, given in result["suspects"]:
        if not isinstance(given, dict) or _written(oracle, wanted) != _written(oracle, given):
            return "another pod"
    return ""


def _written(oracle: Oracle, pod: Json) -> Any:
    try:
        return oracle.order(canonical=pod)["pod"]
    except ToolError as error:
        return str(error)


# The run


def trials(sources: Sources, modules: Sequence[str]) -> Iterator[tuple[Trial, Mutant]]:
    for module in modules:
        path = sources.paths[module]
        source = path.read_text(encoding="utf-8")
        rows = source.splitlines()
        for mutant in mutants(source):
            yield Trial(module, path, mutant.line, mutant.change, rows[mutant.line - 1].strip()), mutant


@dataclass
class Tally:
    """How the mutants fared."""

    made: int = 0
    outside: set[str] = field(default_factory=set)
    unreached: int = 0
    survivors: list[Trial] = field(default_factory=list)

    def end(self, trial: Trial, oracle: Oracle) -> None:
        noticed = verdict(trial, oracle)
        if not noticed:
            self.survivors.append(trial)


def test_all(sources: Sources, corpus: Corpus, reach: Reach, oracle: Oracle, modules: Sequence[str]) -> Tally:
    """Try every mutant, two at a time."""
    tally = Tally()
    running: list[Trial] = []
    told = time.monotonic()
    for trial, mutant in trials(sources, modules):
        if not reach.runs(trial.path, mutant):
            assert mutant.function is not None
            tally.outside.add(f"{trial.entry()[0]}: {mutant.function.name}")
            continue
        tally.made += 1
        indices = reach.cases(trial.path, mutant)
        if not indices:
            tally.unreached += 1
            tally.survivors.append(trial)
            continue
        start(trial, compile(mutant.tree, str(trial.path), "exec"), sources, corpus, indices)
        running.append(trial)
        while len(running) >= 2:
            _end_some(running, tally, oracle)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            say(f"{tally.made} mutants, {len(tally.survivors)} not noticed, at {trial.name()}")
    while running:
        _end_some(running, tally, oracle)
    return tally


def _end_some(running: list[Trial], tally: Tally, oracle: Oracle) -> None:
    """Wait until a trial ends, or kill one that takes too long."""
    ready, _, _ = select.select([one.reader for one in running], [], [], 1.0)
    for trial in list(running):
        if trial.reader not in ready and time.monotonic() - trial.begun > MUTANT_SECONDS:
            os.kill(trial.pid, signal.SIGKILL)
        elif trial.reader not in ready:
            continue
        running.remove(trial)
        tally.end(trial, oracle)


def listed() -> dict[tuple[str, str, str], str]:
    """Mutants that need not be noticed, with the reasons."""
    entries = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {(one["file"], one["code"], change): one["reason"] for one in entries for change in one["changes"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="names such as order or strategies.user (default: all that decide)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chunks", type=int, default=4, help="of 5,000 cases each")
    parser.add_argument("--json", type=Path, help="write the mutants that were not noticed to a file")
    parser.add_argument("--evidence", action="store_true", help="write the result to docs/evidence/")
    args = parser.parse_args()
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="inferops-mutants-") as scratch, Oracle(program("plain")) as oracle:
            corpus, features = make_corpus(oracle, Path(scratch), args.seed, args.chunks)
            say(f"{len(corpus.cases)} cases; noting the lines that each executes")
            sources = Sources.read()
            reach = Reach(sources, corpus, features)
            modules = [f"{PREFIX}._scc.{name}" for name in args.modules] or sources.deciding()
            tally = test_all(sources, corpus, reach, oracle, modules)
    except ToolError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 1
    return report(tally, args, len(corpus.cases), time.monotonic() - begun)


def report(tally: Tally, args: argparse.Namespace, cases: int, seconds: float) -> int:
    reasons = listed()
    unlisted = [one for one in tally.survivors if one.entry() not in reasons]
    for one in unlisted:
        print(f"{one.name()}{'' if one.cases else ' (no case executes it)'}\n    {one.code}")
    if args.json:
        fields = [
            {"file": one.entry()[0], "line": one.line, "code": one.code, "change": one.change, "cases": one.cases}
            for one in unlisted
        ]
        args.json.write_text(json.dumps(fields, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    stale = set(reasons) - {one.entry() for one in tally.survivors} if not args.modules else set()
    for gone in sorted(stale):
        print(f"listed in equivalent.json, but noticed or gone: {gone}")
    if tally.outside:
        print(f"Not run by the batch, hence without mutants: {'; '.join(sorted(tally.outside))}")
    alike = len(tally.survivors) - len(unlisted)
    if args.evidence:
        figures = {
            "commit": commit(),
            "machine": machine(),
            "seed": args.seed,
            "cases": cases,
            "mutants": tally.made,
            "noticed": tally.made - len(tally.survivors),
            "equivalent": alike,
            "not_noticed": len(unlisted),
            "functions_not_run_by_the_batch": sorted(tally.outside),
            "seconds": round(seconds),
        }
        EVIDENCE.mkdir(parents=True, exist_ok=True)
        (EVIDENCE / "mutants.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(
        f"\nseed {args.seed}: {tally.made} mutants, {tally.made - len(tally.survivors)} noticed, {alike} listed as "
        f"equivalent, {len(unlisted)} not noticed ({tally.unreached} of all are in lines that no case executes), {seconds:.0f} s"
    )
    failed = len(unlisted) + len(stale)
    print(json.dumps({"suite": "mutants", "cases": tally.made, "failed": failed}), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
