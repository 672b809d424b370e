# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Plan, Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.configmap import ConfigMapRepository
from ansible_collections.inferops.triton.plugins.module_utils._storage.packing import key_of

TARGET = Target("serving", "triton")
MIB = 1024 * 1024
# Kubernetes' rule for keys (validation.IsConfigMapKey).
KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return root


def plan(root: Path, files: Mapping[str, bytes]) -> Plan:
    return ConfigMapRepository(str(write(root, files))).plan("models", TARGET)


def refusal(root: Path, files: Mapping[str, bytes]) -> str:
    with pytest.raises(TritonError) as caught:
        plan(root, files)
    return caught.value.message


def mounted(result: Plan) -> dict[str, bytes]:
    """What the projected volume shows a container, from the definitions."""
    objects: dict[str, Any] = {definition["metadata"]["name"]: definition for definition in result.definitions}
    tree = {}
    for source in result.entry["volume"]["projected"]["sources"]:
        live = objects[source["configMap"]["name"]]
        for item in source["configMap"]["items"]:
            text = live.get("data", {}).get(item["key"])
            raw = base64.b64decode(live["binaryData"][item["key"]]) if text is None else text.encode()
            tree[item["path"].removeprefix(result.entry["subPath"] + "/")] = raw
    return tree


def sizes(result: Plan) -> list[int]:
    """What the API server counts for each object: the values' bytes."""
    counted = []
    for live in result.definitions:
        text = sum(len(value.encode()) for value in live.get("data", {}).values())
        counted.append(text + sum(len(base64.b64decode(value)) for value in live.get("binaryData", {}).values()))
    return counted


def test_an_empty_version_directory_is_there(tmp_path: Path) -> None:
    files = {"a/config.pbtxt": b'backend: "identity"', "b/1/model.py": b"x"}
    without = plan(tmp_path, {**files, "a/1/.gitkeep": b""})
    assert mounted(without) == {**files, "a/1/.keep": b""}
    (tmp_path / "a" / "2").mkdir()
    both = plan(tmp_path, {})
    assert set(mounted(both)) == {*files, "a/1/.keep", "a/2/.keep"}
    assert both.digest != without.digest


def test_the_tree_is_rebuilt(tmp_path: Path) -> None:
    files = {
        "double/config.pbtxt": b'backend: "python"\n',
        "double/1/model.py": b"# \xc3\xa4\n",
        "add/1/model.onnx": b"\x08\x07\xff\x00",
        "add/1/a b/\xe9.txt": b"",
    }
    result = plan(tmp_path, files)
    assert mounted(result) == files
    assert result.models == ("add", "double")
    assert result.entry["name"] == "models"


def test_text_is_readable_and_bytes_are_not_lost(tmp_path: Path) -> None:
    (live,) = plan(
        tmp_path, {"a/1/model.py": b"x = 1\n", "a/1/b.bin": b"\xff\xfe", "a/1/zeros": b"\0" * 10}
    ).definitions
    assert list(live["data"].values()) == ["x = 1\n"]
    assert sorted(live["binaryData"].values()) == sorted(
        [base64.b64encode(b"\xff\xfe").decode(), base64.b64encode(b"\0" * 10).decode()]
    )


def test_object(tmp_path: Path) -> None:
    result = plan(tmp_path, {"a/1/model.py": b"x"})
    (live,) = result.definitions
    assert (live["apiVersion"], live["kind"]) == ("v1", "ConfigMap")
    assert re.fullmatch("triton-models-[0-9a-f]{10}", live["metadata"]["name"])
    assert live["metadata"]["namespace"] == "serving"
    assert live["metadata"]["labels"]["app.kubernetes.io/instance"] == "triton"
    assert "binaryData" not in live


def test_exactly_one_mebibyte_fits(tmp_path: Path) -> None:
    result = plan(tmp_path, {"a/1/model.onnx": b"x" * MIB})
    assert sizes(result) == [MIB]


def test_one_byte_more_does_not(tmp_path: Path) -> None:
    message = refusal(tmp_path, {"a/1/model.onnx": b"x" * (MIB + 1)})
    assert message.startswith(f"{tmp_path}/a/1/model.onnx has {MIB + 1} bytes, but a ConfigMap holds {MIB} at most; ")
    assert "claim" in message


def test_files_are_spread_over_as_many_objects_as_they_need(tmp_path: Path) -> None:
    files = {f"a.custom/1/{name}": name.encode() * (MIB // 2) for name in "bcdef"}
    result = plan(tmp_path, files)
    assert sizes(result) == [MIB, MIB, MIB // 2]
    assert mounted(result) == files
    first, *more = [live["metadata"]["name"] for live in result.definitions]
    assert more == [f"{first}.2", f"{first}.3"]


def test_other_models_get_objects_of_their_own(tmp_path: Path) -> None:
    """So that an earlier revision of the release finds those that it was made with."""

    def named(folder: str, content: bytes) -> str:
        (live,) = plan(tmp_path / folder, {"a/1/model.py": content}).definitions
        return str(live["metadata"]["name"])

    assert named("one", b"x") == named("same", b"x")
    assert named("one", b"x") != named("other", b"y")


def test_objects_of_two_repositories_never_share_a_name(tmp_path: Path) -> None:
    files = {f"a.custom/1/{name}": b"x" * MIB for name in "bc"}
    repository = ConfigMapRepository(str(write(tmp_path, files)))
    names = [
        live["metadata"]["name"]
        for name in ("models", "models-2")
        for live in repository.plan(name, TARGET).definitions
    ]
    assert len(set(names)) == len(names) == 4


@pytest.mark.parametrize("count", [20, 21])
def test_no_more_than_twenty_objects(tmp_path: Path, count: int) -> None:
    files = {f"a.custom/1/{number:02}": b"x" * MIB for number in range(count)}
    if count == 20:
        assert len(plan(tmp_path, files).definitions) == 20
    else:
        message = refusal(tmp_path, files)
        assert message.startswith(f"{tmp_path} has {21 * MIB} bytes and would need 21 ConfigMaps, more than 20; ")


def test_digest_changes_with_content_name_and_order_but_not_by_itself(tmp_path: Path) -> None:
    variants: list[dict[str, bytes]] = [
        {"a.custom/1/x": b"1", "a.custom/1/y": b"2"},
        {"a.custom/1/x": b"2", "a.custom/1/y": b"1"},
        {"a.custom/1/x": b"1", "a.custom/1/z": b"2"},
        {"a.custom/1/x": b"12", "a.custom/1/y": b""},
        {"a.custom/1/x": b"1", "a.custom/2/y": b"2"},
    ]
    digests = [plan(tmp_path / str(number), files).digest for number, files in enumerate(variants)]
    assert len(set(digests)) == len(variants)
    assert plan(tmp_path / "again", variants[0]).digest == digests[0]


@pytest.mark.parametrize(
    "path",
    ["a/1/model.py", "a/1/\u00e4\u00f6 \u4f60.txt", "a/1/" + "x" * 255, "/".join(["d" * 100] * 10), "a/1/a:b*c", "..."],
)
def test_keys_are_valid_and_short(path: str) -> None:
    key = key_of(path)
    assert KEY.fullmatch(key)
    assert not key.startswith("..")


def test_keys_of_different_paths_differ() -> None:
    paths = ["a/b", "a_b", "a b", "a//b", "x" * 300 + "a/b", "y" * 300 + "a/b"]
    assert len({key_of(path) for path in paths}) == len(paths)


def test_keys_can_be_read() -> None:
    assert key_of("double/1/model.py").startswith("double_1_model.py.")


def test_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(write(tmp_path, {"repo/a/1/model.py": b"x"})))
    assert ConfigMapRepository("~/repo").plan("models", TARGET).models == ("a",)


def test_a_repository_that_cannot_be_shipped(tmp_path: Path) -> None:
    assert "has no version directory" in refusal(tmp_path, {"a/config.pbtxt": b"x"})


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert refusal(tmp_path, {"a/1/model.py": b"x"}).startswith(
        f"{tmp_path}/a/1/model.py cannot be read (Permission denied)"
    )
