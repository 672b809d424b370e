# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one SCC writes into a pod that leaves fields out, and what it leaves alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.view import Pod

from .permissive import FIRST, LEVEL, container, pod, provider

POD_KEY = "seccomp.security.alpha.kubernetes.io/pod"
KEY = "container.seccomp.security.alpha.kubernetes.io/c"
RANGE = {"runAsUser": {"type": "MustRunAsRange"}}
NON_ROOT = {"runAsUser": {"type": "MustRunAsNonRoot"}}
ONE = {"runAsUser": {"type": "MustRunAs", "uid": 0}}
LOCALHOST = {"type": "Localhost", "localhostProfile": "a"}
RUNTIME = {"type": "RuntimeDefault"}


def filled(fields: dict[str, Any], given: dict[str, Any]) -> tuple[Any, Any, list[Any]]:
    """Annotations, security context of the pod, those of its containers."""
    before = deepcopy(given)
    found = provider(**fields).evaluate(Pod(given))
    assert given == before
    return dict(found.annotations), dict(found.security_context), found.containers


GROUPS = {"type": "MustRunAs", "ranges": [{"min": 7, "max": 9}, {"min": 1, "max": 2}]}


@pytest.mark.parametrize(
    ("fields", "own", "result"),
    [
        ({}, {}, {}),
        ({"fsGroup": {"type": "MustRunAs"}}, {}, {"fsGroup": FIRST}),
        ({"fsGroup": GROUPS}, {}, {"fsGroup": 7}),
        ({"fsGroup": GROUPS}, {"fsGroup": 0}, {"fsGroup": 0}),
        ({"fsGroup": {"type": "MustRunAs", "ranges": [{"max": 9}]}}, {}, {"fsGroup": 0}),
        ({"supplementalGroups": GROUPS}, {}, {"supplementalGroups": [7]}),
        ({"supplementalGroups": GROUPS}, {"supplementalGroups": None}, {"supplementalGroups": [7]}),
        # An explicit empty list is kept.
        ({"supplementalGroups": GROUPS}, {"supplementalGroups": []}, {"supplementalGroups": []}),
        ({"seLinuxContext": {"type": "MustRunAs"}}, {}, {"seLinuxOptions": {"level": LEVEL}}),
        (
            {"seLinuxContext": {"type": "MustRunAs", "seLinuxOptions": {"type": "t", "user": ""}}},
            {},
            {"seLinuxOptions": {"level": LEVEL, "type": "t"}},
        ),
        ({"seLinuxContext": {"type": "MustRunAs"}}, {"seLinuxOptions": {}}, {"seLinuxOptions": {}}),
        # A user is never written into the pod.
        (RANGE, {"runAsGroup": 5}, {"runAsGroup": 5}),
        (NON_ROOT, {}, {}),
    ],
)
def test_into_the_pod(fields: dict[str, Any], own: dict[str, Any], result: dict[str, Any]) -> None:
    _annotations, context, _containers = filled(fields, pod(securityContext=own))
    assert context == result


@pytest.mark.parametrize(
    ("profiles", "annotations", "own", "annotated", "profile"),
    [
        ([], {}, None, None, None),
        (["*"], {}, None, None, None),
        # The first one other than the wildcard; annotation and field.
        (["*", "localhost/a", "runtime/default"], {}, None, "localhost/a", LOCALHOST),
        (["docker/default"], {}, None, "docker/default", RUNTIME),
        # What the pod says: the field becomes an annotation too, under any SCC.
        ([], {}, RUNTIME, "runtime/default", RUNTIME),
        (["localhost/a"], {}, {"type": "Unconfined"}, "unconfined", {"type": "Unconfined"}),
        # The annotation beats the field.
        (["*"], {POD_KEY: "unconfined"}, RUNTIME, "unconfined", {"type": "Unconfined"}),
        (["*"], {POD_KEY: "docker/default"}, None, "docker/default", RUNTIME),
        # A text that is no profile takes the field away.
        (["*"], {POD_KEY: "x"}, RUNTIME, "x", None),
        (["localhost/"], {}, None, "localhost/", None),
        # An empty annotation is none.
        (["localhost/a"], {POD_KEY: ""}, None, "localhost/a", LOCALHOST),
        (["localhost/a"], {POD_KEY: ""}, RUNTIME, "runtime/default", RUNTIME),
        # A field without a text stays, and the SCC's profile stays out.
        (["localhost/a"], {}, {"type": "Localhost"}, None, {"type": "Localhost"}),
    ],
)
def test_seccomp(profiles: list[str], annotations: dict[str, str], own: Any, annotated: Any, profile: Any) -> None:
    given = pod(annotations=annotations, securityContext={"seccompProfile": own} if own else {})
    found, context, _containers = filled({"seccompProfiles": profiles}, given)
    assert (found.get(POD_KEY), context.get("seccompProfile")) == (annotated, profile)


@pytest.mark.parametrize(
    ("fields", "of_pod", "own", "result"),
    [
        ({}, {}, {}, None),
        # The user, and runAsNonRoot as soon as there is one that is not root: under any SCC.
        (RANGE, {}, {}, {"runAsUser": FIRST, "runAsNonRoot": True}),
        (ONE, {}, {}, {"runAsUser": 0}),
        ({}, {}, {"runAsUser": 5}, {"runAsUser": 5, "runAsNonRoot": True}),
        ({}, {}, {"runAsUser": 0}, {"runAsUser": 0}),
        (NON_ROOT, {}, {}, {"runAsNonRoot": True}),
        (NON_ROOT, {}, {"runAsUser": 0}, {"runAsUser": 0}),
        # What stands in the pod is not written once more.
        (RANGE, {"runAsUser": 5}, {}, {"runAsNonRoot": True}),
        (RANGE, {"runAsUser": 0}, {}, None),
        (RANGE, {"runAsUser": 5, "runAsNonRoot": False}, {}, None),
        (RANGE, {"runAsUser": 5}, {"runAsNonRoot": False}, {"runAsNonRoot": False}),
        (RANGE, {"runAsUser": 5}, {"runAsUser": 0}, {"runAsUser": 0}),
        # Root file system.
        ({"readOnlyRootFilesystem": True}, {}, {}, {"readOnlyRootFilesystem": True}),
        ({"readOnlyRootFilesystem": True}, {}, {"readOnlyRootFilesystem": False}, {"readOnlyRootFilesystem": False}),
        # Capabilities.
        ({"requiredDropCapabilities": ["ALL"]}, {}, {}, {"capabilities": {"drop": ["ALL"]}}),
        ({"defaultAddCapabilities": ["A"]}, {}, {}, {"capabilities": {"add": ["A"]}}),
        # The label stays with the pod.
        ({"seLinuxContext": {"type": "MustRunAs"}}, {}, {}, None),
    ],
)
def test_into_a_container(fields: dict[str, Any], of_pod: dict[str, Any], own: dict[str, Any], result: Any) -> None:
    assert filled(fields, pod(container(**own), securityContext=of_pod))[2] == [result]


@pytest.mark.parametrize(
    ("default", "allowed", "own", "result"),
    [
        (None, None, {}, None),
        (None, True, {}, None),
        (None, False, {}, False),
        (True, None, {}, True),
        (False, True, {}, False),
        (True, False, {}, True),
        # The container's own word stands.
        (False, False, {"allowPrivilegeEscalation": True}, True),
        (True, None, {"allowPrivilegeEscalation": False}, False),
        # No default for those who could not do without, in one spelling only.
        (False, None, {"privileged": True}, None),
        (True, None, {"privileged": True}, None),
        (True, None, {"privileged": False}, True),
        (False, None, {"capabilities": {"add": ["CAP_SYS_ADMIN"]}}, None),
        (False, None, {"capabilities": {"add": ["SYS_ADMIN"]}}, False),
        # ... but a forbidding SCC writes false all the same.
        (True, False, {"privileged": True}, False),
        (None, False, {"capabilities": {"add": ["CAP_SYS_ADMIN"]}}, False),
    ],
)
def test_privilege_escalation(default: Any, allowed: Any, own: dict[str, Any], result: Any) -> None:
    fields = {"defaultAllowPrivilegeEscalation": default, "allowPrivilegeEscalation": allowed}
    (context,) = filled(fields, pod(container(**own)))[2]
    assert (context or {}).get("allowPrivilegeEscalation") is result


@pytest.mark.parametrize(
    ("text", "own", "profile"),
    [
        ("unconfined", RUNTIME, {"type": "Unconfined"}),
        ("localhost/a", None, LOCALHOST),
        ("x", RUNTIME, None),
        ("", RUNTIME, None),
        ("x", None, None),
    ],
)
def test_a_containers_annotation_overwrites_its_field(text: str, own: Any, profile: Any) -> None:
    context = {"seccompProfile": own} if own else {}
    (found,) = filled({"seccompProfiles": ["*"]}, pod(container(**context), annotations={KEY: text}))[2]
    assert (found or {}).get("seccompProfile") == profile


def test_every_container_is_filled() -> None:
    given = pod(container("a"), container("b", runAsUser=5), initContainers=[container("i")], ephemeralContainers=[{}])
    assert [found["runAsUser"] for found in filled(RANGE, given)[2]] == [FIRST, FIRST, 5, FIRST]


def test_changes_are_told_from_none() -> None:
    of = provider(**RANGE)
    changed = Pod(pod(ephemeralContainers=[container("e")]))
    assert of.evaluate(changed).changes(changed)
    assert of.evaluate(changed).changes(changed, but_ephemeral=True)
    own = container("c", runAsUser=FIRST, runAsNonRoot=True)
    debugged = Pod(pod(own, ephemeralContainers=[container("e")]))
    assert of.evaluate(debugged).changes(debugged)
    assert not of.evaluate(debugged).changes(debugged, but_ephemeral=True)
    complete = Pod(pod(own))
    assert not of.evaluate(complete).changes(complete)
