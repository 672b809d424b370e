# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What certificates say (RFC 5280): for which names they are, and how long. Nothing is verified."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_COMMON_NAME, _ALTERNATIVE_NAMES = b"\x55\x04\x03", b"\x55\x1d\x11"
_OBJECT_IDENTIFIER, _OCTETS, _CONSTRUCTED = 0x06, 0x04, 0x20
_TIMES = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}
Field = tuple[int, bytes]


def still_good(stored: str, wanted: str, now: datetime) -> bool:
    """Whether certificates are for the same names as others, and not in the last third of their time; True for what is no certificate.

    :param stored: a text with certificates as they are; ``wanted``: as they would be made now.
    """
    there, new = ([list(_fields(der)) for der in _ders(text)] for text in (stored, wanted))
    if [_names(fields) for fields in there] != [_names(fields) for fields in new]:
        return False
    for fields in there:
        times = [time for tag, value in fields if (time := _time(tag, value)) is not None]
        # The first two are its validity.
        if len(times) >= 2 and now > times[1] - (times[1] - times[0]) / 3:
            return False
    return True


def _ders(text: str) -> Iterator[bytes]:
    for found in _PEM.finditer(text):
        try:
            yield base64.b64decode("".join(found[1].split()), validate=True)
        except binascii.Error:
            continue


def _fields(der: bytes) -> Iterator[Field]:
    """Tags and values of all that is not made of parts, in their order."""
    place = 0
    while place + 2 <= len(der):
        tag, length, place = der[place], der[place + 1], place + 2
        if length >= 0x80:
            size = length - 0x80
            length, place = int.from_bytes(der[place : place + size], "big"), place + size
        value, place = der[place : place + length], place + length
        if tag & _CONSTRUCTED:
            yield from _fields(value)
        else:
            yield tag, value


def _names(fields: list[Field]) -> list[bytes]:
    found = []
    for index, (tag, value) in enumerate(fields):
        if tag == _OBJECT_IDENTIFIER and value == _COMMON_NAME:
            found += [one for _tag, one in fields[index + 1 : index + 2]]
        elif tag == _OBJECT_IDENTIFIER and value == _ALTERNATIVE_NAMES:
            # Whether it is critical may stand between.
            inner = next((one for one_tag, one in fields[index + 1 : index + 3] if one_tag == _OCTETS), b"")
            found += sorted(one for _tag, one in _fields(inner))
    return found


def _time(tag: int, value: bytes) -> datetime | None:
    try:
        return datetime.strptime(value.decode(), _TIMES[tag]).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return None
