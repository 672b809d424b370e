# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a pod: what they are, and those that several rules ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a pod: ``path`` below the pod, such as spec.securityContext.fsGroup; ``after`` None where a field goes.

    ``storage`` marks a volume that is replaced by a claim of the same name, which has to be made.
    """

    path: str
    before: Any
    after: Any = None
    storage: bool = False


@dataclass(frozen=True, slots=True)
class Mended:
    """The changed pod and its changes; ``pod`` is a copy."""

    pod: dict[str, Any]
    changes: tuple[Change, ...]


def take(fields: dict[str, Any] | None, name: str, path: str) -> list[Change]:
    """Take a field out; no change where it is not there."""
    if fields is None or fields.get(name) is None:
        return []
    where = f"{path}[{name}]" if path.endswith("annotations") else f"{path}.{name}"
    return [Change(where, fields.pop(name))]


def claim_for(spec: dict[str, Any], index: int) -> Change:
    """A claim in the place of a volume, with the volume's name."""
    volume = spec["volumes"][index]
    name = volume.get("name") or "data"
    claim = {"name": name, "persistentVolumeClaim": {"claimName": name}}
    spec["volumes"][index] = claim
    return Change(f"spec.volumes[{index}]", volume, claim, storage=True)
