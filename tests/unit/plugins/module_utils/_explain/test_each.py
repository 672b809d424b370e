# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pod under each SCC by itself: a row for each, in OpenShift's order, whoever may use it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._explain.each import each
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Admission

from .._scc.permissive import ANNOTATIONS, FIRST, MCS, container, pod, request, scc, stock

ORDER = [
    *("anyuid", "restricted-v2", "restricted-v3", "restricted", "nested-container", "nonroot-v2", "nonroot"),
    *("hostmount-anyuid", "hostmount-anyuid-v2", "hostnetwork-v2", "hostnetwork", "hostaccess", "privileged"),
]


def rows(given: dict[str, Any], *more: Any, base: str = "", **fields: Any) -> dict[str, dict[str, Any]]:
    listed = each(Admission([*stock(), *more]), request(given, [], **fields), base)
    return {row["scc"]: row for row in listed}


def admitting(given: dict[str, Any]) -> set[str]:
    return {name for name, row in rows(given).items() if row["admits"]}


def test_all_of_them_in_the_order_in_which_they_are_tried() -> None:
    assert list(rows(pod())) == ORDER
    # Priority counts here as it does there.
    assert list(rows(pod(), scc("mine", priority=20), scc("late", allowPrivilegedContainer=True, priority=-1))) == [
        "mine",
        *ORDER,
        "late",
    ]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (pod(), set(ORDER) - {"restricted-v3", "nested-container"}),
        (pod(hostUsers=False), set(ORDER)),
        (
            pod(securityContext={"runAsUser": 1000}),
            {"anyuid", "nonroot-v2", "nonroot", "hostmount-anyuid", "hostmount-anyuid-v2", "privileged"},
        ),
        (
            pod(volumes=[{"name": "v", "nfs": {"server": "s", "path": "/"}}]),
            {"hostmount-anyuid", "hostmount-anyuid-v2", "privileged"},
        ),
        (
            pod(volumes=[{"name": "v", "hostPath": {"path": "/"}}]),
            {"hostmount-anyuid", "hostmount-anyuid-v2", "hostaccess", "privileged"},
        ),
        (pod(hostNetwork=True), {"hostnetwork-v2", "hostnetwork", "hostaccess", "privileged"}),
        (pod(hostPID=True), {"hostaccess", "privileged"}),
        (pod(container(privileged=True)), {"privileged"}),
        (
            pod(container(seccompProfile={"type": "RuntimeDefault"})),
            {"restricted-v2", "nonroot-v2", "hostnetwork-v2", "privileged"},
        ),
    ],
)
def test_which_would_admit(given: dict[str, Any], names: set[str]) -> None:
    assert admitting(given) == names
    assert all(row["admits"] is not bool(row["refused"]) for row in rows(given).values())


def test_what_is_refused_is_told_at_its_place_in_the_manifest() -> None:
    given = pod(
        container("server", runAsUser=5),
        securityContext={"fsGroup": 6},
        volumes=[{"name": "models", "nfs": {"server": "s", "path": "/"}}],
    )
    assert rows(given, base="spec.template.")["restricted-v2"]["refused"] == [
        {"where": "spec.template.spec.securityContext.fsGroup", "value": [6], "why": "6 is not an allowed group"},
        {
            "where": "spec.template.spec.volumes[0] (models)",
            "value": "nfs",
            "why": "nfs volumes are not allowed to be used",
        },
        {
            "where": "spec.template.spec.containers[0] (server).securityContext.runAsUser",
            "value": 5,
            "why": f"must be in the ranges: [{FIRST}, {FIRST + 9999}]",
        },
    ]
    assert rows(given)["restricted-v2"]["refused"][0]["where"] == "spec.securityContext.fsGroup"


def test_what_is_refused_several_times_is_told_once() -> None:
    """A host namespace for the pod and for each container, a host port for each of them."""
    given = pod(container("a", ports=[{"hostPort": 80}]), container("b"), hostPID=True)
    refused = rows(given)["restricted-v2"]["refused"]
    assert [(one["where"], one["value"]) for one in refused] == [
        ("spec.hostPID", True),
        ("spec.containers[0] (a).ports[*].hostPort", 80),
    ]


def test_what_it_grants_is_told_with_it() -> None:
    found = rows(pod())
    assert found["restricted-v2"]["privileges"] == ["supplemental groups outside the namespace's"]
    assert found["privileged"]["privileges"][0] == "privileged containers"


def test_an_scc_that_cannot_be_resolved_admits_nothing_and_says_why() -> None:
    broken = scc("broken", runAsUser={"type": "MustRunAs"})
    assert rows(pod(), broken)["broken"]["refused"] == [{"where": "", "value": None, "why": "MustRunAs requires a UID"}]
    found = rows(pod(), annotations={**ANNOTATIONS, MCS: ""})
    assert found["privileged"]["admits"]
    assert found["restricted-v2"]["refused"][0]["why"].startswith(
        "unable to find pre-allocated mcs annotation for namespace ns while trying to configure SCC restricted-v2: "
    )


def test_a_pinned_scc_hides_none_of_the_others() -> None:
    assert admitting(pod(annotations={"openshift.io/required-scc": "gone"})) == admitting(pod())
