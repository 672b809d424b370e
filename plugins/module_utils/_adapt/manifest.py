# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapt all objects of a chart: API versions, kinds that are missing, and the pods of its workloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from .._explain.explain import Known
from .._scc.manifests import PodSource, pod_sources
from .._scc.tree import plain_copy
from . import apis
from .nested import nested_sources
from .pods import Wish, adapt_pod
from .settle import at
from .step import Refusal, Step, Storage
from .templates import name_of, namespace_of

Object = Mapping[str, Any]
Serves = Callable[[str, str], bool]
# A name that is longer is not shown.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Adapted:
    """The objects as they are to be, in their order; what was changed, what could not be, and claims that have to be made."""

    objects: tuple[dict[str, Any], ...]
    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...]
    storage: tuple[Storage, ...]


def adapt(
    objects: Sequence[Object],
    namespace: str,
    known: Known,
    serves: Serves,
    wish: Wish | None,
    drop_missing: bool = False,
) -> Adapted:
    """Adapt manifests; what is right already is changed in nothing.

    :param namespace: of objects that name none.
    :param known: who judges.
    :param serves: whether the cluster serves a kind in a version.
    :param wish: how pods are to be admitted, None to leave them as they are.
    :param drop_missing: whether kinds that nobody serves are left out; else they are refused.
    :raises TritonError: a pod that is malformed.
    """
    brought = set(_brought(objects))
    claims: dict[str, dict[str, Object | None]] = {}
    for place, name in _claims(objects, namespace):
        claims.setdefault(place, {})[name] = None
    accounts = [item for item in objects if item.get("kind") == "ServiceAccount"]

    def served(version: str, kind: str) -> bool:
        return (version.rpartition("/")[0], kind) in brought or serves(version, kind)

    result: list[dict[str, Any]] = []
    steps: list[Step] = []
    refusals: list[Refusal] = []
    storage: list[Storage] = []
    for given in objects:
        item, new, refusal = _versioned(given, served, drop_missing)
        steps += [replace(step, namespace=namespace_of(given, namespace)) for step in new]
        if refusal:
            refusals.append(replace(refusal, namespace=namespace_of(given, namespace)))
        if item is None:
            continue
        if problem := _no_text(item):
            kind, name = name_of(item)
            refusals.append(Refusal(kind, name or "(no name)", (problem,), namespace=namespace_of(item, namespace)))
            result.append(item)
            continue
        if wish is None:
            result.append(item)
            continue
        sources = pod_sources([item] if item.get("kind") == "ServiceAccount" else [item, *accounts], namespace)
        for source in (*sources, *nested_sources(item, namespace)):
            taken = claims.setdefault(source.namespace, {})
            outcome = adapt_pod(source, known.facts(source.namespace), wish, taken)
            if outcome.refusal:
                refusals.append(outcome.refusal)
                continue
            steps += [_placed(step, item, source) for step in outcome.steps]
            storage += outcome.storage
            taken |= {one.claim: one.source for one in outcome.storage}
            if outcome.steps:
                item = _with_pod(item, source, outcome.pod)
        result.append(item)
    return Adapted(tuple(result), tuple(steps), tuple(refusals), tuple(storage))


def _brought(objects: Sequence[Object]) -> Iterator[tuple[str, str]]:
    """Group and kind of the definitions among the objects."""
    for item in objects:
        spec = item.get("spec")
        if item.get("kind") == "CustomResourceDefinition" and isinstance(spec, Mapping):
            names = spec.get("names")
            yield str(spec.get("group")), str(names.get("kind") if isinstance(names, Mapping) else "")


def _no_text(item: Object) -> str:
    """Which of an object's names is no text, "" where each is one: YAML reads n, off and 1.10 as something else."""
    metadata = item.get("metadata")
    for field in ("name", "generateName", "namespace"):
        value = metadata.get(field) if isinstance(metadata, Mapping) else None
        if value is not None and not isinstance(value, str):
            text = json.dumps(value, default=str)
            return f"metadata.{field} is {text if len(text) <= _LONGEST else type(value).__name__}, which is no text; quote it in the chart"
    return ""


def _claims(objects: Sequence[Object], namespace: str) -> Iterator[tuple[str, str]]:
    """Namespaces and names of the claims among the objects."""
    for item in objects:
        metadata = item.get("metadata")
        if item.get("kind") == "PersistentVolumeClaim" and isinstance(metadata, Mapping):
            yield namespace_of(item, namespace), str(metadata.get("name"))


def _versioned(
    given: Object, served: Serves, drop_missing: bool
) -> tuple[dict[str, Any] | None, list[Step], Refusal | None]:
    """The object in a version that is served, None where it is left out."""
    # Parts that are shared would be changed in several places at once.
    item = plain_copy(given, "the manifests")
    version, kind = str(item.get("apiVersion") or ""), str(item.get("kind") or "")
    metadata = item.get("metadata")
    given_name = (metadata.get("name") or metadata.get("generateName")) if isinstance(metadata, Mapping) else ""
    name = str(given_name or "")
    if gone := apis.gone(item):
        return None, [Step(kind, name, "", version, None, gone)], None
    found = apis.replacement(item, served)
    if found is not None:
        newer, problem = found
        if problem:
            return item, [], Refusal(kind, name, (f"apiVersion {version} is not served any more, and {problem}",))
        return newer, list(_differences(kind, name, item, newer)), None
    # A manifest without a version is of another kind of mistake.
    if version and not served(version, kind):
        if drop_missing:
            return None, [Step(kind, name, "", version, None, f"the cluster does not serve {kind} of {version}")], None
        reason = f"the cluster does not serve {kind} of {version}; install what brings it, or let it be left out (drop_missing)"
        return item, [], Refusal(kind, name, (reason,))
    return item, [], None


def _differences(kind: str, name: str, old: Object, new: Object) -> Iterator[Step]:
    meant = f"what {old['apiVersion']} meant, as {new['apiVersion']} says it"
    for path, before, after in differences(old, new):
        reason = f"{before} is not served any more" if path.endswith("apiVersion") else meant
        yield Step(kind, name, path, before, after, reason)


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Path, value before and value after of all that differs, None for what is not there."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            # Their keys have dots.
            bracketed = path.endswith(("annotations", "labels"))
            below = f"{path}[{key}]" if bracketed else f"{path}.{key}" if path else str(key)
            if key not in new:
                yield below, old[key], None
            elif key not in old:
                yield below, None, new[key]
            else:
                yield from differences(old[key], new[key], below)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, f"{path}[{index}]")
    elif old != new:
        yield path, old, new


def _claim_templates(item: Object) -> set[str]:
    """Names of the claims that a StatefulSet makes for each of its pods."""
    spec = item.get("spec")
    found = (
        spec.get("volumeClaimTemplates") if isinstance(spec, Mapping) and item.get("kind") == "StatefulSet" else None
    )
    metadata = [one.get("metadata") for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    names = [one.get("name") for one in metadata if isinstance(one, Mapping)]
    return {name for name in names if isinstance(name, str)}


def _placed(step: Step, item: Object, source: PodSource) -> Step:
    """A change of a volume with the place that it has in the object: the pod of a StatefulSet has its claims before it."""
    head, bracket, index = step.path.rpartition("spec.volumes[")
    if not bracket:
        return step
    template = at(item, source.path)
    overruled = _claim_templates(item)
    volumes = enumerate(template["spec"].get("volumes") or ())
    places = [place for place, volume in volumes if volume.get("name") not in overruled]
    return replace(step, path=f"{head}{bracket}{places[int(index.rstrip(']')) - len(overruled)]}]")


def _with_pod(item: dict[str, Any], source: PodSource, pod: Mapping[str, Any]) -> dict[str, Any]:
    """The object with the pod's spec and annotations in its template; what its controller adds to the pod is left out."""
    result = deepcopy(item)
    template = at(result, source.path)
    spec = deepcopy(dict(pod["spec"]))
    volumes = template["spec"].get("volumes")
    if isinstance(volumes, list):
        # One that a claim template overrules is not in the pod.
        overruled = _claim_templates(item)
        own = iter((spec.get("volumes") or [])[len(overruled) :])
        spec["volumes"] = [volume if volume.get("name") in overruled else next(own) for volume in volumes]
    elif "volumes" in template["spec"]:
        spec["volumes"] = volumes
    else:
        spec.pop("volumes", None)
    template["spec"] = spec
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    metadata = template.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("annotations"), dict):
        for key in [key for key in metadata["annotations"] if key not in annotations]:
            del metadata["annotations"][key]
        metadata["annotations"] |= {
            key: text for key, text in annotations.items() if (metadata["annotations"].get(key) or "") != text
        }
    return result
