# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that are refused before any SCC is tried, and those that SCC admission does not look at."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Admission, Decision

from .permissive import ANNOTATIONS, GROUPS, MCS, UID_RANGE, container, pod, request, scc, stock

HEAD = 'pods "p" is forbidden: '
REQUIRED = "openshift.io/required-scc"
WITHOUT_TYPES = {"runAsUser": {}, "seLinuxContext": {}, "fsGroup": {}, "supplementalGroups": {}}


def admit(given: dict[str, Any], *more: Any, **fields: Any) -> Decision:
    return Admission([*stock(), *more]).admit(request(given, **fields))


def annotations(**changed: str | None) -> dict[str, str]:
    keys = {"uids": UID_RANGE, "mcs": MCS, "groups": GROUPS}
    result: dict[str, str | None] = {**ANNOTATIONS, **{keys[name]: value for name, value in changed.items()}}
    return {key: value for key, value in result.items() if value is not None}


def refused(found: Decision) -> str:
    assert not found.allowed and found.scc == "" and found.pod is None and found.attempts == ()
    return found.message.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (["privileged"], "privileged"),
        (["restricted", "anyuid", "nonroot-v2"], "anyuid, nonroot-v2, restricted"),
        # These three are not waited for.
        (["restricted-v3", "nested-container", "hostmount-anyuid-v2"], ""),
        (["restricted-v3", "hostmount-anyuid"], "hostmount-anyuid"),
    ],
)
@pytest.mark.parametrize("phase", ["admit", "validate"])
def test_missing_sccs(missing: list[str], named: str, phase: str) -> None:
    admission = Admission([one for one in stock() if one.name not in missing])
    found = admission.admit(request(pod())) if phase == "admit" else admission.validate(request(pod()))
    if named:
        assert refused(found) == f"securitycontextconstraints.security.openshift.io cache is missing {named}"
    else:
        assert "cache is missing" not in found.message


def test_without_any_scc_all_ten_are_missing() -> None:
    assert refused(Admission([]).admit(request(pod()))).endswith(
        "cache is missing anyuid, hostaccess, hostmount-anyuid, hostnetwork, hostnetwork-v2, nonroot, nonroot-v2, "
        "privileged, restricted, restricted-v2"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, 'namespace "ns" not found'),
        ({}, f"unable to find annotation {UID_RANGE}"),
        (annotations(uids=None), f"unable to find annotation {UID_RANGE}"),
        (annotations(mcs=None), f"unable to find annotation {MCS}"),
        (annotations(mcs=None, uids=None), f"unable to find annotation {UID_RANGE}"),
    ],
)
def test_namespaces_that_are_not_ready(given: Any, message: str) -> None:
    assert refused(admit(pod(), annotations=given)) == f'error fetching namespace "ns": {message}'
    # Nor does a pinned SCC that takes nothing from the namespace get round it.
    pinned = pod(annotations={REQUIRED: "privileged"})
    assert refused(admit(pinned, annotations=given)) == f'error fetching namespace "ns": {message}'


def test_values_are_not_checked_where_no_candidate_needs_them() -> None:
    pinned = pod(annotations={REQUIRED: "privileged"})
    assert admit(pinned, annotations=annotations(uids="", mcs="", groups="")).scc == "privileged"
    assert admit(pinned, annotations=annotations(uids="x", groups=None)).scc == "privileged"


def why(what: str, name: str, error: str) -> str:
    return (
        f"unable to find pre-allocated {what} annotation for namespace ns while trying to configure SCC {name}: {error}"
    )


def test_one_broken_value_refuses_every_pod_for_each_scc_that_needs_it() -> None:
    names = ("restricted-v2", "restricted", "hostnetwork-v2", "hostnetwork", "hostaccess")
    expected = ", ".join(why("uid", name, "expected integer") for name in names)
    assert refused(admit(pod(), annotations=annotations(uids="x"))) == f"[{expected}]"
    # Each SCC with the first thing that is wrong with it; those with IDs of their own still need the label.
    message = refused(admit(pod(), annotations=annotations(uids="5", mcs="")))
    empty = f"found annotation {MCS} but it was empty"
    assert (
        message
        == "["
        + ", ".join(
            why("mcs", name, empty) if name not in names else why("uid", name, "unexpected EOF")
            for name in (
                *(
                    "anyuid",
                    "restricted-v2",
                    "restricted-v3",
                    "restricted",
                    "nested-container",
                    "nonroot-v2",
                    "nonroot",
                ),
                *("hostmount-anyuid", "hostnetwork-v2", "hostnetwork", "hostaccess"),
            )
        )
        + "]"
    )


def test_a_pinned_scc_gets_round_the_others() -> None:
    pinned = pod(annotations={REQUIRED: "nonroot-v2"})
    assert admit(pinned, annotations=annotations(uids="x", groups="")).scc == "nonroot-v2"
    # ... and refuses alone, without brackets.
    assert refused(admit(pinned, annotations=annotations(mcs=""))) == why(
        "mcs", "nonroot-v2", f"found annotation {MCS} but it was empty"
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 5}}, "MustRunAsRange requires a UIDRangeMax"),
        ({"runAsUser": {"type": "MustRunAs"}}, "MustRunAs requires a UID"),
        # The first strategy that cannot be made, in the order user, SELinux, fsGroup, supplemental groups.
        (WITHOUT_TYPES, "Unrecognized RunAsUser strategy type "),
        ({**WITHOUT_TYPES, "runAsUser": {"type": "RunAsAny"}}, "Unrecognized SELinuxContext strategy type "),
        ({"fsGroup": {"type": "x"}, "supplementalGroups": {"type": "y"}}, "Unrecognized FSGroup strategy type x"),
        ({"supplementalGroups": {"type": "y"}}, "Unrecognized SupplementalGroups strategy type y"),
    ],
)
@pytest.mark.parametrize("usable", ["*", ["restricted-v2"], []])
def test_one_malformed_scc_refuses_every_pod_whoever_may_use_it(
    fields: dict[str, Any], message: str, usable: Any
) -> None:
    found = admit(pod(), scc("broken", **fields), usable=usable)
    assert refused(found) == f"error creating provider for SCC broken in namespace ns: {message}"
    pinned = pod(annotations={REQUIRED: "privileged"})
    assert admit(pinned, scc("broken", **fields)).scc == "privileged"


def test_an_scc_that_is_required_and_unknown() -> None:
    message = (
        'failed to retrieve the required SCC "gone": securitycontextconstraints.security.openshift.io "gone" not found'
    )
    assert refused(admit(pod(annotations={REQUIRED: "gone"}))) == message
    # It is told before the namespace is looked at.
    assert refused(admit(pod(annotations={REQUIRED: "gone"}), annotations=None)) == message


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (pod(os={"name": "windows"}), {}),
        *((pod(), {"subresource": name}) for name in ("exec", "attach", "binding", "eviction")),
        *((pod(), {"subresource": name}) for name in ("log", "portforward", "proxy", "status")),
    ],
)
def test_requests_that_admission_does_not_look_at(given: dict[str, Any], fields: dict[str, Any]) -> None:
    """Not even where every pod is refused."""
    admission = Admission([])
    for found in (admission.admit(request(given, **fields)), admission.validate(request(given, **fields))):
        assert (found.allowed, found.scc, found.subject, found.message) == (True, "", "", "")
        assert found.pod is given


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (pod(container(privileged=True), os={"name": "linux"}), {}),
        (pod(container(privileged=True), os={"name": "Windows"}), {}),
        (pod(container(privileged=True)), {"subresource": "resize"}),
        (pod(container(privileged=True)), {"subresource": "ephemeralcontainers"}),
    ],
)
def test_all_others_it_looks_at(given: dict[str, Any], fields: dict[str, Any]) -> None:
    assert not admit(given, usable=["restricted-v2"], **fields).allowed
