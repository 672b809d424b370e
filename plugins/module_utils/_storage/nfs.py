# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models on an NFS server: behind a claim, which every SCC admits, or inline, which takes an SCC that allows nfs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .base import Plan, Target
from .quantity import size_in_bytes

# A host name, or an address of IPv4 or IPv6.
SERVER = re.compile(r"[0-9A-Za-z]([-.0-9A-Za-z]*[0-9A-Za-z])?|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?")
HIGHEST_GROUP = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Nfs:
    """A static PersistentVolume, which `prepare` makes, and a claim of its own, which `deploy` makes.

    fsGroup does nothing on NFS, so ``supplemental_groups`` name the groups that may read the files there. ``size`` is what the claim asks
    for and the volume says that it has; the server's own limits count.
    """

    server: str
    path: str
    size: str = "1Gi"
    mount_options: Sequence[str] = ()
    sub_path: str = ""
    supplemental_groups: Sequence[int] = ()

    def plan(self, name: str, target: Target) -> Plan:
        """The volume is bound to the claim by name, so that no other claim can take it."""
        check(name, self.server, self.path, self.supplemental_groups)
        # Dots, which none of the three names has, keep two namespaces apart.
        volume, claim = f"{target.namespace}.{target.release}.{name}", f"{target.release}-{name}"
        size_in_bytes(self.size, f"claim {claim}")
        _check_volume(name, volume, (self.server, self.path), target)
        spec: dict[str, Any] = {
            "accessModes": ["ReadWriteMany"],
            "capacity": {"storage": self.size},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": target.namespace,
                "name": claim,
            },
            "nfs": {"server": self.server, "path": self.path},
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
        }
        if self.mount_options:
            spec["mountOptions"] = list(self.mount_options)
        metadata = {"name": volume, "labels": {**target.labels(), "triton.inferops/namespace": target.namespace}}
        wanted = {
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": self.size}},
            "storageClassName": "",
            "volumeName": volume,
        }
        return Plan(
            (
                {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "metadata": target.metadata(claim),
                    "spec": wanted,
                },
            ),
            _entry(name, {"persistentVolumeClaim": {"claimName": claim}}, self.sub_path),
            cluster_definitions=({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec},),
            supplemental_groups=tuple(self.supplemental_groups),
            bound=(claim,),
        )


@dataclass(frozen=True, slots=True)
class InlineNfs:
    """The volume in the pod itself: no claim, no PersistentVolume, but an SCC or a namespace that allows nfs volumes."""

    server: str
    path: str
    sub_path: str = ""
    supplemental_groups: Sequence[int] = ()

    def plan(self, name: str, target: Target) -> Plan:
        """Whether the pods will be admitted is for the prediction to say."""
        check(name, self.server, self.path, self.supplemental_groups)
        note = (
            f"Repository {name} is an inline nfs volume, which restricted-v2 and Pod Security restricted refuse; set triton_scc: generated "
            "and let an administrator run prepare, or use nfs, which needs neither."
        )
        return Plan(
            (),
            _entry(name, {"nfs": {"server": self.server, "path": self.path, "readOnly": True}}, self.sub_path),
            supplemental_groups=tuple(self.supplemental_groups),
            notes=(note,),
        )


def check(name: str, server: str, path: str, groups: Sequence[int]) -> None:
    """Refuse what the API server would take and the node could not mount.

    :raises TritonError: no host, a relative path, or a number that is no group.
    """
    if not SERVER.fullmatch(server):
        raise TritonError(
            f"Repository {name}: {server!r} is no NFS server; give a host name or an address, without a path."
        )
    if not path.startswith("/"):
        raise TritonError(f"Repository {name}: the exported path {path!r} is not absolute; begin it with a slash.")
    wrong = [group for group in groups if not 0 <= group <= HIGHEST_GROUP]
    if wrong:
        raise TritonError(
            f"Repository {name}: supplemental_groups has {wrong[0]}, which is no group; they go from 0 to {HIGHEST_GROUP}."
        )


def _entry(name: str, volume: dict[str, Any], sub_path: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "volume": volume}
    if sub_path.strip("/"):
        entry["subPath"] = sub_path.strip("/")
    return entry


def _check_volume(name: str, volume: str, export: tuple[str, str], target: Target) -> None:
    """Refuse a volume that no claim can be bound to.

    :raises TritonError: it is not there, leads elsewhere, or still belongs to a claim that is gone.
    """
    found = target.find("PersistentVolume", volume)
    if not found.known:
        return
    if found.live is None:
        if not target.preparing:
            raise TritonError(
                f"Repository {name} needs PersistentVolume {volume}, which is not there; let an administrator run the playbook "
                "inferops.triton.prepare with the same settings."
            )
        return
    source = (found.live.get("spec") or {}).get("nfs") or {}
    if (source.get("server"), source.get("path")) != export:
        raise TritonError(
            f"PersistentVolume {volume} of repository {name} leads to {source.get('server')}:{source.get('path')}, and not to "
            f"{export[0]}:{export[1]}, which cannot be changed in it; let an administrator delete it with its claim (what lies on the server stays), "
            "and run the playbook inferops.triton.prepare again."
        )
    if (found.live.get("status") or {}).get("phase") in ("Released", "Failed"):
        raise TritonError(
            f"PersistentVolume {volume} of repository {name} still belongs to a claim that was deleted; let an administrator set it free: "
            f"kubectl patch persistentvolume {volume} --type=json -p "
            '\'[{"op": "remove", "path": "/spec/claimRef/uid"}]\'.'
        )
