# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as Kubernetes writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction

from .._errors import TritonError

# Not zero; Kubernetes takes decimals and exponents too.
QUANTITY = re.compile(r"(?=[0-9.]*[1-9])([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([kMGTPE]|[KMGTPE]i|[eE][0-9]{1,2})?")
_POWERS = "kMGTPE"


def size_in_bytes(text: str, what: str) -> int:
    """The size, rounded up to whole bytes.

    :param what: what has the size, for the sentence.
    :raises TritonError: it is no quantity.
    """
    matched = QUANTITY.fullmatch(text)
    if not matched:
        raise TritonError(f"The size {text!r} of {what} is no quantity; write it like 10Gi or 500Mi.")
    number, unit = matched[1], matched[2] or ""
    if unit.endswith("i"):
        factor = Fraction(1 << 10 * (_POWERS.upper().index(unit[0]) + 1))
    elif unit[1:]:
        factor = Fraction(f"1{unit}")
    else:
        factor = Fraction(f"1e{3 * (_POWERS.index(unit) + 1)}") if unit else Fraction(1)
    return math.ceil(Fraction(number.rstrip(".") or "0") * factor)


def added(sizes: Iterable[str]) -> str:
    """The sum of sizes, in whole mebibytes or gibibytes."""
    mebibytes = -(-sum(size_in_bytes(size, "the scratch space") for size in sizes) // 1024**2)
    return f"{mebibytes}Mi" if mebibytes % 1024 else f"{mebibytes // 1024}Gi"
