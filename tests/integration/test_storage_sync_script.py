# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of the back end sync with the real rclone, under Debian's shell with flock and under busybox without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "storage"))

from syncing import Volume, digest, kill, killing_tools, moments, repository, tools

# `make soak-storage` kills more often.
KILLS = int(os.environ.get("INFEROPS_KILLS", "6"))
SEED = int(os.environ.get("INFEROPS_SEED", "1"))
EVERY_STEP_FROM = 40
# Slow enough to be killed in the middle.
SLOW = {"SYNC_BANDWIDTH": "1M"}
# By its own handling of the signal, or by the signal.
STOPPED = (143, -15)


@pytest.fixture(scope="module", params=["system", "busybox"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the programs are."""
    return tools(tmp_path_factory.mktemp("tools") / "bin", request.param)


@pytest.fixture
def volume(tmp_path: Path, path: str) -> Volume:
    """A volume, and a source with models."""
    repository(tmp_path / "bucket", seed=1)
    return Volume(tmp_path, tmp_path / "bucket", path)


def change(volume: Volume, text: str) -> str:
    """Change one model; returns the version that the source has then."""
    (volume.source / "model_0" / "config.pbtxt").write_text(text)
    return digest(volume.source)


def half(volume: Volume) -> list[Path]:
    """Kill a run in the middle of its copy; returns the weights that were copied as a whole."""
    process = volume.start(SYNC_BANDWIDTH="500k")
    found: list[Path] = []
    while len(found) < 3:
        assert process.poll() is None
        time.sleep(0.01)
        found = list(volume.path.glob(".incoming-*/*/1/weights.bin"))
    kill(process)
    volume.end(process)
    assert volume.versions() == []
    return found


def test_a_copy_is_published_and_found_again(volume: Volume) -> None:
    wanted = digest(volume.source)
    first = volume.run()
    assert (first.code, first.words) == (0, f"Serves {wanted} of s3://bucket.")
    assert volume.link().resolve() == volume.path / wanted
    assert (volume.versions(), volume.leftovers()) == ([wanted], [])
    before = {path: path.lstat().st_mtime_ns for path in (volume.path / wanted).rglob("*")}
    again = volume.run()
    assert (again.code, again.words) == (0, first.words)
    assert "Copying" in first.output and "Copying" not in again.output
    assert {path: path.lstat().st_mtime_ns for path in (volume.path / wanted).rglob("*")} == before
    volume.check()


def test_a_change_makes_a_new_version_and_leaves_the_old_one_as_it_is(volume: Volume) -> None:
    old = digest(volume.source)
    assert volume.run().code == 0
    # Something of the same size, something new, and something less.
    (volume.source / "model_0" / "config.pbtxt").write_text("# 9 of 9\n")
    (volume.source / "model_1" / "2").mkdir()
    (volume.source / "model_1" / "2" / "weights.bin").write_bytes(b"new")
    (volume.source / "model_2" / "config.pbtxt").unlink()
    new = digest(volume.source)
    changed = volume.run()
    assert changed.code == 0, changed.output
    assert volume.link().resolve().name == new
    assert volume.versions() == sorted([old, new])
    volume.check()
    # What did not change takes no room twice.
    kept = "model_5/1/weights.bin"
    assert (volume.path / old / kept).stat().st_ino == (volume.path / new / kept).stat().st_ino


def test_a_file_in_the_place_of_a_directory(volume: Volume) -> None:
    assert volume.run().code == 0
    shutil.rmtree(volume.source / "model_3" / "1")
    (volume.source / "model_3" / "1").write_text("a file now")
    changed = volume.run()
    assert changed.code == 0, changed.output
    assert volume.link().resolve().name == digest(volume.source)
    volume.check()


def test_a_pin_is_served_without_the_source(volume: Volume) -> None:
    pinned = digest(volume.source)
    assert volume.run().code == 0
    newer = change(volume, "newer")
    assert volume.run("b").code == 0
    shutil.rmtree(volume.source)
    again = volume.run(SYNC_DIGEST=pinned)
    assert again.code == 0, again.output
    assert (volume.link().resolve().name, volume.link("b").resolve().name) == (pinned, newer)


def test_a_pin_that_the_source_does_not_have(volume: Volume) -> None:
    has = digest(volume.source)
    pin = f"sha256-{64 * '0'}"
    for _attempt in range(2):
        refused = volume.run(SYNC_DIGEST=pin)
        assert refused.code == 78
        assert refused.words.startswith(f"s3://bucket has version {has}, but the release is pinned to {pin}")
    # Known from the first attempt.
    assert "Copying" not in refused.output
    assert (volume.versions(), volume.link().exists()) == ([], False)
    assert volume.run().code == 0
    volume.check()


def test_the_last_versions_stay_and_so_do_those_of_others(volume: Volume) -> None:
    first = digest(volume.source)
    assert volume.run("other").code == 0
    made = [first]
    for number in range(4):
        made.append(change(volume, f"change {number}"))
        assert volume.run(SYNC_KEEP="2").code == 0
    assert volume.versions() == sorted([first, *made[-2:]])
    # The other release goes on: what it does not use any more can go.
    assert volume.run("other", SYNC_KEEP="1").code == 0
    assert volume.versions() == sorted(made[-2:])
    assert volume.run(SYNC_KEEP="1").code == 0
    assert volume.versions() == made[-1:]
    # What nobody is known to use came from somewhere else.
    foreign = volume.path / f"sha256-{64 * 'f'}"
    foreign.mkdir()
    change(volume, "last")
    assert volume.run(SYNC_KEEP="1").code == 0
    assert foreign.exists()


def test_going_back_to_an_earlier_version_copies_nothing_and_makes_it_the_last_used(volume: Volume) -> None:
    old = volume.source / "model_0" / "config.pbtxt"
    before, stamp, first = old.read_text(), old.stat(), digest(volume.source)
    assert volume.run(SYNC_KEEP="2").code == 0
    second = change(volume, "second")
    assert volume.run(SYNC_KEEP="2").code == 0
    old.write_text(before)
    os.utime(old, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    back = volume.run(SYNC_KEEP="2")
    assert back.words.startswith(f"Serves {first}")
    assert "Copying" not in back.output
    third = change(volume, "third")
    assert volume.run(SYNC_KEEP="2").code == 0
    assert volume.versions() == sorted([first, third])
    assert second not in volume.versions()


def test_several_pods_at_once(volume: Volume) -> None:
    wanted = digest(volume.source)
    names = ["a", "b", "c"]
    started = [volume.start(name, **SLOW) for name in names]
    ended = [volume.end(process, name) for process, name in zip(started, names, strict=True)]
    assert [one.code for one in ended] == [0, 0, 0], [one.output for one in ended]
    assert {volume.link(name).resolve().name for name in names} == {wanted}
    assert (volume.versions(), volume.leftovers()) == ([wanted], [])
    if shutil.which("flock", path=volume.tools):
        assert sum("Copying" in one.output for one in ended) == 1
    volume.check()


def test_versions_that_are_there_are_served_while_another_source_is_copied(volume: Volume, tmp_path: Path) -> None:
    assert volume.run().code == 0
    repository(tmp_path / "large", seed=2)
    other = Volume(tmp_path, tmp_path / "large", volume.tools)
    copying = other.start("b", SYNC_BANDWIDTH="200k")
    time.sleep(0.5)
    assert copying.poll() is None
    assert volume.run().code == 0
    assert copying.poll() is None
    copying.terminate()
    assert other.end(copying, "b").code in STOPPED


def test_a_source_that_changes_during_the_copy(volume: Volume) -> None:
    process = volume.start(**SLOW)
    time.sleep(0.4)
    wanted = change(volume, "changed meanwhile")
    ended = volume.end(process)
    assert ended.code == 0, ended.output
    assert volume.versions() == [wanted]
    volume.check()


def test_a_broken_leftover_is_not_trusted(volume: Volume) -> None:
    """Right name, size and time, and other content: as after a disk that lost what was written."""
    wanted = digest(volume.source)
    for path in half(volume):
        stamp = path.stat()
        path.write_bytes(bytes(stamp.st_size))
        os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert volume.run().code == 0
    assert volume.versions() == [wanted]
    volume.check()


def test_checksums_made_during_the_copy_do_not_outlive_a_change(volume: Volume) -> None:
    """Files are summed up while others are copied; one that changes after that is another file."""
    process = volume.start(SYNC_BANDWIDTH="200k")
    summed = volume.folder / "pod-a" / ".work" / "summed"
    while not summed.exists() or not summed.read_text():
        assert process.poll() is None
        time.sleep(0.01)
    path = volume.source / summed.read_text().splitlines()[0].partition(" ./")[2]
    assert not volume.versions()
    content = path.read_bytes()
    path.write_bytes(content[::-1])
    wanted = digest(volume.source)
    ended = volume.end(process)
    assert ended.code == 0, ended.output
    assert "copying again" in ended.output
    assert volume.versions() == [wanted]
    volume.check()


def test_a_store_whose_md5_is_not_that_of_the_content(volume: Volume, tmp_path: Path) -> None:
    """As with keys of a KMS; a copy that cannot be told from a damaged one is not published, unless the user says so."""
    path = tmp_path / "lying"
    path.mkdir()
    program = shutil.which("rclone", path=volume.tools)
    # The listing of the source only.
    (path / "rclone").write_text(
        f"#!{shutil.which('sh', path=volume.tools)}\n"
        f'case "$*" in\n*lsjson*) {program} "$@" | sed \'/model_0.*config/s/"md5":"...../"md5":"00000/\' ;;\n'
        f'*) exec {program} "$@" ;;\nesac\n'
    )
    (path / "rclone").chmod(0o755)
    lying = Volume(volume.folder, volume.source, f"{path}:{volume.tools}")
    refused = lying.run()
    assert refused.code == 75
    assert "do not have the size and MD5 that it lists, after 3 copies: model_0/config.pbtxt" in refused.words
    assert volume.versions() == []
    believed = lying.run(RCLONE_IGNORE_CHECKSUM="true")
    assert believed.code == 0, believed.output
    assert volume.versions() == [digest(volume.source)]
    volume.check()


def test_large_files(volume: Volume) -> None:
    """These are summed up by rclone, whatever it is told to leave out of the source."""
    (volume.source / "model_0" / "1" / "large.bin").write_bytes(os.urandom(40 << 20))
    (volume.source / "model_0" / "left out.txt").write_text("not for Triton")
    ended = volume.run(RCLONE_EXCLUDE="*.txt")
    assert ended.code == 0, ended.output
    (volume.source / "model_0" / "left out.txt").unlink()
    assert volume.versions() == [digest(volume.source)]
    volume.check()


def test_names_of_every_kind(volume: Volume) -> None:
    for name in (
        "with space",
        'quote"',
        "ümlaut",
        "$HOME",
        "star*",
        "-dash",
        "#hash",
        ".hidden",
        "a'b",
        "<&>",
        "a,b:c",
        "\u2028",
    ):
        (volume.source / name).mkdir()
        (volume.source / name / f"{name}.bin").write_text(name)
    ended = volume.run()
    assert ended.code == 0, ended.output
    assert volume.versions() == [digest(volume.source)]
    volume.check()


@pytest.mark.parametrize("name", ["line\nbreak", "back\\slash", "tab\t", "control\x01", "sign\u240a"])
def test_names_that_no_checksum_line_holds(volume: Volume, name: str) -> None:
    (volume.source / name).write_text("x")
    ended = volume.run()
    assert ended.code == 78
    assert "has a backslash, a control character or a sign for one in it" in ended.words


def test_an_empty_source_and_a_missing_one(volume: Volume) -> None:
    shutil.rmtree(volume.source)
    missing = volume.run()
    assert missing.code == 78
    assert missing.words.startswith("s3://bucket is not there: the bucket does not exist")
    volume.source.mkdir()
    empty = volume.run()
    assert empty.code == 78
    assert empty.words.startswith("s3://bucket has no files")


def test_more_than_the_volume_may_hold(volume: Volume) -> None:
    ended = volume.run(SYNC_ROOM="1000")
    assert ended.code == 78
    assert "but the volume for them may hold 1000 only; raise size" in ended.words
    assert volume.leftovers() == []


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small file system in memory, as a volume."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_volume_gives_up_the_oldest_version_before_it_gives_up(volume: Volume) -> None:
    with mounted(volume.path, "size=3m"):
        kept = [digest(volume.source)]
        assert volume.run(SYNC_KEEP="2").code == 0
        for number in range(2):
            # Other weights each time, so that no version shares files with another.
            shutil.rmtree(volume.source)
            repository(volume.source, seed=10 + number)
            kept.append(digest(volume.source))
            ended = volume.run(SYNC_KEEP="2")
            assert ended.code == 0, ended.output
        assert volume.versions() == sorted(kept[1:])
        (volume.source / "model_0" / "large.bin").write_bytes(bytes(4_000_000))
        full = volume.run(SYNC_KEEP="2")
        assert full.code == 78
        assert full.words.startswith("The volume for the models is full: ")
        # What is served stays.
        assert volume.link().resolve() == volume.path / kept[-1]
        volume.check()


def test_a_volume_that_cannot_be_written(volume: Volume) -> None:
    with mounted(volume.path, "ro"):
        ended = volume.run()
    assert ended.code == 78
    assert ended.words.startswith("The volume for the models cannot be written by user 0 with groups 0")
    assert "ead-only file system" in ended.words


def test_stopped_by_the_kubelet_it_ends_at_once(volume: Volume) -> None:
    process = volume.start(SYNC_BANDWIDTH="10k")
    time.sleep(0.5)
    process.terminate()
    start = time.monotonic()
    assert volume.end(process).code in STOPPED
    assert time.monotonic() - start < 5


def test_killed_during_the_copy_it_goes_on_where_it_was(volume: Volume) -> None:
    wanted = digest(volume.source)
    for moment in moments(SEED, KILLS, 1.0):
        volume.run_and_kill(moment, **SLOW)
        volume.check()
    ended = volume.run()
    assert ended.code == 0, ended.output
    assert (volume.versions(), volume.leftovers()) == ([wanted], [])
    volume.check()


def test_what_was_copied_before_a_kill_is_not_copied_again(volume: Volume) -> None:
    there = {path: path.stat().st_ino for path in half(volume)}
    (incoming,) = volume.path.glob(".incoming-*")
    assert volume.run().code == 0
    published = volume.link().resolve()
    assert {path: (published / path.relative_to(incoming)).stat().st_ino for path in there} == there


def steps(volume: Volume, folder: Path, moment: int) -> Volume:
    """The same volume, with tools that kill the run at one of its steps."""
    return Volume(volume.folder, volume.source, killing_tools(folder, volume.tools, moment))


@pytest.mark.parametrize("path", ["system", "without flock"], indirect=True)
def test_killed_at_each_step_of_publishing(volume: Volume, tmp_path: Path) -> None:
    """At the programs that change the volume, before and after each, until a run gets through; a version goes with each."""
    # All of them where much is killed, else a seeded part.
    every = 1 if KILLS >= EVERY_STEP_FROM else 4
    assert volume.run(SYNC_KEEP="2").code == 0
    for number in range(2):
        change(volume, f"before {number}")
        assert volume.run(SYNC_KEEP="2").code == 0
    killed = 0
    for moment in range(2 + SEED % every, 200, every):
        wanted = change(volume, f"moment {moment}")
        ended = steps(volume, tmp_path / f"tools-{moment}", moment).run(SYNC_KEEP="2")
        volume.check()
        if ended.code == 0:
            break
        killed += 1
        again = volume.run(SYNC_KEEP="2")
        assert again.code == 0, again.output
        volume.check()
        assert volume.link().resolve().name == wanted
        assert volume.leftovers() == []
        assert len(volume.versions()) == 2
    assert killed > 2 * 8 // every
    assert ended.code == 0
