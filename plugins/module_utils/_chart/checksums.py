# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations that roll pods when what they read changes, made anew where a chart's own follow from random values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._release.objects import Key, Object, key_of
from .random_values import Path, put

_READ = ("ConfigMap", "Secret")


def summed(
    objects: Sequence[Mapping[str, Any]], places: Iterable[tuple[Key, Path]], namespace: str
) -> tuple[dict[str, Any], ...]:
    """The objects with a digest of the ConfigMaps and Secrets that the pods read, or of all where they name none.

    :param places: of the annotations, by object and path.
    """
    wanted = list(places)
    contents = {
        (str(item.get("kind")), str((item.get("metadata") or {}).get("name"))): item
        for item in objects
        if item.get("kind") in _READ
    }
    result = []
    for item in objects:
        found = dict(item)
        for key, path in wanted:
            if key == key_of(item, namespace):
                found = put(found, path, _digest(item, contents))
        result.append(found)
    return tuple(result)


def _digest(item: Object, contents: Mapping[tuple[str, str], Object]) -> str:
    texts = set(_texts(item))
    read = [one for (_kind, name), one in sorted(contents.items()) if name in texts] or [
        one for _key, one in sorted(contents.items())
    ]
    text = json.dumps(
        [{key: one.get(key) for key in ("data", "stringData", "binaryData")} for one in read], sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
