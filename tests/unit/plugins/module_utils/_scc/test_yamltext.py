# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML is read as Kubernetes' tools read it, and hostile text is refused in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.yamltext import documents


def value(text: str) -> Any:
    """The value of one document ``a: TEXT``."""
    (document,) = documents(f"a: {text}", "text")
    return document["a"]


# What `kubectl create --dry-run=client -o json` makes of each (sigs.k8s.io/yaml), not what PyYAML makes of it.
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        ("y", True),
        ("No", False),
        ("off", False),
        ("'y'", "y"),
        ("!!str true", "true"),
        ("017", 15),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", 1000),
        ("089", 89.0),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        ("1e999", "1e999"),
        ("-1e999", "-1e999"),
        ("9" * 400, "9" * 400),
        ("-7", -7),
        ("~", None),
        ("", None),
        ("Null", None),
        ("v1", "v1"),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("9223372036854775807", 2**63 - 1),
        ("100m", "100m"),
    ],
)
def test_scalars_are_those_of_go(text: str, wanted: object) -> None:
    found = value(text)
    assert found == wanted and type(found) is type(wanted)


def test_keys_become_text() -> None:
    assert documents("{1: a, y: b, 1.5: c, x: d}", "text") == [{"1": "a", "true": "b", "1.5": "c", "x": "d"}]


def test_documents_comments_and_empty_ones() -> None:
    text = "---\n# Source: chart/templates/a.yaml\na: 1\n---\n---\n# nothing\n---\nb: 2\n...\n"
    assert documents(text, "text") == [{"a": 1}, {"b": 2}]


def test_json_is_read_too() -> None:
    content = {"a": [1, 2.5, None, True, "\u00e9\n"], "b": {"c": "12:30"}}
    assert documents(json.dumps(content), "text") == [content]


def test_anchors_and_merge_keys() -> None:
    text = "base: &b {p: 1, q: 2}\nother: {<<: *b, q: 3}\nboth: {<<: [{p: 5}, *b]}\n"
    (document,) = documents(text, "text")
    assert document["other"] == {"p": 1, "q": 3}
    assert document["both"] == {"p": 5, "q": 2}


def test_bytes_with_a_byte_order_mark() -> None:
    assert documents("\ufeffa: 1".encode(), "text") == [{"a": 1}]


LAUGHS = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 12)]
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1", "line"),
        ("a: b: c", "mapping values are not allowed"),
        ("\tb: 1", "line 1"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"a: \x00", "cannot be read"),
        ("a: *nothing", "anchor"),
        ("a: &a [*a]", "refers to itself"),
        (LAUGHS, "more than 2000000 values"),
        ("[" * 100_000, "cannot be read"),
        ("- " * 100_000, "cannot be read"),
        ("a: !!python/object/apply:os.system [ls]", "not known to Kubernetes"),
        ("a: !vault x", "not known to Kubernetes"),
        ("a: !!binary aGk=", "not known to Kubernetes"),
        ("? [a]\n: b", "keys are text"),
        ("~: b", "keys are text"),
        ("<<: 5", "merge key"),
        ("a: .inf", "no number that JSON knows"),
    ],
    ids=lambda value: repr(value)[:25],
)
def test_what_cannot_be_read_is_said_in_one_sentence(text: str | bytes, words: str) -> None:
    with pytest.raises(TritonError) as caught:
        documents(text, "deployment.yaml")
    assert caught.value.message.startswith("deployment.yaml ")
    assert words in caught.value.message
    assert "\n" not in caught.value.message and len(caught.value.message) < 400


def test_a_text_that_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(TritonError, match="up to 20971520 bytes are read"):
        documents(" " * (20 * 2**20 + 1), "big.yaml")


@pytest.mark.parametrize("digits", [40, 200, 5000])
def test_numbers_of_any_length_end_in_a_value_or_a_sentence(digits: int) -> None:
    found = value("9" * digits)
    assert isinstance(found, float | str)
