# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module helm_release does: look, decide, write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import TritonError
from .._helm.program import Program, opened
from .._kube import manifests, releases
from .._kube.apply import shown
from .._kube.client import Client, connect
from .._kube.facts import check_namespace
from .._kube.manifests import Judged, Release
from .._kube.resources import Discovery
from .._release import decision, stored
from .._release.history import is_verified
from .._release.objects import Key, Manifest, Object, owner, parse
from .._triton import serving
from .apply import diff
from .helm_release_steps import Steps, bring_out, sentence, uninstall
from .helm_release_wanted import Wanted, asked, target_of, wanted_state


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring a release to its chart and values with at most one helm call that writes, or uninstall it."""
    if params["namespace_missing"] and not check_mode:
        raise TritonError("namespace_missing is for check mode only; make the namespace first.")
    client = connect(params)
    with opened(params["helm_binary"], client.kubeconfig()) as helm:
        if params["state"] == "absent":
            return _absent(client, helm, params, check_mode)
        return _present(client, helm, params, check_mode)


def _present(client: Client, helm: Program, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    there = not params["namespace_missing"]
    history = _history(client, params) if there else releases.History()
    if there and history.newest is None:
        check_namespace(client, params["namespace"])
    ask = asked(client, helm, params)
    steps = Steps(client, helm, params)
    plan: Mapping[str, Any] = params["plan"] or {}
    direct: list[Judged] = []
    wanted: Wanted | None = None
    if not _holds(plan, ask.fingerprint, history.newest):
        wanted = wanted_state(client, helm, ask, history.newest, not there)
        plan, direct = _planned(steps, history, wanted, ask.fingerprint)
    changed = plan["action"] != decision.NONE
    revision = plan["revision"]
    if changed and not check_mode:
        revision = bring_out(steps, history.newest, ask, target_of(helm, ask, wanted), plan, direct)
    return {
        **{key: plan[key] for key in ("action", "changes", "diff", "undecidable", "objects", "adapted", "server")},
        "changed": changed,
        "revision": revision,
        "verified": not changed and history.newest is not None and is_verified(history.newest.secret),
        "msg": sentence(params, plan, check_mode),
        **({"plan": plan} if check_mode else {}),
    }


def _history(client: Client, params: Mapping[str, Any]) -> releases.History:
    return releases.at_rest(client, params["name"], params["namespace"], params["pending_timeout"])


def _holds(plan: Mapping[str, Any], fingerprint: str, newest: stored.Stored | None) -> bool:
    """Whether a plan that was made earlier can be carried out: nothing that it rests on has changed since."""
    rests_on = (plan.get("fingerprint"), plan.get("basis"))
    return bool(plan.get("complete")) and rests_on == (fingerprint, _basis(newest))


def _planned(
    steps: Steps, history: releases.History, wanted: Wanted, fingerprint: str
) -> tuple[dict[str, Any], list[Judged]]:
    """The plan, in a form that a later run can be handed, and what helm would not do by itself."""
    release, newest = steps.release, history.newest
    before: dict[Key, Object] = {}
    for each in (history.deployed, newest):
        if each is not None and each.status != stored.UNINSTALLED:
            before |= parse([each.manifest], "the stored manifest").by_key(release.namespace)
    judged = manifests.judge(
        steps.client, Discovery(steps.client), release, before, wanted.manifest.by_key(release.namespace)
    )
    drifted = any(each.change.method != "none" for each in judged)
    action = decision.action(newest, bool(wanted.differs), drifted)
    if action == decision.RECOVER:
        # What a broken-off revision was to make, somebody else may have made since.
        judged = [each for each in judged if each.change.method != "delete" or _ours(each, release)]
    changes = [each.change for each in judged]
    direct = [
        each
        for each in judged
        if each.direct is not None or (action == decision.RECOVER and each.change.method == "delete")
    ]
    plan = {
        "action": action,
        "fingerprint": fingerprint,
        "basis": _basis(newest),
        "revision": newest.revision if newest is not None else None,
        "differs": wanted.differs,
        "changes": [change.summary() for change in changes if change.method != "none"],
        "diff": diff(changes),
        "undecidable": wanted.undecidable,
        "objects": _shown(wanted.manifest),
        # The rest may hold what no result is to show, so that it is found anew.
        "complete": not direct and wanted.files is None,
        "adapted": wanted.adapted,
        "server": serving.found(wanted.manifest.objects, release.namespace),
    }
    return plan, direct


def _ours(judged: Judged, release: Release) -> bool:
    return owner(judged.change.before or {}) == (release.name, release.namespace)


def _basis(newest: stored.Stored | None) -> str:
    """The newest revision as it is now, "" for none."""
    return f"{newest.revision}:{newest.secret['metadata'].get('resourceVersion')}" if newest is not None else ""


def _shown(manifest: Manifest) -> list[dict[str, Any]]:
    """All objects and hooks, with the contents of Secrets as digests."""
    return [result for item in (*manifest.objects, *manifest.hooks) if (result := shown(item)) is not None]


def _absent(client: Client, helm: Program, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    newest = _history(client, params).newest
    action = decision.absence(newest, params["purge"])
    steps, changes = Steps(client, helm, params), []
    if newest is not None and action != decision.NONE:
        objects = parse([newest.manifest], "the stored manifest").by_key(params["namespace"])
        found = manifests.judge(client, Discovery(client), steps.release, objects, {})
        changes = [each.change for each in found]
        if not check_mode:
            uninstall(steps)
    plan = {"action": action, "changes": [change.summary() for change in changes], "differs": []}
    return {
        **{key: plan[key] for key in ("action", "changes")},
        "changed": action != decision.NONE,
        "revision": newest.revision if newest is not None else None,
        "diff": diff(changes),
        "verified": False,
        "undecidable": [],
        "objects": [],
        "adapted": None,
        "server": None,
        "msg": sentence(params, plan, check_mode),
    }
