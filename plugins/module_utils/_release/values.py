# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the bundled chart from several sources: the security context, the storage, the user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._triton.control import EXPLICIT

# Lists whose items have names: by which field. An item of a later source replaces the one of the same name.
NAMED = {"env": "name", "extraVolumes": "name", "extraVolumeMounts": "mountPath", "initContainers": "name"}
# Lists of which each source may bring some items.
JOINED = ("envFrom", "imagePullSecrets", "supplementalGroups")


def merged(sources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One dictionary of values; later sources win, and lists that the pod collects are joined."""
    result: dict[str, Any] = {}
    for source in sources:
        result = _merged(result, source)
    return result


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    return {**first, **{key: _value(key, first.get(key), value) for key, value in second.items()}}


def _value(key: str, first: Any, second: Any) -> Any:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return _merged(first, second)
    if isinstance(first, list) and isinstance(second, list):
        if key in NAMED:
            return by_name(first, second, NAMED[key])
        if key in JOINED:
            return [*first, *(item for item in second if item not in first)]
    return second


def by_name(first: Sequence[Any], second: Sequence[Any], field: str) -> list[Any]:
    """Two lists as one, in which an item of the second takes the place of those of its name.

    :param field: that has the name.
    """
    # What has no name is for the chart's schema to refuse.
    names = [item.get(field) for item in second if isinstance(item, Mapping)]
    return [*(item for item in first if item.get(field) not in names), *second]


def models_at_start(values: Mapping[str, Any], known: Sequence[str]) -> list[str]:
    """The models that a server of the bundled chart loads when it starts.

    :param values: values of the chart, as far as they are given.
    :param known: the models of the repositories, as far as they are known.
    """
    return list(values["models"].get("load") or []) if loads_on_request(values) else list(known)


def loads_on_request(values: Mapping[str, Any]) -> bool:
    """Whether such a server loads but the models that are named when it starts, so that others say nothing about its state.

    :param values: values of the chart, as far as they are given.
    """
    models = values.get("models") or {}
    return models.get("controlMode") == EXPLICIT and "*" not in (models.get("load") or ())
