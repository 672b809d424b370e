# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts for a verdict without a cluster: what is given, and what a cluster is like as it was installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._scc.access import Either, Grants, Subject
from .._scc.admission import Admission
from .._scc.bindings import brought, merged
from .._scc.model import parse
from .._scc.namespace import MCS, SUPPLEMENTAL_GROUPS, UID_RANGE, annotations_and_labels
from .._scc.standard import granted, standard
from .._scc.stored import stored
from .explain import KUBERNETES, YOU, Facts

# Values as OpenShift allocates them, for a namespace of which nothing but the name is known.
EXAMPLE = {UID_RANGE: "1000700000/10000", SUPPLEMENTAL_GROUPS: "1000700000/10000", MCS: "s0:c27,c4"}


@dataclass(frozen=True, slots=True)
class Given:
    """What the user gives.

    ``objects``: all manifests, of which SCCs, roles and bindings count; ``namespaces``: name -> Namespace object; ``sccs``: those
    of the cluster, None for the standard ones; ``granted``: in the form of access.Grants, beside what every cluster grants.
    """

    objects: tuple[Any, ...] = ()
    namespaces: Mapping[str, Mapping[str, Any]] | None = None
    sccs: tuple[Mapping[str, Any], ...] | None = None
    granted: Mapping[str, list[str] | str] | None = None
    platform: str = "openshift"
    user: Subject = YOU
    version: tuple[int, int] | None = None


class Offline:
    """Facts by namespace, each made once."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._known: dict[str, Facts] = {}

    def facts(self, namespace: str) -> Facts:
        """The facts of a namespace.

        :raises TritonError: an SCC or a namespace that cannot be read, or rights that are none.
        """
        if namespace not in self._known:
            self._known[namespace] = self._facts(namespace)
        return self._known[namespace]

    def _facts(self, namespace: str) -> Facts:
        given = self._given
        notes: list[str] = []
        live = (given.namespaces or {}).get(namespace) or self._among_objects(namespace) or {}
        annotations, labels = annotations_and_labels(live, namespace)
        if given.platform == KUBERNETES:
            return Facts(None, annotations, labels, Grants([]), given.user, given.version)
        if not {UID_RANGE, MCS} <= annotations.keys():
            annotations = {**EXAMPLE, **annotations}
            notes.append(
                f"The values of namespace {namespace} are not known: {EXAMPLE[UID_RANGE]} is taken as its range of user IDs."
            )
        extra = brought(given.objects, namespace)
        sccs = {**self._sccs(notes), **extra.sccs}
        rights = Either(Grants(merged(granted(sccs), extra.granted)), Grants(given.granted or {}))
        admission = Admission([parse(scc) for scc in sccs.values()])
        return Facts(admission, annotations, labels, rights, given.user, given.version, tuple(notes))

    def _sccs(self, notes: list[str]) -> dict[str, Mapping[str, Any]]:
        if self._given.sccs is None:
            notes.append("The SCCs are not known: those that OpenShift 4.20 ships are taken.")
            return dict(standard())
        return {scc["metadata"]["name"]: stored(scc) for scc in self._given.sccs if parse(scc)}

    def _among_objects(self, namespace: str) -> Mapping[str, Any] | None:
        return next(_namespaces(self._given.objects, namespace), None)


def _namespaces(objects: Iterable[Any], name: str) -> Iterator[Mapping[str, Any]]:
    for item in objects:
        metadata = item.get("metadata") if isinstance(item, Mapping) and item.get("kind") == "Namespace" else None
        if isinstance(metadata, Mapping) and metadata.get("name") == name:
            yield item
