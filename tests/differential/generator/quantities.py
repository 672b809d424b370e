# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantities in pairs that are equal, nearly equal, or equal only to Kubernetes, which rounds and cuts off."""

from __future__ import annotations

from collections.abc import Iterator

from .values import Dice, Json

# Each row is one amount in other words.
AMOUNTS: tuple[tuple[str, ...], ...] = (
    ("1", "1000m", "1.0", "1e0", "+1", "1.", "1000000u", "1000000000n", "0.001k"),
    ("0", "0m", "-0", "0.0", "0Ki", "00"),
    ("500m", "0.5", ".5", "5e-1", "5E-1", "500e-3"),
    ("-1", "-1000m", "-1.0"),
    ("2", "2000m"),
    ("1k", "1e3", "1000", "1E3", "0.001M"),
    ("1M", "1e6", "1000k"),
    ("1G", "1e9", "1000M"),
    ("1T", "1e12", "1000G"),
    ("1P", "1e15", "1000T"),
    ("1E", "1e18", "1000P"),
    ("1Ki", "1024", "0.5Ki", "512"),
    ("1Mi", "1024Ki", "1048576"),
    ("1Gi", "1024Mi"),
    ("1Ti", "1024Gi"),
    ("1Pi", "1024Ti"),
    ("1Ei", "1024Pi"),
    ("1m", "1000u", "1e-3"),
    ("1u", "1000n"),
    # Less than the smallest unit is rounded up, more than 64 bits hold is cut off.
    ("1n", "0.001u", "0.4n", "1e-12", "0.6n"),
    ("9223372036854775807", "10E", "8Ei", "1e30"),
    ("-9223372036854775807", "-10E", "-8Ei"),
    ("9223372036854775806.999999999", "9223372036854775807.0000000001", "9223372036854775808", "7.99999999999Ei"),
    ("999999999999999999", "999999999999999999.0", "999999999999999999.0000000001", "9999999999999999999"),
    ("0.000000001", "0.0000000011", "0.0000000019", "0.000000002", "2n"),
    ("-0.0000000001", "-1n", "1n"),
    ("1e100", "10e99", "1e+0100", "0.1e101", "1" + "0" * 100, "1e101"),
    ("1e-100", "1n", "2e-100"),
    ("3k", "3e03", "3000", "3e003"),
    # Kubernetes takes these for numbers.
    ("m", "0", "+", "-", ".", "k", "Ki", "Ti", "+.", "-.Ki", "0e5", ".0"),
    (" 1", "1", "1 ", " 1 "),
)
SUFFIXES = (
    "",
    "",
    "n",
    "u",
    "m",
    "k",
    "M",
    "G",
    "T",
    "P",
    "E",
    "Ki",
    "Mi",
    "Gi",
    "Ti",
    "Pi",
    "Ei",
    "e3",
    "e-3",
    "E9",
    "e-9",
    "e-12",
)
SAME = (
    ("k", "e3"),
    ("M", "e6"),
    ("G", "e9"),
    ("T", "e12"),
    ("P", "e15"),
    ("E", "e18"),
    ("m", "e-3"),
    ("u", "e-6"),
    ("n", "e-9"),
)


def pairs(dice: Dice) -> tuple[str, str]:
    """Two quantities."""
    if dice.chance(0.4):
        row = dice.pick(AMOUNTS)
        return dice.pick(row), dice.pick(row if dice.chance(0.8) else dice.pick(AMOUNTS))
    sign = dice.pick(("", "", "", "-", "+"))
    whole = _digits(dice, dice.pick((0, 1, 1, 2, 4, 8, 13, 14, 15, 17, 18, 19, 20)))
    fraction = _digits(dice, dice.pick((0, 0, 0, 1, 3, 8, 9, 10, 12)))
    suffix = dice.pick(SUFFIXES)
    one = _text(sign, whole, fraction, suffix)
    other = dice.pick(
        (
            _text(sign, f"0{whole}", fraction, suffix),
            _text(sign, whole, f"{fraction}0", suffix),
            _text(sign, whole, f"{fraction}000000", suffix),
            _text(sign, whole, f"{fraction}4", suffix),
            _text(sign, whole, f"{fraction}0000000000001", suffix),
            _text(sign, whole[:-1] + _digits(dice, 1), fraction, suffix),
            _text("" if sign else "-", whole, fraction, suffix),
            _text(sign, whole, fraction, _alike(suffix)),
            _text(sign, whole + fraction, "", f"e-{len(fraction)}" if not suffix else suffix),
        )
    )
    return one, other


def _digits(dice: Dice, count: int) -> str:
    return "".join(dice.pick("0123456789") for _place in range(count))


def _text(sign: str, whole: str, fraction: str, suffix: str) -> str:
    number = f"{whole}.{fraction}" if fraction else whole or "0"
    return sign + number + suffix


def _alike(suffix: str) -> str:
    return next((other if suffix == one else one for one, other in SAME if suffix in (one, other)), suffix)


def updates(dice: Dice, name: str, count: int) -> Iterator[Json]:
    """Updates of a small pod that differ in one quantity."""
    for number in range(count):
        pods = [
            {
                "metadata": {"name": "p"},
                "spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": amount}}}]},
            }
            for amount in pairs(dice)
        ]
        yield {
            "id": f"{name}-{number}",
            "operation": "UPDATE",
            "pod": pods[0],
            "oldPod": pods[1],
            "namespace": {"metadata": {"name": "demo"}},
            "sccs": [],
            "user": {"name": "alice"},
        }
