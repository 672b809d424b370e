# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where the modules meet Ansible: options in, result or failure out.

A module runs as a program of its own, as every module does (``Interface.main``), or in Ansible's own process
(``Interface.outcome``, called by plugin_utils/_in_process.py), which saves the start of a Python and all its imports.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.kubernetes.core.plugins.module_utils.args_common import (
    AUTH_ARG_SPEC,
    extract_sensitive_values_from_kubeconfig,
)

from ._errors import TritonError

Action = Callable[[Mapping[str, Any], bool], dict[str, Any]]


class QuietModule(AnsibleModule):  # type: ignore[misc]
    """A module whose options hold credentials.

    The system's log hears nothing of them: Ansible would hide them there value by value, and miss those of several lines.

    :param hidden: the texts of the options that no output may show, besides those that the specification marks with no_log.
    """

    def __init__(self, spec: dict[str, Any], hidden: Callable[[Mapping[str, Any]], Iterable[str]], **more: Any) -> None:
        self._hidden = hidden
        super().__init__(spec, **more)

    def _log_invocation(self) -> None:
        pass

    def exit_json(self, **result: Any) -> None:
        """Report, without what is hidden."""
        self.no_log_values.update(self._hidden(self.params))
        super().exit_json(**result)

    def fail_json(self, msg: str, **result: Any) -> None:
        """Report a failure, without what is hidden; wrong options come here before the module has begun."""
        self.no_log_values.update(self._hidden(self.params))
        super().fail_json(msg, **result)


@dataclass(frozen=True)
class Interface:
    """What Ansible has to know of a module.

    ``run(params, check_mode)`` does the work and returns the result, with sentences to warn of as ``warnings``; ``spec`` is the argument
    spec and ``rules`` what its options demand of each other (required_one_of, ...); ``hidden(params)`` gives the texts that no output
    may show.
    """

    run: Action
    spec: dict[str, Any]
    rules: dict[str, Any] = field(default_factory=dict)
    hidden: Callable[[Mapping[str, Any]], Iterable[str]] | None = None

    def main(self) -> None:
        """Run as a program: options from standard input, the result to standard output."""
        if self.hidden is None:
            module = AnsibleModule(self.spec, supports_check_mode=True, **self.rules)
        else:
            module = QuietModule(self.spec, self.hidden, supports_check_mode=True, **self.rules)
        module.no_log_values.update(_secrets_of_kubeconfig(module.params))
        result = self._result(module.params, module.check_mode, module._diff)
        for warning in result.pop("warnings", ()):
            module.warn(warning)
        if result.get("failed"):
            del result["failed"]
            module.fail_json(**result)
        module.exit_json(**result)

    def outcome(self, name: str, arguments: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
        """Run in this process: the result that main() would have printed.

        :param name: the module's, for the message about options that it does not have.
        :param arguments: the task's.
        """
        checked = ModuleArgumentSpecValidator(self.spec, **self.rules).validate(typed(arguments))
        params = checked.validated_parameters
        # AnsibleModule takes them from there, too.
        hidden = set(checked._no_log_values) | set(self.hidden(params) if self.hidden else ())
        if checked.error_messages:
            message = checked.errors.msg
            if isinstance(checked.errors[0], UnsupportedError):
                message = f"Unsupported parameters for ({name}) module: {message}"
            result: dict[str, Any] = {"failed": True, "msg": message}
        else:
            hidden |= set(_secrets_of_kubeconfig(params))
            try:
                result = self._result(params, check_mode, diff)
            except Exception as error:  # noqa: BLE001
                # Ansible would print the text of what nobody has foreseen, with all that stands in it.
                hidden |= {text.strip() for text in hidden}
                place = traceback.extract_tb(error.__traceback__)[-1]
                result = {
                    "failed": True,
                    "msg": f"{name} failed by a fault of its own: {type(error).__name__} in {place.name} ({place.filename}, line {place.lineno}).",
                }
        result.setdefault("invocation", {"module_args": params})
        shown: dict[str, Any] = remove_values(result, hidden)
        return shown

    def _result(self, params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
        """The result; a TritonError becomes the module's failure message."""
        try:
            result = self.run(params, check_mode)
        except TritonError as error:
            return {**error.details, "failed": True, "msg": error.message}
        result.setdefault("changed", False)
        if not diff:
            result.pop("diff", None)
        if not result.get("warnings"):
            result.pop("warnings", None)
        return result


def typed(value: Any) -> Any:
    """A task's value in the types that a module gets, which reads JSON: Ansible's own are subclasses with more to them."""
    if isinstance(value, Mapping):
        return {_key(name): typed(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [typed(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    for plain in (bool, int, float):
        if isinstance(value, plain):
            return plain(value)
    # The method of str itself: that of a subclass may return one again.
    return value if value is None else str.__str__(value if isinstance(value, str) else str(value))


def _key(name: Any) -> str:
    """A key as JSON writes it."""
    name = typed(name)
    return name if isinstance(name, str) else json.dumps(name)


def _secrets_of_kubeconfig(params: Mapping[str, Any]) -> Iterable[str]:
    kubeconfig = params.get("kubeconfig")
    found: Iterable[str] = extract_sensitive_values_from_kubeconfig(kubeconfig) if isinstance(kubeconfig, dict) else ()
    return found


def connection_spec() -> dict[str, Any]:
    """The connection options of kubernetes.core, documented by its fragment k8s_auth_options."""
    spec: dict[str, Any] = deepcopy(AUTH_ARG_SPEC)
    return spec


def server_spec() -> dict[str, Any]:
    """The options of the fragment server, with those of the connection."""
    return {
        **connection_spec(),
        "namespace": {"type": "str"},
        "name": {"type": "str"},
        "port": {"type": "str", "default": "http"},
        "url": {"type": "str"},
        "url_ca_cert": {"type": "path"},
        "url_validate_certs": {"type": "bool", "default": True},
        "url_headers": {"type": "dict", "no_log": True},
        "timeout": {"type": "int", "default": 60},
    }


def server_rules() -> dict[str, Any]:
    """What the options of server_spec() demand of each other."""
    return {"required_one_of": [("url", "name")], "required_by": {"name": ("namespace",)}}
