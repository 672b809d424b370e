# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._settings import wrong

GOOD: list[tuple[str, Any]] = [
    ("triton_namespace", "a"),
    ("triton_namespace", "0-team-7"),
    ("triton_namespace", "n" * 63),
    ("triton_release", "triton"),
    ("triton_release", "r" * 53),
    ("triton_namespace_labels", {}),
    ("triton_deployers", [{"kind": "User", "name": "jane"}, {"kind": "Group", "name": "ml"}]),
    ("triton_model_repository", {"configmap": {"path": "models"}}),
    ("triton_model_repository", [{"claim": {"size": "1Gi"}}]),
    ("triton_model_repository", []),
    ("triton_values", {"replicas": 2}),
    ("triton_style", "explicit"),
    ("triton_inferences", [{"model": "double", "inputs": []}]),
    ("triton_timeout", 0),
    ("triton_timeout", "900"),
]
BAD: list[tuple[str, Any, str]] = [
    ("triton_namespace", "Not_A_Name", '"Not_A_Name"'),
    ("triton_namespace", "triton\n", r'"triton\n"'),
    ("triton_namespace", "n" * 64, "63"),
    ("triton_namespace", "-a", "a letter or digit at either end"),
    ("triton_namespace", "", '""'),
    ("triton_namespace", None, "null"),
    ("triton_namespace", ["a"], '["a"]'),
    ("triton_release", "UPPER", '"UPPER"'),
    ("triton_release", "7up", "a letter at the beginning"),
    ("triton_release", "r" * 54, "53"),
    ("triton_namespace_labels", "team=a", '"team=a"'),
    ("triton_deployers", [{"kind": "Robot", "name": "r2"}], "Robot"),
    ("triton_deployers", [{"name": "jane"}], "kind"),
    ("triton_deployers", "jane", '"jane"'),
    ("triton_model_repository", "/srv/models", "configmap"),
    ("triton_model_repository", ["/srv/models"], "claim"),
    ("triton_values", ["replicas=2"], "dictionary"),
    ("triton_style", "numbers", "auto, omit or explicit"),
    ("triton_style", ["omit"], "auto, omit or explicit"),
    ("triton_inferences", [{"model": "double"}], "inputs"),
    ("triton_inferences", {"model": "double", "inputs": []}, "list"),
    ("triton_timeout", "soon", '"soon"'),
    ("triton_timeout", -1, "-1"),
    ("triton_timeout", True, "true"),
]


@pytest.mark.parametrize("name, value", GOOD)
def test_good_settings_say_nothing(name: str, value: Any) -> None:
    assert wrong({name: value}) == []


@pytest.mark.parametrize("name, value, says", BAD)
def test_a_wrong_setting_is_named_with_its_value_and_form(name: str, value: Any, says: str) -> None:
    (sentence,) = wrong({name: value})
    assert sentence.startswith(f"{name} is ")
    assert ", but has to be " in sentence
    assert says in sentence
    assert "\n" not in sentence


def test_every_wrong_setting_has_its_sentence() -> None:
    assert len(wrong({"triton_namespace": "A", "triton_values": 1, "triton_style": "omit"})) == 2


def test_a_long_value_is_cut() -> None:
    (sentence,) = wrong({"triton_values": "x" * 10_000})
    assert len(sentence) < 300
