# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module model_repository does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .._errors import TritonError
from .._kube import leftovers
from .._kube.apply import carry_out, plan_present
from .._kube.client import Client, connect
from .._kube.resources import Discovery
from .._kube.storage import Look, await_bound
from .._kube.uploading import listed
from .._mirrors import mirrored_containers, mirrored_repositories
from .._storage import claim_room
from .._storage.base import StorageClass, Target
from .._storage.cloud import credentials_in
from .._storage.combine import Combined, combine
from .._storage.leftovers import Name, holders, superfluous
from .._storage.options import backends
from .._storage.plan import plan_repositories
from .apply import diff

# Options that hold credentials, by back end; the first of S3 is an ID, which may be a word that stands elsewhere as well.
CREDENTIALS = {"s3": ("secret_key", "session_token"), "gcs": ("service_account_json",), "azure": ("account_key",)}
IDS = {"s3": ("access_key",)}
# Addresses, into which people write credentials, though Triton takes none from there.
ADDRESSES = {"s3": ("uri", "endpoint"), "gcs": ("uri", "emulator"), "azure": ("uri",)}
# What is secret in a key file of Google.
KEY_FIELDS = ("private_key", "private_key_id", "client_secret", "refresh_token")


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Check the repositories and plan their storage; write it, or delete what earlier ones needed, where that is asked for."""
    present, pruned = params.get("state") == "present", params.get("state") == "pruned"
    client = connect(params) if present or pruned or params.get("live") else None
    target = _target(params, client)
    mirrors = params.get("image_mirrors")
    repositories = mirrored_repositories(params["repositories"], mirrors)
    combined = combine(plan_repositories(repositories, target), target)
    result = _result(combined)
    result["probes"] = mirrored_containers(result["probes"], mirrors)
    _check_hidden(params, result)
    if client and not target.preparing:
        _check_room(client, combined, target)
    if present and client:
        result |= _make(params, combined, client, check_mode)
    elif client and params.get("scope") != "cluster":
        there = leftovers.of_release(client, params["namespace"], target.labels())
        left = superfluous(there, combined.definitions)
        result["superfluous"] = [{"kind": kind, "name": name} for kind, name in left]
        if pruned:
            result |= _prune(params, left, there, client, check_mode)
    return result


def hidden(params: Mapping[str, Any]) -> Iterable[str]:
    """The texts that no output may show."""
    given = params.get("repositories")
    repositories = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    secrets = set(_credentials(repositories))
    public = " ".join(_texts({**params, "repositories": _without(repositories)}))
    # An option of a wrong name may have been meant for a credential.
    unsure = [*_given(repositories, IDS), *_given(repositories, _unknown(repositories))]
    ids = {value for value in map(str, unsure) if value not in public}
    addresses = {part for address in _given(repositories, ADDRESSES) for part in credentials_in(str(address))}
    return {*secrets, *ids, *addresses}


def _target(params: Mapping[str, Any], client: Client | None) -> Target:
    known = params.get("storage_classes")
    classes = None if known is None else [_storage_class(item) for item in known]
    preparing = params.get("scope") == "cluster"
    digests = params.get("digests") or {}
    if client is None:
        return Target(params["namespace"], params["release"], classes, preparing=preparing, digests=digests)
    look = Look(client, params["namespace"])
    return Target(params["namespace"], params["release"], classes, look.find, look.image_volumes, preparing, digests)


def _storage_class(item: Any) -> StorageClass:
    if not isinstance(item, Mapping):
        return StorageClass(str(item))
    return StorageClass(
        str(item.get("name")), str(item.get("provisioner") or ""), item.get("default"), item.get("expandable")
    )


def _result(combined: Combined) -> dict[str, Any]:
    definitions = combined.definitions
    return {
        "definitions": [definition for definition in definitions if definition["kind"] != "Secret"],
        "secrets": [definition["metadata"]["name"] for definition in definitions if definition["kind"] == "Secret"],
        "cluster_definitions": list(combined.cluster_definitions),
        "chart_values": dict(combined.chart_values),
        "models": list(combined.models),
        "models_known": combined.models_known,
        "uploads": [dict(upload) for upload in combined.uploads],
        "probes": [dict(probe) for probe in combined.probes],
        "notes": list(combined.notes),
        "warnings": [
            *combined.warnings,
            *(f"{one.path}: {one.message}" for one in combined.findings if one.severity == "warning"),
        ],
        "findings": [asdict(finding) for finding in combined.findings],
    }


def _check_room(client: Client, combined: Combined, target: Target) -> None:
    """Ask quotas and limit ranges before anything is written; what may not be read is left to the API server."""
    default = next((one.name for one in target.storage_classes or () if one.default), None)
    claims = [definition for definition in combined.definitions if definition["kind"] == "PersistentVolumeClaim"]
    found = [(one, target.find("PersistentVolumeClaim", one["metadata"]["name"])) for one in claims]
    asked = [claim_room.asked(definition, there.live, default) for definition, there in found if there.known]
    wanted = [one for one in asked if one is not None]
    if wanted:
        limit_ranges = listed(client, "v1", "limitranges", target.namespace) or []
        claim_room.check(wanted, limit_ranges, listed(client, "v1", "resourcequotas", target.namespace) or [])


def _make(params: Mapping[str, Any], combined: Combined, client: Client, check_mode: bool) -> dict[str, Any]:
    """Write the objects of the scope; claims that have a volume of their own are bound then."""
    cluster = params["scope"] == "cluster"
    changes = plan_present(client, Discovery(client), combined.cluster_definitions if cluster else combined.definitions)
    changed = any(change.method != "none" for change in changes)
    if not check_mode:
        # What may turn out to have no volume comes first: only the cluster's binding of it tells those who may not read volumes.
        bound = () if cluster else combined.bound
        first = [
            change for change in changes if change.name in bound and change.resource.kind == "PersistentVolumeClaim"
        ]
        carry_out(client, first, params["wait_timeout"])
        await_bound(client, params["namespace"], bound, params["wait_timeout"])
        carry_out(client, [change for change in changes if change not in first], params["wait_timeout"])
    return {"changed": changed, "changes": [change.summary() for change in changes], "diff": diff(changes)}


def _prune(
    params: Mapping[str, Any],
    left: Sequence[Name],
    there: Mapping[Name, Mapping[str, Any]],
    client: Client,
    check_mode: bool,
) -> dict[str, Any]:
    """Delete the leftovers that no revision can come back to."""
    namespace, release = params["namespace"], params["release"]
    history = leftovers.history(client, namespace, release) if left else None
    stay = dict.fromkeys(left, "") if history is None else holders(history, left, ahead=check_mode)
    changes = leftovers.deletions(namespace, [name for name in left if name not in stay], there)
    if changes and not check_mode:
        carry_out(client, changes, params["wait_timeout"])
    notes = [
        f"{kind} {name} is needed no more, but stays: "
        + (
            f"revision {revision} of Deployment {release}, which can come back, names it."
            if revision
            else f"the revisions of Deployment {release}, which could name it, are not there or may not be read."
        )
        for (kind, name), revision in stay.items()
    ]
    return {
        "changed": bool(changes),
        "changes": [change.summary() for change in changes],
        "diff": diff(changes),
        "notes": notes,
    }


def _check_hidden(params: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    """Refuse credentials that are part of a name: Ansible would blank the name, and the release would be asked for asterisks.

    :raises TritonError: the option, without its value.
    """
    shown = "\n".join(_texts(result))
    for place in _places(params["repositories"]):
        for kind, options in CREDENTIALS.items():
            for option in options:
                value = (place.get(kind) or {}).get(option)
                if value and value in shown:
                    raise TritonError(
                        f"The {option} of a repository's {kind} is also part of a name that is no secret (of a host, bucket, release, ...); "
                        "Ansible would hide both. Use another one, or put it into a Secret and name that as existing_secret."
                    )


def _credentials(repositories: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for value in _given(repositories, CREDENTIALS):
        yield from (value,) if isinstance(value, str) else ()
        content = _json(value) if isinstance(value, str) else value
        if isinstance(content, Mapping):
            yield from (str(content[key]) for key in KEY_FIELDS if content.get(key))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _given(repositories: Iterable[Mapping[str, Any]], options: Mapping[str, Iterable[str]]) -> Iterator[Any]:
    """The values of options, also where a repository does not have the form that it should have."""
    for place in _places(repositories):
        for kind, names in options.items():
            given = place.get(kind)
            if isinstance(given, Mapping):
                yield from (given[name] for name in names if given.get(name))


def _unknown(repositories: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Options of object stores that these do not have."""
    found: dict[str, set[str]] = {kind: set() for kind in CREDENTIALS}
    known = backends()
    for place in _places(repositories):
        for kind, names in found.items():
            given = place.get(kind)
            names |= set(given) - set(known[kind]["options"]) if isinstance(given, Mapping) else set()
    return found


def _places(repositories: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Where options of an object store can stand: in a repository, and in its sync."""
    for repository in repositories:
        yield repository
        nested = repository.get("sync")
        if isinstance(nested, Mapping):
            yield nested


def _without(repositories: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The repositories without what is secret in them."""
    secret = (CREDENTIALS, IDS, _unknown(repositories))
    left_out = {name for options in secret for names in options.values() for name in names}

    def cleaned(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {key: cleaned(item) for key, item in value.items() if key not in left_out}

    return [{kind: cleaned(options) for kind, options in repository.items()} for repository in repositories]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
