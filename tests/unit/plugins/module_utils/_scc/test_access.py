# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use an SCC: the service account is asked first, then the requester; lists of the SCC or the authorizer."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.access import (
    Either,
    Grants,
    Rights,
    Subject,
    service_account,
)

from .permissive import ALICE, scc

ACCOUNT = service_account("ns", "sa")
NAME = "system:serviceaccount:ns:sa"
NOBODY = Grants([])


def test_a_service_account_is_not_authenticated_here() -> None:
    assert ACCOUNT.name == NAME
    assert ACCOUNT.groups == ("system:serviceaccounts", "system:serviceaccounts:ns")


@pytest.mark.parametrize(
    ("usable", "subject", "granted"),
    [
        # For everyone.
        ("*", Subject("x"), None),
        (["a", "b"], Subject("x"), {"a", "b"}),
        ([], Subject("x"), set()),
        (None, Subject("x"), set()),
        ({}, Subject("x"), set()),
        ({"*": ["a"]}, Subject("x"), {"a"}),
        # By name and by group; what matches adds up.
        ({"x": ["a"]}, Subject("x"), {"a"}),
        ({"x": ["a"]}, Subject("y"), set()),
        ({"group:g": ["a"]}, Subject("x", ("g",)), {"a"}),
        ({"group:g": ["a"]}, Subject("x", ("h",)), set()),
        ({"g": ["a"]}, Subject("x", ("g",)), set()),
        ({"group:x": ["a"]}, Subject("x"), set()),
        ({"x": ["a"], "group:g": ["b"], "group:h": ["c"], "*": ["d"]}, Subject("x", ("g",)), {"a", "b", "d"}),
        # All of them, whatever else.
        ({"x": ["a"], "group:g": "*"}, Subject("x", ("g",)), None),
        ({"x": ["a"], "group:g": "*"}, Subject("x"), {"a"}),
        # Of a group of that name it says nothing.
        ({"group:*": ["a"]}, Subject("x", ("g",)), set()),
        ({NAME: ["a"]}, ACCOUNT, {"a"}),
        ({"group:system:authenticated": ["a"]}, ACCOUNT, set()),
        ({"group:system:serviceaccounts:ns": ["a"]}, ACCOUNT, {"a"}),
        ({"group:system:serviceaccounts:other": ["a"]}, ACCOUNT, set()),
    ],
)
def test_what_the_authorizer_grants(usable: Any, subject: Subject, granted: set[str] | None) -> None:
    assert Grants(usable).granted(subject) == granted


@pytest.mark.parametrize(
    ("usable", "message"),
    [
        ("restricted", "usable of * is 'restricted'"),
        (5, "usable of * is '5'"),
        ([1], "usable of * is '[1]'"),
        ({"alice": "x"}, "usable of alice is 'x'"),
        ({"group:g": [None]}, "usable of group:g is '[None]'"),
        ({"alice": True}, "usable of alice is 'True'"),
        ({"alice": {"a": "b"}}, "usable of alice is "),
        ({"alice": None}, "usable of alice is 'None'"),
    ],
)
def test_anything_else_is_refused_by_name(usable: Any, message: str) -> None:
    with pytest.raises(TritonError) as caught:
        Grants(usable)
    assert caught.value.message.startswith(message)
    assert caught.value.message.endswith('it must be "*" or a list of names of SCCs.')


@pytest.mark.parametrize(
    ("one", "other", "granted"),
    [
        (["a"], ["b"], {"a", "b"}),
        ([], ["b"], {"b"}),
        ([], [], set()),
        ("*", [], None),
        (["a"], "*", None),
    ],
)
def test_of_two_authorizers_one_is_enough(one: Any, other: Any, granted: set[str] | None) -> None:
    assert Either(Grants(one), Grants(other)).granted(ALICE) == granted


@pytest.mark.parametrize(
    ("fields", "usable", "kind"),
    [
        # Nobody.
        ({}, [], ""),
        ({}, ["other"], ""),
        ({"users": ["bob", "sa"], "groups": ["alice", "sa"]}, [], ""),
        # The service account alone, by each of the three ways.
        ({"users": [NAME]}, [], "serviceaccount"),
        ({"groups": ["system:serviceaccounts"]}, [], "serviceaccount"),
        ({"groups": ["x", "system:serviceaccounts:ns"]}, [], "serviceaccount"),
        ({}, {NAME: ["s"]}, "serviceaccount"),
        ({}, {"group:system:serviceaccounts": "*"}, "serviceaccount"),
        # The requester alone.
        ({"users": ["alice"]}, [], "user"),
        ({"groups": ["system:authenticated"]}, [], "user"),
        ({}, {"alice": ["s"]}, "user"),
        ({}, {"group:system:authenticated": ["s"]}, "user"),
        # Both: the service account is asked first.
        ({}, ["s"], "serviceaccount"),
        ({}, "*", "serviceaccount"),
        ({"users": ["alice", NAME]}, [], "serviceaccount"),
        ({"users": ["alice"]}, {NAME: ["s"]}, "serviceaccount"),
        # Names and groups are not mixed up, and a wildcard in the lists is none.
        ({"users": ["system:authenticated"]}, [], ""),
        ({"groups": ["alice", NAME]}, [], ""),
        ({"users": ["*"], "groups": ["*"]}, [], ""),
        # Accounts of other namespaces.
        ({"users": ["system:serviceaccount:other:sa"], "groups": ["system:serviceaccounts:other"]}, [], ""),
    ],
)
def test_by_whom_an_scc_may_be_used(fields: dict[str, Any], usable: Any, kind: str) -> None:
    assert Rights(ACCOUNT, ALICE, Grants(usable)).subject(scc(**fields)) == kind


def test_a_pod_without_service_account_has_its_requester_only() -> None:
    rights = Rights(None, ALICE, Grants({NAME: ["s"], "alice": ["t"]}))
    assert (rights.subject(scc("s")), rights.subject(scc("t"))) == ("", "user")


def test_a_service_account_as_requester_brings_its_own_groups() -> None:
    """As the controllers of workloads do, whose requests do carry system:authenticated."""
    controller = Subject("system:serviceaccount:kube-system:replicaset-controller", ("system:authenticated",))
    rights = Rights(ACCOUNT, controller, Grants({"group:system:authenticated": ["s"]}))
    assert rights.subject(scc("s")) == "user"


def test_nameless_requesters_are_in_no_list() -> None:
    assert Rights(None, Subject(""), NOBODY).subject(scc(users=["alice"], groups=["g"])) == ""
