# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What adapting changes, and what it cannot change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one object.

    ``path``: in the object, such as spec.template.spec.securityContext.fsGroup, "" for the whole object; ``after``: None where it goes;
    ``warning``: what somebody has to see to.
    """

    kind: str
    name: str
    path: str
    before: Any
    after: Any
    reason: str
    warning: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object that cannot be adapted safely, and why; ``scc``: the smallest SCC that admits it as it is, None where none does."""

    kind: str
    name: str
    reasons: tuple[str, ...]
    scc: Mapping[str, Any] | None = None
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Storage:
    """A volume that was replaced by a claim, which has to be made; ``source`` is the volume as it was."""

    kind: str
    name: str
    claim: str
    source: Mapping[str, Any]
    namespace: str = ""
