# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one SCC refuses of a pod: each message to the letter.

The order of several is in test_provider_order.py, what an SCC writes into a pod in test_provider_fill.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from .permissive import FIRST, LAST, LEVEL, container, messages, pod, provider

POD = "provider s: .spec.securityContext"
C0 = "provider s: .containers[0]"
LABEL = {"seLinuxContext": {"type": "MustRunAs"}}
CONTAINER_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/c"
POD_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"

# Fields of the SCC, the pod, what is refused.
OF_POD: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    (
        {"fsGroup": {"type": "MustRunAs"}},
        pod(securityContext={"fsGroup": 1000}),
        [f"{POD}.fsGroup: Invalid value: [1000]: 1000 is not an allowed group"],
    ),
    (
        {"supplementalGroups": {"type": "MustRunAs", "ranges": [{"min": 5, "max": 7}]}},
        pod(securityContext={"supplementalGroups": [4, 5, 8]}),
        [
            f"{POD}.supplementalGroups: Invalid value: [4,5,8]: 4 is not an allowed group",
            f"{POD}.supplementalGroups: Invalid value: [4,5,8]: 8 is not an allowed group",
        ],
    ),
    (
        {"supplementalGroups": {"type": "MustRunAs"}},
        pod(securityContext={"supplementalGroups": []}),
        [f"{POD}.supplementalGroups: Invalid value: []: unable to validate empty groups against required ranges"],
    ),
    # The pod's label, and that of each container that has it from there.
    (
        LABEL,
        pod(securityContext={"seLinuxOptions": {"level": "s0", "type": "spc_t"}}),
        [
            f'{POD}.seLinuxOptions.level: Invalid value: "s0": must be {LEVEL}',
            f'{POD}.seLinuxOptions.type: Invalid value: "spc_t": must be ',
            f'{C0}.seLinuxOptions.level: Invalid value: "s0": must be {LEVEL}',
            f'{C0}.seLinuxOptions.type: Invalid value: "spc_t": must be ',
        ],
    ),
    (
        {},
        pod(hostNetwork=True, hostIPC=True, hostPID=True),
        [
            f"{POD}.hostNetwork: Invalid value: true: Host network is not allowed to be used",
            f"{POD}.hostPID: Invalid value: true: Host PID is not allowed to be used",
            f"{POD}.hostIPC: Invalid value: true: Host IPC is not allowed to be used",
            f"{C0}.hostNetwork: Invalid value: true: Host network is not allowed to be used",
            f"{C0}.hostPID: Invalid value: true: Host PID is not allowed to be used",
            f"{C0}.hostIPC: Invalid value: true: Host IPC is not allowed to be used",
        ],
    ),
    (
        {"userNamespaceLevel": "RequirePodLevel"},
        pod(),
        [f"{POD}.hostUsers: Invalid value: null: Host Users must be set to false"],
    ),
    (
        {"userNamespaceLevel": "RequirePodLevel"},
        pod(hostUsers=True),
        [f"{POD}.hostUsers: Invalid value: true: Host Users must be set to false"],
    ),
    (
        {"allowedUnsafeSysctls": ["kernel.sem"], "forbiddenSysctls": ["kernel.msg*"]},
        pod(
            securityContext={
                "sysctls": [
                    {"name": name, "value": "1"}
                    for name in ("kernel.sem", "kernel.msgmax", "net.ipv4.tcp_syncookies", "net.core.somaxconn")
                ]
            }
        ),
        [
            'pod.spec.securityContext.sysctls[1]: Forbidden: sysctl "kernel.msgmax" is not allowed',
            'pod.spec.securityContext.sysctls[3]: Forbidden: unsafe sysctl "net.core.somaxconn" is not allowed',
        ],
    ),
    (
        {"volumes": ["emptyDir"]},
        pod(volumes=[{"name": "a", "emptyDir": {}}, {"name": "b", "nfs": {"server": "s", "path": "/"}}]),
        ['spec.volumes[1]: Invalid value: "nfs": nfs volumes are not allowed to be used'],
    ),
    (
        {"volumes": ["flexVolume"], "allowedFlexVolumes": [{"driver": "a/b"}]},
        pod(volumes=[{"name": "a", "flexVolume": {"driver": "a/c"}}]),
        [f'{POD}.volumes[0].driver: Invalid value: "a/c": Flexvolume driver is not allowed to be used'],
    ),
    # Seccomp is judged as an annotation, wherever it stands; what the container has from the pod is refused twice.
    (
        {},
        pod(securityContext={"seccompProfile": {"type": "RuntimeDefault"}}),
        [
            f"pod.metadata.annotations[{POD_SECCOMP}]: Forbidden: seccomp may not be set",
            f"pod.metadata.annotations[{CONTAINER_SECCOMP}]: Forbidden: seccomp may not be set",
        ],
    ),
]

OF_CONTAINER: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    (
        {"runAsUser": {"type": "MustRunAsRange"}},
        {"runAsUser": 1000},
        [f".runAsUser: Invalid value: 1000: must be in the ranges: [{FIRST}, {LAST}]"],
    ),
    ({"runAsUser": {"type": "MustRunAs", "uid": 5}}, {"runAsUser": 0}, [".runAsUser: Invalid value: 0: must be: 5"]),
    (
        {"runAsUser": {"type": "MustRunAsNonRoot"}},
        {"runAsUser": 0},
        [".runAsUser: Invalid value: 0: running with the root UID is forbidden"],
    ),
    (
        {"runAsUser": {"type": "MustRunAsNonRoot"}},
        {"runAsNonRoot": False},
        [".runAsNonRoot: Invalid value: false: must be true"],
    ),
    (
        LABEL,
        {"seLinuxOptions": {"level": LEVEL, "user": "u", "role": "r"}},
        [
            '.seLinuxOptions.role: Invalid value: "r": must be ',
            '.seLinuxOptions.user: Invalid value: "u": must be ',
        ],
    ),
    ({}, {"privileged": True}, [".privileged: Invalid value: true: Privileged containers are not allowed"]),
    (
        {"allowedCapabilities": ["A"]},
        {"capabilities": {"add": ["B", "A", "C"]}},
        [
            '.capabilities.add: Invalid value: "B": capability may not be added',
            '.capabilities.add: Invalid value: "C": capability may not be added',
        ],
    ),
    (
        {"readOnlyRootFilesystem": True},
        {"readOnlyRootFilesystem": False},
        [".readOnlyRootFilesystem: Invalid value: false: ReadOnlyRootFilesystem must be set to true"],
    ),
    (
        {"allowPrivilegeEscalation": False},
        {"allowPrivilegeEscalation": True},
        [".allowPrivilegeEscalation: Invalid value: true: Allowing privilege escalation for containers is not allowed"],
    ),
]
LISTS = ("initContainers", "containers", "ephemeralContainers")


@pytest.mark.parametrize(("fields", "given", "refused"), OF_POD)
def test_of_the_pod(fields: dict[str, Any], given: dict[str, Any], refused: list[str]) -> None:
    assert messages(provider(**fields), given) == refused


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize(("fields", "context", "refused"), OF_CONTAINER)
def test_of_every_kind_of_container(
    fields: dict[str, Any], context: dict[str, Any], refused: list[str], kind: str
) -> None:
    lists = {name: [container("ok")] for name in LISTS} | {kind: [container("ok"), container("c", **context)]}
    assert messages(provider(**fields), pod(**lists)) == [f"provider s: .{kind}[1]{text}" for text in refused]


def test_a_user_namespace_is_all_that_its_level_demands() -> None:
    assert messages(provider(userNamespaceLevel="RequirePodLevel"), pod(hostUsers=False)) == []
    for level in ("", "AllowHostLevel"):
        assert messages(provider(userNamespaceLevel=level), pod(hostUsers=True)) == []


@pytest.mark.parametrize("given", [given for _fields, given, _refused in OF_POD])
def test_an_scc_that_allows_it_all_refuses_nothing(given: dict[str, Any]) -> None:
    flags = {name: True for name in ("allowHostNetwork", "allowHostPID", "allowHostIPC", "allowPrivilegedContainer")}
    lists = {name: ["*"] for name in ("volumes", "seccompProfiles", "allowedUnsafeSysctls", "allowedCapabilities")}
    assert messages(provider(**flags, **lists), given) == []
