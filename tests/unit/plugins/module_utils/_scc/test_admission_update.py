# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of pods: admission may not change them, but for ephemeral containers."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Admission, Decision

from .permissive import FIRST, container, pod, request, stock

HEAD = 'pods "p" is forbidden: '
LISTING = HEAD + "unable to validate against any security context constraint: "
REQUIRED = "openshift.io/required-scc"
SCC = "openshift.io/scc"
EVERYONE = ("restricted-v2", "restricted-v3")


def admitted(given: dict[str, Any], usable: Any) -> dict[str, Any]:
    """The pod as it was created."""
    found = Admission(stock()).admit(request(given, usable))
    assert found.pod is not None, found.message
    return deepcopy(dict(found.pod))


def update(new: dict[str, Any], old: dict[str, Any], usable: Any = EVERYONE, subresource: str = "") -> Decision:
    given = request(new, usable, operation="UPDATE", old_pod=old, subresource=subresource)
    return Admission(stock()).admit(given)


def labelled(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "metadata": {**given["metadata"], "labels": {"a": "b"}}}


def annotated(given: dict[str, Any], **changed: str | None) -> dict[str, Any]:
    keys = {"required": REQUIRED, "scc": SCC, "networks": "k8s.ovn.org/pod-networks", "other": "example.org/x"}
    annotations = {**given["metadata"].get("annotations", {}), **{keys[key]: value for key, value in changed.items()}}
    annotations = {key: value for key, value in annotations.items() if value is not None}
    return {**given, "metadata": {**given["metadata"], "annotations": annotations}}


PLAIN = admitted(pod(), EVERYONE)
ROOT = admitted(pod(container(runAsUser=0)), ["anyuid"])


def test_a_label_edit_keeps_the_scc_that_still_passes() -> None:
    found = update(labelled(PLAIN), PLAIN)
    assert (found.allowed, found.scc) == (True, "restricted-v2")


def test_a_label_edit_by_another_user_can_rewrite_the_scc() -> None:
    """The former SCC gets no preference: the first one in order that demands no change wins."""
    old = admitted({**PLAIN, "metadata": {"name": "p", "namespace": "ns"}}, ["nonroot-v2"])
    assert old["metadata"]["annotations"][SCC] == "nonroot-v2"
    found = update(labelled(old), old)
    assert found.pod is not None and found.pod["metadata"]["annotations"][SCC] == "restricted-v2"


def test_a_label_edit_of_a_pod_that_one_could_not_create_is_refused() -> None:
    found = update(labelled(ROOT), ROOT)
    assert not found.allowed
    assert f"provider restricted-v2: .containers[0].runAsUser: Invalid value: 0: must be in the ranges: [{FIRST}, " in (
        found.message
    )


def test_an_update_may_not_change_the_pod() -> None:
    """Where all SCCs that may be used would fill something in, none of them says so: the list holds the others."""
    bare = pod()
    found = update(labelled(bare), bare, ["restricted-v2"])
    assert not found.allowed
    assert "restricted-v2" not in found.message.partition("no access to scc/restricted")[0]
    only = update(labelled(annotated(bare, required="restricted-v2")), annotated(bare, required="restricted-v2"))
    assert only.message == LISTING + "<nil>"
    assert [(attempt.scc, attempt.problems) for attempt in only.attempts] == [("restricted-v2", ())]


def test_an_ephemeral_container_is_filled_in_and_nothing_else() -> None:
    spec = {**PLAIN["spec"], "ephemeralContainers": [container("debug")]}
    found = update({**PLAIN, "spec": spec}, PLAIN, subresource="ephemeralcontainers")
    assert found.pod is not None and found.scc == "restricted-v2"
    assert found.pod["spec"]["ephemeralContainers"][0]["securityContext"]["runAsUser"] == FIRST
    assert found.pod["spec"]["containers"] == PLAIN["spec"]["containers"]
    # By the ordinary way that is a change as any other, and so is filling in anything else.
    assert not update({**PLAIN, "spec": spec}, PLAIN).allowed
    bare = pod(ephemeralContainers=[container("debug")])
    assert not update(bare, pod(), ["restricted-v2"], subresource="ephemeralcontainers").allowed


def test_a_privileged_ephemeral_container_is_refused() -> None:
    spec = {**PLAIN["spec"], "ephemeralContainers": [container("debug", privileged=True)]}
    found = update({**PLAIN, "spec": spec}, PLAIN, subresource="ephemeralcontainers")
    assert "provider restricted-v2: .ephemeralContainers[0].privileged: Invalid value: true: " in found.message


@pytest.mark.parametrize(
    ("old", "new"), [(None, "restricted-v2"), ("restricted-v2", None), ("restricted-v2", "nonroot-v2")]
)
def test_the_required_scc_may_not_change(old: str | None, new: str | None) -> None:
    found = update(annotated(PLAIN, required=new), annotated(PLAIN, required=old), "*")
    assert not found.allowed
    assert found.message == HEAD + f"invalid change of required security context constraint annotation: {REQUIRED}"


def test_an_empty_required_scc_is_as_good_as_none() -> None:
    assert update(annotated(PLAIN, required=""), PLAIN).scc == "restricted-v2"


METADATA = {
    "ownerReferences": [{"kind": "ReplicaSet", "name": "r", "uid": "1", "apiVersion": "apps/v1"}],
    "finalizers": ["example.org/f"],
    "managedFields": [{"manager": "m"}],
}


@pytest.mark.parametrize(
    ("new", "old", "ignored"),
    [
        (PLAIN, PLAIN, True),
        *(({**PLAIN, "metadata": {**PLAIN["metadata"], key: METADATA[key]}}, PLAIN, True) for key in METADATA),
        (annotated(PLAIN, networks="{}"), PLAIN, True),
        (PLAIN, annotated(PLAIN, networks="{}"), True),
        (annotated(PLAIN, networks="a"), annotated(PLAIN, networks="b"), True),
        (annotated(PLAIN, networks="a", other="b"), PLAIN, False),
        (annotated(PLAIN, other="b"), PLAIN, False),
        (PLAIN, annotated(PLAIN, other="b"), False),
        # An annotation that is empty is not one that is not there.
        (annotated(PLAIN, other=""), PLAIN, False),
        (labelled(PLAIN), PLAIN, False),
        ({**PLAIN, "spec": {**PLAIN["spec"], "nodeName": "n"}}, PLAIN, False),
        ({**PLAIN, "status": {"phase": "Running"}}, PLAIN, False),
        ({**PLAIN, "status": {"phase": ""}}, PLAIN, True),
        # Spelled otherwise, but the same to Kubernetes.
        ({**PLAIN, "spec": {**PLAIN["spec"], "hostPID": False, "volumes": []}}, PLAIN, True),
    ],
)
def test_updates_that_are_ignored(new: dict[str, Any], old: dict[str, Any], ignored: bool) -> None:
    """Those that are looked at are refused here, since nobody may use anything."""
    found = update(new, old, [])
    assert (found.allowed, found.scc) == (ignored, "")
    if ignored:
        assert found.pod is new
