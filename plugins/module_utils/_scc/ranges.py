# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks of user and group IDs as OpenShift reads them from a namespace's annotations.

OpenShift scans them with Go's ``fmt.Sscanf`` (library-go, package ``security/uid``), which is laxer than its
documentation: blanks before a number are skipped, text after the second number is ignored, and the sum wraps at
32 bits. Whoever reads them more strictly refuses namespaces that OpenShift accepts.
"""

from __future__ import annotations

from dataclasses import dataclass

UINT32 = 2**32
UINT64 = 2**64
# unicode.IsSpace as package fmt uses it, without the line feed, which a scan of a string refuses.
_GO_BLANKS = frozenset(
    "\t\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(chr(code) for code in range(0x2000, 0x200B))
)
_DIGITS = frozenset("0123456789")


class RangeSyntaxError(ValueError):
    """A block that OpenShift cannot read; the text is the error that Go's scanner gives."""


@dataclass(frozen=True, slots=True)
class Block:
    """IDs from ``first`` to ``last``, both included, each from 0 to 4294967295; empty if first > last."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """Number of IDs in the block, 0 for an empty one."""
        return max(0, self.last - self.first + 1)

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


class _Scanner:
    """Reads ``NUMBER SEPARATOR NUMBER`` and gives the errors of Go's ``fmt.Sscanf``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_blanks(self) -> None:
        while True:
            if self._peek() == "\n":
                raise RangeSyntaxError("unexpected newline")
            if self._peek() not in _GO_BLANKS:
                return
            self._at += 1

    def number(self) -> int:
        """An unsigned 32-bit decimal, blanks before it skipped."""
        self._skip_blanks()
        if not self._peek():
            raise RangeSyntaxError("EOF")
        start = self._at
        while self._peek() in _DIGITS:
            self._at += 1
        token = self._text[start : self._at]
        if not token:
            raise RangeSyntaxError("expected integer")
        # Python refuses to convert thousands of digits; whatever is that long without its zeros is out of range anyway.
        digits = token.lstrip("0") or "0"
        if len(digits) > 20 or int(digits) >= UINT64:
            raise RangeSyntaxError(f'strconv.ParseUint: parsing "{token}": value out of range')
        if int(digits) >= UINT32:
            raise RangeSyntaxError(f"unsigned integer overflow on token {token}")
        return int(digits)

    def literal(self, wanted: str) -> None:
        """Exactly this character, no blanks before it."""
        if not self._peek():
            raise RangeSyntaxError("unexpected EOF")
        if self._peek() != wanted:
            raise RangeSyntaxError("input does not match format")
        self._at += 1


def parse_block(text: str) -> Block:
    """Read ``START/SIZE`` or ``FROM-TO``; a slash anywhere decides for the first.

    :raises RangeSyntaxError: with the words of Go's scanner.
    """
    scanner = _Scanner(text)
    separator = "/" if "/" in text else "-"
    first = scanner.number()
    scanner.literal(separator)
    second = scanner.number()
    if separator == "-":
        return Block(first, second)
    return Block(first, (first + second - 1) % UINT32)


def parse_blocks(text: str) -> tuple[Block, ...]:
    """Read a comma-separated list of blocks; any bad one spoils the list.

    :raises RangeSyntaxError: with the words of Go's scanner.
    """
    return tuple(parse_block(segment) for segment in text.split(","))
