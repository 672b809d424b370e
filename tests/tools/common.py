# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the test tools share: places, subprocesses, one-time cache entries and the tree of the project's own files."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ToolError(Exception):
    """What is missing or failed, as one sentence that names the way out."""


def say(message: str) -> None:
    """Progress, on stderr: stdout belongs to results."""
    print(f"{Path(sys.argv[0]).stem}: {message}", file=sys.stderr, flush=True)


def run(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command quietly; raises ToolError with the end of its output when it fails."""
    words = [str(word) for word in command]
    full_env = {**os.environ, **(env or {})}
    try:
        done = subprocess.run(words, env=full_env, cwd=cwd, text=True, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise ToolError(f"{words[0]} was not found; install it and run the command again.") from error
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
        raise ToolError(f"this command failed with exit code {done.returncode}: {' '.join(words)}\n{tail}")
    return done


def cache_dir() -> Path:
    """The cache outside the clone: $INFEROPS_CACHE, else $XDG_CACHE_HOME/inferops-triton, else ~/.cache/inferops-triton."""
    explicit = os.environ.get("INFEROPS_CACHE")
    if explicit:
        return Path(explicit).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).resolve() / "inferops-triton"


def digest(*parts: str | bytes) -> str:
    """The first 16 hexadecimal digits of a hash over parts (order and borders count)."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "big") + data)
    return state.hexdigest()[:16]


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the cache's lock NAME; other processes wait their turn."""
    path = cache_dir() / "locks" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def entry(kind: str, name: str, build: Callable[[Path], None]) -> Path:
    """The cache's directory KIND/NAME, filled by build() once; a build that was broken off is started anew.

    The directory is filled where it stays, because virtual environments cannot be moved.
    """
    path = cache_dir() / kind / name
    marker = path / ".complete"
    if marker.exists():
        return path
    with locked(f"{kind}-{name}"):
        if not marker.exists():
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir(parents=True)
            build(path)
            marker.touch()
    return path


def project_files() -> list[str]:
    """Paths, relative to ROOT, of the project's files: tracked, or untracked and not ignored; deleted ones left out."""
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT).stdout
    names = sorted({name for name in listed.split("\0") if name})
    return [name for name in names if (ROOT / name).is_file()]


def copy_project(target: Path, *, leave_out: Sequence[str] = ()) -> None:
    """Copy the project's files to target, except those under the folders leave_out ("tests/cluster/")."""
    for name in project_files():
        if name.startswith(tuple(leave_out)):
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
