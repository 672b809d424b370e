# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module release_rollback does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import TritonError
from .._helm.program import Program, opened
from .._kube import manifests
from .._kube.apply import shown
from .._kube.client import Client, connect, path_of
from .._kube.manifests import Judged, Release
from .._kube.resources import Discovery
from .._kube.storage import Look
from .._release import helm_command, helm_failure, history, pinned
from .._release.helm_command import Target
from .._release.objects import Manifest, parse
from .._release.stored import DEPLOYED, OWNER, Stored, decode
from .._storage import versions
from .._triton import serving
from .apply import diff

# Seconds that helm gets beyond the time that it is told, to end by itself.
GRACE = 60


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring an earlier revision back by one call of helm, after all that it needs was looked for."""
    client, name, namespace = connect(params), params["name"], params["namespace"]
    secrets = _secrets(client, name, namespace)
    known = history.revisions(secrets.values())
    by_number = {one.number: secrets[one.secret] for one in known}
    newest = decode(by_number[known[-1].number]) if known else None
    number = _wanted(known, by_number, newest, params)
    if newest is None:
        raise AssertionError("a revision was found")
    target = decode(by_number[number])
    wanted = parse([target.manifest], f"revision {number}")
    _check_needs(client, wanted, name, namespace, number)
    with opened(params["helm_binary"], client.kubeconfig()) as helm:
        judged = _judge(client, helm, params, newest, wanted)
        changes = [each.change for each in judged]
        changed = newest.status != DEPLOYED or any(change.method != "none" for change in changes)
        revision = newest.revision
        if changed and not check_mode:
            _roll_back(helm, params, number)
            revision += 1
    verb = "would be" if check_mode else "was"
    outcome = f"{verb} rolled back to revision {number}" if changed else f"is what revision {number} was"
    return {
        "changed": changed,
        "revision": revision,
        "target": number,
        "changes": [change.summary() for change in changes if change.method != "none"],
        "diff": diff(changes),
        "objects": [item for one in (*wanted.objects, *wanted.hooks) if (item := shown(one)) is not None],
        "server": serving.found(wanted.objects, namespace),
        "msg": f"Release {name} in namespace {namespace} {outcome}.",
    }


def _secrets(client: Client, name: str, namespace: str) -> dict[str, Mapping[str, Any]]:
    query = {"labelSelector": f"{OWNER},name={name}"}
    items = (client.get(path_of("v1", "secrets", namespace), query) or {}).get("items") or ()
    return {str(item["metadata"]["name"]): item for item in items}


def _wanted(
    known: Sequence[history.Revision],
    by_number: Mapping[int, Mapping[str, Any]],
    newest: Stored | None,
    params: Mapping[str, Any],
) -> int:
    """The revision to bring back; without a number the last verified one that is something else than the newest."""
    if params["revision"] or newest is None:
        return history.chosen(known, params["name"], params["revision"])
    same = {number for number in by_number if number != newest.revision and _is_same(decode(by_number[number]), newest)}
    return history.chosen([one for one in known if one.number not in same], params["name"], 0)


def _is_same(one: Stored, other: Stored) -> bool:
    return (one.manifest, one.hooks) == (other.manifest, other.hooks)


def _check_needs(client: Client, wanted: Manifest, name: str, namespace: str, number: int) -> None:
    """What the pods would wait for in vain.

    :raises TritonError: an object that they need has gone, or the models that they had.
    """
    look = Look(client, namespace)
    for need in pinned.needs(wanted.objects):
        found = look.find(need.kind, need.name)
        if not found.known:
            continue
        if found.live is None:
            raise TritonError(
                f"Revision {number} of release {name} needs {need.kind} {need.name}, which is not there any more in namespace {namespace}; "
                "choose another revision, make it anew, or deploy what you want to have. Nothing was written."
            )
        there = set(versions.known(found.live["metadata"].get("annotations")))
        gone = sorted(need.versions - there) if there else []
        if gone:
            raise TritonError(
                f"Revision {number} of release {name} served models sha256-{gone[0][:12]}…, which claim {need.name} does not hold any more; "
                "choose another revision, or deploy those models anew. Nothing was written."
            )


def _judge(client: Client, helm: Program, params: Mapping[str, Any], newest: Stored, wanted: Manifest) -> list[Judged]:
    release = Release(params["name"], params["namespace"], int(helm.major))
    before = parse([newest.manifest], "the stored manifest").by_key(params["namespace"])
    return manifests.judge(client, Discovery(client), release, before, wanted.by_key(params["namespace"]))


def _roll_back(helm: Program, params: Mapping[str, Any], number: int) -> None:
    options = [f"--timeout={params['timeout']}s", f"--history-max={params['history_max']}"]
    target = Target(params["name"], params["namespace"], "")
    said = helm.run(helm_command.rollback(target, int(helm.major), number, options), None, params["timeout"] + GRACE)
    if said.code:
        raise TritonError(
            helm_failure.unwritten(said.errors, f"roll release {params['name']} back to revision {number}")
        )
