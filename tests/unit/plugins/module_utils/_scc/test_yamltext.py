# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests are read as Kubernetes' tools read them: YAML 1.1 as Go has it, or JSON. Hostile text is refused in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.yamltext import documents


def only(text: str) -> Any:
    (value,) = documents(text, "text")
    return value


WORDS = [
    ("yes", True), ("No", False), ("ON", True), ("off", False), ("y", True), ("N", False), ("true", True), ("False", False),
    ("tRUE", "tRUE"), ("yES", "yES"), ("~", None), ("null", None), ("Null", None), ("", None), ("nULL", "nULL"),
    ("12", 12), ("+12", 12), ("-12", -12), ("1_000", 1000), ("_1", "_1"), ("017", 15), ("0o17", 15), ("-017", -15),
    ("08", 8), ("0o8", "0o8"), ("0x1F", 31), ("0b101", 5), ("0b-1", -1), ("12:30", "12:30"), ("12:30:45", "12:30:45"),
    ("1.5", 1.5), ("1.", 1), (".5", 0.5), (".5_5", 0.55), ("1e3", 1000), ("1000.0", 1000), ("1e21", 1e21), ("1.2.3", "1.2.3"),
    ("2001-01-01", "2001-01-01"), ("1e400", "1e400"), ("0x", "0x"), ("+", "+"), ("9223372036854775807", 9223372036854775807),
    ("123456789012345678901234567890", 1.2345678901234568e29), ("9" * 400, "9" * 400), ("1152921504606846976.0", 1152921504606847000),
    ("'12'", "12"), ('"yes"', "yes"), ("!!str 12", "12"), ('!!int "12"', 12), ("!!float 12", 12), ("!!bool yes", True),
    ("! 12", "12"), ("!foo 12", "12"), ("!!binary aGk=", "hi"), ("<<", "<<"), ("=", "="), ("|-\n  a\n  b", "a\nb"), ("!!null ''", None),
    ("!vault x", "x"), ("!!timestamp 2001-01-01", "2001-01-01"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "value"), WORDS)
def test_words(word: str, value: Any) -> None:
    found = only(f"a: {word}")["a"]
    assert (found, type(found)) == (value, type(value))


KEYS = [
    ("12", "12"), ("0x10", "16"), ("yes", "true"), ("off", "false"), ("1.5", "1.5"), ("0.1", "0.1"), ("1234567.5", "1.2345675e+06"),
    ("0.00001", "1e-05"), ("1e-400", "0"), ("3.4e39", ".inf"), ("-3.4e39", "-.inf"), ("2001-01-01", "2001-01-01"), (".nan", ".nan"),
    ("1e20", "1e+20"), ("'~'", "~"), ("100000.0", "100000"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "text"), KEYS)
def test_keys_become_text(key: str, text: str) -> None:
    assert only(f"{key}: 1") == {text: 1}


DOCUMENTS = [
    ("", []),
    ("---\n", []),
    (" \t\n", []),
    ("# only a comment\n---\n\n---\n# another\n", []),
    ("a: 1\n---\nb: 2", [{"a": 1}, {"b": 2}]),
    ("---\n# Source: chart/templates/a.yaml\na: 1\n---\n---\n# nothing\n--- # end\nb: 2\n...\n", [{"a": 1}, {"b": 2}]),
    ("\ufeffa: 1\r\n---\r\nb: |\r\n  x\r\n", [{"a": 1}, {"b": "x\n"}]),
    ("null", []),
    ("text", ["text"]),
    # JSON: objects one after the other, after blanks that YAML does not allow, and numbers as Kubernetes takes them.
    ('{"a": 1}{"b": 2}\n\n{"c": [1.0, null]}', [{"a": 1}, {"b": 2}, {"c": [1, None]}]),
    ('\n\t{"a": "\\u00e9\\/"}', [{"a": "é/"}]),
    ('{"a": "\\ud83d\\ude00"}', [{"a": "\U0001f600"}]),
    ('{"a": "\\ud800!"}', [{"a": "\ufffd!"}]),
    ("[1, 2]", [[1, 2]]),
    # One JSON object may go on as YAML; and what is no JSON may be YAML from its beginning on.
    ('{"a": "\\ud83d\\ude00"}\n---\n{"b": 2}', [{"a": "\U0001f600"}, {"b": 2}]),
    ('{"a": 1} \n# more\nb: y', [{"a": 1}, {"b": True}]),
    ("{a: 1, b: [x, 'y']}", [{"a": 1, "b": ["x", "y"]}]),
]


@pytest.mark.parametrize(("text", "values"), DOCUMENTS)
@pytest.mark.parametrize("encoding", ["", "utf-8", "utf-16"])
def test_documents(text: str, values: list[Any], encoding: str) -> None:
    given = text.removeprefix("\ufeff").encode(encoding) if encoding == "utf-16" else text.encode(encoding or "utf-8")
    assert documents(given if encoding else text, "text") == values


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_as_other_systems_write_it(encoding: str) -> None:
    assert documents("\ufeffa: é\n---\nb: 2".encode(encoding), "text") == [{"a": "é"}, {"b": 2}]


def test_json_is_read_without_change() -> None:
    content = {"a": [1, 2.5, None, True, "\u00e9\n"], "b": {"c": "12:30"}}
    assert only(json.dumps(content)) == content


MERGES = [
    ("x: &x {a: 1, b: 2}\nout: {<<: *x}", {"a": 1, "b": 2}),
    ("x: &x {a: 1, b: 2}\nout: {<<: *x, a: 5}", {"a": 5, "b": 2}),
    # What comes later wins, merged or not.
    ("x: &x {a: 1, b: 2}\nout: {a: 5, <<: *x}", {"a": 1, "b": 2}),
    ("x: &x {a: 1}\nz: &z {a: 3, c: 4}\nout: {<<: [*x, *z]}", {"a": 1, "c": 4}),
    ("out: {<<: {a: 1}, b: 2}", {"a": 1, "b": 2}),
    ('out: {"<<": 1}', {"<<": 1}),
    ("x: &x [1]\nout: [*x, *x]", [[1], [1]]),
    ("x: &x 12\nout: {*x : 1}", {"12": 1}),
    ("x: &x {a: &x 1}\nout: *x", 1),
]


@pytest.mark.parametrize(("text", "value"), MERGES)
def test_anchors_and_merges(text: str, value: Any) -> None:
    assert only(text)["out"] == value


def test_aliases_share_nothing() -> None:
    value = only("x: &x {a: [1]}\nout: *x\nz: *x")
    value["out"]["a"].append(2)
    assert value == {"x": {"a": [1]}, "out": {"a": [1, 2]}, "z": {"a": [1]}}


LAUGHS = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 10)
)
MORE = "something follows the end of the document; separate documents by ---"
DEEP = "it is nested deeper than 100 levels"
UNREADABLE = [
    ("a: [", 2, "did not find expected node content"),
    ("a: b: c", 1, "mapping values are not allowed in this context"),
    ("a: 1\na: 2", 2, "key 'a' is there twice"),
    ('{"a": 1, "a": 2}', 1, "key 'a' is there twice"),
    ('{"a": 1}\n{"b": 1}\n{"c": 1, "c": 2}', 2, "a key is there twice"),
    ("'1': 1\n1: 2", 2, "key '1' is there twice"),
    ("---\nb: 1\n--- x", 3, "after the separator --- only a comment may stand"),
    ('{"b": 1}\n--- x', 2, "after the separator --- only a comment may stand"),
    ("a: 1\n...\nb: 2", 3, MORE),
    ("{a: 1}}", 1, MORE),
    ("[13, 2]3 ", 1, MORE),
    ("a: *x", 1, "alias *x has no anchor before it"),
    ("a: &x 1\n---\nb: *x", 3, "alias *x has no anchor before it"),
    ("a: &x [*x]", 1, "anchor &x refers to itself"),
    ("a: &x {b: {c: *x}}", 1, "anchor &x refers to itself"),
    ("? {a: 1}\n: 2", 1, "a list or an object cannot be a key; keys are text"),
    ("~: 1", 1, "null cannot be a key; keys are text, in quotes if need be"),
    ("9223372036854775808: 1", 1, "9223372036854775808 cannot be a key; keys are text, in quotes if need be"),
    ("a: .inf", 1, "infinite numbers, and values that are no number, cannot be written as JSON"),
    ("a: !!int x", 1, "this is no int: 'x'"),
    ("a: !!binary a", 1, "the value of !!binary is not text in base64"),
    ("a: !!binary /w==", 1, "the value of !!binary is not text in base64"),
    ("a:\n  <<: 1", 2, "a merge key (<<) wants an object or a list of objects"),
    ("[" * 100_000, 1, DEEP),
    ("- " * 50_000, 1, DEEP),
    ('{"a":' * 100_000, 1, DEEP),
    ("x: &x " + "[" * 60 + "]" * 60 + "\nout: " + "[" * 60 + "*x" + "]" * 60, 2, DEEP),
    (LAUGHS, 7, "it stands for more than 2000000 values"),
]


@pytest.mark.parametrize(("text", "line", "words"), UNREADABLE, ids=lambda value: repr(value)[:25])
def test_what_cannot_be_read_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(TritonError) as caught:
        documents(text, "deployment.yaml")
    assert caught.value.message == f"deployment.yaml cannot be read: line {line}: {words}."


@pytest.mark.parametrize(
    "text",
    ["\x00", "a: \x01", "a: \ud800", "@", "\t- a", "%YAML 9.9\n---\na: 1", "a: 'b", "{,}", "&", "!<", b"a: \x00"],
)
def test_no_yaml(text: str | bytes) -> None:
    with pytest.raises(TritonError, match=r"^x cannot be read: line \d+: .{1,200}$"):
        documents(text, "x")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a: 1\nb: \xff", "x is no text in UTF-8 (byte 8); give YAML or JSON."),
        (b"\xff\xfea", "x is no text in UTF-16 (byte 2); give YAML or JSON."),
        ('{"a": 1e400}', "x cannot be read: 1e400 is larger than any number that Kubernetes reads."),
        ('{"a": ' + "[" * 150 + "]" * 150 + "}", "x: a is nested deeper than 100 levels."),
        (" " * (20 * 2**20 + 1), "x has 20971521 bytes; manifests of up to 20971520 bytes are read. Split it."),
    ],
    ids=["utf-8", "utf-16", "number", "deep", "long"],
)
def test_what_has_no_line(text: str | bytes, words: str) -> None:
    with pytest.raises(TritonError) as caught:
        documents(text, "x")
    assert caught.value.message == words


def test_without_the_parser_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert only("a: &x [yes, 017]\nb: *x") == {"a": [True, 15], "b": [True, 15]}
    for text in ("a: [", "\x00", "[" * 2_000, "a: \ud800"):
        with pytest.raises(TritonError, match=r"^x cannot be read: line \d+: ."):
            documents(text, "x")
