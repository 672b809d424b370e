# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals by quotas and limit ranges, from Kubernetes' words to a sentence with a way out. Pure."""

from __future__ import annotations

import re

# Words of Kubernetes' plugins ResourceQuota and LimitRanger.
_EXCEEDED = re.compile(
    r"exceeded quota: (?P<quota>[^,\s]+), requested: (?P<requested>\S+), used: (?P<used>\S+), limited: (?P<limited>\S+)"
)
_DEMANDED = re.compile(r"failed quota: (?P<quota>[^:\s]+): must specify (?P<what>.+)")
_LIMITS = re.compile(
    r"(?:minimum|maximum) \S+ usage per \w+ is [^\s,.\]]+(?:, but (?:request|limit) is [^\s,\]]+|\.\s+No (?:request|limit) is specified)"
    r"|\S+ max limit to request ratio per \w+ is [^,\s]+, but (?:provided ratio is [^\s,\]]+|no request is specified[^,\]]*)"
)

# A limit range fills in limits, and validation then finds the requests too large.
_ABOVE_LIMIT = re.compile(
    r'\.resources\.requests: Invalid value: "(?P<request>[^"]+)": must be less than or equal to (?P<resource>\S+) limit of (?P<limit>[^\s,\]]+)'
)


def no_room(message: str, what: str) -> str:
    """The refusal in one sentence; "" where it is none by a quota or a limit range.

    :param message: the API server's.
    :param what: what was refused, such as ``PersistentVolumeClaim a in namespace b``.
    """
    exceeded = _EXCEEDED.search(message)
    if exceeded:
        requested, used, limited = (_amounts(exceeded[name]) for name in ("requested", "used", "limited"))
        counts = "; ".join(
            f"{name} is {limited.get(name, '?')}, of which {used.get(name, '0')} is used, and it takes {amount}"
            for name, amount in requested.items()
        )
        return quota_exceeded(exceeded["quota"], what, counts)
    demanded = _DEMANDED.search(message)
    if demanded:
        return (
            f"Quota {demanded['quota']} refuses {what}, since it counts what was not given: {demanded['what'].strip()}. Give the containers "
            "these requests and limits under resources (for Triton in triton_values), or let an administrator set defaults by a limit range."
        )
    limits = _LIMITS.findall(message)
    if limits:
        return (
            f"A limit range of the namespace refuses {what}: {'; '.join(dict.fromkeys(limits))}. Ask for what it allows, or let an "
            "administrator change it (kubectl get limitranges)."
        )
    above = _ABOVE_LIMIT.search(message)
    if above:
        return (
            f"The cluster refuses {what}: a container requests {above['request']} of {above['resource']}, but its limit is {above['limit']} "
            "(where none is given, a limit range of the namespace may set it: kubectl get limitranges). Ask for less, or give a higher limit."
        )
    return ""


def quota_exceeded(quota: str, what: str, counts: str) -> str:
    """The sentence about a quota that is used up."""
    return (
        f"Quota {quota} leaves no room for {what}: {counts}. Ask for a larger quota, or for less, or remove something."
    )


def lasting(message: str) -> bool:
    """Whether waiting does not help: room in a quota may become free, but what is not given stays away."""
    return not _EXCEEDED.search(message) and bool(no_room(message, ""))


def _amounts(text: str) -> dict[str, str]:
    return dict(item.split("=", 1) for item in text.split(",") if "=" in item)
