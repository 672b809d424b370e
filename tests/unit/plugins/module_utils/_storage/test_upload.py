# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.combine import combine
from ansible_collections.inferops.triton.plugins.module_utils._storage.plan import plan_repositories
from ansible_collections.inferops.triton.plugins.module_utils._storage.upload import Upload
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._storage.cluster import having

TARGET = Target("serving", "triton")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "double" / "1").mkdir(parents=True)
    (tmp_path / "double" / "1" / "model.py").write_text("x")
    return tmp_path


def test_the_release_mounts_what_it_was_planned_with(repository: Path) -> None:
    plan = Upload(str(repository), size="1Gi").plan("models", TARGET)
    assert plan.upload is not None
    digest = plan.upload["digest"]
    assert plan.entry == {
        "name": "models",
        "subPath": f"sha256-{digest}",
        "volume": {"persistentVolumeClaim": {"claimName": "triton-models"}},
    }
    assert [definition["kind"] for definition in plan.definitions] == ["PersistentVolumeClaim"]
    assert (plan.models, plan.upload["claim"], plan.upload["needed"]) == (("double",), "triton-models", True)
    (repository / "double" / "1" / "model.py").write_text("y")
    changed = Upload(str(repository), size="1Gi").plan("models", TARGET)
    assert changed.entry["subPath"] != plan.entry["subPath"]


def test_what_the_claim_has_is_not_uploaded(repository: Path) -> None:
    first = Upload(str(repository), existing="models").plan("models", TARGET)
    assert first.upload is not None and first.definitions == ()
    annotations = {"triton.inferops/versions": f"{'a' * 64},{first.upload['digest']}"}
    target = having(("PersistentVolumeClaim", "models", {"metadata": {"annotations": annotations}, "spec": {}}))
    again = Upload(str(repository), existing="models").plan("models", target)
    assert again.upload is not None and again.upload["needed"] is False


def test_a_digest_that_is_known_already_is_not_computed_again(repository: Path) -> None:
    (repository / "double" / "1" / "model.py").chmod(0)
    target = Target("serving", "triton", digests={"models": "d" * 64})
    assert Upload(str(repository), size="1Gi").plan("models", target).entry["subPath"] == f"sha256-{'d' * 64}"


def test_groups_of_nfs_are_the_pods_as_well(repository: Path) -> None:
    plan = Upload(str(repository), existing="nfs", supplemental_groups=[5555]).plan("models", TARGET)
    assert plan.supplemental_groups == (5555,)


@pytest.mark.parametrize(
    "options, words",
    [
        (
            {"size": "1Gi", "keep": 0},
            "Repository models: keep is 0; at least one version has to stay, so give 1 or more.",
        ),
        ({"size": "1Gi", "existing": "x"}, "a claim takes either existing"),
        ({}, "a claim takes either existing"),
        (
            {"size": "2"},
            "has 3 bytes, more than the 2 of its claim; ask for a larger size, with room for the 3 versions",
        ),
    ],
)
def test_options_that_do_not_fit(repository: Path, options: dict[str, object], words: str) -> None:
    (repository / "double" / "1" / "model.py").write_text("xyz")
    with pytest.raises(TritonError) as caught:
        plan_repositories([{"upload": {"path": str(repository), **options}}], TARGET)
    assert words in caught.value.message


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TritonError) as caught:
        Upload(str(tmp_path / "nowhere"), size="1Gi").plan("models", TARGET)
    assert caught.value.message == (
        f"The model repository {tmp_path}/nowhere is no directory here; give the path of one on the machine that runs the task."
    )


def test_two_repositories_in_one_claim(repository: Path) -> None:
    upload = {"upload": {"path": str(repository), "existing": "shared"}}
    plans = plan_repositories([upload, upload], TARGET)
    with pytest.raises(TritonError) as caught:
        combine(plans, TARGET)
    assert caught.value.message == (
        "Repositories models and models-2 are both uploaded into claim shared; give each a claim of its own."
    )
