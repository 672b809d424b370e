# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of privileges."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.model import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.privileges import (
    BY_NAME,
    PRIVILEGES,
    TO_BE_NAMED,
    grave,
    privileges,
    weight,
)
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.permissive import scc

SCCS = {name: parse(one) for name, one in standard().items()}


def test_the_standard_sccs_from_harmless_to_grave() -> None:
    order = sorted(SCCS.values(), key=weight)
    assert [one.name for one in order][:3] == ["restricted-v2", "restricted-v3", "nonroot-v2"]
    assert order[-1].name == "privileged"
    places = [one.name for one in order]
    assert (
        places.index("restricted")
        < places.index("anyuid")
        < places.index("hostnetwork-v2")
        < places.index("hostaccess")
    )


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("restricted-v2", []),
        ("restricted-v3", []),
        ("nonroot-v2", []),
        ("restricted", ["capabilities", "privilege_escalation", "seccomp"]),
        ("anyuid", ["root", "capabilities", "privilege_escalation", "seccomp"]),
        ("hostnetwork-v2", ["host_network", "host_ports"]),
        ("nested-container", ["root", "capabilities", "selinux", "privilege_escalation", "seccomp"]),
        ("privileged", list(TO_BE_NAMED)),
    ],
)
def test_what_has_to_be_named(name: str, wanted: list[str]) -> None:
    assert grave(SCCS[name]) == wanted


def test_words_for_all_of_them() -> None:
    assert privileges(SCCS["restricted-v2"]) == ["supplemental groups outside the namespace's"]
    assert privileges(SCCS["privileged"])[:2] == ["privileged containers", "directories of the node (hostPath)"]
    assert len({one.words for one in PRIVILEGES}) == len(PRIVILEGES) == len({one.name for one in PRIVILEGES})
    assert [BY_NAME[one.name] for one in PRIVILEGES] == list(PRIVILEGES)


def test_access_to_the_node_root_and_weaker_containers_have_to_be_named() -> None:
    """As the table of docs/scc.md has it; servers, users and groups are granted as needed."""
    assert list(TO_BE_NAMED) == [
        *("privileged", "host_path", "host_pid", "host_ipc", "host_network", "root", "capabilities", "selinux"),
        *("privilege_escalation", "seccomp", "unsafe_sysctls", "host_ports"),
    ]


# Nothing at all: the namespace's values, no capability, no volume.
NOTHING: dict[str, Any] = {
    "runAsUser": {"type": "MustRunAsRange"},
    "seLinuxContext": {"type": "MustRunAs"},
    "fsGroup": {"type": "MustRunAs"},
    "supplementalGroups": {"type": "MustRunAs"},
    "requiredDropCapabilities": ["ALL"],
    "allowPrivilegeEscalation": False,
    "seccompProfiles": ["runtime/default"],
    "volumes": ["none"],
}


def grants(**fields: Any) -> set[str]:
    """Names of what such an SCC grants beyond nothing."""
    found = scc(**{**NOTHING, **fields})
    return {privilege.name for privilege in PRIVILEGES if privilege.of(found)}


def test_nothing_is_nothing() -> None:
    assert grants() == set()
    assert privileges(scc(**NOTHING)) == grave(scc(**NOTHING)) == []


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"allowPrivilegedContainer": True}, {"privileged"}),
        ({"allowHostPID": True}, {"host_pid"}),
        ({"allowHostIPC": True}, {"host_ipc"}),
        ({"allowHostNetwork": True}, {"host_network"}),
        ({"allowHostPorts": True}, {"host_ports"}),
        ({"volumes": ["hostPath"]}, {"host_path"}),
        ({"volumes": ["nfs"]}, {"inline_volumes"}),
        ({"volumes": ["*"]}, {"host_path", "inline_volumes"}),
        ({"volumes": ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"]}, set()),
        ({"volumes": ["image", "persistentVolumeClaim", "projected", "secret"]}, set()),
        # The list decides; the switch for directories has no say once an SCC is stored.
        ({"allowHostDirVolumePlugin": True}, set()),
        # Users: root is a matter of its own.
        ({"runAsUser": {"type": "RunAsAny"}}, {"root", "users"}),
        ({"runAsUser": {"type": "MustRunAs", "uid": 0}}, {"root", "users"}),
        ({"runAsUser": {"type": "MustRunAs", "uid": 1}}, {"users"}),
        ({"runAsUser": {"type": "MustRunAsNonRoot"}}, {"users"}),
        ({"runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 0, "uidRangeMax": 5}}, {"root", "users"}),
        ({"runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 1, "uidRangeMax": 5}}, {"users"}),
        ({"runAsUser": {"type": "MustRunAsNonRoot", "uid": 0, "uidRangeMin": 0}}, {"users"}),
        # Groups.
        ({"fsGroup": {"type": "RunAsAny"}}, {"fs_groups"}),
        ({"fsGroup": {"type": "MustRunAs", "ranges": [{"min": 5, "max": 5}]}}, {"fs_groups"}),
        ({"supplementalGroups": {"type": "RunAsAny"}}, {"groups"}),
        ({"supplementalGroups": {"type": "MustRunAs", "ranges": [{"min": 5, "max": 5}]}}, {"groups"}),
        # Labels.
        ({"seLinuxContext": {"type": "RunAsAny"}}, {"selinux"}),
        ({"seLinuxContext": {"type": "MustRunAs", "seLinuxOptions": {"type": "spc_t"}}}, {"selinux"}),
        ({"seLinuxContext": {"type": "MustRunAs", "seLinuxOptions": {"level": "s0"}}}, {"selinux"}),
        # Capabilities: not to drop all of them is a grant, to bind ports below 1024 is none.
        ({"requiredDropCapabilities": ["KILL"]}, {"capabilities"}),
        ({"allowedCapabilities": ["NET_BIND_SERVICE"]}, set()),
        ({"allowedCapabilities": ["SYS_PTRACE"]}, {"capabilities"}),
        ({"defaultAddCapabilities": ["SYS_PTRACE"]}, {"capabilities"}),
        ({"allowedCapabilities": ["*"]}, {"capabilities"}),
        # Silence is consent.
        ({"allowPrivilegeEscalation": None}, {"privilege_escalation"}),
        ({"allowPrivilegeEscalation": True}, {"privilege_escalation"}),
        ({"seccompProfiles": None}, {"seccomp"}),
        ({"seccompProfiles": ["docker/default"]}, set()),
        ({"seccompProfiles": ["runtime/default", "localhost/a"]}, {"seccomp"}),
        ({"seccompProfiles": ["runtime/default", "unconfined"]}, {"seccomp"}),
        ({"seccompProfiles": ["runtime/default", "*"]}, {"seccomp"}),
        ({"allowedUnsafeSysctls": ["kernel.sem"]}, {"unsafe_sysctls"}),
        # What restricts further is no privilege.
        ({"readOnlyRootFilesystem": True, "forbiddenSysctls": ["*"], "userNamespaceLevel": "RequirePodLevel"}, set()),
    ],
)
def test_what_a_field_grants(fields: dict[str, Any], names: set[str]) -> None:
    assert grants(**fields) == names


@pytest.mark.parametrize("user", [{"type": "RunAsAny"}, {"type": "MustRunAsRange", "uidRangeMin": 0, "uidRangeMax": 9}])
def test_root_in_a_user_namespace_has_to_be_named_as_well(user: dict[str, Any]) -> None:
    assert "root" in grave(scc(**{**NOTHING, "runAsUser": user, "userNamespaceLevel": "RequirePodLevel"}))


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"runAsUser": {"type": "MustRunAs", "uid": 0}}, {"runAsUser": {"type": "RunAsAny"}}),
        # Any user is more root than root alone, which outweighs what is less grave.
        ({"runAsUser": {"type": "MustRunAs", "uid": 0}, "allowHostPorts": True}, {"runAsUser": {"type": "RunAsAny"}}),
        ({"runAsUser": {"type": "MustRunAs", "uid": 5}}, {"runAsUser": {"type": "MustRunAsNonRoot"}}),
        ({"fsGroup": {"type": "MustRunAs", "ranges": [{"min": 5, "max": 5}]}}, {"fsGroup": {"type": "RunAsAny"}}),
        ({"allowedCapabilities": ["A"]}, {"allowedCapabilities": ["A", "B"]}),
        ({"allowedCapabilities": ["A", "B", "C"]}, {"allowedCapabilities": ["*"]}),
        ({"allowedCapabilities": ["A", "B", "C"]}, {"allowedCapabilities": ["ALL"]}),
        ({"seccompProfiles": ["localhost/a"]}, {"seccompProfiles": ["unconfined"]}),
        ({"seccompProfiles": None}, {"seccompProfiles": ["*"]}),
        ({"allowedUnsafeSysctls": ["a"]}, {"allowedUnsafeSysctls": ["a", "b"]}),
        ({"volumes": ["nfs"]}, {"volumes": ["nfs", "iscsi"]}),
        ({"volumes": ["nfs", "iscsi", "hostPath"]}, {"volumes": ["*"]}),
        # One graver privilege weighs more than all that come after it.
        ({"fsGroup": {"type": "RunAsAny"}, "supplementalGroups": {"type": "RunAsAny"}}, {"allowHostPorts": True}),
        ({"allowedCapabilities": ["*"], "runAsUser": {"type": "RunAsAny"}}, {"allowHostNetwork": True}),
        ({"allowHostNetwork": True, "allowHostPID": True, "volumes": ["*"]}, {"allowPrivilegedContainer": True}),
    ],
)
def test_more_weighs_more(less: dict[str, Any], more: dict[str, Any]) -> None:
    assert weight(scc(**NOTHING)) < weight(scc(**{**NOTHING, **less})) < weight(scc(**{**NOTHING, **more}))
