# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seccomp profiles. OpenShift judges them in the form of annotations, which Kubernetes itself has given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model import ANY
from ..problem import go_list

POD_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod"
CONTAINER_ANNOTATION = "container.seccomp.security.alpha.kubernetes.io/"
UNCONFINED = "unconfined"
LOCALHOST = "localhost/"
# Two names of one profile.
RUNTIME_DEFAULT = ("runtime/default", "docker/default")


def annotation_of(profile: Mapping[str, Any]) -> str:
    """A seccompProfile as annotation text, "" where there is none for it."""
    kind = profile.get("type")
    if kind == "Unconfined":
        return UNCONFINED
    if kind == "RuntimeDefault":
        return RUNTIME_DEFAULT[0]
    if kind == "Localhost" and profile.get("localhostProfile") is not None:
        return LOCALHOST + str(profile["localhostProfile"])
    return ""


def profile_of(annotation: str) -> dict[str, str] | None:
    """Annotation text as a seccompProfile, None for text that names none."""
    if annotation == UNCONFINED:
        return {"type": "Unconfined"}
    if annotation in RUNTIME_DEFAULT:
        return {"type": "RuntimeDefault"}
    if annotation.startswith(LOCALHOST) and annotation != LOCALHOST:
        return {"type": "Localhost", "localhostProfile": annotation.removeprefix(LOCALHOST)}
    return None


def same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two seccompProfiles, of which one names its type, say the same; null is as good as absent."""
    if one is None or other is None:
        return one is other
    return all(one.get(name) == other.get(name) for name in ("type", "localhostProfile"))


class Seccomp:
    """The profiles of an SCC; with the wildcard all are allowed, with an empty list none may be named."""

    def __init__(self, profiles: Sequence[str]) -> None:
        self._any = ANY in profiles
        self._allowed = [profile for profile in profiles if profile != ANY]
        self.default = self._allowed[0] if self._allowed else ""
        also = RUNTIME_DEFAULT if set(self._allowed) & set(RUNTIME_DEFAULT) else ()
        self._accepted = frozenset((*self._allowed, *also))

    def refusal(self, profile: str) -> str:
        """OpenShift's words about a profile in the form of an annotation, "" where it is allowed."""
        if self._any or profile in self._accepted:
            return ""
        if self._allowed:
            return f"{profile} is not an allowed seccomp profile. Valid values are {go_list(self._allowed)}"
        return "seccomp may not be set" if profile else ""
