# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Target
from ansible_collections.inferops.triton.plugins.module_utils._storage.configmap import ConfigMapRepository
from ansible_collections.inferops.triton.plugins.module_utils._storage.secret import SecretRepository

TARGET = Target("serving", "triton")
MIB = 1024 * 1024


def write(root: Path, size: int = 3) -> Path:
    (root / "a" / "1").mkdir(parents=True)
    (root / "a" / "1" / "model.py").write_bytes(b"\0x\n"[:3] * (size // 3) + b"x" * (size % 3))
    return root


def test_the_tree_is_rebuilt_from_secrets(tmp_path: Path) -> None:
    result = SecretRepository(str(write(tmp_path))).plan("models", TARGET)
    (definition,) = result.definitions
    assert (definition["kind"], definition["type"]) == ("Secret", "Opaque")
    (source,) = result.entry["volume"]["projected"]["sources"]
    assert source["secret"]["name"] == definition["metadata"]["name"]
    ((key, path),) = [(item["key"], item["path"]) for item in source["secret"]["items"]]
    # As data: stringData would differ from the live object on every run.
    assert base64.b64decode(definition["data"][key]) == b"\0x\n"
    assert path == f"{result.entry['subPath']}/a/1/model.py"
    assert result.models == ("a",)


def test_changed_models_change_the_digest_as_they_do_in_configmaps(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one"), write(tmp_path / "other", 6)
    digests = [
        kind(str(root)).plan("models", TARGET).digest
        for root in (one, other)
        for kind in (SecretRepository, ConfigMapRepository)
    ]
    assert digests[0] == digests[1] != digests[2] == digests[3]


@pytest.mark.parametrize("kind, word", [(SecretRepository, "Secret"), (ConfigMapRepository, "ConfigMap")])
def test_a_file_that_is_too_large_is_measured_and_the_alternatives_are_named(
    tmp_path: Path, kind: type[SecretRepository | ConfigMapRepository], word: str
) -> None:
    write(tmp_path, MIB + 1)
    with pytest.raises(TritonError) as caught:
        kind(str(tmp_path)).plan("models", TARGET)
    message = caught.value.message
    assert message.startswith(f"{tmp_path}/a/1/model.py has {MIB + 1} bytes, but a {word} holds {MIB} at most; ")
    assert all(way in message for way in ("claim", "s3", "image"))


def test_too_many_secrets(tmp_path: Path) -> None:
    write(tmp_path)
    for number in range(21):
        (tmp_path / "a" / "1" / f"{number:02}").write_bytes(b"x" * MIB)
    with pytest.raises(TritonError) as caught:
        SecretRepository(str(tmp_path)).plan("models", TARGET)
    assert f"{tmp_path} has {21 * MIB + 3} bytes and would need 22 Secrets, more than 20" in caught.value.message
