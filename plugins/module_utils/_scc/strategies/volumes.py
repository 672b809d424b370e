# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes of a pod: their types, and the drivers of flexVolumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..gotext import quote
from ..model import ANY
from ..view import Volume
from .base import Finding

# The ConfigMaps that Kubernetes and OpenShift put beside a service account's token, with the one key that they have.
_CERTIFICATES = {"kube-root-ca.crt": "ca.crt", "openshift-service-ca.crt": "service-ca.crt"}
# The fields of VolumeSource in Kubernetes' internal API, and those whose type is not named like them.
_GO_FIELDS = (
    *("HostPath", "EmptyDir", "GCEPersistentDisk", "AWSElasticBlockStore", "GitRepo", "Secret", "NFS", "ISCSI"),
    *("Glusterfs", "PersistentVolumeClaim", "RBD", "Quobyte", "FlexVolume", "Cinder", "CephFS", "Flocker"),
    *("DownwardAPI", "FC", "AzureFile", "ConfigMap", "VsphereVolume", "AzureDisk", "PhotonPersistentDisk", "Projected"),
    *("PortworxVolume", "ScaleIO", "StorageOS", "CSI", "Ephemeral", "Image"),
)
_GO_TYPES = {"FlexVolume": "Flex", "PortworxVolume": "Portworx", "VsphereVolume": "VsphereVirtualDisk"}


class Volumes:
    """The types of an SCC; ``none`` is the name of no type, so it allows nothing."""

    def __init__(self, types: Sequence[str], flex_drivers: Sequence[str]) -> None:
        self._all = ANY in types
        self._types = frozenset(types)
        self._drivers = frozenset(flex_drivers)
        self._looks_at_drivers = bool(flex_drivers) and (self._all or "flexVolume" in types)

    def check_types(self, volumes: Sequence[Volume]) -> Iterator[tuple[int, Finding]]:
        """Volumes whose type is not allowed, by their index."""
        if self._all:
            return
        for index, volume in enumerate(volumes):
            if not volume.type:
                yield index, Finding("", "", f"unknown volume type for volume: {_go_volume(volume.name)}")
            elif volume.type not in self._types and not self._passes_as_token(volume):
                yield index, Finding("", volume.type, f"{volume.type} volumes are not allowed to be used")

    def _passes_as_token(self, volume: Volume) -> bool:
        """Where secrets are allowed, so is what comes with a service account's token."""
        return volume.type == "projected" and "secret" in self._types and is_token(volume.source)

    def check_drivers(self, volumes: Sequence[Volume]) -> Iterator[tuple[int, Finding]]:
        """FlexVolumes whose driver is not allowed, by their index."""
        if not self._looks_at_drivers:
            return
        for index, volume in enumerate(volumes):
            if volume.flex is not None and (driver := volume.flex.get("driver") or "") not in self._drivers:
                yield index, Finding("", driver, "Flexvolume driver is not allowed to be used")


def is_token(projected: Mapping[str, Any]) -> bool:
    """Whether a projected volume holds nothing but what comes with a service account's token."""
    return all(_comes_with_token(source or {}) for source in projected.get("sources") or ())


def _comes_with_token(source: Mapping[str, Any]) -> bool:
    token, config_map, downward = source.get("serviceAccountToken"), source.get("configMap"), source.get("downwardAPI")
    if token is None and config_map is None and downward is None:
        return False
    if token is not None and (token.get("path") != "token" or token.get("audience")):
        return False
    if config_map is not None:
        key = _CERTIFICATES.get(config_map.get("name"))
        items = config_map.get("items") or ()
        if key is None or [(item.get("key"), item.get("path")) for item in items] != [(key, key)]:
            return False
    return downward is None or all(_is_namespace(item or {}) for item in downward.get("items") or ())


def _is_namespace(item: Mapping[str, Any]) -> bool:
    field = item.get("fieldRef")
    return (
        item.get("path") == "namespace"
        and field is not None
        and field.get("apiVersion") == "v1"
        and field.get("fieldPath") == "metadata.namespace"
    )


def _go_volume(name: str) -> str:
    """A volume without a source as Go's ``%#v`` prints it; the API server makes an emptyDir of it before admission."""
    fields = ", ".join(f"{field}:(*core.{_GO_TYPES.get(field, field)}VolumeSource)(nil)" for field in _GO_FIELDS)
    return f"core.Volume{{Name:{quote(name)}, VolumeSource:core.VolumeSource{{{fields}}}}}"
