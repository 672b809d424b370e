# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users choose from, apart from the engine, which few runs need."""

from __future__ import annotations

# Fixed IDs go, or the namespace's take their place.
OMIT, EXPLICIT = "omit", "explicit"
# What a user may want taken away nevertheless, by the name with which it is allowed.
ALLOWABLE = ("root", "privileged", "capabilities", "host_network", "host_path", "sysctls")
