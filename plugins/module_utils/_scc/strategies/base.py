# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the strategies share.

A strategy decides about one field: ``default`` is what admission writes where the pod leaves the field out, ``check`` names
what is wrong with an effective value. Source of all rules: apiserver-library-go, package securitycontextconstraints.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Finding(NamedTuple):
    """Something wrong: ``path`` below the pod's or container's place, ``value`` the refused one, ``detail`` OpenShift's words."""

    path: str
    value: Any
    detail: str


class StrategyError(Exception):
    """A strategy that cannot be made: OpenShift then refuses every pod for which the SCC is a candidate."""
