# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small models in ConfigMaps, filled from a local repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .base import Plan, Target
from .packing import Kind, Packed, encoded, planned

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")


@dataclass(frozen=True, slots=True)
class ConfigMapRepository:
    """``path`` is the local repository."""

    path: str

    def plan(self, name: str, target: Target) -> Plan:
        """Read the files and lay them out over as few ConfigMaps as hold them."""
        return planned(self.path, Kind("ConfigMap", "configMap", _contents), name, target)


def _contents(files: list[Packed]) -> dict[str, Any]:
    text: dict[str, str] = {}
    binary: dict[str, str] = {}
    for file in files:
        decoded = _text(file.data)
        if decoded is None:
            binary[file.key] = encoded(file.data)
        else:
            text[file.key] = decoded
    return {**({"data": text} if text else {}), **({"binaryData": binary} if binary else {})}


def _text(data: bytes) -> str | None:
    """The data as text, None where it is none: control characters would grow sixfold in JSON, beyond what a request may hold."""
    if data.translate(None, _CONTROLS) != data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
