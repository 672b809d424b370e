# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and mend what helm keeps of a release in the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from .._errors import TritonError
from .._release.stored import DEPLOYED, OWNER, Stored, as_failed, decode, newest
from . import wait
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


def at_rest(client: Client, name: str, namespace: str, patience: float) -> History:
    """The same, but not while another helm may be at work, which cannot be told from one that was killed.

    :param patience: seconds since the beginning of a revision after which its helm is taken for killed.
    :raises TritonError: another helm has begun with another revision meanwhile.
    """
    found = read(client, name, namespace)
    newest = found.newest
    if newest is None or not newest.unfinished:
        return found
    # Clocks may differ: it is never waited for longer than that.
    left = min(patience, patience - (datetime.now(UTC) - newest.begun).total_seconds())
    if left <= 0:
        return found
    found = wait.until(lambda: read(client, name, namespace), _is_finished, left, longest=1)
    if found.newest is not None and found.newest.unfinished and found.newest.revision != newest.revision:
        raise TritonError(
            f"Another helm is at work on release {name} in namespace {namespace} (revision {found.newest.revision} is "
            f"{found.newest.status}); run it again when that is done. Nothing was written."
        )
    return found


def _is_finished(history: History) -> bool:
    return history.newest is None or not history.newest.unfinished


def mark_failed(client: Client, stored: Stored) -> None:
    """Say of a revision that was broken off that it failed, so that helm goes on; nobody may have changed it in the meantime."""
    secret = as_failed(stored, f"Broken off while {stored.status}")
    metadata = secret["metadata"]
    client.request("PUT", path_of("v1", "secrets", metadata["namespace"], metadata["name"]), body=secret)
