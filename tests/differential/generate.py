# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make cases from a seed: `generate.py --seed 1 --cases 5000 --output FOLDER`.

Cases come in chunks, each with SCCs of its own. Three of five cases create a pod; the others are about pods that the
oracle admitted, so it is needed for them. FOLDER gets cases.jsonl, sccs.json and expected.jsonl (the oracle's answers).
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "tools")]

from common import ToolError
from generator.fields import Fields
from generator.follow_ups import FollowUpMaker
from generator.requests import RequestMaker
from generator.sccs import pool
from generator.values import Dice, Json, line
from oracle import MODULE, Oracle, program

CREATES = 0.6
MANIFEST = MODULE / "manifests" / "openshift" / "sccs.yaml"


@dataclass(frozen=True, slots=True)
class Files:
    """Where one chunk lies."""

    cases: Path
    sccs: Path
    expected: Path

    @classmethod
    def of(cls, folder: Path) -> Files:
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder / "cases.jsonl", folder / "sccs.json", folder / "expected.jsonl")


def lines(path: Path) -> Iterator[Json]:
    with path.open(encoding="utf-8") as handle:
        for text in handle:
            yield json.loads(text)


def make_chunk(oracle: Oracle, seed: int, number: int, count: int, files: Files) -> None:
    """Chunk NUMBER of a seed: COUNT cases with the oracle's answers; it depends on nothing else."""
    dice = Dice(f"{seed}/{number}")
    sccs, standard = _sccs(oracle, dice, files)
    requests = RequestMaker(dice, sccs, standard, fields_of(oracle))
    creates = count if count < 3 else int(count * CREATES)
    made = [requests.make(f"{seed}-{number}-{index}") for index in range(creates)]
    _answer(oracle, made, files)
    admitted = [
        (case, result["pod"])
        for case, result in zip(made, lines(files.expected), strict=True)
        if _good(result)["allowed"] and "scc" in result
    ]
    answers = files.expected.read_text(encoding="utf-8")
    follow_ups = FollowUpMaker(dice, requests)
    more = []
    for index in range(creates, count):
        case_id = f"{seed}-{number}-{index}"
        more.append(follow_ups.make(case_id, *dice.pick(admitted)) if admitted else requests.make(case_id))
    _answer(oracle, more, files)
    for answer in lines(files.expected):
        _good(answer)
    files.expected.write_text(answers + files.expected.read_text(encoding="utf-8"), encoding="utf-8")
    _write(files.cases, [*made, *more])


def _sccs(oracle: Oracle, dice: Dice, files: Files) -> tuple[dict[str, Json], tuple[str, ...]]:
    """The chunk's SCCs by id, with OpenShift's defaults but for the raw ones, and the ids of the standard ones."""
    standard: dict[str, Json] = oracle.order(default=str(MANIFEST))["sccs"]
    made = pool(dice, standard)
    files.sccs.write_text(json.dumps(made), encoding="utf-8")
    stored: dict[str, Json] = oracle.order(default=str(files.sccs))["sccs"]
    sccs = {name: made[name] if name.startswith("raw-") else stored[name] for name in made}
    files.sccs.write_text(json.dumps(sccs), encoding="utf-8")
    return sccs, tuple(standard)


@functools.cache
def fields_of(oracle: Oracle) -> Fields:
    return Fields(oracle.order(shape=True)["shape"])


def _good(answer: Json) -> Json:
    if "error" in answer:
        raise ToolError(f"case {answer['id']} is none: {answer['error']}")
    return answer


def _answer(oracle: Oracle, cases: list[Json], files: Files) -> None:
    _write(files.cases, cases)
    oracle.order(batch={"cases": str(files.cases), "sccs": str(files.sccs), "results": str(files.expected)})


def _write(path: Path, cases: list[Json]) -> None:
    with path.open("w", encoding="utf-8") as handle:
        handle.writelines(map(line, cases))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=0, help="number of the chunk")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    try:
        with Oracle(program("plain")) as oracle:
            make_chunk(oracle, args.seed, args.chunk, args.cases, Files.of(args.output))
    except ToolError as error:
        print(f"generate: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
