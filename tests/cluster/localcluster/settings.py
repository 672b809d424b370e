# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, places and addresses of one cluster. Pure: nothing here touches the machine."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "tests" / "cluster"
STATE = ROOT / ".cluster"

KUBERNETES_VERSION = "v1.35.4"
COREDNS_VERSION = "1.15.0"
PAUSE_IMAGE = "inferops.local/pause:1.0"
COREDNS_IMAGE = f"inferops.local/coredns:{COREDNS_VERSION}"

# For tests of model storage; a cluster gets them when a test asks for them.
RCLONE_VERSION = "1.76.0"
VERSITYGW_IMAGE = "inferops.local/versitygw:1.8.0"
FAKE_GCS_IMAGE = "inferops.local/fake-gcs-server:1.56.1"
RCLONE_IMAGE = f"inferops.local/rclone:{RCLONE_VERSION}"

NODE = "worker-0"
POD_NETWORK = ipaddress.IPv4Network("10.244.0.0/16")
SERVICE_NETWORK = ipaddress.IPv4Network("10.96.0.0/16")
NODE_ADDRESS = "10.244.0.1"  # of the bridge; the kubelet refuses loopback
DNS_ADDRESS = "10.96.0.10"

# Between the machine and its clusters: /30 networks out of the range that is reserved for benchmarks of networks.
LINK_NETWORK = ipaddress.IPv4Network("198.18.0.0/16")

# Inside the cluster's own mount namespace everything has a fixed, short path, wherever the clone lies.
INSIDE_STATE = Path("/run/cluster")
INSIDE_BIN = Path("/run/cluster-bin")
INSIDE_DEBIAN = Path("/run/cluster-debian")
INSIDE_RUNTIME = Path("/run/cluster-runtime")
CONTAINERD_SOCKET = Path("/run/containerd/containerd.sock")

Profile = Literal["openshift", "kubernetes"]
NodeKind = Literal["real", "simulated"]


class ClusterError(Exception):
    """What went wrong, as one sentence that names the way out."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster of this clone; everything it leaves on the machine is named after it."""

    name: str
    profile: Profile
    node: NodeKind

    @property
    def state(self) -> Path:
        """The directory with everything that belongs to the cluster."""
        return STATE / self.name

    @property
    def mark(self) -> str:
        """A name for interface and cgroups that no other cluster of any clone on the machine has."""
        return "iops-" + hashlib.sha256(str(self.state).encode()).hexdigest()[:8]


def check_name(name: str) -> str:
    """Return name when it can be a directory and part of a context's name; raises ClusterError otherwise."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?", name):
        raise ClusterError(
            f"The cluster name {name!r} cannot be used: take 1 to 30 lower-case letters, digits and inner hyphens."
        )
    return name


def link_networks() -> list[ipaddress.IPv4Network]:
    """All /30 networks for links, in order."""
    return list(LINK_NETWORK.subnets(new_prefix=30))


def link_addresses(network: ipaddress.IPv4Network) -> tuple[str, str]:
    """The machine's and the cluster's address on a link."""
    outside, inside = network.hosts()
    return str(outside), str(inside)
