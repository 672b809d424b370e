# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random values of a chart stay as the release has them, and everything around them is as the chart says now.

Two renderings of the same tell what is random. A text that only has random parts (a URL with a password) keeps these alone; what stands in
several places is learned where it can be read, and put in where it cannot.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from .._release.objects import Key, Object, key_of
from .._release.undecidable import unstable

Path = tuple[Any, ...]
# What a random value is made of, or a single character between; a certificate or key is one, since its parts mean nothing alone.
_TOKEN = re.compile(r"-----BEGIN ([^-\n]+)-----.*?-----END \1-----|[\w+/=.~-]+|.", re.DOTALL)
_WORD = re.compile(r"\w")
# Shorter ones could stand in a text by chance.
_SHORTEST = 6
_POD_ANNOTATIONS = ("template", "metadata", "annotations")


@dataclass(frozen=True, slots=True)
class Settled:
    """The objects with the values that the release has; ``fresh``: random ones that it does not have yet, ``to_sum``: annotations of pods that
    follow from random values, which have to be summed up anew."""

    objects: tuple[dict[str, Any], ...]
    fresh: tuple[tuple[Key, Path], ...]
    to_sum: tuple[tuple[Key, Path], ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A place where two renderings differ: the text in both, and in the release, None where that has none there."""

    key: Key
    path: Path
    first: Any
    second: Any
    stored: Any


def settle(first: Sequence[Object], second: Sequence[Object], stored: Mapping[Key, Object], namespace: str) -> Settled:
    """Settle what is random.

    :param first: objects of a rendering; ``second``: of another one of the same.
    :param stored: objects of the release as it is, by key; {} where there is none.
    :param namespace: of objects that name none.
    """
    others = {key_of(item, namespace): item for item in second}
    leaves, to_sum = [], []
    for item in first:
        key = key_of(item, namespace)
        if key not in others:
            continue
        for path in unstable(item, others[key]):
            if path[-4:-1] == _POD_ANNOTATIONS:
                to_sum.append((key, path))
            else:
                former = _at(stored.get(key), path)
                leaves.append(_Leaf(key, path, _at(item, path), _at(others[key], path), former))
    known: dict[str, str] = {}
    values: dict[tuple[Key, Path], Any] = {}
    for leaf in leaves:
        kept, learned = _kept(leaf)
        known |= learned
        if kept is not None:
            values[leaf.key, leaf.path] = kept
    fresh = []
    for leaf in leaves:
        if (leaf.key, leaf.path) in values:
            continue
        found = _replaced(leaf, known)
        if found is None:
            fresh.append((leaf.key, leaf.path))
        else:
            values[leaf.key, leaf.path] = found
    return Settled(tuple(_with_all(first, values, namespace)), tuple(fresh), tuple(to_sum))


def _with_all(
    objects: Sequence[Object], values: Mapping[tuple[Key, Path], Any], namespace: str
) -> Iterator[dict[str, Any]]:
    for item in objects:
        key, result = key_of(item, namespace), dict(item)
        for (owner, path), value in values.items():
            if owner == key:
                result = put(result, path, value)
        yield result


def put(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value at a path, which is there."""
    if not path:
        return new
    if isinstance(value, list):
        return [*value[: path[0]], put(value[path[0]], path[1:], new), *value[path[0] + 1 :]]
    return {**value, path[0]: put(value.get(path[0]), path[1:], new)}


def _at(value: Any, path: Path) -> Any:
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _kept(leaf: _Leaf) -> tuple[Any, dict[str, str]]:
    """What the release has there, put into what the chart says now, None where that cannot be told; and what is learned of it."""
    if leaf.stored is None:
        return None, {}
    if not (isinstance(leaf.first, str) and isinstance(leaf.second, str) and isinstance(leaf.stored, str)):
        return leaf.stored, {}
    first, second, stored = (_clear(leaf, text) for text in (leaf.first, leaf.second, leaf.stored))
    fixed, random = _parts(first, second)
    found = _fitted(fixed, stored)
    if found is not None:
        return leaf.stored, dict(zip(random, found, strict=True))
    if not any(_WORD.search(text) for text in fixed):
        # Signs alone can be part of a random value.
        return leaf.stored, {}
    return None, _learned(first, second, stored)


def _learned(first: str, second: str, stored: str) -> dict[str, str]:
    """Random parts of single lines, where lines around them have changed."""
    lines, others = first.splitlines(), second.splitlines()
    found: dict[str, str] = {}
    if len(lines) == len(others):
        for line, other in zip(lines, others, strict=True):
            if line == other:
                continue
            fixed, random = _parts(line, other)
            fits = [fit for each in stored.splitlines() if (fit := _fitted(fixed, each)) is not None]
            if len(fits) == 1 and any(_WORD.search(text) for text in fixed):
                found |= dict(zip(random, fits[0], strict=True))
    return found


def _replaced(leaf: _Leaf, known: Mapping[str, str]) -> Any:
    """The text with each random part that is known; None where one is not."""
    if not (isinstance(leaf.first, str) and isinstance(leaf.second, str)):
        return None
    text, other = _clear(leaf, leaf.first), _clear(leaf, leaf.second)
    fixed, random = _parts(text, other)
    new = []
    for part in random:
        found = known.get(part) or _within(part, known)
        if found is None:
            return None
        new.append(found)
    result = "".join(piece for pair in zip(fixed, [*new, ""], strict=True) for piece in pair)
    return base64.b64encode(result.encode()).decode() if text != leaf.first else result


def _within(part: str, known: Mapping[str, str]) -> str | None:
    """A random part that holds a known one."""
    for token, value in known.items():
        if len(token) >= _SHORTEST and token in part:
            return part.replace(token, value)
    return None


def _parts(first: str, second: str) -> tuple[list[str], list[str]]:
    """What two texts share, and what the first has between: one piece less."""
    mine, other = ([found[0] for found in _TOKEN.finditer(text)] for text in (first, second))
    fixed, random, position = [""], [], 0
    blocks = SequenceMatcher(None, mine, other, autojunk=False).get_matching_blocks()
    for block in blocks:
        between = "".join(mine[position : block.a])
        if between:
            random.append(between)
            fixed.append("")
        fixed[-1] += "".join(mine[block.a : block.a + block.size])
        position = block.a + block.size
    return fixed, random


def _fitted(fixed: Sequence[str], stored: str) -> list[str] | None:
    """What a text has in the place of the random parts, None where it is another text."""
    found = re.fullmatch("(.+?)".join(map(re.escape, fixed)), stored, re.DOTALL)
    return list(found.groups()) if found else None


def _clear(leaf: _Leaf, text: str) -> str:
    """What a Secret's data says, where that is text."""
    if leaf.key[1] != "Secret" or leaf.path[:1] != ("data",):
        return text
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
