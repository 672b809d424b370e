# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text with YAML documents or JSON to plain values, as Kubernetes' tools read it (sigs.k8s.io/yaml, YAML 1.1 in Go's reading).

PyYAML's own reading differs: it makes 750 of ``12:30`` and a date of ``2026-01-01``, and takes ``y`` and ``1e3`` for text. So only its
parser is used here, which gives events; values are made of these without recursion, and within bounds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .._errors import TritonError

MAX_BYTES = 20 * 2**20
MAX_DEPTH = 100
# Counted with what aliases repeat, so a few lines that stand for billions of values are refused.
MAX_VALUES = 2_000_000
_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MERGE = "<<"
_DIGITS_SHOWN = 40


class _BrokenError(Exception):
    """What is wrong with the text, in words."""


@dataclass(slots=True)
class _Node:
    """A value under construction or done; ``size`` counts values, ``height`` levels below; ``open`` while items are missing."""

    value: Any
    size: int = 1
    height: int = 0
    open: bool = False


@dataclass(slots=True)
class _Frame:
    """An open list or map; a map's keys and values come in turn."""

    node: _Node
    is_map: bool
    key: str | None = None
    key_is_merge: bool = False
    merged: list[dict[str, Any]] = field(default_factory=list)


def documents(text: str | bytes, where: str) -> list[Any]:
    """The documents of a text, empty ones left out.

    :param where: the text's name in messages.
    :raises TritonError: it is not UTF-8, no YAML, too large, nested too deep, or refers to itself.
    """
    if len(text) > MAX_BYTES:
        raise TritonError(f"{where} has {len(text)} bytes; manifests of up to {MAX_BYTES} bytes are read. Split it.")
    try:
        plain = text if isinstance(text, str) else text.decode("utf-8-sig")
        return [value for value in _documents(plain) if value is not None]
    except UnicodeDecodeError as error:
        raise TritonError(f"{where} is no text in UTF-8 (byte {error.start}); give YAML or JSON.") from error
    except _BrokenError as error:
        raise TritonError(f"{where} cannot be read: {error}.") from error


def _documents(text: str) -> Iterator[Any]:
    try:
        import yaml
    except ImportError as error:
        raise TritonError(
            "The Python package PyYAML is missing where this runs; install it: pip install PyYAML"
        ) from error
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        builder = _Builder()
        for event in yaml.parse(text, Loader=loader):
            name = type(event).__name__
            if name == "DocumentStartEvent":
                builder = _Builder()
            elif name == "DocumentEndEvent":
                yield builder.result
            elif name not in ("StreamStartEvent", "StreamEndEvent"):
                builder.take(name, event)
    except yaml.YAMLError as error:
        raise _BrokenError(_words(error)) from error
    except (RecursionError, ValueError) as error:
        # The parser's own limits, and characters that YAML does not allow.
        raise _BrokenError(" ".join(str(error).split())[:200]) from error


def _words(error: Any) -> str:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it is no YAML")
    mark = getattr(error, "problem_mark", None)
    return " ".join(problem.split())[:200] + (f", line {mark.line + 1}, column {mark.column + 1}" if mark else "")


class _Builder:
    """One document."""

    def __init__(self) -> None:
        self.result: Any = None
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Node] = {}
        self._values = 0

    def take(self, name: str, event: Any) -> None:
        """The next event of the parser."""
        if name == "ScalarEvent":
            plain = event.implicit[0] and event.tag is None
            self._add(self._named(event, _Node(_scalar(event, plain))), merge=plain and event.value == _MERGE)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self._open(event, is_map=name == "MappingStartEvent")
        elif name == "AliasEvent":
            self._alias(event.anchor)
        else:
            self._close()

    def _named(self, event: Any, node: _Node) -> _Node:
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _open(self, event: Any, *, is_map: bool) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise _BrokenError(f"tag {event.tag} is not known to Kubernetes")
        if self._frames and self._frames[-1].is_map and self._frames[-1].key is None:
            raise _BrokenError("a key of a map is a list or a map; keys are text")
        if len(self._frames) >= MAX_DEPTH:
            raise _BrokenError(f"it is nested deeper than {MAX_DEPTH} levels")
        node = self._named(event, _Node({} if is_map else [], open=True))
        self._frames.append(_Frame(node, is_map))

    def _alias(self, anchor: str) -> None:
        node = self._anchors.get(anchor)
        if node is None:
            raise _BrokenError(f"alias *{anchor} has no anchor")
        if node.open:
            raise _BrokenError(f"anchor &{anchor} refers to itself")
        if len(self._frames) + node.height > MAX_DEPTH:
            raise _BrokenError(f"it is nested deeper than {MAX_DEPTH} levels")
        self._add(node)

    def _close(self) -> None:
        frame = self._frames.pop()
        # Own keys win over merged ones, and earlier merged ones over later.
        for source in frame.merged:
            for key, value in source.items():
                frame.node.value.setdefault(key, value)
        frame.node.open = False
        self._add(frame.node)

    def _add(self, node: _Node, *, merge: bool = False) -> None:
        self._values += 1
        if not self._frames:
            self.result = node.value
            return
        frame = self._frames[-1]
        frame.node.size += node.size
        if self._values + frame.node.size > MAX_VALUES:
            raise _BrokenError(f"it stands for more than {MAX_VALUES} values")
        frame.node.height = max(frame.node.height, node.height + 1)
        if not frame.is_map:
            frame.node.value.append(node.value)
        elif frame.key is None:
            frame.key, frame.key_is_merge = _key(node.value), merge
        elif frame.key_is_merge:
            frame.merged += _mergeable(node.value)
            frame.key = None
        else:
            frame.node.value[frame.key] = node.value
            frame.key = None


def _mergeable(value: Any) -> list[dict[str, Any]]:
    sources = value if isinstance(value, list) else [value]
    if not all(isinstance(source, dict) for source in sources):
        raise _BrokenError("a merge key (<<) wants a map or a list of maps")
    return sources


def _key(value: Any) -> str:
    """Keys that look like numbers or truth values become their text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _BrokenError("a key of a map is null, a list or a map; keys are text")


def _scalar(event: Any, plain: bool) -> Any:
    tag, text = event.tag, event.value
    if plain:
        return resolve(text)
    if tag in (None, "!", "tag:yaml.org,2002:str"):
        return text
    if tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"):
        return resolve(text)
    raise _BrokenError(f"tag {tag} is not known to Kubernetes")


def resolve(text: str) -> Any:
    """The value of a plain scalar. Source of the rules: go.yaml.in/yaml/v2, resolve.go."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        number = _integer(text.replace("_", ""))
        if number is not None:
            return number
    if _FLOAT.fullmatch(text):
        number = float(text)
        # What is beyond any number is text to Go.
        return number if math.isfinite(number) else text
    if _NO_NUMBER.fullmatch(text):
        raise _BrokenError(f"{text} is no number that JSON knows")
    return text


def _integer(text: str) -> int | float | None:
    """Octal with a leading zero too; beyond 64 bits it is a float, as in Go; None for what is no number after all."""
    digits = text.lstrip("+-")
    if len(digits) > _DIGITS_SHOWN:
        return float(text) if digits.isdecimal() and len(digits) < 300 else None
    try:
        number = int(digits, 8) if len(digits) > 1 and digits[0] == "0" and digits.isdecimal() else int(digits, 0)
    except ValueError:
        return float(text) if digits.isdecimal() else None
    number = -number if text.startswith("-") else number
    return number if -(2**63) <= number < 2**64 else float(number)
