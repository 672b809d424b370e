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
import gc
import json
import os
import pickle
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "tools")]

from common import ToolError, say
from engine import PREFIX, Corpus, Sources
from evidence import EVIDENCE, commit, machine
from mutant_corpus import Reach, make_corpus
from mutant_trial import Trial, start, verdict
from mutation import Mutant, mutants
from oracle import Oracle, program

EQUIVALENT = Path(__file__).resolve().with_name("equivalent.json")
MUTANT_SECONDS = 120


def prepared(oracle: Oracle, folder: Path, seed: int, chunks: int) -> tuple[Sources, Corpus, Reach]:
    """The sources, the cases, and which lines each executes.

    They are made in another process: every mutant is a fork, and the less memory it shares, the faster it starts.
    """
    path = folder / "prepared"
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            corpus, features = make_corpus(oracle, folder, seed, chunks)
            say(f"{len(corpus.cases)} cases; noting the lines that each executes")
            with path.open("wb") as out:
                pickle.dump((corpus, Reach(Sources.read(), corpus, features)), out)
            status = 0
        except Exception:  # noqa: BLE001 - it is told, and the parent ends
            traceback.print_exc()
        finally:
            os._exit(status)
    if os.waitpid(pid, 0)[1]:
        raise ToolError("the cases could not be made; the message stands above.")
    with path.open("rb") as handle:
        corpus, reach = pickle.load(handle)
    gc.freeze()
    return Sources.read(), corpus, reach


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
    tried: list[int] = field(default_factory=list)
    survivors: list[Trial] = field(default_factory=list)

    def end(self, trial: Trial, oracle: Oracle) -> None:
        if verdict(trial, oracle):
            self.tried.append(trial.tried)
        else:
            self.survivors.append(trial)


def test_all(
    sources: Sources, corpus: Corpus, reach: Reach, oracle: Oracle, modules: Sequence[str], kept: Path | None
) -> Tally:
    """Try every mutant, two at a time."""
    untouched = Trial("", Path(), 0, "", "")
    start(untouched, None, sources, corpus, range(len(corpus.cases)))
    if noticed := verdict(untouched, oracle):
        raise ToolError(f"the engine as it is was told apart from itself: {noticed}.")
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
            if kept:
                keep(kept, tally.survivors)
    while running:
        _end_some(running, tally, oracle)
    return tally


def _end_some(running: list[Trial], tally: Tally, oracle: Oracle) -> None:
    """Wait until a trial ends, or kill one that takes too long."""
    ready = select.select([one.reader for one in running], [], [], 1.0)[0]
    for trial in list(running):
        if trial.reader not in ready and time.monotonic() - trial.begun > MUTANT_SECONDS:
            os.kill(trial.pid, signal.SIGKILL)
        elif trial.reader not in ready:
            continue
        running.remove(trial)
        tally.end(trial, oracle)


def keep(path: Path, survivors: Sequence[Trial]) -> None:
    fields = [
        {"file": one.entry()[0], "line": one.line, "code": one.code, "change": one.change, "cases": one.cases}
        for one in survivors
    ]
    path.write_text(json.dumps(fields, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def listed() -> dict[tuple[str, str, str], str]:
    """Mutants that need not be noticed, with the reasons."""
    entries = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {(one["file"], one["code"], change): one["reason"] for one in entries for change in one["changes"]}


PAGE = """<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
# Small changes of the SCC engine that the comparison notices

`make soak-mutants` changes each comparison, constant and branch of the engine's modules that decide, one at a time, and asks
the cases of the comparison once more until an answer differs.

| | |
|---|---|
| commit | {commit} |
| cases (seed {seed}) | {cases} |
| mutants | {mutants} |
| noticed | {noticed} |
| without an effect that a case could show, each with its reason in equivalent.json | {equivalent} |
| not noticed | {not_noticed} |
| seconds | {seconds} |
| machine | {machine[cores]} cores, {machine[processor]}, Python {machine[python]}, {machine[go]} |

Which are without effect, and why: tests/differential/equivalent.json. Functions that the batch of cases does not run have no
mutants; unit tests are there for them: {elsewhere}.
"""


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
            sources, corpus, reach = prepared(oracle, Path(scratch), args.seed, args.chunks)
            modules = [f"{PREFIX}._scc.{name}" for name in args.modules] or sources.deciding()
            tally = test_all(sources, corpus, reach, oracle, modules, args.json)
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
        keep(args.json, unlisted)
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
        elsewhere = "; ".join(sorted(tally.outside))
        (EVIDENCE / "mutants.md").write_text(PAGE.format(**figures, elsewhere=elsewhere), encoding="utf-8")
    print(
        f"\nseed {args.seed}: {tally.made} mutants, {tally.made - len(tally.survivors)} noticed, {alike} listed as "
        f"equivalent, {len(unlisted)} not noticed ({tally.unreached} of all are in lines that no case executes), {seconds:.0f} s"
    )
    tried = sorted(tally.tried) or [0]
    shares = ", ".join(f"{share} % within {tried[len(tried) * share // 100]}" for share in (50, 90, 98, 99))
    print(f"cases that it took to notice a mutant: {shares}, all within {tried[-1]}")
    failed = len(unlisted) + len(stale)
    print(json.dumps({"suite": "mutants", "cases": tally.made, "failed": failed}), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
