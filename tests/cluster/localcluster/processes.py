# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that are certainly the ones meant: a process ID alone may have been given to somebody else."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from dataclasses import dataclass
from pathlib import Path

DEATH_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Process:
    """A process, identified by its ID, the moment it started (clock ticks) and the boot of the machine."""

    pid: int
    started: str
    boot: str

    @classmethod
    def of(cls, pid: int) -> Process:
        """The process that has this ID now; raises ProcessLookupError when there is none."""
        started = _start_time(pid)
        if started is None:
            raise ProcessLookupError(pid)
        return cls(pid, started, _boot())

    def alive(self) -> bool:
        return self.boot == _boot() and _start_time(self.pid) == self.started

    def kill(self) -> None:
        """End it at once and wait until it is gone; one that is gone already is no error."""
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(self.pid)
            try:
                if self.alive():
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    wait_for_end(handle)
            finally:
                os.close(handle)


def wait_for_end(handle: int) -> None:
    """Wait for the process behind a pidfd; raises TimeoutError when it does not go."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    if not poll.poll(DEATH_PATIENCE_S * 1000):
        raise TimeoutError(f"a killed process was still there after {DEATH_PATIENCE_S:.0f} s")


def only_child(pid: int) -> int:
    """The process ID of the one child of a process; raises ProcessLookupError when it has none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        children = []
    if not children:
        raise ProcessLookupError(pid)
    return int(children[0])


def with_arguments(*arguments: str) -> list[Process]:
    """The processes whose command line has all these arguments, each as a whole."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if all(os.fsencode(argument) in words for argument in arguments):
                    found.append(Process.of(int(entry.name)))
    return found


def _start_time(pid: int) -> str | None:
    """Field 22 of /proc/PID/stat, or None without a live process; the name in field 2 may hold anything."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
