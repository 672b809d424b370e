# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenShift's admission: who may use what, in which order it is tried, and what comes of it, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Subject
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import UPDATE
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.builders import (
    ANNOTATIONS,
    FIRST,
    LAST,
    USER,
    USUAL,
    admission,
    admit,
    pod,
    request,
    scc,
)

UNABLE = "unable to validate against any security context constraint: "
SCC, SUBJECT = "openshift.io/scc", "security.openshift.io/validated-scc-subject-type"
REQUIRED = "openshift.io/required-scc"


def unusable(*names: str) -> str:
    return ", ".join(f'provider "{name}": Forbidden: not usable by user or serviceaccount' for name in names)


def test_what_restricted_v2_makes_of_an_empty_pod() -> None:
    decision = admit(pod({"securityContext": {}}, {}))
    assert (decision.allowed, decision.scc, decision.subject) == (True, "restricted-v2", "user")
    filled = {
        "runAsUser": FIRST,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "allowPrivilegeEscalation": False,
    }
    assert decision.pod == {
        "metadata": {
            "name": "p",
            "annotations": {
                "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
                SCC: "restricted-v2",
                SUBJECT: "user",
            },
        },
        "spec": {
            "containers": [{"name": "c0", "securityContext": filled}, {"name": "c1", "securityContext": filled}],
            "securityContext": {
                "fsGroup": FIRST,
                "seLinuxOptions": {"level": "s0:c30,c5"},
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        },
    }


def test_the_refusal_of_the_official_pod_to_the_letter() -> None:
    decision = admit(
        pod(
            securityContext={"runAsUser": 1000, "fsGroup": 1000},
            volumes=[{"name": "m", "nfs": {}}],
            serviceAccountName="sa",
        )
    )
    assert not decision.allowed and decision.pod is None
    assert decision.message == (
        f'pods "p" is forbidden: {UNABLE}[{unusable("anyuid")}, '
        "provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: [1000]: 1000 is not an allowed group, "
        'spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used, '
        f"provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [{FIRST}, {LAST}], "
        "provider restricted-v3: .spec.securityContext.hostUsers: Invalid value: null: Host Users must be set to false, "
        + unusable(
            *("restricted", "nested-container", "nonroot-v2", "nonroot", "hostmount-anyuid", "hostmount-anyuid-v2"),
            *("hostnetwork-v2", "hostnetwork", "hostaccess", "privileged"),
        )
        + "]"
    )


@pytest.mark.parametrize(
    ("of", "usable", "scc_and_subject"),
    [
        # The first usable one in order, even if another would change less.
        (pod(serviceAccountName="sa"), "*", ("anyuid", "serviceaccount")),
        # Each SCC is asked about anew, so an earlier one by the requester beats a later one by the account.
        (
            pod(serviceAccountName="sa"),
            {**USUAL, "system:serviceaccount:ns:sa": ["nonroot-v2"]},
            ("restricted-v2", "user"),
        ),
        (pod(securityContext={"runAsUser": 1000}), ["restricted-v2", "nonroot-v2"], ("nonroot-v2", "user")),
        # On a new cluster user 1000 passes for everyone in a user namespace.
        (pod(securityContext={"runAsUser": 1000}, hostUsers=False), USUAL, ("restricted-v3", "user")),
        (pod({"securityContext": {"privileged": True}}), "*", ("privileged", "user")),
        # What stands in the annotation beforehand is overwritten.
        (pod(annotations={SCC: "privileged"}), USUAL, ("restricted-v2", "user")),
        (pod(annotations={REQUIRED: "restricted-v3"}, hostUsers=False), USUAL, ("restricted-v3", "user")),
    ],
)
def test_the_scc_that_admits(of: dict[str, Any], usable: Any, scc_and_subject: tuple[str, str]) -> None:
    decision = admit(of, usable=usable)
    assert (decision.scc, decision.subject) == scc_and_subject
    assert decision.pod is not None
    annotations = decision.pod["metadata"]["annotations"]
    assert (annotations[SCC], annotations[SUBJECT]) == scc_and_subject


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"name": "n", "generateName": "g-"}, "n"),
        ({"name": "", "generateName": "g-"}, "g-"),
        ({"generateName": "g-"}, "g-"),
        ({}, "Unknown"),
        ({"name": 'a"b'}, 'a\\"b'),
    ],
)
def test_how_the_pod_is_called(metadata: dict[str, str], name: str) -> None:
    of = {**pod(hostPID=True), "metadata": metadata}
    assert admit(of).message.startswith(f'pods "{name}" is forbidden: {UNABLE}')


def test_one_item_stands_without_brackets_and_doubles_are_dropped() -> None:
    of = pod({}, {}, hostPID=True, annotations={REQUIRED: "restricted-v2"})
    message = admit(of).message.partition(UNABLE)[2]
    # Once for the pod, and once for each container.
    path = "Invalid value: true: Host PID is not allowed to be used"
    assert message == (
        f"[provider restricted-v2: .spec.securityContext.hostPID: {path}, provider restricted-v2: .containers[0].hostPID: {path}, "
        f"provider restricted-v2: .containers[1].hostPID: {path}]"
    )
    assert (
        admit(pod(annotations={REQUIRED: "anyuid"})).message == f'pods "p" is forbidden: {UNABLE}{unusable("anyuid")}'
    )
    volumes = [{"name": "v", "nfs": {}}]
    assert (
        admit(pod(volumes=volumes, hostUsers=False), usable=["restricted-v2", "restricted-v3"]).message.count(
            "spec.volumes[0]"
        )
        == 1
    )


@pytest.mark.parametrize("usable", [[], ["restricted-v2"], ["nonroot-v2"], ["restricted-v3"]])
def test_the_hint_hangs_on_restricted_alone(usable: list[str]) -> None:
    """Whether the other SCCs may be used does not count: restricted-v2 is a candidate all the same."""
    of = pod({"securityContext": {"allowPrivilegeEscalation": True}})
    assert ", no access to scc/restricted: Forbidden: " in admit(of, usable=usable).message


def test_the_same_item_of_two_containers_is_said_once() -> None:
    unconfined = {"name": "c", "securityContext": {"seccompProfile": {"type": "Unconfined"}}}
    assert admit(pod(unconfined, unconfined, annotations={REQUIRED: "restricted-v2"})).message == (
        f'pods "p" is forbidden: {UNABLE}'
        "pod.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: Forbidden: "
        "unconfined is not an allowed seccomp profile. Valid values are [runtime/default]"
    )


def test_a_hint_where_the_old_restricted_would_do() -> None:
    of = pod({"securityContext": {"allowPrivilegeEscalation": True}})
    assert admit(of).message.endswith(
        ", no access to scc/restricted: Forbidden: the pod fails to validate against the `restricted-v2` security context constraint, but "
        "would validate successfully against the `restricted` security context constraint]"
    )
    assert "no access" not in admit(pod(hostPID=True)).message
    # Not where the pod pins another SCC: restricted-v2 is no candidate then.
    assert "no access" not in admit(pod(annotations={REQUIRED: "restricted"})).message
    assert admit(of, usable=["restricted"]).scc == "restricted"


@pytest.mark.parametrize(
    ("sccs", "user", "account", "wanted"),
    [
        # By the lists in the SCC: user, group, service account and its groups.
        ({"users": ["jane"]}, USER, "", ("own", "user")),
        ({"groups": ["team"]}, Subject("joe", ("team",)), "", ("own", "user")),
        ({"users": ["system:serviceaccount:ns:sa"]}, USER, "sa", ("own", "serviceaccount")),
        ({"groups": ["system:serviceaccounts"]}, USER, "sa", ("own", "serviceaccount")),
        ({"groups": ["system:serviceaccounts:ns"]}, USER, "sa", ("own", "serviceaccount")),
        ({"groups": ["system:serviceaccounts:other"]}, USER, "sa", ("restricted-v2", "serviceaccount")),
        # The service account has not the group that its requests have, but the requester has.
        ({"groups": ["system:authenticated"]}, USER, "sa", ("own", "user")),
        ({"users": ["jane", "system:serviceaccount:ns:sa"]}, USER, "sa", ("own", "serviceaccount")),
        # Without a name there is no service account to ask.
        ({"groups": ["system:serviceaccounts"]}, USER, "", ("restricted-v2", "user")),
    ],
)
def test_who_may_use_an_scc(sccs: dict[str, Any], user: Subject, account: str, wanted: tuple[str, str]) -> None:
    first = scc("own", priority=20, **sccs)
    decision = admit(pod(serviceAccountName=account), first, user=user, usable=["restricted-v2"])
    assert (decision.scc, decision.subject) == wanted


def test_the_old_field_of_the_service_account() -> None:
    of = pod(serviceAccount="sa")
    decision = admit(of, usable={"system:serviceaccount:ns:sa": ["nonroot-v2"]})
    assert (decision.scc, decision.subject) == ("nonroot-v2", "serviceaccount")
    assert decision.pod is not None and decision.pod["spec"]["serviceAccountName"] == "sa"


def test_priority_then_points_then_name() -> None:
    def chosen(*more: Any) -> str:
        return admit(pod(), *more, usable="*").scc

    assert chosen() == "anyuid"
    assert chosen(scc("z", priority=11)) == "z"
    assert chosen(scc("zz", priority=11), scc("z", priority=11)) == "z"
    assert chosen(scc("a", priority=11, allowPrivilegedContainer=True), scc("z", priority=11)) == "z"
    assert admit(pod(), scc("z", priority=-1), usable=["z", "restricted"]).scc == "restricted"


@pytest.mark.parametrize(
    ("annotations", "words"),
    [
        (None, 'error fetching namespace "ns": namespace "ns" not found'),
        ({}, 'error fetching namespace "ns": unable to find annotation openshift.io/sa.scc.uid-range'),
        (
            {"openshift.io/sa.scc.uid-range": "1/2"},
            'error fetching namespace "ns": unable to find annotation openshift.io/sa.scc.mcs',
        ),
    ],
)
def test_a_namespace_without_its_values(annotations: Any, words: str) -> None:
    decision = admit(pod(), annotations=annotations)
    assert decision.message == f'pods "p" is forbidden: {words}'
    assert decision.attempts == ()


def test_one_broken_annotation_refuses_everybody_but_those_who_demand_another_scc() -> None:
    broken = {**ANNOTATIONS, "openshift.io/sa.scc.supplemental-groups": ""}
    decision = admit(pod(), usable=["privileged"], annotations=broken)
    assert (
        "unable to find pre-allocated group annotation for namespace ns while trying to configure SCC restricted-v2: "
        in decision.message
    )
    assert "SCC anyuid" not in decision.message and decision.message.startswith('pods "p" is forbidden: [unable')
    assert (
        admit(pod(annotations={REQUIRED: "privileged"}), usable=["privileged"], annotations=broken).scc == "privileged"
    )


def test_one_malformed_scc_refuses_everybody() -> None:
    bad = scc("bad", runAsUser={"type": "Whatever"})
    assert admit(pod(), bad).message == (
        'pods "p" is forbidden: error creating provider for SCC bad in namespace ns: Unrecognized RunAsUser strategy type Whatever'
    )


def test_the_ten_standard_sccs_have_to_be_there() -> None:
    found = admission(without=["restricted", "anyuid", "restricted-v3"]).admit(request(pod()))
    assert found.message == (
        'pods "p" is forbidden: securitycontextconstraints.security.openshift.io cache is missing anyuid, restricted'
    )


@pytest.mark.parametrize(
    ("wanted", "scc_name", "words"),
    [
        ("restricted-v3", "", "Host Users must be set to false"),
        ("", "restricted-v2", ""),
        (
            'no "such"',
            "",
            (
                'failed to retrieve the required SCC "no \\"such\\"": securitycontextconstraints.security.openshift.io '
                '"no \\"such\\"" not found'
            ),
        ),
    ],
)
def test_a_required_scc_is_the_only_candidate(wanted: str, scc_name: str, words: str) -> None:
    decision = admit(pod(annotations={REQUIRED: wanted}))
    assert decision.scc == scc_name and words in decision.message


def update(new: dict[str, Any], old: dict[str, Any], usable: Any = None, **fields: Any) -> Any:
    return admission().admit(request(new, usable, operation=UPDATE, old_pod=old, **fields))


def admitted(**spec: Any) -> dict[str, Any]:
    made = admit(pod(**spec)).pod
    assert made is not None
    return dict(made)


def relabelled(of: dict[str, Any]) -> dict[str, Any]:
    return {**of, "metadata": {**of["metadata"], "labels": {"a": "b"}}}


def test_an_edited_label_can_change_the_scc_that_the_annotation_names() -> None:
    old = admit(pod(), usable=["restricted"]).pod
    assert old is not None and old["metadata"]["annotations"][SCC] == "restricted"
    # What others may use comes first, if it would change nothing.
    decision = update(relabelled(old), old, usable="*")
    assert decision.scc == "anyuid" and decision.pod["metadata"]["annotations"][SCC] == "anyuid"
    assert decision.pod["metadata"]["labels"] == {"a": "b"}


def test_an_update_may_change_nothing_of_the_spec() -> None:
    old = pod()
    decision = update(relabelled(old), old)
    assert decision.message == (f'pods "p" is forbidden: {UNABLE}[' + decision.message.partition("[")[2])
    assert "restricted-v2:" not in decision.message and not decision.allowed


def metadata(of: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**of, "metadata": {**of["metadata"], **fields}}


@pytest.mark.parametrize(
    ("change", "fields", "looked_at"),
    [
        (lambda old: old, {}, False),
        (lambda old: metadata(old, ownerReferences=[{"uid": "u"}], finalizers=["f"], managedFields=[{}]), {}, False),
        (
            lambda old: metadata(old, annotations={**old["metadata"]["annotations"], "k8s.ovn.org/pod-networks": "x"}),
            {},
            False,
        ),
        (lambda old: metadata(old, annotations={**old["metadata"]["annotations"], "other": ""}), {}, True),
        (lambda old: metadata(old, labels={"a": ""}), {}, True),
        (lambda old: metadata(old, labels={}), {}, False),
        (lambda old: {**old, "spec": {**old["spec"], "nodeName": "n"}}, {}, True),
        (lambda old: {**old, "spec": {**old["spec"], "nodeName": "", "hostPID": False}}, {}, False),
        (lambda old: {**old, "spec": {**old["spec"], "hostUsers": True}}, {}, True),
        *(
            (lambda old: {**old, "spec": {**old["spec"], "nodeName": "n"}}, {"subresource": name}, False)
            for name in ["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"]
        ),
        (lambda old: {**old, "spec": {**old["spec"], "nodeName": "n"}}, {"subresource": "resize"}, True),
        (lambda old: {**old, "spec": {**old["spec"], "os": {"name": "windows"}, "hostPID": True}}, {}, False),
    ],
)
def test_which_updates_are_not_looked_at(change: Any, fields: dict[str, Any], looked_at: bool) -> None:
    old = admitted()
    decision = update(change(old), old, usable="*", **fields)
    assert decision.allowed and bool(decision.scc) is looked_at
    if not looked_at:
        assert decision.pod == change(old)


def test_the_required_scc_of_a_pod_stays() -> None:
    old = admitted()
    new = metadata(old, annotations={**old["metadata"]["annotations"], REQUIRED: "restricted-v2"})
    assert update(new, old).message == (
        f'pods "p" is forbidden: invalid change of required security context constraint annotation: {REQUIRED}'
    )


def test_ephemeral_containers_may_be_filled_in_alone() -> None:
    old = admitted()
    new = {**old, "spec": {**old["spec"], "ephemeralContainers": [{"name": "debug"}]}}
    assert update(new, old).allowed is False
    decision = update(new, old, subresource="ephemeralcontainers")
    assert decision.scc == "restricted-v2"
    assert decision.pod["spec"]["ephemeralContainers"][0]["securityContext"]["runAsUser"] == FIRST
    assert decision.pod["spec"]["containers"] == old["spec"]["containers"]
    unfilled = pod(ephemeralContainers=[{"name": "debug"}])
    assert update(unfilled, pod(), subresource="ephemeralcontainers").allowed is False


def validate(of: dict[str, Any], *more: Any, usable: Any = None) -> Any:
    return admission(*more).validate(request(of, usable))


def test_validation_tries_the_named_scc_first_and_changes_nothing() -> None:
    of = admit(pod(), usable=["restricted"]).pod
    assert of is not None
    decision = validate(of, usable="*")
    assert (decision.scc, decision.pod) == ("restricted", of)
    # Without the hint the first one that changes nothing.
    unhinted = metadata(
        of, annotations={key: value for key, value in of["metadata"]["annotations"].items() if key != SCC}
    )
    assert validate(unhinted, usable="*").scc == "anyuid"


def test_the_form_of_a_refusal_by_validation() -> None:
    assert validate(pod(), usable=["restricted-v2"]).message.startswith(
        f'pods "p" is forbidden: {UNABLE}[provider "anyuid": Forbidden: '
    )
    # An SCC that fails only for what it would change adds nothing.
    assert (
        validate(pod(annotations={REQUIRED: "restricted-v2", SCC: "restricted-v2"})).message
        == f'pods "p" is forbidden: {UNABLE}[]'
    )
    message = validate(pod({}, {}, hostPID=True, annotations={REQUIRED: "restricted-v2", SCC: "restricted-v2"})).message
    assert message.count("Host PID is not allowed to be used provider") == 2 and ", provider" not in message
    assert validate(pod(annotations={REQUIRED: "a", SCC: "b"})).message == (
        'pods "p" is forbidden: required scc/a does not match the suggested scc/b'
    )
