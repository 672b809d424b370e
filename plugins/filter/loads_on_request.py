# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter loads_on_request: whether a server of the bundled chart loads but the models that are named when it starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._release.values import loads_on_request


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"loads_on_request": loads_on_request}
