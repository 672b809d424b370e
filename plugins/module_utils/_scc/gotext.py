# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text as Go prints it: OpenShift's messages quote values with Go's verbs."""

from __future__ import annotations

import json
from typing import Any

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}


def quote(text: str) -> str:
    """Go's ``%q``: in double quotes, whatever cannot be printed escaped (strconv.Quote).

    Characters that came with Unicode 15 or later are printed as they are or escaped, as this Python's own tables have it.
    """
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_quoted, text)) + '"'


def _quoted(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def value_text(value: Any) -> str:
    """The refused value as field errors of Kubernetes 1.34 and later print it: text quoted, everything else as JSON."""
    return quote(value) if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
