# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of a repository: each is a directory named by the digest of its content, and never changes.

``sha256-DIGEST`` is a finished version and ``.incoming-DIGEST`` one that is being made. The digest is the SHA-256 of the lines that
``sha256sum`` writes for all files (``HEX  PATH``, paths relative to the repository), sorted bytewise.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .._errors import TritonError
from .._triton.repository import ModelFile, unreadable

PREFIX = "sha256-"
# On the claim: the digests of its finished versions, the newest first.
ANNOTATION = "triton.inferops/versions"
_DIGEST = re.compile(r"[0-9a-f]{64}")
# Of sha256sum, or of openssl.
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
# sha256sum writes such names with escapes, and shells read lines.
_UNUSABLE = re.compile(r"[\\\x00-\x1f\x7f\ud800-\udfff]")
_AT_ONCE = 4
_OF_NOTHING = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class Repository:
    """The local repository as it was planned: files by path with checksums and sizes."""

    root: Path
    digest: str
    lines: str
    sums: Mapping[str, str]
    sizes: Mapping[str, int]


@dataclass(slots=True)
class Outcome:
    """What an upload did."""

    sent: list[str] = field(default_factory=list)
    unchanged: int = 0
    bytes_sent: int = 0
    removed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def directory(digest: str) -> str:
    """Where a finished version lies in its volume."""
    return PREFIX + digest


def checksums(root: Path, files: Sequence[ModelFile]) -> str:
    """The lines of all files, as the digest is made of them.

    :raises TritonError: a file that cannot be read, or a name that no line can hold.
    """
    for file in files:
        if _UNUSABLE.search(file.path):
            raise TritonError(
                f"The name {file.path!r} in {root} has a control character, a backslash or bytes that are no UTF-8; rename it."
            )
    try:
        with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as pool:
            # What is empty is not opened: the file of an empty directory is not there.
            sums = pool.map(lambda file: file_sum(root / file.path) if file.size else _OF_NOTHING, files)
            lines = [f"{value}  {file.path}\n".encode() for value, file in zip(sums, files, strict=True)]
    except OSError as error:
        raise unreadable(error) from error
    return b"".join(sorted(lines)).decode()


def file_sum(path: Path, length: int | None = None) -> str:
    """SHA-256 of a file, or of its first ``length`` bytes."""
    with path.open("rb", buffering=0) as handle:
        if length is None:
            return hashlib.file_digest(handle, "sha256").hexdigest()
        summed, block = hashlib.sha256(), memoryview(bytearray(1 << 20))
        while length > 0 and (count := handle.readinto(block[: min(length, len(block))])):
            summed.update(block[:count])
            length -= count
        return summed.hexdigest()


def digest_of(lines: str) -> str:
    """The digest that names a version."""
    return hashlib.sha256(lines.encode()).hexdigest()


def parsed(lines: str) -> dict[str, str]:
    """Path to checksum, from such lines.

    :raises TritonError: what is no such line.
    """
    found: dict[str, str] = {}
    for line in lines.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise TritonError(f"{line[:200]!r} is no line of sha256sum.")
        found[match[2].removeprefix("./")] = match[1]
    return found


def known(annotations: Mapping[str, str] | None) -> list[str]:
    """The digests of the finished versions that the claim names, the newest first; what is no digest is passed over."""
    return [text for text in ((annotations or {}).get(ANNOTATION) or "").split(",") if _DIGEST.fullmatch(text)]


def annotation(digests: Iterable[str]) -> str:
    """The value that known() reads."""
    return ",".join(digests)


def superfluous(there: Sequence[str], digest: str, pinned: Collection[str], keep: int) -> list[str]:
    """The versions to remove once ``digest`` is finished.

    :param there: digests of the finished versions, the newest first.
    :param pinned: those that something still mounts; they stay, and count among the ones kept.
    :param keep: so many stay, ``digest`` among them.
    """
    kept = {digest}
    for other in [*(each for each in there if each in pinned), *(each for each in there if each not in pinned)]:
        if other in pinned or len(kept) < keep:
            kept.add(other)
    return [each for each in there if each not in kept]


@dataclass(frozen=True, slots=True)
class Part:
    """A file of an unfinished version, as it is there: links to it, size, and checksum."""

    links: int
    size: int
    sum: str


@dataclass(frozen=True, slots=True)
class Work:
    """What it takes to finish a version: paths that are there, files to send, links to files of earlier versions (path to source),
    the one file whose end is missing with the bytes that are there, and paths to remove."""

    there: tuple[str, ...]
    send: tuple[str, ...]
    link: Mapping[str, str]
    append: tuple[str, int] | None
    remove: tuple[str, ...]


def work(
    root: Path,
    wanted: Mapping[str, str],
    sizes: Mapping[str, int],
    incoming: Mapping[str, Part],
    earlier: Mapping[str, Mapping[str, str]],
) -> Work:
    """Compare what is wanted with what the volume has.

    :param wanted: path to checksum.
    :param sizes: of the local files.
    :param incoming: what the unfinished version has.
    :param earlier: finished versions, by directory, with the checksums of their files.
    """
    sources = {value: f"{name}/{path}" for name, files in earlier.items() for path, value in files.items()}
    there = tuple(path for path, value in wanted.items() if path in incoming and incoming[path].sum == value)
    missing = [path for path in wanted if path not in set(there)]
    link = {path: sources[wanted[path]] for path in missing if wanted[path] in sources}
    send = [path for path in missing if path not in link]
    append = next((found for path in send if (found := _begun(root, path, sizes, incoming))), None)
    left = set(incoming) - set(there) - ({append[0]} if append else set())
    return Work(
        there, tuple(path for path in send if not append or path != append[0]), link, append, tuple(sorted(left))
    )


def _begun(root: Path, path: str, sizes: Mapping[str, int], incoming: Mapping[str, Part]) -> tuple[str, int] | None:
    """The file and what is there of it, where that is its beginning and nobody else's."""
    part = incoming.get(path)
    # A file with another link belongs to a finished version as well.
    if part is None or part.links != 1 or not 0 < part.size < sizes[path]:
        return None
    return (path, part.size) if file_sum(root / path, part.size) == part.sum else None
