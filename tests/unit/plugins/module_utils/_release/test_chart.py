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
from ansible_collections.inferops.triton.plugins.module_utils._release import chart


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def packed(folder: str, files: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return target.getvalue()


@pytest.mark.parametrize(
    "patterns, left_out",
    [
        ("", set()),
        ("# a.txt", set()),
        ("*.txt", {"a.txt", "docs/b.txt"}),
        # A slash within means the whole path.
        ("docs/*.txt", {"docs/b.txt"}),
        ("/*.txt", {"a.txt"}),
        # A slash at the end means directories only.
        ("docs/", {"docs/b.txt", "docs/c.md"}),
        ("a.txt/", set()),
        ("[ab].txt", {"a.txt", "docs/b.txt"}),
        ("[^a].txt", {"docs/b.txt"}),
        ("?.md", {"docs/c.md"}),
        # What does not match a pattern that is turned round goes, directories as well.
        ("!Chart.yaml", {"a.txt", "docs/b.txt", "docs/c.md", "templates/x.yaml", ".helmignore"}),
    ],
)
def test_helmignore(tmp_path: Path, patterns: str, left_out: set[str]) -> None:
    names = {"Chart.yaml", "a.txt", "docs/b.txt", "docs/c.md", "templates/x.yaml"}
    write(tmp_path, *names, "templates/.hidden")
    (tmp_path / ".helmignore").write_text(patterns + "\n")
    assert set(chart.read(str(tmp_path))) == (names | {".helmignore"}) - left_out


def test_an_archive_has_the_files_of_its_directory(tmp_path: Path) -> None:
    write(tmp_path / "triton", "Chart.yaml", "templates/x.yaml")
    archive = tmp_path / "triton-1.tgz"
    archive.write_bytes(packed("triton", {"Chart.yaml": "Chart.yaml", "templates/x.yaml": "templates/x.yaml"}))
    assert chart.read(str(archive)) == chart.read(str(tmp_path / "triton"))


def test_links_are_followed_and_pipes_left(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "x.yaml")
    root = tmp_path / "chart"
    root.mkdir()
    (root / "templates").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(root / "pipe")
    assert chart.read(str(root)) == {"templates/x.yaml": b"x.yaml"}


def test_what_is_no_chart_has_no_files(tmp_path: Path) -> None:
    write(tmp_path, "broken.tgz")
    assert chart.read(str(tmp_path / "broken.tgz")) == {}
    assert chart.read(str(tmp_path / "absent")) == {}


@pytest.mark.parametrize(
    "name, repository, local",
    [
        ("oci://registry.example.com/charts/triton", "", False),
        ("https://example.com/triton-1.tgz", "", False),
        ("triton", "https://example.com/charts", False),
        ("stable/triton", "", False),
        ("/srv/charts/triton", "", True),
        ("./triton", "", True),
        # helm says best that it is not there.
        ("triton", "", True),
    ],
)
def test_is_local(name: str, repository: str, local: bool) -> None:
    assert chart.is_local(name, repository) is local


def test_a_directory_may_look_like_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "stable/triton/Chart.yaml")
    monkeypatch.chdir(tmp_path)
    assert chart.is_local("stable/triton", "")


def test_templates_of_charts_inside_a_chart() -> None:
    files = {
        "templates/a.yaml": b"a",
        "values.yaml": b"no template",
        "charts/one/templates/b.tpl": b"b",
        "charts/two-1.tgz": packed("two", {"templates/c.yaml": "c"}),
        "charts/broken.tgz": b"",
    }
    assert dict(chart.templates(files)) == {
        "templates/a.yaml": "a",
        "charts/one/templates/b.tpl": "b",
        "charts/two-1.tgz/templates/c.yaml": "c",
    }


@pytest.mark.parametrize("name", ["../../escaped", "templates/../../../escaped", "a\\..\\b"])
def test_an_archive_that_would_leave_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "chart.tgz"
    archive.write_bytes(packed("c", {"Chart.yaml": "name: c", name: "x"}))
    with pytest.raises(TritonError, match="lies outside of the chart; take it from a source that you trust"):
        chart.read(str(archive))
