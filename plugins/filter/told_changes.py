# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter told_changes: changes of a chart in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def told_changes(changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """One sentence a change."""
    # Ansible imports all filters of a collection for each one that is named.
    from ansible_collections.inferops.triton.plugins.module_utils._adapt.words import told

    return told(changes)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"told_changes": told_changes}
