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

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

EVERY_SECONDS = 5.0
MIB = 1 << 20


class ActionModule(ActionBase):  # type: ignore[misc]
    """The action of the module's name."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Run the module; with a progress file of our own where nobody else has asked for one."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        followed = (
            self._connection.transport == "local"
            and self._connection.become is None
            and not self._task.async_val
            and not arguments.get("progress_file")
        )
        if not followed:
            result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
            return result
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "progress")
            over = threading.Event()
            teller = threading.Thread(target=_tell, args=(path, f"claim {arguments.get('claim')}", over), daemon=True)
            teller.start()
            try:
                result.update(
                    self._execute_module(module_args={**arguments, "progress_file": str(path)}, task_vars=task_vars)
                )
            finally:
                over.set()
                teller.join()
        return result


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
