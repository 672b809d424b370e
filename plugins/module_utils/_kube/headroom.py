# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cluster has beside a release's own pods: nodes, pods, quotas, claims and volumes, each read once and only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from .client import ApiError, Client, path_of

State = TypeVar("State")
Objects = Sequence[Mapping[str, Any]]
# Those that have ended hold nothing.
_ENDED = ("Succeeded", "Failed")
_RUNNING = ",".join(f"status.phase!={phase}" for phase in _ENDED)
PAGE = 500


class Headroom:
    """Answers the questions of a strategy.

    :param labels: of the release's own pods.
    """

    def __init__(self, client: Client, namespace: str, labels: Mapping[str, str]) -> None:
        self._client, self._namespace, self._labels = client, namespace, labels
        self._read: dict[str, Any] = {}

    def nodes(self) -> Objects | None:
        """All nodes, None where they may not be read."""
        return self._once("nodes", lambda: self._listed(path_of("v1", "nodes"), {}))

    def pods(self) -> Objects | None:
        """The pods of all namespaces that have not ended, None where they may not be read."""
        return self._once("pods", lambda: self._listed(path_of("v1", "pods"), {"fieldSelector": _RUNNING}))

    def own_pods(self) -> Objects | None:
        """The release's own that have not ended."""
        if self._read.get("pods") is not None:
            return [pod for pod in self._read["pods"] if self._is_own(pod)]
        selector = ",".join(f"{key}={value}" for key, value in sorted(self._labels.items()))
        path = path_of("v1", "pods", self._namespace)

        def read() -> Objects:
            # Asked as workload.py does, so that a look that remembers asks once.
            items = self._client.request("GET", path, {"labelSelector": selector}).get("items") or ()
            return [pod for pod in items if (pod.get("status") or {}).get("phase") not in _ENDED]

        return self._once("own", read)

    def quotas(self) -> Objects | None:
        """The quotas of the namespace, None where they may not be read."""
        return self._once("quotas", lambda: self._listed(path_of("v1", "resourcequotas", self._namespace), {}))

    def claim(self, name: str) -> Mapping[str, Any] | None:
        """A claim, None where it is not there or may not be read."""
        path = path_of("v1", "persistentvolumeclaims", self._namespace, name)
        return self._once(path, lambda: self._client.get(path))

    def volume(self, name: str) -> Mapping[str, Any] | None:
        """A PersistentVolume, None where it is not there or may not be read."""
        path = path_of("v1", "persistentvolumes", name=name)
        return self._once(path, lambda: self._client.get(path))

    def _is_own(self, pod: Mapping[str, Any]) -> bool:
        metadata = pod["metadata"]
        return (
            metadata.get("namespace") == self._namespace
            and self._labels.items() <= (metadata.get("labels") or {}).items()
        )

    def _listed(self, path: str, query: Mapping[str, str]) -> Objects:
        found: list[Mapping[str, Any]] = []
        more: dict[str, Any] = {"limit": PAGE}
        while True:
            answer = self._client.request("GET", path, {**query, **more})
            found += answer.get("items") or ()
            proceed = (answer.get("metadata") or {}).get("continue")
            if not proceed:
                return found
            more["continue"] = proceed

    def _once(self, key: str, read: Callable[[], State]) -> State | None:
        if key not in self._read:
            try:
                self._read[key] = read()
            except ApiError as error:
                if error.status != 403:
                    raise
                self._read[key] = None
        found: State | None = self._read[key]
        return found
