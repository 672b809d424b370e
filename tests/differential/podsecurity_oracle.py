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
sys.path[:0] = [str(ROOT / "plugins"), str(ROOT / "tests" / "cluster")]

from localcluster import build
from localcluster.settings import SOURCES

Question = Mapping[str, Any]
Answer = Mapping[str, Any]
SHOWN = 5  # disagreements that are printed in full


def program() -> Path:
    """The oracle, built where it is not in the cache yet."""
    return build._program("psaoracle", SOURCES / "psaoracle", "") / "psaoracle"


def ask(questions: Iterable[Question]) -> Iterator[tuple[Question, Answer]]:
    """Each question with its answer, in order."""
    asked: list[Question] = []
    process = subprocess.Popen([program()], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    pipe = process.stdin

    def write() -> None:
        with pipe:
            for question in questions:
                asked.append(question)
                pipe.write(json.dumps(question).encode() + b"\n")

    writer = threading.Thread(target=write)
    writer.start()
    for index, line in enumerate(process.stdout):
        yield asked[index], json.loads(line)
        asked[index] = {}  # what was compared is not kept
    writer.join()
    if process.wait() != 0:
        raise SystemExit(f"the oracle ended with exit code {process.returncode}.")


def report(suite: str, compared: Iterable[tuple[Question, Any, Any]]) -> int:
    """Count and show disagreements; the exit code of the suite. Each item: question, expected, found."""
    cases = failed = 0
    for question, expected, found in compared:
        cases += 1
        if expected != found:
            failed += 1
            if failed <= SHOWN:
                texts = (json.dumps(part, ensure_ascii=False, default=str) for part in (question, expected, found))
                print("\n".join(f"{label}: {text}" for label, text in zip(("case", "Go", "Python"), texts)))
    print(json.dumps({"suite": suite, "cases": cases, "failed": failed}), flush=True)
    return 1 if failed or not cases else 0
