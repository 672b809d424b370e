# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.inferops.triton.plugins.module_utils._run.apply import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi

CONFIG = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "config", "namespace": "triton"},
    "data": {"model.py": "a = 1\nb = '\u00e4'\n"},
}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "triton"}}


def params(connection: dict[str, Any], *definitions: dict[str, Any], state: str = "present") -> dict[str, Any]:
    return {**connection, "definitions": list(definitions), "state": state, "wait_timeout": 5}


@pytest.fixture(autouse=True)
def namespace(api: FakeApi) -> None:
    api.add("v1", "Namespace", "triton")


def test_changed_once(api: FakeApi, connection: dict[str, Any]) -> None:
    first, second = (run(params(connection, NAMESPACE, CONFIG), False) for _run in range(2))
    assert (first["changed"], second["changed"]) == (True, False)
    assert [change["method"] for change in first["changes"]] == ["none", "create"]
    assert {change["method"] for change in second["changes"]} == {"none"}
    assert second["diff"] == []


def test_check_mode_says_the_same_and_writes_nothing(api: FakeApi, connection: dict[str, Any]) -> None:
    checked = run(params(connection, CONFIG), True)
    assert api.writes == []
    assert run(params(connection, CONFIG), False) == checked
    assert len(api.writes) == 1


def test_diff_shows_texts_line_by_line(connection: dict[str, Any]) -> None:
    (entry,) = run(params(connection, CONFIG), True)["diff"]
    assert entry["before_header"] == entry["after_header"] == "ConfigMap triton/config"
    assert entry["before"] == ""
    assert "  model.py: |\n    a = 1\n    b = '\u00e4'\n" in entry["after"]
    assert yaml.safe_load(entry["after"]) == CONFIG


def test_diff_of_an_update_and_of_a_deletion(connection: dict[str, Any]) -> None:
    run(params(connection, CONFIG), False)
    (update,) = run(params(connection, {**CONFIG, "data": {"model.py": "a = 2\n"}}), True)["diff"]
    assert "a = 1" in update["before"] and "a = 2" in update["after"]
    (delete,) = run(params(connection, CONFIG, state="absent"), True)["diff"]
    assert "a = 1" in delete["before"]
    assert delete["after"] == ""


def test_header_of_a_cluster_wide_object(connection: dict[str, Any]) -> None:
    (entry,) = run(params(connection, {**NAMESPACE, "metadata": {"name": "new"}}), True)["diff"]
    assert entry["after_header"] == "Namespace new"


def test_absent(api: FakeApi, connection: dict[str, Any]) -> None:
    run(params(connection, CONFIG), False)
    first, second = (run(params(connection, CONFIG, state="absent"), False) for _run in range(2))
    assert (first["changed"], second["changed"]) == (True, False)
    assert [change["method"] for change in first["changes"]] == ["delete"]


def test_nothing_to_do(api: FakeApi, connection: dict[str, Any]) -> None:
    assert run(params(connection), False) == {"changed": False, "changes": [], "diff": []}
