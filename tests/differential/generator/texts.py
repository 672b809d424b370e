# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that a message has to quote."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from .values import Dice, Json

# Names of no SCC. JSON can carry half of a surrogate pair, which is no character.
UNKNOWN_NAMES = (
    *(
        "missing",
        "Restricted-v2",
        "restricted-v2 ",
        'odd "name"',
        "a\\b",
        "<&>",
        "%v",
        "~",
        "`",
        "'",
        "\x7f",
        "\x80",
        "\xff",
    ),
    *(
        "a\nb",
        "\t",
        "\a",
        "\b",
        "\f",
        "\r",
        "\v",
        "\x00",
        "\x1b[1m",
        "\u00e9",
        "\u00a0",
        "\u00ad",
        "\u0378",
        "\u200b",
        "\u2028",
    ),
    *(
        "\u65e5\u672c",
        "\ufeff",
        "\ufffd",
        "\uffff",
        "\U00010000",
        "\U0001f600",
        "\U000e0001",
        "\U0010ffff",
        "\ue000",
        "\ud7ff",
    ),
    *("\ud800", "a\udfff", "\udbffb", "\udc00\ud800"),
)
BLOCK = 256
# The first character of each block that holds every kind there is: escaped with a letter, with two, four or eight digits, or not.
KINDS = (0, 0x100, 0x200, 0x300, 0x600, 0x2000, 0xD700, 0xE000, 0xFE00, 0xFF00, 0x10000, 0x1F600, 0xE0000, 0x10FF00)
CHARACTERS = 0x110000


def any_character(dice: Dice) -> str:
    """One that this Python's Unicode knows: Go's may know later ones, and they are printed as they are or escaped accordingly."""
    while True:
        char = chr(int(dice.random() * (0x300 if dice.chance(0.5) else CHARACTERS)))
        if _known(char):
            return char


def _known(char: str) -> bool:
    return unicodedata.category(char) != "Cn"


def names_of_all_characters() -> Iterator[Json]:
    """Pods that cannot be created, named with all of these characters."""
    for first in range(0, CHARACTERS, BLOCK):
        yield _named(f"characters-{first:06x}", _block(first))


def names_of_characters() -> Iterator[Json]:
    """The same with some of them, and each of ASCII alone."""
    for first in KINDS:
        yield _named(f"characters-{first:06x}", _block(first))
    for code in range(0x80):
        yield _named(f"character-{code:02x}", f"a{chr(code)}")


def _block(first: int) -> str:
    return "".join(char for char in map(chr, range(first, first + BLOCK)) if _known(char))


def _named(case_id: str, name: str) -> Json:
    return {
        "id": case_id,
        "pod": {"metadata": {"name": name}, "spec": {"containers": []}},
        "namespace": {"metadata": {"name": "demo"}},
        "sccs": [],
        "user": {"name": "alice"},
    }
