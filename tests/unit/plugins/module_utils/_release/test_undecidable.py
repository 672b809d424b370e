# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release.undecidable import (
    looking_templates,
    random_templates,
    sentences,
    settled,
    unstable,
)


@pytest.mark.parametrize(
    "text, random, looks",
    [
        ("password: {{ randAlphaNum 16 | b64enc }}", True, False),
        ('{{- $ca := genCA (printf "%s" .Values.name) 365 -}}', True, False),
        ('{{ (now | date "2006") }}', True, False),
        ('{{ $x := lookup "v1" "Secret" .Release.Namespace "x" }}', False, True),
        ("{{/* randAlphaNum and lookup are not used */}}", False, False),
        ("{{- /* now */ -}}", False, False),
        ("now: lookup", False, False),
        ('{{ printf "now lookup" }}', False, False),
        ("{{ .Values.now }} {{ .Values.lookup }} {{ $lookup }}", False, False),
        ('{{ include "x.lookup" . }}', False, False),
    ],
)
def test_calls_in_templates(text: str, random: bool, looks: bool) -> None:
    assert random_templates([("a.yaml", text)]) == (["a.yaml"] if random else [])
    assert looking_templates([("a.yaml", text)]) == (["a.yaml"] if looks else [])


@pytest.mark.parametrize(
    "first, second, paths",
    [
        ({"a": 1}, {"a": 1}, []),
        ({"data": {"p": "x", "q": "y"}}, {"data": {"p": "z", "q": "y"}}, [("data", "p")]),
        ({"l": [{"v": 1}, {"v": 2}]}, {"l": [{"v": 1}, {"v": 3}]}, [("l", 1, "v")]),
        ({"l": [1]}, {"l": [1, 2]}, [("l",)]),
        ({"a": 1}, {"b": 1}, [("a",), ("b",)]),
    ],
)
def test_unstable(first: Any, second: Any, paths: list[tuple[Any, ...]]) -> None:
    assert list(unstable(first, second)) == paths


def test_random_values_count_as_those_that_are_stored() -> None:
    rendered = {"data": {"p": "new", "q": "changed"}, "l": [{"v": "new"}]}
    stored = {"data": {"p": "old", "q": "before"}, "l": [{"v": "old"}]}
    paths = [("data", "p"), ("l", 0, "v"), ("absent",), ("data", "absent", "deeper")]
    assert settled(rendered, stored, paths) == {"data": {"p": "old", "q": "changed"}, "l": [{"v": "old"}]}


def test_sentences_name_what_it_is_about() -> None:
    hook = {"kind": "Job", "metadata": {"name": "migrate", "annotations": {"helm.sh/hook": "pre-upgrade"}}}
    random = {("", "Secret", "ns", "keys"): [("data", "p")]}
    told = sentences([hook], ["templates/a.yaml"], random, ["templates/b.yaml"])
    words = (
        "Job migrate (pre-upgrade)",
        "templates/a.yaml",
        "Secret keys has random values (data.p)",
        "templates/b.yaml",
    )
    assert all(word in text for word, text in zip(words, told, strict=True))


@pytest.mark.parametrize(
    "events, told", [("test", 0), ("test-success", 0), ("test, post-upgrade", 1), ("pre-install", 1)]
)
def test_tests_do_nothing_by_themselves(events: str, told: int) -> None:
    hook = {"kind": "Pod", "metadata": {"name": "t", "annotations": {"helm.sh/hook": events}}}
    assert len(sentences([hook], [], {})) == told
