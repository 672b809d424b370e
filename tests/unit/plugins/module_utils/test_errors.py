# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError


@pytest.mark.parametrize("name", ["message", "msg", "status"])
def test_a_failure_with_details_of_any_name(name: str) -> None:
    error = TritonError("no", **{name: "theirs"})
    assert (str(error), error.message, error.details) == ("no", "no", {name: "theirs"})
