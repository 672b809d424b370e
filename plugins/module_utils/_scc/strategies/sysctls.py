# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sysctls of a pod."""

from __future__ import annotations

from collections.abc import Sequence

from ..gotext import quote

# The last three want a kernel of 3.16 and 4.15 under the API server, which every supported OpenShift has.
SAFE = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    }
)


class Sysctls:
    """Names, or prefixes that end in an asterisk; what is forbidden wins."""

    def __init__(self, allowed_unsafe: Sequence[str], forbidden: Sequence[str]) -> None:
        self._allowed = allowed_unsafe
        self._forbidden = forbidden

    def refusal(self, name: str) -> str:
        """OpenShift's words about a sysctl, "" where it is allowed."""
        if _matches(name, self._forbidden):
            return f"sysctl {quote(name)} is not allowed"
        if name in SAFE or _matches(name, self._allowed):
            return ""
        return f"unsafe sysctl {quote(name)} is not allowed"


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(
        name.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else name == pattern for pattern in patterns
    )
