# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random namespaces: as OpenShift makes them, and with annotations in every form that somebody may have written."""

from __future__ import annotations

from .values import GROUPS_RANGE, MCS, NAMESPACES, SELINUX_LEVELS, START, UID_RANGE, Dice, Json

GOOD_BLOCKS = (
    *(
        f"{START}/10000",
        f"{START}/10000",
        f"{START}/10000",
        f"{START}-{START + 9999}",
        "1000/10",
        "1000-1009",
        "1/1",
        "0/1",
    ),
    *("0-65534", f"{START}/10000,1000/10", "1000/10 ", " 1000/10", "\t1000/10", "1000/10x", "1000/ 10", "5/0", "0/0"),
    *("1009-1000", "4294967295/10", "1000/10,1500/2,65534/1"),
)
ODD_BLOCKS = (
    *(
        "5/0",
        "0/0",
        "1009-1000",
        "4294967295/1",
        "4294967295/10",
        "4294967296/1",
        "1/4294967295",
        "1/4294967296",
        "0-4294967295",
    ),
    *("99999999999999999999/1", "1/99999999999999999999", "5/4294967294", "1-4294967296"),
    *(
        "",
        " ",
        "\t",
        "\n",
        "abc",
        "X1000/10",
        "1000/X10",
        "1000",
        "1000/",
        "1000-",
        "1000/ ",
        "1000-",
        "1000",
        "1000",
        "10",
        "/10",
        "-10",
        "-5/10",
        "+5/10",
        "5/+10",
        "5/-10",
        "5--10",
        "/",
        "-",
    ),
    *(
        "0x10/10",
        "010/10",
        "1_000/10",
        "1000/10/5",
        "1000-10/5",
        "10-20-30",
        "1e3/10",
        "1000.5/10",
        "1000/1.5",
        "1000/10,",
    ),
    *(
        "\u00a01000/10",
        "1000\u00a0/10",
        "\u20031000/10",
        "1000/\u200310",
        "1000/\u00a010",
        "\u30001000/\u300010",
        "\u200b1000/10",
    ),
    *(
        "\n1000/10",
        "1000/\n10",
        "1000\n/10",
        "1000/10\n",
        "\r\n1000/10",
        "\r1000/10",
        "1000/\r\n10",
        "1000 /10",
        "1000\t-1009",
    ),
    *(
        "1000- 1009",
        "1000-\t1009",
        "1000-\u00851009",
        "\u00851000-1009",
        "\ufeff1000/10",
        "١٠/٢",
        "１０/５",
        "1000/1０",
        "\u16801/1",
    ),
    *(
        ",1000/10",
        "1000/10,,1001/1",
        "1000/10,abc",
        "1000/10, 2000/10",
        "1000/10 ,2000/10",
        "1000-1009,2000/5,3000",
        "1000,2000/10",
    ),
    *(
        "1000/abc",
        "1000-abc",
        "a/b",
        "null",
        "'1000/10'",
        "%d/%d",
        "1000\u2028/10",
        "1000/\u202810",
        "\v1000/10",
        "1000/\f10",
        "𝟏/1",
    ),
)
USUAL = {UID_RANGE: f"{START}/10000", MCS: "s0:c26,c15", GROUPS_RANGE: f"{START}/10000"}
# Around the limits of Go's scanner: 64 bits, 20 digits, and the blanks that Unicode has in a row.
LIMITS = (
    *("9223372036854775808/1", "18446744073709551615/1", "18446744073709551616/1", "10000000000000000000/1"),
    *(
        "100000000000000000000/1",
        "1/18446744073709551616",
        "0000000000000000000000000000000/1",
        "1/000000000000000000000001",
    ),
    *(
        "1/000000000000018446744073709551616",
        "5/X1",
        "1000/10X",
        "5X/3",
        "1000/10:",
        "1000/10.",
        "1000\x00/1",
        "\x1c1000/10",
    ),
    *(
        "\u2007\u20081000/10",
        "\u200b1000/10",
        "1000/\u200b10",
        "\u180e1000/10",
        "\r\r\n1000/10",
        "1000/\r1",
        "1000-\r\n5",
    ),
    *("36893488147419103231/1", "\u20001000/10", "1000/\u200a10", "\u1fff1000/10", "\u205f1000/10", "\u202f1000-1009"),
)
BLOCKS = tuple(dict.fromkeys((*GOOD_BLOCKS, *ODD_BLOCKS, *LIMITS)))
NUMBERS = (
    "0",
    "1",
    "10",
    "1000",
    "65534",
    str(START),
    "4294967295",
    "4294967296",
    "007",
    "-1",
    "+3",
    "",
    "x",
    "9" * 30,
)
SPACES = ("", "", "", "", "", " ", "\t", "\u00a0", "\u3000", "\n", "\r\n", "  ")


def _block(dice: Dice) -> str:
    """A block of the grammar's parts: most are wrong somewhere."""
    parts = [dice.pick(SPACES), dice.pick(NUMBERS), dice.pick(SPACES), dice.pick(("/", "-", "/", "-", "", "//", "/-"))]
    return "".join([*parts, dice.pick(SPACES), dice.pick(NUMBERS), dice.pick(("", "", "", " ", "x", ",", "/3"))])


def _odd(dice: Dice) -> str:
    return dice.pick(LIMITS if dice.chance(0.15) else ODD_BLOCKS) if dice.chance(0.7) else _block(dice)


def _many(dice: Dice, block: str) -> str:
    if dice.chance(0.05):
        return ""
    return ",".join([block, *dice.some(GOOD_BLOCKS, 0, 3)])


def random_namespace(dice: Dice) -> Json:
    annotations: Json | None = {}
    if dice.chance(0.72):
        annotations = dict(USUAL)
    elif dice.chance(0.03):
        annotations = dice.pick((None, {}, {"openshift.io/display-name": "x"}))
    else:
        odd = dice.pick((UID_RANGE, UID_RANGE, GROUPS_RANGE, GROUPS_RANGE, "", "", "", "", MCS, MCS))
        annotations = {
            UID_RANGE: (_odd(dice) if dice.chance(0.8) else "") if odd == UID_RANGE else dice.pick(GOOD_BLOCKS),
            MCS: dice.pick(("", " ", "s0:c26,c15 ")) if odd == MCS else dice.pick(SELINUX_LEVELS[:9]),
            GROUPS_RANGE: _many(dice, _odd(dice) if odd == GROUPS_RANGE else dice.pick(GOOD_BLOCKS)),
        }
        for key, probability in ((UID_RANGE, 0.03), (MCS, 0.03), (GROUPS_RANGE, 0.3)):
            if dice.chance(probability):
                del annotations[key]
    metadata: Json = {"name": dice.pick(NAMESPACES)}
    if annotations is None or annotations or dice.chance(0.5):
        metadata["annotations"] = annotations
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
