# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small models that few may read, in Secrets, filled from a local repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .base import Plan, Target
from .packing import Kind, Packed, encoded, planned


@dataclass(frozen=True, slots=True)
class SecretRepository:
    """``path`` is the local repository."""

    path: str

    def plan(self, name: str, target: Target) -> Plan:
        """Read the files and lay them out over as few Secrets as hold them."""
        return planned(self.path, Kind("Secret", "secret", _contents), name, target)


def _contents(files: list[Packed]) -> dict[str, Any]:
    return {"type": "Opaque", "data": {file.key: encoded(file.data) for file in files}}
