# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.message import (
    Violation,
    is_admission,
    parse,
    split_items,
)

from . import refusals

FS_GROUP = Violation("restricted-v2", "spec.securityContext.fsGroup", "1000", "1000 is not an allowed group")
NFS = Violation("", "spec.volumes[0]", "nfs", "nfs volumes are not allowed to be used")
USER = Violation("restricted-v2", "containers[0].runAsUser", "1000", "must be in the ranges: [1000040000, 1000049999]")
HOST_USERS = Violation("restricted-v3", "spec.securityContext.hostUsers", "null", "Host Users must be set to false")
UNUSABLE = ("anyuid", *refusals.OTHERS)


def violations(text: str) -> list[Violation]:
    return list(parse(text).violations)


def test_official_chart() -> None:
    refusal = parse(refusals.OFFICIAL_CHART)
    assert refusal.violations == (FS_GROUP, NFS, USER, HOST_USERS)
    assert refusal.unusable == UNUSABLE
    assert refusal.text == refusals.OFFICIAL_CHART


def test_prefix_of_an_event_does_not_matter() -> None:
    assert parse("Error creating: " + refusals.OFFICIAL_CHART).violations == (FS_GROUP, NFS, USER, HOST_USERS)


def test_pinned_scc_alone() -> None:
    refusal = parse(refusals.PINNED)
    assert (refusal.violations, refusal.unusable) == ((FS_GROUP, NFS, USER), ())


def test_single_item_has_no_brackets_but_may_end_in_one() -> None:
    assert violations(refusals.SINGLE) == [USER]


def test_capabilities() -> None:
    found = [(violation.path, violation.value) for violation in violations(refusals.CAPABILITIES)]
    assert found == [
        ("containers[0].privileged", "true"),
        ("containers[0].capabilities.add", "NET_ADMIN"),
        ("containers[0].capabilities.add", "SYS_PTRACE"),
        ("containers[0].allowPrivilegeEscalation", "true"),
        ("spec.securityContext.hostUsers", "null"),
    ]


def test_commas_and_colons_inside_an_item() -> None:
    pod, container, _host_users = violations(refusals.SECCOMP)
    assert pod.path == "pod.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]"
    assert container == Violation(
        "",
        "pod.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/triton]",
        "",
        "localhost/a, b: c is not an allowed seccomp profile. Valid values are [runtime/default]",
    )


def test_sysctl() -> None:
    assert violations(refusals.SYSCTL)[0] == Violation(
        "", "pod.spec.securityContext.sysctls[0]", "", 'unsafe sysctl "kernel.msgmax" is not allowed'
    )


def test_selinux_level_holds_a_colon_and_a_comma() -> None:
    level, role, container, _host_users = violations(refusals.SELINUX)
    assert (level.path, level.value, level.reason) == (
        "spec.securityContext.seLinuxOptions.level",
        "s0:c1,c2",
        "must be s0:c6,c5",
    )
    assert (role.value, role.reason) == ("r", "must be empty")
    assert container.path == "containers[0].seLinuxOptions.level"


def test_a_list_of_several_groups_stays_a_list() -> None:
    assert [(violation.value, violation.reason) for violation in violations(refusals.GROUPS)] == [
        ("5", "must be in the ranges: [1000040000, 1000049999]"),
        ("[0,5]", "0 is not an allowed group"),
        ("[0,5]", "5 is not an allowed group"),
    ]


def test_values_in_the_syntax_of_go() -> None:
    assert [(violation.path, violation.value) for violation in violations(refusals.GO_SYNTAX)] == [
        ("spec.securityContext.fsGroup", "1000"),
        ("spec.securityContext.hostUsers", "null"),
    ]


def test_no_scc_may_be_used() -> None:
    refusal = parse(refusals.PINNED_TO_AN_UNUSABLE_SCC)
    assert (refusal.violations, refusal.unusable) == ((), ("privileged",))


def test_phase_after_mutation_separates_by_blanks() -> None:
    refusal = parse(refusals.AFTER_MUTATION)
    assert (refusal.violations, refusal.unusable) == ((USER, NFS), ("anyuid",))


def test_hint_at_the_old_scc_is_no_violation() -> None:
    hint = (
        "no access to scc/restricted: Forbidden: the pod fails to validate against the `restricted-v2` security context constraint, "
        "but would validate successfully against the `restricted` security context constraint"
    )
    assert violations(refusals.by_default_sccs(refusals.HOST_USERS, hint)) == [HOST_USERS]


def test_an_item_that_is_not_understood_is_kept() -> None:
    text = refusals.refused("something new", "provider restricted-v2: .containers[0].x: Invalid value: 1: bad")
    assert violations(text) == [
        Violation("", "", "", "something new"),
        Violation("restricted-v2", "containers[0].x", "1", "bad"),
    ]


@pytest.mark.parametrize("listing", ["[]", "<nil>", ""])
def test_an_empty_list_is_no_traceback(listing: str) -> None:
    refusal = parse(f'pods "x" is forbidden: unable to validate against any security context constraint: {listing}')
    assert refusal.unusable == ()


def test_cause_before_any_scc_is_tried_is_given_once_of_a_kind() -> None:
    uid, mcs = (violation.reason for violation in violations(refusals.BROKEN_NAMESPACE))
    assert uid.startswith("unable to find pre-allocated uid annotation for namespace triton")
    assert uid.endswith("while trying to configure SCC restricted-v2: expected integer")
    assert mcs.endswith("SCC anyuid: found annotation openshift.io/sa.scc.mcs but it was empty")


def test_pinned_scc_that_is_not_there() -> None:
    (violation,) = violations(refusals.NO_SUCH_SCC)
    assert violation.reason.startswith('failed to retrieve the required SCC "nosuch"')
    assert (violation.policy, violation.path) == ("", "")


def test_pod_security() -> None:
    found = [(violation.path, violation.value) for violation in violations(refusals.POD_SECURITY)]
    assert found == [
        ("securityContext.allowPrivilegeEscalation", ""),
        ("securityContext.capabilities.drop", ""),
        ("volumes", "nfs"),
        ("pod.spec.securityContext.runAsNonRoot", ""),
        ("pod.spec.securityContext.runAsUser", ""),
        ("pod.spec.securityContext.seccompProfile.type", ""),
    ]
    assert {violation.policy for violation in violations(refusals.POD_SECURITY)} == {"PodSecurity restricted:latest"}


def test_pod_security_reason_names_the_containers() -> None:
    assert violations(refusals.POD_SECURITY)[0].reason == (
        'containers "fetch", "triton" must set securityContext.allowPrivilegeEscalation=false'
    )


def test_pod_security_commas_in_parentheses_end_nothing() -> None:
    assert [violation.reason for violation in violations(refusals.BASELINE)] == [
        "kernel.msgmax, net.core.somaxconn",
        "hostNetwork=true, hostPID=true",
    ]
    assert [violation.path for violation in violations(refusals.BASELINE)] == [
        "pod.spec.securityContext.sysctls",
        "hostNetwork",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "OFFICIAL_CHART",
        "SINGLE",
        "PINNED_TO_AN_UNUSABLE_SCC",
        "AFTER_MUTATION",
        "NO_SUCH_SCC",
        "BROKEN_NAMESPACE",
        "POD_SECURITY",
        "BASELINE",
    ],
)
def test_refusals_by_admission(name: str) -> None:
    assert is_admission(getattr(refusals, name))


@pytest.mark.parametrize("name", ["QUOTA", "WEBHOOK", "SERVICE_ACCOUNT"])
def test_other_refusals_are_kept_whole(name: str) -> None:
    text = getattr(refusals, name)
    assert not is_admission(text)
    assert violations(text) == [Violation("", "", "", text)]


def test_an_empty_text_is_no_refusal() -> None:
    assert not is_admission("")


@pytest.mark.parametrize(
    "path, field",
    [
        ("containers[0].runAsUser", "runAsUser"),
        ("spec.volumes[0]", "volumes"),
        ("containers[0].capabilities.add", "add"),
        ("pod.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]", "annotations"),
        ("pod.spec.securityContext.sysctls[0]", "sysctls"),
        ("", ""),
    ],
)
def test_field_is_the_last_part_of_the_path(path: str, field: str) -> None:
    assert Violation("", path, "", "").field == field


def test_split_keeps_an_item_together() -> None:
    listing = "provider a: .spec.x: Invalid value: [1, 2]: one, two, spec.volumes[0]: Forbidden: no, never"
    assert list(split_items(listing)) == [
        "provider a: .spec.x: Invalid value: [1, 2]: one, two",
        "spec.volumes[0]: Forbidden: no, never",
    ]


def test_a_long_refusal_is_read_in_no_time() -> None:
    items = ["provider restricted-v2: .containers[0].runAsUser: Invalid value: 1: " + "x, (y [z] " * 50] * 200
    assert len(violations(refusals.refused(*items))) == 200
