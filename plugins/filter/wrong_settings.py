# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter wrong_settings: what the playbooks say about settings that cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.inferops.triton.plugins.module_utils._settings import FORMS, wrong


def wrong_settings(settings: Mapping[str, Any]) -> list[str]:
    """One sentence for each setting that does not have its form.

    :raises AnsibleFilterError: no dictionary, or a name that is none of the playbooks' settings.
    """
    if not isinstance(settings, Mapping):
        raise AnsibleFilterError(f"wrong_settings wants a dictionary of settings, not {type(settings).__name__}.")
    unknown = [name for name in settings if name not in FORMS]
    if unknown:
        raise AnsibleFilterError(f"wrong_settings does not know {unknown[0]!r}; it knows {', '.join(FORMS)}.")
    return wrong(settings)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name to function."""
        return {"wrong_settings": wrong_settings}
