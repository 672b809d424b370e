# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._platform.detect import (
    Facts,
    Platform,
    detect,
    is_openshift,
    openshift_version,
)

PLAIN = frozenset({"", "apps", "batch"})
MICROSHIFT = PLAIN | {"security.openshift.io", "route.openshift.io"}
OPENSHIFT = MICROSHIFT | {"config.openshift.io", "project.openshift.io"}


def cluster_version(*history: tuple[str, str], desired: str = "") -> dict[str, Any]:
    entries = [{"state": state, "version": version} for state, version in history]
    return {"status": {"history": entries, "desired": {"version": desired}}}


@pytest.mark.parametrize(
    "facts, platform",
    [
        (Facts("v1.35.4", PLAIN), Platform("kubernetes", "kubernetes", "1.35.4")),
        (Facts("v1.35.4+k3s1", PLAIN), Platform("k3s", "kubernetes", "1.35.4+k3s1")),
        (Facts("v1.35.4+rke2r1", PLAIN), Platform("rke2", "kubernetes", "1.35.4+rke2r1")),
        (Facts("v1.33.5-eks-113cf36", PLAIN), Platform("eks", "kubernetes", "1.33.5-eks-113cf36")),
        (Facts("v1.33.5-gke.1080000", PLAIN), Platform("gke", "kubernetes", "1.33.5-gke.1080000")),
        (Facts("v1.33.5", PLAIN, "x-abc.hcp.westeurope.azmk8s.io:443"), Platform("aks", "kubernetes", "1.33.5")),
        (Facts("v1.33.5", PLAIN, "x-abc.hcp.westeurope.azmk8s.io"), Platform("aks", "kubernetes", "1.33.5")),
        # Only the end of the host name tells.
        (Facts("v1.33.5", PLAIN, "azmk8s.io.example.org"), Platform("kubernetes", "kubernetes", "1.33.5")),
        (Facts("v1.33.5", PLAIN, "notazmk8s.io"), Platform("kubernetes", "kubernetes", "1.33.5")),
        (Facts("", frozenset()), Platform("kubernetes", "kubernetes", "")),
    ],
)
def test_kubernetes_family(facts: Facts, platform: Platform) -> None:
    assert detect(facts) == platform


@pytest.mark.parametrize(
    "version, distribution",
    [
        ("4.21.0", "openshift"),
        ("4.22.0-rc.1", "openshift"),
        ("4.19.0-okd-scos.15", "okd"),
        ("4.15.0-0.okd-2024-03-10-010116", "okd"),
    ],
)
def test_openshift_and_okd_by_version(version: str, distribution: str) -> None:
    facts = Facts("v1.34.1", OPENSHIFT, cluster_version=cluster_version(("Completed", version)))
    assert detect(facts) == Platform(distribution, "openshift", version)


def test_openshift_whose_version_may_not_be_read() -> None:
    assert detect(Facts("v1.34.1", OPENSHIFT)) == Platform("openshift", "openshift", "")


@pytest.mark.parametrize("microshift", [True, False])
def test_microshift_has_sccs_and_no_configuration_api(microshift: bool) -> None:
    assert detect(Facts("v1.34.1", MICROSHIFT, microshift=microshift)).distribution == "microshift"


def test_microshift_by_its_config_map() -> None:
    platform = detect(Facts("v1.34.1", OPENSHIFT, microshift=True))
    assert (platform.distribution, platform.family) == ("microshift", "openshift")


def test_sccs_decide_before_any_suffix() -> None:
    assert detect(Facts("v1.35.4+k3s1", MICROSHIFT)).family == "openshift"


@pytest.mark.parametrize(
    "status, version",
    [
        (cluster_version(("Completed", "4.21.0")), "4.21.0"),
        # History is newest first; an upgrade under way is not what runs.
        (cluster_version(("Partial", "4.22.0"), ("Completed", "4.21.3"), ("Completed", "4.20.9")), "4.21.3"),
        (cluster_version(("Partial", "4.22.0"), desired="4.22.0"), "4.22.0"),
        (cluster_version(desired="4.21.1"), "4.21.1"),
        ({}, ""),
        ({"status": None}, ""),
        ({"status": {"history": None, "desired": None}}, ""),
    ],
)
def test_version_that_the_cluster_runs(status: dict[str, Any], version: str) -> None:
    assert openshift_version(status) == version


@pytest.mark.parametrize("groups, answer", [(OPENSHIFT, True), (MICROSHIFT, True), (PLAIN, False)])
def test_is_openshift(groups: frozenset[str], answer: bool) -> None:
    assert is_openshift(groups) is answer
