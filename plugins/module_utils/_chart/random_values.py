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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any

from .._release.objects import Key, Object, key_of
from .._release.undecidable import unstable
from .certificates import still_good
from .random_names import settled_names

Path = tuple[Any, ...]
_PEM = r"-----BEGIN ([^-\n]+)-----.*?-----END \1-----"
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?(?: [A-Z]{3,4})?(?: m=\+[\d.]+)?"
# Signs of base64 and of names; an equals sign fills base64 up at its end, and else stands between a key and its value.
_PLAIN = r"[\w+/.~-]+(?:={1,2}(?![\w+/.~=-]))?"
# What a random value is made of, or a single character between; a certificate or key is one, since its parts mean nothing alone.
_TOKEN = re.compile(f"{_PEM}|{_TIME}|{_PLAIN}|.", re.DOTALL)
_WHOLE = re.compile(f"{_PEM}|{_TIME}", re.DOTALL)
_ONE = re.compile(_PLAIN)
_WORD = re.compile(r"\w")
# The end of what a random value may begin with, such as the path of a URL, and the beginning of what may follow it.
_BEFORE = re.compile(r".*[A-Za-z]{2}.*[/.~+=_-]", re.DOTALL)
_AFTER = re.compile(r"[/.~+=_-].*[A-Za-z]{2}.*", re.DOTALL)
_LAST_WORD = re.compile(r"\w+\W*$")
_HASH = re.compile(r"\$2[abxy]\$\d\d\$$")
# Shorter ones could stand in a text by chance.
_SHORTEST = 6
# Pairs of parts of two texts that are compared one by one.
_COMPARABLE = 4_000_000
# Random signs share so many by chance.
_CHANCE = 2
_POD_ANNOTATIONS = ("template", "metadata", "annotations")


@dataclass(frozen=True, slots=True)
class Settled:
    """The objects with the values that the release has; ``fresh``: random ones that it does not have yet, ``to_sum``: annotations of pods that
    follow from random values, which have to be summed up anew."""

    objects: tuple[dict[str, Any], ...]
    fresh: tuple[tuple[Key, Path], ...]
    to_sum: tuple[tuple[Key, Path], ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What two texts share, and what each of them has between: one piece less."""

    fixed: list[str]
    random: list[str]
    others: list[str]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A place where two renderings differ: the text in both, and in the release, None where that has none there.

    ``index``: of the object.
    """

    key: Key
    index: int
    path: Path
    first: Any
    second: Any
    stored: Any

    @property
    def place(self) -> tuple[int, Path]:
        """Where it is."""
        return self.index, self.path

    def parts(self) -> _Parts:
        """What is random of its text."""
        return _parts(_clear(self, str(self.first)), _clear(self, str(self.second)))


def settle(
    first: Sequence[Object],
    second: Sequence[Object],
    stored: Mapping[Key, Object],
    namespace: str,
    rehash: bool = False,
    now: datetime | None = None,
) -> Settled:
    """Settle what is random.

    :param first: objects of a rendering; ``second``: of another one of the same.
    :param stored: objects of the release as it is, by key; {} where there is none.
    :param namespace: of objects that name none.
    :param rehash: whether passwords may be others than those of the release, so that hashes of such that are not random themselves are made anew.
    :param now: the time, for certificates that run out.
    """
    first, second = settled_names(first, second, stored, namespace)
    leaves, to_sum = _differing(first, second, stored, namespace)
    if rehash and all(_is_hash(leaf) or _holds_pem(leaf) for leaf in leaves):
        leaves = [leaf for leaf in leaves if not _is_hash(leaf)]
    known: dict[str, str] = {}
    values: dict[tuple[int, Path], Any] = {}
    for leaf in leaves:
        kept, learned = _kept(leaf, now or datetime.now(UTC))
        known |= learned
        if kept is not None:
            values[leaf.place] = kept
    for leaf in leaves:
        if leaf.place not in values and (found := _replaced(leaf, known)) is not None:
            values[leaf.place] = found
    matching = _matching(leaves)
    if any(leaf.place not in values for leaf in matching):
        # One that is made anew fits to none of those that the release has.
        for leaf in matching:
            values.pop(leaf.place, None)
    fresh = [(leaf.key, leaf.path) for leaf in leaves if leaf.place not in values and leaf.first is not None]
    result = [dict(item) for item in first]
    for (index, path), value in values.items():
        result[index] = put(result[index], path, value)
    return Settled(tuple(result), tuple(fresh), tuple(to_sum))


def _differing(
    first: Sequence[Object], second: Sequence[Object], stored: Mapping[Key, Object], namespace: str
) -> tuple[list[_Leaf], list[tuple[Key, Path]]]:
    """Places where two renderings differ, and those among them that are annotations of pods."""
    others: dict[Key, list[Object]] = {}
    for item in second:
        others.setdefault(key_of(item, namespace), []).append(item)
    leaves, to_sum = [], []
    for index, item in enumerate(first):
        key = key_of(item, namespace)
        if not others.get(key):
            continue
        # Objects whose names the cluster makes have the same key.
        other = others[key].pop(0)
        named = bool((item.get("metadata") or {}).get("name"))
        for path in unstable(item, other):
            if named and path[-4:-1] == _POD_ANNOTATIONS and at(item, path) is not None:
                to_sum.append((key, path))
            else:
                former = at(stored.get(key), path) if named else None
                leaves.append(_Leaf(key, index, path, at(item, path), at(other, path), former))
    return leaves, to_sum


def put(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value at a path, which is there."""
    if not path:
        return new
    if isinstance(value, list):
        return [*value[: path[0]], put(value[path[0]], path[1:], new), *value[path[0] + 1 :]]
    return {**value, path[0]: put(value.get(path[0]), path[1:], new)}


def at(value: Any, path: Path) -> Any:
    """What lies at a path, None where nothing does."""
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _kept(leaf: _Leaf, now: datetime) -> tuple[Any, dict[str, str]]:
    """What the release has there, put into what the chart says now, None where that cannot be told; and what is learned of it."""
    if leaf.stored is None:
        return None, {}
    if not (isinstance(leaf.first, str) and isinstance(leaf.second, str) and isinstance(leaf.stored, str)):
        return leaf.stored, {}
    stored, parts = _clear(leaf, leaf.stored), leaf.parts()
    if not still_good(_opened(stored), _opened(_clear(leaf, leaf.first)), now):
        return None, {}
    for each in (parts, _widened(parts)):
        found = _fitted(each, stored)
        if found is not None:
            return leaf.stored, {part: one for part, one in zip(each.random, found, strict=True) if part}
    if not any(_WORD.search(text) for text in parts.fixed):
        # Signs alone can be part of a random value.
        return leaf.stored, {}
    return None, _learned(parts, stored)


def _learned(parts: _Parts, stored: str) -> dict[str, str]:
    """Random parts, each by what stands beside it, where anything else has changed."""
    found: dict[str, str] = {}
    for index, part in enumerate(parts.random):
        if not part:
            continue
        shape = _shape(part, parts.others[index])
        before = "\n".join(parts.fixed[index].split("\n")[-2:])
        after = parts.fixed[index + 1].partition("\n")[0]
        word = _LAST_WORD.search(before)
        beside = [(before, after), (before, ""), *([(word[0], "")] if word else []), ("", after)]
        for left, right in beside:
            fits = _beside(left, right, shape, stored) if _ends(parts, index, left, right) else set()
            if len(fits) == 1:
                found[part] = fits.pop()
                break
    return found


def _ends(parts: _Parts, index: int, left: str, right: str) -> bool:
    """Whether a random part can be told by what stands on its left and right: these say something, and it goes no further where they are nothing."""
    before, after = parts.fixed[index], parts.fixed[index + 1]
    bounded = (left or not _ONE.fullmatch(before[-1:])) and (right or not _ONE.fullmatch(after[:1]))
    return bool(bounded and _WORD.search(left + right))


def _beside(left: str, right: str, shape: str, stored: str) -> set[str]:
    start, end = r"(?<![\w+/.~-])" if not left else re.escape(left), re.escape(right) or r"(?![\w+/.~-])"
    return {found["random"] for found in re.finditer(f"{start}(?P<random>{shape}){end}", stored, re.DOTALL)}


def _shape(first: str, second: str) -> str:
    """What a random part may look like: certificates, times and words are such in the release as well."""
    if _WHOLE.fullmatch(first) and _WHOLE.fullmatch(second):
        label = first.partition("-----BEGIN ")[2].partition("-----")[0]
        mark = re.escape(f"{label}-----")
        return f"-----BEGIN {mark}(?:(?!-----).)*-----END {mark}" if label else _TIME
    if _ONE.fullmatch(first) and _ONE.fullmatch(second):
        return _PLAIN
    sign = "." if "\n" in first + second else r"[^\n]"
    return f"{sign}+?" if first and second else f"{sign}*?"


def _replaced(leaf: _Leaf, known: Mapping[str, str]) -> Any:
    """The text with each random part that is known; None where one is not."""
    if not (isinstance(leaf.first, str) and isinstance(leaf.second, str)):
        return None
    parts = leaf.parts()
    new = []
    for part in parts.random:
        found = known.get(part) or _within(part, known)
        if found is None:
            return None
        new.append(found)
    result = "".join(piece for pair in zip(parts.fixed, [*new, ""], strict=True) for piece in pair)
    return base64.b64encode(result.encode()).decode() if _clear(leaf, leaf.first) != leaf.first else result


def _within(part: str, known: Mapping[str, str]) -> str | None:
    """A random part that holds known ones, perhaps in base64."""
    result = part
    for token, value in sorted(known.items(), key=lambda pair: -len(pair[0])):
        if len(token) >= _SHORTEST:
            result = result.replace(token, value)
    if result != part:
        return result
    opened = _decoded(part)
    found = _within(opened, known) if opened else None
    return None if found is None else base64.b64encode(found.encode()).decode()


def _parts(first: str, second: str) -> _Parts:
    mine, other = ([found[0] for found in _TOKEN.finditer(text)] for text in (first, second))
    pieces: list[tuple[str, str, str]] = []
    place = another = 0
    for start, other_start, size in _blocks(mine, other):
        random = "".join(mine[place:start]), "".join(other[another:other_start])
        place, another = start + size, other_start + size
        pieces.append((*random, "".join(mine[start:place])))
    parts = _Parts([""], [], [])
    for one, two, fixed in pieces:
        before, one, two, after = _narrowed(one, two)
        parts.fixed[-1] += before
        if one or two:
            _add(parts, one, two)
        parts.fixed[-1] += after + fixed
    return parts


def _blocks(mine: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    """What two lists share, as places in both and lengths, the last of which is 0."""
    if len(mine) * len(other) <= _COMPARABLE:
        return [(*block,) for block in SequenceMatcher(None, mine, other, autojunk=False).get_matching_blocks()]
    # Long texts would take minutes; in these what is random has its place.
    if len(mine) == len(other):
        same = [index for index, pair in enumerate(zip(mine, other, strict=True)) if pair[0] == pair[1]]
        runs = [(run[0], run[0], len(run)) for run in _runs(same)]
        return [*runs, (len(mine), len(other), 0)]
    shortest = min(len(mine), len(other))
    before = next((index for index in range(shortest) if mine[index] != other[index]), shortest)
    after = next(
        (index for index in range(shortest - before) if mine[-1 - index] != other[-1 - index]), shortest - before
    )
    return [(0, 0, before), (len(mine) - after, len(other) - after, after), (len(mine), len(other), 0)]


def _runs(places: Iterable[int]) -> list[list[int]]:
    """Places that follow one another, together."""
    found: list[list[int]] = []
    for place in places:
        if found and found[-1][-1] == place - 1:
            found[-1].append(place)
        else:
            found.append([place])
    return found


def _add(parts: _Parts, one: str, two: str, always: bool = False) -> None:
    """A random part, together with the one before where only a sign that both have by chance is between."""
    between = parts.fixed[-1]
    near = bool(parts.random) and 0 < len(between) <= _CHANCE and not between.isspace()
    if near and (always or _mixed(one, two) or _mixed(parts.random[-1], parts.others[-1])):
        parts.random[-1] += between + one
        parts.others[-1] += between + two
        parts.fixed[-1] = ""
        return
    parts.random.append(one)
    parts.others.append(two)
    parts.fixed.append("")


def _widened(parts: _Parts) -> _Parts:
    """The same without signs that random ones, which are of all kinds, may share by chance: between them, and one on each side."""
    wide = _Parts([parts.fixed[0]], [], [])
    for one, two, after in zip(parts.random, parts.others, parts.fixed[1:], strict=True):
        _add(wide, one, two, always=True)
        wide.fixed[-1] += after
    for index, (one, two) in enumerate(zip(wide.random, wide.others, strict=True)):
        if _mixed(one, two):
            before, after = wide.fixed[index : index + 2]
            left, right = before[-1:].strip(), after[:1].strip()
            wide.fixed[index : index + 2] = before.removesuffix(left), after.removeprefix(right)
            wide.random[index], wide.others[index] = left + one + right, left + two + right
    return wide


def _mixed(one: str, two: str) -> bool:
    """Whether it is made of signs of all kinds."""
    return not all(_ONE.fullmatch(text) or _WHOLE.fullmatch(text) for text in (one, two) if text)


def _narrowed(one: str, two: str) -> tuple[str, str, str, str]:
    """Random words without what both begin and end with, up to a sign that separates."""
    if not (_ONE.fullmatch(one) and _ONE.fullmatch(two)) or _WHOLE.fullmatch(one):
        return "", one, two, ""
    shared = next(
        (index for index, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), min(len(one), len(two))
    )
    found = _BEFORE.match(one[:shared])
    before = found[0] if found else ""
    one, two = one[len(before) :], two[len(before) :]
    shared = next(
        (index for index, pair in enumerate(zip(one[::-1], two[::-1], strict=False)) if pair[0] != pair[1]),
        min(len(one), len(two)),
    )
    found = _AFTER.search(one[len(one) - shared :])
    after = found[0] if found else ""
    return before, one.removesuffix(after), two.removesuffix(after), after


def _fitted(parts: _Parts, stored: str) -> list[str] | None:
    """What a text has in the place of the random parts, None where it is another text."""
    shapes = [_shape(one, two) for one, two in zip(parts.random, parts.others, strict=True)]
    tried = [shapes]
    if _WORD.search("".join(parts.fixed)) and parts.fixed[0].strip() and parts.fixed[-1].strip():
        # What somebody chose may have other signs, and it is clear where it begins and ends.
        tried.append([r"[^\n]+?" for _shape_ in shapes])
    for each in tried:
        groups = [f"({shape})" for shape in each] + [""]
        pattern = "".join(piece for pair in zip(map(re.escape, parts.fixed), groups, strict=True) for piece in pair)
        found = re.fullmatch(pattern, stored, re.DOTALL)
        if found:
            return list(found.groups())
    return None


def _clear(leaf: _Leaf, text: str) -> str:
    """What a Secret's data says, where that is text."""
    if leaf.key[1] != "Secret" or leaf.path[:1] != ("data",):
        return text
    found = _decoded(text)
    return text if found is None else found


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return None


def _opened(text: str) -> str:
    """A text that may be certificates in base64, as webhooks have them."""
    found = _decoded(text) if text.startswith("LS0t") else None
    return text if found is None else found


def _holds_pem(leaf: _Leaf, what: str = "-----BEGIN ") -> bool:
    return isinstance(leaf.first, str) and what in _opened(_clear(leaf, leaf.first))


def _matching(leaves: Iterable[_Leaf]) -> list[_Leaf]:
    """Certificates, and the keys in objects with certificates: what one of them is made of, others are, too."""
    listed = list(leaves)
    with_certificates = {leaf.index for leaf in listed if _holds_pem(leaf, "-----BEGIN CERTIFICATE-----")}
    return [leaf for leaf in listed if _holds_pem(leaf) and leaf.index in with_certificates]


def _is_hash(leaf: _Leaf) -> bool:
    """Whether nothing is random of a text but the salt of hashes, and what follows from it."""
    if not (isinstance(leaf.first, str) and isinstance(leaf.second, str)):
        return False
    parts = leaf.parts()
    return bool(parts.random) and all(_HASH.search(text) for text in parts.fixed[: len(parts.random)])
