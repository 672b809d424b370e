# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered manifests as objects: in helm's order, hooks apart, marked as helm marks what it owns."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._scc.manifests import objects_of

HOOK = "helm.sh/hook"
POLICY = "helm.sh/resource-policy"
MANAGED_BY = "app.kubernetes.io/managed-by"
RELEASE_NAME, RELEASE_NAMESPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"

Object = Mapping[str, Any]
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The objects of a release, and its hooks."""

    objects: tuple[Object, ...]
    hooks: tuple[Object, ...]

    def by_key(self, namespace: str) -> dict[Key, Object]:
        """The objects by group, kind, namespace and name; an object may change its API version."""
        return {key_of(item, namespace): item for item in self.objects}


def key_of(item: Object, namespace: str) -> Key:
    """Group, kind, namespace and name.

    :param namespace: of objects that name none.
    """
    metadata = item.get("metadata") or {}
    group = str(item.get("apiVersion") or "").rpartition("/")[0]
    return group, str(item.get("kind")), str(metadata.get("namespace") or namespace), str(metadata.get("name"))


def parse(texts: Iterable[str], where: str) -> Manifest:
    """The objects of manifests as helm prints and stores them.

    :raises TritonError: they cannot be read.
    """
    items = [item for text in texts for item in objects_of(text, where)]
    return Manifest(tuple(item for item in items if not hook_of(item)), tuple(item for item in items if hook_of(item)))


def hook_of(item: Object) -> str:
    """When helm runs the object as a hook, "" where it is none."""
    return str(((item.get("metadata") or {}).get("annotations") or {}).get(HOOK) or "")


def is_kept(item: Object) -> bool:
    """Whether helm leaves the object when the release no longer has it."""
    policy = ((item.get("metadata") or {}).get("annotations") or {}).get(POLICY)
    return str(policy or "").strip().lower() == "keep"


def owned(item: Object, name: str, namespace: str, namespaced: bool) -> dict[str, Any]:
    """The object as helm applies it: without nulls, in its namespace, with the marks of its release; Secrets in base64."""
    metadata = item.get("metadata") or {}
    result: dict[str, Any] = without_nulls(item)
    result["metadata"] = {
        **without_nulls(metadata),
        **({"namespace": metadata.get("namespace") or namespace} if namespaced else {}),
        "labels": {**(without_nulls(metadata.get("labels") or {})), MANAGED_BY: "Helm"},
        "annotations": {
            **(without_nulls(metadata.get("annotations") or {})),
            RELEASE_NAME: name,
            RELEASE_NAMESPACE: namespace,
        },
    }
    if result.get("kind") == "Secret" and isinstance(result.get("stringData"), Mapping):
        clear = {key: base64.b64encode(str(text).encode()).decode() for key, text in result.pop("stringData").items()}
        result["data"] = {**(result.get("data") or {}), **clear}
    return result


def owner(live: Object) -> tuple[str, str] | None:
    """Name and namespace of the release that an object belongs to, None where helm does not manage it."""
    metadata = live.get("metadata") or {}
    if (metadata.get("labels") or {}).get(MANAGED_BY) != "Helm":
        return None
    annotations = metadata.get("annotations") or {}
    return str(annotations.get(RELEASE_NAME) or ""), str(annotations.get(RELEASE_NAMESPACE) or "")


def without_nulls(value: Any) -> Any:
    """A copy without fields that are null, which the API takes for fields that are not there."""
    if isinstance(value, Mapping):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
