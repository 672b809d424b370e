# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One YAML document -> a tree of objects, lists and JSON values, as Kubernetes reads it and within bounds.

PyYAML only takes the text apart, and its events are put together here: its own loaders overflow the stack on deep nesting,
share what anchors name, let keys repeat, and read many words otherwise than Kubernetes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._errors import TritonError
from .shown import shown, word
from .tree import MAX_DEPTH, MAX_VALUES
from .yaml_scalars import TAG, Scalar, key_of, resolve, value_of


class YamlProblem(ValueError):
    """What is wrong, in words, and the line, counted from 1 within the document."""

    def __init__(self, words: str, line: int) -> None:
        super().__init__(words)
        self.words = words
        self.line = line


class _Anchored:
    """What an anchor names; ``open`` until its value is complete."""

    __slots__ = ("node", "open")

    def __init__(self) -> None:
        self.node: Any = None
        self.open = True


_MORE = "something follows the end of the document; separate documents by ---"


def compose(text: str) -> Any:
    """The value of the one document of the text, None for an empty one.

    :raises YamlProblem: the text is no YAML, or not what Kubernetes accepts, or beyond the bounds.
    :raises TritonError: PyYAML is missing.
    """
    try:
        import yaml
    except ImportError as error:
        raise TritonError(
            "The Python package PyYAML is missing where this runs; install it: pip install PyYAML"
        ) from error

    composer: _Composer | None = None
    try:
        # Kubernetes' parser descends from the one in C; PyYAML's other one differs in small things.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        composer = _Composer(loader.get_event)
        try:
            return composer.document()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        words = getattr(error, "problem", None) or getattr(error, "reason", None) or "this is no YAML"
        if composer and composer.complete:
            words = _MORE
        line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", None) or 0) + 1
        raise YamlProblem(word(str(words)), line) from error
    except UnicodeError as error:
        raise YamlProblem("the text holds characters that are no Unicode", 1) from error


class _Composer:
    """Puts events together. What it calls a node is a tree, or a scalar that is no JSON value yet."""

    def __init__(self, get_event: Callable[[], Any]) -> None:
        self._get_event = get_event
        self._anchors: dict[str, _Anchored] = {}
        self._values = 0
        self.complete = False

    def document(self) -> Any:
        self._get_event()  # of the stream
        if type(self._get_event()).__name__ == "StreamEndEvent":
            return None
        event = self._get_event()
        value = self._value(self._node(event, 0), event)
        self.complete = True
        self._get_event()  # the end of the document
        # Kubernetes would leave the rest alone without a word.
        if type(rest := self._get_event()).__name__ != "StreamEndEvent":
            raise _problem(_MORE, rest)
        return value

    def _node(self, event: Any, depth: int) -> Any:
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event, depth)
        self._count(event)
        anchored = _Anchored()
        # From its beginning on: the same anchor inside of it is a later one.
        if event.anchor is not None:
            self._anchors[event.anchor] = anchored
        node: Any
        if kind == "ScalarEvent":
            node = self._scalar(event)
        else:
            self._descend(event, depth)
            node = self._mapping(depth) if kind == "MappingStartEvent" else self._sequence(depth)
        anchored.node, anchored.open = node, False
        return node

    def _count(self, event: Any) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise _problem(f"it stands for more than {MAX_VALUES} values", event)

    @staticmethod
    def _descend(event: Any, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise _problem(f"it is nested deeper than {MAX_DEPTH} levels", event)

    def _alias(self, event: Any, depth: int) -> Any:
        if event.anchor not in self._anchors:
            raise _problem(f"alias *{word(event.anchor, 60)} has no anchor before it", event)
        anchored = self._anchors[event.anchor]
        if anchored.open:
            raise _problem(f"anchor &{word(event.anchor, 60)} refers to itself", event)
        return self._copy(anchored.node, depth, event)

    def _copy(self, node: Any, depth: int, event: Any) -> Any:
        """A copy of its own for every alias: what is changed in one place must not change in another."""
        self._count(event)
        if not isinstance(node, (dict, list)):
            return node
        self._descend(event, depth)
        if isinstance(node, list):
            return [self._copy(item, depth + 1, event) for item in node]
        return {key: self._copy(item, depth + 1, event) for key, item in node.items()}

    def _scalar(self, event: Any) -> Scalar:
        try:
            return resolve(event.value, event.tag, event.implicit[0])
        except ValueError as error:
            raise _problem(str(error), event) from error

    def _value(self, node: Any, event: Any) -> Any:
        if type(node) is not float:
            return node
        try:
            return value_of(node)
        except ValueError as error:
            raise _problem(str(error), event) from error

    def _sequence(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while type(event := self._get_event()).__name__ != "SequenceEndEvent":
            items.append(self._value(self._node(event, depth + 1), event))
        return items

    def _mapping(self, depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        own: set[str] = set()
        while type(event := self._get_event()).__name__ != "MappingEndEvent":
            if _is_merge(event):
                self._merge(fields, depth)
                continue
            key = self._key(event, depth)
            if key in own:
                raise _problem(f"key {shown(key)} is there twice", event)
            own.add(key)
            value_event = self._get_event()
            # Where a merge and a key of its own meet, Kubernetes takes whichever comes later.
            fields[key] = self._value(self._node(value_event, depth + 1), value_event)
        return fields

    def _key(self, event: Any, depth: int) -> str:
        node = self._node(event, depth + 1)
        if isinstance(node, (dict, list)):
            raise _problem("a list or an object cannot be a key; keys are text", event)
        try:
            return key_of(node)
        except ValueError as error:
            raise _problem(str(error), event) from error

    def _merge(self, fields: dict[str, Any], depth: int) -> None:
        event = self._get_event()
        node = self._node(event, depth + 1)
        # The first of several takes precedence.
        sources = node[::-1] if isinstance(node, list) and type(event).__name__ != "AliasEvent" else [node]
        for source in sources:
            if not isinstance(source, dict):
                raise _problem("a merge key (<<) wants an object or a list of objects", event)
            fields.update(source)


def _is_merge(event: Any) -> bool:
    if type(event).__name__ != "ScalarEvent" or event.value != "<<":
        return False
    return bool(event.tag == f"{TAG}merge" or event.implicit[0])


def _problem(words: str, event: Any) -> YamlProblem:
    return YamlProblem(words, event.start_mark.line + 1)
