# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pod Security Admission in Kubernetes' words: policies of labels, the checks of each level, and their versions."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.evaluate import evaluate, evaluate_template
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.policy import (
    BASELINE,
    PREFIX,
    PRIVILEGED,
    RESTRICTED,
    LevelVersion,
    policy_of,
)

STRICT = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
FIT = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def pod(*contexts: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Containers a, b, … with these security contexts; without any, one that fits level restricted."""
    containers = [{"name": name, "securityContext": dict(given)} for name, given in zip("ab", contexts, strict=False)]
    return {
        "metadata": {"name": "p"},
        "spec": {"containers": containers or [{"name": "a", "securityContext": STRICT}], **spec},
    }


def refusal(given: dict[str, Any], level: str, **more: Any) -> str:
    verdict = evaluate(given, {PREFIX + "enforce": level}, **more)
    assert verdict.allowed == (not verdict.message)
    return verdict.message.removeprefix(f'pods "p" is forbidden: violates PodSecurity "{level}:latest": ')


def test_the_message_that_everybody_knows() -> None:
    verdict = evaluate(pod({}), {PREFIX + "enforce": RESTRICTED})
    assert not verdict.allowed
    assert verdict.message == (
        'pods "p" is forbidden: violates PodSecurity "restricted:latest": '
        'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), '
        'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), '
        'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), '
        'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
    )


def test_a_pod_that_meets_each_demand() -> None:
    assert refusal(pod(securityContext=FIT), RESTRICTED) == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (pod(hostNetwork=True, hostPID=True), "host namespaces (hostNetwork=true, hostPID=true)"),
        (
            pod({"privileged": True}),
            'privileged (container "a" must not set securityContext.privileged=true)',
        ),
        (
            pod({"privileged": True}, {"privileged": True}),
            'privileged (containers "a", "b" must not set securityContext.privileged=true)',
        ),
        (
            pod({"capabilities": {"add": ["NET_ADMIN", "CHOWN"]}}),
            'non-default capabilities (container "a" must not include "NET_ADMIN" in securityContext.capabilities.add)',
        ),
        (pod(volumes=[{"name": "v", "hostPath": {"path": "/"}}]), 'hostPath volumes (volume "v")'),
        (
            pod({"procMount": "Unmasked"}),
            'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
        ),
        (
            pod(securityContext={"seccompProfile": {"type": "Unconfined"}}),
            'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
        ),
        (
            pod(securityContext={"seLinuxOptions": {"type": "spc_t"}}),
            'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t")',
        ),
        (
            pod(securityContext={"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
            "forbidden sysctls (kernel.msgmax)",
        ),
        (
            {
                "metadata": {"name": "p"},
                "spec": {"containers": [{"name": "a", "ports": [{"containerPort": 80, "hostPort": 80}]}]},
            },
            'hostPort (container "a" uses hostPort 80)',
        ),
    ],
)
def test_level_baseline_forbids(given: dict[str, Any], words: str) -> None:
    assert refusal(given, BASELINE) == words
    assert evaluate(given, {PREFIX + "enforce": PRIVILEGED}).allowed


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({"runAsUser": 0}, "runAsUser=0 (pod must not set runAsUser=0)"),
        ({"runAsNonRoot": False}, "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)"),
    ],
)
def test_level_restricted_forbids_root(context: dict[str, Any], words: str) -> None:
    assert refusal(pod(securityContext={**FIT, **context}), RESTRICTED) == words


def test_level_restricted_allows_only_volumes_without_the_node() -> None:
    given = pod(
        securityContext=FIT,
        volumes=[{"name": "v", "nfs": {"server": "s", "path": "/"}}, {"name": "w", "emptyDir": {}}],
    )
    assert refusal(given, RESTRICTED) == 'restricted volume types (volume "v" uses restricted volume type "nfs")'


def test_windows_pods_need_no_linux_settings_from_1_25_on() -> None:
    given = pod({}, os={"name": "windows"}, securityContext={"runAsNonRoot": True})
    assert evaluate(given, {PREFIX + "enforce": RESTRICTED}).allowed
    old = evaluate(given, {PREFIX + "enforce": RESTRICTED, PREFIX + "enforce-version": "v1.24"})
    assert "allowPrivilegeEscalation" in old.message and '"restricted:v1.24"' in old.message


@pytest.mark.parametrize(
    ("version", "cluster", "allowed"),
    [("latest", (1, 29), True), ("latest", (1, 28), False), ("v1.28", (1, 33), False), ("v1.29", (1, 33), True)],
)
def test_a_sysctl_is_safe_from_its_version_on(version: str, cluster: tuple[int, int], allowed: bool) -> None:
    """net.ipv4.tcp_keepalive_time: since 1.29, after the policy's version and the cluster's."""
    given = pod(securityContext={"sysctls": [{"name": "net.ipv4.tcp_keepalive_time", "value": "1"}]})
    labels = {PREFIX + "enforce": BASELINE, PREFIX + "enforce-version": version}
    assert evaluate(given, labels, cluster_version=cluster).allowed is allowed


def test_warnings_and_audit_of_what_is_allowed() -> None:
    labels = {PREFIX + "enforce": PRIVILEGED, PREFIX + "warn": BASELINE, PREFIX + "audit": BASELINE}
    verdict = evaluate(pod(hostIPC=True), labels)
    assert verdict.allowed and verdict.message == ""
    assert (
        verdict.warning
        == verdict.audit
        == 'would violate PodSecurity "baseline:latest": host namespaces (hostIPC=true)'
    )


def test_a_refused_pod_carries_no_warning() -> None:
    verdict = evaluate(pod(hostIPC=True), {PREFIX + "enforce": BASELINE, PREFIX + "warn": RESTRICTED})
    assert not verdict.allowed and verdict.warning == ""


def test_a_workload_is_never_refused_but_warned_of() -> None:
    verdict = evaluate_template(pod(hostIPC=True), {PREFIX + "enforce": BASELINE})
    assert verdict.allowed
    # Enforcing without a word on warnings warns by the same level.
    assert verdict.warning == 'would violate PodSecurity "baseline:latest": host namespaces (hostIPC=true)'


@pytest.mark.parametrize(
    ("labels", "enforce", "warn"),
    [
        ({}, LevelVersion(PRIVILEGED), LevelVersion(PRIVILEGED)),
        ({"enforce": BASELINE}, LevelVersion(BASELINE), LevelVersion(BASELINE)),
        ({"enforce": BASELINE, "enforce-version": "v1.30"}, LevelVersion(BASELINE, 30), LevelVersion(BASELINE, 30)),
        ({"enforce": BASELINE, "warn-version": "v1.29"}, LevelVersion(BASELINE), LevelVersion(BASELINE, 29)),
        ({"enforce": BASELINE, "warn": PRIVILEGED}, LevelVersion(BASELINE), LevelVersion(PRIVILEGED)),
        ({"enforce": "none"}, LevelVersion(RESTRICTED), LevelVersion(PRIVILEGED)),
        ({"enforce": BASELINE, "enforce-version": "1.30"}, LevelVersion(BASELINE), LevelVersion(BASELINE)),
    ],
)
def test_policies_of_labels(labels: dict[str, str], enforce: LevelVersion, warn: LevelVersion) -> None:
    policy, _errors = policy_of({PREFIX + name: value for name, value in labels.items()})
    assert (policy.enforce, policy.warn) == (enforce, warn)


def test_errors_of_labels_in_kubernetes_words() -> None:
    _policy, errors = policy_of({PREFIX + "enforce": "none", PREFIX + "audit-version": "v2"})
    assert errors == (
        'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "none": must be one of privileged, baseline, restricted',
        'metadata.labels[pod-security.kubernetes.io/audit-version]: Invalid value: "v2": must be "latest" or "v1.x"',
    )
