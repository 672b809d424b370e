# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._settings import FORMS, LONGEST_VALUE, wrong

FITTING: dict[str, list[Any]] = {
    "triton_namespace": ["triton", "0-team-7", "n" * 63],
    "triton_release": ["triton", "server-2", "r" * 53],
    "triton_namespace_labels": [{}, {"a": "b"}],
    "triton_deployers": [[], [{"kind": "User", "name": "jane"}, {"kind": "Group", "name": "ops"}]],
    "triton_scc_allow": [[], ["host_path", "root"]],
    "triton_model_repository": [{"claim": {"size": "1Gi"}}, [], [{"claim": {}}, {"configmap": {}}]],
    "triton_values": [{}, {"replicas": 2}],
    "triton_image_mirrors": [{}, {"docker.io": "mirror.example.com/docker"}],
    "triton_chart": ["charts/triton", "oci://registry.example.com/charts/triton", ""],
    "triton_chart_version": ["1.2.3", "", ">=1"],
    "triton_chart_repository": ["https://charts.example.com", ""],
    "triton_chart_adapt": [True, False, "yes", "false"],
    "triton_chart_drop_missing": [True, False, "yes", "false"],
    "triton_chart_allow": [[], ["root", "host_path"]],
    "triton_chart_volumes": [{}, {"models": {"claim": {"size": "10Gi"}}, "cache": {"nfs": {}}}],
    "triton_workload": ["", "triton", "0-triton.server", "t" * 253],
    "triton_service": ["", "triton", "t" * 63],
    "triton_port": ["", "http", "8000", 8000, 1, "65535"],
    "triton_style": ["auto", "omit", "explicit"],
    "triton_strategy": ["auto", "surge", "recreate"],
    "triton_model_control": ["none", "explicit"],
    "triton_load_models": [[], ["double", "add"], ["*"]],
    "triton_models": [
        [],
        [{"model": "double"}, {"model": "add", "state": "unloaded", "unload_dependents": True}],
        [{"model": "double", "state": "reloaded", "version": 2}, {"model": "add", "config": {}}],
    ],
    "triton_inferences": [[], [{"model": "double", "inputs": []}]],
    "triton_revision": [0, 3, "12"],
    "triton_timeout": [0, 600, "900"],
}
UNFITTING: dict[str, list[Any]] = {
    "triton_namespace": ["Triton", "", None, 5, ["triton"], "a" * 64, "a.b", "{{ x }}", "triton\n", "-a"],
    "triton_release": ["Triton", "7up", "", None, "a" * 54],
    "triton_namespace_labels": ["a=b", [], None, 5],
    "triton_deployers": [
        "jane",
        ["jane"],
        [{"name": "jane"}],
        [{"kind": "ServiceAccount", "name": "x"}],
        {"kind": "User"},
        None,
    ],
    "triton_scc_allow": ["root", ["everything"], [["root"]], {"root": True}, None],
    "triton_model_repository": ["models", ["models"], None, 5, [None]],
    "triton_values": ["replicas: 2", [], None],
    "triton_image_mirrors": [
        "mirror.example.com",
        ["docker.io"],
        {"docker.io": ""},
        {"docker.io": None},
        {5: "x"},
        None,
    ],
    "triton_chart": [None, 5, ["charts/triton"], {}],
    "triton_chart_version": [None, 1.2, []],
    "triton_chart_repository": [None, 5, {}],
    "triton_chart_adapt": ["maybe", None, "", []],
    "triton_chart_drop_missing": ["maybe", None, "", {}],
    "triton_chart_allow": ["root", ["Root"], None, {"root": True}],
    "triton_chart_volumes": [
        [],
        "models",
        None,
        {"models": "claim"},
        {"models": {"claim": {}, "nfs": {}}},
        {"models": {}},
    ],
    "triton_workload": ["Triton", None, 5, False, [], "a/b", "-a", "a..b", "triton\n"],
    "triton_service": ["Triton", None, 5, False, {}, "a.b", "-a", "triton\n", "t" * 64],
    "triton_port": ["HTTP", None, True, 0, -1, "0", "-1", 65536, "70000", "08000", 80.5, [8000], "http\n", "a b"],
    "triton_style": ["Omit", "", None, 5, ["auto"], {}],
    "triton_strategy": ["Recreate", "RollingUpdate", "", None, {"type": "Recreate"}],
    "triton_model_control": ["poll", "", None, 5, ["explicit"]],
    "triton_load_models": ["double", [""], [5], ["add", "add"], ["*", "add"], {"double": 1}, None],
    "triton_models": [
        ["double"],
        {"model": "double"},
        [{"state": "loaded"}],
        [{"model": 5}],
        [{"model": "double", "state": "present"}],
        [{"model": "double", "state": ["loaded"]}],
        [{"model": "double", "versions": [1]}],
        [{"model": "double"}, {"model": "double", "state": "unloaded"}],
        None,
    ],
    "triton_inferences": [{"model": "double"}, [{"model": "double"}], [{"inputs": []}], "double", None],
    "triton_revision": ["first", -1, "", None, True, 1.5, [1]],
    "triton_timeout": ["10m", -1, "", None, True, 1.5, [600], "6 00"],
}


def test_every_setting_has_its_cases() -> None:
    assert set(FITTING) == set(UNFITTING) == set(FORMS)


@pytest.mark.parametrize("name, value", [(name, value) for name, values in FITTING.items() for value in values])
def test_a_value_that_fits(name: str, value: Any) -> None:
    assert wrong({name: value}) == []


@pytest.mark.parametrize("name, value", [(name, value) for name, values in UNFITTING.items() for value in values])
def test_a_value_that_does_not_fit_is_named_with_what_it_has_to_be(name: str, value: Any) -> None:
    (sentence,) = wrong({name: value})
    hidden = name == "triton_model_repository" and value != "models"
    shown = "no such thing (a value of type " if hidden else f"{json.dumps(value)}, "
    assert sentence.startswith(f"{name} is {shown}")
    assert "\n" not in sentence
    assert sentence.endswith(f", but has to be {FORMS[name].words}.")


@pytest.mark.parametrize("value", ["s3: {secret_key: canary}", "secret_key=canary", ["canary"], [{"s3": {}}, "canary"]])
def test_what_may_hold_credentials_is_not_shown(value: Any) -> None:
    (sentence,) = wrong({"triton_model_repository": value})
    assert "canary" not in sentence


def test_sentence() -> None:
    assert wrong({"triton_style": "loud"}) == ['triton_style is "loud", but has to be auto, omit or explicit.']


def test_all_that_is_wrong_at_once_and_in_the_given_order() -> None:
    sentences = wrong({"triton_timeout": "x", "triton_values": {}, "triton_style": 5})
    assert [sentence.split(" ")[0] for sentence in sentences] == ["triton_timeout", "triton_style"]


def test_a_name_that_is_too_long() -> None:
    assert wrong({"triton_workload": "t" * 254})


def test_a_long_value_is_cut() -> None:
    (sentence,) = wrong({"triton_values": "x" * 100000})
    assert len(sentence) < LONGEST_VALUE + 100


def test_a_value_that_json_does_not_know_is_no_traceback() -> None:
    (sentence,) = wrong({"triton_namespace": {1, 2}})
    assert sentence.startswith("triton_namespace is ")


def test_models_that_are_loaded_anyway_are_not_to_be_named() -> None:
    (sentence,) = wrong({"triton_model_control": "none", "triton_load_models": ["double"]})
    assert sentence == (
        'triton_load_models is ["double"], but triton_model_control is none, which loads all models; set it to explicit, or leave '
        "triton_load_models out."
    )
    assert wrong({"triton_model_control": "explicit", "triton_load_models": ["double"]}) == []
    assert wrong({"triton_load_models": ["double"]}) == []


def test_polling_is_refused_with_the_reason() -> None:
    (sentence,) = wrong({"triton_model_control": "poll"})
    assert "poll is not offered, since repositories do not change below a running pod here" in sentence


@pytest.mark.parametrize(
    "more, named",
    [
        ({"triton_chart": "", "triton_chart_version": "1.2.3"}, "without triton_chart"),
        ({"triton_chart": "", "triton_chart_volumes": {"models": {"nfs": {}}}}, "without triton_chart"),
        ({"triton_chart": "other", "triton_model_control": "explicit"}, "triton_model_control is explicit"),
        ({"triton_chart": "other", "triton_strategy": "recreate"}, "triton_strategy is recreate, which the chart"),
        (
            {
                "triton_chart": "other",
                "triton_chart_adapt": "false",
                "triton_model_repository": {"claim": {"size": "1Gi"}},
            },
            "triton_chart_adapt: false forbids",
        ),
    ],
)
def test_what_charts_of_others_cannot_be_told(more: Mapping[str, Any], named: str) -> None:
    (sentence,) = wrong(more)
    assert named in sentence


def test_a_chart_of_others_with_all_that_is_said_of_it() -> None:
    more = {
        "triton_strategy": "auto",
        "triton_chart_version": "1.2.3",
        "triton_chart_adapt": True,
        "triton_chart_allow": ["root"],
    }
    assert wrong({"triton_chart": "other", "triton_model_repository": {"claim": {"size": "1Gi"}}, **more}) == []
