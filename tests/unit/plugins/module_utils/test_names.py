# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules are those of RFC 1123 as Kubernetes reads it, and of helm."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._names import DNS_LABEL, DNS_SUBDOMAIN, RELEASE

NEVER = ["", "-a", "a-", "A", "a_b", "a b", "\u00e4", "a\n", "a/b", "{{ a }}", "-"]


@pytest.mark.parametrize("name", ["a", "7", "a-b", "0a", "a--b", "a" * 63])
def test_label(name: str) -> None:
    assert DNS_LABEL.fullmatch(name)


@pytest.mark.parametrize("name", [*NEVER, "a.b", "a" * 64])
def test_no_label(name: str) -> None:
    assert not DNS_LABEL.fullmatch(name)


@pytest.mark.parametrize("name", ["a", "a.b", "0.a-b.c", "a" * 253])
def test_subdomain(name: str) -> None:
    assert DNS_SUBDOMAIN.fullmatch(name)


@pytest.mark.parametrize("name", [*NEVER, ".a", "a.", "a..b", "a.-b", "a-.b", "a" * 254, "a." * 126 + "ab"])
def test_no_subdomain(name: str) -> None:
    assert not DNS_SUBDOMAIN.fullmatch(name)


@pytest.mark.parametrize("name", ["a", "a7", "a-b", "a" * 53])
def test_release(name: str) -> None:
    assert RELEASE.fullmatch(name)


@pytest.mark.parametrize("name", [*NEVER, "7", "7a", "a.b", "a" * 54])
def test_no_release(name: str) -> None:
    assert not RELEASE.fullmatch(name)
