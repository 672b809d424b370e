# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.tarstream import (
    Member,
    copy,
    length,
    members,
    write,
)


class Collected:
    """A sink that offers little room at a time, so that every seam is met."""

    def __init__(self, step: int) -> None:
        self.content = bytearray()
        self._room = memoryview(bytearray(step))

    def room(self) -> memoryview:
        return self._room

    def filled(self, count: int) -> None:
        assert 0 < count <= len(self._room)
        self.content += self._room[:count]


def test_the_file_of_an_empty_directory_need_not_be_there(tmp_path: Path) -> None:
    sink = Collected(512)
    write(sink, members(tmp_path, ["m/1/.keep"], "new", {"m/1/.keep": 0}))
    with tarfile.open(fileobj=io.BytesIO(sink.content)) as tar:
        (info,) = tar.getmembers()
    assert (info.name, info.size, info.isfile(), info.mode) == ("new/m/1/.keep", 0, True, 0o664)


@pytest.mark.parametrize("step", [1, 7, 512, 1 << 20])
def test_tar_reads_what_is_written(tmp_path: Path, step: int) -> None:
    contents = {
        "m/1/empty": b"",
        "m/1/block": os.urandom(512),
        "m/1/odd": os.urandom(1300),
        f"m/1/{'long' * 50}é": b"x",
    }
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "m/1/odd").chmod(0o755)
    files = members(tmp_path, contents, ".incoming", {name: len(content) for name, content in contents.items()})
    archive = [Member(".sums", data=b"abc"), Member(".incoming/m/1/old", link="sha256-1/m/1/old"), *files]
    sink = Collected(step)
    write(sink, archive)
    assert len(sink.content) == length(archive)
    with tarfile.open(fileobj=io.BytesIO(sink.content)) as tar:
        found = {info.name: info for info in tar.getmembers()}
        assert tar.extractfile(".sums").read() == b"abc"  # type: ignore[union-attr]
        assert {name: tar.extractfile(f".incoming/{name}").read() for name in contents} == contents  # type: ignore[union-attr]
    assert found[".incoming/m/1/old"].islnk() and found[".incoming/m/1/old"].linkname == "sha256-1/m/1/old"
    assert {info.mode for info in found.values()} == {0o664, 0o775}
    assert found[".incoming/m/1/odd"].mode == 0o775


def test_a_file_beyond_eight_gibibytes_can_be_told() -> None:
    member = Member("large", Path("/nowhere"), 10 << 30)
    assert tarfile.TarInfo.frombuf(member.header(), "utf-8", "strict").size == 10 << 30


def test_a_file_that_grew_is_sent_as_long_as_it_was_planned(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    sink = Collected(3)
    copy(sink, tmp_path / "x", 2, 6)
    assert sink.content == b"2345"


def test_a_file_that_became_shorter(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123")
    with pytest.raises(TritonError) as caught:
        copy(Collected(3), tmp_path / "x", 0, 10)
    assert caught.value.message == (
        f"{tmp_path}/x changed while it was read; wait until nobody writes to the repository, and run it again."
    )


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(TritonError) as caught:
        copy(Collected(3), tmp_path / "x", 0, 10)
    assert f"{tmp_path}/x cannot be read (No such file or directory)" in caught.value.message
