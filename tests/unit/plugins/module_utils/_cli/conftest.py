# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command as a user calls it: arguments in; exit code, output and errors out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._cli.main import main
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._cli.given import Command, Said, run


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Call the command in an empty folder; ``stdin`` is what comes in."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = main(arguments, run)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call
