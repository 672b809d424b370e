# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pod templates anywhere in objects of kinds that are not known, such as the worker groups of a RayCluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from .._errors import TritonError
from .._scc.manifests import KINDS, PodSource
from .._scc.shape import check_pod

# Where the pods of any object are looked for, and found, already.
_USUAL = "spec.template"


def nested_sources(item: Mapping[str, Any], namespace: str) -> list[PodSource]:
    """The pods of templates in an object, as whatever controller there is may create them.

    :param namespace: of an object that names none.
    """
    kind, metadata = item.get("kind"), item.get("metadata")
    if not isinstance(kind, str) or kind == "CustomResourceDefinition":
        return []
    known = {_USUAL, *([KINDS[kind].path] if kind in KINDS else [])}
    given = metadata if isinstance(metadata, Mapping) else {}
    name, place = given.get("name") or given.get("generateName") or "", given.get("namespace") or namespace
    found = []
    for path, template in _templates(item, ""):
        if path in known or not _is_pod(template):
            continue
        annotations = _texts((template.get("metadata") or {}).get("annotations"))
        pod = {
            "metadata": {"generateName": f"{name}-", "namespace": str(place), "annotations": annotations},
            "spec": deepcopy(template["spec"]),
        }
        found.append(PodSource(kind, str(name), str(place), path, pod, guess=True))
    return found


def _templates(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Path and value of all that looks like a pod template; there are none inside of one."""
    if isinstance(value, Mapping):
        spec = value.get("spec")
        containers = spec.get("containers") if isinstance(spec, Mapping) else None
        if path and isinstance(containers, list) and any(isinstance(one, Mapping) for one in containers):
            yield path, value
            return
        for key, below in value.items():
            # A path could not say which key one with dots is.
            if isinstance(key, str) and not set(key) & set(".[]"):
                yield from _templates(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _templates(below, f"{path}[{index}]")


def _is_pod(template: Mapping[str, Any]) -> bool:
    try:
        check_pod(template, "")
    except TritonError:
        return False
    return True


def _texts(annotations: Any) -> dict[str, str]:
    return {key: text or "" for key, text in annotations.items()} if isinstance(annotations, Mapping) else {}
