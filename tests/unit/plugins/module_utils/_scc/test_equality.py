# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an update changes nothing, as Kubernetes compares pods."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.equality import same_but_for_metadata, same_spec


def limit(cpu: str) -> dict[str, Any]:
    return {"containers": [{"name": "c", "resources": {"limits": {"cpu": cpu}}}]}


def container(**fields: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", **fields}]}


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ({}, {"nodeName": ""}, True),
        ({}, {"hostPID": False, "volumes": [], "nodeSelector": {}, "priority": None}, True),
        # Pointers: a zero is something.
        ({}, {"priority": 0}, False),
        ({}, {"hostUsers": False}, False),
        ({"securityContext": {}}, {"securityContext": {"runAsUser": 0}}, False),
        # Only a pod's security context is there anyway.
        ({}, {"securityContext": {}}, True),
        (container(), container(securityContext={}), False),
        (container(), container(resources={}), True),
        (container(), container(livenessProbe={}), False),
        ({"volumes": [{"name": "v"}]}, {"volumes": [{"name": "v", "emptyDir": {}}]}, False),
        ({"serviceAccount": "a"}, {"serviceAccountName": "a"}, True),
        ({"terminationGracePeriodSeconds": -5}, {"terminationGracePeriodSeconds": 1}, True),
        ({"terminationGracePeriodSeconds": 0}, {"terminationGracePeriodSeconds": 1}, False),
        ({"nodeSelector": {"a": ""}}, {"nodeSelector": {}}, False),
        (container(command=["a"]), container(command=["a", ""]), False),
        (container(resources={"limits": {"cpu": "500m"}}), container(resources={"limits": {"cpu": "0.5"}}), True),
        (
            container(resources={"limits": {"memory": "1Gi"}}),
            container(resources={"limits": {"memory": "1024Mi"}}),
            True,
        ),
        (container(resources={"limits": {"memory": "1G"}}), container(resources={"limits": {"memory": "1Gi"}}), False),
        (container(resources={"limits": {"memory": "1e3"}}), container(resources={"limits": {"memory": "1k"}}), True),
        (
            container(livenessProbe={"httpGet": {"port": 80}}),
            container(livenessProbe={"httpGet": {"port": "80"}}),
            False,
        ),
        # Unknown fields do not count, and ill-typed ones count as they are.
        ({}, {"unheardOf": 5}, True),
        ({"tolerations": 5}, {"tolerations": 6}, False),
        ({"tolerations": {}}, {"tolerations": {"a": 1}}, False),
    ],
)
def test_specifications(one: dict[str, Any], other: dict[str, Any], wanted: bool) -> None:
    for pair in ((one, other), (other, one)):
        assert same_spec(*pair) is wanted


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (
            {},
            {"metadata": {"ownerReferences": [{}], "finalizers": ["f"], "managedFields": [{}], "selfLink": "s"}},
            True,
        ),
        ({}, {"metadata": {"annotations": {"a": "b"}}}, True),
        ({}, {"metadata": {"labels": {"a": ""}}}, False),
        ({}, {"metadata": {"labels": {}}, "status": {}}, True),
        ({}, {"status": {"phase": "Running"}}, False),
        (
            {"metadata": {"deletionTimestamp": "2026-01-01T12:00:00Z"}},
            {"metadata": {"deletionTimestamp": "2026-01-01T13:00:00+01:00"}},
            True,
        ),
        ({"metadata": {"deletionGracePeriodSeconds": 0}}, {}, False),
    ],
)
def test_metadata_and_status(one: dict[str, Any], other: dict[str, Any], wanted: bool) -> None:
    assert same_but_for_metadata(one, other) is wanted


@pytest.mark.parametrize("zero", ["m", ".", "+", "-", "Ki", "0", "0.0e5"])
def test_a_quantity_without_digits_is_a_zero(zero: str) -> None:
    assert same_spec(limit(zero), limit("0"))
    assert not same_spec(limit(zero), limit("1n"))


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (" 1 ", "1000m", True),
        ("1e100", "10e+099", True),
        ("1e100", "1e101", False),
        ("1e-100", "1n", True),
        ("1" + "0" * 100, "1e100", True),
    ],
)
def test_long_quantities_and_blanks_around_them(one: str, other: str, wanted: bool) -> None:
    assert same_spec(limit(one), limit(other)) is wanted


def test_what_is_no_quantity_is_compared_as_text() -> None:
    assert same_spec(limit("one"), limit("one"))
    assert not same_spec(limit("one"), limit("two"))
