# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look finds first; that a converged deployment is found to be one, tests/integration/test_release_once.py shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._run.deployment_status import Unsettled, _inference, run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi

CHART = Path(__file__).parents[5] / "roles" / "release" / "files" / "triton"
OPTIONS: dict[str, Any] = {
    "namespace": "triton",
    "release": "triton",
    "repositories": [],
    "chart": str(CHART),
    "chart_version": "",
    "chart_repository": "",
    "foreign": False,
    "adapt": None,
    **dict.fromkeys(("service", "workload", "port"), ""),
    "helm_binary": "/bin/true",
    "default_values": {},
    "image_mirrors": {},
    "values": {},
    "style": "auto",
    "scc": "restricted-v2",
    "strategy": "auto",
    "inferences": [],
    "answer_timeout": 5,
    "create_namespace": True,
    "uploads": False,
    "probes": False,
    **dict.fromkeys(("expected_server", "expected_user", "expected_ca_sha256"), ""),
}


def look(connection: dict[str, Any], **options: Any) -> str:
    result = run({**OPTIONS, **connection, **options}, False)
    assert (result["converged"], result["server"], result["models_ready"]) == (False, "", [])
    return str(result["msg"])


def test_a_namespace_that_is_to_be_made(api: FakeApi, connection: dict[str, Any]) -> None:
    assert look(connection) == 'Namespace "triton" is to be made.'


def test_another_cluster_than_the_inventory_names(api: FakeApi, connection: dict[str, Any]) -> None:
    assert "the inventory expects https://other:6443" in look(connection, expected_server="https://other:6443")


def test_a_right_that_is_missing(api: FakeApi, connection: dict[str, Any]) -> None:
    api.denied = {("patch", "deployments")}
    api.add("v1", "Namespace", "triton", status={"phase": "Active"})
    assert "lacks rights" in look(connection)


def test_a_cluster_that_does_not_answer() -> None:
    assert "cannot be reached" in look({"host": "http://127.0.0.1:1", "api_key": "x"})


@pytest.mark.parametrize("there", [[], [("ConfigMap", "other")]])
def test_a_release_that_is_to_be_installed(
    api: FakeApi, connection: dict[str, Any], there: list[tuple[str, str]]
) -> None:
    api.add("v1", "Namespace", "triton", status={"phase": "Active"})
    for kind, name in there:
        api.add("v1", kind, name, namespace="triton")
    assert look(connection) == "Release triton is to be installed or upgraded."
    assert api.writes == []


INFERENCE: dict[str, Any] = {"model": "double", "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [1.5]}]}


def test_an_inference_as_the_module_takes_it() -> None:
    one = _inference({**INFERENCE, "version": 1})
    assert (one["model"], one["version"], one["outputs"], one["expect"]) == ("double", "1", [], None)
    assert one["inputs"] == [{**INFERENCE["inputs"][0], "shape": None}]


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://elsewhere"},
        {"name": "smoke test"},
        {"model": 5},
        {"version": 1.5},
        {"inputs": {"name": "INPUT"}},
        {"inputs": [{"name": "INPUT", "data": [1]}]},
        {"inputs": [{**INFERENCE["inputs"][0], "shape": "1"}]},
        {"outputs": "OUTPUT"},
        {"outputs": [1]},
        {"expect": True},
        {"parameters": "a=b"},
    ],
)
def test_an_inference_of_another_form_is_left_to_the_steps(change: dict[str, Any]) -> None:
    with pytest.raises(Unsettled, match="is to be checked"):
        _inference({**INFERENCE, **change})
