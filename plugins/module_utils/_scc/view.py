# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a pod that SCC admission looks at, read once. Types are those of the v1 API, checked before by shape.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Order counts: a volume with two sources is taken for the first. Types are named like the fields but for three.
VOLUME_TYPES: Mapping[str, str] = {
    name: {"cephfs": "cephFS", "vsphereVolume": "vsphere", "storageos": "storageOS"}.get(name, name)
    for name in (
        "hostPath",
        "emptyDir",
        "gcePersistentDisk",
        "awsElasticBlockStore",
        "gitRepo",
        "secret",
        "nfs",
        "iscsi",
        "glusterfs",
        "persistentVolumeClaim",
        "rbd",
        "flexVolume",
        "cinder",
        "cephfs",
        "flocker",
        "downwardAPI",
        "fc",
        "azureFile",
        "configMap",
        "vsphereVolume",
        "quobyte",
        "azureDisk",
        "photonPersistentDisk",
        "projected",
        "portworxVolume",
        "scaleIO",
        "storageos",
        "csi",
        "ephemeral",
        "image",
    )
}
EPHEMERAL = "ephemeralContainers"
CONTAINER_LISTS = ("initContainers", "containers", EPHEMERAL)
Fields = Mapping[str, Any]
NOTHING: Fields = {}


class Container:
    """One container: ``path`` as messages name it, its security context as it came (None where there is none)."""

    __slots__ = ("ephemeral", "host_ports", "name", "path", "security_context")

    def __init__(self, path: str, data: Fields, *, ephemeral: bool) -> None:
        self.path = path
        self.ephemeral = ephemeral
        self.name: str = data.get("name") or ""
        self.security_context: Fields | None = data.get("securityContext")
        ports = data.get("ports")
        given = [port.get("hostPort") for port in ports] if ports else ()
        self.host_ports = [number for number in given if number is not None and number > 0]


class Volume:
    """One volume: ``type`` as SCCs name it, "" where no source is known; ``source`` its fields; ``flex`` those of flexVolume."""

    __slots__ = ("flex", "name", "source", "type")

    def __init__(self, data: Fields) -> None:
        self.name: str = data.get("name") or ""
        self.flex: Fields | None = data.get("flexVolume")
        given = [field for field in data if field in VOLUME_TYPES and data[field] is not None]
        field = given[0] if len(given) == 1 else next((name for name in VOLUME_TYPES if name in given), "")
        self.type = VOLUME_TYPES.get(field, "")
        self.source: Fields = data[field] if field else NOTHING


class Pod:
    """A pod for SCC admission; ``security_context`` and ``annotations`` are empty where there are none."""

    __slots__ = ("annotations", "containers", "data", "security_context", "spec", "volumes")

    def __init__(self, data: Fields) -> None:
        self.data = data
        self.spec: Fields = data.get("spec") or NOTHING
        self.annotations: Mapping[str, str] = (data.get("metadata") or NOTHING).get("annotations") or NOTHING
        self.security_context: Fields = self.spec.get("securityContext") or NOTHING
        self.volumes = [Volume(item) for item in self.spec.get("volumes") or ()]
        self.containers = list(_containers(self.spec))

    @property
    def name(self) -> str:
        """As messages name the pod."""
        metadata = self.data.get("metadata") or NOTHING
        return metadata.get("name") or metadata.get("generateName") or "Unknown"

    @property
    def service_account(self) -> str:
        """Name of the service account, "" for none; ``serviceAccount`` is the old name of the field."""
        return self.spec.get("serviceAccountName") or self.spec.get("serviceAccount") or ""


def _containers(spec: Fields) -> Iterator[Container]:
    for kind in CONTAINER_LISTS:
        for index, data in enumerate(spec.get(kind) or ()):
            yield Container(f".{kind}[{index}]", data, ephemeral=kind == EPHEMERAL)
