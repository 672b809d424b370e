# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any value, be it huge or nonsense, as a few words of a message."""

from __future__ import annotations

_LONGEST = 60


def shown(value: object) -> str:
    """The value, shortened when long; null by YAML's name."""
    if value is None:
        return "null"
    if isinstance(value, int) and value.bit_length() > 200:
        # Python refuses to write thousands of digits.
        return f"a number of about {value.bit_length() * 3 // 10} digits"
    # What is inside of a container may be as huge as that, or hold itself.
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def word(text: str, longest: int = 253) -> str:
    """A name or a path as it is, but for signs that do not print, and the end of what is longer than any name."""
    printing = (
        text if text.isprintable() else "".join(sign if sign.isprintable() else "?" for sign in text[: longest + 1])
    )
    return printing if len(printing) <= longest else f"{printing[: longest - 3]}..."
