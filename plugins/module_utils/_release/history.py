# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The revisions of a Helm release, and to which of them one can go back.

Labels of helm's Secrets tell number and status (``pkg/storage/driver/secrets.go``). A label of the collection's own tells that a revision
was verified: helm keeps labels when it writes a revision anew. As it also hands them on to the next revision, the label's value is
the number of the revision that it was given to, and counts there only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError

OWNER = "owner=helm"
VERIFIED = "inferops.triton/verified"
DEPLOYED = "deployed"
# What once was in force, and so can be brought back.
_SERVED = (DEPLOYED, "superseded")


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: its number, helm's status, whether it was verified, and the Secret that holds it."""

    number: int
    status: str
    verified: bool
    secret: str

    def summary(self) -> dict[str, Any]:
        """The revision in a module's result."""
        return {"revision": self.number, "status": self.status, "verified": self.verified}


def revisions(secrets: Iterable[Mapping[str, Any]]) -> list[Revision]:
    """The revisions, oldest first, from the metadata of helm's Secrets."""
    found = []
    for secret in secrets:
        labels = secret["metadata"].get("labels") or {}
        version = str(labels.get("version") or "")
        if version.isdecimal():
            status, name = str(labels.get("status") or "unknown"), str(secret["metadata"]["name"])
            found.append(Revision(int(version), status, is_verified(secret), name))
    return sorted(found, key=lambda one: one.number)


def is_verified(secret: Mapping[str, Any]) -> bool:
    """Whether the revision that a Secret holds was verified."""
    labels = secret["metadata"].get("labels") or {}
    return bool(labels.get("version")) and labels.get(VERIFIED) == labels["version"]


def last_verified(known: Sequence[Revision], before: int | None = None) -> int:
    """The newest revision that was verified and can be brought back, 0 for none.

    :param before: only older ones than this.
    """
    numbers = [
        one.number
        for one in known
        if one.verified and one.status in _SERVED and (before is None or one.number < before)
    ]
    return max(numbers, default=0)


def chosen(known: Sequence[Revision], release: str, wanted: int) -> int:
    """The revision to go back to: the wanted one, or with 0 the last verified before the newest.

    :raises TritonError: it is not there, or there is none.
    """
    if not known:
        raise TritonError(
            f"Release {release} has no revision; deploy it first, or correct the name. Nothing was written."
        )
    listed = ", ".join(str(one.number) for one in known)
    if wanted:
        if wanted not in [one.number for one in known]:
            raise TritonError(f"Release {release} has no revision {wanted}; it has: {listed}. Nothing was written.")
        return wanted
    newest = known[-1]
    found = last_verified(known, newest.number)
    if not found:
        raise TritonError(
            f"Release {release} has no revision before {newest.number} that was verified; it has: {listed}. Name one of them as "
            "triton_revision if you know it to be good. Nothing was written."
        )
    return found
