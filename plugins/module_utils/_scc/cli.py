# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line scc-explain."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from .._errors import TritonError
from .batch import Batch


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scc-explain", description=__doc__)
    parser.add_argument("--batch")
    parser.add_argument("--sccs")
    options = parser.parse_args(arguments)
    batch = Batch(json.loads(Path(options.sccs).read_text()))
    with open(options.batch) as cases:
        for line in batch.lines(cases):
            sys.stdout.write(line + "\n")
    return 0
