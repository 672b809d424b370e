# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server fills into a pod before SCC admission and Pod Security look at it, as far as they read it.

Sources: Kubernetes' pkg/apis/core/v1/defaults.go, and its admission plugin ServiceAccount, which adds the token's volume.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .view import CONTAINER_LISTS, VOLUME_TYPES

TOKEN_VOLUME = "kube-api-access"
_TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_SOURCES: tuple[Mapping[str, Any], ...] = (
    {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
    {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    {
        "downwardAPI": {
            "items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]
        }
    },
)


def admission_defaults(pod: Mapping[str, Any], namespace: str, automount: bool | None = None) -> dict[str, Any]:
    """The pod as admission sees it; its shape is checked, and it is not changed.

    :param automount: whether the service account wants its token mounted, None for the default.
    """
    spec = dict(pod.get("spec") or {})
    account = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    spec |= {
        "securityContext": spec.get("securityContext") or {},
        "serviceAccountName": account,
        "serviceAccount": account,
        "volumes": [_volume(volume) for volume in spec.get("volumes") or ()],
    }
    if spec.get("hostNetwork"):
        for kind in ("containers", "initContainers"):
            if spec.get(kind):
                spec[kind] = [_with_host_ports(container) for container in spec[kind]]
    if _wants_token(spec, automount):
        spec["volumes"].append({"name": TOKEN_VOLUME, "projected": {"sources": list(_SOURCES), "defaultMode": 420}})
    if not spec["volumes"]:
        del spec["volumes"]
    return {**pod, "metadata": {**(pod.get("metadata") or {}), "namespace": namespace}, "spec": spec}


def _volume(volume: Mapping[str, Any]) -> Mapping[str, Any]:
    if not any(volume.get(name) is not None for name in VOLUME_TYPES):
        return {**volume, "emptyDir": {}}
    projected = volume.get("projected")
    if not projected or not projected.get("sources"):
        return volume
    return {**volume, "projected": {**projected, "sources": [_projection(source) for source in projected["sources"]]}}


def _projection(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """A reference to a field means version 1 where it says none."""
    downward = source.get("downwardAPI")
    if not downward or not downward.get("items"):
        return source
    items = [
        {**item, "fieldRef": {"apiVersion": "v1", **item["fieldRef"]}} if item.get("fieldRef") else item
        for item in downward["items"]
    ]
    return {**source, "downwardAPI": {**downward, "items": items}}


def _with_host_ports(container: Mapping[str, Any]) -> Mapping[str, Any]:
    """In the node's network each port of a container is one of the node."""
    ports = container.get("ports")
    if not ports:
        return container
    return {
        **container,
        "ports": [{**port, "hostPort": port.get("hostPort") or port.get("containerPort")} for port in ports],
    }


def _wants_token(spec: Mapping[str, Any], automount: bool | None) -> bool:
    """Whether the token's volume is added: some container has no mount in its place, and nobody has said no."""
    own = spec.get("automountServiceAccountToken")
    if own is False or (own is None and automount is False):
        return False
    if any((volume.get("name") or "").startswith(f"{TOKEN_VOLUME}-") for volume in spec["volumes"]):
        return False
    return any(
        all(mount.get("mountPath") != _TOKEN_PATH for mount in container.get("volumeMounts") or ())
        for kind in CONTAINER_LISTS[:2]
        for container in spec.get(kind) or ()
    )
