# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests of model storage with all switches between back ends and many kills; the result goes to docs/evidence/storage.json."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("tools", "differential")]

from evidence import EVIDENCE, commit, machine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=40, help="of each: uploads, copies")
    arguments = parser.parse_args()
    begun, tested = time.monotonic(), commit()
    more = {"INFEROPS_WHOLE": "1", "INFEROPS_SEED": str(arguments.seed), "INFEROPS_KILLS": str(arguments.kills)}
    command = [sys.executable, str(ROOT / "tests" / "tools" / "suite.py"), "storage"]
    counts = {}
    with subprocess.Popen(command, env={**os.environ, **more}, stdout=subprocess.PIPE, text=True) as suite:
        assert suite.stdout is not None
        for line in suite.stdout:
            print(line, end="", flush=True)
            if line.startswith('{"suite": '):
                counts = json.loads(line)
    if suite.returncode == 0:
        result = {
            "commit": tested,
            "seed": arguments.seed,
            "kills": arguments.kills,
            "cases": counts["cases"],
            "failed": counts["failed"],
            "seconds": round(time.monotonic() - begun),
            "machine": machine(),
        }
        (EVIDENCE / "storage.json").write_text(json.dumps(result, indent=2) + "\n")
    return suite.returncode


if __name__ == "__main__":
    sys.exit(main())
