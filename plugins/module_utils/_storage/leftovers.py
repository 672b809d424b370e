# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ConfigMaps and Secrets that earlier repositories of a release needed and the present ones do not.

Going back (helm rollback, kubectl rollout undo) brings an earlier pod template back, and nobody makes these objects anew for it. So each
stays as long as Kubernetes keeps a ReplicaSet whose template names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .base import Object

Name: TypeAlias = tuple[str, str]
# Kubernetes' own default of a Deployment's revisionHistoryLimit.
REVISIONS = 10
REVISION = "deployment.kubernetes.io/revision"
# Fields of a pod that name an object, and its kind.
_FIELDS = {
    "configMap": "ConfigMap",
    "configMapRef": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "secret": "Secret",
    "secretRef": "Secret",
    "secretKeyRef": "Secret",
}


@dataclass(frozen=True, slots=True)
class History:
    """The ReplicaSets of a Deployment, and how many old ones it keeps."""

    replica_sets: Sequence[Object]
    limit: int = REVISIONS


def superfluous(there: Iterable[Name], definitions: Iterable[Object]) -> list[Name]:
    """The objects of a release that no definition of its plan makes, as kind and name."""
    wanted = {(definition["kind"], definition["metadata"]["name"]) for definition in definitions}
    return sorted(set(there) - wanted)


def holders(history: History, leftovers: Iterable[Name], ahead: bool) -> dict[Name, str]:
    """The leftovers that have to stay, each with the newest revision that names it.

    :param ahead: the new template is not there yet (check mode). As it names no leftover, it is to come if the newest one names any.
    """
    left = set(leftovers)
    newest_first = sorted(history.replica_sets, key=_revision, reverse=True)
    named = [(item, left & set(_names((item.get("spec") or {}).get("template")))) for item in newest_first]
    current = 0 if ahead and named and named[0][1] else 1
    found: dict[Name, str] = {}
    for number, (item, names) in enumerate(named):
        serving = not ahead and (item.get("status") or {}).get("replicas")
        # Which ones are kept is the Deployment controller's rule; it may not have come to that yet.
        if number < current + history.limit or serving:
            for name in names:
                found.setdefault(name, str(_revision(item)))
    return found


def _revision(replica_set: Object) -> int:
    text = str((replica_set["metadata"].get("annotations") or {}).get(REVISION, ""))
    return int(text) if text.isdecimal() else 0


def _names(part: Any) -> Iterator[Name]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key in _FIELDS and isinstance(value, Mapping):
                yield _FIELDS[key], str(value.get("secretName") or value.get("name"))
            yield from _names(value)
    elif isinstance(part, list):
        for item in part:
            yield from _names(item)
