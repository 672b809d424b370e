# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways out for a pod that Pod Security refuses: change the pod, or lower the namespace's level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .mend import by_labels
from .policy import LEVELS, PREFIX


def lower_levels(
    pod: Mapping[str, Any], labels: Mapping[str, str], namespace: str, version: tuple[int, int] | None
) -> Iterator[dict[str, Any]]:
    """The strictest level that lets the pod in, as a label of the namespace; it then holds for all of its pods."""
    for level in reversed(LEVELS):
        relabelled = {**labels, f"{PREFIX}enforce": level}
        if not by_labels(relabelled, version)(pod):
            command = f"kubectl label namespace {namespace} {PREFIX}enforce={level} --overwrite"
            yield {
                "kind": "namespace",
                "scc": None,
                "text": f"An administrator lowers the level of the whole namespace to {level} ({command}).",
                "command": command,
                "privileges": [f"Pod Security level {level} for every pod of the namespace"],
            }
            return
