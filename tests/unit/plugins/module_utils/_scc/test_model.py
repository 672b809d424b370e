# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCCs as typed values: each field of the API where it belongs, and a sentence about whatever has another type."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import (
    SCC,
    GroupOptions,
    IDRange,
    SELinuxOptions,
    UserOptions,
    parse,
)

from .permissive import permissive

FULL: dict[str, Any] = {
    "metadata": {"name": "s", "labels": {"a": "b"}},
    "priority": 5,
    "allowPrivilegedContainer": True,
    "defaultAddCapabilities": ["A"],
    "requiredDropCapabilities": ["B"],
    "allowedCapabilities": ["C", "D"],
    "allowHostDirVolumePlugin": True,
    "volumes": ["secret", "nfs"],
    "allowedFlexVolumes": [{"driver": "a/b"}, {"driver": "a/c"}],
    "allowHostNetwork": True,
    "allowHostPorts": True,
    "allowHostPID": True,
    "allowHostIPC": True,
    "userNamespaceLevel": "RequirePodLevel",
    "defaultAllowPrivilegeEscalation": False,
    "allowPrivilegeEscalation": True,
    "seLinuxContext": {"type": "MustRunAs", "seLinuxOptions": {"level": "l", "role": "r", "type": "t", "user": "u"}},
    "runAsUser": {"type": "MustRunAsRange", "uid": 1, "uidRangeMin": 2, "uidRangeMax": 3},
    "supplementalGroups": {"type": "MustRunAs", "ranges": [{"min": 4, "max": 5}, {"max": 6}]},
    "fsGroup": {"type": "MustRunAs", "ranges": [{"min": 7}]},
    "readOnlyRootFilesystem": True,
    "users": ["alice", "alice"],
    "groups": ["g"],
    "seccompProfiles": ["*"],
    "allowedUnsafeSysctls": ["x"],
    "forbiddenSysctls": ["y"],
    "unknownField": {"a": 1},
}


def test_every_field_has_its_place() -> None:
    assert parse(FULL) == SCC(
        name="s",
        run_as_user=UserOptions("MustRunAsRange", uid=1, first=2, last=3),
        se_linux=SELinuxOptions("MustRunAs", level="l", role="r", se_type="t", user="u"),
        # JSON leaves out zeros of a range.
        fs_group=GroupOptions("MustRunAs", (IDRange(7, 0),)),
        supplemental_groups=GroupOptions("MustRunAs", (IDRange(4, 5), IDRange(0, 6))),
        priority=5,
        allow_privileged=True,
        default_add=("A",),
        required_drop=("B",),
        allowed_capabilities=("C", "D"),
        volumes=("secret", "nfs"),
        flex_volumes=("a/b", "a/c"),
        allow_host_network=True,
        allow_host_ports=True,
        allow_host_pid=True,
        allow_host_ipc=True,
        user_namespace_level="RequirePodLevel",
        default_allow_privilege_escalation=False,
        allow_privilege_escalation=True,
        read_only_root_filesystem=True,
        users=frozenset({"alice"}),
        groups=frozenset({"g"}),
        seccomp_profiles=("*",),
        allowed_unsafe_sysctls=("x",),
        forbidden_sysctls=("y",),
    )


@pytest.mark.parametrize("value", [None, "absent"])
def test_null_is_absent(value: Any) -> None:
    given = {name: None for name in FULL} if value is None else {}
    assert parse({**given, "metadata": {"name": "s"}}) == SCC(
        name="s",
        run_as_user=UserOptions(""),
        se_linux=SELinuxOptions("", "", "", "", ""),
        fs_group=GroupOptions(""),
        supplemental_groups=GroupOptions(""),
        priority=None,
        allow_privileged=False,
        default_add=(),
        required_drop=(),
        allowed_capabilities=(),
        volumes=(),
        flex_volumes=(),
        allow_host_network=False,
        allow_host_ports=False,
        allow_host_pid=False,
        allow_host_ipc=False,
        user_namespace_level="",
        default_allow_privilege_escalation=None,
        allow_privilege_escalation=None,
        read_only_root_filesystem=False,
        users=frozenset(),
        groups=frozenset(),
        seccomp_profiles=(),
        allowed_unsafe_sysctls=(),
        forbidden_sysctls=(),
    )


def test_zero_is_a_user_and_a_priority() -> None:
    found = parse(
        permissive(priority=0, runAsUser={"type": "MustRunAsRange", "uid": 0, "uidRangeMin": 0, "uidRangeMax": 0})
    )
    assert (found.priority, found.run_as_user) == (0, UserOptions("MustRunAsRange", 0, 0, 0))


@pytest.mark.parametrize("given", [None, [], "restricted", 5, True])
def test_an_scc_is_an_object(given: Any) -> None:
    with pytest.raises(TritonError, match="^An SCC is an object, not "):
        parse(given)


@pytest.mark.parametrize(
    "given",
    [{}, {"metadata": None}, {"metadata": {}}, {"metadata": {"name": ""}}, {"metadata": {"name": 5}}, {"metadata": []}],
)
def test_an_scc_has_a_name(given: Any) -> None:
    with pytest.raises(TritonError, match=r"^An SCC has no metadata\.name; give it one\.$"):
        parse(given)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"priority": "10"}, "priority is '10'"),
        ({"priority": 2**31}, "priority is 2147483648"),
        ({"allowPrivilegedContainer": "true"}, "allowPrivilegedContainer is 'true'"),
        ({"allowHostNetwork": 1}, "allowHostNetwork is 1"),
        ({"allowPrivilegeEscalation": "no"}, "allowPrivilegeEscalation is 'no'"),
        ({"volumes": "secret"}, "volumes is 'secret'"),
        ({"users": "alice"}, "users is 'alice'"),
        ({"groups": [5]}, "groups is [5]"),
        ({"runAsUser": "RunAsAny"}, "runAsUser is 'RunAsAny'"),
        ({"runAsUser": {"type": 5}}, "runAsUser: type is 5"),
        ({"runAsUser": {"type": "MustRunAs", "uid": "5"}}, "runAsUser: uid is '5'"),
        ({"seLinuxContext": {"seLinuxOptions": {"level": 5}}}, "seLinuxContext: seLinuxOptions: level is 5"),
        ({"seLinuxContext": {"seLinuxOptions": []}}, "seLinuxContext: seLinuxOptions is []"),
        ({"fsGroup": {"ranges": {"min": 5}}}, "fsGroup: ranges is {'min': 5}"),
        ({"supplementalGroups": {"ranges": [{}, {"max": "5"}]}}, "supplementalGroups: ranges[1]: max is '5'"),
        ({"allowedFlexVolumes": ["a/b"]}, "allowedFlexVolumes is ['a/b']"),
        ({"allowedFlexVolumes": [{"driver": 5}]}, "allowedFlexVolumes[0]: driver is 5"),
        ({"allowedCapabilities": "*"}, "allowedCapabilities is '*'"),
        ({"seccompProfiles": {}}, "seccompProfiles is {}"),
        ({"allowedUnsafeSysctls": [True]}, "allowedUnsafeSysctls is [True]"),
        ({"userNamespaceLevel": False}, "userNamespaceLevel is False"),
    ],
)
def test_fields_of_another_type(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(TritonError) as caught:
        parse(permissive("mine", **fields))
    assert caught.value.message.startswith(f"SCC mine: {place}; it must be ")


def test_a_switch_that_decides_nothing_is_not_read() -> None:
    """For directories of the node the list of volumes counts."""
    assert parse(permissive(allowHostDirVolumePlugin="x")) == parse(permissive())
