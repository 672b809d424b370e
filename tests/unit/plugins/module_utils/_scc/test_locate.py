# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.locate import locate

POD: dict[str, Any] = {
    "securityContext": {"runAsUser": 1000, "fsGroup": 1000, "seccompProfile": {}, "seLinuxOptions": {}},
    "initContainers": [{"name": "fetch", "securityContext": {"runAsUser": 5}}],
    "containers": [
        {"name": "triton", "securityContext": {"privileged": True, "capabilities": {"add": ["NET_ADMIN"]}}},
        {"name": "side", "securityContext": {"runAsUser": 7, "seccompProfile": {}}},
    ],
    "volumes": [{"name": "models", "nfs": {}}, {"nfs": {}}],
}
SECCOMP = "seccomp.security.alpha.kubernetes.io"


@pytest.mark.parametrize(
    "path, place",
    [
        # A container inherits what the pod sets.
        ("containers[0].runAsUser", "spec.template.spec.securityContext.runAsUser"),
        ("containers[1].runAsUser", "spec.template.spec.containers[1] (side).securityContext.runAsUser"),
        ("initContainers[0].runAsUser", "spec.template.spec.initContainers[0] (fetch).securityContext.runAsUser"),
        ("containers[0].seLinuxOptions.level", "spec.template.spec.securityContext.seLinuxOptions.level"),
        (
            "containers[1].securityContext.runAsUser",
            "spec.template.spec.containers[1] (side).securityContext.runAsUser",
        ),
        ("containers[0].privileged", "spec.template.spec.containers[0] (triton).securityContext.privileged"),
        (
            "containers[0].capabilities.add",
            "spec.template.spec.containers[0] (triton).securityContext.capabilities.add",
        ),
        ("spec.securityContext.fsGroup", "spec.template.spec.securityContext.fsGroup"),
        ("pod.spec.securityContext.sysctls[0]", "spec.template.spec.securityContext.sysctls[0]"),
        ("spec.volumes[0]", "spec.template.spec.volumes[0] (models)"),
        ("spec.volumes[1]", "spec.template.spec.volumes[1]"),
        ("spec.volumes[0].driver", "spec.template.spec.volumes[0] (models).driver"),
        # The index may be that of a container which a webhook added.
        ("containers[7].privileged", "spec.template.spec.containers[7].securityContext.privileged"),
        # Refused in the name of a container or of the security context, but fields of the pod.
        ("containers[0].hostNetwork", "spec.template.spec.hostNetwork"),
        ("spec.securityContext.hostPID", "spec.template.spec.hostPID"),
        ("containers[1].hostIPC", "spec.template.spec.hostIPC"),
        ("spec.securityContext.hostUsers", "spec.template.spec.hostUsers"),
        ("containers[0].containers[1].hostPort", "spec.template.spec.containers[1] (side).ports[*].hostPort"),
        # OpenShift checks a seccomp profile by the annotation that it derives from the field.
        (f"pod.metadata.annotations[{SECCOMP}/pod]", "spec.template.spec.securityContext.seccompProfile"),
        (f"pod.metadata.annotations[container.{SECCOMP}/triton]", "spec.template.spec.securityContext.seccompProfile"),
        (
            f"pod.metadata.annotations[container.{SECCOMP}/side]",
            "spec.template.spec.containers[1] (side).securityContext.seccompProfile",
        ),
        (f"pod.metadata.annotations[container.{SECCOMP}/other]", "spec.template.spec.securityContext.seccompProfile"),
        # Pod Security Admission.
        (
            "securityContext.allowPrivilegeEscalation",
            "spec.template.spec.containers[*].securityContext.allowPrivilegeEscalation",
        ),
        ("pod.spec.securityContext.runAsNonRoot", "spec.template.spec.securityContext.runAsNonRoot"),
        ("volumes", "spec.template.spec.volumes"),
    ],
)
def test_place_in_the_template(path: str, place: str) -> None:
    assert locate(path, POD) == place


@pytest.mark.parametrize(
    "path",
    [
        "containers[0].runAsUser",
        "spec.volumes[0]",
        f"pod.metadata.annotations[container.{SECCOMP}/x]",
        "containers[99999999999999999999].x",
        "",
        "...",
        "containers[",
    ],
)
@pytest.mark.parametrize("pod", [{}, {"containers": None, "volumes": None, "securityContext": None}])
def test_a_pod_without_anything_is_no_traceback(path: str, pod: dict[str, Any]) -> None:
    assert locate(path, pod).startswith("spec.template.spec")
