# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and mend what helm keeps of a release in the cluster."""

from __future__ import annotations

from dataclasses import dataclass

from .._release.stored import DEPLOYED, OWNER, Stored, as_failed, decode, newest
from .client import Client, path_of


@dataclass(frozen=True, slots=True)
class History:
    """The newest revision of a release, and the deployed one where that is another; None where there is none."""

    newest: Stored | None = None
    deployed: Stored | None = None


def read(client: Client, name: str, namespace: str) -> History:
    """The revisions that count, by one request.

    :raises TritonError: a revision that cannot be read.
    """
    query = {"labelSelector": f"{OWNER},name={name}"}
    secrets = (client.get(path_of("v1", "secrets", namespace), query) or {}).get("items") or ()
    last = newest(secrets)
    if last is None:
        return History()
    stored = decode(last)
    if stored.status == DEPLOYED:
        return History(stored)
    deployed = newest(
        [secret for secret in secrets if (secret["metadata"].get("labels") or {}).get("status") == DEPLOYED]
    )
    return History(stored, decode(deployed) if deployed else None)


def mark_failed(client: Client, stored: Stored) -> None:
    """Say of a revision that was broken off that it failed, so that helm goes on; nobody may have changed it in the meantime."""
    secret = as_failed(stored, f"Broken off while {stored.status}")
    metadata = secret["metadata"]
    client.request("PUT", path_of("v1", "secrets", metadata["namespace"], metadata["name"]), body=secret)
