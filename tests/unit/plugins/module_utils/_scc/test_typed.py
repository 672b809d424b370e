# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields are read with their types, null as absent, as Kubernetes decodes JSON; anything else is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.typed import Reader


def read(kind: str, value: Any, **options: Any) -> Any:
    return getattr(Reader("SCC x", {"f": value}), kind)("f", **options)


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [
        ("boolean", True, True),
        ("boolean", False, False),
        ("integer", 0, 0),
        ("integer", -(2**63), -(2**63)),
        ("integer", 2**63 - 1, 2**63 - 1),
        ("text", "a", "a"),
        ("text", "", ""),
        ("texts", ["a", "", "a"], ("a", "", "a")),
        ("texts", [None, "a"], ("", "a")),
        ("texts", [], ()),
    ],
)
def test_values(kind: str, value: Any, result: Any) -> None:
    found = read(kind, value)
    assert found == result and type(found) is type(result)


@pytest.mark.parametrize(
    ("kind", "nothing"), [("boolean", None), ("integer", None), ("text", ""), ("texts", ()), ("objects", [])]
)
def test_null_is_absent(kind: str, nothing: Any) -> None:
    assert read(kind, None) == getattr(Reader("x", {}), kind)("f") == nothing


def test_objects_below_know_their_place() -> None:
    inner = read("object", {"g": {"h": 5}}).object("g")
    assert inner.integer("h") == 5
    with pytest.raises(TritonError, match="^SCC x: f: g: h is 5; it must be text.$"):
        inner.text("h")
    second = read("objects", [{}, {"h": "y"}])[1]
    with pytest.raises(TritonError, match=r"^SCC x: f\[1\]: h is 'y'; it must be true or false.$"):
        second.boolean("h")
    # An object that is not there has no fields.
    assert read("object", None).object("g").text("h") == ""
    assert [one.text("h") for one in read("objects", [None, {"h": "a"}])] == ["", "a"]


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("boolean", "true", "'true'; it must be true or false"),
        ("boolean", 1, "1; it must be true or false"),
        ("boolean", 0, "0; it must be true or false"),
        ("integer", "5", "'5'; it must be a whole number of at most 64 bits"),
        ("integer", 5.0, "5.0; it must be a whole number of at most 64 bits"),
        ("integer", True, "True; it must be a whole number of at most 64 bits"),
        ("integer", 2**63, "9223372036854775808; it must be a whole number of at most 64 bits"),
        ("integer", -(2**63) - 1, "-9223372036854775809; it must be a whole number of at most 64 bits"),
        ("text", 5, "5; it must be text"),
        ("text", ["a"], "['a']; it must be text"),
        ("texts", "a", "'a'; it must be a list of texts"),
        ("texts", ["a", 5], "['a', 5]; it must be a list of texts"),
        ("texts", {"a": "b"}, "{'a': 'b'}; it must be a list of texts"),
        ("object", [], "[]; it must be an object"),
        ("object", "a", "'a'; it must be an object"),
        ("objects", {}, "{}; it must be a list of objects"),
        ("objects", [{}, 5], "[{}, 5]; it must be a list of objects"),
    ],
)
def test_other_types(kind: str, value: Any, wanted: str) -> None:
    with pytest.raises(TritonError) as caught:
        read(kind, value)
    assert caught.value.message == f"SCC x: f is {wanted}."


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1])
def test_numbers_of_fewer_bits(value: int) -> None:
    assert read("integer", 2**31 - 1, bits=32) == 2**31 - 1
    assert read("integer", -(2**31), bits=32) == -(2**31)
    with pytest.raises(TritonError, match="at most 32 bits"):
        read("integer", value, bits=32)


def test_long_values_are_cut() -> None:
    with pytest.raises(TritonError) as caught:
        read("boolean", "x" * 1000)
    assert caught.value.message == f"SCC x: f is '{'x' * 56}...; it must be true or false."
