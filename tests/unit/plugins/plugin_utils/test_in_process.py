# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface
from ansible_collections.inferops.triton.plugins.plugin_utils import _in_process
from ansible_collections.inferops.triton.plugins.plugin_utils._in_process import InProcess

PLUGINS = Path(_in_process.__file__).resolve().parents[1]


class Action(InProcess):
    """A module whose result says where it ran."""

    INTERFACE = Interface(
        lambda params, check_mode: {"here": True, **params, "check": check_mode}, {"a": {"type": "int"}}
    )

    def _execute_module(self, **options: Any) -> dict[str, Any]:
        return {"here": False, **options}


def action(**task: Any) -> Action:
    made: Action = Action.__new__(Action)
    made._task = SimpleNamespace(
        **{
            "action": "inferops.triton.x",
            "check_mode": False,
            "diff": False,
            "async_val": 0,
            "delegate_to": None,
            "environment": [],
            **task,
        }
    )
    made._connection = SimpleNamespace(transport="local", become=None)
    made._templar = SimpleNamespace(template=lambda value: value)
    return made


SAME = {"ansible_python_interpreter": sys.executable}


def test_a_local_task_runs_here() -> None:
    result = action(check_mode=True).module({"a": "5"}, SAME)
    assert (result["here"], result["a"], result["check"], result["changed"]) == (True, 5, True, False)


@pytest.mark.parametrize(
    "task", [{"async_val": 10}, {"delegate_to": "other"}, {"environment": [{"HTTPS_PROXY": "http://a"}]}]
)
def test_a_task_that_wants_more_runs_as_a_program(task: dict[str, Any]) -> None:
    result = action(**task).module({"a": "5"}, SAME)
    assert result["here"] is False
    assert result["module_args"] == {"a": "5"}


@pytest.mark.parametrize("change", [{"transport": "ssh"}, {"become": object()}])
def test_another_machine_or_user_gets_a_program(change: dict[str, Any]) -> None:
    one = action()
    for name, value in change.items():
        setattr(one._connection, name, value)
    assert one.module({}, SAME)["here"] is False


@pytest.mark.parametrize("interpreter", ["/usr/bin/another-python", "auto", None, "python3"])
def test_another_python_gets_a_program(interpreter: str | None) -> None:
    assert action().module({}, {"ansible_python_interpreter": interpreter})["here"] is False


def test_an_option_that_is_none_is_said_as_by_a_program() -> None:
    result = action().module({"b": 1}, SAME)
    assert result["failed"] is True
    assert result["msg"].startswith("Unsupported parameters for (inferops.triton.x) module: b. ")


def test_a_task_may_be_asynchronous() -> None:
    assert Action._supports_async is True


def test_a_fault_of_a_module_shows_its_place_and_no_value() -> None:
    class Faulty(Action):
        INTERFACE = Interface(lambda params, _check: {}[params["key"]], {"key": {"type": "str", "no_log": True}})

    made = action()
    made.__class__ = Faulty
    result = made.module({"key": "a-canary-of-the-test"}, SAME)
    assert result["failed"] is True
    assert result["msg"].startswith("inferops.triton.x failed by a fault of its own: KeyError in <lambda> (")
    assert "canary" not in str(result)


def test_every_module_has_its_action() -> None:
    modules = {path.stem for path in PLUGINS.glob("modules/*.py")} - {"__init__"}
    actions = {path.stem for path in PLUGINS.glob("action/*.py")} - {"__init__"}
    assert modules == actions
    group = yaml.safe_load((PLUGINS.parent / "meta" / "runtime.yml").read_text())["action_groups"]["cluster"]
    assert modules == {name for name in group if isinstance(name, str)}
