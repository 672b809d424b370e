# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OpenShift fills in when it stores an SCC."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.plugins.module_utils._scc.stored import stored

ALL_BUT_HOST_PATH = [
    *("awsElasticBlockStore", "azureDisk", "azureFile", "cephFS", "cinder", "configMap", "csi", "downwardAPI"),
    *("emptyDir", "ephemeral", "fc", "flexVolume", "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "image"),
    *("iscsi", "nfs", "persistentVolumeClaim", "photonPersistentDisk", "portworxVolume", "projected", "quobyte"),
    *("rbd", "scaleIO", "secret", "storageOS", "vsphere"),
]


@pytest.mark.parametrize(
    ("volumes", "host_path", "wanted"),
    [
        (None, True, ["*"]),
        (None, False, ALL_BUT_HOST_PATH),
        ([], True, ["hostPath"]),
        ([], False, ["none"]),
        (["secret", "nfs", "nfs"], False, ["nfs", "secret"]),
        (["secret"], True, ["hostPath", "secret"]),
        (["hostPath", "secret"], False, ["secret"]),
        (["*"], True, ["*"]),
        (["*", "secret"], True, ["*", "secret"]),
        (["*"], False, ALL_BUT_HOST_PATH),
        (["hostPath"], False, []),
        (["none"], True, ["hostPath", "none"]),
        (["*", "hostPath", "none", "zzz"], False, sorted([*ALL_BUT_HOST_PATH, "none", "zzz"])),
        # Byte by byte.
        (["secret", "csi", "NFS"], False, ["NFS", "csi", "secret"]),
    ],
)
def test_the_switch_for_host_paths_and_the_types_agree(volumes: Any, host_path: bool, wanted: list[str]) -> None:
    assert stored({"volumes": volumes, "allowHostDirVolumePlugin": host_path})["volumes"] == wanted


def test_what_is_missing() -> None:
    """The user's and SELinux' strategies have no default, and other fields stay as they are."""
    filled = {
        "fsGroup": {"type": "RunAsAny"},
        "supplementalGroups": {"type": "RunAsAny"},
        "users": [],
        "groups": [],
        "allowPrivilegeEscalation": True,
        "volumes": ALL_BUT_HOST_PATH,
    }
    assert stored({}) == filled
    assert stored({**dict.fromkeys(filled), "priority": None}) == {**filled, "priority": None}
    assert stored({"runAsUser": {}, "seLinuxContext": {}}) == {**filled, "runAsUser": {}, "seLinuxContext": {}}


@pytest.mark.parametrize(
    ("field", "value"),
    [("users", ["a"]), ("groups", ["g"]), ("allowPrivilegeEscalation", False), ("allowPrivilegeEscalation", True)],
)
def test_what_is_given_stays(field: str, value: Any) -> None:
    assert stored({field: value})[field] == value


@pytest.mark.parametrize("field", ["fsGroup", "supplementalGroups"])
@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"type": "RunAsAny"}),
        ({"type": ""}, {"type": "RunAsAny"}),
        ({"type": None, "ranges": [{"min": 1}]}, {"type": "RunAsAny", "ranges": [{"min": 1}]}),
        ({"type": "MustRunAs"}, {"type": "MustRunAs"}),
        ({"type": "Unheard"}, {"type": "Unheard"}),
    ],
)
def test_types_of_groups(field: str, given: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert stored({field: given})[field] == wanted


@pytest.mark.parametrize(("field", "bad"), [("volumes", "secret"), ("fsGroup", "RunAsAny"), ("users", "alice")])
def test_fields_of_a_wrong_type_are_left_to_the_reader(field: str, bad: str) -> None:
    assert stored({field: bad})[field] == bad


def test_the_given_object_is_not_changed() -> None:
    given = {"fsGroup": {"type": ""}, "volumes": ["secret", "*"], "users": None}
    before = deepcopy(given)
    stored(given)
    assert given == before


@pytest.mark.parametrize("name", standard())
def test_the_standard_ones_are_stored_as_they_are(name: str) -> None:
    assert stored(standard()[name]) == standard()[name]
