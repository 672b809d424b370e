# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test chart under Helm 3 and Helm 4, and random workloads beside the real admission; the result goes to docs/evidence."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

from soaking import soak

WANTED_RELEASES = 40

PAGE = """\
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
# Charts of others: all shapes under both Helms

`make soak-adapt` installs each chart of [adapted-charts.md](../adapted-charts.md) on the local cluster, adapted to restricted-v2, under Helm 3 and
under Helm 4: its workloads become ready, its pods have that SCC, a changed comment writes nothing, its tests pass, an upgrade changes it, a rollback
brings back what was. Charts that are refused write nothing, and the SCC that is named admits them as they are. Triton's own chart is deployed by the
playbooks and answers inferences. Then it adapts random workloads, and asks OpenShift's SCC admission and Kubernetes' Pod Security about each.

| | |
|---|---|
| commit | {commit} |
| seed | {seed} |
| charts | {charts} |
| releases of them | {releases} |
| upgraded and rolled back | {rolled_back} |
| refused charts | {refused} |
| random workloads | {workloads} |
| seconds | {seconds} |
| machine | {cores} cores, {processor}, Python {python}, {go} |

Of the workloads: {counts}.
"""


def page(figures: Mapping[str, Any]) -> str:
    """The figures for people."""
    counts = ", ".join(f"{words}: {number}" for words, number in sorted(figures["outcomes"].items()))
    return PAGE.format(**{**figures, **figures["machine"]}, counts=counts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    everything = {"INFEROPS_ADAPT": "all"}
    return soak("adapt", seed, 0, WANTED_RELEASES, ("charts", "workloads"), page, everything, "releases")


if __name__ == "__main__":
    sys.exit(main())
