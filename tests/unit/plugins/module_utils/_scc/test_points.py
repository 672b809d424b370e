# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points: how restrictive OpenShift takes an SCC to be, part by part."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.points import points

from .permissive import scc, stock

# RunAsAny for SELinux and for the user, no volumes, no word about capabilities.
BASE = 40_000 + 40_000 + 5_000


def extra(**fields: Any) -> int:
    """What these fields add to an SCC without them."""
    return points(scc(**fields)) - BASE


def test_the_base() -> None:
    assert points(scc()) == BASE


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ({"allowPrivilegedContainer": True}, 1_600_000),
        ({"allowHostPorts": True}, 800_000),
        ({"allowHostNetwork": True}, 400_000),
        ({"allowPrivilegedContainer": True, "allowHostPorts": True, "allowHostNetwork": True}, 2_800_000),
        # What else an SCC grants counts for nothing.
        ({"allowHostPID": True, "allowHostIPC": True, "allowHostDirVolumePlugin": True}, 0),
        ({"seccompProfiles": ["*"], "allowedUnsafeSysctls": ["*"], "userNamespaceLevel": "RequirePodLevel"}, 0),
        ({"fsGroup": {"type": "MustRunAs"}, "supplementalGroups": {"type": "MustRunAs"}}, 0),
        ({"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True}, 0),
        ({"users": ["a"], "groups": ["b"], "priority": 5}, 0),
    ],
)
def test_flags(fields: dict[str, Any], more: int) -> None:
    assert extra(**fields) == more


@pytest.mark.parametrize(
    ("volumes", "more"),
    [
        ([], 0),
        (["none"], 0),
        (["secret", "configMap", "emptyDir", "downwardAPI", "projected", "none"], 0),
        (["persistentVolumeClaim"], 100_000),
        (["secret", "csi"], 100_000),
        # Once, however many there are.
        (["nfs", "iscsi", "rbd"], 100_000),
        (["hostPath"], 200_000),
        (["hostPath", "nfs"], 200_000),
        (["nfs", "*"], 200_000),
    ],
)
def test_volumes(volumes: list[str], more: int) -> None:
    assert extra(volumes=volumes) == more


@pytest.mark.parametrize(
    ("kind", "worth"),
    [
        ("RunAsAny", 40_000),
        ("MustRunAsNonRoot", 30_000),
        ("MustRunAsRange", 20_000),
        ("MustRunAs", 10_000),
        ("Nonsense", 0),
        ("", 0),
    ],
)
def test_strategies_count_alike_for_user_and_selinux(kind: str, worth: int) -> None:
    assert extra(runAsUser={"type": kind}) == worth - 40_000
    assert extra(seLinuxContext={"type": kind}) == worth - 40_000
    assert points(scc(runAsUser={"type": kind}, seLinuxContext={"type": kind})) == 2 * worth + 5_000


@pytest.mark.parametrize(
    ("added", "allowed", "dropped", "found"),
    [
        ([], [], [], 5000),
        (["A"], [], [], 5300),
        (["A", "B", "A"], [], [], 5900),
        ([], ["A", "B"], [], 5020),
        ([], ["*"], [], 9000),
        # The word ALL in any case, and no more for what stands beside it.
        ([], ["ALL"], [], 9000),
        ([], ["A", "all", "B"], [], 9000),
        ([], ["A", "*"], [], 9000),
        ([], [], ["A"], 4950),
        ([], [], ["KILL", "MKNOD", "SETUID", "SETGID"], 4800),
        ([], [], ["ALL"], 2000),
        ([], [], ["A", "All", "B"], 2000),
        # A wildcard is no word for dropping.
        ([], [], ["*"], 4950),
        (["A"], ["B"], ["ALL"], 2310),
        ([], ["*"], ["ALL"], 6000),
        # Between 0 and 9999.
        (["A"] * 4, ["*"], [], 9999),
        (["A"] * 3, ["*"], [], 9900),
        ([], [], ["A"] * 100, 0),
        ([], [], ["A"] * 99, 50),
        ([], [], ["A"] * 101, 0),
        (["A"] * 100, [], [], 9999),
    ],
)
def test_capabilities(added: list[str], allowed: list[str], dropped: list[str], found: int) -> None:
    more = extra(defaultAddCapabilities=added, allowedCapabilities=allowed, requiredDropCapabilities=dropped)
    assert more == found - 5000


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("restricted-v2", 100_000 + 10_000 + 20_000 + 2_010),
        ("restricted-v3", 100_000 + 10_000 + 20_000 + 2_010),
        ("restricted", 100_000 + 10_000 + 20_000 + 4_800),
        ("nested-container", 100_000 + 10_000 + 20_000 + 5_020),
        ("nonroot-v2", 100_000 + 10_000 + 30_000 + 2_010),
        ("anyuid", 100_000 + 10_000 + 40_000 + 4_950),
        ("hostmount-anyuid-v2", 200_000 + 40_000 + 40_000 + 4_950),
        ("hostnetwork-v2", 400_000 + 800_000 + 100_000 + 10_000 + 20_000 + 2_010),
        ("privileged", 1_600_000 + 800_000 + 400_000 + 200_000 + 40_000 + 40_000 + 9_000),
    ],
)
def test_sccs_that_openshift_ships(name: str, found: int) -> None:
    (shipped,) = stock(name)
    assert points(shipped) == found
