# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrades that are killed at one of their requests; the result goes to docs/evidence.

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
WANTED_KILLS = 20

PAGE = """\
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
# Releases: upgrades that are killed

`make soak-release` upgrades a release of the playbook `deploy` again and again, each time to another model and other values. Each upgrade
goes through a turnstile that counts its requests to the API server and kills it, with helm and all else that it started, by SIGKILL at one of them,
which is drawn from the seed: before the server gets the request, or after. The next run has to end well, and the one after it has to write
nothing. Beside it another release gets the same upgrades undisturbed: all objects, and the manifest that Helm keeps, have to be the same but for what
the server sets. The claim has to be the one of the beginning, and the release the only one.

It also goes through all pairs of the kinds of change and drift of [test_release_changes.py](../../tests/integration/test_release_changes.py).

| | |
|---|---|
| commit | {commit} |
| seed | {seed} |
| kills | {kills} |
| of them after the first write | {after_the_first_write} |
| of them with the request answered by the server | {answered} |
| writes of the runs that followed | {writes_of_the_next_run} |
| runs that did not converge after a kill | {runs_that_did_not_converge} |
| kills that came too late, made again | {too_late_and_repeated} |
| pairs of changes and drift, put right under Helm 3 and Helm 4 | {pairs} |
| seconds | {seconds} |
| machine | {cores} cores, {processor}, Python {python}, {go} |

Killed at request: {places}.
"""


def page(figures: Mapping[str, Any]) -> str:
    """The figures for people."""
    places = figures["at"]
    answered = sum("answered" in place for place in places)
    return PAGE.format(**{**figures, **figures["machine"]}, answered=answered, places="; ".join(places))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=WANTED_KILLS)
    arguments = parser.parse_args()
    return soak(
        "release", arguments.seed, arguments.kills, WANTED_KILLS, ("kills", "pairs"), page, {"INFEROPS_PAIRS": "all"}
    )


if __name__ == "__main__":
    sys.exit(main())
