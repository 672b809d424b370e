# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module openshift_security_context does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._kube.client import connect
from .._kube.facts import allocated_namespace, api_groups, no_namespace, read_namespace
from .._platform.detect import is_openshift
from .._scc.offline import foreseen, offline, wish_of
from .._scc.security_context import KUBERNETES, OPENSHIFT


def run(params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Live by namespace, or offline from annotations; nothing is ever written."""
    if params["annotations"] is not None:
        platform = params["platform"] if params["platform"] != "auto" else OPENSHIFT
        return offline(params["annotations"], platform, params["namespace"] or "", wish_of(params))
    client = connect(params)
    platform = params["platform"]
    if platform == "auto":
        platform = OPENSHIFT if is_openshift(frozenset(api_groups(client))) else KUBERNETES
    if params.get("namespace_missing"):
        return foreseen(platform, params["namespace"], wish_of(params))
    if platform == OPENSHIFT:
        live = allocated_namespace(client, params["namespace"], params["wait_timeout"])
    else:
        found = read_namespace(client, params["namespace"])
        if found is None:
            raise no_namespace(client, params["namespace"])
        live = found
    return offline(live["metadata"].get("annotations") or {}, platform, params["namespace"], wish_of(params))
