# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many pods a CPU second decides, beside OpenShift's own admission plugin on the same cases.

Both decide the creation of seeded pods over the thirteen standard SCCs, from cases that are read and decoded already, on one core;
who goes first alternates. The plugin's figure is that of its method Admit alone, its garbage collection included. Ours is
that of Batch.judge: reading SCCs' rights and the pod from the case, the types' check, the decision, and the mutated pod.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "tools"), str(ROOT / "tests" / "differential")]

from common import ToolError, say
from generate import Files, make_chunk
from oracle import Oracle, program

from plugins.module_utils._scc.batch import Batch

SEED = 2026
CASES = 4000
RUNS = 3


def cases(folder: Path) -> tuple[Path, Path]:
    """Files of cases, all over the standard SCCs, and of these SCCs."""
    files = Files.of(folder)
    with Oracle(program("plain")) as oracle:
        make_chunk(oracle, SEED, 0, CASES, files)
    sccs: dict[str, Any] = json.loads(files.sccs.read_text())
    standard = [name for name, scc in sccs.items() if name == scc["metadata"]["name"] and name in _shipped()]
    with files.cases.open() as handle:
        made = [json.loads(line) for line in handle]
    kept = [
        {**case, "sccs": standard}
        for case in made
        if case.get("operation", "CREATE") == "CREATE"
        and case.get("phase") != "validate"
        and not case.get("noNamespace")
    ]
    files.cases.write_text("".join(json.dumps(case) + "\n" for case in kept))
    files.sccs.write_text(json.dumps({name: sccs[name] for name in standard}))
    return files.cases, files.sccs


def _shipped() -> frozenset[str]:
    from plugins.module_utils._scc.standard import standard

    return frozenset(standard())


def ours(read: Sequence[Mapping[str, Any]], sccs: Mapping[str, Any]) -> float:
    """Pods per CPU second of the engine; each run begins with nothing known."""
    begun = time.process_time()
    for _run in range(RUNS):
        batch = Batch(sccs)
        for case in read:
            batch.judge(case)
    return RUNS * len(read) / (time.process_time() - begun)


def peer(files: tuple[Path, Path]) -> float:
    """Pods per CPU second of the plugin."""
    command = [program("plain"), "speed", "-sccs", files[1], "-runs", str(RUNS), files[0]]
    done = subprocess.run(command, env={**os.environ, "GOMAXPROCS": "1"}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolError(f"the oracle could not be timed: {done.stderr[-2000:]}")
    figures = json.loads(done.stdout)
    return float(figures["pods"] / figures["cpuSeconds"])


def lines(rounds: int) -> list[dict[str, Any]]:
    """The figure to print, of medians over the rounds."""
    with tempfile.TemporaryDirectory(prefix="inferops-bench-") as folder:
        files = cases(Path(folder))
        with files[0].open() as handle:
            read = [json.loads(line) for line in handle]
        sccs = json.loads(files[1].read_text())
        found: dict[str, list[float]] = {"ours": [], "peer": []}
        for number in range(rounds):
            for side in ("ours", "peer") if number % 2 == 0 else ("peer", "ours"):
                found[side].append(ours(read, sccs) if side == "ours" else peer(files))
                say(f"scc_throughput, {side}: {found[side][-1]:.0f} pods per CPU second")
    mine, theirs = (statistics.median(found[side]) for side in ("ours", "peer"))
    figures = {"ours": round(mine), "peer": round(theirs), "unit": "pods/CPU s", "ratio": round(mine / theirs, 2)}
    return [{"bench": "scc_throughput", **figures}]


if __name__ == "__main__":
    try:
        for line in lines(5):
            print(json.dumps(line), flush=True)
    except ToolError as error:
        sys.exit(f"bench: {error}")
