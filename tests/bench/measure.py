# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command takes, and two sides beside each other as lines of the bench."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import ToolError
from provide import TOOLS

SIDES = ("ours", "peer")
MIB = 1 << 20


@dataclass(frozen=True)
class Cost:
    """What something took: seconds, seconds of processors, and MiB of memory at most."""

    wall: float
    cpu: float
    memory: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        """One after the other."""
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.memory, other.memory))


def timed(command: Sequence[str | Path], env: Mapping[str, str], text: str = "") -> tuple[Cost, str]:
    """Run a command, with its input; memory is that of the largest of its processes. Raises ToolError with its output if it fails."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as words:
        words.write(text)
        words.seek(0)
        begun = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command], env=env, stdin=words, stdout=output, stderr=subprocess.STDOUT
        )
        # wait4 tells the usage of this one child and of what it waited for itself.
        status, usage = os.wait4(process.pid, 0)[1:]
        wall = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
    if process.returncode != 0:
        raise ToolError(f"this command failed with exit code {process.returncode}: {command[0]}\n{said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), said


def ansible_env(collections_path: Path) -> dict[str, str]:
    """The environment of Ansible's commands, without what the user's own would find a cluster by."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "K8S_AUTH_", "HELM_"))}
    return {
        **kept,
        "ANSIBLE_CONFIG": str(TOOLS / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections_path),
    }


def orders(rounds: int) -> Iterator[tuple[str, ...]]:
    """Who goes first, round by round."""
    for number in range(rounds):
        yield SIDES if number % 2 == 0 else SIDES[::-1]


def line(
    bench: str, data: str, ours: Sequence[float], peer: Sequence[float], unit: str, **also: Sequence[float]
) -> dict[str, Any]:
    """One line: medians, and how many times as much ours is. ``floor`` is what ours would take without doing anything: it is left out of
    the ratio, and out of nothing else."""
    medians = {name: statistics.median(values) for name, values in also.items()}
    own, other = statistics.median(ours), statistics.median(peer)
    counted = own - medians.get("floor", 0.0)
    return {
        "bench": bench,
        **({"data": data} if data else {}),
        "ours": round(own, 2),
        "peer": round(other, 2),
        **{name: round(value, 2) for name, value in medians.items()},
        "unit": unit,
        "ratio": round(counted / other, 3),
    }


def lines(
    prefix: str, data: str, ours: Sequence[Cost], peer: Sequence[Cost], **also: Sequence[Cost]
) -> list[dict[str, Any]]:
    """Wall time, processors and memory of both sides. Memory has no floor: it is the most, not a sum."""
    parts: Mapping[str, tuple[str, Callable[[Cost], float]]] = {
        "wall": ("s", lambda cost: cost.wall),
        "cpu": ("s", lambda cost: cost.cpu),
        "memory": ("MiB", lambda cost: cost.memory),
    }
    found = []
    for part, (unit, of) in parts.items():
        more = {
            name: [of(cost) for cost in costs] for name, costs in also.items() if (name, part) != ("floor", "memory")
        }
        found.append(
            line(f"{prefix}_{part}", data, [of(cost) for cost in ours], [of(cost) for cost in peer], unit, **more)
        )
    return found
