# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module platform_info does."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .._errors import TritonError
from .._kube import access
from .._kube.client import Client, connect, path_of
from .._kube.facts import Unread, api_groups, platform_facts, storage_classes, usable_sccs
from .._platform.detect import detect
from .._platform.gate import Expected, namespace_new, stopped
from .._platform.rights import rights

PROJECT_GROUP = "project.openshift.io"


def run(params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Read the facts, and with a purpose say whether the run may go on; nothing is ever written.

    :raises TritonError: it may not.
    """
    facts = gathered(connect(params), params)
    purpose = params["purpose"]
    if purpose:
        expected = Expected(*(params[f"expected_{what}"] for what in ("server", "user", "ca_sha256")))
        reason = stopped(facts, purpose, expected, params["create_namespace"])
        if reason:
            raise TritonError(reason)
    return facts


def gathered(client: Client, params: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, as the module returns them."""
    user = access.whoami_or_unknown(client)
    groups = api_groups(client)
    unread = Unread()
    facts = platform_facts(client, groups, unread)
    platform = detect(facts)
    namespace = params["namespace"]
    openshift = platform.family == "openshift"
    lacking = _lacking(client, [*params["rights"], *_of_purpose(params)])
    found = {
        "distribution": platform.distribution,
        "family": platform.family,
        "version": platform.version,
        "kubernetes_version": facts.git_version,
        "server": client.server,
        "ca_sha256": client.ca_sha256(),
        "user": asdict(user),
        "api_groups": groups,
        "storage_classes": storage_classes(client, unread),
        "namespace": _namespace(client, namespace, groups, unread) if namespace else None,
        "usable_sccs": usable_sccs(client, namespace, unread) if openshift and namespace and params["sccs"] else None,
        "missing_rights": access.describe(lacking, namespace),
        "grant": access.grant(user.name, namespace or "", lacking) if lacking else "",
        "unread": unread.sentences,
    }
    return {**found, "namespace_new": bool(namespace) and namespace_new(found, params["create_namespace"])}


def _of_purpose(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    purpose = params["purpose"]
    more = [params[name] for name in ("uploads", "probes", "make_scc", "make_volumes")]
    return rights(purpose, params["namespace"], *more) if purpose else []


def _lacking(client: Client, rights: Sequence[Mapping[str, Any]]) -> list[access.Right]:
    wanted = [
        access.Right(verb, right["resource"], right["group"] or "", right["namespace"], right["name"] or "")
        for right in rights
        for verb in right["verbs"]
    ]
    return access.missing(client, wanted)


def _namespace(client: Client, name: str, groups: Container[str], unread: Unread) -> dict[str, Any]:
    """``exists`` is None where the user may not look; ``creatable`` is how the user can make it, "" if not at all."""
    before = len(unread.sentences)
    live = unread.get(client, path_of("v1", "namespaces", name=name), f"Namespace {name}")
    hidden = len(unread.sentences) > before
    metadata = live["metadata"] if live else {}
    return {
        "name": name,
        "exists": None if hidden else live is not None,
        "creatable": "" if live else _creatable(client, groups),
        "annotations": metadata.get("annotations") or {},
        "labels": metadata.get("labels") or {},
        "phase": (live.get("status") or {}).get("phase", "") if live else "",
    }


def _creatable(client: Client, groups: Container[str]) -> str:
    """The kind by which the user can make a namespace; on OpenShift users without that right may request a project."""
    rights = [access.Right(verb, "namespaces") for verb in ("create", "get", "patch")]
    if not access.missing(client, rights):
        return "Namespace"
    if PROJECT_GROUP in groups and access.allowed(client, access.Right("create", "projectrequests", PROJECT_GROUP)):
        return "ProjectRequest"
    return ""
