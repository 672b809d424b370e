# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which SCCs are tried."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.model import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.order import by_priority, hinted
from ansible_collections.inferops.triton.plugins.module_utils._scc.points import points
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.builders import scc


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_an_installed_cluster(seed: int) -> None:
    """The order in the refusal of a cluster with the standard SCCs, however they come."""
    sccs = list(map(parse, standard().values()))
    random.Random(seed).shuffle(sccs)
    assert [one.name for one in by_priority(sccs)] == [
        *("anyuid", "restricted-v2", "restricted-v3", "restricted", "nested-container", "nonroot-v2", "nonroot"),
        *("hostmount-anyuid", "hostmount-anyuid-v2", "hostnetwork-v2", "hostnetwork", "hostaccess", "privileged"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Priority descending, whatever the SCC opens.
        ({"priority": 1, "allowPrivilegedContainer": True}, {}),
        ({"priority": 10}, {"priority": 9}),
        # None is 0, and a negative one goes behind it.
        ({}, {"priority": -1}),
        ({"priority": 0}, {"priority": None, "allowHostPorts": True}),
        ({"priority": None}, {"priority": 0, "allowHostPorts": True}),
        # Points ascending.
        ({"runAsUser": {"type": "MustRunAsNonRoot"}}, {"runAsUser": {"type": "RunAsAny"}}),
        ({"allowHostNetwork": True}, {"allowHostPorts": True}),
    ],
)
@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_priority_then_points_before_the_name(
    first: dict[str, Any], second: dict[str, Any], names: tuple[str, str]
) -> None:
    one, other = scc(names[0], **first), scc(names[1], **second)
    assert by_priority([one, other]) == by_priority([other, one]) == (one, other)


def test_names_decide_byte_by_byte() -> None:
    names = ["a", "a-1", "a.b", "a1", "ab", "b"]
    assert [one.name for one in by_priority(scc(name) for name in reversed(names))] == names


BASE = 10_000 + 20_000 + 100_000 + 5_000 + 10 - 3_000


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({}, 0),
        ({"allowPrivilegedContainer": True}, 1_600_000),
        ({"allowHostPorts": True}, 800_000),
        ({"allowHostNetwork": True}, 400_000),
        ({"allowHostPID": True, "allowHostIPC": True, "userNamespaceLevel": "RequirePodLevel"}, 0),
        ({"volumes": ["hostPath"]}, 100_000),
        ({"volumes": ["*"]}, 100_000),
        ({"volumes": ["nfs"]}, 0),
        ({"volumes": ["secret", "configMap", "emptyDir", "downwardAPI", "projected", "none"]}, -100_000),
        ({"volumes": []}, -100_000),
        ({"runAsUser": {"type": "RunAsAny"}}, 20_000),
        ({"runAsUser": {"type": "MustRunAsNonRoot"}}, 10_000),
        ({"runAsUser": {"type": "MustRunAs", "uid": 1}}, -10_000),
        ({"runAsUser": {"type": "Unheard"}}, -20_000),
        ({"seLinuxContext": {"type": "RunAsAny"}}, 30_000),
        ({"allowedCapabilities": ["*", "A"]}, 4_000 - 10),
        ({"allowedCapabilities": ["all"]}, 4_000 - 10),
        ({"allowedCapabilities": ["A", "B", "C"]}, 20),
        ({"defaultAddCapabilities": ["A", "B"]}, 600),
        ({"requiredDropCapabilities": ["all"]}, 0),
        ({"requiredDropCapabilities": ["A", "B"]}, 3_000 - 100),
        # Capabilities count for 9,999 at most, and for nothing less than 0.
        ({"defaultAddCapabilities": [str(number) for number in range(30)]}, 9_999 - 2_010),
        ({"requiredDropCapabilities": [str(number) for number in range(110)], "allowedCapabilities": None}, -2_010),
    ],
)
def test_points(fields: dict[str, Any], change: int) -> None:
    assert points(scc(**fields)) == BASE + change


@pytest.mark.parametrize("count", [3, 21, 45])
def test_the_hint_comes_first_and_the_others_stay(count: int) -> None:
    sccs = [scc(f"n{number:02}") for number in range(count)]
    names = [one.name for one in sccs]
    for hint in (names[0], names[-1], names[count // 2]):
        assert [one.name for one in hinted(sccs, hint)] == [hint, *(name for name in names if name != hint)]
    assert [one.name for one in hinted(sccs, "gone")] == [one.name for one in hinted(sccs, "")] == names
    # The order given is not changed itself.
    assert [one.name for one in sccs] == names
