# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods that are there for a while only: made, and deleted whatever happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .._errors import TritonError
from .._room import no_room
from . import wait
from .client import ApiError, Client, path_of

# Waiting reasons with which a pod is not going to run; the kubelet has tried in vain by then.
NO_IMAGE = frozenset({"ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError"})
NO_START = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
HOPELESS = NO_IMAGE | NO_START
_GONE_SECONDS = 60.0


def cleared(client: Client, namespace: str, name: str, word: str) -> bool:
    """Remove a pod that a killed run has left; whether there was one.

    :raises TritonError: it stays.
    """
    path = path_of("v1", "pods", namespace, name)
    if client.get(path) is None:
        return False
    _delete(client, path)
    if wait.until(lambda: client.get(path), lambda live: live is None, _GONE_SECONDS) is not None:
        raise TritonError(f"Pod {name} in namespace {namespace} of an earlier {word} does not go away; delete it.")
    return True


@contextmanager
def made(client: Client, pod: Mapping[str, Any], word: str, purpose: str, manager: str) -> Iterator[str]:
    """The path of a pod that is there meanwhile; one of its name that a killed run has left is removed before.

    :param word: what the pod is for, in one word.
    :param purpose: the same, as the end of "the pod that ...".
    :param manager: field manager of the pod.
    :raises TritonError: it is refused, or an earlier one stays.
    """
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    path = path_of("v1", "pods", namespace, name)
    cleared(client, namespace, name, word)
    try:
        live = client.request("POST", path_of("v1", "pods", namespace), {"fieldManager": manager}, pod)
    except ApiError as error:
        if error.status == 409:
            raise error.said(
                f"Pod {name} in namespace {namespace} has just been made by another {word}; run it again later."
            )
        what = f"the pod that {purpose}"
        raise error.said(no_room(error.text, what) or f"The cluster refuses {what}: {error.text}")
    try:
        yield path
    finally:
        _delete(client, path, live["metadata"].get("uid"))


def _delete(client: Client, path: str, uid: str | None = None) -> None:
    """Delete the pod, with ``uid`` that one only: another run may have put its own in the place of ours."""
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 1}
    if uid:
        body["preconditions"] = {"uid": uid}
    try:
        client.request("DELETE", path, body=body)
    except ApiError as error:
        if error.status not in (404, 409):
            raise


def warnings(client: Client, namespace: str, kind: str, name: str) -> list[str]:
    """The last warnings that events tell of an object; none where they may not be read."""
    query = {"fieldSelector": f"involvedObject.kind={kind},involvedObject.name={name},type=Warning"}
    try:
        events = client.request("GET", path_of("v1", "events", namespace), query).get("items") or ()
    except ApiError as error:
        if error.status != 403:
            raise
        return []
    return [f"{kind} {name}: {event.get('message', '')}" for event in events][-2:]
