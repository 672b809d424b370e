# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter mirrored_values: values of the bundled chart with images from mirrors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._mirrors import mirrored_values


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"mirrored_values": mirrored_values}
