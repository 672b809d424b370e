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
from compare import REGRESSIONS, Engine, Judge, canonical, differences
from engine import Corpus, Sources, Tracer, executed
from generate import Files, fields_of, lines, make_chunk
from generator import quantities
from generator.values import Dice, Json, line
from mutation import Mutant
from oracle import Oracle
from rules import outcomes

CHUNK = 5000
MOST_CASES = 3000
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
    corpus.add_chunk(*_regressions(oracle, folder, features))
    if dropped:
        say(f"{dropped} cases are left out, because engine and oracle disagree on them")
    return corpus, features


def _regressions(oracle: Oracle, folder: Path, features: list[set[Any]]) -> tuple[str, list[tuple[str, str]]]:
    """What once went wrong, as one more chunk."""
    entries = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(REGRESSIONS.glob("*.json"))]
    sccs: dict[str, Json] = {}
    kept = []
    for number, (entry, (wanted, given)) in enumerate(
        zip(entries, Judge(oracle, Engine(), folder).judge(entries), strict=True)
    ):
        if differences(entry["case"], wanted, given):
            continue
        sccs |= {f"{number}/{one}": scc for one, scc in entry["sccs"].items()}
        case = {**entry["case"], "sccs": [f"{number}/{one}" for one in entry["case"]["sccs"]]}
        kept.append((line(case), line(given)))
        features.append({("regression", number)})
    return json.dumps(sccs), kept


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
