# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is done to the objects of a chart, in its order: models, images, pods and API versions, volumes, replicas, lists."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from .._errors import TritonError
from .._explain.explain import Known
from .._release.objects import POLICY, hook_of
from .._storage.base import Target
from .autoscaled import without_replicas
from .images import at_mirrors
from .listed_twice import without_doubles
from .manifest import Serves, adapt
from .models import with_models
from .pods import Wish
from .safety import source_of
from .step import Refusal, Step, Storage
from .templates import containers, name_of, namespace_of, pods, step, without_values
from .volumes import Placed, placed, wish_for

Object = Mapping[str, Any]
# Kind, name and namespace of a workload.
Owner = tuple[str, str, str]
# Sources of volumes that become claims.
_REPLACED = ("nfs", "hostPath")
_WISHED = "the settings say what takes its place"
_COPY = "What lies in the directory of the node is not in the claim until somebody copies it."
_EARLY = re.compile(r"\bpre-(?:install|upgrade)\b")
_MADE = "a volume of the chart becomes a claim, which stays when the release goes"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted of a chart.

    ``pods``: how they are to be admitted, None to leave them as they are;
    ``drop_missing``: kinds that nobody serves are left out; ``volumes``: back ends by the names of volumes, None to list the claims alone;
    ``mirrors``: of registries; ``models``: repositories as values of the bundled chart, {} for the chart's own.
    """

    pods: Wish | None = field(default_factory=Wish)
    drop_missing: bool = False
    volumes: Mapping[str, Any] | None = None
    mirrors: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whole:
    """The objects as they are to be, and what was done; ``cluster_definitions`` are for an administrator to make before."""

    objects: tuple[dict[str, Any], ...]
    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...]
    storage: tuple[Storage, ...]
    cluster_definitions: tuple[Object, ...] = ()


def adapt_whole(objects: Sequence[Object], target: Target, known: Known, serves: Serves, wishes: Wishes) -> Whole:
    """Adapt all objects of a chart; the steps show no values of environment variables.

    :param target: namespace and release.
    :param known: who judges pods.
    :param serves: whether the cluster serves a kind in a version.
    :raises TritonError: models that have nowhere to go, or a pod that is malformed.
    """
    served, first = with_models(objects, wishes.models)
    served, wished, asked = _with_wishes(served, wishes.volumes or {}, target)
    mirrored, second = at_mirrors(served, wishes.mirrors)
    once, third = without_doubles(mirrored)
    found = adapt(once, target.namespace, known, serves, wishes.pods, wishes.drop_missing)
    kept, fourth = without_replicas(found.objects, target.namespace)
    steps = (
        one if one.namespace else replace(one, namespace=target.namespace)
        for one in (*first, *wished, *second, *third, *found.steps, *fourth)
    )
    whole = Whole(tuple(kept), tuple(map(without_values, steps)), found.refusals, (*asked, *found.storage))
    return whole if wishes.volumes is None else _with_volumes(whole, wishes.volumes, target)


def _with_wishes(
    objects: Sequence[Object], wishes: Mapping[str, Any], target: Target
) -> tuple[list[dict[str, Any]], list[Step], list[Storage]]:
    """The objects with claims for the volumes that the user named, also where they would be admitted as they are.

    :raises TritonError: a name that no such volume has.
    """
    result, steps, storage = [deepcopy(dict(item)) for item in objects], list[Step](), list[Storage]()
    there: dict[str, str] = {}
    for item in result if wishes else ():
        workload = name_of(item)[1]
        for pod, base in pods(item):
            listed = pod["spec"].get("volumes")
            for index, volume in enumerate(listed if isinstance(listed, list) else ()):
                if not isinstance(volume, Mapping) or source_of(volume) not in _REPLACED:
                    continue
                name = str(volume.get("name"))
                there[f"{workload}/{name}"] = name
                if wish_for(wishes, workload, name) is None:
                    continue
                claim = f"{workload}-{name}"
                listed[index] = {"name": name, "persistentVolumeClaim": {"claimName": claim}}
                storage.append(Storage(*name_of(item), claim, volume, namespace_of(item, target.namespace)))
                made = step(item, f"{base}spec.volumes[{index}]", volume, listed[index], _WISHED)
                steps.append(replace(made, warning=_COPY if source_of(volume) == "hostPath" else ""))
    unknown = [name for name in wishes if name not in there and name not in there.values()]
    if unknown:
        raise TritonError(
            f"volumes names {unknown[0]}, but no pod of the chart has an nfs or hostPath volume of that name; it has "
            f"{', '.join(sorted(set(there.values()))) or 'none'}."
        )
    return result, steps, storage


def _with_volumes(whole: Whole, wishes: Mapping[str, Any], target: Target) -> Whole:
    """The objects with the volumes that the back ends give, and with their claims."""
    objects = [deepcopy(item) for item in whole.objects]
    steps, refusals = list(whole.steps), list(whole.refusals)
    made: dict[tuple[str, str], dict[str, Any]] = {}
    owners: dict[tuple[str, str], Owner] = {}
    cluster: list[Object] = []
    for storage in whole.storage:
        namespace = storage.namespace or target.namespace
        owner = (storage.kind, storage.name, namespace)
        try:
            found = placed(storage, wishes, replace(target, namespace=namespace))
        except TritonError as error:
            refusals.append(Refusal(storage.kind, storage.name, (error.message,), namespace=namespace))
            continue
        problem = _clash(found, owner, owners)
        hooks = [hook_of(item) for item in objects if (*name_of(item), namespace_of(item, target.namespace)) == owner]
        if found.definitions and any(_EARLY.search(hook) for hook in hooks):
            claim = found.definitions[0]["metadata"]["name"]
            problem = (
                f"Hook {hooks[0]} runs before claim {claim} would be made; make it beforehand, and name it as volumes: "
                f"{{{found.volume['name']}: {{claim: {{existing: {claim}}}}}}}"
            )
        if problem:
            refusals.append(Refusal(storage.kind, storage.name, (problem,), namespace=namespace))
            continue
        for item in objects:
            if (*name_of(item), namespace_of(item, target.namespace)) == owner:
                steps += _exchange(item, found, storage.claim)
        steps = [
            replace(one, after=found.volume)
            if (one.kind, one.name, one.namespace) == owner and one.before == storage.source
            else one
            for one in steps
        ]
        made |= {(namespace, definition["metadata"]["name"]): _kept(definition) for definition in found.definitions}
        cluster += [one for one in found.cluster_definitions if one not in cluster]
    steps += [step(claim, "", None, claim, _MADE) for claim in made.values()]
    return Whole((*objects, *made.values()), tuple(steps), tuple(refusals), whole.storage, tuple(cluster))


def _clash(found: Placed, owner: Owner, owners: dict[tuple[str, str], Owner]) -> str:
    """Why the claims of a volume cannot be made, "" where they can: those of another one would be the same."""
    for definition in found.definitions:
        claim = definition["metadata"]["name"]
        other = owners.setdefault((owner[2], claim), owner)
        if other != owner:
            return (
                f"claim {claim} would be made for {other[0]} {other[1]} as well; make one beforehand, and name it as volumes: "
                f"{{{owner[1]}/{found.volume['name']}: {{claim: {{existing: NAME}}}}}}"
            )
    return ""


def _kept(item: Object) -> dict[str, Any]:
    """The object, which helm leaves when the release goes."""
    metadata = item.get("metadata") or {}
    return {**item, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), POLICY: "keep"}}}


def _is_claim(volume: Any, name: str, claim: str) -> bool:
    """Whether it is the volume that was replaced; pods of one object may have others of the same name."""
    source = volume.get("persistentVolumeClaim") if isinstance(volume, Mapping) and volume.get("name") == name else None
    return isinstance(source, Mapping) and source.get("claimName") == claim


def _exchange(item: dict[str, Any], place: Placed, claim: str) -> list[Step]:
    """Put the volume into its pod, and the directory inside it into the mounts; returns the changes of these."""
    name, steps = place.volume["name"], list[Step]()
    found = list(pods(item))
    for pod, _base in found:
        volumes = pod["spec"].get("volumes") or []
        volumes[:] = [dict(place.volume) if _is_claim(one, name, claim) else one for one in volumes]
    for container, path in [one for pod in found for one in containers(*pod)] if place.sub_path else ():
        for index, mount in enumerate(container.get("volumeMounts") or ()):
            if mount.get("name") == name:
                before = mount.get("subPath")
                mount["subPath"] = posixpath.join(place.sub_path, before or "").rstrip("/")
                where = f"{path}.volumeMounts[{index}].subPath"
                steps.append(step(item, where, before, mount["subPath"], "the volume has it there"))
    return steps
