# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a tar archive into a stream: files straight from the disk into the buffer that is sent, with bounded memory."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import TritonError
from .._triton.repository import unreadable

BLOCK = tarfile.BLOCKSIZE
# The end of an archive: two empty blocks.
END = bytes(2 * BLOCK)
# Group-writable, so that a pod with another user of the same group can remove them; the umask of who unpacks takes off the rest.
_FILE, _RUNNABLE = 0o664, 0o775


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: ``data``, or the content of the local file ``source``, or a link to the member or file ``link``."""

    name: str
    source: Path | None = None
    size: int = 0
    data: bytes = b""
    link: str = ""
    runnable: bool = False

    def header(self) -> bytes:
        """The blocks before the content."""
        info = tarfile.TarInfo(self.name)
        info.mode = _RUNNABLE if self.runnable else _FILE
        if self.link:
            info.type, info.linkname = tarfile.LNKTYPE, self.link
        else:
            info.size = self.length
        return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")

    @property
    def length(self) -> int:
        """Bytes of content."""
        return 0 if self.link else self.size if self.source else len(self.data)


def length(members: Iterable[Member]) -> int:
    """How long the archive gets."""
    return sum(len(member.header()) + -(-member.length // BLOCK) * BLOCK for member in members) + len(END)


def write(sink: Any, members: Iterable[Member]) -> None:
    """Write the archive.

    :param sink: has room() and filled(), see _kube/exec.py.
    :raises TritonError: a file that cannot be read, or that has become shorter.
    """
    for member in members:
        put(sink, member.header())
        if member.source is not None:
            copy(sink, member.source, 0, member.size)
        elif not member.link:
            put(sink, member.data)
        put(sink, bytes(-member.length % BLOCK))
    put(sink, END)


def put(sink: Any, data: bytes) -> None:
    """Write some bytes."""
    rest = memoryview(data)
    while rest:
        room = sink.room()
        count = min(len(room), len(rest))
        room[:count] = rest[:count]
        sink.filled(count)
        rest = rest[count:]


def copy(sink: Any, path: Path, start: int, end: int) -> None:
    """Write a part of a file.

    :raises TritonError: it cannot be read, or has become shorter.
    """
    try:
        handle = path.open("rb", buffering=0)
    except OSError as error:
        raise unreadable(error) from error
    with handle:
        handle.seek(start)
        while start < end:
            count = _read(handle, path, sink.room()[: end - start])
            sink.filled(count)
            start += count


def _read(handle: Any, path: Path, room: memoryview) -> int:
    try:
        count = int(handle.readinto(room) or 0)
    except OSError as error:
        raise TritonError(f"{path} cannot be read ({error.strerror}).") from error
    if not count:
        raise changed(path)
    return count


def changed(path: Path) -> TritonError:
    """The sentence for a file that somebody writes to."""
    return TritonError(
        f"{path} changed while it was read; wait until nobody writes to the repository, and run it again."
    )


def members(root: Path, paths: Iterable[str], folder: str, sizes: Mapping[str, int]) -> list[Member]:
    """Local files as members below a folder; what is empty is not opened, since the file of an empty directory is not there.

    :raises TritonError: a file that cannot be looked at.
    """
    try:
        return [
            Member(
                f"{folder}/{path}",
                root / path if sizes[path] else None,
                sizes[path],
                runnable=os.access(root / path, os.X_OK),
            )
            for path in paths
        ]
    except OSError as error:
        raise unreadable(error) from error
