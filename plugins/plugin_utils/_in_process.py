# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules run in Ansible's own process where that comes to the same.

A module talks to an API server, not to the machine that it runs on. As a program of its own it takes half a second, and
nearly all of it for the start of a Python and its imports. Ansible loads an action plugin in its parent process, which
forks for each task: what is imported here is imported once a run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible import constants as C
from ansible.plugins.action import ActionBase

from ansible_collections.inferops.triton.plugins.module_utils._module import Interface


class InProcess(ActionBase):  # type: ignore[misc]
    """The action of a module: the module in this process, or as a program where a task wants more than that."""

    INTERFACE: ClassVar[Interface]
    # As a program, which goes on by itself.
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Run the module."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        result.update(self.module(dict(self._task.args), task_vars))
        return result

    def module(self, arguments: Mapping[str, Any], task_vars: Any) -> dict[str, Any]:
        """The module's result with these arguments."""
        if self._same_place(task_vars):
            return self.INTERFACE.outcome(self._task.action, arguments, self._task.check_mode, self._task.diff)
        done: dict[str, Any] = self._execute_module(
            module_args=dict(arguments), task_vars=task_vars, wrap_async=self._task.async_val
        )
        return done

    def _same_place(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether a program would meet this machine, user, environment and Python."""
        return (
            self._connection.transport == "local"
            and self._connection.become is None
            and not self._task.async_val
            and not self._task.delegate_to
            and not any(self._task.environment or ())
            and self._interpreter(task_vars) == sys.executable
        )

    def _interpreter(self, task_vars: Mapping[str, Any]) -> str:
        """The Python that the task names; "" where Ansible would have to look for one."""
        name = self._templar.template(task_vars.get("ansible_python_interpreter") or "")
        name = name or C.config.get_config_value("INTERPRETER_PYTHON", variables={})
        return os.path.abspath(name) if os.path.isabs(str(name)) else ""
