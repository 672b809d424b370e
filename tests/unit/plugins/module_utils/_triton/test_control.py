# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._triton import control
from ansible_collections.inferops.triton.plugins.module_utils._triton.client import states
from ansible_collections.inferops.triton.plugins.module_utils._triton.control import Standing, Wish


def entry(name: str, version: str = "", state: str = "UNAVAILABLE", reason: str = "") -> dict[str, str]:
    return {"name": name, "version": version, "state": state, "reason": reason}


def test_versions_that_are_ready_count_as_numbers() -> None:
    index = [entry("m", "10", "READY"), entry("m", "9", "READY"), entry("m", "1"), entry("other", "7", "READY")]
    assert control.standing(states(index), "m") == Standing(("9", "10"))


def test_a_model_that_was_never_loaded_is_known_and_one_of_nowhere_is_not() -> None:
    assert control.standing(states([{"name": "m"}]), "m") == Standing()
    assert control.standing(states([{"name": "m"}]), "M") is None


@pytest.mark.parametrize("state", ["LOADING", "UNLOADING"])
def test_a_version_that_comes_or_goes(state: str) -> None:
    current = control.standing(states([entry("m", "1", "READY"), entry("m", "2", state)]), "m")
    assert current == Standing(("1",), moving=True)
    assert not control.satisfied(Wish("m", "loaded"), current)
    assert not control.satisfied(Wish("m", "unloaded"), Standing(moving=True))


@pytest.mark.parametrize(
    "wanted, versions, config, fits",
    [
        (Wish("m", "loaded"), ("1",), None, True),
        (Wish("m", "loaded"), (), None, False),
        (Wish("m", "unloaded"), (), None, True),
        (Wish("m", "unloaded"), ("1",), None, False),
        (Wish("m", "loaded", "1"), ("1",), None, True),
        (Wish("m", "loaded", "1"), ("2",), None, False),
        # The version is to be the only one: a request without a version would get the other.
        (Wish("m", "loaded", "1"), ("1", "2"), None, False),
        (Wish("m", "loaded", "", {"max_batch_size": 4}), ("1",), {"max_batch_size": 4, "backend": "python"}, True),
        (Wish("m", "loaded", "", {"max_batch_size": 4}), ("1",), {"max_batch_size": 8}, False),
        (Wish("m", "loaded", "", {"max_batch_size": 4}), ("1",), None, False),
        (Wish("m", "loaded", "", {}), ("1",), {"max_batch_size": 8}, True),
        (Wish("m", "loaded", "2", {"max_batch_size": 4}), ("1",), {"max_batch_size": 4}, False),
    ],
)
def test_whether_a_model_stands_as_wished(
    wanted: Wish, versions: tuple[str, ...], config: dict[str, Any] | None, fits: bool
) -> None:
    assert control.satisfied(wanted, Standing(versions), config) is fits


@pytest.mark.parametrize(
    "live, wanted, held",
    [
        ({"a": 1, "b": {"c": [1, 2]}}, {"b": {"c": ["1", 2]}}, True),
        ({"a": [{"name": "x", "kind": "KIND_CPU"}]}, {"a": [{"kind": "KIND_CPU"}]}, True),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": True}, {"a": True}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ({}, {"a": ""}, False),
        ({"a": {}}, {"a": []}, False),
        ({"a": "[]"}, {"a": []}, False),
    ],
)
def test_what_a_live_configuration_holds(live: Any, wanted: Any, held: bool) -> None:
    assert control.holds(live, wanted) is held


def test_a_version_replaces_the_policy_and_nothing_else() -> None:
    config = {"backend": "python", "version_policy": {"latest": {"num_versions": 1}}}
    sent = control.override(config, "3")
    assert sent == {"backend": "python", "version_policy": {"specific": {"versions": [3]}}}
    assert (control.pinned(sent), control.pinned(config), control.pinned({"version_policy": None})) == (
        True,
        False,
        False,
    )
    assert control.override(config, "") == config


def test_triton_takes_the_configuration_as_a_text() -> None:
    assert json.loads(control.load_request({"a": 1})["parameters"]["config"]) == {"a": 1}
    assert control.load_request(None) == {}
    assert control.unload_request(True) == {"parameters": {"unload_dependents": True}}
    assert control.unload_request(False) == {}


@pytest.mark.parametrize(
    "options, words",
    [
        ({"model": " "}, "model is ' '; give the name of a model"),
        ({"state": "unloaded", "version": "1"}, "unloads all its versions: leave out version and config"),
        ({"state": "unloaded", "config": {}}, "unloads all its versions: leave out version and config"),
        (
            {"unload_dependents": True},
            "unload_dependents is for state unloaded, but the state of model m is to be loaded.",
        ),
        ({"version": "latest"}, "Version 'latest' of model m is no version; give the number"),
        ({"version": "0"}, "Version '0' of model m is no version"),
        ({"version": "-1"}, "Version '-1' of model m is no version"),
        ({"version": "1\n"}, "is no version"),
        ({"config": {"name": "n"}}, "config is the configuration of model n, but the model is m."),
        ({"version": "1", "config": {"version_policy": {}}}, "both version and a version_policy in config; leave one"),
    ],
)
def test_wishes_that_cannot_be(options: dict[str, Any], words: str) -> None:
    given = {"model": "m", "state": "loaded", "version": None, "config": None, "unload_dependents": False, **options}
    with pytest.raises(TritonError) as caught:
        control.wish(**given)
    assert words in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "words, mode",
    [
        (["tritonserver", "--model-control-mode=explicit"], "explicit"),
        (["tritonserver", "--model-control-mode", "poll"], "poll"),
        (["sh", "-c", "exec tritonserver --model-control-mode='none' --log-verbose=1"], "none"),
        (["--model-control-mode=none", "--model-control-mode=explicit"], "explicit"),
        (["tritonserver"], ""),
        ([], ""),
    ],
)
def test_control_mode_of_a_command_line(words: list[str], mode: str) -> None:
    assert control.mode(words) == mode


def test_reason_of_a_failed_load_in_one_line() -> None:
    reason = (
        "load failed for model 'm': version 1 is at UNAVAILABLE state: Internal: RuntimeError: no weights\n\nAt:\n"
        "  /models/m/1/model.py(1): <module>\n  <frozen importlib._bootstrap>(241): _call\n;\n"
    )
    assert control.why(reason) == "version 1 is at UNAVAILABLE state: Internal: RuntimeError: no weights"
    assert control.why("two\nlines") == "two lines"
    assert len(control.why("x" * 5000)) < 1100
