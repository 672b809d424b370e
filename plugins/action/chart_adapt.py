# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module chart_adapt."""

from __future__ import annotations

from ansible_collections.inferops.triton.plugins.modules.chart_adapt import INTERFACE
from ansible_collections.inferops.triton.plugins.plugin_utils._in_process import InProcess


class ActionModule(InProcess):
    """The action of the module's name."""

    INTERFACE = INTERFACE
