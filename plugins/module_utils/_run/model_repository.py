# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module model_repository does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._storage.base import StorageClass, Target
from .._storage.combine import combine
from .._storage.plan import plan_repositories


def run(params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Check the repositories and plan their storage; local files are read, no cluster is asked."""
    classes = params.get("storage_classes")
    known = None if classes is None else [StorageClass(name) for name in classes]
    target = Target(params["namespace"], params["release"], known)
    combined = combine(plan_repositories(params["repositories"], target), target)
    return {
        "definitions": list(combined.definitions),
        "chart_values": dict(combined.chart_values),
        "models": list(combined.models),
    }
