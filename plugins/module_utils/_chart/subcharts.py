# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts that a chart depends on: those that are switched off need not be there.

The rules are helm's (``pkg/chart/v2/util/dependencies.go``): the first path of a condition that holds a boolean decides, else one tag
that is true, and with neither the subchart is switched on.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._release.chart import of_archive
from .._release.values import merged
from .._scc.yamltext import documents

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Dependency:
    """A chart that another one depends on; ``switch`` is the value that switches it off, "" where none does."""

    name: str
    version: str
    repository: str
    switch: str


def without_missing(files: Files, values: Mapping[str, Any]) -> tuple[dict[str, bytes], list[Dependency]]:
    """The chart without dependencies that are neither there nor switched on, and those that are missing though they are switched on.

    :param values: the user's.
    """
    place = "Chart.yaml"
    metadata = _mapping(files.get(place, b""), place)
    if not metadata.get("dependencies") and "requirements.yaml" in files:
        place = "requirements.yaml"
        metadata = _mapping(files[place], place)
    given = metadata.get("dependencies")
    listed = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    there = set(_there(files))
    absent = [one for one in listed if str(one.get("name")) not in there]
    if not absent:
        return dict(files), []
    every = merged([_mapping(files.get("values.yaml", b""), "values.yaml"), values])
    needed = [one for one in absent if _enabled(one, every)]
    kept = [one for one in listed if one not in absent or one in needed]
    changed = json.dumps({**metadata, "dependencies": kept}).encode()
    # helm compares the two.
    rest = {path: content for path, content in files.items() if path not in ("Chart.lock", "requirements.lock")}
    return {**rest, place: changed}, [_dependency(one) for one in needed]


def _mapping(content: bytes, where: str) -> Mapping[str, Any]:
    """A file that holds a dictionary; {} for what helm has better words for."""
    try:
        found = documents(content, where)
    except (TritonError, ValueError):
        return {}
    return found[0] if found and isinstance(found[0], Mapping) else {}


def _there(files: Files) -> Iterator[str]:
    """Names of the charts in the folder charts."""
    for path, content in files.items():
        parts = path.split("/")
        if parts[0] != "charts":
            continue
        if len(parts) == 3 and parts[2] == "Chart.yaml":
            yield str(_mapping(content, path).get("name"))
        elif len(parts) == 2 and path.endswith((".tgz", ".tar.gz")):
            try:
                inner = of_archive(content)
            except (tarfile.TarError, EOFError, OSError):
                continue
            yield str(_mapping(inner.get("Chart.yaml", b""), path).get("name"))


def _enabled(dependency: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    # Helm takes a space behind a comma for a part of the path.
    for path in str(dependency.get("condition") or "").strip().split(","):
        found = _at(values, path)
        if isinstance(found, bool):
            return found
    tags = values.get("tags")
    said = [tags[tag] for tag in _tags(dependency) if isinstance(tags, Mapping) and isinstance(tags.get(tag), bool)]
    return any(said) if said else True


def _tags(dependency: Mapping[str, Any]) -> list[str]:
    tags = dependency.get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _at(values: Any, path: str) -> Any:
    for part in path.split(".") if path else ():
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _dependency(one: Mapping[str, Any]) -> Dependency:
    switch = str(one.get("condition") or "").partition(",")[0].strip()
    tags = _tags(one)
    if not switch and tags:
        switch = f"tags.{tags[0]}"
    return Dependency(str(one.get("name")), str(one.get("version") or ""), str(one.get("repository") or ""), switch)
