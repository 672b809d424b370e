# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mutant in a process of its own: run it over cases until an answer differs, it fails, or it takes too long."""

from __future__ import annotations

import json
import os
import resource
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import ToolError
from engine import Corpus, Sources, load
from generator.values import Json
from oracle import ROOT, Oracle

CASE_SECONDS = 5.0
MEMORY = 4 << 30
SUSPECTS = 300


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
    tried: int = 0  # how many cases it took until it was noticed

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
        result = _run(load(sources, {trial.module: code} if trial.module else {}), corpus, indices)
    except BaseException as error:  # noqa: BLE001 - whatever a mutant does, it has been noticed
        result = {"killed": f"{type(error).__name__} before the first case"}
    with os.fdopen(writer, "w") as out:
        json.dump(result, out)
    os._exit(0)


def _run(make: Any, corpus: Corpus, indices: Sequence[int]) -> Json:
    batches: dict[int, Any] = {}
    suspects: list[Any] = []
    for tried, index in enumerate(indices, 1):
        # Without a handler the signal ends the process: an endless loop has been noticed.
        signal.setitimer(signal.ITIMER_VIRTUAL, CASE_SECONDS)
        wanted = json.loads(corpus.cases[index][2])
        try:
            given = corpus.judge(batches, make, index)
        except Exception as error:  # noqa: BLE001 - as above
            return {"killed": f"{type(error).__name__} at {wanted['id']}", "tried": tried}
        pods = wanted.pop("pod", None), given.pop("pod", None)
        if wanted != given:
            return {"killed": f"another answer to {wanted['id']}", "tried": tried}
        if pods[0] != pods[1] and _bare(pods[0]) != _bare(pods[1]) and len(suspects) < SUSPECTS:
            # Perhaps the same pod written in another way; only the oracle knows.
            suspects.append(pods)
    return {"suspects": suspects}


def _bare(value: Any) -> Any:
    """JSON without nulls and what is empty, which Kubernetes mostly writes in its own way."""
    if isinstance(value, dict):
        items = ((key, _bare(item)) for key, item in value.items())
        return {key: item for key, item in items if item not in (None, {}, [])}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def verdict(trial: Trial, oracle: Oracle) -> str:
    """Wait for a trial's end; "" if nobody noticed the mutant, else how it was noticed."""
    with os.fdopen(trial.reader) as handle:
        text = handle.read()
    _pid, status = os.waitpid(trial.pid, 0)
    if not text or status:
        return "ended by a signal: it took too long, or too much memory"
    result = json.loads(text)
    trial.tried = result.get("tried", 0)
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
