# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release.values import merged, models_at_start


def test_later_sources_win_and_dictionaries_are_merged() -> None:
    sources = [{"a": {"b": 1, "c": 2}, "d": 1}, {"a": {"c": 3}}, {"d": None}]
    assert merged(sources) == {"a": {"b": 1, "c": 3}, "d": None}


def test_no_source_is_changed() -> None:
    sources: list[dict[str, Any]] = [
        {"env": [{"name": "A"}], "a": {"b": [1]}},
        {"env": [{"name": "B"}], "a": {"b": [2]}},
    ]
    before = deepcopy(sources)
    merged(sources)
    assert sources == before


def test_a_variable_of_the_user_joins_those_of_the_storage() -> None:
    storage = {"env": [{"name": "AWS_DEFAULT_REGION", "value": "eu"}, {"name": "B", "value": "1"}]}
    user = {"env": [{"name": "B", "value": "2"}, {"name": "C", "value": "3"}]}
    assert merged([storage, user])["env"] == [
        {"name": "AWS_DEFAULT_REGION", "value": "eu"},
        {"name": "B", "value": "2"},
        {"name": "C", "value": "3"},
    ]


@pytest.mark.parametrize(
    "key, field", [("extraVolumes", "name"), ("initContainers", "name"), ("extraVolumeMounts", "mountPath")]
)
def test_lists_of_the_pod_are_joined_by_name(key: str, field: str) -> None:
    result = merged([{key: [{field: "/a", "x": 1}]}, {key: [{field: "/b"}, {field: "/a", "x": 2}]}])
    assert result[key] == [{field: "/b"}, {field: "/a", "x": 2}]


def test_groups_are_joined() -> None:
    result = merged(
        [
            {"podSecurityContext": {"supplementalGroups": [1, 2], "runAsNonRoot": True}},
            {"podSecurityContext": {"supplementalGroups": [2, 3]}},
        ]
    )
    assert result == {"podSecurityContext": {"supplementalGroups": [1, 2, 3], "runAsNonRoot": True}}


@pytest.mark.parametrize("key", ["modelRepositories", "tolerations", "drop"])
def test_other_lists_are_replaced(key: str) -> None:
    assert merged([{key: [{"name": "a"}]}, {key: [{"name": "b"}]}]) == {key: [{"name": "b"}]}


@pytest.mark.parametrize("second", [None, "text", {"name": "a"}])
def test_a_value_of_another_type_replaces_the_list(second: Any) -> None:
    assert merged([{"env": [{"name": "A"}]}, {"env": second}]) == {"env": second}


def test_items_that_are_no_dictionaries_are_left_to_the_chart_to_refuse() -> None:
    assert merged([{"env": [{"name": "A"}]}, {"env": ["B=1"]}]) == {"env": [{"name": "A"}, "B=1"]}


def test_nothing() -> None:
    assert merged([]) == {}


@pytest.mark.parametrize(
    "models, started",
    [
        (None, ["add", "double"]),
        ({"controlMode": "none"}, ["add", "double"]),
        ({"controlMode": "poll"}, ["add", "double"]),
        ({"controlMode": "explicit"}, []),
        ({"controlMode": "explicit", "load": ["double"]}, ["double"]),
        ({"controlMode": "explicit", "load": ["*"]}, ["add", "double"]),
        # What the repositories have is not always known.
        ({"controlMode": "explicit", "load": ["other"]}, ["other"]),
    ],
)
def test_models_that_a_server_loads_when_it_starts(models: Any, started: list[str]) -> None:
    values = {} if models is None else {"models": models}
    assert models_at_start(values, ["add", "double"]) == started
