# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text as Go prints it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.gotext import quote, value_text


# Made by fmt.Printf("%q") of Go 1.26.
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", '""'),
        ("a b", '"a b"'),
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("\a\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'),
        ("\x00\x1f\x7f", '"\\x00\\x1f\\x7f"'),
        ("'`%", '"\'`%"'),
        ("\u00e9\u4e16\U0001f600", '"\u00e9\u4e16\U0001f600"'),
        ("a\u0301", '"a\u0301"'),
        # Blanks other than the one of ASCII, and what nobody sees.
        ("\u00a0\u200b\ufeff", '"\\u00a0\\u200b\\ufeff"'),
        ("\u00ad\u2028\ue000", '"\\u00ad\\u2028\\ue000"'),
        ("\x80", '"\\u0080"'),
        ("\uffff\U00010000", '"\\uffff\U00010000"'),
        ("\U000e0001", '"\\U000e0001"'),
    ],
)
def test_quoted(text: str, wanted: str) -> None:
    assert quote(text) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (5, "5"),
        (-1, "-1"),
        (2**63 - 1, "9223372036854775807"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ([1, 2], "[1,2]"),
        ([], "[]"),
        # Text is quoted, not made JSON of.
        ("x", '"x"'),
        ("", '""'),
        ("<\u00e9>&\x7f", '"<\u00e9>&\\x7f"'),
    ],
)
def test_values_of_field_errors(value: Any, wanted: str) -> None:
    assert value_text(value) == wanted
