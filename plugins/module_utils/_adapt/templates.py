# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where objects have the template of a pod."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .._scc.manifests import KINDS
from .nested import nested_sources
from .settle import at
from .step import Step

HIDDEN = "(not shown)"
_ENV = re.compile(r"(?:.*\.)?env(?:\[\d+\](?P<value>\.value)?)?", re.DOTALL)
CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


def name_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """Kind and name of an object, "" for what it does not say."""
    metadata = item.get("metadata")
    return str(item.get("kind") or ""), str(metadata.get("name") or "") if isinstance(metadata, Mapping) else ""


def namespace_of(item: Mapping[str, Any], default: str) -> str:
    """The namespace of an object.

    :param default: of one that names none.
    """
    metadata = item.get("metadata")
    return str(metadata.get("namespace") or default) if isinstance(metadata, Mapping) else default


def step(item: Mapping[str, Any], path: str, before: Any, after: Any, reason: str) -> Step:
    """A change of an object."""
    return Step(*name_of(item), path, before, after, reason, namespace=namespace_of(item, ""))


def without_values(given: Step) -> Step:
    """The change without the values of environment variables, which may be passwords, as results and charts show it."""
    found = _ENV.fullmatch(given.path)
    if found and found["value"]:
        before, after = (None if value is None else HIDDEN for value in (given.before, given.after))
        return replace(given, before=before, after=after)
    return replace(given, before=_hidden(given.before, bool(found)), after=_hidden(given.after, bool(found)))


def _hidden(value: Any, of_env: bool) -> Any:
    """A value without those of variables in it; ``of_env``: it is a list of variables, or one of them."""
    if isinstance(value, list):
        return [_hidden(one, of_env) for one in value]
    if not isinstance(value, Mapping):
        return value
    if of_env:
        return {**value, "value": HIDDEN} if "value" in value else value
    return {key: _hidden(below, key == "env") for key, below in value.items()}


def template(item: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    """The pod (metadata and spec) of an object and its path with a dot behind, None for an object without one."""
    kind = KINDS.get(str(item.get("kind") or ""))
    if kind is None:
        return None
    found: Any = item
    for part in kind.path.split(".") if kind.path else ():
        found = found.get(part) if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("spec"), dict):
        return None
    return found, f"{kind.path}." if kind.path else ""


def pods(item: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """All pods of an object with their paths, those of kinds that are not known among them, such as a Rollout or a RayCluster."""
    found = template(item)
    if found is not None:
        yield found
    guessed = [] if found is not None else ["spec.template"]
    for path in (*guessed, *(source.path for source in nested_sources(item, ""))):
        pod = at(item, path)
        spec = pod.get("spec") if isinstance(pod, dict) else None
        if isinstance(spec, dict) and isinstance(spec.get("containers"), list):
            yield pod, f"{path}."


def containers(pod: Mapping[str, Any], base: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Containers of a pod with their paths in its object."""
    for field in CONTAINERS:
        listed = pod["spec"].get(field)
        for index, container in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(container, dict):
                yield container, f"{base}spec.{field}[{index}]"
