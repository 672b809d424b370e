# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module model_upload and says meanwhile how far it is, which a module cannot."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.utils.display import Display

from ansible_collections.inferops.triton.plugins.modules.model_upload import INTERFACE
from ansible_collections.inferops.triton.plugins.plugin_utils._in_process import InProcess

EVERY_SECONDS = 5.0
MIB = 1 << 20


class ActionModule(InProcess):
    """The action of the module's name."""

    INTERFACE = INTERFACE

    def module(self, arguments: Mapping[str, Any], task_vars: Any) -> dict[str, Any]:
        """Run the module; with a progress file of our own where nobody else has asked for one."""
        followed = (
            self._connection.transport == "local"
            and self._connection.become is None
            and not self._task.async_val
            and not arguments.get("progress_file")
        )
        if not followed:
            return super().module(arguments, task_vars)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "progress")
            over = threading.Event()
            teller = threading.Thread(target=_tell, args=(path, f"claim {arguments.get('claim')}", over), daemon=True)
            teller.start()
            try:
                return super().module({**arguments, "progress_file": str(path)}, task_vars)
            finally:
                over.set()
                teller.join()


def _tell(path: Path, where: str, over: threading.Event) -> None:
    said = ""
    while not over.wait(EVERY_SECONDS):
        try:
            text = line(json.loads(path.read_text()), where)
        except (OSError, ValueError):
            continue
        if text != said:
            Display().display(text)
            said = text


def line(figures: Mapping[str, Any], where: str) -> str:
    """How far an upload is, in words."""
    sent, total, seconds = figures["bytes_sent"], figures["bytes"], figures["seconds"]
    if total and sent >= total:
        return f"Upload to {where}: all {total // MIB} MiB are sent and get checked"
    speed = f", {sent / MIB / seconds:.0f} MiB/s" if seconds else ""
    return f"Upload to {where}: {sent // MIB} of {total // MIB} MiB{speed}"
