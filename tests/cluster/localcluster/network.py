# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine's side of a cluster's link: one veth pair whose inner end is the cluster's eth0."""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from .settings import ClusterError, link_addresses, link_networks

Network = ipaddress.IPv4Network


def ip(*arguments: str) -> str:
    """Run ip(8); raises ClusterError with its message."""
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClusterError(f"`ip {' '.join(arguments)}` failed: {done.stderr.strip()}")
    return done.stdout


def connect(mark: str, pid: int, preferred: str | None) -> str:
    """Link the network namespace of process pid to the machine; returns the cluster's address.

    preferred: the address of an earlier run, taken again where it is free, so that copied kubeconfigs stay good.
    """
    with _machine_wide_lock():
        network = choose_network(
            networks_in_use(json.loads(ip("-j", "address")), json.loads(ip("-j", "route"))), mark, preferred
        )
        outside, inside = link_addresses(network)
        ip("link", "add", mark, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        ip("address", "add", f"{outside}/30", "dev", mark)
        ip("link", "set", mark, "up")
    return inside


def disconnect(mark: str) -> None:
    """Remove the link; no link is no error."""
    if any(link["ifname"] == mark for link in json.loads(ip("-j", "link"))):
        # The end of the cluster's network namespace may remove it at the same moment.
        with contextlib.suppress(ClusterError):
            ip("link", "delete", mark)


def networks_in_use(links: Sequence[dict[str, Any]], routes: Sequence[dict[str, Any]]) -> list[Network]:
    """The IPv4 networks of all addresses and routes, from the JSON of ip(8); the default route does not count."""
    found = [
        f"{info['local']}/{info['prefixlen']}"
        for link in links
        for info in link["addr_info"]
        if info["family"] == "inet"
    ]
    found += [route["dst"] for route in routes if route["dst"] != "default"]
    return [ipaddress.IPv4Network(text, strict=False) for text in found if ":" not in text]


def choose_network(used: Sequence[Network], mark: str, preferred: str | None) -> Network:
    """A free network: the one with the preferred address, else the next one from a place that depends on mark."""
    networks = link_networks()
    start = int(mark.rpartition("-")[2], 16) % len(networks)
    candidates = networks[start:] + networks[:start]
    if preferred:
        candidates.insert(0, ipaddress.IPv4Network(f"{preferred}/30", strict=False))
    for network in candidates:
        if not any(network.overlaps(other) for other in used):
            return network
    raise ClusterError("No address is free for the cluster: a route of this machine covers all of 198.18.0.0/16.")


@contextlib.contextmanager
def _machine_wide_lock() -> Iterator[None]:
    """Keep others from choosing a network at the same time; a lock on a directory that always exists leaves no file."""
    handle = os.open("/run", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
