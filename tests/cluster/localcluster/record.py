# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known about a cluster between two commands: its directory, the lock on it and the file cluster.json."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .processes import Process
from .settings import Cluster


@dataclass(frozen=True, slots=True)
class Record:
    """A started cluster. outer is unshare in the machine's namespaces, inner its child, process 1 of the cluster."""

    profile: str
    node: str
    address: str
    fingerprint: str
    outer: Process
    inner: Process
    since: float  # seconds since the epoch
    ready: bool = False  # set once everything was up; a cluster without it was still being made

    def alive(self) -> bool:
        return self.outer.alive() and self.inner.alive()


def load(state: Path) -> Record | None:
    """The record, or None when there is none."""
    try:
        data: dict[str, Any] = json.loads((state / "cluster.json").read_text())
        return Record(**data | {"outer": Process(**data["outer"]), "inner": Process(**data["inner"])})
    except FileNotFoundError:
        return None


def save(state: Path, record: Record) -> None:
    replace_file(state / "cluster.json", json.dumps(dataclasses.asdict(record), indent=2) + "\n")


def replace_file(path: Path, text: str) -> None:
    """Write a file at once, so that a killed run leaves the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    new.replace(path)


@contextlib.contextmanager
def locked(cluster: Cluster, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of a cluster, which is on its directory itself; waiting is called when somebody else has it.

    The directory is made when it is missing; `down` removes it while it holds the lock.
    """
    while True:
        cluster.state.mkdir(parents=True, exist_ok=True)
        handle = os.open(cluster.state, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(handle, fcntl.LOCK_EX)
            if _same_directory(handle, cluster.state):
                yield
                return
        finally:
            os.close(handle)


def _same_directory(handle: int, path: Path) -> bool:
    """Whether the open directory is still the one at path: another run may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
