# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module release_history does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._errors import TritonError
from .._kube import release_history
from .._kube.client import connect
from .._release import history


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """List the revisions; note that the newest one was verified, where that is asked for."""
    client, namespace, release = connect(params), params["namespace"], params["release"]
    known = release_history.read(client, namespace, release)
    changed, warnings = False, []
    newest = known[-1] if known else None
    if params["verified"] and newest and params["revision"] not in (0, newest.number):
        warnings.append(
            f"Revision {newest.number} of release {release} has come while revision {params['revision']} was verified, so nothing is noted."
        )
    elif params["verified"] and newest:
        if newest.status != history.DEPLOYED:
            raise TritonError(
                f"Revision {newest.number} of release {release} is {newest.status}, not deployed, so it cannot have been verified."
            )
        changed = not newest.verified
        if changed and not check_mode:
            release_history.mark_verified(client, namespace, newest)
        known = [*known[:-1], replace(newest, verified=True)]
    return {
        "changed": changed,
        "warnings": warnings,
        "revisions": [one.summary() for one in known],
        "current": known[-1].number if known else 0,
        "last_verified": history.last_verified(known),
    }
