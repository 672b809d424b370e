# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of the tests at its full length, whose result goes to docs/evidence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "differential"))

from evidence import EVIDENCE, commit, machine

TESTED = ("plugins", "roles", "playbooks", "tests")


def soak(
    name: str,
    seed: int,
    kills: int,
    wanted: int,
    results: Sequence[str],
    page: Callable[[Mapping[str, Any]], str],
    more: Mapping[str, str],
    counted: str = "kills",
) -> int:
    """Run a part of the suite, and write down what its tests left; returns an exit code.

    :param name: the evidence is called so, and the part ``soak-`` and the name.
    :param kills: how many there are to be; fewer than ``wanted`` are for trying something out and are not written down.
    :param results: names of the files with figures that the tests leave as the last thing that they do.
    :param page: the figures for people.
    :param more: variables of the environment besides.
    :param counted: the figure that has to reach ``wanted``.
    """
    begun, tested = time.monotonic(), commit(TESTED)
    command = [sys.executable, str(ROOT / "tests" / "tools" / "suite.py"), f"soak-{name}"]
    with tempfile.TemporaryDirectory(prefix="inferops-soak-") as folder:
        env = {
            "INFEROPS_SEED": str(seed),
            "INFEROPS_KILLS": str(kills),
            "INFEROPS_RESULTS": folder,
            "INFEROPS_DEMAND_ALL": "1",
            **more,
        }
        with subprocess.Popen(command, env={**os.environ, **env}) as suite:
            # Whoever stops this stops the tests, which take their cluster down.
            signal.signal(signal.SIGTERM, lambda number, _frame: suite.send_signal(number))
            code = suite.wait()
        if code != 0:
            print("The soak did not get through; nothing was written to docs/evidence.")
            return 1
        found = [json.loads((Path(folder) / f"{one}.json").read_text()) for one in results]
    figures: dict[str, Any] = {"commit": tested, "machine": machine()}
    for one in found:
        figures |= one
    figures["seconds"] = round(time.monotonic() - begun)
    if figures[counted] < wanted:
        print(f"{figures[counted]} {counted} are no soak of {wanted}; nothing was written to docs/evidence.")
        return 0
    (EVIDENCE / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
    (EVIDENCE / f"{name}.md").write_text(page(figures), encoding="utf-8")
    return 0
