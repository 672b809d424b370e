# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils import _expression
from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._expression import Expression

ANSWER = {"outputs": [{"name": "OUTPUT", "data": [3.0, 5.0]}]}


def test_value_of_an_expression() -> None:
    assert Expression("outputs[0].data", "query").search(ANSWER) == [3.0, 5.0]


def test_comparison_with_numbers() -> None:
    assert Expression("outputs[?name=='OUTPUT'].data | [0] == `[3.0, 5.0]`", "expect").search(ANSWER) is True


def test_nothing_found() -> None:
    assert Expression("nowhere.at.all", "query").search(ANSWER) is None


@pytest.mark.parametrize("text", ["outputs[", "a b", "", "{{ templated }}", "outputs[?x", "a..b", "'"])
def test_a_text_that_is_no_expression_is_named_at_once(text: str) -> None:
    with pytest.raises(TritonError) as caught:
        Expression(text, "expect")
    assert caught.value.message.startswith(f"Option expect is no JMESPath expression: {text!r} (")
    assert caught.value.message.endswith("); correct it (the language: https://jmespath.org).")
    assert "for expression" not in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("text", ["length(outputs[0].data[0])", "nosuch(@)", "length(@, @)", "sum(outputs)"])
def test_a_function_that_refuses_its_arguments(text: str) -> None:
    with pytest.raises(TritonError) as caught:
        Expression(text, "query").search(ANSWER)
    assert caught.value.message == f"Option query: {text!r} cannot be evaluated here ({caught.value.__cause__})."
    assert "\n" not in caught.value.message


def test_nesting_without_end_is_no_traceback() -> None:
    with pytest.raises(TritonError, match="Option query is no JMESPath expression"):
        Expression("(" * 5000, "query")


def test_jmespath_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_expression, "HAS_JMESPATH", False)
    with pytest.raises(TritonError, match="Option query needs the Python package jmespath .*pip install jmespath"):
        Expression("a", "query")
