# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What uploading wants of the cluster: what the namespace allows, who uses the claim, and a pod that runs and goes away again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .._errors import TritonError
from .._release.rollout import hindrances
from .._storage import uploader
from .._storage.versions import ANNOTATION
from . import short_lived, wait
from .client import ApiError, Client, path_of
from .exec import Place

MERGE_PATCH = "application/merge-patch+json"
FIELD_MANAGER = "inferops.triton.upload"


def listed(client: Client, api_version: str, plural: str, namespace: str) -> list[Mapping[str, Any]] | None:
    """All objects of a kind in the namespace, None where the user may not list them."""
    try:
        return list((client.get(path_of(api_version, plural, namespace)) or {}).get("items") or ())
    except ApiError as error:
        if error.status != 403:
            raise
        return None


def claim_path(namespace: str, claim: str) -> str:
    """The path of a claim."""
    return path_of("v1", "persistentvolumeclaims", namespace, claim)


def write_versions(client: Client, namespace: str, claim: str, value: str) -> None:
    """Note on the claim which versions it holds."""
    body = {"metadata": {"annotations": {ANNOTATION: value}}}
    client.request("PATCH", claim_path(namespace, claim), {"fieldManager": FIELD_MANAGER}, body, MERGE_PATCH)


def check_class(client: Client, live: Mapping[str, Any]) -> None:
    """A claim of a class that is not there waits for ever.

    :raises TritonError: so it does.
    """
    name = live["spec"].get("storageClassName")
    if not name or live["spec"].get("volumeName") or (live.get("status") or {}).get("phase") != "Pending":
        return
    try:
        there = client.get(path_of("storage.k8s.io/v1", "storageclasses", name=name)) is not None
    except ApiError as error:
        if error.status != 403:
            raise
        return
    if not there:
        raise TritonError(
            f'Claim {live["metadata"]["name"]} names storage class "{name}", which the cluster does not have, so it gets no volume; '
            "delete the claim and make one of a class that is there."
        )


def node_of(live: Mapping[str, Any], pods: list[Mapping[str, Any]]) -> str:
    """The node where the claim is mounted, if another could not mount it at the same time; "" for any.

    :raises TritonError: no second pod can have it at all.
    """
    modes = live["spec"].get("accessModes") or ()
    users = uploader.users(pods, live["metadata"]["name"])
    if "ReadWriteOncePod" in modes and users:
        raise TritonError(
            f"Claim {live['metadata']['name']} is ReadWriteOncePod, and pod {users[0]['metadata']['name']} has it; stop that pod for the "
            "upload, or use a claim with ReadWriteOnce."
        )
    if "ReadWriteMany" in modes:
        return ""
    return next((str(one["spec"]["nodeName"]) for one in users if one["spec"].get("nodeName")), "")


@contextmanager
def running(client: Client, pod: Mapping[str, Any], timeout: float) -> Iterator[Place]:
    """A pod that runs meanwhile, and is deleted in the end; one of its name that a killed run has left is removed before.

    :param timeout: seconds until it runs.
    :raises TritonError: it is refused, or does not run.
    """
    with short_lived.made(client, pod, "upload", "uploads models", FIELD_MANAGER) as path:
        _await_running(client, path, pod, timeout)
        yield Place(pod["metadata"]["namespace"], pod["metadata"]["name"], uploader.CONTAINER)


def _await_running(client: Client, path: str, pod: Mapping[str, Any], timeout: float) -> None:
    live = wait.until(lambda: client.get(path), lambda seen: seen is None or _settled(seen), timeout, longest=0.1)
    name = pod["metadata"]["name"]
    if live is None:
        raise TritonError(f"Pod {name} was deleted by somebody else before it ran; run it again.")
    if _ready(live):
        return
    image = pod["spec"]["containers"][0]["image"]
    found = hindrances(live)
    for reason, text in found:
        if reason in short_lived.NO_IMAGE:
            raise TritonError(
                f"The image {image} of the pod that uploads models cannot be had: {text}. Correct image, or imagePullSecrets in triton_values."
            )
    ended = _ended(live)
    if ended:
        raise TritonError(f"The pod that uploads models does not run with image {image}: {ended}")
    reasons = [text for _reason, text in found] + _warnings(client, pod)
    raise TritonError(
        f"The pod that uploads models does not run after {timeout:g} s: {'; '.join(dict.fromkeys(reasons)) or 'nobody says why'}."
    )


def _settled(live: Mapping[str, Any]) -> bool:
    waits = {reason for reason, _text in hindrances(live)}
    return _ready(live) or bool(_ended(live)) or bool(waits & short_lived.HOPELESS)


def _ready(live: Mapping[str, Any]) -> bool:
    statuses = (live.get("status") or {}).get("containerStatuses") or ()
    return any("running" in (status.get("state") or {}) for status in statuses)


def _ended(live: Mapping[str, Any]) -> str:
    """Why the pod is over, "" while it is not."""
    status = live.get("status") or {}
    for container in status.get("containerStatuses") or ():
        over = (container.get("state") or {}).get("terminated")
        if over:
            return f"{over.get('reason', 'it ended')} {over.get('message', '')}".strip()
    if status.get("phase") in ("Failed", "Succeeded"):
        return f"{status.get('reason', status['phase'])} {status.get('message', '')}".strip()
    return ""


def _warnings(client: Client, pod: Mapping[str, Any]) -> list[str]:
    """What the events tell about the pod and its claim."""
    namespace = pod["metadata"]["namespace"]
    claim = pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    return [
        *short_lived.warnings(client, namespace, "Pod", pod["metadata"]["name"]),
        *short_lived.warnings(client, namespace, "PersistentVolumeClaim", claim),
    ]
