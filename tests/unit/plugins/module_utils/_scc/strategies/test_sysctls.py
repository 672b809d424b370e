# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sysctls: what is forbidden, what is safe, what an SCC allows beyond that."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.sysctls import Sysctls


@pytest.mark.parametrize(
    ("allowed", "forbidden", "name", "words"),
    [
        ([], [], "kernel.shm_rmid_forced", ""),
        ([], [], "net.ipv4.tcp_rmem", ""),
        ([], [], "kernel.msgmax", 'unsafe sysctl "kernel.msgmax" is not allowed'),
        (["kernel.msgmax"], [], "kernel.msgmax", ""),
        (["kernel.*"], [], "kernel.msgmax", ""),
        (["kernel.*"], [], "net.core.somaxconn", 'unsafe sysctl "net.core.somaxconn" is not allowed'),
        (["*"], [], "net.core.somaxconn", ""),
        # Only the last asterisk means anything.
        (["ker**"], [], "kernel.msgmax", 'unsafe sysctl "kernel.msgmax" is not allowed'),
        (["*"], ["kernel.*"], "kernel.shm_rmid_forced", 'sysctl "kernel.shm_rmid_forced" is not allowed'),
        ([], ["kernel.shm"], "kernel.shm_rmid_forced", ""),
        (["kernel.*"], ["kernel.msg*"], "kernel.sem", ""),
        # What is forbidden is not called unsafe, allowed or not.
        ([], ["net.*"], "net.core.somaxconn", 'sysctl "net.core.somaxconn" is not allowed'),
        ([], [], 'a"b\n', 'unsafe sysctl "a\\"b\\n" is not allowed'),
    ],
)
def test_sysctls(allowed: list[str], forbidden: list[str], name: str, words: str) -> None:
    assert Sysctls(allowed, forbidden).refusal(name) == words


@pytest.mark.parametrize(
    "name",
    [
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
    ],
)
def test_the_safe_ones_pass_unless_forbidden(name: str) -> None:
    assert Sysctls([], []).refusal(name) == ""
    assert Sysctls(["*"], [name]).refusal(name) == f'sysctl "{name}" is not allowed'


@pytest.mark.parametrize(
    "name",
    [
        # No beginnings of safe ones, nothing longer, no other case, no slashes for dots.
        "net.ipv4.tcp_keepalive",
        "net.ipv4.tcp_rmem.x",
        "Kernel.shm_rmid_forced",
        "kernel/shm_rmid_forced",
        "",
    ],
)
def test_what_only_looks_like_a_safe_one(name: str) -> None:
    assert Sysctls([], []).refusal(name) == f'unsafe sysctl "{name}" is not allowed'


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("kernel.msgmax", "kernel.msgmax", True),
        ("kernel.msgmax", "kernel.msgmax2", False),
        ("kernel.msg*", "kernel.msgmax", True),
        ("kernel.msg*", "kernel.msg", True),
        ("kernel.msg*", "kernel.sem", False),
        ("*", "anything", True),
        ("*", "", True),
        # An asterisk elsewhere is a character as any other; of two at the end one is.
        ("*.msgmax", "kernel.msgmax", False),
        ("kernel.*max*", "kernel.msgmax", False),
        ("kernel.**", "kernel.msgmax", False),
        ("kernel.**", "kernel.*x", True),
        ("", "kernel.msgmax", False),
    ],
)
def test_patterns_of_both_lists_are_literal_or_beginnings(pattern: str, name: str, matches: bool) -> None:
    allowed = Sysctls([pattern], []).refusal(name) == ""
    forbidden = Sysctls(["*"], [pattern]).refusal(name) == f'sysctl "{name}" is not allowed'
    assert (allowed, forbidden) == (matches, matches)
