# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the path in a refusal to the place in the pod template where the user wrote the value.

A refusal names ``containers[0].runAsUser`` even when the number stands in the pod's security context, since a container
inherits it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_BASE = "spec.template.spec"
_ELEMENT = re.compile(r"(?P<list>containers|initContainers|ephemeralContainers|volumes)\[(?P<index>[0-9]{1,6})\]")
# OpenShift checks a profile by the annotation that it derives from the field.
_SECCOMP = re.compile(r"annotations\[(?P<one>container\.)?seccomp\.security\.alpha\.kubernetes\.io/(?P<name>[^\]]+)\]")
# Refusals put these below a securityContext, and below each container; they are fields of the pod.
_OF_THE_POD = frozenset({"hostNetwork", "hostPID", "hostIPC", "hostUsers"})


def locate(path: str, pod: Mapping[str, Any], base: str = _BASE) -> str:
    """The place in the template, such as ``spec.template.spec.securityContext.runAsUser``.

    :param path: of a violation, without leading dot.
    :param pod: the pod's specification.
    :param base: path of the specification inside the manifest.
    :returns: the path itself, below the template, where nothing better is known.
    """
    if path.startswith("securityContext."):
        # Pod Security Admission names the containers in its reason; most fields belong to each of them.
        return f"{base}.containers[*].{path}"
    seccomp = _SECCOMP.search(path)
    if seccomp:
        return _seccomp(seccomp["name"] if seccomp["one"] else "", pod, base)
    last = path.rsplit(".", 1)[-1]
    if last in _OF_THE_POD:
        return f"{base}.{last}"
    # The port of one container is refused in the name of another: the last element is the place.
    elements = list(_ELEMENT.finditer(path))
    if not elements:
        return f"{base}.{path.removeprefix('pod.').removeprefix('spec.')}"
    element = elements[-1]
    field = path[element.end() :].strip(".").removeprefix("securityContext.")
    if element["list"] == "volumes" or last == "hostPort" or not field:
        named = _named(element["list"], int(element["index"]), pod, base)
        return f"{named}.ports[*].hostPort" if last == "hostPort" else f"{named}.{field}".rstrip(".")
    return _inherited(element["list"], int(element["index"]), field, pod, base)


def _named(kind: str, index: int, pod: Mapping[str, Any], base: str) -> str:
    name = _item(kind, index, pod).get("name")
    return f"{base}.{kind}[{index}]" + (f" ({name})" if name else "")


def _item(kind: str, index: int, pod: Mapping[str, Any]) -> Mapping[str, Any]:
    items: Sequence[Mapping[str, Any]] = pod.get(kind) or ()
    return items[index] if index < len(items) else {}


def _inherited(kind: str, index: int, field: str, pod: Mapping[str, Any], base: str) -> str:
    """The container's own field, or the pod's where the container only inherits it."""
    top = field.split(".")[0].split("[")[0]
    own = _item(kind, index, pod).get("securityContext") or {}
    if top not in own and top in (pod.get("securityContext") or {}):
        return f"{base}.securityContext.{field}"
    return f"{_named(kind, index, pod, base)}.securityContext.{field}"


def _seccomp(container: str, pod: Mapping[str, Any], base: str) -> str:
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        for index, item in enumerate(pod.get(kind) or ()):
            if container and item.get("name") == container:
                return _inherited(kind, index, "seccompProfile", pod, base)
    return f"{base}.securityContext.seccompProfile"
