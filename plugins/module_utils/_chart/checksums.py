# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations that roll pods when what they read changes, made anew where a chart's own follow from random values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._adapt.templates import template
from .._release.objects import Key, Object, key_of
from .._release.references import of_pod
from .random_values import Path, at, put

_READ = ("ConfigMap", "Secret")
_ANNOTATIONS = ("metadata", "annotations")


def summed(
    objects: Sequence[Mapping[str, Any]],
    places: Iterable[tuple[Key, Path]],
    namespace: str,
    stored: Mapping[Key, Object] | None = None,
) -> tuple[dict[str, Any], ...]:
    """The objects with a digest of the ConfigMaps and Secrets that the pods read, or of all where they name none.

    :param places: of the annotations, by object and path.
    :param stored: objects of the release as it is, by key: a digest that it has stays where it is still right, though the chart now finds its
        random values in the cluster, and has a checksum of its own.
    """
    wanted = list(places)
    contents: dict[tuple[str, str, str], Object] = {}
    for item in objects:
        if item.get("kind") in _READ:
            _group, kind, place, name = key_of(item, namespace)
            contents[place, kind, name] = item
    result = []
    for item in objects:
        found, key = dict(item), key_of(item, namespace)
        for owner, path in wanted:
            if owner == key:
                found = put(found, path, _digest(at(item, path[:-3]), key[2], contents))
        for path, former in _changed(item, (stored or {}).get(key)):
            if (key, path) not in wanted and former == _digest(at(item, path[:-3]), key[2], contents):
                found = put(found, path, former)
        result.append(found)
    return tuple(result)


def _changed(item: Object, stored: Object | None) -> Iterator[tuple[Path, Any]]:
    """Annotations of the pods of an object that are others than in the release, and what they are there."""
    found = template(item) if stored is not None else None
    if found is None or not found[1]:
        return
    base = (*found[1].rstrip(".").split("."), *_ANNOTATIONS)
    annotations, former = at(item, base), at(stored, base)
    for key, text in annotations.items() if isinstance(annotations, Mapping) and isinstance(former, Mapping) else ():
        if key in former and former[key] != text:
            yield (*base, key), former[key]


def _digest(pod: Any, namespace: str, contents: Mapping[tuple[str, str, str], Object]) -> str:
    """A digest of what a pod reads.

    :param pod: its template.
    """
    mine = {key[1:]: one for key, one in sorted(contents.items()) if key[0] == namespace}
    spec = pod.get("spec") if isinstance(pod, Mapping) else None
    named = {(one.kind, one.name) for one in of_pod(spec)} if isinstance(spec, Mapping) else set()
    texts = set(_texts(spec))
    read = (
        [one for key, one in mine.items() if key in named]
        or [one for (_kind, name), one in mine.items() if name in texts]
        or list(mine.values())
    )
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
