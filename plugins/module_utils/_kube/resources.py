# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a kind to its path, by the API server's own discovery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .client import Client, path_of


@dataclass(frozen=True, slots=True)
class Resource:
    """How the API server serves a kind."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    def path(self, namespace: str | None, name: str | None = None, sub: str | None = None) -> str:
        """The path of an object, or of the list without a name; the namespace is left out of cluster-wide kinds."""
        return path_of(self.api_version, self.plural, namespace if self.namespaced else None, name, sub)


class Discovery:
    """Looks kinds up, each API version once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, dict[str, Resource]] = {}

    def find(self, api_version: str, kind: str) -> Resource | None:
        """The resource of a kind, None where the cluster does not serve it."""
        if api_version not in self._known:
            path = f"/api/{api_version}" if "/" not in api_version else f"/apis/{api_version}"
            self._known[api_version] = _resources(api_version, self._client.get(path))
        return self._known[api_version].get(kind)

    def of(self, definition: Mapping[str, Any]) -> Resource:
        """The resource of a definition.

        :raises TritonError: the definition names no kind, or one that the cluster does not serve.
        """
        api_version, kind = kind_of(definition)
        found = self.find(api_version, kind)
        if found is None:
            raise TritonError(
                f"{self._client.server} does not serve kind {kind} of {api_version}; install what brings it (its CRD), or leave "
                "the object out."
            )
        return found


# Groups with all their kinds in one answer (KEP 3352), which Kubernetes 1.30 and later give.
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


def served_kinds(client: Client) -> frozenset[tuple[str, str]]:
    """All kinds that the cluster serves, with their API versions, such as ``("apps/v1", "Deployment")``."""
    found: set[tuple[str, str]] = set()
    for root in ("/api", "/apis"):
        answer = client.request("GET", root, accept=_AGGREGATED)
        if answer.get("kind") == "APIGroupDiscoveryList":
            found |= set(_aggregated(answer))
        else:
            # What stands between may know but the old form.
            versions = answer.get("versions") or [
                version["groupVersion"] for group in answer.get("groups") or () for version in group["versions"]
            ]
            for version in versions:
                listed = _resources(version, client.get(f"{root}/{version}"))
                found |= {(version, kind) for kind in listed}
    return frozenset(found)


def _aggregated(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for group in answer.get("items") or ():
        name = (group.get("metadata") or {}).get("name")
        for version in group.get("versions") or ():
            served = f"{name}/{version['version']}" if name else str(version["version"])
            for resource in version.get("resources") or ():
                kind = (resource.get("responseKind") or {}).get("kind")
                if kind:
                    yield served, str(kind)


def kind_of(definition: Mapping[str, Any]) -> tuple[str, str]:
    """API version and kind of a definition.

    :raises TritonError: one of them is missing.
    """
    api_version, kind = definition.get("apiVersion"), definition.get("kind")
    if not api_version or not kind:
        raise TritonError(f"A definition needs apiVersion and kind; this one has {api_version!r} and {kind!r}.")
    return str(api_version), str(kind)


def _resources(api_version: str, answer: Mapping[str, Any] | None) -> dict[str, Resource]:
    if answer is None:
        return {}
    return {
        entry["kind"]: Resource(api_version, entry["kind"], entry["name"], bool(entry["namespaced"]))
        for entry in answer.get("resources") or ()
        if "/" not in entry["name"]
    }
