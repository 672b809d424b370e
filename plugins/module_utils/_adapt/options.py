# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of adapting a chart, as Ansible's argument spec has them."""

from __future__ import annotations

from typing import Any

from .choices import ALLOWABLE, EXPLICIT, OMIT


def spec() -> dict[str, Any]:
    """The options that the modules chart_adapt and helm_release share."""
    return {
        "scc": {"type": "str", "default": "restricted-v2"},
        "style": {"type": "str", "choices": [OMIT, EXPLICIT], "default": OMIT},
        "allow": {"type": "list", "elements": "str", "choices": list(ALLOWABLE), "default": []},
        "drop_missing": {"type": "bool", "default": False},
        "volumes": {"type": "dict", "default": {}},
        "image_mirrors": {"type": "dict", "default": {}},
        "model_values": {"type": "dict", "default": {}},
        "change_pods": {"type": "bool", "default": True},
        "prepared": {"type": "bool", "default": True},
    }
