# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the path in a refusal to the place in the pod template where the user wrote the value.

A refusal names ``containers[0].runAsUser`` even when the number stands in the pod's security context, since a container
inherits it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ELEMENT = re.compile(r"(?P<list>containers|initContainers|ephemeralContainers|volumes)\[(?P<index>\d+)\]")


def locate(path: str, pod: Mapping[str, Any]) -> str:
    """The place in the template, such as ``spec.template.spec.securityContext.runAsUser``.

    :param path: of a violation, without leading dot.
    :param pod: the pod's specification.
    :returns: the path itself, below the template, where nothing better is known.
    """
    base = "spec.template.spec"
    if path.startswith("securityContext."):
        # Pod Security Admission names the containers in its reason; most fields belong to each of them.
        return f"{base}.containers[*].{path}"
    element = _ELEMENT.search(path)
    if not element:
        return f"{base}.{path.removeprefix('pod.').removeprefix('spec.')}"
    items = pod.get(element["list"]) or ()
    index = int(element["index"])
    item = items[index] if index < len(items) else {}
    named = f"{base}.{element['list']}[{index}]"
    if item.get("name"):
        named += f" ({item['name']})"
    field = path[element.end() :].strip(".").removeprefix("securityContext.")
    if not field:
        return named
    top = field.split(".")[0].split("[")[0]
    if top not in (item.get("securityContext") or {}) and top in (pod.get("securityContext") or {}):
        return f"{base}.securityContext.{field}"
    return f"{named}.securityContext.{field}"
