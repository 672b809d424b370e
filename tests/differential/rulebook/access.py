# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use an SCC."""

from __future__ import annotations

from collections.abc import Iterator

from . import rule
from .view import View


def _groups_of_account(namespace: str) -> set[str]:
    return {"system:serviceaccounts", f"system:serviceaccounts:{namespace}"}


def _account(v: View) -> tuple[str, str]:
    return (v.case.get("namespace") or v.pod)["metadata"].get("name", ""), v.spec.get(
        "serviceAccountName"
    ) or v.spec.get("serviceAccount") or ""


@rule(
    "account",
    "The service account may use the SCC by name, by group or by the authorizer.",
    "users",
    "groups",
    "authorizer",
)
def _by_account(v: View) -> Iterator[str]:
    if v.answer.get("subjectType") == "serviceaccount":
        namespace, account = _account(v)
        if f"system:serviceaccount:{namespace}:{account}" in (v.scc.get("users") or ()):
            yield "users"
        elif _groups_of_account(namespace) & set(v.scc.get("groups") or ()):
            yield "groups"
        else:
            yield "authorizer"


@rule(
    "requester",
    "The requester may use the SCC by name, by group or by the authorizer.",
    "users",
    "groups",
    "authorizer",
)
def _by_requester(v: View) -> Iterator[str]:
    if v.answer.get("subjectType") == "user":
        user = v.case["user"]
        if user["name"] in (v.scc.get("users") or ()):
            yield "users"
        elif set(user.get("groups") or ()) & set(v.scc.get("groups") or ()):
            yield "groups"
        else:
            yield "authorizer"


def _granted(v: View, group: str) -> bool:
    usable = v.case.get("usable")
    names = usable.get(f"group:{group}") if isinstance(usable, dict) else None
    return names == "*" or v.chosen in (names or ())


@rule(
    "not-authenticated",
    "The service account is not in system:authenticated; the requester may be.",
    "through the requester",
)
def _not_authenticated(v: View) -> Iterator[str]:
    if v.answer.get("subjectType") == "user" and _account(v)[1] and _granted(v, "system:authenticated"):
        yield "through the requester"


@rule("no-account", "Without a service account only the requester is asked.", "admitted", "refused")
def _no_account(v: View) -> Iterator[str]:
    if not _account(v)[1] and v.tested:
        yield "admitted" if v.allowed else "refused"


@rule("old-account", "The old field serviceAccount counts where serviceAccountName is empty.", "admitted by it")
def _old_account(v: View) -> Iterator[str]:
    if v.answer.get("subjectType") == "serviceaccount" and not v.spec.get("serviceAccountName"):
        yield "admitted by it"


@rule("not-usable", "An SCC that neither may use is listed as such.", "in Admit", "in Validate")
def _not_usable(v: View) -> Iterator[str]:
    if v.has("Forbidden: not usable by user or serviceaccount"):
        yield "in Validate" if v.validate else "in Admit"
