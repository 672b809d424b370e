# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and marking the revisions of a Helm release: metadata of Secrets only, which hold nothing secret."""

from __future__ import annotations

from .._release.history import OWNER, VERIFIED, Revision, revisions
from .client import MERGE, METADATA, Client, path_of

FIELD_MANAGER = "inferops.triton"


def read(client: Client, namespace: str, release: str) -> list[Revision]:
    """The revisions, oldest first; none where helm keeps them elsewhere than in Secrets."""
    query = {"labelSelector": f"{OWNER},name={release}"}
    answer = client.get(path_of("v1", "secrets", namespace), query, METADATA) or {}
    return revisions(answer.get("items") or ())


def mark_verified(client: Client, namespace: str, revision: Revision) -> None:
    """Note with the revision that it was verified."""
    body = {"metadata": {"labels": {VERIFIED: str(revision.number)}}}
    path = path_of("v1", "secrets", namespace, revision.secret)
    client.request("PATCH", path, {"fieldManager": FIELD_MANAGER}, body, MERGE)
