# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release.fingerprint import fingerprint

GIVEN: dict[str, Any] = {
    "chart": {"Chart.yaml": b"name: x", "templates/a.yaml": b"a"},
    "values": {"replicas": 1},
    "release": ("triton", "ns"),
    "cluster": ("v1.36.0", {"": ["v1"], "apps": ["v1"]}),
    "helm": "3",
}


def test_it_fits_a_label() -> None:
    # Kubernetes: 63 characters, letters and digits at both ends.
    assert re.fullmatch(r"[0-9a-f]{52}", fingerprint(**GIVEN))


def test_order_does_not_count() -> None:
    other = {
        **GIVEN,
        "chart": dict(reversed(GIVEN["chart"].items())),
        "cluster": ("v1.36.0", {"apps": ["v1"], "": ["v1"]}),
    }
    assert fingerprint(**other) == fingerprint(**GIVEN)


@pytest.mark.parametrize(
    "changed",
    [
        {"chart": {"Chart.yaml": b"name: x", "templates/a.yaml": b"b"}},
        {"chart": {"Chart.yaml": b"name: x", "templates/b.yaml": b"a"}},
        # The same bytes with another border.
        {"chart": {"Chart.yaml": b"name: x", "templates/a.yam": b"la"}},
        {"chart": "sha256:00"},
        {"values": {"replicas": 2}},
        {"values": {"replicas": "1"}},
        {"release": ("triton", "other")},
        {"release": ("other", "ns")},
        {"cluster": ("v1.37.0", {"": ["v1"], "apps": ["v1"]})},
        {"cluster": ("v1.36.0", {"": ["v1"], "apps": ["v1", "v2"]})},
        {"helm": "4"},
    ],
)
def test_all_else_counts(changed: dict[str, Any]) -> None:
    assert fingerprint(**{**GIVEN, **changed}) != fingerprint(**GIVEN)
