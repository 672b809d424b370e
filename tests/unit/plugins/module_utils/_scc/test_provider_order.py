# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One SCC and a pod with several faults: their order, and the faults that are told more than once."""

from __future__ import annotations

from typing import Any

import pytest

from .permissive import container, messages, pod, provider

STRICT: dict[str, Any] = {
    "runAsUser": {"type": "MustRunAs", "uid": 5},
    "seLinuxContext": {"type": "MustRunAs"},
    "fsGroup": {"type": "MustRunAs"},
    "supplementalGroups": {"type": "MustRunAs"},
    "seccompProfiles": ["runtime/default"],
    "userNamespaceLevel": "RequirePodLevel",
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "volumes": ["flexVolume"],
    "allowedFlexVolumes": [{"driver": "a/b"}],
}
WORST = container(
    "c",
    ports=[{"containerPort": 1, "hostPort": 80}],
    runAsUser=0,
    seLinuxOptions={"level": "s0", "role": "r", "type": "t", "user": "u"},
    seccompProfile={"type": "Unconfined"},
    privileged=True,
    capabilities={"add": ["SYS_ADMIN"]},
    readOnlyRootFilesystem=False,
    allowPrivilegeEscalation=True,
)


def paths(found: list[str]) -> list[str]:
    """Without the SCC, from the value on, and without OpenShift's words."""
    return [text.removeprefix("provider s: ").split(": ")[0] for text in found]


def test_pod_first_then_its_containers_field_by_field() -> None:
    given = pod(
        WORST,
        hostNetwork=True,
        hostPID=True,
        hostIPC=True,
        securityContext={
            "fsGroup": 1,
            "supplementalGroups": [1],
            "seccompProfile": {"type": "Unconfined"},
            "seLinuxOptions": {"level": "s0", "role": "r", "type": "t", "user": "u"},
            "sysctls": [{"name": "kernel.sem", "value": "1"}],
        },
        volumes=[{"name": "a", "flexVolume": {"driver": "x/y"}}, {"name": "b", "nfs": {}}],
    )
    assert paths(messages(provider(**STRICT), given)) == [
        ".spec.securityContext.fsGroup",
        ".spec.securityContext.supplementalGroups",
        "pod.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]",
        ".spec.securityContext.seLinuxOptions.level",
        ".spec.securityContext.seLinuxOptions.role",
        ".spec.securityContext.seLinuxOptions.type",
        ".spec.securityContext.seLinuxOptions.user",
        ".spec.securityContext.hostNetwork",
        ".spec.securityContext.hostPID",
        ".spec.securityContext.hostIPC",
        ".spec.securityContext.hostUsers",
        "pod.spec.securityContext.sysctls[0]",
        "spec.volumes[1]",
        ".spec.securityContext.volumes[0].driver",
        ".containers[0].runAsUser",
        ".containers[0].seLinuxOptions.level",
        ".containers[0].seLinuxOptions.role",
        ".containers[0].seLinuxOptions.type",
        ".containers[0].seLinuxOptions.user",
        "pod.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]",
        ".containers[0].privileged",
        ".containers[0].capabilities.add",
        ".containers[0].hostNetwork",
        ".containers[0].containers[0].hostPort",
        ".containers[0].hostPID",
        ".containers[0].hostIPC",
        ".containers[0].readOnlyRootFilesystem",
        ".containers[0].allowPrivilegeEscalation",
    ]


def test_init_containers_come_first_and_ephemeral_ones_last() -> None:
    bad = {"privileged": True}
    given = pod(
        container("a", **bad),
        container("b", **bad),
        initContainers=[container("i", **bad)],
        ephemeralContainers=[container("e", **bad)],
    )
    assert paths(messages(provider(), given)) == [
        ".initContainers[0].privileged",
        ".containers[0].privileged",
        ".containers[1].privileged",
        ".ephemeralContainers[0].privileged",
    ]


def test_a_host_port_is_refused_once_for_every_container() -> None:
    given = pod(
        container("a"),
        container("b", ports=[{"containerPort": 1}, {"containerPort": 2, "hostPort": 8000}, {"hostPort": 0}]),
        initContainers=[container("i", ports=[{"hostPort": 9000}, {"hostPort": 9001}])],
    )
    inner = [
        ".initContainers[0].hostPort: Invalid value: 9000: Host ports are not allowed to be used",
        ".initContainers[0].hostPort: Invalid value: 9001: Host ports are not allowed to be used",
        ".containers[1].hostPort: Invalid value: 8000: Host ports are not allowed to be used",
    ]
    assert messages(provider(), given) == [
        f"provider s: {outer}{text}"
        for outer in (".initContainers[0]", ".containers[0]", ".containers[1]")
        for text in inner
    ]
    assert messages(provider(allowHostPorts=True), given) == []


@pytest.mark.parametrize(
    ("flag", "field"),
    [("allowHostNetwork", "hostNetwork"), ("allowHostPID", "hostPID"), ("allowHostIPC", "hostIPC")],
)
def test_each_host_namespace_has_a_flag_of_its_own(flag: str, field: str) -> None:
    everything = pod(hostNetwork=True, hostPID=True, hostIPC=True)
    found = paths(messages(provider(**{flag: True}), everything))
    assert not any(path.endswith(field) for path in found)
    assert len(found) == 4


RUNTIME = {"type": "RuntimeDefault"}
UNCONFINED = {"type": "Unconfined"}
KEY = "container.seccomp.security.alpha.kubernetes.io/c"
POD_KEY = "seccomp.security.alpha.kubernetes.io/pod"


@pytest.mark.parametrize(
    ("annotations", "of_pod", "of_container", "refused"),
    [
        # The container's field counts, whatever the pod says; the annotation of the container beats the field.
        ({}, RUNTIME, UNCONFINED, [KEY]),
        ({}, UNCONFINED, RUNTIME, [POD_KEY]),
        ({KEY: "unconfined"}, RUNTIME, RUNTIME, [KEY]),
        ({KEY: "runtime/default"}, RUNTIME, UNCONFINED, []),
        # Then the pod's; its annotation beats its field.
        ({}, UNCONFINED, None, [POD_KEY, KEY]),
        ({POD_KEY: "unconfined"}, RUNTIME, None, [POD_KEY, KEY]),
        ({POD_KEY: "docker/default"}, UNCONFINED, None, []),
        ({POD_KEY: ""}, RUNTIME, None, []),
        # Annotations of other containers do not count, nor do texts that are no profile.
        ({KEY + "x": "unconfined"}, None, None, []),
        ({KEY: "nonsense"}, None, None, [KEY]),
        ({KEY: ""}, None, None, [KEY]),
        # A profile without a name has no text, and "unset" is not on the list.
        ({}, None, {"type": "Localhost"}, [KEY]),
        ({}, {"type": "Localhost"}, None, [POD_KEY, KEY]),
    ],
)
def test_where_a_seccomp_profile_may_stand(
    annotations: dict[str, str], of_pod: Any, of_container: Any, refused: list[str]
) -> None:
    context = {"seccompProfile": of_container} if of_container else {}
    given = pod(container(**context), annotations=annotations, securityContext={"seccompProfile": of_pod})
    found = messages(provider(seccompProfiles=["runtime/default"]), given)
    assert paths(found) == [f"pod.metadata.annotations[{key}]" for key in refused]
    assert messages(provider(seccompProfiles=["*"]), given) == []


def test_a_pod_without_anything_is_refused_nothing() -> None:
    assert messages(provider(), {}) == []
    assert messages(provider(), {"metadata": None, "spec": {"containers": None, "volumes": None}}) == []
