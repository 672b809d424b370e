# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the result of a long run tells about where it comes from."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common import run
from oracle import ROOT, go

EVIDENCE = ROOT / "docs" / "evidence"


def machine() -> dict[str, Any]:
    rows = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((row.split(":", 1)[1].strip() for row in rows if row.startswith("model name")), platform.machine())
    return {
        "cores": os.cpu_count(),
        "processor": model,
        "python": platform.python_version(),
        "go": go("env", "GOVERSION").strip(),
    }


JUDGED = ("plugins", "bin", "tests/differential", "tests/cluster/oracle")


def commit(paths: Sequence[str] = JUDGED) -> str:
    """The commit that is tested, and whether what it tests was changed since."""
    found = run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT).stdout.strip()
    changed = run(["git", "status", "--porcelain", "--", *paths], cwd=ROOT)
    return f"{found} with changes" if changed.stdout.strip() else found
