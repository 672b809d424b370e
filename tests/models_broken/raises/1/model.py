# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model that cannot be loaded: what it needs is not there."""

from __future__ import annotations


class TritonPythonModel:
    def initialize(self, args: dict[str, str]) -> None:
        raise FileNotFoundError("weights.bin is missing from the model's version directory")

    def execute(self, requests: list) -> list:
        raise AssertionError("never loaded, so never asked")
