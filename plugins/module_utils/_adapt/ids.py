# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IDs after fixed ones went: groups that belonged to a user, and the namespace's own numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from .._scc.changes import Change
from .._scc.view import CONTAINER_LISTS
from .settle import at

_CONTEXT = "securityContext"
_OF_POD = f"spec.{_CONTEXT}"


def without_groups(pod: dict[str, Any], changes: Iterable[Change]) -> list[Change]:
    """Take out the groups of users that went: images for any user give their rights to group 0.

    :param pod: changed in place.
    """
    gone = {
        change.path.rpartition(".")[0]
        for change in changes
        if change.path.endswith(".runAsUser") and at(pod, change.path) is None
    }
    if not gone:
        return []
    inheriting = [path for path, container in _containers(pod) if _user(container) is None]
    places = [path for path in inheriting if path in gone or _OF_POD in gone]
    # The pod's group is that of all containers, some of which may have kept their user.
    fixed = len(inheriting) < len(list(_containers(pod))) or at(pod, f"{_OF_POD}.runAsUser") is not None
    if _OF_POD in gone or not fixed:
        places.append(_OF_POD)
    return [
        Change(f"{place}.runAsGroup", context.pop("runAsGroup"))
        for place in places
        if isinstance(context := at(pod, place), dict) and context.get("runAsGroup")
    ]


def numbered(pod: Mapping[str, Any], changes: Iterable[Change], admitted: Mapping[str, Any]) -> dict[str, Any]:
    """The pod with the namespace's own numbers in the place of those that went.

    :param admitted: the pod as OpenShift fills it in.
    """
    result = deepcopy(dict(pod))
    for change in changes:
        place, _dot, field = change.path.rpartition(".")
        context = at(result, place)
        if field not in ("runAsUser", "fsGroup") or not isinstance(context, dict) or context.get(field) is not None:
            continue
        number = at(admitted, change.path)
        if number is None and change.path == f"{_OF_POD}.runAsUser":
            number = _inherited(result, admitted)
        if number is not None:
            context[field] = number
    return result


def _containers(pod: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The path of each security context of a container, and the container."""
    for kind in CONTAINER_LISTS:
        for index, container in enumerate((pod.get("spec") or {}).get(kind) or ()):
            yield f"spec.{kind}[{index}].{_CONTEXT}", container


def _user(container: Mapping[str, Any]) -> int | None:
    user: int | None = (container.get(_CONTEXT) or {}).get("runAsUser")
    return user


def _inherited(pod: Mapping[str, Any], admitted: Mapping[str, Any]) -> int | None:
    """The user of the first container that names none itself."""
    filled = dict(_containers(admitted))
    users = (_user(filled[path]) for path, container in _containers(pod) if _user(container) is None and path in filled)
    return next((user for user in users if user), None)
