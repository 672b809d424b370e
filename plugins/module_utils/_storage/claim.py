# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models on a PersistentVolumeClaim: an existing one, or one of the release's own that survives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._names import DNS_SUBDOMAIN
from .base import Plan, Target
from .quantity import size_in_bytes

ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")


@dataclass(frozen=True, slots=True)
class Claim:
    """``existing`` names a claim that is there; else one is made of ``size`` (a Kubernetes quantity).

    ``name`` "" is RELEASE-REPOSITORY; ``storage_class`` None is the cluster's default; ``sub_path`` is the repository's directory
    inside the volume.
    """

    existing: str = ""
    name: str = ""
    size: str = ""
    storage_class: str | None = None
    access_modes: Sequence[str] = ("ReadWriteOnce",)
    sub_path: str = ""

    def plan(self, name: str, target: Target) -> Plan:
        """An existing claim brings no definition."""
        if bool(self.existing) == bool(self.size):
            raise TritonError(
                f"Repository {name}: a claim takes either existing (the name of a claim that is there) or size (of a new one); "
                f"given are existing={self.existing!r} and size={self.size!r}."
            )
        claim = self.existing or self.name or f"{target.release}-{name}"
        if not DNS_SUBDOMAIN.fullmatch(claim):
            raise TritonError(
                f"Repository {name}: {claim!r} is no name of a claim; use lower-case letters, digits, hyphens and dots."
            )
        definitions = () if self.existing else (self._definition(claim, target),)
        entry: dict[str, Any] = {"name": name, "volume": {"persistentVolumeClaim": {"claimName": claim}}}
        if self.sub_path.strip("/"):
            entry["subPath"] = self.sub_path.strip("/")
        return Plan(definitions, entry)

    def _check_class(self, claim: str, target: Target) -> None:
        """The API server takes a claim of a class that is not there, and its pods then wait for ever."""
        if target.storage_classes is None:
            return
        known = [known.name for known in target.storage_classes]
        if self.storage_class and self.storage_class not in known:
            raise TritonError(
                f'Claim {claim} names storage class "{self.storage_class}", which the cluster does not have; its storage classes are: '
                f"{', '.join(sorted(known)) or 'none'}. For a volume made by hand, make the claim as well and give its name as existing."
            )

    def _definition(self, claim: str, target: Target) -> dict[str, Any]:
        size_in_bytes(self.size, f"claim {claim}")
        unknown = [mode for mode in self.access_modes if mode not in ACCESS_MODES]
        if unknown or not self.access_modes:
            raise TritonError(
                f"Claim {claim}: {', '.join(unknown) or 'an empty list'} is no access mode; choose from {', '.join(ACCESS_MODES)}."
            )
        self._check_class(claim, target)
        spec: dict[str, Any] = {
            "accessModes": list(self.access_modes),
            "resources": {"requests": {"storage": self.size}},
        }
        if self.storage_class is not None:
            spec["storageClassName"] = self.storage_class
        metadata = {"name": claim, "namespace": target.namespace, "labels": target.labels()}
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}
