# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text with YAML documents or JSON to plain values, as Kubernetes' tools read it (k8s.io/apimachinery, sigs.k8s.io/yaml).

A comparison with Kubernetes' own code holds it to that (tests/differential/podsecurity_manifests.py). On purpose it differs
where Kubernetes guesses, or drops something without a word; that is refused in one sentence:

- a key that an object has twice; null or an integer beyond 64 bits as a key;
- text behind the end of a YAML document without ``---``;
- text in UTF-16 is read whole; Kubernetes reads its first document only;
- more than MAX_BYTES, MAX_DEPTH levels or MAX_VALUES values, aliases included.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from math import isinf
from typing import Any

from .._errors import TritonError
from .shown import word
from .tree import plain_copy
from .yaml_scalars import value_of
from .yaml_tree import YamlProblem, compose

MAX_BYTES = 20 * 2**20
_SEPARATOR = re.compile(r"^---(?P<rest>.*)$", re.MULTILINE)
_NOT_BLANK = re.compile(r"[^ \t\r\n]")
_BLANK_TO_LINE_END = re.compile(r"[^\S\n]*\n?")
# Beyond it a number is no integer to Kubernetes, and Python refuses to read thousands of digits.
_DIGITS = 20


def documents(text: str | bytes, where: str) -> list[Any]:
    """The documents of a text, empty ones left out.

    :param where: the text's name in messages.
    :raises TritonError: it is neither UTF-8 nor UTF-16, no YAML, too large, nested too deep, or refers to itself.
    """
    if len(text) > MAX_BYTES:
        raise TritonError(f"{where} has {len(text)} bytes; manifests of up to {MAX_BYTES} bytes are read. Split it.")
    return [value for value in _values(_decoded(text, where), where) if value is not None]


def _values(text: str, where: str) -> Iterator[Any]:
    """Kubernetes takes a text that begins with a brace for JSON values as long as it is; one of them may go on as YAML."""
    start = len(text) - len(text.lstrip())
    if text[start : start + 1] not in ("{", "["):
        yield from _yaml(text, where)
        return
    try:
        found, end, problem = _json(text, start)
    except OverflowError as error:
        raise TritonError(f"{where} cannot be read: {error}.") from error
    if problem and len(found) > 1 and text[start] == "{":
        raise _broken(where, text.count("\n", 0, end) + 1, problem)
    # An object in braces may be YAML from its beginning on, and a list followed by anything is a mistake that YAML's parser names.
    if (problem and not found) or (text[start] == "[" and (problem or len(found) > 1)):
        yield from _yaml(text[start:], where, text.count("\n", 0, start) + 1)
        return
    yield from (plain_copy(value, where) for value in found)
    if problem:
        blank = _BLANK_TO_LINE_END.match(text, end)
        rest = blank.end() if blank else end
        yield from _yaml(text[rest:], where, text.count("\n", 0, rest) + 1)


def _decoded(text: str | bytes, where: str) -> str:
    if isinstance(text, bytes):
        wide = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        try:
            text = text.decode("utf-16" if wide else "utf-8")
        except UnicodeDecodeError as error:
            name = "UTF-16" if wide else "UTF-8"
            raise TritonError(f"{where} is no text in {name} (byte {error.start}); give YAML or JSON.") from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _yaml(text: str, where: str, first: int = 1) -> Iterator[Any]:
    """The documents of YAML whose first line has this number."""
    # The last line ends like all others, which shows in block scalars.
    for part, line in _parts(text if text.endswith("\n") else f"{text}\n", where, first):
        if part.strip():
            try:
                yield compose(part)
            except YamlProblem as problem:
                raise _broken(where, line + problem.line - 1, problem.words) from problem


def _parts(text: str, where: str, first: int) -> Iterator[tuple[str, int]]:
    """The text between separators, each with the number of its first line.

    Kubernetes looks for the separators before it reads any YAML.
    """
    start, line = 0, first
    for match in _SEPARATOR.finditer(text):
        rest = match["rest"].strip()
        if rest and not rest.startswith("#"):
            raise _broken(
                where, first + text.count("\n", 0, match.start()), "after the separator --- only a comment may stand"
            )
        yield text[start : match.start()], line
        line += text.count("\n", start, match.start()) + 1
        start = match.end() + 1
    yield text[start:], line


def _broken(where: str, line: int, words: str) -> TritonError:
    return TritonError(f"{where} cannot be read: line {line}: {words}.")


def _json(text: str, start: int) -> tuple[list[Any], int, str]:
    """The JSON values from a place on, one after the other; where the last of them ends; what is wrong with the rest, if anything.

    :raises OverflowError: a number that is too large.
    """
    found: list[Any] = []
    end = start
    too_large: list[str] = []

    def number(digits: str) -> Any:
        value = float(digits)
        if isinf(value):
            # What turns out to be no JSON may have such a word.
            too_large.append(digits)
            return None
        return value_of(value)

    decoder = json.JSONDecoder(
        object_pairs_hook=_unique,
        parse_constant=_refuse,
        parse_int=lambda digits: int(digits) if len(digits) <= _DIGITS else number(digits),
        parse_float=number,
    )
    try:
        while (match := _NOT_BLANK.search(text, end)) is not None:
            value, end = decoder.raw_decode(text, match.start())
            if too_large:
                raise OverflowError(f"{word(too_large[0], 40)} is larger than any number that Kubernetes reads")
            found.append(value)
    except (ValueError, RecursionError) as error:
        return found, end, str(getattr(error, "msg", error))
    return found, end, ""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key is there twice")
    return fields


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
