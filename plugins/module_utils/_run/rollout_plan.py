# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module rollout_plan does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._kube.client import Client, connect
from .._kube.headroom import Headroom
from .._kube.storage import Look
from .._release import references, strategy
from .._release.values import merged

CHART = "triton"


def run(params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Derive the strategy, and fingerprint what the user's values name; nothing is ever written."""
    user = params["user_values"]
    values = merged([params["chart_values"], user])
    client, namespace = connect(params), params["namespace"]
    decided = _decide(client, params, values)
    look = Look(client, namespace)

    def find(one: references.Reference) -> references.Known:
        found = look.find(one.kind, one.name)
        return references.Known(found.known, found.live)

    digest, notes = references.digest(references.references(user), find)
    return {
        "strategy": decided.kind,
        "reason": decided.reason,
        "notes": [*decided.notes, *notes],
        "warnings": list(decided.warnings),
        "chart_values": {
            **({"strategy": dict(decided.values)} if decided.values else {}),
            **({"podAnnotations": {references.ANNOTATION: digest}} if digest else {}),
        },
    }


def _decide(client: Client, params: Mapping[str, Any], values: Mapping[str, Any]) -> strategy.Strategy:
    own = {
        "app.kubernetes.io/instance": params["release"],
        "app.kubernetes.io/name": str(values.get("nameOverride") or CHART),
    }
    made, given = _access_modes(params["definitions"]), bool(params["user_values"].get("strategy"))
    try:
        return strategy.decide(values, params["strategy"], given, made, Headroom(client, params["namespace"], own))
    except (TypeError, ValueError, AttributeError):
        # Values of a wrong form: the chart's schema refuses them in better words, before anything is written.
        return strategy.Strategy("given", "The strategy is not known, since the values do not have the chart's form.")


def _access_modes(definitions: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[str]]:
    return {
        str((one.get("metadata") or {}).get("name")): (one.get("spec") or {}).get("accessModes") or ()
        for one in definitions
        if one.get("kind") == "PersistentVolumeClaim"
    }
