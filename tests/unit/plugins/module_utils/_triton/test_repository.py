# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._triton.repository import ModelFile, scan


def write(root: Path, files: Mapping[str, str]) -> Path:
    """A repository; a path that ends in a slash is an empty directory."""
    for path, text in files.items():
        target = root / path
        if path.endswith("/"):
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    return root


def refusal(root: Path) -> TritonError:
    with pytest.raises(TritonError) as caught:
        scan(root)
    return caught.value


def test_models_with_their_versions_and_files(tmp_path: Path) -> None:
    files = {"b/config.pbtxt": "x", "b/1/model.py": "abc", "a/10/m/data": "", "a/9/model.onnx": "12345"}
    first, second = scan(write(tmp_path, files))
    assert (first.name, first.versions) == ("a", (9, 10))
    assert first.files == (ModelFile("a/10/m/data", 0), ModelFile("a/9/model.onnx", 5))
    assert (second.name, second.versions) == ("b", (1,))
    assert second.files == (ModelFile("b/1/model.py", 3), ModelFile("b/config.pbtxt", 1))


def test_hidden_entries_caches_and_loose_files_are_no_part_of_it(tmp_path: Path) -> None:
    files = {
        "a/1/model.py": "x",
        "a/1/__pycache__/model.pyc": "x",
        "a/1/.hidden": "x",
        "a/.cache/1": "x",
        ".git/1/config": "x",
        "README.md": "x",
    }
    (model,) = scan(write(tmp_path, files))
    assert model.files == (ModelFile("a/1/model.py", 1),)


@pytest.mark.parametrize("name", ["0", "01", "-1", "1.0", "v1", "1a", "one"])
def test_a_directory_that_is_no_version(tmp_path: Path, name: str) -> None:
    error = refusal(write(tmp_path, {f"a/{name}/model.py": "x"}))
    assert error.message == (
        f"Model a in {tmp_path} has no version directory (it has {name}); put its files into {tmp_path}/a/1/, which stays empty for an "
        "ensemble."
    )
    assert error.details == {"model": "a"}


def test_a_file_with_a_version_number_is_no_version(tmp_path: Path) -> None:
    assert "has no version directory (it has no directory at all)" in refusal(write(tmp_path, {"a/1": "x"})).message


def test_only_the_bad_model_is_named(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, {"a/1/model.py": "x", "b/config.pbtxt": "x"}))
    assert error.message.startswith("Model b in")


@pytest.mark.parametrize("kept", ["a/2/", "a/2/.gitkeep", "a/2/sub/", "a/2/__pycache__/x.pyc"])
def test_an_empty_version_has_a_file_that_stands_for_it(tmp_path: Path, kept: str) -> None:
    (model,) = scan(write(tmp_path, {"a/1/model.py": "x", kept: ""}))
    assert model.versions == (1, 2)
    assert model.files == (ModelFile("a/1/model.py", 1), ModelFile("a/2/.keep", 0))
    assert (model.contents(1), model.contents(2)) == ({"model.py"}, set())


def test_version_12_does_not_fill_version_1(tmp_path: Path) -> None:
    (model,) = scan(write(tmp_path, {"a/12/model.py": "x", "a/1/": ""}))
    assert ModelFile("a/1/.keep", 0) in model.files


def test_no_such_directory(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing").message.startswith(
        f"The model repository {tmp_path}/missing is no directory here"
    )


def test_a_file_in_place_of_the_repository(tmp_path: Path) -> None:
    assert "is no directory here" in refusal(write(tmp_path, {"model.py": "x"}) / "model.py").message


@pytest.mark.parametrize("files", [{}, {"model.onnx": "x"}, {".git/1/x": "x"}])
def test_a_repository_without_a_model(tmp_path: Path, files: Mapping[str, str]) -> None:
    assert refusal(write(tmp_path, files)).message.startswith(f"The model repository {tmp_path} has no model")


def test_a_version_directory_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "store", {"weights/model.py": "x"})
    root = write(tmp_path / "repository", {"a/": ""})
    (root / "a" / "1").symlink_to(tmp_path / "store" / "weights")
    (model,) = scan(root)
    assert model.files == (ModelFile("a/1/model.py", 1),)


def test_a_dead_link_is_named(tmp_path: Path) -> None:
    root = write(tmp_path, {"a/1/model.py": "x"})
    (root / "a" / "1" / "weights.bin").symlink_to(tmp_path / "gone")
    message = refusal(root).message
    assert f"{root}/a/1/weights.bin" in message
    assert "\n" not in message


def test_a_link_to_its_own_parent_is_no_endless_walk(tmp_path: Path) -> None:
    root = write(tmp_path, {"a/1/model.py": "x"})
    (root / "a" / "1" / "loop").symlink_to(root / "a")
    assert f"{root}/a/1/loop" in refusal(root).message


def test_no_right_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {"a/1/model.py": "x"})

    def forbidden(path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", forbidden)
    assert "Permission denied" in refusal(root).message


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    root = write(tmp_path, {"a/1/model.py": "x"})
    os.mkfifo(root / "a" / "1" / "pipe")
    assert refusal(root).message.startswith(f"{root}/a/1/pipe is neither a file nor a directory")
