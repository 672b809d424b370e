# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expected values and error texts are those of Go's fmt.Sscanf with "%d/%d" and "%d-%d" into uint32, as OpenShift calls it."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.ranges import (
    Block,
    RangeSyntaxError,
    parse_block,
    parse_blocks,
)

READABLE = [
    ("1000900000/10000", 1000900000, 1000909999),
    ("1000900000-1000909999", 1000900000, 1000909999),
    ("5/1", 5, 5),
    ("0/10", 0, 9),
    ("7-7", 7, 7),
    # The sum wraps at 32 bits.
    ("5/0", 5, 4),
    ("0/0", 0, 4294967295),
    ("4294967295/1", 4294967295, 4294967295),
    ("4294967295/2", 4294967295, 0),
    ("4294967295/4294967295", 4294967295, 4294967293),
    # Nobody checks the order.
    ("9-3", 9, 3),
    # Blanks before a number are skipped, those of Unicode included.
    (" 5/7", 5, 11),
    ("5/ 7", 5, 11),
    ("\t5-\t7", 5, 7),
    ("\u3000\u00a05/\u20037", 5, 11),
    ("\r\v\f5/7", 5, 11),
    # Text after the second number is ignored, and a slash anywhere decides the form.
    ("5/7abc", 5, 11),
    ("5-7xyz", 5, 7),
    ("5/7,20/9", 5, 11),
    ("5/7/9", 5, 11),
    ("5/7\n", 5, 11),
    # Decimals only: leading zeros are no octal, and 0x is a zero with text after it.
    ("007/08", 7, 14),
    ("5/0x10", 5, 4),
    ("5/1_000", 5, 5),
    ("5/1e3", 5, 5),
]

UNREADABLE = [
    ("", "EOF"),
    (" ", "EOF"),
    ("/", "expected integer"),
    ("5", "unexpected EOF"),
    ("5/", "EOF"),
    ("5-", "EOF"),
    ("abc", "expected integer"),
    ("/5", "expected integer"),
    ("X5/7", "expected integer"),
    ("-5", "expected integer"),
    ("-5/7", "expected integer"),
    ("+5/7", "expected integer"),
    ("5/-7", "expected integer"),
    ("5--7", "expected integer"),
    ("5/x", "expected integer"),
    ("x/5", "expected integer"),
    # A blank before the separator is no blank before a number.
    ("5 /7", "input does not match format"),
    ("5 -7", "input does not match format"),
    ("5,7", "input does not match format"),
    ("5-7/9", "input does not match format"),
    ("0x5/7", "input does not match format"),
    ("1.5/7", "input does not match format"),
    ("\n5/7", "unexpected newline"),
    ("5/\n7", "unexpected newline"),
    ("5/\r\n7", "unexpected newline"),
    ("5\n/7", "input does not match format"),
    # No blanks for Go: zero-width space, byte order mark. No digits for Go: Arabic, superscript.
    ("\u200b5/7", "expected integer"),
    ("\ufeff5/7", "expected integer"),
    ("\u0661/7", "expected integer"),
    ("5/\u00b2", "expected integer"),
    ("4294967296/1", "unsigned integer overflow on token 4294967296"),
    ("5/4294967296", "unsigned integer overflow on token 4294967296"),
    ("18446744073709551615/1", "unsigned integer overflow on token 18446744073709551615"),
    ("18446744073709551616/1", 'strconv.ParseUint: parsing "18446744073709551616": value out of range'),
]


@pytest.mark.parametrize("text, first, last", READABLE)
def test_readable(text: str, first: int, last: int) -> None:
    assert parse_block(text) == Block(first, last)


@pytest.mark.parametrize("text, error", UNREADABLE)
def test_unreadable_in_the_words_of_go(text: str, error: str) -> None:
    with pytest.raises(RangeSyntaxError) as caught:
        parse_block(text)
    assert str(caught.value) == error


@pytest.mark.parametrize("count", [21, 5000, 100000])
def test_a_number_of_thousands_of_digits_is_out_of_range(count: int) -> None:
    with pytest.raises(RangeSyntaxError, match="value out of range"):
        parse_block("5/" + "1" * count)


def test_thousands_of_leading_zeros_are_read() -> None:
    zeros = "0" * 5000
    assert parse_block(f"{zeros}5/{zeros}7") == Block(5, 11)


@pytest.mark.parametrize(
    "block, size",
    [
        (Block(5, 5), 1),
        (Block(1000900000, 1000909999), 10000),
        (Block(5, 4), 0),
        (Block(9, 3), 0),
        (Block(0, 4294967295), 2**32),
    ],
)
def test_size_is_the_number_of_ids(block: Block, size: int) -> None:
    assert block.size == size


@pytest.mark.parametrize("number, inside", [(4, False), (5, True), (7, True), (9, True), (10, False)])
def test_both_ends_belong_to_the_block(number: int, inside: bool) -> None:
    assert (number in Block(5, 9)) is inside


def test_an_empty_block_holds_nothing() -> None:
    assert not any(number in Block(9, 3) for number in range(12))


def test_block_as_users_read_it() -> None:
    assert str(Block(1000900000, 1000909999)) == "1000900000-1000909999"


def test_list_of_blocks_in_both_forms() -> None:
    assert parse_blocks("1000900000/10000,5-9, 20/1") == (Block(1000900000, 1000909999), Block(5, 9), Block(20, 20))


@pytest.mark.parametrize("text", ["", "5/7,", ",5/7", "5/7,,8/1", "5/7,x"])
def test_one_bad_block_spoils_the_list(text: str) -> None:
    with pytest.raises(RangeSyntaxError):
        parse_blocks(text)
