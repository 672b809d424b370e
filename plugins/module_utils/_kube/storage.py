# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the planning of storage wants to know of a cluster, and the wait for claims with a volume of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._errors import TritonError
from .._platform.detect import detect
from .._storage.base import Found
from .._storage.image import mountable
from . import wait
from .client import ApiError, Client, path_of
from .facts import Unread, api_groups, platform_facts

# Kinds that are looked for, and whether they live in a namespace.
_PLURALS = {
    "PersistentVolumeClaim": ("persistentvolumeclaims", True),
    "PersistentVolume": ("persistentvolumes", False),
    "Secret": ("secrets", True),
    "ConfigMap": ("configmaps", True),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Answers the questions of a storage plan's target for one namespace."""

    client: Client
    namespace: str

    def find(self, kind: str, name: str) -> Found:
        """The object, or that the user may not read it."""
        plural, namespaced = _PLURALS[kind]
        try:
            return Found(True, self.client.get(path_of("v1", plural, self.namespace if namespaced else None, name)))
        except ApiError as error:
            if error.status != 403:
                raise
            return Found()

    def image_volumes(self) -> bool | None:
        """Whether pods can mount images."""
        unread = Unread()
        facts = platform_facts(self.client, api_groups(self.client), unread)
        nodes = unread.get(self.client, path_of("v1", "nodes"), "The nodes") or {}
        runtimes = [str(item["status"]["nodeInfo"]["containerRuntimeVersion"]) for item in nodes.get("items") or ()]
        return mountable(detect(facts).family, facts.git_version, facts.groups, runtimes)


def await_bound(client: Client, namespace: str, claims: Sequence[str], timeout: float) -> None:
    """Wait until claims with a volume of their own are bound to it.

    :param timeout: seconds, for each claim.
    :raises TritonError: one is not; its pods would wait for ever.
    """
    for claim in claims:
        path = path_of("v1", "persistentvolumeclaims", namespace, claim)
        live = wait.until(partial(client.get, path), _bound, timeout)
        if not _bound(live):
            volume = live["spec"].get("volumeName") if live else "?"
            raise TritonError(
                f"Claim {claim} in namespace {namespace} is not bound to PersistentVolume {volume} after {timeout:g} s: the volume is not there, or "
                "another claim has it. Let an administrator run the playbook inferops.triton.prepare with the same settings, "
                "then run this again. The claim was made, and nothing else was written.",
                claim=claim,
            )


def _bound(live: Any) -> bool:
    return live is not None and (live.get("status") or {}).get("phase") == "Bound"
