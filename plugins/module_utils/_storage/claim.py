# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models on a PersistentVolumeClaim: an existing one, or one of the release's own that survives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._names import DNS_SUBDOMAIN
from .base import Object, Plan, StorageClass, Target
from .quantity import size_in_bytes

ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
# Provisioners of disks: what else they can share are raw block devices, which Triton cannot read. Sources: the table "Access Modes" of
# Kubernetes' page Persistent Volumes, OpenShift's table "Supported access modes for persistent volumes", and the drivers' own pages.
_DISK = ("ReadWriteMany", "ReadOnlyMany")
NOT_SHARED: Mapping[str, Sequence[str]] = {
    "ebs.csi.aws.com": _DISK,
    "kubernetes.io/aws-ebs": _DISK,
    "disk.csi.azure.com": _DISK,
    "kubernetes.io/azure-disk": _DISK,
    # ReadOnlyMany is there for disks that are filled already, and so not for a new claim.
    "pd.csi.storage.gke.io": _DISK,
    "kubernetes.io/gce-pd": _DISK,
    "cinder.csi.openstack.org": _DISK,
    "kubernetes.io/cinder": _DISK,
    "vpc.block.csi.ibm.io": _DISK,
    "blockvolume.csi.oraclecloud.com": _DISK,
    "dobs.csi.digitalocean.com": _DISK,
    "csi.hetzner.cloud": _DISK,
    "topolvm.io": _DISK,
    "topolvm.cybozu.com": _DISK,
    "rbd.csi.ceph.com": _DISK,
    "openshift-storage.rbd.csi.ceph.com": _DISK,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """``existing`` names a claim that is there; else one is made of ``size`` (a Kubernetes quantity), or grown to it.

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
        entry: dict[str, Any] = {"name": name, "volume": {"persistentVolumeClaim": {"claimName": claim}}}
        if self.sub_path.strip("/"):
            entry["subPath"] = self.sub_path.strip("/")
        if self.existing:
            _check_existing(name, claim, target)
            return Plan((), entry)
        definition, notes = self._definition(claim, target)
        return Plan((definition,), entry, notes=notes)

    def _definition(self, claim: str, target: Target) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The claim to apply, and what is to be said about its size."""
        size_in_bytes(self.size, f"claim {claim}")
        unknown = [mode for mode in self.access_modes if mode not in ACCESS_MODES]
        if unknown or not self.access_modes:
            raise TritonError(
                f"Claim {claim}: {', '.join(unknown) or 'an empty list'} is no access mode; choose from {', '.join(ACCESS_MODES)}."
            )
        live = target.find("PersistentVolumeClaim", claim).live
        size, notes = self.size, tuple[str, ...]()
        if live is None:
            self._check_class(claim, target)
        else:
            _check_alive(claim, live, target)
            self._check_unchanged(claim, live)
            size, notes = self._size(claim, live, target)
        spec: dict[str, Any] = {"accessModes": list(self.access_modes), "resources": {"requests": {"storage": size}}}
        if self.storage_class is not None:
            spec["storageClassName"] = self.storage_class
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": target.metadata(claim),
            "spec": spec,
        }, notes

    def _check_class(self, claim: str, target: Target) -> None:
        """The API server takes a claim that no class or provisioner can serve, and its pods then wait for ever."""
        if target.storage_classes is None:
            return
        known = [known.name for known in target.storage_classes]
        if self.storage_class and self.storage_class not in known:
            raise TritonError(
                f'Claim {claim} names storage class "{self.storage_class}", which the cluster does not have; its storage classes are: '
                f"{', '.join(sorted(known)) or 'none'}. For a volume made by hand, make the claim as well and give its name as existing."
            )
        if self.storage_class is None and all(one.default is False for one in target.storage_classes):
            raise TritonError(
                f"Claim {claim} names no storage class, and the cluster has no default one; its storage classes are: "
                f"{', '.join(sorted(known)) or 'none'}. Name one of them as storage_class; for a volume made by hand, make the claim as well "
                "and give its name as existing."
            )
        used = _class(self.storage_class, target)
        if used is None:
            return
        refused = [mode for mode in self.access_modes if mode in NOT_SHARED.get(used.provisioner, ())]
        if refused:
            raise TritonError(
                f'Claim {claim} asks for {refused[0]}, but storage class "{used.name}" makes disks that one node mounts '
                f"({used.provisioner}); ask for ReadWriteOnce, or name a class of a shared file system."
            )

    def _check_unchanged(self, claim: str, live: Object) -> None:
        spec = live["spec"]
        asked = {"access_modes": sorted(self.access_modes), "storage_class": self.storage_class}
        there = {"access_modes": sorted(spec.get("accessModes") or ()), "storage_class": spec.get("storageClassName")}
        for option, value in asked.items():
            if value is not None and value != there[option]:
                raise TritonError(
                    f"Claim {claim} is there with {option} {_shown(there[option])}, which cannot be changed to {_shown(value)}; ask for "
                    "what it has, or give the new claim another name."
                )

    def _size(self, claim: str, live: Object, target: Target) -> tuple[str, tuple[str, ...]]:
        """The size to ask for: a claim can grow but not shrink."""
        there = str(((live["spec"].get("resources") or {}).get("requests") or {}).get("storage") or self.size)
        asked_bytes, there_bytes = size_in_bytes(self.size, f"claim {claim}"), size_in_bytes(there, f"claim {claim}")
        if asked_bytes <= there_bytes:
            less = asked_bytes < there_bytes
            return there, (f"Claim {claim} stays at {there}: claims do not shrink to {self.size}.",) if less else ()
        used = _class(live["spec"].get("storageClassName"), target)
        if used is not None and used.expandable is False:
            raise TritonError(
                f'Claim {claim} has {there} and cannot grow to {self.size}: storage class "{used.name}" does not allow it '
                f"(allowVolumeExpansion); ask for {there}, or for a new claim under another name."
            )
        return self.size, (f"Claim {claim} grows from {there} to {self.size}.",)


def _check_existing(name: str, claim: str, target: Target) -> None:
    found = target.find("PersistentVolumeClaim", claim)
    if found.known and found.live is None and not target.preparing:
        raise TritonError(
            f"Repository {name} names claim {claim}, which is not there in namespace {target.namespace}; make it, correct its name, or give "
            "size in place of existing to have one made."
        )
    if found.live is not None:
        _check_alive(claim, found.live, target)


def _check_alive(claim: str, live: Object, target: Target) -> None:
    """Pods of a claim that gets no volume any more wait for ever.

    :raises TritonError: it is such a claim.
    """
    spec, phase = live["spec"], (live.get("status") or {}).get("phase")
    volume, wanted = spec.get("volumeName"), spec.get("storageClassName")
    if (live.get("metadata") or {}).get("deletionTimestamp"):
        raise TritonError(
            f"Claim {claim} in namespace {target.namespace} is being deleted; it goes when no pod uses it any more. Wait until it is gone, or "
            "name another one."
        )
    if phase == "Lost":
        raise TritonError(
            f"Claim {claim} in namespace {target.namespace} is lost: its PersistentVolume {volume} is gone, and the data with it as far as the "
            "cluster knows. Bring the volume back, or delete the claim and make a new one."
        )
    if phase != "Pending" or volume or target.preparing or target.storage_classes is None:
        return
    known = [one.name for one in target.storage_classes]
    if wanted and wanted not in known:
        raise TritonError(
            f'Claim {claim} names storage class "{wanted}", which the cluster does not have, so it gets no volume; delete the claim and make '
            f"one of a class that is there: {', '.join(sorted(known)) or 'there is none'}."
        )
    # With a class, Pending may be the wait for the first pod.
    if not wanted:
        raise TritonError(
            f"Claim {claim} in namespace {target.namespace} has no storage class and no volume: it waits for a PersistentVolume that somebody "
            "makes by hand, and none that is there fits. Let an administrator make one, or delete the claim and make one of a class."
        )


def _class(name: str | None, target: Target) -> StorageClass | None:
    """The class of that name, the default one for None; None where it is not known."""
    return next(
        (known for known in target.storage_classes or () if (known.default if name is None else known.name == name)),
        None,
    )


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
