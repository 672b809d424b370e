# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading buckets before the release wants of the cluster: the Deployment that may have them already, and a pod until it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import TritonError
from .._release.rollout import hindrances
from .._storage.probe import CONTAINER, PURPOSE, Account
from . import short_lived, wait
from .client import ApiError, Client, path_of

FIELD_MANAGER = "inferops.triton.probe"
WORD = "deployment"


def deployment(client: Client, namespace: str, name: str) -> Mapping[str, Any] | None:
    """The release's Deployment, None where there is none."""
    live: Mapping[str, Any] | None = client.get(path_of("apps/v1", "deployments", namespace, name))
    return live


def account(client: Client, namespace: str, name: str) -> Account:
    """A service account with its annotations, as far as the user may see it."""
    try:
        live = client.get(path_of("v1", "serviceaccounts", namespace, name))
    except ApiError as error:
        if error.status != 403:
            raise
        live = None
    return Account(name, None if live is None else live["metadata"].get("annotations") or {})


def cleared(client: Client, namespace: str, name: str) -> bool:
    """Remove the pod that a killed run has left; whether there was one."""
    return short_lived.cleared(client, namespace, name, WORD)


def ended(
    client: Client, pod: Mapping[str, Any], start_seconds: float, seconds: float
) -> tuple[Mapping[str, Any], str]:
    """Run a pod to its end, and delete it; what it was at last, and why it does not run, "" if it did.

    :param start_seconds: until it has to run.
    :param seconds: that it may run for then.
    :raises TritonError: it is refused.
    """
    with short_lived.made(client, pod, WORD, PURPOSE, FIELD_MANAGER) as path:
        live = wait.until(
            lambda: client.get(path), lambda seen: seen is None or _settled(seen), start_seconds, longest=0.5
        )
        if live is not None and _began(live) and not _hopeless(live):
            live = wait.until(lambda: client.get(path), lambda seen: seen is None or _done(seen), seconds, longest=0.5)
        if live is None:
            raise TritonError(f"pod {pod['metadata']['name']} was deleted by somebody else before it had ended")
        return live, "" if _over(live) else _why(client, pod, live, start_seconds)


def _containers(live: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The states of our containers; the kubelet tells them all at once, and somebody else may have put others beside them."""
    status = live.get("status") or {}
    found = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    return [one.get("state") or {} for one in found if one["name"].startswith(CONTAINER)]


def _began(live: Mapping[str, Any]) -> bool:
    return any("running" in state or "terminated" in state for state in _containers(live))


def _over(live: Mapping[str, Any]) -> bool:
    """The pod has ended, or all of our containers have."""
    states = _containers(live)
    phase = (live.get("status") or {}).get("phase")
    return phase in ("Failed", "Succeeded") or bool(states) and all("terminated" in state for state in states)


def _hopeless(live: Mapping[str, Any]) -> bool:
    return bool({reason for reason, _text in hindrances(live)} & short_lived.HOPELESS)


def _done(live: Mapping[str, Any]) -> bool:
    return _over(live) or _hopeless(live)


def _settled(live: Mapping[str, Any]) -> bool:
    return _began(live) or _done(live)


def _why(client: Client, pod: Mapping[str, Any], live: Mapping[str, Any], start_seconds: float) -> str:
    metadata = pod["metadata"]
    if _began(live) and not _hopeless(live):
        return "the time was over before it was its turn"
    reasons = [text for _reason, text in hindrances(live)]
    reasons += short_lived.warnings(client, metadata["namespace"], "Pod", metadata["name"]) if not reasons else []
    said = "; ".join(dict.fromkeys(reasons)) or "nobody says why"
    return f"the pod that {PURPOSE} does not run after {start_seconds:g} s: {said}"
