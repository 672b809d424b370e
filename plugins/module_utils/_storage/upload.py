# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local repository in a claim: uploaded into a directory that is named by its content, which the release pins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .._errors import TritonError
from .._triton.findings import inspect
from .base import Plan, Target
from .claim import Claim
from .quantity import size_in_bytes
from .versions import checksums, digest_of, directory, known


@dataclass(frozen=True, slots=True)
class Upload:
    """``path``: the local repository. The claim is ``existing``, or one is made as the back end claim makes it.

    ``keep``: so many versions stay; ``image``: of the pod that writes, "" for Triton's own; ``supplemental_groups``: of that pod and of
    Triton's, for volumes on which fsGroup does nothing (NFS).
    """

    path: str
    existing: str = ""
    name: str = ""
    size: str = ""
    storage_class: str | None = None
    access_modes: Sequence[str] = ("ReadWriteOnce",)
    keep: int = 3
    image: str = ""
    supplemental_groups: Sequence[int] = ()

    def plan(self, name: str, target: Target) -> Plan:
        """Read all files, for their digest, and look whether the claim has them already."""
        if self.keep < 1:
            raise TritonError(
                f"Repository {name}: keep is {self.keep}; at least one version has to stay, so give 1 or more."
            )
        root = Path(self.path).expanduser()
        inspected = inspect(root)
        files = [file for model in inspected.models for file in model.files]
        lines = "" if name in target.digests else checksums(root, files)
        digest = target.digests.get(name) or digest_of(lines)
        claim = Claim(
            self.existing, self.name, self.size, self.storage_class, self.access_modes, directory(digest)
        ).plan(name, target)
        claim_name = claim.entry["volume"]["persistentVolumeClaim"]["claimName"]
        total = sum(file.size for file in files)
        self._check_size(name, root, total)
        live = target.find("PersistentVolumeClaim", claim_name).live
        upload = {
            "repository": name,
            "claim": claim_name,
            "path": str(root),
            "digest": digest,
            "checksums": lines,
            "bytes": total,
            "keep": self.keep,
            "image": self.image,
            "supplemental_groups": list(self.supplemental_groups),
            "needed": digest not in known(((live or {}).get("metadata") or {}).get("annotations")),
        }
        return replace(
            claim,
            digest=digest,
            models=tuple(model.name for model in inspected.models),
            supplemental_groups=tuple(self.supplemental_groups),
            upload=upload,
            findings=inspected.findings,
        )

    def _check_size(self, name: str, root: Path, total: int) -> None:
        if self.size and total > size_in_bytes(self.size, f"the claim of repository {name}"):
            raise TritonError(
                f"{root} has {total} bytes, more than the {self.size} of its claim; ask for a larger size, with room for the "
                f"{self.keep} versions that are kept."
            )
