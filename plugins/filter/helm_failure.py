# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter helm_failure: one sentence from a failed helm task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._release.helm_failure import explain


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"helm_failure": explain}
