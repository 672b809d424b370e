# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills in the middle of uploads and copies, and all switches between back ends; the result goes to docs/evidence.

Only a whole run without a failure is written down.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

from soaking import soak

# What counts as a soak; fewer are for trying something out.
WANTED_KILLS = 40

PAGE = """\
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
# Model storage: kills and switches

`make soak-storage` kills a process with SIGKILL while the playbook `deploy` uploads or copies another version of the
models to the one that Triton serves meanwhile: the playbook with all that it started, the container that receives or
copies, or the node's kubelet. What is killed is drawn from the seed, and so is the part of the bytes that has come by then.
After each kill the same playbook runs again and has to end well, with the new models answering and files with the source's
checksums. All the time Triton is asked what it serves, and what its pods read is read as well: an answer or a directory
that belongs to no whole version fails the run. Then one release goes from every storage back end that the local cluster
carries out to every other one.

| | |
|---|---|
| commit | {commit} |
| seed | {seed} |
| kills | {kills} |
| of them at a part of the bytes of | {parts} |
| answers of Triton meanwhile, all of whole versions | {answers} |
| requests without an answer, as while pods change | {requests_without_answer} |
| directories of serving pods read | {directories_read} |
| half versions served or published | {half_versions} |
| runs that did not converge after a kill | 0 |
| kills that came when the version was there already, made again | {too_late_and_repeated} |
| back ends | {back_ends} |
| switches between them | {switches} |
| seconds | {seconds} |
| machine | {cores} cores, {processor}, Python {python}, {go} |

| killed | kills | of them with a first run that ended well by itself |
|---|---|---|
{rows}
"""


def page(figures: Mapping[str, Any]) -> str:
    """The figures for people."""
    through = figures["ended_well_without_another_run"]
    rows = "\n".join(
        f"| {name.replace(', ', ': the ')} | {number} | {through[name]} |"
        for name, number in figures["of_each"].items()
    )
    parts = "; ".join(f"{name}: {number}" for name, number in figures["at_part_of_the_bytes"].items())
    return PAGE.format(
        **{**figures, **figures["machine"], "back_ends": ", ".join(figures["back_ends"])}, rows=rows, parts=parts
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=WANTED_KILLS)
    arguments = parser.parse_args()
    return soak(
        "storage", arguments.seed, arguments.kills, WANTED_KILLS, ("kills", "switches"), page, {"INFEROPS_WHOLE": "1"}
    )


if __name__ == "__main__":
    sys.exit(main())
