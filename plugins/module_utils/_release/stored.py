# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What helm keeps of a release: one Secret a revision.

The format is that of helm's storage driver (``pkg/storage/driver/secrets.go`` and ``util.go``): the key ``release`` holds the release
as JSON, packed by gzip, in base64, which the API encodes once more; labels hold owner, name, version and status, and those
that the user gave.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .._errors import TritonError
from .fingerprint import LABEL, unlabelled

OWNER = "owner=helm"
DEPLOYED, FAILED, UNINSTALLED = "deployed", "failed", "uninstalled"
UNINSTALLING = "uninstalling"
PENDING = frozenset({"pending-install", "pending-upgrade", "pending-rollback"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_GZIP = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class Stored:
    """One revision of a release; ``secret`` is the object that holds it, ``release`` helm's own description."""

    secret: Mapping[str, Any]
    release: Mapping[str, Any]

    @property
    def revision(self) -> int:
        """The revision's number."""
        return int(self.release.get("version") or 0)

    @property
    def status(self) -> str:
        """Helm's status: deployed, failed, pending-upgrade, ..."""
        return str((self.release.get("info") or {}).get("status") or "unknown")

    @property
    def unfinished(self) -> bool:
        """Whether a helm is at work on it, or was killed meanwhile."""
        return self.status in PENDING or self.status == UNINSTALLING

    @property
    def begun(self) -> datetime:
        """When that helm began: by the API server's clock where it made the revision, by helm's own where it uninstalls."""
        created = self.secret["metadata"].get("creationTimestamp")
        text = (self.release.get("info") or {}).get("deleted") if self.status == UNINSTALLING else created
        try:
            found = datetime.fromisoformat(str(text))
        except ValueError:
            return _LONG_AGO
        return found if found.tzinfo else _LONG_AGO

    @property
    def fingerprint(self) -> str:
        """The fingerprint kept with it, "" for none; one that it has from an earlier revision is none."""
        return unlabelled(str((self.secret["metadata"].get("labels") or {}).get(LABEL) or ""), self.revision)

    @property
    def manifest(self) -> str:
        """The manifests, without hooks."""
        return str(self.release.get("manifest") or "")

    @property
    def hooks(self) -> list[str]:
        """The manifests of the hooks."""
        return [str(hook.get("manifest") or "") for hook in self.release.get("hooks") or ()]

    @property
    def values(self) -> Mapping[str, Any]:
        """The values that the user gave."""
        return self.release.get("config") or {}

    @property
    def chart(self) -> Mapping[str, Any]:
        """The chart's metadata."""
        return (self.release.get("chart") or {}).get("metadata") or {}


def newest(secrets: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The Secret of the highest revision, None where there is none; only labels are looked at."""
    return max(secrets, key=_version, default=None)


def _version(secret: Mapping[str, Any]) -> int:
    text = str((secret["metadata"].get("labels") or {}).get("version") or "")
    return int(text) if text.isdigit() else 0


def decode(secret: Mapping[str, Any]) -> Stored:
    """Read a revision.

    :raises TritonError: it is none, or broken.
    """
    name = secret["metadata"].get("name")
    try:
        content = base64.b64decode(
            base64.b64decode((secret.get("data") or {})["release"], validate=True), validate=True
        )
        release = json.loads(gzip.decompress(content) if content.startswith(_GZIP) else content)
    except (KeyError, ValueError, OSError, EOFError) as error:
        raise TritonError(
            f"Secret {name} is to hold a release of helm, but cannot be read ({type(error).__name__}); restore it, or delete it if an "
            "older revision is good. Nothing was written."
        ) from error
    if not isinstance(release, dict):
        raise TritonError(f"Secret {name} is to hold a release of helm, but holds something else. Nothing was written.")
    return Stored(secret, release)


def as_failed(stored: Stored, description: str) -> dict[str, Any]:
    """The Secret of a revision that was broken off, marked as failed in its content and its label."""
    info = {**(stored.release.get("info") or {}), "status": FAILED, "description": description}
    packed = gzip.compress(json.dumps({**stored.release, "info": info}).encode(), mtime=0)
    metadata = stored.secret["metadata"]
    labels = {**(metadata.get("labels") or {}), "status": FAILED}
    data = {**(stored.secret.get("data") or {}), "release": base64.b64encode(base64.b64encode(packed)).decode()}
    return {
        **stored.secret,
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {**metadata, "labels": labels},
        "data": data,
    }
