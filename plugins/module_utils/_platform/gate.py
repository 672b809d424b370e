# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a run may go on, from the facts of the cluster: the first reason why not, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DIGITS = 16


@dataclass(frozen=True, slots=True)
class Expected:
    """What the inventory says of the cluster, "" for anything: URL, user's name, SHA-256 of the CA certificate."""

    server: str = ""
    user: str = ""
    ca_sha256: str = ""


def namespace_new(facts: Mapping[str, Any], create: bool) -> bool:
    """Whether the run is going to make the namespace."""
    namespace = facts["namespace"]
    return bool(create and namespace["exists"] is not True and namespace["creatable"])


def stopped(facts: Mapping[str, Any], purpose: str, expected: Expected, create: bool) -> str | None:
    """Why a run of this purpose cannot go on, None if it can.

    :param facts: the result of the module platform_info, with a namespace.
    :param create: whether a missing namespace is to be made.
    """
    for reason in (_other_cluster(facts, expected), _leaving(facts), _missing(facts, purpose, create)):
        if reason:
            return reason
    # Who requests a project gets the rights in it.
    if namespace_new(facts, create) and facts["namespace"]["creatable"] == "ProjectRequest":
        return None
    return _rights(facts, purpose)


def _other_cluster(facts: Mapping[str, Any], expected: Expected) -> str | None:
    server, ca, user = facts["server"], facts["ca_sha256"], facts["user"]["name"]
    if expected.server in ("", server) and expected.user in ("", user) and expected.ca_sha256 in ("", ca):
        return None
    return (
        f"The credentials lead to {server} (CA {ca[:DIGITS] or 'of the system'}) as {user}, but the inventory expects "
        f"{expected.server or 'any server'} (CA {expected.ca_sha256[:DIGITS] or 'any'}) as {expected.user or 'any user'}; "
        "nothing was written."
    )


def _leaving(facts: Mapping[str, Any]) -> str | None:
    if facts["namespace"]["phase"] != "Terminating":
        return None
    name = facts["namespace"]["name"]
    return f'Namespace "{name}" is being deleted; wait until it is gone, or choose another one. Nothing was written.'


def _missing(facts: Mapping[str, Any], purpose: str, create: bool) -> str | None:
    namespace = facts["namespace"]
    if namespace["exists"] is not False or namespace_new(facts, create):
        return None
    may = f", and user {facts['user']['name']} may not create it" if create else ""
    ask = (
        ", or ask an administrator to run the playbook inferops.triton.prepare for it"
        if purpose in ("deploy", "prepare")
        else ""
    )
    return (
        f'Namespace "{namespace["name"]}" does not exist on {facts["server"]}{may}. Nothing was written. '
        f"Correct the name{ask}."
    )


def _rights(facts: Mapping[str, Any], purpose: str) -> str | None:
    if not facts["missing_rights"]:
        return None
    namespace = facts["namespace"]
    if purpose == "prepare":
        way_out = "Let an administrator run this playbook, once."
    else:
        first = "" if namespace["exists"] is True else ", after creating the namespace if it is not there"
        way_out = f"Ask an administrator to run this{first}: {facts['grant']}"
    return (
        f'User {facts["user"]["name"]} lacks rights for namespace "{namespace["name"]}": '
        f"{'; '.join(facts['missing_rights'])}. Nothing was written. {way_out}"
    )
