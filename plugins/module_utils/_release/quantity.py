# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantities as Kubernetes reads them, in whatever spelling."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(n|u|m|k|[MGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?")
_FACTORS = {
    "": Fraction(1),
    **{unit: Fraction(10) ** power for unit, power in zip("num", (-9, -6, -3), strict=True)},
    **{unit: Fraction(1000) ** (number + 1) for number, unit in enumerate("kMGTPE")},
    **{f"{unit}i": Fraction(1024) ** (number + 1) for number, unit in enumerate("KMGTPE")},
}


def same_quantity(one: Any, other: Any) -> bool:
    """Whether two values are the same quantity, such as ``1000m`` and ``1``; what is no quantity is the same as nothing."""
    first, second = _value(one), _value(other)
    return first is not None and first == second


def _value(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = _QUANTITY.fullmatch(str(value))
    if not found:
        return None
    number, unit = found[1].rstrip("."), found[2] or ""
    factor = _FACTORS.get(unit)
    return Fraction(number) * (factor if factor is not None else Fraction(f"1{unit}"))
