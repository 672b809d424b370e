# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find what earlier repositories of a release left in the namespace.

Contents are fetched only in a look that reads each object once (once.py), in which those that are wanted are compared next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._storage.leftovers import REVISIONS, History, Name
from . import workload
from .apply import Change, shown
from .client import JSON, METADATA, ApiError, Client
from .resources import Resource

KINDS = (Resource("v1", "ConfigMap", "configmaps", True), Resource("v1", "Secret", "secrets", True))


def of_release(client: Client, namespace: str, labels: Mapping[str, str]) -> dict[Name, Mapping[str, Any]]:
    """The release's own ConfigMaps and Secrets, by kind and name: their metadata; none of a kind that the user may not list."""
    query = {"labelSelector": ",".join(f"{key}={value}" for key, value in sorted(labels.items()))}
    accept = JSON if client.remembers else METADATA
    found: dict[Name, Mapping[str, Any]] = {}
    for resource in KINDS:
        try:
            items = (client.get(resource.path(namespace), query, accept) or {}).get("items") or ()
        except ApiError as error:
            if error.status != 403:
                raise
            continue
        for item in items:
            name = str(item["metadata"]["name"])
            found[resource.kind, name] = item["metadata"]
            if client.remembers:
                kind = {"apiVersion": resource.api_version, "kind": resource.kind}
                client.learn(resource.path(namespace, name), {**kind, **item})
    return found


def history(client: Client, namespace: str, release: str) -> History | None:
    """The revisions of the release's Deployment, None where there is none, or the user may not look."""
    try:
        read = workload.revisions(client, namespace, release)
    except ApiError as error:
        if error.status != 403:
            raise
        return None
    if read is None:
        return None
    deployment, replica_sets = read
    limit = (deployment.get("spec") or {}).get("revisionHistoryLimit")
    return History(replica_sets, REVISIONS if limit is None else int(limit))


def deletions(namespace: str, names: Sequence[Name], there: Mapping[Name, Mapping[str, Any]]) -> list[Change]:
    """What it takes to delete them."""
    resources = {resource.kind: resource for resource in KINDS}
    return [
        Change(
            "delete",
            resources[kind],
            namespace,
            name,
            {},
            shown({"apiVersion": "v1", "kind": kind, "metadata": there[kind, name]}),
            None,
        )
        for kind, name in names
    ]
