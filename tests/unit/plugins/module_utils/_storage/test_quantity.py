# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.quantity import added, size_in_bytes


@pytest.mark.parametrize(
    "text, size",
    [
        ("1", 1),
        ("1k", 1000),
        ("1Ki", 1024),
        ("1M", 1_000_000),
        ("1Mi", 1_048_576),
        ("1G", 1_000_000_000),
        ("1Gi", 1_073_741_824),
        ("2T", 2_000_000_000_000),
        ("1Ti", 1_099_511_627_776),
        ("1E", 1_000_000_000_000_000_000),
        ("1Ei", 1_152_921_504_606_846_976),
        ("1e3", 1000),
        ("1E3", 1000),
        ("0.5Gi", 536_870_912),
        (".5Ki", 512),
        ("10.Ki", 10_240),
        ("1.0001", 2),
    ],
)
def test_bytes(text: str, size: int) -> None:
    assert size_in_bytes(text, "x") == size


@pytest.mark.parametrize("text", ["", "0", "0Gi", "-1Gi", "1GB", "1K", "ten", "1 Gi", "1Gi\n", "1e999"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(TritonError) as caught:
        size_in_bytes(text, "claim c")
    assert caught.value.message == f"The size {text!r} of claim c is no quantity; write it like 10Gi or 500Mi."


@pytest.mark.parametrize(
    "sizes, total",
    [
        (["1Gi"], "1Gi"),
        (["1Gi", "1023Gi"], "1024Gi"),
        (["1Gi", "512Mi"], "1536Mi"),
        (["1Gi", "1"], "1025Mi"),
        (["1G", "1G"], "1908Mi"),
    ],
)
def test_sum_is_never_less(sizes: list[str], total: str) -> None:
    assert added(sizes) == total
