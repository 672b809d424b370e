# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of a chart as helm loads it: a directory less what .helmignore names, or an archive.

Rules of .helmignore: helm's package ignore (``pkg/ignore/rules.go``): one pattern a line in the syntax of Go's
``filepath.Match``, ``!`` in front turns it round, a slash at the end means directories only, a slash within means the whole
path; ``**`` is refused. ``templates/.?*`` is always left out.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .._errors import TritonError

IGNORE = ".helmignore"
_DEFAULT = "templates/.?*"
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ALIAS = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of .helmignore."""

    matches: Callable[[str], bool]
    negate: bool
    directories_only: bool


def is_local(chart: str, repository: str) -> bool:
    """Whether the chart is a file or a directory of this machine, rather than one that helm has to fetch.

    :param repository: URL of the repository that the chart is looked up in, "" for none.
    """
    if repository or _REMOTE.match(chart):
        return False
    return Path(chart).expanduser().exists() or not _ALIAS.fullmatch(chart)


def read(path: str) -> dict[str, bytes]:
    """All files of a chart by their path in it; none where there is no chart, which helm has better words for."""
    place = Path(path).expanduser()
    try:
        return dict(_of_directory(place)) if place.is_dir() else of_archive(place.read_bytes())
    except (OSError, tarfile.TarError, EOFError, ValueError):
        return {}


def of_archive(content: bytes) -> dict[str, bytes]:
    """The files of a packed chart, without the folder that holds them all.

    :raises tarfile.TarError: it is no archive.
    :raises TritonError: a file that would lie outside of the chart, which helm refuses as well.
    """
    files = {}
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:*") as archive:
        for member in archive:
            handle = archive.extractfile(member) if member.isfile() else None
            if handle is not None:
                parts = PurePosixPath(member.name).parts[1:]
                if ".." in parts or "\\" in member.name or member.name.startswith("/"):
                    raise TritonError(
                        f"The chart's archive holds {member.name!r}, which lies outside of the chart; take it from a source that you trust. "
                        "Nothing was written."
                    )
                files["/".join(parts)] = handle.read()
    return files


def _of_directory(root: Path) -> Iterator[tuple[str, bytes]]:
    ignore = root / IGNORE
    patterns = [*_patterns(ignore.read_text() if ignore.is_file() else ""), *_patterns(_DEFAULT)]
    # helm follows links as well.
    for folder, directories, names in os.walk(root, followlinks=True):
        base = Path(folder).relative_to(root)
        directories[:] = sorted(one for one in directories if not ignored(str(base / one), True, patterns))
        for name in sorted(names):
            relative = (base / name).as_posix()
            # A pipe would keep its reader waiting; helm refuses it.
            if not ignored(relative, False, patterns) and (root / relative).is_file():
                yield relative, (root / relative).read_bytes()


def _patterns(text: str) -> list[Pattern]:
    return [pattern for line in text.splitlines() if (pattern := _pattern(line.strip())) is not None]


def _pattern(line: str) -> Pattern | None:
    if not line or line.startswith("#"):
        return None
    negate, line = line.startswith("!"), line.removeprefix("!")
    directories_only, line = line.endswith("/"), line.removesuffix("/")
    expression = re.compile(_regex(line.removeprefix("/")))
    if "/" in line:
        return Pattern(lambda path: bool(expression.fullmatch(path)), negate, directories_only)
    return Pattern(lambda path: bool(expression.fullmatch(path.rpartition("/")[2])), negate, directories_only)


def _regex(pattern: str) -> str:
    """Go's filepath.Match as a regular expression: ``*`` and ``?`` stop at slashes, ``[^a-z]`` is a class."""
    result, rest = "", pattern
    while rest:
        found = re.match(r"\[\^?(?:\\.|[^\]\\])+\]|\\(.)|\*|\?|.", rest)
        if found is None:
            raise AssertionError("the last alternative takes any character")
        piece, rest = found[0], rest[found.end() :]
        if piece in ("*", "?"):
            result += "[^/]*" if piece == "*" else "[^/]"
        elif len(piece) > 1 and piece.startswith("["):
            result += piece
        else:
            result += re.escape(found[1] or piece)
    return result


def ignored(path: str, directory: bool, patterns: list[Pattern]) -> bool:
    """Whether helm leaves a file or directory out: the first pattern that decides does."""
    for pattern in patterns:
        if pattern.negate:
            if pattern.directories_only and not directory:
                return True
            if not pattern.matches(path):
                return True
        elif (directory or not pattern.directories_only) and pattern.matches(path):
            return True
    return False


def brings_kinds(files: Mapping[str, bytes]) -> bool:
    """Whether the chart, or one inside it, brings definitions of kinds along."""
    return any(
        "crds" in path.split("/")[:-1] or (path.startswith("charts/") and path.endswith(".tgz")) for path in files
    )


def templates(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Path and text of all templates, those of charts inside among them."""
    for path, content in sorted(files.items()):
        parts = path.split("/")
        if "templates" in parts:
            yield path, content.decode(errors="replace")
        elif parts[0] == "charts" and path.endswith(".tgz"):
            try:
                inner = of_archive(content)
            except (tarfile.TarError, EOFError, OSError):
                continue
            yield from ((f"{path}/{name}", text) for name, text in templates(inner))
