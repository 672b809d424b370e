# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.action import model_upload
from ansible_collections.inferops.triton.plugins.action.model_upload import line

MIB = 1 << 20


@pytest.mark.parametrize(
    "sent, total, seconds, words",
    [
        (0, 10 * MIB, 0, "Upload to claim models: 0 of 10 MiB"),
        (4 * MIB, 10 * MIB, 2, "Upload to claim models: 4 of 10 MiB, 2 MiB/s"),
        (10 * MIB, 10 * MIB, 5, "Upload to claim models: all 10 MiB are sent and get checked"),
    ],
)
def test_how_far_it_is(sent: int, total: int, seconds: float, words: str) -> None:
    assert line({"bytes_sent": sent, "bytes": total, "seconds": seconds}, "claim models") == words


def test_it_is_told_once_and_only_while_it_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(model_upload, "EVERY_SECONDS", 0.02)
    over, path = threading.Event(), tmp_path / "progress"
    teller = threading.Thread(target=model_upload._tell, args=(path, "claim models", over))
    teller.start()
    time.sleep(0.1)
    path.write_text('{"bytes_sent": 1048576, "bytes": 4194304, "seconds": 1}')
    time.sleep(0.3)
    over.set()
    teller.join(5)
    assert capsys.readouterr().out.splitlines() == ["Upload to claim models: 1 of 4 MiB, 1 MiB/s"]
