# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the module helm_release that write, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._helm.program import Program
from .._kube import manifests, releases
from .._kube.client import Client
from .._kube.manifests import Judged, Release
from .._release import decision, helm_command, helm_failure
from .._release.fingerprint import label
from .._release.helm_command import Target
from .._release.stored import Stored
from .helm_release_wanted import Asked

# Seconds that helm gets beyond the time that it is told, to end by itself.
GRACE = 60


@dataclass(frozen=True, slots=True)
class Steps:
    """With what the steps are done."""

    client: Client
    helm: Program
    params: Mapping[str, Any]

    @property
    def release(self) -> Release:
        """Whose objects are compared."""
        params = self.params
        return Release(params["name"], params["namespace"], int(self.helm.major), not params["namespace_missing"])


def bring_out(
    steps: Steps,
    newest: Stored | None,
    ask: Asked,
    target: Target,
    plan: Mapping[str, Any],
    direct: Sequence[Judged],
) -> int:
    """Carry out a plan; returns the number of the new revision.

    :param newest: the newest revision as it is; where it was broken off, helm has to be told.
    :param target: the release with the chart on this machine.
    :param direct: what helm would not do by itself.
    :raises TritonError: the server or helm refuses.
    """
    params = steps.params
    if newest is not None and newest.unfinished:
        releases.mark_failed(steps.client, newest)
    for each in direct:
        if each.direct is not None:
            manifests.patch_directly(steps.client, each)
    options = [f"--timeout={params['timeout']}s", f"--history-max={params['history_max']}"]
    waiting = _waiting(int(steps.helm.major)) if params["wait"] else []
    mark = label(ask.fingerprint, newest.revision + 1 if newest is not None else 1)
    command = helm_command.upgrade(target, int(steps.helm.major), mark, [*options, *waiting])
    said = steps.helm.run(command, ask.values, params["timeout"] + GRACE)
    if said.code:
        verb = "install" if plan["action"] == decision.INSTALL else "upgrade"
        raise TritonError(
            helm_failure.unwritten(said.errors, f"{verb} release {params['name']}"), action=plan["action"]
        )
    for each in direct:
        if each.change.method == "delete":
            manifests.delete(steps.client, each.change)
    return _revision(said.output)


def _waiting(major: int) -> list[str]:
    # helm 4 would watch, for which the right may be missing.
    return ["--wait=legacy" if major >= 4 else "--wait"]


def _revision(output: str) -> int:
    """The revision of a release that helm printed as JSON; what a registry has to say may stand above."""
    start = output.find("{")
    return int(json.loads(output[start:])["version"])


def uninstall(steps: Steps) -> None:
    """Uninstall the release and wait until its objects are gone.

    :raises TritonError: helm refuses, or the objects stay.
    """
    params = steps.params
    major = int(steps.helm.major)
    command = helm_command.uninstall(
        Target(params["name"], params["namespace"], ""),
        not params["purge"],
        [f"--timeout={params['timeout']}s", *_waiting(major)],
    )
    said = steps.helm.run(command, None, params["timeout"] + GRACE)
    if said.code:
        raise TritonError(helm_failure.unwritten(said.errors, f"uninstall release {params['name']}"))


_OUTCOMES = {
    decision.NONE: "is as it should be",
    decision.INSTALL: "{} installed",
    decision.UPGRADE: "{} upgraded",
    decision.HEAL: "{} healed, since objects of it were changed or deleted",
    decision.RECOVER: "{} recovered, since its newest revision was broken off or failed",
    decision.UNINSTALL: "{} uninstalled",
}


def sentence(params: Mapping[str, Any], plan: Mapping[str, Any], check_mode: bool) -> str:
    """What a plan means, in words."""
    what = _OUTCOMES[plan["action"]].format("would be" if check_mode else "was")
    why = f" (different: {', '.join(plan['differs'])})" if plan["action"] == decision.UPGRADE else ""
    objects = "".join(f"; {change['method']} {change['kind']} {change['name']}" for change in plan["changes"])
    return f"Release {params['name']} in namespace {params['namespace']} {what}{why}{objects}."
