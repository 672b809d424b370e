# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic of the bench, and what it takes for a measurement; no cluster is needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("bench", "tools", "storage")]

from common import ToolError
from measure import Cost, line, lines, orders, timed
from sync_bench import measured


def test_a_line_has_medians_and_a_ratio_without_the_floor() -> None:
    found = line(
        "upload_wall", "small", [5.0, 4.0, 90.0], [3.0, 2.0, 1.0], "s", floor=[1.0, 1.0, 40.0], peer_bare=[0.5]
    )
    assert found == {
        "bench": "upload_wall",
        "data": "small",
        "ours": 5.0,
        "peer": 2.0,
        "floor": 1.0,
        "peer_bare": 0.5,
        "unit": "s",
        # Of 5 seconds one is Ansible's.
        "ratio": 2.0,
    }


def test_memory_has_no_floor() -> None:
    wall, cpu, memory = lines("upload", "large", [Cost(4, 3, 60)], [Cost(2, 1, 30)], floor=[Cost(2, 1, 50)])
    assert (wall["ratio"], cpu["ratio"], memory["ratio"]) == (1.0, 2.0, 2.0)
    assert "floor" not in memory
    assert [one["bench"] for one in (wall, cpu, memory)] == ["upload_wall", "upload_cpu", "upload_memory"]


def test_steps_one_after_the_other() -> None:
    assert Cost(1, 2, 30) + Cost(3, 4, 20) == Cost(4, 6, 30)


def test_each_side_goes_first_as_often_as_the_other() -> None:
    firsts = [order[0] for order in orders(4)]
    assert sorted(firsts) == ["ours", "ours", "peer", "peer"]
    assert all(sorted(order) == ["ours", "peer"] for order in orders(4))


def test_processors_and_memory_of_a_command_count_what_it_starts() -> None:
    work = (
        "import time; data = b'x' * (80 << 20); end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    )
    cost, _said = timed(
        [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"], os.environ
    )
    assert cost.cpu > 0.3
    assert cost.memory > 80


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(ToolError, match=r"exit code 3: sh\nwhy"):
        timed(["sh", "-c", "cat; exit 3"], os.environ, "why")


def test_what_a_copy_tells_of_itself() -> None:
    said = "NOTICE: something\nmeasured 0 100.50 102.75 1000000000 2500000000 52428800\n"
    assert measured(said) == Cost(2.25, 1.5, 50.0)
    with pytest.raises(ToolError, match="the copy failed:\nwhat it said"):
        measured("what it said\nmeasured 75 1 2 3 4 5")
