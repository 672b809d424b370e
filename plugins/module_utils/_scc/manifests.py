# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From manifests to the pods that their controllers will create."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from .._errors import TritonError
from .requesters import (
    DAEMON_SETS,
    DEPLOYMENT_CONFIGS,
    JOBS,
    REPLICA_SETS,
    REPLICATION_CONTROLLERS,
    STATEFUL_SETS,
)
from .shape import check_pod
from .shown import shown, word
from .tree import plain_copy
from .yamltext import documents

_TEMPLATE = "spec.template"
# What a pod has from the metadata of its template.
_INHERITED = ("labels", "annotations", "finalizers")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind creates pods: its API group, where its pod template stands, and who asks for the pods."""

    group: str
    path: str
    requester: str = ""


# Pods of a DeploymentConfig come from a ReplicationController, those of a CronJob from a Job.
KINDS: Mapping[str, _Kind] = {
    "Pod": _Kind("", ""),
    "PodTemplate": _Kind("", "template"),
    "ReplicationController": _Kind("", _TEMPLATE, REPLICATION_CONTROLLERS),
    "Deployment": _Kind("apps", _TEMPLATE, REPLICA_SETS),
    "ReplicaSet": _Kind("apps", _TEMPLATE, REPLICA_SETS),
    "StatefulSet": _Kind("apps", _TEMPLATE, STATEFUL_SETS),
    "DaemonSet": _Kind("apps", _TEMPLATE, DAEMON_SETS),
    "Job": _Kind("batch", _TEMPLATE, JOBS),
    "CronJob": _Kind("batch", "spec.jobTemplate.spec.template", JOBS),
    "DeploymentConfig": _Kind("apps.openshift.io", _TEMPLATE, DEPLOYMENT_CONFIGS),
}
REQUESTERS: Mapping[str, str] = {name: kind.requester for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class PodSource:
    """A pod as its controller will create it, and where it comes from.

    ``path``: of the pod template in the object, "" for a pod itself; ``pod``: metadata and spec; ``requester``: the controller
    that asks for the pod, "" where that is the user or nobody knows; ``guess``: a kind that is not known, in which a pod template
    was found; ``automount``: whether the service account wants its token mounted, None where that is not known.
    """

    kind: str
    name: str
    namespace: str
    path: str
    pod: Mapping[str, Any]
    requester: str = ""
    guess: bool = False
    automount: bool | None = None

    def with_account(self, account: str) -> PodSource:
        """The same with a service account, if it names none; what that one wants with its token is not known."""
        if _account(self.pod):
            return self
        spec = {**(self.pod.get("spec") or {}), "serviceAccountName": account}
        return replace(self, pod={**self.pod, "spec": spec}, automount=None)


def _account(pod: Mapping[str, Any]) -> str:
    """The service account that a pod names, "" for none; ``serviceAccount`` is the old name of the field."""
    spec = pod.get("spec") or {}
    return spec.get("serviceAccountName") or spec.get("serviceAccount") or ""


def objects_of(given: Any, where: str) -> list[Mapping[str, Any]]:
    """Objects out of text with YAML documents or JSON, one object, or a list of such; lists of the API are taken apart.

    :param where: what it is called in messages.
    :raises TritonError: it cannot be read, or holds something that is no object.
    """
    if isinstance(given, str | bytes):
        return [
            item for number, value in enumerate(documents(given, where), 1) for item in _objects(value, where, number)
        ]
    return list(_objects(plain_copy(given, where), where, 1, texts=True))


def _objects(value: Any, where: str, number: int, *, texts: bool = False) -> Iterator[Mapping[str, Any]]:
    """The objects of a document; ``texts``: a text in it is read, which is not done to what came out of a text."""
    if isinstance(value, list):
        for item in value:
            if item is not None:
                yield from _objects(item, where, number, texts=texts)
        return
    if texts and isinstance(value, str | bytes) and _looks_like_manifests(value):
        yield from objects_of(value, where)
        return
    if not isinstance(value, Mapping):
        raise TritonError(
            f"Document {number} of {where} is {shown(value)}, no object; manifests are objects with apiVersion and kind."
        )
    kind, items = value.get("kind"), value.get("items")
    if isinstance(kind, str) and kind.endswith("List") and isinstance(items, list):
        # Items of a typed list, such as a PodList, need not say what they are.
        inherited = {"apiVersion": value.get("apiVersion"), "kind": kind.removesuffix("List")} if kind != "List" else {}
        for item in items:
            if item is not None:
                yield from _objects({**inherited, **item} if isinstance(item, Mapping) else item, where, number)
        return
    yield value


def _looks_like_manifests(text: str | bytes) -> bool:
    """A text inside a list of definitions, as a loop over files makes it."""
    return (b"\n" in text or b"{" in text) if isinstance(text, bytes) else ("\n" in text or "{" in text)


def pod_sources(objects: Sequence[Mapping[str, Any]], namespace: str) -> list[PodSource]:
    """The pods of all objects that have any.

    :param namespace: of objects that name none.
    :raises TritonError: a pod whose fields have types that the API does not allow.
    """
    accounts = dict(_automounts(objects, namespace))
    found = []
    for item in objects:
        source = _source(item, namespace)
        if source is not None:
            automount = accounts.get((source.namespace, _account(source.pod) or "default"))
            found.append(replace(source, automount=automount if isinstance(automount, bool) else None))
    return found


def _automounts(objects: Sequence[Mapping[str, Any]], default: str) -> Iterator[tuple[tuple[str, str], Any]]:
    """By namespace and name, whether a service account wants its token mounted."""
    for item in objects:
        metadata = item.get("metadata")
        if item.get("kind") == "ServiceAccount" and isinstance(metadata, Mapping):
            # A name that is no text is nobody's, but may stand here.
            yield (
                (str(metadata.get("namespace") or default), str(metadata.get("name"))),
                item.get("automountServiceAccountToken"),
            )


def no_pods(objects: Sequence[Mapping[str, Any]]) -> TritonError:
    """The sentence for manifests without any pod."""
    kinds = sorted({str(item.get("kind") or "objects without a kind") for item in objects})
    seen = f"only {', '.join(kinds[:10])}" if kinds else "nothing at all"
    return TritonError(f"There is no pod in these manifests, {seen}; give a Pod, or a workload such as a Deployment.")


def _source(item: Mapping[str, Any], default: str) -> PodSource | None:
    kind, group = item.get("kind"), str(item.get("apiVersion") or "").rpartition("/")[0]
    known = KINDS.get(kind) if isinstance(kind, str) else None
    if known is not None and known.group != group and not _is_bare(item, known):
        known = None
    path = known.path if known else _TEMPLATE
    template = _at(item, path)
    if known is None and not _is_template(template):
        return None
    kind = str(kind or "object")
    metadata = item.get("metadata")
    if not isinstance(metadata, Mapping):
        metadata = {}
    name, namespace = metadata.get("name") or metadata.get("generateName") or "", metadata.get("namespace") or default
    if not isinstance(name, str) or not isinstance(namespace, str):
        raise TritonError(
            f"{word(kind)}: metadata has name {shown(name)} and namespace {shown(namespace)}; both are texts."
        )
    place = f"{word(kind)} {word(name)}".strip()
    if not isinstance(template, Mapping) or not isinstance(template.get("spec"), Mapping):
        raise TritonError(f"{place} has no pod in {path or 'spec'}; a pod is an object with spec.")
    check_pod(template, place if not path else f"{place}: {path}")
    pod = deepcopy(dict(template)) if path == "" else _created(kind, name, item, template, place)
    pod["metadata"] = {**_with_texts(pod.get("metadata") or {}), "namespace": namespace}
    requester = known.requester if known else ""
    return PodSource(kind, name, namespace, path, pod, requester, guess=known is None or kind == "PodTemplate")


def _with_texts(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Templates leave many labels and annotations without a value, which is empty text to Kubernetes."""
    filled = {
        name: {key: text or "" for key, text in metadata[name].items()}
        for name in ("labels", "annotations")
        if metadata.get(name)
    }
    return {**metadata, **filled}


def _is_bare(item: Mapping[str, Any], known: _Kind) -> bool:
    """Manifests in playbooks sometimes leave the API version out, and very old ones have another group."""
    version = item.get("apiVersion")
    return not version or (known.group == "apps" and str(version).startswith("extensions/"))


def _at(item: Mapping[str, Any], path: str) -> Any:
    found: Any = item
    for name in path.split(".") if path else ():
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _is_template(template: Any) -> bool:
    """Whether an object of an unknown kind has a pod template."""
    spec = template.get("spec") if isinstance(template, Mapping) else None
    return isinstance(spec, Mapping) and isinstance(spec.get("containers"), list)


def _created(kind: str, name: str, item: Mapping[str, Any], template: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The pod that the controller makes of a template; the random ends of names are known to nobody."""
    spec = deepcopy(template["spec"])
    metadata = {key: value for key, value in (template.get("metadata") or {}).items() if key in _INHERITED}
    if kind == "StatefulSet":
        # Its first pod: the number is known, and its claims become volumes.
        full_name = f"{name}-{_first_ordinal(item, place)}"
        spec["volumes"] = _with_claims(full_name, item, spec.get("volumes") or [])
        return {"metadata": {**metadata, "name": full_name}, "spec": spec}
    return {"metadata": {**metadata, "generateName": f"{name}-"}, "spec": spec}


def _first_ordinal(item: Mapping[str, Any], place: str) -> int:
    start = _at(item, "spec.ordinals.start")
    if start is None:
        return 0
    if not isinstance(start, int) or isinstance(start, bool) or not 0 <= start < 2**31:
        raise TritonError(f"{place}: spec.ordinals.start is {shown(start)}; it must be a whole number from 0 on.")
    return start


def _with_claims(full_name: str, item: Mapping[str, Any], volumes: list[Any]) -> list[Any]:
    """The volumes of a StatefulSet's pod: its claim templates win over volumes of the same name."""
    templates = _at(item, "spec.volumeClaimTemplates")
    found = [_at(one, "metadata.name") for one in templates] if isinstance(templates, list) else []
    names = dict.fromkeys(name for name in found if isinstance(name, str))
    claims = [{"name": name, "persistentVolumeClaim": {"claimName": f"{name}-{full_name}"}} for name in names]
    return [*claims, *(volume for volume in volumes if volume.get("name") not in names)]
