# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of level baseline. Messages are those of k8s.io/pod-security-admission v0.35, package policy, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._podsecurity import baseline
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.registry import CheckFunction
from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.view import Finding, view

ARMOR = "container.apparmor.security.beta.kubernetes.io/"
SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/"
UNMASKED = {"procMount": "Unmasked"}


def pod(*containers: Any, annotations: Any = None, context: Any = None, **spec: Any) -> dict[str, Any]:
    """A pod whose containers a, b, ... have these security contexts."""
    named = [{"name": name, "securityContext": one} for name, one in zip("abcdefg", containers, strict=False)]
    return {"metadata": {"annotations": annotations}, "spec": {"containers": named, "securityContext": context, **spec}}


def found(check: CheckFunction, given: dict[str, Any], created: bool = True) -> Finding:
    return check(view(given, created=created))


def selinux(**options: str) -> dict[str, Any]:
    return {"seLinuxOptions": options}


def seccomp(kind: str) -> dict[str, Any]:
    return {"seccompProfile": {"type": kind}}


def armor(kind: str) -> dict[str, Any]:
    return {"appArmorProfile": {"type": kind}}


def adds(*names: str) -> dict[str, Any]:
    return {"capabilities": {"add": list(names)}}


def windows(value: bool) -> dict[str, Any]:
    return {"windowsOptions": {"hostProcess": value}}


FORBIDDEN_SELINUX = "set forbidden securityContext.seLinuxOptions:"
CASES: list[tuple[CheckFunction, dict[str, Any], Finding]] = [
    (
        baseline.apparmor,
        pod(context=armor("Unconfined")),
        ("forbidden AppArmor profile", 'pod must not set AppArmor profile type to "Unconfined"'),
    ),
    (
        baseline.apparmor,
        pod(armor("Unconfined"), armor("Localhost"), context=armor("RuntimeDefault")),
        ("forbidden AppArmor profile", 'container "a" must not set AppArmor profile type to "Unconfined"'),
    ),
    (
        baseline.apparmor,
        pod(
            annotations={
                ARMOR: "bogus",
                f"{ARMOR}a": "",
                f"{ARMOR}b": "runtime/default",
                f"{ARMOR}c": "localhost/",
                f"{ARMOR}d": "localhost/foo",
                f"{ARMOR}e": "unconfined",
                f"{ARMOR}f": "unknown",
                "env": "prod",
            }
        ),
        (
            "forbidden AppArmor profiles",
            (
                f'annotations must not set AppArmor profile type to "{ARMOR}="bogus"", "{ARMOR}e="unconfined"", '
                f'"{ARMOR}f="unknown""'
            ),
        ),
    ),
    (
        baseline.capabilities,
        pod(adds("FOO", "BAR"), adds("BAR", "BAZ")),
        (
            "non-default capabilities",
            'containers "a", "b" must not include "BAR", "BAZ", "FOO" in securityContext.capabilities.add',
        ),
    ),
    (baseline.capabilities, pod(adds("CHOWN", "KILL", "SYS_CHROOT", "NET_BIND_SERVICE", "AUDIT_WRITE")), None),
    (
        baseline.capabilities,
        pod(adds("chown")),
        ("non-default capabilities", 'container "a" must not include "chown" in securityContext.capabilities.add'),
    ),
    (
        baseline.host_namespaces,
        pod(hostIPC=True, hostNetwork=True, hostPID=True),
        ("host namespaces", "hostNetwork=true, hostPID=true, hostIPC=true"),
    ),
    (baseline.host_namespaces, pod(hostIPC=False, hostNetwork=None), None),
    (
        baseline.host_path,
        pod(
            volumes=[{"name": "a", "hostPath": {}}, {"name": "b", "hostPath": {"path": "/"}}, {"name": "c", "nfs": {}}]
        ),
        ("hostPath volumes", 'volumes "a", "b"'),
    ),
    (baseline.host_path, pod(volumes=[{"name": "a", "hostPath": {}}]), ("hostPath volumes", 'volume "a"')),
    (baseline.host_path, pod(volumes=[{"name": "a", "hostPath": None}]), None),
    (
        baseline.privileged,
        pod({"privileged": False}, {}, None, {"privileged": True}, {"privileged": True}),
        ("privileged", 'containers "d", "e" must not set securityContext.privileged=true'),
    ),
    (
        baseline.proc_mount,
        pod({"procMount": "Default"}, {"procMount": None}, {"procMount": "other"}, UNMASKED, hostUsers=False),
        ("procMount", 'containers "c", "d" must not set securityContext.procMount to "Unmasked", "other"'),
    ),
    (baseline.proc_mount_1_35, pod(UNMASKED, hostUsers=False), None),
    (
        baseline.proc_mount_1_35,
        pod(UNMASKED, hostUsers=True),
        ("procMount", 'container "a" must not set securityContext.procMount to "Unmasked"'),
    ),
    (
        baseline.selinux_1_31,
        pod(
            *(selinux(type=f"container_{kind}t") for kind in ("", "init_", "kvm_", "engine_")),
            *(selinux(type="bar"), selinux(user="bar"), selinux(role="baz")),
            context=selinux(type="foo", user="bar", role="baz"),
        ),
        (
            "seLinuxOptions",
            f'pod and containers "e", "f", "g" {FORBIDDEN_SELINUX} types "bar", "foo"; user may not be set; role may not be set',
        ),
    ),
    (
        baseline.selinux,
        pod(selinux(type="container_engine_t"), context=selinux(level="s0:c1,c2")),
        ("seLinuxOptions", f'container "a" {FORBIDDEN_SELINUX} type "container_engine_t"'),
    ),
    (
        baseline.selinux_1_31,
        pod(context=selinux(user="bad")),
        ("seLinuxOptions", f"pod {FORBIDDEN_SELINUX} user may not be set"),
    ),
    (
        baseline.selinux_1_31,
        pod(context=selinux(role="bad", user="")),
        ("seLinuxOptions", f"pod {FORBIDDEN_SELINUX} role may not be set"),
    ),
    (baseline.selinux_1_31, pod({"seLinuxOptions": None}, context={"seLinuxOptions": {}}), None),
    (
        baseline.seccomp_annotations,
        pod({}, {}, annotations={SECCOMP: "unconfined", f"{SECCOMP_OF}a": "unconfined", f"{SECCOMP_OF}b": "unknown"}),
        (
            "seccompProfile",
            f'forbidden annotations {SECCOMP_OF}a="unconfined", {SECCOMP_OF}b="unknown", {SECCOMP}="unconfined"',
        ),
    ),
    (
        baseline.seccomp_annotations,
        pod({}, annotations={SECCOMP: "", f"{SECCOMP_OF}a": "localhost/x", f"{SECCOMP_OF}nobody": "unconfined"}),
        ("seccompProfile", f'forbidden annotation {SECCOMP}=""'),
    ),
    (
        baseline.seccomp_annotations,
        pod({}, annotations={SECCOMP: "runtime/default", f"{SECCOMP_OF}a": "docker/default"}),
        None,
    ),
    (
        baseline.seccomp_fields,
        pod(seccomp("Localhost"), {"seccompProfile": None}, seccomp("Unconfined"), seccomp("RuntimeDefault")),
        ("seccompProfile", 'container "c" must not set securityContext.seccompProfile.type to "Unconfined"'),
    ),
    (
        baseline.seccomp_fields,
        pod(seccomp("x"), context=seccomp("Unconfined")),
        (
            "seccompProfile",
            'pod and container "a" must not set securityContext.seccompProfile.type to "Unconfined", "x"',
        ),
    ),
    (
        baseline.sysctls_1_0,
        pod(context={"sysctls": [{"name": "b"}, {"name": "kernel.shm_rmid_forced"}, {"name": "a"}, {"name": "b"}]}),
        ("forbidden sysctls", "b, a, b"),
    ),
    (
        baseline.windows_host_process,
        pod(windows(False), {"windowsOptions": None}, windows(True), context=windows(True)),
        ("hostProcess", 'pod and container "c" must not set securityContext.windowsOptions.hostProcess=true'),
    ),
]


@pytest.mark.parametrize(("check", "given", "finding"), CASES)
def test_checks(check: CheckFunction, given: dict[str, Any], finding: Finding) -> None:
    assert found(check, given) == finding
