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
from .yamltext import documents

_TEMPLATE = "spec.template"


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
        """The same with a service account, if it names none."""
        spec = self.pod.get("spec") or {}
        if spec.get("serviceAccountName") or spec.get("serviceAccount"):
            return self
        return replace(self, pod={**self.pod, "spec": {**spec, "serviceAccountName": account}})


def objects_of(given: Any, where: str) -> list[Mapping[str, Any]]:
    """Objects out of text with YAML documents or JSON, one object, or a list of such; lists of the API are taken apart.

    :param where: what it is called in messages.
    :raises TritonError: it cannot be read, or holds something that is no object.
    """
    values = documents(given, where) if isinstance(given, str | bytes) else [given]
    return [item for number, value in enumerate(values, 1) for item in _objects(value, where, number)]


def _objects(value: Any, where: str, number: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list | tuple):
        for item in value:
            if item is not None:
                yield from _objects(item, where, number)
        return
    if isinstance(value, str | bytes) and _looks_like_manifests(value):
        yield from objects_of(value, where)
        return
    if not isinstance(value, Mapping):
        raise TritonError(
            f"Document {number} of {where} is {_shown(value)}, no object; manifests are objects with apiVersion and kind."
        )
    kind, items = value.get("kind"), value.get("items")
    if isinstance(kind, str) and kind.endswith("List") and isinstance(items, list | tuple):
        # Items of a typed list, such as a PodList, need not say what they are.
        inherited = {"apiVersion": value.get("apiVersion"), "kind": kind.removesuffix("List")} if kind != "List" else {}
        for item in items:
            yield from _objects({**inherited, **item} if isinstance(item, Mapping) else item, where, number)
        return
    yield value


def _looks_like_manifests(text: str | bytes) -> bool:
    """A text inside a list of definitions, as a loop over files makes it."""
    return (b"\n" in text or b"{" in text) if isinstance(text, bytes) else ("\n" in text or "{" in text)


def _shown(value: Any) -> str:
    text = "null" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


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
            account = (source.pod.get("spec") or {}).get("serviceAccountName") or "default"
            automount = accounts.get((source.namespace, account))
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
    shown = str(kind or "object")
    metadata = item.get("metadata")
    if not isinstance(metadata, Mapping):
        metadata = {}
    name, namespace = metadata.get("name") or metadata.get("generateName") or "", metadata.get("namespace") or default
    place = f"{shown} {name}".strip()
    if not isinstance(name, str) or not isinstance(namespace, str):
        raise TritonError(
            f"{shown}: metadata has name {_shown(name)} and namespace {_shown(namespace)}; both are texts."
        )
    if not isinstance(template, Mapping) or not isinstance(template.get("spec"), Mapping):
        raise TritonError(f"{place} has no pod in {path or 'spec'}; a pod is an object with spec.")
    check_pod(template, place if not path else f"{place}: {path}")
    pod = deepcopy(dict(template)) if path == "" else _created(shown, name, item, template)
    pod["metadata"] = {**(pod.get("metadata") or {}), "namespace": namespace}
    requester = known.requester if known else ""
    return PodSource(shown, name, namespace, path, pod, requester, guess=known is None or shown == "PodTemplate")


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


def _created(kind: str, name: str, item: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, Any]:
    """The pod that the controller makes of a template; the random ends of names are known to nobody."""
    pod = {key: deepcopy(template[key]) for key in ("metadata", "spec") if template.get(key) is not None}
    metadata = {key: value for key, value in (pod.get("metadata") or {}).items() if key not in ("name", "generateName")}
    if kind == "StatefulSet":
        pod["metadata"] = {**metadata, "name": f"{name}-0"}
        pod["spec"]["volumes"] = _with_claims(name, item, pod["spec"].get("volumes") or [])
    else:
        pod["metadata"] = {**metadata, "generateName": f"{name}-"}
    return pod


def _with_claims(name: str, item: Mapping[str, Any], volumes: list[Any]) -> list[Any]:
    """The volumes of a StatefulSet's pod: its claim templates win over volumes of the same name."""
    templates = _at(item, "spec.volumeClaimTemplates")
    names = [_at(one, "metadata.name") for one in templates] if isinstance(templates, list) else []
    claims = [
        {"name": claim, "persistentVolumeClaim": {"claimName": f"{claim}-{name}-0"}}
        for claim in names
        if isinstance(claim, str)
    ]
    return [*claims, *(volume for volume in volumes if volume.get("name") not in names)]
