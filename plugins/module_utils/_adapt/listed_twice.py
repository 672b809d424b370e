# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of lists that the API server tells apart by a key, and that are there twice: server-side apply, as Helm 4 uses it, refuses them.

Where it does not refuse them, the last one counts. An entry goes only where that changes nothing for the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from .step import Step
from .templates import containers, name_of, template


def without_doubles(objects: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[Step]]:
    """The objects with each environment variable, and each port, once."""
    result, steps = [], []
    for given in objects:
        found = template(given)
        if found is None or not any(_doubles(container) for container, _path in containers(*found)):
            result.append(dict(given))
            continue
        item = deepcopy(dict(given))
        kind, name = name_of(item)
        pod = template(item)
        for container, path in containers(*pod) if pod else ():
            for field, index in sorted(_doubles(container), reverse=True):
                gone = container[field].pop(index)
                what = f"{gone['name']} is there twice" if field == "env" else "the port is there twice"
                steps.append(
                    Step(kind, name, f"{path}.{field}[{index}]", gone, None, f"{what}, and the last one counts")
                )
        result.append(item)
    return result, steps


def _doubles(container: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [("env", index) for index in _variables(container)] + [("ports", index) for index in _ports(container)]


def _variables(container: Mapping[str, Any]) -> list[int]:
    """Variables that a later one of the same name replaces, unless something between refers to them."""
    env = container.get("env")
    listed = env if isinstance(env, list) else []
    names = [one.get("name") if isinstance(one, Mapping) else None for one in listed]
    found = []
    for index, name in enumerate(names):
        if name is None or name not in names[index + 1 :]:
            continue
        last = len(names) - 1 - names[::-1].index(name)
        if not any(f"$({name})" in str(one.get("value") or "") for one in listed[index + 1 : last + 1]):
            found.append(index)
    return found


def _ports(container: Mapping[str, Any]) -> list[int]:
    """Ports that are there twice in every respect."""
    ports = container.get("ports")
    listed = ports if isinstance(ports, list) else []
    return [index for index, port in enumerate(listed) if port in listed[index + 1 :]]
