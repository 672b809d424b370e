# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._triton.config import NoDefinition, Parse
from ansible_collections.inferops.triton.plugins.module_utils._triton.findings import Finding, inspect

PYTHON = 'backend: "python" '


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def model(root: Path, config: str, *files: str, name: str = "a") -> Path:
    return write(root, {f"{name}/config.pbtxt": config, **{f"{name}/{file}": "x" for file in files or ("1/model.py",)}})


def refusal(root: Path) -> str:
    with pytest.raises(TritonError) as caught:
        inspect(root)
    assert "\n" not in caught.value.message
    return caught.value.message


def said(root: Path, severity: str = "warning") -> list[Finding]:
    return [finding for finding in inspect(root).findings if finding.severity == severity]


def test_a_sound_repository_has_its_sizes_as_notes_and_nothing_else(tmp_path: Path) -> None:
    model(tmp_path, f'name: "a" {PYTHON}', "1/model.py", "2/model.py", "2/weights")
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    inspected = inspect(tmp_path)
    assert [one.name for one in inspected.models] == ["a"]
    assert inspected.findings == (Finding(f"{tmp_path}/a", "note", f"Versions: 1, 2; files: 4; bytes: {size}."),)


@pytest.mark.parametrize(
    "file",
    [
        "model.plan",
        "model.onnx",
        "model.xml",
        "model.pt",
        "model.py",
        "model.savedmodel/saved_model.pb",
        "model.graphdef",
    ],
)
@pytest.mark.parametrize("config", [None, "", "max_batch_size: 4"])
def test_what_triton_completes_by_itself_may_be_missing(tmp_path: Path, file: str, config: str | None) -> None:
    files = {f"a/1/{file}": "x", **({} if config is None else {"a/config.pbtxt": config})}
    assert said(write(tmp_path, files)) == []


def test_a_name_of_a_backend_in_the_name_of_the_model(tmp_path: Path) -> None:
    assert said(write(tmp_path, {"a.identity/1/anything": "x"})) == []


@pytest.mark.parametrize("config", [None, "", "max_batch_size: 4"])
def test_a_backend_that_nobody_can_tell(tmp_path: Path, config: str | None) -> None:
    write(tmp_path, {"a/1/weights.bin": "x", **({} if config is None else {"a/config.pbtxt": config})})
    assert "Triton cannot tell its backend" in refusal(tmp_path)


def test_a_name_that_is_not_the_directory_s(tmp_path: Path) -> None:
    message = refusal(model(tmp_path, f'name: "b" {PYTHON}'))
    assert message == (
        f"{tmp_path}/a/config.pbtxt: It names the model b, but its directory is a; both have to be the same."
    )


def test_a_broken_configuration_is_told_with_file_and_line(tmp_path: Path) -> None:
    message = refusal(model(tmp_path, 'name: "a"\nbakend: "python"'))
    assert message.startswith(f"{tmp_path}/a/config.pbtxt: Triton cannot read it: 2:")
    assert "bakend" in message


def test_a_configuration_that_is_no_text(tmp_path: Path) -> None:
    assert "config.pbtxt: It is no text in UTF-8." in refusal(
        write(tmp_path, {"a/config.pbtxt": b"\xff", "a/1/model.py": b""})
    )


def test_all_that_is_wrong_is_in_the_details_and_the_grave_comes_first(tmp_path: Path) -> None:
    model(tmp_path, "x")
    model(tmp_path, 'name: "z" ' + PYTHON, name="b")
    with pytest.raises(TritonError) as caught:
        inspect(tmp_path)
    assert "1 more of its files or models cannot be loaded either." in caught.value.message
    findings = caught.value.details["findings"]
    assert isinstance(findings, list)
    assert [(one["severity"], one["path"]) for one in findings] == [
        ("error", f"{tmp_path}/a/config.pbtxt"),
        ("error", f"{tmp_path}/b/config.pbtxt"),
        ("note", f"{tmp_path}/a"),
        ("note", f"{tmp_path}/b"),
    ]


@pytest.mark.parametrize(
    "backend, file",
    [("python", "model.py"), ("onnxruntime", "model.onnx"), ("tensorrt", "model.plan"), ("openvino", "model.xml")],
)
def test_the_file_that_a_backend_loads(tmp_path: Path, backend: str, file: str) -> None:
    config = f'backend: "{backend}"'
    assert f"Version 1 has no {file}, which the backend {backend} loads." in refusal(
        model(tmp_path / "none", config, "1/other")
    )
    (finding,) = said(model(tmp_path / "some", config, f"1/{file}", "2/other"))
    assert finding.message == f"Version 2 has no {file}, which the backend {backend} loads."


def test_the_file_has_the_name_that_the_configuration_gives_it(tmp_path: Path) -> None:
    config = PYTHON + 'default_model_filename: "serve.py"'
    assert said(model(tmp_path / "there", config, "1/serve.py")) == []
    assert "has no serve.py" in refusal(model(tmp_path / "missing", config, "1/model.py"))


@pytest.mark.parametrize("backend", ["pytorch", "vllm", "mine"])
def test_backends_whose_files_triton_does_not_prescribe(tmp_path: Path, backend: str) -> None:
    assert said(model(tmp_path, f'backend: "{backend}"', "1/anything")) == []


def test_an_ensemble(tmp_path: Path) -> None:
    step = 'ensemble_scheduling { step [ { model_name: "b" }, { model_name: "c" } ] }'
    model(tmp_path, f'platform: "ensemble" {step}', "1/README")
    model(tmp_path, PYTHON, name="b")
    (finding,) = said(tmp_path)
    assert finding.message == "It calls the model c, which another repository would have to bring."


STEP = 'platform: "ensemble" ensemble_scheduling { step [ { model_name: "b" } ] }'


@pytest.mark.parametrize("config", [STEP, 'backend: "identity"', 'platform: "mine"'])
def test_an_empty_version_where_nothing_is_loaded_from_it(tmp_path: Path, config: str) -> None:
    model(tmp_path, PYTHON, name="b")
    write(tmp_path, {"a/config.pbtxt": config})
    (tmp_path / "a" / "1").mkdir()
    assert said(tmp_path) == []
    (note,) = [one for one in said(tmp_path, "note") if one.path == f"{tmp_path}/a"]
    assert note.message == f"Versions: 1; files: 1; bytes: {len(config)}."


@pytest.mark.parametrize(
    "config, backend",
    [
        (PYTHON, "python"),
        ('backend: "pytorch"', "pytorch"),
        ('platform: "pytorch_libtorch"', "pytorch"),
        ('platform: "tensorflow_savedmodel"', "tensorflow"),
        ("", "python"),
    ],
)
@pytest.mark.parametrize("other", [True, False])
def test_an_empty_version_of_a_backend_that_loads_a_file(
    tmp_path: Path, config: str, backend: str, *, other: bool
) -> None:
    write(tmp_path, {"a/config.pbtxt": config, **({"a/1/model.py": "x"} if other or not config else {})})
    (tmp_path / "a" / "2").mkdir(parents=True)
    with pytest.raises(TritonError) as caught:
        inspect(tmp_path)
    (error,) = [one for one in caught.value.details["findings"] if one["severity"] != "note"]
    assert f"Version 2 is an empty directory, but the backend {backend} loads a file from there" in error["message"]


@pytest.mark.parametrize(
    "config, words",
    [
        ('platform: "ensemble"', "at least one step"),
        (
            'backend: "python" ensemble_scheduling { step [ { model_name: "b" } ] }',
            'platform: "ensemble" and no backend',
        ),
        (PYTHON + "max_batch_size: -1", "max_batch_size is -1"),
        (PYTHON + "max_batch_size: 4 dynamic_batching { preferred_batch_size: [ 2, 8 ] }", "prefers batches of 8"),
        (PYTHON + "dynamic_batching { preferred_batch_size: [ 1 ] }", "max_batch_size (0)"),
        (
            PYTHON + 'output [ { name: "O" label_filename: "l.txt" } ]',
            "Output O names the label file l.txt, which is not there.",
        ),
        (PYTHON + "version_policy { specific { versions: [ 2 ] } }", "asks for version 2, which is not there"),
    ],
)
def test_what_triton_would_refuse(tmp_path: Path, config: str, words: str) -> None:
    assert words in refusal(model(tmp_path, config, "1/model.py"))


def test_what_triton_would_take(tmp_path: Path) -> None:
    config = (
        PYTHON
        + 'max_batch_size: 8 dynamic_batching { preferred_batch_size: [ 2, 8 ] } output [ { name: "O" label_filename: "l.txt" } ]'
        " version_policy { specific { versions: [ 1 ] } }"
    )
    assert said(model(tmp_path, config, "1/model.py", "l.txt")) == []


def test_one_of_the_versions_asked_for_is_missing(tmp_path: Path) -> None:
    (finding,) = said(model(tmp_path, PYTHON + "version_policy { specific { versions: [ 1, 3 ] } }", "1/model.py"))
    assert "asks for version 3" in finding.message


def missing() -> Parse:
    raise NoDefinition("Files config.pbtxt were not checked.")


def test_without_the_definition_that_is_said_once(tmp_path: Path) -> None:
    model(tmp_path, "broken")
    model(tmp_path, "broken", name="b")
    findings = [one for one in inspect(tmp_path, missing).findings if one.severity == "warning"]
    assert findings == [Finding(str(tmp_path), "warning", "Files config.pbtxt were not checked.")]


def test_without_a_configuration_no_definition_is_asked_for(tmp_path: Path) -> None:
    assert [one.severity for one in inspect(write(tmp_path, {"a/1/model.py": "x"}), missing).findings] == ["note"]
