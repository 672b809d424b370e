# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module model_repository does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._storage.base import Target
from .._storage.plan import chart_values, plan_repositories


def run(params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Check the repositories and plan their storage; local files are read, no cluster is asked."""
    plans = plan_repositories(
        params["repositories"], Target(params["namespace"], params["release"], params.get("storage_classes"))
    )
    return {
        "definitions": [definition for plan in plans for definition in plan.definitions],
        "chart_values": chart_values(plans),
        "models": [model for plan in plans for model in plan.models],
    }
