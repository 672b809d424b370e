# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module model_probe does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import TritonError
from .._kube import probing, uploading, wait
from .._kube.client import Client, connect
from .._storage import fitting, probe
from .._storage.probe_script import BAD, ODD, UNKNOWN
from . import security_context
from .stopping import Stopped, stoppable

STOPPED = "Reading the buckets was stopped ({}); run it again."
# More than what is waited for, so that the pod outlives nobody who is still there.
_SPARE_SECONDS = 60
_QUOTA_SECONDS = 20
# What the module openshift_security_context takes besides the connection.
_CONTEXT: Mapping[str, Any] = {"platform": "auto", "wait_timeout": 30, "scc": None, "style": "auto"}


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Nothing where the release has these repositories already; else a pod that reads them.

    :raises TritonError: one of them cannot be read.
    """
    result: dict[str, Any] = {"probes": [], "notes": [], "warnings": []}
    probes, values, release = params["probes"], params["chart_values"], params["release"]
    probe.check(probes)
    if not probes:
        return result
    client = connect(params)
    live = probing.deployment(client, params["namespace"], probe.fullname(values, release))
    if probe.converged(probes, values, live):
        return result
    account = probing.account(client, params["namespace"], probe.account_name(values, release))
    ready, left_out = probe.divided(probes, account)
    result["notes"] = left_out
    if check_mode:
        result["notes"] += [
            f"Repository {one['repository']}: a pod would list {one['source']} before the release." for one in ready
        ]
        return result
    if not ready:
        return result
    found = _read(client, params, ready, account)
    result["probes"] = [verdict.summary() for verdict in found]
    result["warnings"] = list(dict.fromkeys(verdict.text for verdict in found if verdict.code in (ODD, UNKNOWN)))
    bad = [verdict.text for verdict in found if verdict.code == BAD]
    if bad:
        raise TritonError(f"{' '.join(bad)} Nothing of the release was written.", **result)
    return result


def _read(
    client: Client, params: Mapping[str, Any], ready: Sequence[Mapping[str, Any]], account: probe.Account
) -> list[probe.Verdict]:
    """Let a pod read the buckets; that it cannot run tells nothing about them."""
    seconds = params["timeout"] * len(ready)
    try:
        pod = _pod(client, params, ready, account, params["pod_timeout"] + seconds + _SPARE_SECONDS)
        with stoppable(STOPPED):
            live, why = probing.ended(client, pod, params["pod_timeout"], seconds)
    except Stopped:
        raise
    except TritonError as error:
        live, why = {}, error.message
    return probe.verdicts(ready, live, why, params["timeout"])


def _resources(client: Client, namespace: str, seconds: float) -> dict[str, dict[str, str]]:
    """Resources that the namespace admits.

    :param seconds: that its quotas may take to notice that a pod has gone.
    :raises TritonError: it admits none.
    """

    def look() -> fitting.Resources | TritonError:
        limit_ranges = uploading.listed(client, "v1", "limitranges", namespace) or []
        quotas = uploading.listed(client, "v1", "resourcequotas", namespace) or []
        try:
            return fitting.fitted(fitting.WANTED, limit_ranges, quotas, probe.PURPOSE)
        except TritonError as error:
            return error

    found = wait.until(look, lambda seen: isinstance(seen, fitting.Resources), seconds)
    if isinstance(found, TritonError):
        raise found
    return found.spec()


def _pod(
    client: Client,
    params: Mapping[str, Any],
    ready: Sequence[Mapping[str, Any]],
    account: probe.Account,
    deadline: int,
) -> dict[str, Any]:
    namespace = params["namespace"]
    # Before the quotas are looked at, which count it.
    left = probing.cleared(client, namespace, probe.name_of(params["release"]))
    resources = _resources(client, namespace, _QUOTA_SECONDS if left else 0)
    context = security_context.run({**_CONTEXT, **params, "annotations": None}, True)["chart_values"]
    return probe.pod(namespace, params["release"], ready, params["chart_values"], context, resources, account, deadline)
