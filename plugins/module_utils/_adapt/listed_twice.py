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
from .templates import containers, step, template

_SECRETS = "imagePullSecrets"


def without_doubles(objects: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[Step]]:
    """The objects with each environment variable, each port and each pull secret once."""
    result, steps = [], []
    for given in objects:
        found = template(given)
        if found is None or not (_same(found[0]["spec"].get(_SECRETS)) or any(map(_doubles, _all(found)))):
            result.append(dict(given))
            continue
        item = deepcopy(dict(given))
        pod = template(item)
        if pod is None:
            raise AssertionError("the copy has the template as well")
        secrets = pod[0]["spec"].get(_SECRETS)
        for index in reversed(_same(secrets)):
            path = f"{pod[1]}spec.{_SECRETS}[{index}]"
            steps.append(step(item, path, secrets.pop(index), None, "it is there twice"))
        for container, path in containers(*pod):
            for field, index in sorted(_doubles(container), reverse=True):
                gone = container[field].pop(index)
                what = f"{gone['name']} is there twice" if field == "env" else "the port is there twice"
                steps.append(step(item, f"{path}.{field}[{index}]", gone, None, f"{what}, and the last one counts"))
        result.append(item)
    return result, steps


def _all(found: tuple[Mapping[str, Any], str]) -> list[Mapping[str, Any]]:
    return [container for container, _path in containers(*found)]


def _doubles(container: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [("env", index) for index in _variables(container)] + [
        ("ports", index) for index in _same(_with_protocols(container.get("ports")))
    ]


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
        between = [one for one in listed[index + 1 : last + 1] if isinstance(one, Mapping)]
        if not any(f"$({name})" in str(one.get("value") or "") for one in between):
            found.append(index)
    return found


def _with_protocols(ports: Any) -> Any:
    """The ports as the API server completes them."""
    listed = ports if isinstance(ports, list) else []
    return [{**one, "protocol": one.get("protocol") or "TCP"} if isinstance(one, Mapping) else one for one in listed]


def _same(listed: Any) -> list[int]:
    """Entries that are there again in every respect."""
    found = listed if isinstance(listed, list) else []
    return [index for index, one in enumerate(found) if one in found[index + 1 :]]
