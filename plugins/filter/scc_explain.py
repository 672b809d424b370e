# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter scc_explain: the module of the same name without a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError

OPTIONS = ("namespace", "service_account", "namespace_definition", "sccs", "granted", "platform")


def scc_explain(definitions: Any, namespace: str, **options: Any) -> list[dict[str, Any]]:
    """A verdict for each pod of some manifests; options as the module's.

    :raises AnsibleFilterError: as the module fails.
    """
    # Ansible loads all filters of a collection for each that a task names: the engine is only for those who ask for it.
    from ansible_collections.inferops.triton.plugins.module_utils._run.scc_explain import offline

    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise AnsibleFilterError(f"scc_explain has no option {unknown[0]}; it has {', '.join(OPTIONS)}.")
    for name, kind in (("namespace_definition", Mapping), ("granted", Mapping), ("sccs", list)):
        if options.get(name) is not None and not isinstance(options[name], kind):
            raise AnsibleFilterError(
                f"{name} is {options[name]!r}; give {'a list' if kind is list else 'a dictionary'}."
            )
    try:
        verdicts: list[dict[str, Any]] = offline({**options, "definitions": definitions, "namespace": namespace})[
            "pods"
        ]
    except TritonError as error:
        raise AnsibleFilterError(error.message) from error
    return verdicts


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"scc_explain": scc_explain}
