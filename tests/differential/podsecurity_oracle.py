# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes' own answers (tests/cluster/psaoracle), and the loop that compares with them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "cluster")]

from localcluster import build
from localcluster.settings import SOURCES

Question = Mapping[str, Any]
Answer = Mapping[str, Any]
SHOWN = 5  # disagreements that are printed in full


def program() -> Path:
    """The oracle, built where it is not in the cache yet."""
    return build._program("psaoracle", SOURCES / "psaoracle", "") / "psaoracle"


def ask(questions: Iterable[Question]) -> Iterator[tuple[Question, Answer]]:
    """Each question with its answer, in order.

    :raises Exception: whatever went wrong in making the questions.
    :raises SystemExit: the oracle failed, or left questions without an answer.
    """
    asked: list[Question] = []
    failures: list[BaseException] = []
    process = subprocess.Popen([program()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    pipe = process.stdin

    def write() -> None:
        try:
            with pipe:
                for question in questions:
                    asked.append(question)
                    pipe.write(json.dumps(question).encode() + b"\n")
        # An exception of a thread ends in nothing but lines on the screen: it is raised again below.
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    answered = 0
    try:
        for index, line in enumerate(process.stdout):
            yield asked[index], json.loads(line)
            asked[index] = {}  # what was compared is not kept
            answered += 1
    except BaseException:
        process.kill()  # or the writer waits for ever
        raise
    finally:
        writer.join()
        code = process.wait()
    if code != 0:
        raise SystemExit(f"the oracle ended with exit code {code} after {answered} answers.")
    if failures:
        raise failures[0]
    if answered != len(asked):
        raise SystemExit(f"the oracle answered {answered} of {len(asked)} questions.")


def report(suite: str, wanted: int, compared: Iterable[tuple[Question, Any, Any]]) -> int:
    """Count and show disagreements; the exit code of the suite.

    :param wanted: the number of cases.
    :param compared: for each of them the question, what Go says, and what Python says.
    :raises SystemExit: it were not so many; nothing is reported then.
    """
    cases = failed = 0
    for question, expected, found in compared:
        cases += 1
        if expected != found:
            failed += 1
            if failed <= SHOWN:
                texts = (json.dumps(part, ensure_ascii=False, default=str) for part in (question, expected, found))
                print("\n".join(f"{label}: {text}" for label, text in zip(("case", "Go", "Python"), texts)))
    if cases != wanted or not cases:
        raise SystemExit(f"{suite}: {cases} of {wanted} cases were compared.")
    print(json.dumps({"suite": suite, "cases": cases, "failed": failed}), flush=True)
    return 1 if failed else 0
