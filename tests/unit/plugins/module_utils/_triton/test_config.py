# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._triton import config
from ansible_collections.inferops.triton.plugins.module_utils._triton.config import NoDefinition, NotParsed, load


def test_a_configuration_is_read_as_triton_reads_it() -> None:
    parsed = load()(
        'name: "double" # a comment\nbackend: "python" input [ { name: "INPUT" data_type: TYPE_FP32 dims: [ -1 ] } ]'
    )
    assert (parsed.name, parsed.backend, parsed.max_batch_size) == ("double", "python", 0)
    assert [(one.name, list(one.dims)) for one in parsed.input] == [("INPUT", [-1])]
    assert parsed.HasField("ensemble_scheduling") is False


@pytest.mark.parametrize(
    "text, words",
    [
        ('name: "a"\nbakend: "python"', ("2:", "bakend")),
        ('name: "a', ("1:",)),
        ("max_batch_size: many", ("1:", "many")),
        ("input [ { data_type: TYPE_FP33 } ]", ("TYPE_FP33",)),
        ("input {", ("1:",)),
        ("<xml/>", ("1:",)),
    ],
)
def test_what_is_no_configuration_is_told_with_its_place(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(NotParsed) as caught:
        load()(text)
    assert all(word in str(caught.value) for word in words)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("package", ["tritonclient", "google"])
def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == package else find(name, *more))
    with pytest.raises(NoDefinition) as caught:
        load()
    assert "pip install --no-deps tritonclient protobuf" in str(caught.value)
    assert ("protobuf" if package == "google" else package) + " is missing" in str(caught.value)


def test_packages_that_do_not_fit_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_path: Path) -> Any:
        raise RuntimeError("gencode 9.0.0\nruntime 6.33.6")

    monkeypatch.setattr(config, "_loaded", refuse)
    with pytest.raises(NoDefinition) as caught:
        load()
    assert "gencode 9.0.0 runtime 6.33.6" in str(caught.value)
