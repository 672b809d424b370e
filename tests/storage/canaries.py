# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are recognised wherever they turn up, and a watch over what a run leaves on the machine while it lasts.

with Watch(folder) as watch:
    ...                     # a run whose temporary files go to watch.temporary
watch.found(canaries)       # places of files, process arguments and environments that hold one
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

# Processes come and go more slowly than files.
EVERY_S = 0.005
PROCESSES_EVERY = 8


def forms(text: str) -> set[bytes]:
    """How a text may be written: as it is, in JSON, in a URL, in Python, in base64 at any offset; its long plain parts stand for all else."""
    raw = text.encode()
    found = {
        raw,
        *(part.encode() for part in re.findall(r"[0-9A-Za-z]{16,}", text)),
        json.dumps(text)[1:-1].encode(),
        urllib.parse.quote(text, safe="").encode(),
        urllib.parse.quote_plus(text).encode(),
        repr(text)[1:-1].encode(),
    }
    for offset in range(3):
        # What stands beside the text changes the first and the last characters.
        encoded = base64.b64encode(bytes(offset) + raw + bytes(3))
        whole = encoded[4 if offset else 0 : (offset + len(raw)) // 3 * 4]
        found |= {whole, whole.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def holding(content: bytes, canaries: Mapping[str, str]) -> list[str]:
    """The names of the canaries that some bytes hold in any form."""
    return sorted(name for name, text in canaries.items() if any(form in content for form in forms(text)))


class Watch:
    """Keeps every file that appears in a directory, and what the machine's processes are called with.

    Files are kept by hard links, so that they stay when they are deleted. Environments are those of the processes below this one;
    arguments are those of all.
    """

    def __init__(self, folder: Path) -> None:
        self.temporary = folder / "temporary"
        self._kept = folder / "kept"
        for path in (self.temporary, self._kept):
            path.mkdir(parents=True)
        self._seen: set[tuple[str, int]] = set()
        self._processes: dict[tuple[str, bytes], bytes] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def found(self, canaries: Mapping[str, str]) -> list[str]:
        """Where which canary was."""
        return [f"{where}: {name}" for where, content in self._everything() for name in holding(content, canaries)]

    @property
    def files(self) -> list[str]:
        """The names of the files that were kept."""
        return sorted(path.name for path in self._kept.iterdir())

    @property
    def commands(self) -> list[str]:
        """The command lines that were seen."""
        return sorted(command.replace(b"\0", b" ").decode(errors="replace") for _pid, command in self._processes)

    def _everything(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self._kept.iterdir()):
            yield f"file {path.name}", path.read_bytes()
        for (pid, command), environment in self._processes.items():
            yield f"arguments of process {pid}", command
            yield f"environment of process {pid} ({command[:200]!r})", environment

    def _watch(self) -> None:
        rounds = 0
        while not self._over.wait(EVERY_S):
            self._files(self.temporary)
            if rounds % PROCESSES_EVERY == 0:
                self._look_at_processes()
            rounds += 1

    def _files(self, folder: Path) -> None:
        with suppress(OSError):
            for entry in list(os.scandir(folder)):
                if entry.is_dir(follow_symlinks=False):
                    self._files(Path(entry.path))
                elif entry.is_file(follow_symlinks=False) and (key := (entry.path, entry.inode())) not in self._seen:
                    self._seen.add(key)
                    with suppress(OSError):
                        os.link(entry.path, self._kept / f"{len(self._seen):05}-{entry.name}")

    def _look_at_processes(self) -> None:
        parents = dict(_parents())
        for pid in parents:
            with suppress(OSError):
                key = (pid, Path(f"/proc/{pid}/cmdline").read_bytes())
                if key not in self._processes:
                    mine = _is_below(pid, str(os.getpid()), parents)
                    self._processes[key] = Path(f"/proc/{pid}/environ").read_bytes() if mine else b""


def _parents() -> Iterable[tuple[str, str]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError):
                yield name, Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1]


def _is_below(pid: str, ancestor: str, parents: Mapping[str, str]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == ancestor:
            return True
    return False
