# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pods of a revision take from outside the release: objects that have to be there still when one goes back to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._storage import uploader
from .references import Reference, of_pod

CLAIM = "PersistentVolumeClaim"


@dataclass(frozen=True, slots=True)
class Need:
    """An object that pods need; ``versions``: digests of uploaded models that a claim has to hold."""

    kind: str
    name: str
    versions: frozenset[str] = frozenset()


def needs(objects: Iterable[Mapping[str, Any]]) -> list[Need]:
    """What the pod templates of a release's objects need, but for what the release itself brings."""
    listed = list(objects)
    own = {(str(item.get("kind")), str((item.get("metadata") or {}).get("name"))) for item in listed}
    found: dict[tuple[str, str], Need] = {}
    for spec in _pods(listed):
        for need in [*_references(of_pod(spec)), *_claims(spec)]:
            if (need.kind, need.name) not in own:
                found[need.kind, need.name] = need
    return [found[key] for key in sorted(found)]


def _pods(objects: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in objects:
        spec = item.get("spec")
        template = spec.get("template") if isinstance(spec, Mapping) else None
        pod = template.get("spec") if isinstance(template, Mapping) else None
        if isinstance(pod, Mapping):
            yield pod


def _references(named: Iterable[Reference]) -> Iterator[Need]:
    return (Need(one.kind, one.name) for one in named if not one.optional)


def _claims(spec: Mapping[str, Any]) -> Iterator[Need]:
    for volume in spec.get("volumes") or ():
        name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if name:
            yield Need(CLAIM, str(name), frozenset(uploader.pinned([spec], str(name))))
