# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems as items of OpenShift's message, and the message about all of them."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.problem import (
    FORBIDDEN,
    INVALID,
    Problem,
    aggregate,
    forbidden,
    go_list,
    unusable,
)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (unusable("anyuid"), 'provider "anyuid": Forbidden: not usable by user or serviceaccount'),
        (
            Problem("s", ".spec.securityContext.fsGroup", INVALID, [5], "5 is not an allowed group"),
            "provider s: .spec.securityContext.fsGroup: Invalid value: [5]: 5 is not an allowed group",
        ),
        (
            Problem("s", ".spec.securityContext.hostUsers", INVALID, None, "Host Users must be set to false"),
            "provider s: .spec.securityContext.hostUsers: Invalid value: null: Host Users must be set to false",
        ),
        (
            Problem("s", ".containers[0].seLinuxOptions.role", INVALID, "", "must be "),
            'provider s: .containers[0].seLinuxOptions.role: Invalid value: "": must be ',
        ),
        # Paths of their own carry no SCC; Forbidden carries no value.
        (
            Problem("s", "spec.volumes[0]", INVALID, "nfs", "nfs volumes are not allowed to be used"),
            'spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used',
        ),
        (
            Problem("s", "pod.spec.securityContext.sysctls[0]", FORBIDDEN, "a", 'unsafe sysctl "a" is not allowed'),
            'pod.spec.securityContext.sysctls[0]: Forbidden: unsafe sysctl "a" is not allowed',
        ),
        (
            Problem("s", "pod.metadata.annotations[a/b]", FORBIDDEN, "x", "seccomp may not be set"),
            "pod.metadata.annotations[a/b]: Forbidden: seccomp may not be set",
        ),
    ],
)
def test_items(problem: Problem, text: str) -> None:
    assert str(problem) == text


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], "<nil>"),
        (["a"], "a"),
        (["a", "b"], "[a, b]"),
        # Duplicates are dropped, each at its first place; then one item is one.
        (["b", "a", "b", "a", "c"], "[b, a, c]"),
        (["a", "a"], "a"),
        # An item is not looked into.
        (["[a, b]", "c"], "[[a, b], c]"),
        (["a", "a "], "[a, a ]"),
    ],
)
def test_aggregate(items: list[str], text: str) -> None:
    assert aggregate(items) == text
    assert aggregate(iter(items)) == text


@pytest.mark.parametrize(
    ("items", "text"), [([], "[]"), (["a"], "[a]"), (["a", "b"], "[a b]"), (["a", "a"], "[a a]"), ([""], "[]")]
)
def test_lists_of_go_keep_duplicates_and_have_no_commas(items: list[str], text: str) -> None:
    assert go_list(items) == text


def test_the_answer_names_the_pod() -> None:
    assert forbidden('a"', "because") == r'pods "a\"" is forbidden: because'
