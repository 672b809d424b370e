# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster for planning: it answers what it was told that it has, and knows of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Found, Target


def having(*objects: tuple[str, str, Mapping[str, Any]], denied: tuple[str, ...] = (), **options: Any) -> Target:
    """A target in a cluster with these objects (kind, name, content); kinds that are denied may not be read."""
    there = {(kind, name): content for kind, name, content in objects}

    def find(kind: str, name: str) -> Found:
        return Found() if kind in denied else Found(True, there.get((kind, name)))

    return Target("serving", "triton", find=find, **options)
