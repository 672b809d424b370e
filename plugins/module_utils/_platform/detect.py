# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which distribution of Kubernetes this is, from what every authenticated user may read.

API groups tell OpenShift from the rest; the suffix of the server's version and the host name tell the others. Nodes are
not read: most users may not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCC_GROUP = "security.openshift.io"
CONFIG_GROUP = "config.openshift.io"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read from the cluster.

    ``git_version``: of /version, such as v1.35.4+k3s1; ``groups``: API groups served; ``cluster_version``: the ClusterVersion
    object where it may be read; ``microshift``: the ConfigMap kube-public/microshift-version is there.
    """

    git_version: str
    groups: frozenset[str]
    host: str = ""
    cluster_version: Mapping[str, Any] | None = None
    microshift: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """``distribution``: openshift, okd, microshift, k3s, rke2, eks, gke, aks or kubernetes; ``version`` its own version or "".

    ``family`` is openshift where SecurityContextConstraints decide, else kubernetes.
    """

    distribution: str
    family: str
    version: str


_SUFFIXES = (
    ("k3s", re.compile(r"\+k3s")),
    ("rke2", re.compile(r"\+rke2")),
    ("eks", re.compile(r"-eks-")),
    ("gke", re.compile(r"-gke\.")),
)
_AKS_HOST = re.compile(r"\.azmk8s\.io(:\d+)?$")


def detect(facts: Facts) -> Platform:
    """Name the platform."""
    if SCC_GROUP in facts.groups:
        return _openshift(facts)
    for name, pattern in _SUFFIXES:
        if pattern.search(facts.git_version):
            return Platform(name, "kubernetes", facts.git_version.removeprefix("v"))
    if _AKS_HOST.search(facts.host):
        return Platform("aks", "kubernetes", facts.git_version.removeprefix("v"))
    return Platform("kubernetes", "kubernetes", facts.git_version.removeprefix("v"))


def _openshift(facts: Facts) -> Platform:
    version = openshift_version(facts.cluster_version or {})
    if facts.microshift or CONFIG_GROUP not in facts.groups:
        return Platform("microshift", "openshift", version)
    name = "okd" if re.search(r"okd|scos", version) else "openshift"
    return Platform(name, "openshift", version)


def openshift_version(cluster_version: Mapping[str, Any]) -> str:
    """The version that the cluster runs: the newest completed entry of its history, else the desired one, else ""."""
    status = cluster_version.get("status") or {}
    history: Sequence[Mapping[str, Any]] = status.get("history") or ()
    done = [entry for entry in history if entry.get("state") == "Completed"]
    if done:
        return str(done[0].get("version", ""))
    return str((status.get("desired") or {}).get("version", ""))


def is_openshift(groups: frozenset[str]) -> bool:
    """Whether SecurityContextConstraints decide here."""
    return SCC_GROUP in groups
