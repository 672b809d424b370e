# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import chart_values
from ansible_collections.inferops.triton.plugins.module_utils._storage.plan import plan_repositories

TARGET = Target("serving", "triton")
KINDS = "claim, configmap, secret, nfs, nfs_inline, s3, gcs, azure, image, sync, upload"
CLAIM = {"claim": {"existing": "theirs"}}
ANNOTATION = "triton.inferops/models-digest"


def names(*repositories: dict[str, Any]) -> list[str]:
    return [plan.entry["name"] for plan in plan_repositories(repositories, TARGET)]


def refusal(*repositories: dict[str, Any]) -> str:
    with pytest.raises(TritonError) as caught:
        plan_repositories(repositories, TARGET)
    return caught.value.message


def test_default_names_in_the_given_order() -> None:
    assert names(CLAIM, CLAIM, {"name": "mine", **CLAIM}, CLAIM) == ["models", "models-2", "mine", "models-4"]


def test_options_that_are_none_are_not_given() -> None:
    options = {"existing": None, "size": "1Gi", "storage_class": None, "name": None, "sub_path": ""}
    (plan,) = plan_repositories([{"name": None, "claim": options, "configmap": None}], TARGET)
    assert plan.definitions[0]["metadata"]["name"] == "triton-models"
    assert "storageClassName" not in plan.definitions[0]["spec"]


def test_each_back_end(tmp_path: Path) -> None:
    (tmp_path / "double" / "1").mkdir(parents=True)
    (tmp_path / "double" / "1" / "model.py").write_text("x")
    first, second = plan_repositories([{"configmap": {"path": str(tmp_path)}}, CLAIM], TARGET)
    assert first.models == ("double",)
    assert "persistentVolumeClaim" in second.entry["volume"]


def test_no_repository() -> None:
    assert plan_repositories([], TARGET) == []
    assert chart_values([]) == {}


@pytest.mark.parametrize("name", ["Models", "a_b", "-a", "a-", "a.b", "a" * 64, "\u00e4", "a\n"])
def test_a_name_that_is_no_dns_label(name: str) -> None:
    assert refusal({"name": name, **CLAIM}).startswith(f"Repository name {name!r} is no DNS label; ")


@pytest.mark.parametrize("name", ["a", "a" * 63, "7", "a-7"])
def test_a_name_that_is_one(name: str) -> None:
    assert names({"name": name, **CLAIM}) == [name]


@pytest.mark.parametrize("second", [{"name": "models", **CLAIM}, {"name": "models-3", **CLAIM}])
def test_names_that_clash(second: dict[str, Any]) -> None:
    assert (
        refusal(CLAIM, second, CLAIM) == f"Two repositories are called {second['name']}; give each a name of its own."
    )


@pytest.mark.parametrize("repository", [{}, {"claim": None, "configmap": None}])
def test_no_back_end(repository: dict[str, Any]) -> None:
    assert refusal(repository) == f"Repository models names no back end; give exactly one of {KINDS}."


def test_two_back_ends() -> None:
    assert refusal({**CLAIM, "configmap": {"path": "x"}}) == (
        f"Repository models names claim and configmap; give exactly one of {KINDS}."
    )


def plan(digest: str) -> Plan:
    return Plan((), {"name": "models"}, digest)


def test_chart_values() -> None:
    assert chart_values([plan(""), plan("")]) == {"modelRepositories": [{"name": "models"}, {"name": "models"}]}


def test_changed_models_change_the_annotation_of_the_pods() -> None:
    seen = {
        chart_values([plan(first), plan(second)])["podAnnotations"][ANNOTATION] for first in "ab" for second in "cd"
    }
    assert len(seen) == 4
    assert all(len(digest) == 64 for digest in seen)
    assert chart_values([plan("a"), plan("c")])["podAnnotations"][ANNOTATION] in seen
