# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.inferops.triton.plugins.module_utils._triton.log import MOST, errors

LOG = """I1123 08:00:00.100000 1 server.cc:307] "Waiting for in-flight requests to complete."
W1123 08:00:00.200000 1 model.cc:1] no error
E1123 08:00:01.123456 1 model_lifecycle.cc:642] "failed to load 'broken' version 1: Internal: RuntimeError: no \\"weights\\""
E1123 08:00:02.123456 1 model_repository_manager.cc:1325] Poll failed for model directory 'x': not enough version
+---------+---------+
| Model   | Status  |
E1123 08:00:03.123456 1 model_lifecycle.cc:642] "failed to load 'broken' version 1: Internal: RuntimeError: no \\"weights\\""
error: creating server: Internal - failed to load all models
"""


def test_errors_once_each_oldest_first() -> None:
    assert errors(LOG) == [
        "failed to load 'broken' version 1: Internal: RuntimeError: no \"weights\"",
        "Poll failed for model directory 'x': not enough version",
        "Internal - failed to load all models",
    ]


def test_only_the_last_few() -> None:
    log = "".join(f"E1123 08:00:01.123456 1 a.cc:{number}] error {number}\n" for number in range(10))
    assert errors(log) == ["error 7", "error 8", "error 9"]
    assert MOST == 3


def test_a_traceback_is_cut_at_its_first_line() -> None:
    assert errors('E1123 08:00:01.123456 1 a.cc:1] "first\\nsecond\\nthird"\n') == ["first"]


def test_a_log_without_errors() -> None:
    assert errors("") == []
    assert errors("I1123 08:00:00.100000 1 server.cc:307] fine\nE1123 no error line\n") == []
