# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring objects to a wanted state with the fewest writes.

The server itself says what a definition would change: a server-side apply as a dry run, compared with the live object.
So defaults, quantities in another spelling and removed fields are judged by the API server's own merge, admission and
quota have spoken before the first write, and a run that finds nothing different writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._room import no_room
from . import wait
from .client import APPLY, ApiError, Client, path_of
from .resources import Discovery, Resource, kind_of

FIELD_MANAGER = "inferops.triton"
PROJECT_REQUEST = "ProjectRequest"
_SERVER_SET = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")


@dataclass(frozen=True, slots=True)
class Change:
    """What one definition means for the cluster; ``method`` is create, update, delete or none.

    ``before`` and ``after`` are what a user is shown: without fields that the server sets, and with the contents of
    Secrets and binary data as digests.
    """

    method: str
    resource: Resource
    namespace: str | None
    name: str
    definition: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def summary(self) -> dict[str, Any]:
        """The change in a module's result."""
        return {
            "kind": self.resource.kind,
            "api_version": self.resource.api_version,
            "name": self.name,
            "namespace": self.namespace,
            "method": self.method,
        }


def shown(live: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An object as it is shown and compared: no status, no fields that the server sets, no secret."""
    if live is None:
        return None
    result = {key: deepcopy(value) for key, value in live.items() if key != "status"}
    result["metadata"] = {key: value for key, value in result.get("metadata", {}).items() if key not in _SERVER_SET}
    hidden = ("data", "stringData") if result.get("kind") == "Secret" else ("binaryData",)
    for field in hidden:
        content = result.get(field)
        if content:
            named = isinstance(content, Mapping)
            result[field] = {key: _digest(value) for key, value in content.items()} if named else _digest(content)
    return result


def _digest(value: object) -> str:
    text = str(value).encode()
    return f"({len(text)} characters, sha256 {hashlib.sha256(text).hexdigest()[:16]})"


def plan_present(client: Client, discovery: Discovery, definitions: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Say what each definition would change; nothing is written.

    Objects of a namespace that is not there yet are planned as created, without asking the server further.

    :raises TritonError: a definition that the server refuses, in its words.
    """
    namespaces: dict[str, bool] = {}
    changes = []
    for definition in definitions:
        resource = discovery.of(definition)
        namespace, name = _place(resource, definition)
        if resource.kind == PROJECT_REQUEST:
            changes.append(_plan_project(client, resource, name, definition))
            continue
        live = client.get(resource.path(namespace, name))
        if live is None and namespace is not None and not _exists(client, namespace, namespaces):
            after = None
        else:
            after = _apply(client, resource, namespace, name, definition, dry_run=True)
        changes.append(_change(resource, namespace, name, definition, live, after))
    return changes


def _plan_project(client: Client, resource: Resource, name: str, definition: Mapping[str, Any]) -> Change:
    """A ProjectRequest is no object: it can only be posted, and makes a namespace of its name."""
    try:
        there = client.get(path_of("v1", "namespaces", name=name)) is not None
    except ApiError as error:
        if error.status != 403:
            raise
        # Whose project it is not may not look; if it is there after all, the request is refused.
        there = False
    if there:
        return Change("none", resource, None, name, definition, None, None)
    return Change("create", resource, None, name, definition, None, shown(definition))


def _change(
    resource: Resource,
    namespace: str | None,
    name: str,
    definition: Mapping[str, Any],
    live: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Change:
    if live is None:
        return Change("create", resource, namespace, name, definition, None, shown(definition))
    before, wanted = shown(live), shown(after)
    # The digests above stand for the contents, so equal digests are equal contents.
    method = "none" if before == wanted else "update"
    return Change(method, resource, namespace, name, definition, before, wanted)


def plan_absent(client: Client, discovery: Discovery, definitions: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Say which of the objects there are to delete; a kind that the cluster does not serve is absent already."""
    changes = []
    for definition in definitions:
        resource = discovery.find(*kind_of(definition))
        if resource is None:
            continue
        namespace, name = _place(resource, definition)
        live = client.get(resource.path(namespace, name))
        method = "none" if live is None else "delete"
        changes.append(Change(method, resource, namespace, name, definition, shown(live), None))
    return changes


def carry_out(client: Client, changes: Sequence[Change], timeout: float) -> None:
    """Write the planned changes, in order; wait until deleted objects are gone.

    :param timeout: seconds to wait for each deleted object.
    :raises TritonError: the server refuses, or an object does not go in time.
    """
    for change in changes:
        if change.resource.kind == PROJECT_REQUEST and change.method == "create":
            _request_project(client, change)
        elif change.method in ("create", "update"):
            _apply(client, change.resource, change.namespace, change.name, change.definition, dry_run=False)
        elif change.method == "delete":
            _delete(client, change)
    for change in changes:
        if change.method == "delete":
            _await_gone(client, change, timeout)


def _request_project(client: Client, change: Change) -> None:
    try:
        client.request("POST", change.resource.path(None), body=change.definition)
    except ApiError as error:
        raise error.said(
            f"OpenShift does not make project {change.name}: {error.text}; choose another name, or ask an administrator."
        )


def _delete(client: Client, change: Change) -> None:
    body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground"}
    try:
        client.request("DELETE", change.resource.path(change.namespace, change.name), body=body)
    except ApiError as error:
        if error.status != 404:
            raise


def _await_gone(client: Client, change: Change, timeout: float) -> None:
    path = change.resource.path(change.namespace, change.name)
    if wait.until(lambda: client.get(path), lambda live: live is None, timeout) is not None:
        raise TritonError(
            f"{change.resource.kind} {change.name} is still there {timeout:g} s after it was deleted; look at its finalizers and at "
            "what still uses it."
        )


def _apply(
    client: Client, resource: Resource, namespace: str | None, name: str, definition: Mapping[str, Any], dry_run: bool
) -> Any:
    query = {"fieldManager": FIELD_MANAGER, "force": "true", **({"dryRun": "All"} if dry_run else {})}
    try:
        return client.request("PATCH", resource.path(namespace, name), query, definition, APPLY)
    except ApiError as error:
        # 404: the namespace is gone.
        if error.status in (400, 403, 404, 409, 422):
            what = f"{resource.kind} {name}{f' in namespace {namespace}' if namespace else ''}"
            raise error.said(no_room(error.text, what) or f"The cluster refuses {what}: {error.text}")
        raise


def _place(resource: Resource, definition: Mapping[str, Any]) -> tuple[str | None, str]:
    metadata = definition.get("metadata")
    if not isinstance(metadata, Mapping):
        metadata = {}
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if not name:
        raise TritonError(f"A definition of kind {resource.kind} has no metadata.name; give it one.")
    if resource.namespaced and not namespace:
        raise TritonError(f"{resource.kind} {name} lives in a namespace; give it metadata.namespace.")
    return (str(namespace) if resource.namespaced else None), str(name)


def _exists(client: Client, namespace: str, known: dict[str, bool]) -> bool:
    if namespace not in known:
        known[namespace] = client.get(path_of("v1", "namespaces", name=namespace)) is not None
    return known[namespace]
