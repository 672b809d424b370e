# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sysctls: what is forbidden, what is safe, what an SCC allows beyond that."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.sysctls import SAFE, Sysctls


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
        ([], [], 'a"b', 'unsafe sysctl "a\\"b" is not allowed'),
    ],
)
def test_sysctls(allowed: list[str], forbidden: list[str], name: str, words: str) -> None:
    assert Sysctls(allowed, forbidden).refusal(name) == words


def test_the_safe_ones() -> None:
    assert len(SAFE) == 12
