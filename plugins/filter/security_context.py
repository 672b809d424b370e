# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter security_context: the module openshift_security_context without a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError

PLATFORMS = ("openshift", "kubernetes")
STYLES = ("auto", "omit", "explicit")


def security_context(annotations: Mapping[str, str], platform: str = "openshift", **wish: Any) -> dict[str, Any]:
    """Compute from a namespace's annotations; options as the module's.

    :raises AnsibleFilterError: as the module fails.
    """
    # Ansible loads all filters of a collection for each that a task names: the engine is only for those who ask for it.
    from ansible_collections.inferops.triton.plugins.module_utils._scc.offline import offline, wish_of

    if not isinstance(annotations, Mapping):
        raise AnsibleFilterError(
            f"security_context wants the annotations of a namespace as a dictionary, not {type(annotations).__name__}."
        )
    if platform not in PLATFORMS:
        raise AnsibleFilterError(f"platform is {platform!r}; choose from {', '.join(PLATFORMS)}.")
    if wish.get("style", "auto") not in STYLES:
        raise AnsibleFilterError(f"style is {wish['style']!r}; choose from {', '.join(STYLES)}.")
    unknown = sorted(set(wish) - {"style", "scc", "run_as_user", "fs_group", "supplemental_groups"})
    if unknown:
        raise AnsibleFilterError(f"security_context has no option {unknown[0]}.")
    try:
        return offline(annotations, platform, "", wish_of(_typed(wish)))
    except TritonError as error:
        raise AnsibleFilterError(error.message) from error


def _typed(wish: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers may arrive as text from templates; the module's argument spec converts them too."""
    typed = dict(wish)
    for name in ("run_as_user", "fs_group"):
        if wish.get(name) is not None:
            typed[name] = _number(name, wish[name])
    groups = wish.get("supplemental_groups") or []
    if not isinstance(groups, (list, tuple)):
        raise AnsibleFilterError(f"supplemental_groups is {groups!r}; give a list of numbers.")
    typed["supplemental_groups"] = [_number("supplemental_groups", group) for group in groups]
    if not isinstance(wish.get("scc") or "", str):
        raise AnsibleFilterError(f"scc is {wish['scc']!r}; give the name of an SCC.")
    return typed


def _number(name: str, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None or isinstance(value, (bool, float)):
        raise AnsibleFilterError(f"{name} is {value!r}; give a number such as 1000900000.")
    return number


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"security_context": security_context}
