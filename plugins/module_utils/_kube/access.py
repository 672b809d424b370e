# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who am I here, and what may I do: asked from the API server before anything is written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .client import ApiError, Client


@dataclass(frozen=True, slots=True)
class Right:
    """One right that a run needs: ``verb`` on ``resource`` (plural, with /subresource) of ``group`` ("" is core).

    ``namespace`` None is cluster-wide; ``name`` "" is any object.
    """

    verb: str
    resource: str
    group: str = ""
    namespace: str | None = None
    name: str = ""

    def words(self, home: str | None) -> str:
        """The right in words; the place is left out where it is the namespace ``home``."""
        what = f"{self.resource}.{self.group}" if self.group else self.resource
        named = f' "{self.name}"' if self.name and self.name != self.namespace else ""
        if self.namespace == home and home is not None:
            return f"{self.verb} {what}{named}"
        where = f'in namespace "{self.namespace}"' if self.namespace is not None else "in the cluster"
        return f"{self.verb} {what}{named} {where}"


@dataclass(frozen=True, slots=True)
class User:
    """The user as the API server sees it."""

    name: str
    groups: tuple[str, ...]


def whoami(client: Client) -> User:
    """Ask for the user's own name (SelfSubjectReview; every authenticated user may).

    :raises TritonError: no answer, or the credentials are not accepted.
    """
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    info = (client.request("POST", path, body=body).get("status") or {}).get("userInfo")
    if not isinstance(info, dict):
        raise client.no_api("POST", path)
    return User(info.get("username", ""), tuple(info.get("groups") or ()))


def allowed(client: Client, right: Right) -> bool:
    """Ask whether the user has this right (SelfSubjectAccessReview).

    :raises TritonError: no answer, or the credentials are not accepted.
    """
    resource, _slash, subresource = right.resource.partition("/")
    attributes: dict[str, Any] = {"verb": right.verb, "group": right.group, "resource": resource, "name": right.name}
    if subresource:
        attributes["subresource"] = subresource
    if right.namespace is not None:
        attributes["namespace"] = right.namespace
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    answer = client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body=body)
    return bool(answer.get("status", {}).get("allowed"))


def missing(client: Client, rights: Iterable[Right]) -> list[Right]:
    """Those of the rights that the user does not have, in the given order.

    One question for each namespace tells most of them (SelfSubjectRulesReview); since an authorizer may leave rules out of that answer,
    what is not in it is asked for by itself.
    """
    wanted = list(rights)
    places = {right.namespace for right in wanted if right.namespace is not None}
    rules = {place: _rules(client, place) for place in places if sum(right.namespace == place for right in wanted) > 1}
    return [
        right
        for right in wanted
        if not any(_covers(rule, right) for rule in rules.get(right.namespace or "", ())) and not allowed(client, right)
    ]


def _rules(client: Client, namespace: str) -> list[Mapping[str, Any]]:
    """What RBAC and the like allow the user in the namespace; nothing where that is not told."""
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    try:
        answer = client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", body=body)
    except ApiError as error:
        if error.status in (403, 404):
            return []
        raise
    return list((answer.get("status") or {}).get("resourceRules") or ())


def _covers(rule: Mapping[str, Any], right: Right) -> bool:
    """Whether a rule allows this, as RBAC reads it (k8s.io/kubernetes/pkg/registry/rbac/validation, RuleAllows)."""
    resources = rule.get("resources") or ()
    subresource = right.resource.partition("/")[2]
    names = rule.get("resourceNames") or ()
    return (
        bool({"*", right.verb} & set(rule.get("verbs") or ()))
        and bool({"*", right.group} & set(rule.get("apiGroups") or ()))
        and ("*" in resources or right.resource in resources or bool(subresource and f"*/{subresource}" in resources))
        and (not names or right.name in names)
    )


def whoami_or_unknown(client: Client) -> User:
    """As whoami(), with a blank user where the cluster has no SelfSubjectReview (before Kubernetes 1.28)."""
    try:
        return whoami(client)
    except ApiError as error:
        if error.status in (403, 404):
            return User("", ())
        raise


def describe(rights: Iterable[Right], home: str | None) -> list[str]:
    """Rights in words, the verbs of one resource together: ``get, create secrets``; ``home`` as for words()."""
    verbs: dict[Right, list[str]] = {}
    for right in rights:
        verbs.setdefault(replace(right, verb=""), []).append(right.verb)
    return [replace(right, verb=", ".join(names)).words(home) for right, names in verbs.items()]


def grant(user: str, namespace: str, rights: Sequence[Right]) -> str:
    """The commands that an administrator runs so that the user gets these rights, as text of one line.

    Rights in the namespace are covered by the ClusterRole edit; what lies outside it is listed as it is.
    """
    quoted = user if user else "USER"
    subject = _subject(quoted)
    inside = [right for right in rights if right.namespace == namespace]
    outside = [right for right in rights if right.namespace != namespace]
    commands = []
    if inside:
        commands.append(
            f"kubectl create rolebinding {_binding(quoted)} --clusterrole=edit {subject} --namespace={shlex.quote(namespace)}"
        )
    for number, right in enumerate(outside):
        what = f"{right.resource}.{right.group}" if right.group else right.resource
        name = f" --resource-name={shlex.quote(right.name)}" if right.name else ""
        role = "triton-deployer-cluster" + (f"-{number + 1}" if len(outside) > 1 else "")
        commands.append(f"kubectl create clusterrole {role} --verb={right.verb} --resource={what}{name}")
        commands.append(f"kubectl create clusterrolebinding {role} --clusterrole={role} {subject}")
    return " && ".join(commands)


def _binding(user: str) -> str:
    """A name of the user's own, since kubectl does not add a subject to a binding that is there."""
    return "triton-deployer-" + re.sub(r"[^A-Za-z0-9.@:_-]", "-", user)


def _subject(user: str) -> str:
    prefix = "system:serviceaccount:"
    if user.startswith(prefix):
        return f"--serviceaccount={shlex.quote(user[len(prefix) :])}"
    return f"--user={shlex.quote(user)}"
