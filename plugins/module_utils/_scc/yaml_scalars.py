# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a word of YAML means to Kubernetes: text, number, true, false or null.

The rules are those of Go's yaml.v2 and of the conversion to JSON after it (sigs.k8s.io/yaml): YAML 1.1's words for true and
false, no numbers to base 60, octal numbers with 0 and 0o. PyYAML reads many of them otherwise.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from decimal import Decimal
from typing import TypeAlias

Scalar: TypeAlias = "None | bool | int | float | str"

TAG = "tag:yaml.org,2002:"
_RESOLVED = {f"{TAG}{name}": name for name in ("str", "bool", "int", "float", "null", "timestamp")}
_INT64, _UINT64 = 2**63, 2**64
# From here on JSON writes a number with an exponent.
_EXPONENT = 1e21


def _words(value: Scalar, *words: str) -> dict[str, Scalar]:
    return {form: value for word in words for form in (word, word.capitalize(), word.upper())}


_WORDS: dict[str, Scalar] = {
    **_words(True, "y", "yes", "true", "on"),
    **_words(False, "n", "no", "false", "off"),
    **_words(None, "", "~", "null"),
    **{f"{sign}.{form}": float(f"{sign}inf") for sign in ("", "+", "-") for form in ("inf", "Inf", "INF")},
    **{f".{form}": math.nan for form in ("nan", "NaN", "NAN")},
}
# Only a word that begins with one of these can mean anything but text.
_HINTS = frozenset("+-0123456789yYnNtTfFoO~.")
_DATE = re.compile(r"[0-9]{4}-")
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<binary>[01]+)|0[oO]?(?P<octal>[0-7]+)|(?P<decimal>[1-9][0-9]*|0))"
)
_BASES = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DIGITS = r"[0-9](?:_?[0-9])*"
_POINT_FIRST = re.compile(rf"\.{_DIGITS}(?:[eE][-+]?{_DIGITS})?")
# An oddity of the parser: after this prefix it takes a sign.
_SIGNED_BINARY = re.compile(r"0b(?P<digits>[-+][01]{1,63})")


def resolve(text: str, tag: str | None, plain: bool) -> Scalar:
    """The value of a scalar.

    :param tag: its explicit tag in full, None for none.
    :param plain: not in quotes.
    :raises ValueError: the text is not what the tag says.
    """
    if tag is None:
        return _plain(text) if plain and (not text or text[0] in _HINTS) else text
    if tag == f"{TAG}binary":
        return _binary(text)
    wanted = _RESOLVED.get(tag, "str")
    if wanted in ("str", "timestamp"):
        return text
    value = _plain(text) if not text or text[0] in _HINTS else text
    if wanted == "float" and type(value) is int and -_INT64 <= value < _INT64:
        return float(value)
    if _kind(value) != wanted:
        raise ValueError(f"this is no {wanted}: {text[:40]!r}")
    return value


def value_of(scalar: Scalar) -> Scalar:
    """The value as JSON has it: a float without fraction becomes an integer.

    :raises ValueError: a number that JSON cannot write.
    """
    if type(scalar) is not float:
        return scalar
    if not math.isfinite(scalar):
        raise ValueError("infinite numbers, and values that are no number, cannot be written as JSON")
    if not scalar.is_integer() or abs(scalar) >= _EXPONENT:
        return scalar
    # JSON takes the shortest digits that tell a float from its neighbours, not all that it has.
    whole = int(Decimal(repr(scalar)))
    return whole if -_INT64 <= whole < _INT64 else scalar


def key_of(scalar: Scalar) -> str:
    """The value as the key of an object, which is text.

    :raises ValueError: null, or an integer beyond 64 bits, cannot be a key.
    """
    if isinstance(scalar, str):
        return scalar
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    if isinstance(scalar, float):
        return _float_key(scalar)
    if scalar is None or not -_INT64 <= scalar < _INT64:
        raise ValueError(f"{'null' if scalar is None else scalar} cannot be a key; keys are text, in quotes if need be")
    return str(scalar)


def _kind(value: Scalar) -> str:
    if value is None:
        return "null"
    return {bool: "bool", int: "int", float: "float", str: "str"}[type(value)]


def _plain(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        return _float(text) if _POINT_FIRST.fullmatch(text) else text
    if text[0] not in "+-0123456789" or _DATE.match(text):
        return text
    number = text.replace("_", "")
    match = _INTEGER.fullmatch(number)
    if match:
        base = str(match.lastgroup)
        digits = match[base].lstrip("0") or "0"
        # Python refuses to convert thousands of digits; longer than 64 bits is no integer here.
        value = int(digits, _BASES[base]) if len(digits) <= 64 else _UINT64
        if match["sign"] == "-":
            value = -value
        if -_INT64 <= value < _INT64 or (not match["sign"] and value < _UINT64):
            return value
    if _FLOAT.fullmatch(number):
        return _float(number, text)
    signed = _SIGNED_BINARY.fullmatch(number)
    return int(signed["digits"], 2) if signed else text


def _float(number: str, text: str = "") -> float | str:
    """The number, or the text where it is too big for a float."""
    value = float(number)
    return (text or number) if math.isinf(value) else value


def _binary(text: str) -> str:
    text = re.sub(r"[\r\n]", "", text)
    try:
        if len(text) % 4:
            raise ValueError(text)
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise ValueError("the value of !!binary is not text in base64") from error


def _float_key(value: float) -> str:
    """As Go writes a 32-bit float with the format g and the fewest digits that tell it from others."""
    try:
        single = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        single = math.copysign(math.inf, value)
    if not math.isfinite(single):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}[str(single)]
    fewest = next(text for digits in range(9) if _same(text := f"{single:.{digits}e}", single))
    mantissa, _e, exponent = fewest.partition("e")
    if -4 <= int(exponent) < 6:
        return format(Decimal(fewest), "f")
    return f"{mantissa}e{int(exponent):+03d}"


def _same(text: str, single: float) -> bool:
    return bool(struct.unpack("f", struct.pack("f", float(text)))[0] == single)
