# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets and ConfigMaps that a pod reads, as the chart's values name them; and what a change of them does to the pods."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._fingerprint import contents, fingerprint

# Changes with what the user's Secrets and ConfigMaps hold, so that the pods roll.
ANNOTATION = "triton.inferops/config-digest"
# Made by the collection: what is in them has a digest of its own.
OWN = {"app.kubernetes.io/managed-by": "inferops.triton"}
_BY_ENV = {"secretKeyRef": "Secret", "configMapKeyRef": "ConfigMap"}
_BY_ENV_FROM = {"secretRef": "Secret", "configMapRef": "ConfigMap"}
_BY_VOLUME = {"secret": ("Secret", "secretName"), "configMap": ("ConfigMap", "name")}


@dataclass(frozen=True, slots=True)
class Reference:
    """An object that a pod reads: kind, name, the keys (None for all), and whether pods start without it."""

    kind: str
    name: str
    keys: frozenset[str] | None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the cluster says of a reference: whether the user may read it, and the object where it is there."""

    readable: bool
    live: Mapping[str, Any] | None = None


def references(values: Mapping[str, Any]) -> list[Reference]:
    """The Secrets and ConfigMaps of the pods, each once, from values of the bundled chart: env, envFrom, volumes, init containers.

    What does not have the form that it should have is left to the chart's schema. Pull secrets are no matter of running pods.
    """
    return _merged(_found(values))


def of_pod(spec: Mapping[str, Any]) -> list[Reference]:
    """The Secrets and ConfigMaps that a pod's specification names, each once; not its pull secrets."""
    containers = [one for field in ("initContainers", "containers") for one in _items(spec.get(field))]
    named = [found for container in containers for found in _of_container(container)]
    named += [found for volume in _items(spec.get("volumes")) for found in _of_volume(volume)]
    return _merged(named)


def _merged(named: Iterable[Reference]) -> list[Reference]:
    merged: dict[tuple[str, str], Reference] = {}
    for found in named:
        before = merged.get((found.kind, found.name))
        if before is not None:
            every = before.keys is None or found.keys is None
            keys = None if every else (before.keys or frozenset()) | (found.keys or frozenset())
            found = Reference(found.kind, found.name, keys, before.optional and found.optional)
        merged[found.kind, found.name] = found
    return [merged[key] for key in sorted(merged)]


def digest(named: Iterable[Reference], find: Callable[[Reference], Known]) -> tuple[str, list[str]]:
    """One digest of what the pods read, "" where nothing is known; and notes on what could not be looked at.

    An object that is not there yet (an operator may make it later) is no part of it.
    """
    prints, notes = [], []
    for one in named:
        known = find(one)
        if not known.readable:
            notes.append(
                f"{one.kind} {one.name} may not be read with these credentials: a change of it does not roll the pods."
            )
        elif known.live is None:
            if not one.optional:
                notes.append(
                    f"{one.kind} {one.name}, which triton_values names, is not there yet: pods wait until somebody makes it."
                )
        elif not OWN.items() <= ((known.live.get("metadata") or {}).get("labels") or {}).items():
            there = contents(known.live)
            read = {key: value for key, value in there.items() if one.keys is None or key in one.keys}
            prints.append([one.kind, one.name, fingerprint(known.live, read)])
    return (hashlib.sha256(json.dumps(prints).encode()).hexdigest() if prints else ""), notes


def _found(values: Mapping[str, Any]) -> Iterator[Reference]:
    yield from _of_container(values)
    for container in _items(values.get("initContainers")):
        yield from _of_container(container)
    for volume in _items(values.get("extraVolumes")):
        yield from _of_volume(volume)
    for repository in _items(values.get("modelRepositories")):
        yield from _of_volume(_mapping(repository.get("volume")))


def _of_container(container: Mapping[str, Any]) -> Iterator[Reference]:
    for variable in _items(container.get("env")):
        for field, reference in _mapping(variable.get("valueFrom")).items():
            if field in _BY_ENV and _mapping(reference).get("name"):
                keys = frozenset({str(reference.get("key"))})
                yield Reference(_BY_ENV[field], str(reference["name"]), keys, bool(reference.get("optional")))
    for source in _items(container.get("envFrom")):
        for field, reference in source.items():
            if field in _BY_ENV_FROM and _mapping(reference).get("name"):
                yield Reference(_BY_ENV_FROM[field], str(reference["name"]), None, bool(reference.get("optional")))


def _of_volume(volume: Mapping[str, Any]) -> Iterator[Reference]:
    for field, (kind, name_field) in _BY_VOLUME.items():
        source = _mapping(volume.get(field))
        # In a projected volume a Secret is named as a ConfigMap is.
        name = source.get(name_field) or source.get("name")
        if name:
            items = _items(source.get("items"))
            keys = frozenset(str(item.get("key")) for item in items) if items else None
            yield Reference(kind, str(name), keys, bool(source.get("optional")))
    for source in _items(_mapping(volume.get("projected")).get("sources")):
        yield from _of_volume(source)


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
