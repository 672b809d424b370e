# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error type that a module turns into its failure message."""

from __future__ import annotations


class TritonError(Exception):
    """A failure that the user can act on: one sentence that names the value and the way out.

    ``details`` is added to the module's result, so that playbooks can branch on it.
    """

    def __init__(self, message: str, /, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
