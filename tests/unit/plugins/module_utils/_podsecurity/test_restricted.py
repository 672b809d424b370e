# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of level restricted. Messages are those of k8s.io/pod-security-admission v0.35, package policy, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._podsecurity import restricted
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.registry import CheckFunction
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.view import Finding, view

WINDOWS = {"os": {"name": "windows"}}
OWN_USERS = {"hostUsers": False}


def pod(*containers: Any, context: Any = None, **spec: Any) -> dict[str, Any]:
    """A pod whose containers a, b, ... have these security contexts."""
    named = [{"name": name, "securityContext": one} for name, one in zip("abcdef", containers, strict=False)]
    return {"spec": {"containers": named, "securityContext": context, **spec}}


def found(check: CheckFunction, given: dict[str, Any]) -> Finding:
    return check(view(given, created=True))


def escalation(value: bool | None) -> dict[str, Any]:
    return {"allowPrivilegeEscalation": value}


def capabilities(add: Any = None, drop: Any = None) -> dict[str, Any]:
    return {"capabilities": {"add": add, "drop": drop}}


def non_root(value: bool | None) -> dict[str, Any]:
    return {"runAsNonRoot": value}


def user(number: int | None) -> dict[str, Any]:
    return {"runAsUser": number}


def seccomp(kind: str) -> dict[str, Any]:
    return {"seccompProfile": {"type": kind}}


ESCALATES = "allowPrivilegeEscalation != false"
DROP = 'must set securityContext.capabilities.drop=["ALL"]'
PROFILE = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
CASES: list[tuple[CheckFunction, dict[str, Any], Finding]] = [
    (
        restricted.privilege_escalation,
        pod(None, {}, escalation(True), escalation(False), escalation(None), **WINDOWS),
        (ESCALATES, 'containers "a", "b", "c", "e" must set securityContext.allowPrivilegeEscalation=false'),
    ),
    (
        restricted.privilege_escalation_1_25,
        pod(None, os={"name": "linux"}),
        (ESCALATES, 'container "a" must set securityContext.allowPrivilegeEscalation=false'),
    ),
    (restricted.privilege_escalation_1_25, pod(None, escalation(True), **WINDOWS), None),
    (
        restricted.capabilities,
        pod(
            capabilities(["FOO", "BAR"]),
            capabilities(["BAR", "BAZ"], ["KILL"]),
            capabilities(["NET_BIND_SERVICE", "CHOWN"], ["ALL", "KILL"]),
            capabilities(["NET_BIND_SERVICE"], ["ALL"]),
            **WINDOWS,
        ),
        (
            "unrestricted capabilities",
            (
                f'containers "a", "b" {DROP}; containers "a", "b", "c" must not include "BAR", "BAZ", "CHOWN", "FOO" in '
                "securityContext.capabilities.add"
            ),
        ),
    ),
    (restricted.capabilities_1_25, pod(None), ("unrestricted capabilities", f'container "a" {DROP}')),
    (
        restricted.capabilities_1_25,
        pod(capabilities(drop=["all"])),
        ("unrestricted capabilities", f'container "a" {DROP}'),
    ),
    (
        restricted.capabilities_1_25,
        pod(capabilities(["ALL"], ["ALL"])),
        ("unrestricted capabilities", 'container "a" must not include "ALL" in securityContext.capabilities.add'),
    ),
    (restricted.capabilities_1_25, pod(capabilities(["SYS_ADMIN"]), **WINDOWS), None),
    (
        restricted.run_as_non_root,
        pod(non_root(None)),
        ("runAsNonRoot != true", 'pod or container "a" must set securityContext.runAsNonRoot=true'),
    ),
    (
        restricted.run_as_non_root,
        pod(None, non_root(True), {}, context={}),
        ("runAsNonRoot != true", 'pod or containers "a", "c" must set securityContext.runAsNonRoot=true'),
    ),
    (
        restricted.run_as_non_root,
        pod(context=non_root(False)),
        ("runAsNonRoot != true", "pod must not set securityContext.runAsNonRoot=false"),
    ),
    (
        restricted.run_as_non_root,
        pod(None, non_root(True), non_root(False), non_root(False), context=non_root(True)),
        ("runAsNonRoot != true", 'containers "c", "d" must not set securityContext.runAsNonRoot=false'),
    ),
    (
        restricted.run_as_non_root,
        pod(non_root(False), context=non_root(False), **OWN_USERS),
        ("runAsNonRoot != true", 'pod and container "a" must not set securityContext.runAsNonRoot=false'),
    ),
    # Each container says so by itself, or the pod says so for those that are silent.
    (restricted.run_as_non_root, pod(non_root(True), non_root(True)), None),
    (restricted.run_as_non_root, pod(None, {}, context=non_root(True)), None),
    (restricted.run_as_non_root_1_35, pod(non_root(False), context=non_root(False), **OWN_USERS), None),
    (restricted.run_as_user, pod(context=user(0)), ("runAsUser=0", "pod must not set runAsUser=0")),
    (restricted.run_as_user, pod(user(1000), user(None), context=user(1000)), None),
    (restricted.run_as_user, pod(None, context=user(None)), None),
    (
        restricted.run_as_user,
        pod(None, user(1), user(0), user(0), context=user(1000)),
        ("runAsUser=0", 'containers "c", "d" must not set runAsUser=0'),
    ),
    (
        restricted.run_as_user_1_35,
        pod(user(0), context=user(0)),
        ("runAsUser=0", 'pod and container "a" must not set runAsUser=0'),
    ),
    (restricted.run_as_user_1_35, pod(user(0), context=user(0), **OWN_USERS), None),
    (restricted.seccomp, pod(None, **WINDOWS), ("seccompProfile", f'pod or container "a" {PROFILE}')),
    (restricted.seccomp_1_25, pod(None, **WINDOWS), None),
    (restricted.seccomp_1_25, pod(seccomp("Unconfined"), **WINDOWS), None),
    (
        restricted.seccomp_1_25,
        pod(None, {}, seccomp("Localhost"), seccomp("RuntimeDefault"), os={"name": "linux"}),
        ("seccompProfile", f'pod or containers "a", "b" {PROFILE}'),
    ),
    (
        restricted.seccomp_1_25,
        pod(None, context=seccomp("Unconfined")),
        ("seccompProfile", 'pod must not set securityContext.seccompProfile.type to "Unconfined"'),
    ),
    (
        restricted.seccomp_1_25,
        pod(None, seccomp("Localhost"), seccomp("Unconfined"), context=seccomp("RuntimeDefault")),
        ("seccompProfile", 'container "c" must not set securityContext.seccompProfile.type to "Unconfined"'),
    ),
    (restricted.seccomp_1_25, pod(None, {}, context=seccomp("RuntimeDefault")), None),
]


@pytest.mark.parametrize(("check", "given", "finding"), CASES)
def test_checks(check: CheckFunction, given: dict[str, Any], finding: Finding) -> None:
    assert found(check, given) == finding


FREE = [
    "emptyDir",
    "secret",
    "persistentVolumeClaim",
    "downwardAPI",
    "configMap",
    "projected",
    "csi",
    "ephemeral",
    "image",
]
OTHER = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
]


def volumes(*kinds: str) -> list[dict[str, Any]]:
    return [{"name": f"v{number}", kind: {}} for number, kind in enumerate(kinds)]


def test_volumes_of_all_types() -> None:
    given = [*volumes(*FREE, *OTHER), {"name": "nothing"}]
    names = [f'"v{number}"' for number in range(len(FREE), len(FREE) + len(OTHER))]
    assert found(restricted.volumes, pod(volumes=given)) == (
        "restricted volume types",
        (
            f'volumes {", ".join(names)}, "nothing" use restricted volume types '
            '"awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume", "flocker", '
            '"gcePersistentDisk", "gitRepo", "glusterfs", "hostPath", "iscsi", "nfs", "photonPersistentDisk", "portworxVolume", '
            '"quobyte", "rbd", "scaleIO", "storageos", "unknown", "vsphereVolume"'
        ),
    )


@pytest.mark.parametrize("kind", FREE)
def test_volumes_that_need_no_trust(kind: str) -> None:
    assert found(restricted.volumes, pod(volumes=volumes(kind))) is None
    # A source that is null is none.
    assert found(restricted.volumes, pod(volumes=[{"name": "v", kind: None, "nfs": {}}])) == (
        "restricted volume types",
        'volume "v" uses restricted volume type "nfs"',
    )


def test_two_volumes_of_one_type() -> None:
    detail = 'volumes "v0", "v1" use restricted volume type "nfs"'
    assert found(restricted.volumes, pod(volumes=volumes("nfs", "nfs"))) == ("restricted volume types", detail)
