# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An SCC as OpenShift stores it: what its author left out is filled in. Source: apiserver-library-go, sccdefaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .model import ANY, RUN_AS_ANY
from .view import VOLUME_TYPES

HOST_PATH = "hostPath"
_ALL_BUT_HOST_PATH = frozenset(VOLUME_TYPES.values()) - {HOST_PATH}


def stored(scc: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with OpenShift's defaults; fields of a wrong type stay as they are, for the reader to refuse."""
    result = dict(scc)
    for name in ("fsGroup", "supplementalGroups"):
        options = result.get(name) if result.get(name) is not None else {}
        if isinstance(options, Mapping) and not options.get("type"):
            result[name] = {**options, "type": RUN_AS_ANY}
    for name in ("users", "groups"):
        if result.get(name) is None:
            result[name] = []
    if result.get("allowPrivilegeEscalation") is None:
        result["allowPrivilegeEscalation"] = True
    volumes = result.get("volumes")
    if volumes is None or isinstance(volumes, list):
        result["volumes"] = _volumes(volumes, bool(result.get("allowHostDirVolumePlugin")))
    return result


def _volumes(given: list[Any] | None, host_path: bool) -> list[str]:
    """The switch for host paths and the list of types, made to agree: the switch wins."""
    types = {ANY} if given is None else {str(name) for name in given}
    if not types:
        types = {HOST_PATH} if host_path else {"none"}
    if host_path:
        return sorted(types if ANY in types else types | {HOST_PATH})
    everything = _ALL_BUT_HOST_PATH if ANY in types else frozenset()
    return sorted((types - {ANY, HOST_PATH}) | everything)
