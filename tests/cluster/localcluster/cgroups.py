# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's control groups: made before the kubelet starts, removed when everything in them is dead."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from pathlib import Path

V2_ALONE = Path("/sys/fs/cgroup")  # where the v2 hierarchy is mounted when there is no v1
CONTROLLERS_V2 = ("cpu", "cpuset", "io", "memory", "pids")
REMOVAL_PATIENCE_S = 10.0


def hierarchies(mounts: str) -> Iterator[tuple[Path, str]]:
    """Mount point and type (cgroup or cgroup2) of each hierarchy in the text of /proc/self/mounts."""
    for line in mounts.splitlines():
        _, target, kind, *_ = line.split(" ")
        if kind in ("cgroup", "cgroup2"):
            yield Path(target), kind


def create(mark: str) -> None:
    """Make the directory MARK in every hierarchy.

    Run on cgroup v1 with an empty v2 hierarchy beside it; v2 alone was not tried.
    """
    for mount, kind in hierarchies(Path("/proc/self/mounts").read_text()):
        group = mount / mark
        group.mkdir(exist_ok=True)
        if kind == "cgroup2" and mount == V2_ALONE:
            for parent in (mount, group):
                for controller in CONTROLLERS_V2:
                    # One that this kernel lacks is refused. In the root they stay on, which costs nothing.
                    with contextlib.suppress(OSError):
                        (parent / "cgroup.subtree_control").write_text(f"+{controller}")
        for name in ("cpuset.cpus", "cpuset.mems"):
            if kind == "cgroup" and (group / name).exists():
                # Empty in a new group, and nothing may run in it until both are set.
                (group / name).write_text((mount / name).read_text())


def remove(mark: str) -> None:
    """Remove MARK and everything below it from every hierarchy; what is not there is no error."""
    for mount, _ in hierarchies(Path("/proc/self/mounts").read_text()):
        top = mount / mark
        if top.is_dir():
            for group in sorted((path for path in top.rglob("*") if path.is_dir()), key=_depth, reverse=True):
                _rmdir(group)
            _rmdir(top)


def _depth(path: Path) -> int:
    return len(path.parts)


def _rmdir(path: Path) -> None:
    """Remove one group; a process that was just killed may hold it for a moment, and there is no event to wait for."""
    deadline = time.monotonic() + REMOVAL_PATIENCE_S
    while True:
        try:
            path.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
