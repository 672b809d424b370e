# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter uid_range: a block of IDs as OpenShift reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError


def uid_range(text: str) -> dict[str, int]:
    """Read START/SIZE or FROM-TO.

    :raises AnsibleFilterError: OpenShift cannot read it either.
    """
    # Ansible loads all filters of a collection for each that a task names: the engine is only for those who ask for it.
    from ansible_collections.inferops.triton.plugins.module_utils._scc.offline import block
    from ansible_collections.inferops.triton.plugins.module_utils._scc.ranges import RangeSyntaxError, parse_block

    if not isinstance(text, str):
        raise AnsibleFilterError(f"uid_range wants a text such as '1000900000/10000', not {text!r}.")
    try:
        return block(parse_block(text))
    except RangeSyntaxError as error:
        raise AnsibleFilterError(
            f"{text!r} is no range that OpenShift can read ({error}); write it as START/SIZE, for example 1000900000/10000."
        ) from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"uid_range": uid_range}
