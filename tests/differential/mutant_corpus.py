# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases over which mutants run, and which lines of the engine each of them executes."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from common import say
from compare import REGRESSIONS, Engine, Judge, canonical, differences, together
from engine import Corpus, Sources, Tracer, executed
from generate import MANIFEST, Files, fields_of, lines, make_chunk
from generator import directed, quantities
from generator.values import Dice, Json, line
from mutation import Mutant
from oracle import Oracle
from rules import outcomes

CHUNK = 5000
MOST_CASES = 4000
ROUNDS = 40


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
    regressions = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(REGRESSIONS.glob("*.json"))]
    written = directed.entries(oracle.order(default=str(MANIFEST))["sccs"])
    dropped += _add_entries(oracle, folder, corpus, features, [*regressions, *written])
    if dropped:
        say(f"{dropped} cases are left out, because engine and oracle disagree on them")
    return corpus, features


def _add_entries(
    oracle: Oracle, folder: Path, corpus: Corpus, features: list[set[Any]], entries: Sequence[Json]
) -> int:
    """Add what once went wrong and what is written down as one more chunk; returns how many were left out."""
    cases, sccs = together(entries)
    kept = []
    for number, (case, (wanted, given)) in enumerate(
        zip(cases, Judge(oracle, Engine(), folder).judge(entries), strict=True)
    ):
        if not differences(case, wanted, given):
            kept.append((line(case), line(given)))
            # A feature that no other case has, so that none is left aside.
            features.append({("entry", number)})
    corpus.add_chunk(json.dumps(sccs), kept)
    return len(cases) - len(kept)


def _add_fields(oracle: Oracle, seed: int, files: Files) -> None:
    """Append updates that differ in any field of a pod."""
    with files.cases.open("a", encoding="utf-8") as handle:
        for number in range(12):
            handle.writelines(map(line, fields_of(oracle).updates(Dice(f"{seed}/fields/{number}"), f"fields-{number}")))
        handle.writelines(map(line, quantities.updates(Dice(f"{seed}/quantities"), "fields-quantities", 4000)))
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
            features.append({*outcomes(case, wanted, sccs), *_texts(case, wanted["allowed"])})
    corpus.add_chunk(files.sccs.read_text(encoding="utf-8"), kept)
    return count - len(kept)


def _texts(case: Json, allowed: bool) -> Iterator[Any]:
    """Every text of a case is a feature of it; names of SCCs are not, as there are too many."""
    yield case.get("operation"), case.get("phase"), case.get("subresource"), allowed, case["id"].startswith("fields")
    found: list[Any] = [case["pod"], case.get("oldPod"), case.get("namespace"), case["user"]]
    while found:
        value = found.pop()
        if isinstance(value, dict):
            found += value.values()
        elif isinstance(value, list):
            found += value
        elif isinstance(value, str):
            yield "text", value, allowed


class Reach:
    """For each line of the engine the cases that execute it, as different from each other as possible at first."""

    def __init__(self, sources: Sources, corpus: Corpus, features: Sequence[set[Any]]) -> None:
        self.tracer = Tracer(sources)
        self.start, masks = _executed_by_two(sources, corpus)
        bits = [list(_bits(mask)) for mask in masks]
        self.order = diverse([features[index] | set(one) for index, one in enumerate(bits)])
        self.by_bit: dict[int, list[int]] = {}
        self.by_file: dict[Path, list[int]] = {path: [] for path in sources.paths.values()}
        spans = {path: self.tracer.span(path) for path in self.by_file}
        for index in self.order:
            for bit in bits[index]:
                _append(self.by_bit.setdefault(bit, []), index)
            for path, found in self.by_file.items():
                if masks[index] & spans[path]:
                    _append(found, index)

    def cases(self, path: Path, mutant: Mutant) -> list[int]:
        """Cases for a mutant: those that execute its line, else its statement; then those that execute anything of its file,
        as what one case made is kept for others; and any where it acts before all cases."""
        for bit in (self.tracer.bit(path, number) for number in (mutant.line, mutant.statement)):
            found = self.by_bit.get(bit, [])
            if self.start >> bit & 1:
                return list(dict.fromkeys([*found, *self.by_file[path], *self.order[:MOST_CASES]]))
            if found:
                return list(dict.fromkeys([*found, *self.by_file[path]]))[:MOST_CASES]
        return []

    def runs(self, path: Path, mutant: Mutant) -> bool:
        """Whether the batch runs any of the function that a mutant is in; what it does not run is for other commands."""
        if mutant.function is None:
            return True
        bits = range(self.tracer.bit(path, mutant.function.first), self.tracer.bit(path, mutant.function.last) + 1)
        return any(self.start >> bit & 1 or bit in self.by_bit for bit in bits)


def _append(found: list[int], index: int) -> None:
    if len(found) < MOST_CASES:
        found.append(index)


def diverse(features: Sequence[set[Any]]) -> list[int]:
    """Indices of cases in rounds: after round N every feature was shown by N cases, if there are so many; rare ones first."""
    having: dict[Any, list[int]] = {}
    for index, shown in enumerate(features):
        for feature in shown:
            having.setdefault(feature, []).append(index)
    rarest = sorted(having.values(), key=len)
    keys = sorted(having, key=lambda feature: len(having[feature]))
    taken: dict[int, None] = {}
    counts: Counter[Any] = Counter()
    places = [0] * len(rarest)
    for wanted in range(1, ROUNDS + 1):
        for number, (key, cases) in enumerate(zip(keys, rarest, strict=True)):
            if _is_text(key) and (len(cases) < 5 or wanted % 3 != 1):
                continue
            while counts[key] < wanted and places[number] < len(cases):
                index = cases[places[number]]
                places[number] += 1
                if index not in taken:
                    taken[index] = None
                    counts.update(features[index])
    return [*taken, *(index for index in range(len(features)) if index not in taken)]


def _is_text(feature: Any) -> bool:
    """Texts are many, so they get fewer rounds, and those of a few cases none."""
    return isinstance(feature, tuple) and feature[0] == "text"


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
