# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._storage.versions import (
    Part,
    annotation,
    checksums,
    digest_of,
    known,
    parsed,
    superfluous,
    work,
)
from ansible_collections.inferops.triton.plugins.module_utils._triton.repository import ModelFile, scan

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)


def write(root: Path, files: dict[str, bytes]) -> list[ModelFile]:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [file for model in scan(root) for file in model.files]


def sums(**contents: bytes) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def test_the_digest_is_what_the_usual_tools_compute(tmp_path: Path) -> None:
    names = ["b/1/z", "a/1/two words", "a/1/é", "a/1/'quoted\"", "a/config.pbtxt", "A/1/-", "a/1/a.b", "a/1/a-b"]
    files = write(tmp_path, {name: name.encode() * 3 for name in names})
    script = "find . -type f -printf '%P\\0' | xargs -0 sha256sum -- | LC_ALL=C sort | sha256sum"
    expected = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert digest_of(checksums(tmp_path, files)) == expected.split()[0]


def test_an_empty_directory_counts_as_the_file_that_stands_for_it(tmp_path: Path) -> None:
    files = write(tmp_path / "local", {"a/config.pbtxt": b"x", "a/1/.hidden": b""})
    write(tmp_path / "claim", {"a/config.pbtxt": b"x", "a/1/.keep": b""})
    script = "find * -type f -print0 | xargs -0 sha256sum | LC_ALL=C sort"
    lines = subprocess.run(["sh", "-c", script], cwd=tmp_path / "claim", capture_output=True, text=True, check=True)
    assert checksums(tmp_path / "local", files) == lines.stdout
    (tmp_path / "local/a/2").mkdir()
    assert checksums(tmp_path / "local", write(tmp_path / "local", {})) != lines.stdout


def test_any_change_of_content_or_name_is_another_version(tmp_path: Path) -> None:
    files = write(tmp_path, {"a/1/x": b"1", "a/1/y": b"2"})
    first = digest_of(checksums(tmp_path, files))
    (tmp_path / "a/1/x").write_bytes(b"3")
    second = digest_of(checksums(tmp_path, files))
    (tmp_path / "a/1/x").rename(tmp_path / "a/1/z")
    third = digest_of(checksums(tmp_path, [file for model in scan(tmp_path) for file in model.files]))
    (tmp_path / "a/1/z").write_bytes(b"1")
    (tmp_path / "a/1/z").rename(tmp_path / "a/1/x")
    assert len({first, second, third}) == 3
    assert digest_of(checksums(tmp_path, files)) == first


@pytest.mark.parametrize("name", ["a/1/new\nline", "a/1/back\\slash", "a/1/tab\t", "a/1/\udcff"])
def test_names_that_no_line_can_hold(tmp_path: Path, name: str) -> None:
    files = write(tmp_path, {name: b"x"})
    with pytest.raises(TritonError) as caught:
        checksums(tmp_path, files)
    assert "has a control character, a backslash or bytes that are no UTF-8; rename it" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_that_goes_away_meanwhile(tmp_path: Path) -> None:
    files = write(tmp_path, {"a/1/x": b"1"})
    (tmp_path / "a/1/x").unlink()
    with pytest.raises(TritonError) as caught:
        checksums(tmp_path, files)
    assert f"{tmp_path}/a/1/x cannot be read" in caught.value.message


def test_lines_of_both_tools() -> None:
    assert parsed(f"{A}  ./m/1/x y\n{B} *m/1/z\n") == {"m/1/x y": A, "m/1/z": B}
    with pytest.raises(TritonError):
        parsed("sha256sum: m: No such file\n")


def test_the_claims_note_of_its_versions() -> None:
    assert known({"triton.inferops/versions": annotation([A, B])}) == [A, B]
    assert known({"triton.inferops/versions": f"{A}, ,x,{B}"}) == [A, B]
    assert known({"triton.inferops/versions": ""}) == known({}) == known(None) == []


@pytest.mark.parametrize(
    "there, pinned, keep, removed",
    [
        ([], set(), 3, []),
        ([B, C], set(), 3, []),
        ([B, C, D], set(), 3, [D]),
        ([A, B, C, D], set(), 2, [C, D]),
        # What is served stays, and so does less of what is not.
        ([B, C, D], {D}, 3, [C]),
        ([B, C, D], {B, C, D}, 1, []),
        ([B, C, D], {C}, 1, [B, D]),
        ([B, C], {D}, 1, [B, C]),
    ],
)
def test_the_newest_and_the_pinned_stay(there: list[str], pinned: set[str], keep: int, removed: list[str]) -> None:
    assert superfluous(there, A, pinned, keep) == removed


def test_only_what_no_version_has_is_sent(tmp_path: Path) -> None:
    write(tmp_path, {"m/1/x": b"new", "m/1/y": b"same", "m/1/moved": b"old name", "m/1/there": b"there"})
    wanted = sums(**{"m/1/x": b"new", "m/1/y": b"same", "m/1/moved": b"old name", "m/1/there": b"there"})
    earlier = {"sha256-1": sums(**{"m/1/y": b"same", "m/1/z": b"old name", "m/1/x": b"older"})}
    incoming = {"m/1/there": Part(1, 5, wanted["m/1/there"])}
    done = work(tmp_path, wanted, {path: (tmp_path / path).stat().st_size for path in wanted}, incoming, earlier)
    assert (done.there, done.send, done.append, done.remove) == (("m/1/there",), ("m/1/x",), None, ())
    assert done.link == {"m/1/y": "sha256-1/m/1/y", "m/1/moved": "sha256-1/m/1/z"}


@pytest.mark.parametrize(
    "part, goes_on",
    [
        (Part(1, 3, hashlib.sha256(b"012").hexdigest()), True),
        # Another beginning, a file that a finished version has as well, nothing yet, and all of it and more.
        (Part(1, 3, hashlib.sha256(b"xxx").hexdigest()), False),
        (Part(2, 3, hashlib.sha256(b"012").hexdigest()), False),
        (Part(1, 0, hashlib.sha256(b"").hexdigest()), False),
        (Part(1, 12, hashlib.sha256(b"0123456789ab").hexdigest()), False),
    ],
)
def test_a_file_that_was_interrupted_goes_on_where_it_was(tmp_path: Path, part: Part, goes_on: bool) -> None:
    write(tmp_path, {"m/1/x": b"0123456789"})
    wanted = sums(**{"m/1/x": b"0123456789"})
    done = work(tmp_path, wanted, {"m/1/x": 10}, {"m/1/x": part, "m/1/stray": Part(1, 1, A)}, {})
    if goes_on:
        assert (done.append, done.send, done.remove) == (("m/1/x", 3), (), ("m/1/stray",))
    else:
        assert (done.append, done.send, done.remove) == (None, ("m/1/x",), ("m/1/stray", "m/1/x"))
