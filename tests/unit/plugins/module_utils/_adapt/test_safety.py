# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.safety import (
    field_of,
    objection,
    reason,
    source_of,
    trick_warning,
    warning,
)
from ansible_collections.inferops.triton.plugins.module_utils._adapt.tricks import Trick
from ansible_collections.inferops.triton.plugins.module_utils._scc.changes import Change


def volume(**source: Any) -> Change:
    return Change("spec.volumes[0]", {"name": "v", **source}, {"name": "v"}, storage=True)


SAFE = [
    Change("spec.securityContext.runAsUser", 1000),
    Change("spec.securityContext.fsGroup", 0),
    Change("spec.containers[0].securityContext.privileged", False),
    Change("spec.containers[0].securityContext.capabilities.add", ["CHOWN", "CAP_SETUID"]),
    Change("spec.containers[0].securityContext.capabilities.add", ["chown", "NET_BIND_SERVICE"], ["NET_BIND_SERVICE"]),
    Change("spec.containers[0].securityContext.allowPrivilegeEscalation", True),
    Change("spec.containers[0].ports[0].hostPort", 80),
    Change("metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]", "unconfined"),
    volume(nfs={"server": "s", "path": "/p"}),
    volume(hostPath={"path": "/data/models", "type": "DirectoryOrCreate"}),
    volume(hostPath={"path": "/mnt"}),
    volume(hostPath=None, nfs={"server": "s", "path": "/p"}),
    Change("spec.securityContext.seLinuxOptions", {"level": "s0:c1,c2", "type": "container_t"}),
    Change("spec.containers[0].securityContext.capabilities", {"add": ["CHOWN"]}, {"drop": ["ALL"]}),
    Change("spec.containers[0].securityContext.capabilities", None, {"drop": ["ALL"]}),
    Change("spec.containers[0].livenessProbe.httpGet.host", "example.com"),
    Change("spec.containers[0].securityContext.appArmorProfile", {"type": "Unconfined"}),
    Change("metadata.annotations[openshift.io/required-scc]", "nonroot-v2", "restricted-v2"),
    Change("spec.securityContext.runAsNonRoot", None, True),
    Change("spec.securityContext.seccompProfile", {"type": "Unconfined"}, {"type": "RuntimeDefault"}),
]
UNSAFE = [
    ("root", Change("spec.containers[0].securityContext.runAsUser", 0), "asks for root"),
    ("privileged", Change("spec.containers[0].securityContext.privileged", True), "all that the node may do"),
    ("host_network", Change("spec.hostNetwork", True), "works on the node"),
    ("host_network", Change("spec.hostPID", True), "works on the node"),
    (
        "capabilities",
        Change("spec.containers[0].securityContext.capabilities.add", ["CHOWN", "NET_ADMIN"]),
        "miss NET_ADMIN",
    ),
    ("capabilities", Change("spec.containers[0].securityContext.capabilities.add", ["ALL"]), "miss ALL"),
    ("sysctls", Change("spec.securityContext.sysctls", [{"name": "kernel.sem", "value": "1"}]), "miss kernel.sem"),
    ("host_path", volume(hostPath={"path": "/var/run/docker.sock", "type": "Socket"}), "/var/run/docker.sock"),
    ("host_path", volume(hostPath={"path": "/"}), "/ is the node's"),
    ("host_path", volume(hostPath={"path": "/data/../proc/"}), "/proc is the node's"),
    ("host_path", volume(hostPath={"path": "/data", "type": "CharDevice"}), "/data is the node's"),
    (
        "capabilities",
        Change("spec.containers[0].securityContext.capabilities", {"add": ["SYS_ADMIN"]}, {"drop": ["ALL"]}),
        "miss SYS_ADMIN",
    ),
    ("privileged", Change("spec.securityContext.seLinuxOptions", {"type": "spc_t"}), "SELinux type spc_t"),
    ("privileged", Change("spec.containers[0].securityContext.procMount", "Unmasked"), "procMount Unmasked"),
    ("privileged", Change("spec.securityContext.windowsOptions", {"hostProcess": True}), "works on the node"),
    ("volumes", volume(gitRepo={"repository": "r"}), "clones the repository into an emptyDir"),
    ("volumes", volume(iscsi={}), "PersistentVolume of this iscsi volume"),
]


@pytest.mark.parametrize("change", SAFE, ids=lambda change: change.path)
def test_what_a_pod_does_without(change: Change) -> None:
    assert objection(change, "Deployment", ()) == ""


@pytest.mark.parametrize(("name", "change", "words"), UNSAFE)
def test_what_a_pod_may_not_do_without(name: str, change: Change, words: str) -> None:
    assert words in objection(change, "Deployment", ())
    assert objection(change, "Deployment", (name,)) == ""
    others = {other for other, _change, _words in UNSAFE} - {name}
    assert words in objection(change, "Deployment", others)


def test_a_daemon_set_has_its_directories_on_each_node() -> None:
    assert "/data is the node's" in objection(volume(hostPath={"path": "/data"}), "DaemonSet", ())


def test_a_stateful_set_has_them_for_each_pod() -> None:
    assert "claim template" in objection(volume(hostPath={"path": "/data"}), "StatefulSet", ())


@pytest.mark.parametrize(
    "change", [*SAFE, *(change for _name, change, _words in UNSAFE)], ids=lambda change: change.path
)
def test_every_change_has_a_reason(change: Change) -> None:
    assert reason(change) and reason(change) != "the SCC does not allow it"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("spec.volumes[3]", "volumes"),
        ("spec.containers[0].securityContext.seLinuxOptions.level", "seLinuxOptions"),
        ("metadata.annotations[a.b/c]", "annotations"),
        ("spec.hostNetwork", "hostNetwork"),
    ],
)
def test_the_field(path: str, field: str) -> None:
    assert field_of(path) == field


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("spec.containers[0].ports[0].hostPort", 80), "port 80 of the node"),
        (Change("spec.securityContext.runAsNonRoot", None, True), "must not run as root"),
        (Change("spec.containers[0].livenessProbe.httpGet.host", "h"), "sent to h"),
        (Change("metadata.annotations[openshift.io/required-scc]", "anyuid", "restricted-v2"), "asked for anyuid"),
        (Change("spec.containers[0].securityContext.readOnlyRootFilesystem", False), "writes to volumes"),
        (Change("spec.securityContext.seccompProfile", {"type": "Unconfined"}), "runtime's default"),
        (Change("metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]", "localhost/a"), "runtime's default"),
        (volume(hostPath={"path": "/data"}), "until somebody copies it"),
        (volume(nfs={"server": "s", "path": "/p"}), ""),
        (Change("spec.securityContext.seccompProfile", {"type": "RuntimeDefault"}), ""),
        (Change("spec.securityContext.runAsNonRoot", False), ""),
        (Change("spec.securityContext.fsGroup", 1000), ""),
    ],
)
def test_what_somebody_has_to_see_to(change: Change, words: str) -> None:
    found = warning(change, {"spec": {"containers": [{}]}})
    assert words in found and bool(found) is bool(words)


def test_an_image_is_no_matter_where_the_pod_names_its_users() -> None:
    change = Change("spec.securityContext.runAsNonRoot", None, True)
    user = {"securityContext": {"runAsUser": 1}}
    assert warning(change, {"spec": {"containers": [user]}}) == ""
    assert warning(change, {"spec": {"containers": [{}], **user}}) == ""
    assert warning(change, {"spec": {"containers": [user, {"securityContext": None}]}}) != ""


@pytest.mark.parametrize(
    ("settings", "source", "group", "words"),
    [
        (("vm.x=1",), {"emptyDir": {}}, None, "An administrator sets vm.x=1"),
        ((), {"nfs": {}}, 5, "NFS export"),
        ((), {"emptyDir": {}}, None, "Nothing sets fsGroup"),
        ((), {"emptyDir": {}}, 5, ""),
    ],
)
def test_what_somebody_has_to_see_to_without_an_init_container(
    settings: tuple[str, ...], source: dict[str, Any], group: int | None, words: str
) -> None:
    container = {"name": "first", "volumeMounts": [{"name": "data"}]}
    pod = {"spec": {"initContainers": [container], "volumes": [{"name": "data", **source}]}}
    admitted = {"spec": {"securityContext": {"fsGroup": group}}}
    found = trick_warning(Trick(0, "r", settings), container, pod, admitted)
    assert words in found and bool(found) is bool(words)


def test_the_source_of_a_volume() -> None:
    assert source_of({"name": "v", "hostPath": None, "nfs": {}}) == "nfs"
    assert source_of({"name": "v"}) == ""
