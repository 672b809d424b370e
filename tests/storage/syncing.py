# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of the back end sync outside a cluster: run as its container would, killed at chosen moments, and judged by what it left.

The source is a directory, which rclone reads as its storage `local`.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("tools", "cluster")]
sys.path.append(str(ROOT / "plugins" / "module_utils"))

from _storage.sync_script import SCRIPT
from localcluster import build

# Every one of them changes names or content in the volume, or waits for the disk.
STEPS = ("mkdir", "touch", "cp", "mv", "rm", "ln", "sync")
SYSTEM_TOOLS = (
    *("sh", "cat", "tee", "cut", "tr", "wc", "head", "tail", "sort", "grep", "sed", "awk", "find", "df", "du", "id"),
    *(
        "sha256sum",
        "md5sum",
        "xargs",
        "stat",
        "sleep",
        "env",
        "mkdir",
        "touch",
        "cp",
        "mv",
        "rm",
        "ln",
        "sync",
        "hostname",
        "kill",
    ),
)
FASTEST_S = 0.02


@dataclass(frozen=True)
class Ended:
    """How a run ended: code (negative for a signal), last words, and all that it said."""

    code: int
    words: str
    output: str


@dataclass
class Volume:
    """A volume with the pods that use it. ``tools``: where their programs are; ``environment``: further variables of all runs."""

    folder: Path
    source: Path
    tools: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The volume's root."""
        return self.folder / "volume"

    def link(self, user: str = "a") -> Path:
        """What Triton of this release would read."""
        return self.folder / f"pod-{user}" / "current"

    def command(self, user: str = "a", **settings: str) -> tuple[list[str], dict[str, str]]:
        """The command of a run, and its environment."""
        pod = self.folder / f"pod-{user}"
        for folder in (pod, self.path):
            folder.mkdir(parents=True, exist_ok=True)
        env = {
            "PATH": self.tools,
            "HOME": str(pod),
            "TMPDIR": str(pod),
            "HOSTNAME": f"pod-{user}",
            "SYNC_VOLUME": str(self.path),
            "SYNC_LINK": str(pod),
            "SYNC_REMOTE": f"source:{self.source}",
            "SYNC_SOURCE": f"s3://{self.source.name}",
            "SYNC_USER": f"serving.{user}.models",
            "SYNC_KEEP": "3",
            "SYNC_TRANSFERS": "2",
            "SYNC_MESSAGE": str(pod / "message"),
            "RCLONE_CONFIG_SOURCE_TYPE": "local",
            **self.environment,
            **settings,
        }
        shell = shutil.which("sh", path=self.tools)
        assert shell
        return [shell, "-c", SCRIPT], env

    def start(self, user: str = "a", **settings: str) -> subprocess.Popen[str]:
        """Begin a run as a process group of its own, so that all of it can be killed as a container is."""
        command, env = self.command(user, **settings)
        (self.folder / f"pod-{user}" / "message").unlink(missing_ok=True)
        return subprocess.Popen(
            command, env=env, text=True, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def end(self, process: subprocess.Popen[str], user: str = "a") -> Ended:
        """Wait for a run."""
        output, _none = process.communicate(timeout=120)
        message = self.folder / f"pod-{user}" / "message"
        return Ended(process.returncode, message.read_text() if message.exists() else "", output)

    def run(self, user: str = "a", **settings: str) -> Ended:
        """A whole run."""
        return self.end(self.start(user, **settings), user)

    def run_and_kill(self, after: float, user: str = "a", **settings: str) -> Ended:
        """A run that is killed after so many seconds, unless it ended before."""
        process = self.start(user, **settings)
        time.sleep(after)
        kill(process)
        return self.end(process, user)

    def versions(self) -> list[str]:
        """The published versions."""
        return sorted(path.name for path in self.path.glob("sha256-*"))

    def leftovers(self) -> list[str]:
        """What is neither a version nor a record of one."""
        return sorted(
            str(path.relative_to(self.path))
            for pattern in (".incoming-*", ".trash-*", ".*/.new-*")
            for path in self.path.glob(pattern)
        )

    def check(self) -> None:
        """No half version is there, whatever happened: each has the content that its name says, and a link leads to one."""
        for version in self.versions():
            assert digest(self.path / version) == version
        for link in self.folder.glob("pod-*/current"):
            assert link.is_symlink()
            assert digest(link) == link.readlink().name


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a run with all that it started, as the end of a container does."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def digest(folder: Path) -> str:
    """The name of the version that a directory is, computed apart from the script."""
    lines = sorted(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n".encode()
        for path in folder.rglob("*")
        if path.is_file()
    )
    return f"sha256-{hashlib.sha256(b''.join(lines)).hexdigest()}"


def repository(folder: Path, seed: int, *, models: int = 12, size: int = 200_000) -> None:
    """Models with random weights; the same seed makes the same files."""
    source = random.Random(seed)
    for number in range(models):
        version = folder / f"model_{number}" / "1"
        version.mkdir(parents=True, exist_ok=True)
        (version / "weights.bin").write_bytes(source.randbytes(source.randrange(size)))
        (folder / f"model_{number}" / "config.pbtxt").write_text(f"# {number} of {seed}\n")


def tools(folder: Path, kind: str) -> str:
    """A PATH with rclone and a shell: `system`, the same `without flock`, or `busybox` as Debian has it (without flock as well)."""
    folder.mkdir(parents=True)
    (folder / "rclone").symlink_to(build.rclone())
    if kind == "system":
        return f"{folder}:/usr/bin:/bin"
    if kind == "without flock":
        for tool in SYSTEM_TOOLS:
            (folder / tool).symlink_to(shutil.which(tool) or tool)
        return str(folder)
    binary = next(build._debian("busybox", build.BUSYBOX).glob("bin/busybox"))
    listed = subprocess.run([binary, "--list"], text=True, capture_output=True, check=True).stdout.split()
    for tool in listed:
        (folder / tool).symlink_to(binary)
    return str(folder)


def killing_tools(folder: Path, path: str, moment: int) -> str:
    """A PATH on which the run kills itself at its moment-th step, before it (even numbers) or right after it (odd ones)."""
    folder.mkdir(parents=True)
    (folder / "steps").write_text("")
    for step in STEPS:
        program = shutil.which(step, path=path)
        assert program
        (folder / step).write_text(
            f"#!{shutil.which('sh', path=path)}\n"
            f'echo x >>"{folder}/steps"\n'
            f'number=$(wc -l <"{folder}/steps")\n'
            f"[ $number -ne {moment // 2} ] || [ {moment % 2} -eq 1 ] || kill -9 0\n"
            f'{program} "$@"\ncode=$?\n'
            f"[ $number -ne {moment // 2} ] || kill -9 0\n"
            "exit $code\n"
        )
        (folder / step).chmod(0o755)
    return f"{folder}:{path}"


def moments(seed: int, number: int, longest: float) -> Iterator[float]:
    """Seeded moments within a run, in seconds."""
    source = random.Random(seed)
    for _index in range(number):
        yield source.uniform(FASTEST_S, longest)
