# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCCs that OpenShift ships, field by field against the table of its documentation."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import granted, standard

BASE = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
]
HOST_PATH = sorted([*BASE, "hostPath"])
HOST_MOUNT = sorted([*BASE, "hostPath", "nfs"])
ANY, RANGE, NON_ROOT, ONE = "RunAsAny", "MustRunAsRange", "MustRunAsNonRoot", "MustRunAs"
FOUR = ["KILL", "MKNOD", "SETUID", "SETGID"]
BIND = ["NET_BIND_SERVICE"]
DEFAULT = ["runtime/default"]
# runAsUser, SELinux, fsGroup, supplemental groups; drops, allowed capabilities, privilege escalation, seccomp;
# host network, ports, PID, IPC, directories; volumes.
TABLE: dict[str, tuple[Any, ...]] = {
    "anyuid": (ANY, ONE, ANY, ANY, ["MKNOD"], None, True, None, "nnnnn", BASE),
    "hostaccess": (RANGE, ONE, ONE, ANY, FOUR, None, True, None, "yyyyy", HOST_PATH),
    "hostmount-anyuid": (ANY, ONE, ANY, ANY, ["MKNOD"], None, True, None, "nnnny", HOST_MOUNT),
    "hostmount-anyuid-v2": (ANY, ANY, ANY, ANY, ["MKNOD"], None, True, None, "nnnny", HOST_MOUNT),
    "hostnetwork": (RANGE, ONE, ONE, ONE, FOUR, None, True, None, "yynnn", BASE),
    "hostnetwork-v2": (RANGE, ONE, ONE, ONE, ["ALL"], BIND, False, DEFAULT, "yynnn", BASE),
    "nested-container": (RANGE, ONE, ONE, ONE, None, ["SETUID", "SETGID"], True, ["*"], "nnnnn", BASE),
    "nonroot": (NON_ROOT, ONE, ANY, ANY, FOUR, None, True, None, "nnnnn", BASE),
    "nonroot-v2": (NON_ROOT, ONE, ANY, ANY, ["ALL"], BIND, False, DEFAULT, "nnnnn", BASE),
    "privileged": (ANY, ANY, ANY, ANY, None, ["*"], True, ["*"], "yyyyy", ["*"]),
    "restricted": (RANGE, ONE, ONE, ANY, FOUR, None, True, None, "nnnnn", BASE),
    "restricted-v2": (RANGE, ONE, ONE, ANY, ["ALL"], BIND, False, DEFAULT, "nnnnn", BASE),
    "restricted-v3": (RANGE, ONE, ONE, ONE, ["ALL"], BIND, False, DEFAULT, "nnnnn", BASE),
}
HOST_FLAGS = ("allowHostNetwork", "allowHostPorts", "allowHostPID", "allowHostIPC", "allowHostDirVolumePlugin")
# What only some of them have.
PRIVILEGED_USERS = ["system:admin", "system:serviceaccount:openshift-infra:build-controller"]
PRIVILEGED_GROUPS = ["system:cluster-admins", "system:nodes", "system:masters"]
SUBJECTS = {
    "anyuid": ([], ["system:cluster-admins"]),
    "hostmount-anyuid": (["system:serviceaccount:openshift-infra:pv-recycler-controller"], []),
    "privileged": (PRIVILEGED_USERS, PRIVILEGED_GROUPS),
}


def test_their_names() -> None:
    assert set(standard()) == set(TABLE)
    assert all(name == scc["metadata"]["name"] for name, scc in standard().items())


@pytest.mark.parametrize(("name", "row"), TABLE.items())
def test_fields(name: str, row: tuple[Any, ...]) -> None:
    scc = standard()[name]
    found = (
        *(scc[field]["type"] for field in ("runAsUser", "seLinuxContext", "fsGroup", "supplementalGroups")),
        scc["requiredDropCapabilities"],
        scc["allowedCapabilities"],
        scc["allowPrivilegeEscalation"],
        scc.get("seccompProfiles"),
        "".join("y" if scc[flag] else "n" for flag in HOST_FLAGS),
        scc["volumes"],
    )
    assert found == row
    assert scc["allowPrivilegedContainer"] is (name == "privileged")
    assert scc["priority"] == (10 if name == "anyuid" else None)
    assert scc["readOnlyRootFilesystem"] is False
    assert scc["defaultAddCapabilities"] is None
    assert (scc["users"], scc["groups"]) == SUBJECTS.get(name, ([], []))
    assert scc.get("allowedUnsafeSysctls") == (["*"] if name == "privileged" else None)


@pytest.mark.parametrize(
    ("name", "users", "groups"),
    [
        ("nested-container", {"uidRangeMin": 0, "uidRangeMax": 65534}, [{"max": 65534}]),
        ("restricted-v3", {"uidRangeMin": 1000, "uidRangeMax": 65534}, [{"min": 1000, "max": 65534}]),
    ],
)
def test_ids_of_their_own_in_user_namespaces(name: str, users: dict[str, int], groups: list[dict[str, int]]) -> None:
    """JSON leaves out a range's minimum of zero, but not that of the users."""
    scc = standard()[name]
    assert scc["runAsUser"] == {"type": RANGE, **users}
    assert scc["fsGroup"] == scc["supplementalGroups"] == {"type": ONE, "ranges": groups}
    assert scc["userNamespaceLevel"] == "RequirePodLevel"


@pytest.mark.parametrize("name", sorted(TABLE.keys() - {"nested-container", "restricted-v3"}))
def test_all_others_take_their_ids_from_the_namespace(name: str) -> None:
    scc = standard()[name]
    for field in ("runAsUser", "fsGroup", "supplementalGroups"):
        assert scc[field].keys() == {"type"}
    assert "userNamespaceLevel" not in scc


@pytest.mark.parametrize("name", TABLE)
def test_labels_are_the_namespaces_but_for_one_type(name: str) -> None:
    options = standard()[name]["seLinuxContext"].get("seLinuxOptions")
    assert options == ({"type": "container_engine_t"} if name == "nested-container" else None)


@pytest.mark.parametrize("name", TABLE)
def test_they_are_objects_as_a_cluster_gives_them(name: str) -> None:
    scc = standard()[name]
    assert (scc["apiVersion"], scc["kind"]) == ("security.openshift.io/v1", "SecurityContextConstraints")


def test_each_call_gives_new_ones() -> None:
    first = standard()
    first["restricted"]["volumes"].append("nfs")
    first["nested-container"]["fsGroup"]["ranges"].append({})
    assert standard()["restricted"]["volumes"] == standard()["restricted-v2"]["volumes"] == BASE
    assert len(standard()["nested-container"]["supplementalGroups"]["ranges"]) == 1


def test_what_every_authenticated_user_may_use() -> None:
    assert granted(standard()) == {"group:system:authenticated": ["restricted-v2", "restricted-v3"]}
    # A cluster that was upgraded may lack one.
    assert granted(["restricted", "restricted-v2"]) == {"group:system:authenticated": ["restricted-v2"]}
