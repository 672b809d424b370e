# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server fills into a new pod before the admission of SCCs sees it, as far as decisions depend on it.

Sources of the rules: Kubernetes' pkg/apis/core/v1/defaults.go, and its admission plugin ServiceAccount.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .view import CONTAINER_LISTS, VOLUME_TYPES

_TOKEN_PREFIX = "kube-api-access-"
_TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
# The end of a real name is random.
_TOKEN_VOLUME = f"{_TOKEN_PREFIX}xxxxx"
_MIRROR = "kubernetes.io/config.mirror"
_STARTED = CONTAINER_LISTS[:2]  # the kinds that a new pod can have

Json = dict[str, Any]


def admission_defaults(pod: Mapping[str, Any], namespace: str, automount: bool | None = None) -> Json:
    """The pod with its defaults; the one given stays as it is, and shares with the result what did not change.

    :param pod: its shape checked.
    :param automount: whether the service account wants its token mounted, None for the default.
    """
    metadata = {**(pod.get("metadata") or {}), "namespace": namespace}
    spec: Json = dict(pod.get("spec") or {})
    if spec.get("securityContext") is None:
        spec["securityContext"] = {}
    if spec.get("volumes"):
        spec["volumes"] = [_volume(volume) for volume in spec["volumes"]]
    if spec.get("hostNetwork"):
        for kind in _STARTED:
            if spec.get(kind):
                spec[kind] = [_with_host_ports(container) for container in spec[kind]]
    # A pod that mirrors a kubelet's own has no service account.
    if _MIRROR not in (metadata.get("annotations") or {}):
        account = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
        spec["serviceAccountName"] = spec["serviceAccount"] = account
        wanted = spec.get("automountServiceAccountToken")
        if (automount if wanted is None else wanted) is not False:
            _mount_token(spec)
    return {**pod, "metadata": metadata, "spec": spec}


def _volume(volume: Json) -> Json:
    if all(volume[field] is None for field in volume if field in VOLUME_TYPES):
        return {**volume, "emptyDir": {}}
    downward, projected = volume.get("downwardAPI"), volume.get("projected")
    if downward and downward.get("items"):
        volume = {**volume, "downwardAPI": _downward(downward)}
    if projected and projected.get("sources"):
        sources = [
            {**source, "downwardAPI": _downward(source["downwardAPI"])} if source.get("downwardAPI") else source
            for source in projected["sources"]
        ]
        volume = {**volume, "projected": {**projected, "sources": sources}}
    return volume


def _downward(downward: Json) -> Json:
    """References to fields of the pod are to version v1 where they name none."""
    items = [
        {**item, "fieldRef": {**item["fieldRef"], "apiVersion": item["fieldRef"].get("apiVersion") or "v1"}}
        if item.get("fieldRef") is not None
        else item
        for item in downward.get("items") or ()
    ]
    return {**downward, "items": items}


def _with_host_ports(container: Json) -> Json:
    """In the host's network, every port of a container is one of the host."""
    if not container.get("ports"):
        return container
    ports = [
        {**port, "hostPort": port.get("hostPort") or port.get("containerPort") or 0} for port in container["ports"]
    ]
    return {**container, "ports": ports}


def _mount_token(spec: Json) -> None:
    """Add the volume with the service account's token, unless every container has something else at its path."""
    volumes = spec.get("volumes") or []
    existing = next(
        (name for volume in volumes if (name := volume.get("name") or "").startswith(_TOKEN_PREFIX)),
        None,
    )
    mount = {"name": existing or _TOKEN_VOLUME, "readOnly": True, "mountPath": _TOKEN_PATH}
    needed = False
    for kind in _STARTED:
        containers = spec.get(kind) or ()
        if any(not _has_mount(container) for container in containers):
            needed = True
            spec[kind] = [
                container
                if _has_mount(container)
                else {**container, "volumeMounts": [*(container.get("volumeMounts") or ()), mount]}
                for container in containers
            ]
    if needed and existing is None:
        spec["volumes"] = [*volumes, _token_volume()]


def _has_mount(container: Json) -> bool:
    return any(mount.get("mountPath") == _TOKEN_PATH for mount in container.get("volumeMounts") or ())


def _token_volume() -> Json:
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    authority = {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": authority},
        {"downwardAPI": {"items": [namespace]}},
    ]
    return {"name": _TOKEN_VOLUME, "projected": {"defaultMode": 420, "sources": sources}}
