# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phase after all mutation: nothing may change any more, and the list of errors is written in another way."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Admission, Decision

from .permissive import FIRST, LAST, container, pod, request, scc, stock

HEAD = 'pods "p" is forbidden: '
LISTING = HEAD + "unable to validate against any security context constraint: "
REQUIRED = "openshift.io/required-scc"
SCC = "openshift.io/scc"
RESOURCE = "securitycontextconstraints.security.openshift.io"
EVERYONE = ("restricted-v2", "restricted-v3")
ORDER = (
    *("anyuid", "restricted-v2", "restricted-v3", "restricted", "nested-container", "nonroot-v2", "nonroot"),
    *("hostmount-anyuid", "hostmount-anyuid-v2", "hostnetwork-v2", "hostnetwork", "hostaccess", "privileged"),
)
NO_RESTRICTED = (
    "no access to scc/restricted: Forbidden: the pod fails to validate against the `restricted-v2` security context "
    "constraint, but would validate successfully against the `restricted` security context constraint"
)


def validate(given: dict[str, Any], usable: Any = EVERYONE, **fields: Any) -> Decision:
    return Admission(stock()).validate(request(given, usable, **fields))


def annotated(given: dict[str, Any], **changed: str) -> dict[str, Any]:
    keys = {"required": REQUIRED, "scc": SCC}
    annotations = given["metadata"].get("annotations", {}) | {keys[key]: value for key, value in changed.items()}
    return {**given, "metadata": {**given["metadata"], "annotations": annotations}}


def unusable(*names: str) -> list[str]:
    return [f'provider "{name}": Forbidden: not usable by user or serviceaccount' for name in names]


PLAIN: dict[str, Any] = deepcopy(dict(Admission(stock()).admit(request(pod(), EVERYONE)).pod or {}))


def test_what_the_first_phase_has_admitted_passes() -> None:
    found = validate(PLAIN)
    assert (found.allowed, found.scc, found.pod) == (True, "restricted-v2", PLAIN)


def test_the_scc_of_the_annotation_is_tried_first() -> None:
    both = ["restricted-v2", "nonroot-v2"]
    assert validate(annotated(PLAIN, scc="nonroot-v2"), both).scc == "nonroot-v2"
    assert validate(annotated(PLAIN, scc="restricted-v2"), both).scc == "restricted-v2"
    # It does not have to be that one.
    assert validate(annotated(PLAIN, scc="gone"), both).scc == "restricted-v2"
    assert validate(annotated(PLAIN, scc="nonroot-v2"), ["restricted-v2"]).scc == "restricted-v2"


def test_a_change_is_none_of_the_errors() -> None:
    """An SCC that would have to fill something in refuses without a word; a list of none is empty brackets."""
    found = validate(annotated(pod(), required="restricted-v2", scc="restricted-v2"))
    assert (found.allowed, found.message) == (False, LISTING + "[]")
    assert [(attempt.scc, attempt.problems) for attempt in found.attempts] == [("restricted-v2", ())]
    # Restricted would have to change the pod too, but refuses nothing; so the hint at it is given.
    listed = [*unusable("anyuid"), *unusable(*ORDER[3:]), NO_RESTRICTED]
    assert validate(pod(hostUsers=False)).message == f"{LISTING}[{' '.join(listed)}]"


def test_errors_are_separated_by_blanks_and_duplicates_kept() -> None:
    twice = container("a", ports=[{"containerPort": 1, "hostPort": 80}, {"containerPort": 2, "hostPort": 80}])
    given = annotated(pod(twice, hostUsers=False), required="restricted-v2", scc="restricted-v2")
    item = (
        "provider restricted-v2: .containers[0].containers[0].hostPort: Invalid value: 80: "
        "Host ports are not allowed to be used"
    )
    assert validate(given).message == f"{LISTING}[{item} {item}]"


def test_one_error_has_its_brackets() -> None:
    given = annotated(pod(), required="anyuid", scc="anyuid")
    assert validate(given).message == f"{LISTING}[{unusable('anyuid')[0]}]"


def test_the_hinted_scc_is_first_in_the_list() -> None:
    given = annotated(pod(container(runAsUser=0), hostUsers=False), scc="nonroot-v2")
    root = "Invalid value: 0: "
    listed = [
        f"provider nonroot-v2: .containers[0].runAsUser: {root}running with the root UID is forbidden",
        *unusable("anyuid"),
        f"provider restricted-v2: .containers[0].runAsUser: {root}must be in the ranges: [{FIRST}, {LAST}]",
        *unusable("restricted-v3", "restricted", "nested-container", *ORDER[6:]),
    ]
    assert validate(given, ["nonroot-v2", "restricted-v2"]).message == f"{LISTING}[{' '.join(listed)}]"


def test_a_hint_among_more_than_twenty_sccs_leaves_the_others_in_order() -> None:
    more = [scc(f"x{place:02}", priority=5) for place in range(25)]
    admission = Admission([*stock(), *more])
    given = annotated(pod(), scc="x23")
    found = admission.validate(request(given, []))
    names = [attempt.scc for attempt in found.attempts]
    assert names == ["x23", "anyuid", *(f"x{place:02}" for place in range(25) if place != 23), *ORDER[1:]]
    assert found.message.startswith(f"{LISTING}[{unusable('x23')[0]} {unusable('anyuid')[0]} ")


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        ({"required": "nonroot-v2"}, "required scc/nonroot-v2 does not match the suggested scc/"),
        (
            {"required": "nonroot-v2", "scc": "restricted-v2"},
            "required scc/nonroot-v2 does not match the suggested scc/restricted-v2",
        ),
        # Compared before it is looked for.
        ({"required": "gone"}, "required scc/gone does not match the suggested scc/"),
        (
            {"required": "gone", "scc": "gone"},
            f'failed to retrieve the required SCC "gone": {RESOURCE} "gone" not found',
        ),
    ],
)
def test_a_required_scc_must_be_the_one_that_admitted(annotations: dict[str, str], message: str) -> None:
    found = validate(annotated(pod(), **annotations), "*")
    assert (found.allowed, found.message) == (False, HEAD + message)


@pytest.mark.parametrize("subresource", ["", "ephemeralcontainers"])
def test_ephemeral_containers_may_not_be_changed_either(subresource: str) -> None:
    new = {**PLAIN, "spec": {**PLAIN["spec"], "ephemeralContainers": [container("debug")]}}
    fields = {"operation": "UPDATE", "old_pod": PLAIN, "subresource": subresource}
    assert not validate(new, ["restricted-v2"], **fields).allowed


def test_a_later_webhooks_change_is_found() -> None:
    changed = deepcopy(PLAIN)
    changed["spec"]["containers"][0]["securityContext"]["privileged"] = True
    found = validate(changed)
    assert f"{LISTING}[provider restricted-v2: .containers[0].privileged: Invalid value: true: " in found.message
    # Another SCC that may be used, and that needs no change, lets it pass.
    assert validate(changed, "*").scc == "privileged"
