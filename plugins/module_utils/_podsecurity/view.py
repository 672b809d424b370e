# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod as the checks read it, and the phrases that they share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

# What a check finds: its reason and the detail; None if it has nothing to say.
Finding: TypeAlias = "tuple[str, str] | None"
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


@dataclass(frozen=True, slots=True)
class Container:
    """One container of any kind; ``security`` is its securityContext, empty if there is none."""

    name: str
    fields: Mapping[str, Any]
    security: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PodView:
    """``security`` is the pod's own securityContext; ``containers``: init, ordinary, ephemeral, in this order.

    ``created``: the pod is one that is created, and no template.
    """

    annotations: Mapping[str, str]
    spec: Mapping[str, Any]
    security: Mapping[str, Any]
    containers: tuple[Container, ...]
    created: bool

    @property
    def windows(self) -> bool:
        """Whether the pod says that it is for Windows."""
        return (self.spec.get("os") or {}).get("name") == "windows"

    @property
    def user_namespace(self) -> bool:
        """Whether the pod has users of its own (``hostUsers: false``)."""
        return self.spec.get("hostUsers") is False

    def names(self, bad: Callable[[Container], Any]) -> list[str]:
        """The names of the containers for which something holds."""
        return [container.name for container in self.containers if bad(container)]

    def apparmor(self, container: Container) -> Mapping[str, Any] | None:
        """The AppArmor profile of a container, None if it has none of its own.

        Where only the deprecated annotation speaks, the API server writes the field of a new pod from it before it asks the
        admission; of the profiles that it can write, the checks refuse none but this one.
        """
        field: Mapping[str, Any] | None = container.security.get("appArmorProfile")
        copied = self.created and field is None and not self.windows
        if copied and self.annotations.get(APPARMOR + container.name) == "unconfined":
            pod = self.security.get("appArmorProfile") or {}
            same = pod.get("type") == "Unconfined" and pod.get("localhostProfile") is None
            return None if same else {"type": "Unconfined"}
        return field


def view(pod: Mapping[str, Any], *, created: bool) -> PodView:
    """Read a pod, or a pod template, whose shape has been checked."""
    spec = pod.get("spec") or {}
    containers = tuple(
        Container(fields.get("name") or "", fields, fields.get("securityContext") or {})
        for kind in ("initContainers", "containers", "ephemeralContainers")
        for fields in spec.get(kind) or ()
    )
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    return PodView(annotations, spec, spec.get("securityContext") or {}, containers, created)


def quoted(items: Iterable[str]) -> str:
    """``"a", "b"``, without any escaping."""
    return ", ".join(f'"{item}"' for item in items)


def plural(word: str, count: Collection[Any]) -> str:
    """The word, with an s unless there is exactly one."""
    return word if len(count) == 1 else word + "s"


def named(names: list[str]) -> str:
    """``container "a"`` or ``containers "a", "b"``."""
    return f"{plural('container', names)} {quoted(names)}"


def setters(pod: bool, names: list[str]) -> list[str]:
    """Who sets something: the pod itself, some of its containers, both or none."""
    return (["pod"] if pod else []) + ([named(names)] if names else [])
