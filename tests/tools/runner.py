# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run named cases in lanes, count what passed, and close with the line that the entry points promise.

A case is a function that gets a Log; it returns an Outcome, or None for "passed". It fails by raising ToolError, and is
counted as not run by raising NotRun, unless INFEROPS_DEMAND_ALL=1 makes that a failure.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from common import ROOT, ToolError

LOGS = ROOT / "tests" / "output" / "suites"
TAIL_LINES = 80
_console = threading.Lock()


class NotRun(Exception):
    """Why a case cannot run on this machine."""


@dataclass(frozen=True)
class Outcome:
    """Counts of one case: what ran, what of it failed, and what could not run (with reasons)."""

    cases: int
    failed: int
    not_run: tuple[str, ...] = ()


@dataclass(frozen=True)
class Log:
    """Where a case's output goes: a file, and the console too when live."""

    path: Path
    name: str
    live: bool

    def write(self, text: str) -> None:
        with self.path.open("a") as handle:
            handle.write(text)
        if self.live:
            with _console:
                sys.stdout.write(text)
                sys.stdout.flush()

    def run(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
    ) -> str:
        """Run a command with its output in the log; returns the output, raises ToolError on any exit code but 0."""
        code, output = self._run(command, env, cwd)
        if code != 0:
            raise _failure(code, command)
        return output

    def counted(
        self,
        command: Sequence[str | Path],
        count: Callable[[str], Outcome],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
    ) -> Outcome:
        """Run a command whose exit code 1 means what its counts tell in detail, made from its output.

        Raises ToolError when nothing ran, on another exit code, and when it fails without a failure among the counts:
        whatever comes before the tests, such as their import, can fail as well.
        """
        code, output = self._run(command, env, cwd)
        if code not in (0, 1):
            raise _failure(code, command)
        counts = count(output)
        if not counts.cases:
            raise ToolError("no test ran.")
        if code and not counts.failed:
            raise _failure(code, command)
        return counts

    def _run(self, command: Sequence[str | Path], env: Mapping[str, str] | None, cwd: Path) -> tuple[int, str]:
        words = [str(word) for word in command]
        self.write(f"$ {' '.join(words)}\n")
        lines = []
        full_env = {**os.environ, **(env or {})}
        with subprocess.Popen(
            words, env=full_env, cwd=cwd, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            assert process.stdout is not None
            with _children.watch(process):
                for line in process.stdout:
                    lines.append(line)
                    self.write(line)
        return process.returncode, "".join(lines)


def _failure(code: int, command: Sequence[str | Path]) -> ToolError:
    words = [str(word) for word in command]
    return ToolError(f"exit code {code}: {' '.join(words[:6])}{' …' if len(words) > 6 else ''}")


@dataclass(frozen=True)
class Case:
    """One named check."""

    name: str
    check: Callable[[Log], Outcome | None]
    live: bool = False


@dataclass
class _Children:
    """The commands under way, to be ended with this program."""

    processes: set[subprocess.Popen[str]] = field(default_factory=set)

    @contextlib.contextmanager
    def watch(self, process: subprocess.Popen[str]) -> Iterable[None]:
        self.processes.add(process)
        try:
            yield
        finally:
            self.processes.discard(process)

    def terminate(self) -> None:
        for process in list(self.processes):
            process.terminate()


_children = _Children()
terminate_children = _children.terminate


def count_junit(paths: Iterable[Path]) -> Outcome:
    """Counts from JUnit files; a skipped test counts as not run."""
    cases = failed = 0
    skipped = []
    for path in paths:
        for test in ElementTree.parse(path).getroot().iter("testcase"):
            reason = test.find("skipped")
            if reason is not None:
                skipped.append(f"{test.get('name')}: {reason.get('message', 'no reason given')}")
                continue
            cases += 1
            failed += any(test.find(kind) is not None for kind in ("failure", "error"))
    return Outcome(cases, failed, tuple(skipped))


def run_suite(name: str, lanes: Sequence[Sequence[Case]]) -> Outcome:
    """Run lanes side by side (two at a time), each lane's cases in order; prints the suite's closing line."""
    folder = LOGS / name
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = [
            one for lane in pool.map(lambda lane: [_run_case(case, folder) for case in lane], lanes) for one in lane
        ]
    total = Outcome(
        sum(one.cases for one in outcomes),
        sum(one.failed for one in outcomes),
        tuple(reason for one in outcomes for reason in one.not_run),
    )
    for reason in total.not_run:
        print(f"not run: {reason}")
    print(f"suite {name}: {time.monotonic() - begun:.0f} s; logs in {folder.relative_to(ROOT)}")
    print(json.dumps({"suite": name, "cases": total.cases, "failed": total.failed}), flush=True)
    return total


def _run_case(case: Case, folder: Path) -> Outcome:
    path = folder / f"{case.name.replace(' ', '-').replace('/', '-')}.log"
    path.write_text("")
    log = Log(path, case.name, case.live)
    _tell(f"      {case.name} …")
    begun = time.monotonic()
    outcome, problem = _judge(case, log)
    seconds = f"{time.monotonic() - begun:.0f} s"
    if outcome.failed:
        tail = "" if case.live else "".join(path.read_text().splitlines(keepends=True)[-TAIL_LINES:])
        _tell(f"{tail}FAIL  {case.name} ({seconds}) {problem}")
    elif outcome.cases:
        _tell(f"ok    {case.name} ({seconds}{f', {outcome.cases} cases' if outcome.cases > 1 else ''})")
    return outcome


def _judge(case: Case, log: Log) -> tuple[Outcome, str]:
    try:
        outcome = case.check(log) or Outcome(1, 0)
    except NotRun as reason:
        if os.environ.get("INFEROPS_DEMAND_ALL") == "1":
            return Outcome(1, 1), f"{reason} (INFEROPS_DEMAND_ALL=1 makes this a failure)"
        return Outcome(0, 0, (f"{case.name}: {reason}",)), ""
    except ToolError as error:
        return Outcome(1, 1), str(error)
    except Exception:  # noqa: BLE001 - a defect of a check fails that check, and the others still run
        return Outcome(1, 1), traceback.format_exc()
    return outcome, f"{outcome.failed} of {outcome.cases} failed" if outcome.failed else ""


def _tell(text: str) -> None:
    with _console:
        print(text, flush=True)
