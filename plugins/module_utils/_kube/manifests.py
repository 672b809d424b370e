# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the objects of a release with the live ones; nothing is written.

Most objects are as they should be, and reading them tells. Only where one is not, the API server is asked by a dry run of the very
change, so that defaults, spellings of quantities and refusals are its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._release.helm_failure import foreign
from .._release.merge import Rules, is_native, merged, patch, rules_for
from .._release.objects import Key, Object, is_kept, owned, owner
from .._room import no_room
from .apply import Change, shown
from .client import MERGE, ApiError, Client
from .resources import Discovery, Resource, kind_of

FIELD_MANAGER = "helm"
# What the server answers to a change that it does not take.
_REFUSALS = (400, 403, 404, 409, 422)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of an object; ``direct`` is a JSON merge patch that helm itself would not make."""

    change: Change
    direct: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Whose objects are compared; ``major`` is helm's major version, ``there`` whether there is a namespace to look into."""

    name: str
    namespace: str
    major: int
    there: bool = True


def judge(
    client: Client,
    discovery: Discovery,
    release: Release,
    before: Mapping[Key, Object],
    wanted: Mapping[Key, Object],
) -> list[Judged]:
    """Say what each object becomes.

    :param before: the objects that the release has had.
    :param wanted: those that it is to have.
    :raises TritonError: the server refuses a change, or an object belongs to somebody else.
    """
    found = [_wanted(client, discovery, release, before.get(key), item) for key, item in wanted.items()]
    for key, item in before.items():
        if key not in wanted and not is_kept(item):
            found += _former(client, discovery, release, item)
    return found


def _wanted(client: Client, discovery: Discovery, release: Release, former: Object | None, item: Object) -> Judged:
    resource, definition = _placed(discovery, release, item)
    name, namespace = definition["metadata"].get("name"), definition["metadata"].get("namespace")
    live = client.get(resource.path(namespace, name)) if release.there and resource.plural else None
    if live is None:
        return Judged(Change("create", resource, namespace, name, definition, None, shown(definition)))
    _check_owner(resource, live, release, former is not None)
    before = owned(former, release.name, release.namespace, resource.namespaced) if former is not None else {}
    difference = _Difference(client, resource, before, definition, live)
    gentle = difference.by(rules_for(definition))
    if not gentle:
        return Judged(Change("none", resource, namespace, name, definition, None, None))
    direct = None
    try:
        after = difference.tried(gentle)
    except ApiError as refusal:
        # As when somebody gave a port another number: kept beside the right one, it would have the same name.
        strict = difference.by(Rules(rules_for(definition).keys, additions=False))
        if refusal.status != 422 or strict == gentle:
            raise _said(refusal, resource, namespace, name)
        try:
            after, direct = difference.tried(strict), strict
        except ApiError:
            raise _said(refusal, resource, namespace, name)
    if shown(after) == shown(live):
        return Judged(Change("none", resource, namespace, name, definition, None, None))
    if release.major == 3 and not is_native(resource.api_version):
        # helm 3 compares custom resources with its own manifests only.
        direct = direct or gentle
    return Judged(Change("update", resource, namespace, name, definition, shown(live), shown(after)), direct)


@dataclass(frozen=True, slots=True)
class _Difference:
    """A live object, and what the release says of it."""

    client: Client
    resource: Resource
    before: Object
    definition: Object
    live: Mapping[str, Any]

    def by(self, rules: Rules) -> dict[str, Any]:
        """The change as a JSON merge patch, {} for none."""
        before, wanted = ({**item} for item in (self.before, self.definition))
        for item in (before, wanted):
            item.pop("status", None)
        result: dict[str, Any] = patch(self.live, merged(before, wanted, self.live, rules))
        return result

    def tried(self, body: Mapping[str, Any]) -> Any:
        """The object as the server would have it."""
        metadata = self.definition["metadata"]
        path = self.resource.path(metadata.get("namespace"), metadata["name"])
        return self.client.request("PATCH", path, {"fieldManager": FIELD_MANAGER, "dryRun": "All"}, body, MERGE)


def _former(client: Client, discovery: Discovery, release: Release, item: Object) -> list[Judged]:
    """What becomes of an object that the release has no more."""
    resource, definition = _placed(discovery, release, item)
    name, namespace = definition["metadata"].get("name"), definition["metadata"].get("namespace")
    live = client.get(resource.path(namespace, name)) if release.there and resource.plural else None
    if live is None or is_kept(live):
        return []
    return [Judged(Change("delete", resource, namespace, name, definition, shown(live), None))]


def _placed(discovery: Discovery, release: Release, item: Object) -> tuple[Resource, dict[str, Any]]:
    api_version, kind = kind_of(item)
    resource = discovery.find(api_version, kind)
    if resource is None:
        # The chart brings the definition of the kind along.
        given = (item.get("metadata") or {}).get("namespace")
        resource = Resource(api_version, kind, "", bool(given))
    return resource, owned(item, release.name, release.namespace, resource.namespaced)


def _check_owner(resource: Resource, live: Mapping[str, Any], release: Release, had: bool) -> None:
    """An object that the release has had may have lost its marks; one of another release is never taken away from it."""
    whose = owner(live)
    if whose == (release.name, release.namespace) or (had and (whose is None or not whose[0])):
        return
    metadata = live["metadata"]
    where = metadata.get("namespace") or release.namespace
    raise TritonError(foreign(resource.kind, metadata["name"], where, whose[0] if whose else None))


def _said(error: ApiError, resource: Resource, namespace: str | None, name: str) -> ApiError:
    if error.status not in _REFUSALS:
        return error
    what = f"{resource.kind} {name}{f' in namespace {namespace}' if namespace else ''}"
    return error.said(no_room(error.text, what) or f"The cluster refuses {what}: {error.text}")


def patch_directly(client: Client, judged: Judged) -> None:
    """Carry out what helm would not do."""
    change = judged.change
    path = change.resource.path(change.namespace, change.name)
    client.request("PATCH", path, {"fieldManager": FIELD_MANAGER}, judged.direct, MERGE)


def delete(client: Client, change: Change) -> None:
    """Delete an object that helm has lost sight of; one that is gone already is none."""
    try:
        client.request("DELETE", change.resource.path(change.namespace, change.name))
    except ApiError as error:
        if error.status != 404:
            raise
