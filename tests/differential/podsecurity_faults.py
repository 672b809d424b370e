# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison with Kubernetes' code, broken on purpose: each time it must fail, soon, and give no result but a bad one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import podsecurity
import podsecurity_oracle
from podsecurity_oracle import Question, ask, report

CASES = 4000  # more than fits into the pipes
SECONDS = 120


def _compare(asked: Iterator[Question], judge: Callable[[Question], Any] = podsecurity.ours) -> int:
    return report("broken", CASES, ((question, answer, judge(question)) for question, answer in ask(asked)))


def _questions(count: int = CASES) -> Iterator[Question]:
    return islice(podsecurity.questions(CASES, 1), count)


def _broken(*_given: Any) -> Any:
    raise ArithmeticError("broken on purpose")


def _broken_from(count: int) -> Iterator[Question]:
    """So many questions, then an exception."""
    return chain(_questions(count), map(_broken, range(1)))


def _broken_oracle(code: int) -> int:
    """An oracle that ends after a hundred answers."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "oracle"
        script.write_text(f"#!/bin/sh\nhead -n 100 | '{podsecurity_oracle.program()}'\nexit {code}\n")
        script.chmod(0o700)
        podsecurity_oracle.program = lambda: script
        return _compare(_questions())


FAULTS: Mapping[str, Callable[[], int]] = {
    "no question": lambda: _compare(_questions(0)),
    "one question less": lambda: _compare(_questions(CASES - 1)),
    "one question more": lambda: _compare(chain(_questions(), _questions(1))),
    "the generator raises at once": lambda: _compare(_broken_from(0)),
    "the generator raises in the end": lambda: _compare(_broken_from(CASES)),
    "the engine raises": lambda: _compare(_questions(), _broken),
    "the engine is wrong": lambda: _compare(
        _questions(), lambda question: {**podsecurity.ours(question), "audit": "x"}
    ),
    "the oracle fails": lambda: _broken_oracle(1),
    "the oracle ends early": lambda: _broken_oracle(0),
}


def noticed(fault: str) -> bool:
    """Whether the comparison fails in a process of its own, as the suite runs it."""
    try:
        done = subprocess.run(
            [sys.executable, __file__, fault], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"suite": ')]
    return done.returncode == 1 and all(result["failed"] for result in results)


def main() -> int:
    if len(sys.argv) > 1:
        return FAULTS[sys.argv[1]]()
    missed = [fault for fault in FAULTS if not noticed(fault)]
    print("".join(f"not noticed: {fault}\n" for fault in missed), end="")
    print(json.dumps({"suite": "podsecurity_faults", "cases": len(FAULTS), "failed": len(missed)}), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
