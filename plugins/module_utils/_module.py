# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where the modules meet Ansible: options in, result or failure out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.kubernetes.core.plugins.module_utils.args_common import (
    AUTH_ARG_SPEC,
    extract_sensitive_values_from_kubeconfig,
)

from ._errors import TritonError


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


def connection_spec() -> dict[str, Any]:
    """The connection options of kubernetes.core, documented by its fragment k8s_auth_options."""
    spec: dict[str, Any] = deepcopy(AUTH_ARG_SPEC)
    return spec


def run_module(module: AnsibleModule, action: Callable[[Mapping[str, Any], bool], dict[str, Any]]) -> None:
    """Carry the action out and report; a TritonError becomes the module's failure message."""
    kubeconfig = module.params.get("kubeconfig")
    if isinstance(kubeconfig, dict):
        module.no_log_values.update(extract_sensitive_values_from_kubeconfig(kubeconfig))
    try:
        result = action(module.params, module.check_mode)
    except TritonError as error:
        module.fail_json(**{**error.details, "msg": error.message})
    result.setdefault("changed", False)
    if not module._diff:
        result.pop("diff", None)
    module.exit_json(**result)


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
