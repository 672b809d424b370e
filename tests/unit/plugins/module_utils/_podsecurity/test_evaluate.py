# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pod Security Admission as a whole: what is refused in which release, warned of or logged, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.evaluate import evaluate, evaluate_template
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.policy import (
    BASELINE,
    RESTRICTED,
    LevelVersion,
    Policy,
)
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.registry import checks_for

PREFIX = "pod-security.kubernetes.io/"
ROOT: dict[str, Any] = {
    "metadata": {"name": "p"},
    "spec": {"hostPID": True, "containers": [{"name": "c", "securityContext": {"privileged": True}}]},
}
GOOD: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def labels(**values: str) -> dict[str, str]:
    return {PREFIX + name.replace("_", "-"): value for name, value in values.items()}


def pod(context: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A pod that level restricted lets in, with what is to be wrong about it."""
    return {
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "securityContext": {**GOOD, **(context or {})}}], **spec},
    }


def names(level: str, minor: int | None, cluster: tuple[int, int] | None = None) -> set[str]:
    return {name for name, _check in checks_for(LevelVersion(level, minor), cluster)}


def test_levels_in_the_newest_release() -> None:
    assert names("privileged", None) == set()
    baseline = {
        *("appArmorProfile", "capabilities_baseline", "hostNamespaces", "hostPathVolumes", "hostPorts"),
        *(
            "hostProbesAndHostLifecycle",
            "privileged",
            "procMount",
            "seLinuxOptions",
            "seccompProfile_baseline",
            "sysctls",
        ),
        "windowsHostProcess",
    }
    assert names("baseline", None) == baseline
    instead = {"capabilities_baseline", "hostPathVolumes", "procMount", "seccompProfile_baseline"}
    assert names("restricted", None) == (baseline - instead) | {
        *(
            "allowPrivilegeEscalation",
            "capabilities_restricted",
            "procMount_restricted",
            "restrictedVolumes",
            "runAsNonRoot",
        ),
        *("runAsUser", "seccompProfile_restricted"),
    }


@pytest.mark.parametrize(
    ("minor", "came"),
    [
        (8, {"allowPrivilegeEscalation"}),
        (19, {"seccompProfile_restricted"}),
        (22, {"capabilities_restricted"}),
        (23, {"runAsUser"}),
        (34, {"hostProbesAndHostLifecycle"}),
        (35, {"procMount_restricted"}),
    ],
)
def test_the_release_in_which_a_check_came(minor: int, came: set[str]) -> None:
    assert names("restricted", minor) - names("restricted", minor - 1) == came


@pytest.mark.parametrize(
    ("policy", "cluster", "judged"),
    [
        ("v1.33", (1, 35), False),
        ("v1.34", (1, 35), True),
        ("latest", (1, 33), False),
        # No cluster knows a policy that is newer than itself.
        ("v1.34", (1, 33), False),
        ("v1.99", (1, 34), True),
        ("latest", (1, 99), True),
        ("latest", (2, 0), True),
        ("latest", None, True),
        ("v1.99", None, True),
    ],
)
def test_version_of_the_policy_and_of_the_cluster(policy: str, cluster: tuple[int, int] | None, judged: bool) -> None:
    probing = pod()
    probing["spec"]["containers"][0]["startupProbe"] = {"httpGet": {"host": "localhost"}}
    verdict = evaluate(probing, labels(enforce="baseline", enforce_version=policy), cluster_version=cluster)
    assert verdict.allowed is not judged


@pytest.mark.parametrize(
    ("level", "given", "refused_until", "refused_from"),
    [
        ("baseline", pod({"procMount": "Unmasked"}, hostUsers=False), 34, None),
        ("restricted", pod({"runAsNonRoot": False}, hostUsers=False), 34, None),
        ("restricted", pod({"runAsUser": 0}, hostUsers=False), 34, 23),
        ("restricted", pod({"allowPrivilegeEscalation": None}, os={"name": "windows"}), 24, 8),
        ("restricted", pod({"capabilities": None}, os={"name": "windows"}), 24, 22),
        ("restricted", pod({"seccompProfile": None}, os={"name": "windows"}), 24, 19),
        ("baseline", pod({"seLinuxOptions": {"type": "container_engine_t"}}), 30, None),
        ("baseline", pod(securityContext={"sysctls": [{"name": "net.ipv4.tcp_wmem"}]}), 31, None),
        ("baseline", pod({"seccompProfile": {"type": "Unconfined"}}), None, 19),
    ],
)
def test_what_changed_between_releases(
    level: str, given: dict[str, Any], refused_until: int | None, refused_from: int | None
) -> None:
    def refused(minor: int) -> bool:
        return not evaluate(given, labels(enforce=level, enforce_version=f"v1.{minor}")).allowed

    last, first = 35 if refused_until is None else refused_until, refused_from or 0
    assert [minor for minor in range(36) if refused(minor)] == list(range(first, last + 1))


def test_before_1_19_seccomp_was_an_annotation() -> None:
    given = pod()
    given["metadata"]["annotations"] = {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}
    assert not evaluate(given, labels(enforce="baseline", enforce_version="v1.18")).allowed
    assert evaluate(given, labels(enforce="baseline", enforce_version="v1.19")).allowed


def test_a_refusal_names_all_that_is_wrong_in_kubernetes_order() -> None:
    verdict = evaluate(ROOT, labels(enforce="restricted"))
    assert not verdict.allowed
    assert verdict.message == (
        'pods "p" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostPID=true), privileged '
        '(container "c" must not set securityContext.privileged=true), allowPrivilegeEscalation != false (container "c" must '
        'set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set '
        'securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set '
        'securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set '
        'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
    )
    assert [one.check for one in verdict.violations][:2] == ["hostNamespaces", "privileged"]


@pytest.mark.parametrize(
    ("metadata", "subject"),
    [({"name": "n", "generateName": "g-"}, 'pods "n" is'), ({"generateName": "g-"}, 'pods "g-" is'), (None, "pods is")],
)
def test_the_pod_in_a_refusal(metadata: Any, subject: str) -> None:
    message = evaluate({**ROOT, "metadata": metadata}, labels(enforce="baseline", enforce_version="v1.30")).message
    assert message.startswith(f'{subject} forbidden: violates PodSecurity "baseline:v1.30": ')


def test_a_good_pod() -> None:
    verdict = evaluate(pod(), labels(enforce="restricted", audit="restricted"))
    assert (verdict.allowed, verdict.violations, verdict.message) == (True, (), "")
    assert (verdict.warning, verdict.audit, verdict.label_errors) == ("", "", ())


def test_without_labels_everything_is_let_in_and_nobody_warned() -> None:
    verdict = evaluate(ROOT, {})
    assert (verdict.allowed, verdict.warning, verdict.audit) == (True, "", "")


def test_warnings_and_the_audit_log() -> None:
    verdict = evaluate(ROOT, labels(warn="baseline", audit="baseline", audit_version="v1.22"))
    found = 'host namespaces (hostPID=true), privileged (container "c" must not set securityContext.privileged=true)'
    assert verdict.allowed and verdict.violations == ()
    assert verdict.warning == f'would violate PodSecurity "baseline:latest": {found}'
    assert verdict.audit == f'would violate PodSecurity "baseline:v1.22": {found}'


def test_who_is_refused_is_not_warned_besides() -> None:
    verdict = evaluate(ROOT, labels(enforce="baseline", warn="restricted", audit="baseline"))
    assert (verdict.allowed, verdict.warning) == (False, "")
    assert verdict.audit.startswith('would violate PodSecurity "baseline:latest": host namespaces')


def test_a_workload_is_only_warned_of() -> None:
    verdict = evaluate_template(ROOT, labels(enforce="baseline", audit="restricted"))
    assert (verdict.allowed, verdict.message, verdict.violations) == (True, "", ())
    assert verdict.warning.startswith('would violate PodSecurity "baseline:latest": host namespaces')
    assert verdict.audit.startswith('would violate PodSecurity "restricted:latest": host namespaces')
    both = evaluate_template(ROOT, labels(warn="baseline", audit="baseline"))
    assert both.warning == both.audit != ""


def test_the_clusters_defaults_hold_where_labels_are_silent() -> None:
    default = Policy(LevelVersion(BASELINE), LevelVersion(RESTRICTED), LevelVersion(RESTRICTED))
    assert not evaluate(ROOT, {}, cluster_default=default).allowed
    assert evaluate(ROOT, labels(enforce="privileged"), cluster_default=default).warning.startswith("would violate")
    assert evaluate_template(ROOT, {}, cluster_default=default).audit.startswith(
        'would violate PodSecurity "restricted'
    )


def test_a_label_that_is_wrong_is_told_and_the_strictest_level_holds() -> None:
    verdict = evaluate(ROOT, labels(enforce="high"))
    assert not verdict.allowed and 'violates PodSecurity "restricted:latest"' in verdict.message
    assert len(verdict.label_errors) == 1
    assert evaluate_template(ROOT, labels(enforce="high")).label_errors == verdict.label_errors
