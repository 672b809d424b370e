# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The security context that a namespace allows, for the pod and for its containers.

Two styles. ``omit`` writes no numbers and leaves them to OpenShift's admission, with the SCC pinned by an annotation: a
range that changes with a restore does no harm. ``explicit`` writes numbers, for charts and containers that need them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import TritonError
from .namespace import NamespaceRange
from .ranges import UINT32

OPENSHIFT = "openshift"
KUBERNETES = "kubernetes"
OMIT = "omit"
EXPLICIT = "explicit"
REQUIRED_SCC = "openshift.io/required-scc"
DEFAULT_SCC = "restricted-v2"
# The user triton-server of NVIDIA's image; any other number works as well.
KUBERNETES_UID = 1000

# Of the SCCs that OpenShift ships: those that allow no seccomp profile to be named, and those with numbers of their own.
_WITHOUT_SECCOMP = frozenset(
    {"anyuid", "hostaccess", "hostmount-anyuid", "hostmount-anyuid-v2", "hostnetwork", "nonroot", "restricted"}
)
_OWN_RANGE = frozenset({"restricted-v3", "nested-container"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asks for.

    ``style`` is auto, omit or explicit; ``scc`` the SCC to pin, "" for none; ``run_as_user`` and ``fs_group`` are IDs from
    1 to 4294967295 or None for the first one allowed; ``supplemental_groups`` are IDs to add (for example of an NFS export).
    """

    style: str = "auto"
    scc: str = DEFAULT_SCC
    run_as_user: int | None = None
    fs_group: int | None = None
    supplemental_groups: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class SecurityContexts:
    """What goes into the pod's specification; ``host_users`` None leaves the field out."""

    platform: str
    style: str
    pod: dict[str, Any]
    container: dict[str, Any]
    annotations: dict[str, str] = field(default_factory=dict)
    host_users: bool | None = None

    def chart_values(self) -> dict[str, Any]:
        """The same as values of the bundled chart."""
        values: dict[str, Any] = {
            "podSecurityContext": self.pod,
            "securityContext": self.container,
            "podAnnotations": self.annotations,
        }
        if self.host_users is not None:
            values["hostUsers"] = self.host_users
        return values


def compute(platform: str, allowed: NamespaceRange | None, wish: Wish) -> SecurityContexts:
    """Decide the security contexts.

    :param platform: openshift or kubernetes.
    :param allowed: the namespace's values on OpenShift, None elsewhere.
    :raises TritonError: a number that the namespace does not allow, or a wish that contradicts itself.
    """
    style = wish.style if wish.style != "auto" else OMIT if platform == OPENSHIFT else EXPLICIT
    _check_numbers(wish, style)
    pod: dict[str, Any] = {"runAsNonRoot": True}
    if platform != OPENSHIFT or wish.scc not in _WITHOUT_SECCOMP:
        pod["seccompProfile"] = {"type": "RuntimeDefault"}
    if style == EXPLICIT:
        pod |= _openshift_numbers(allowed, wish) if platform == OPENSHIFT else _kubernetes_numbers(wish)
    if wish.supplemental_groups:
        pod["supplementalGroups"] = list(wish.supplemental_groups)
    container = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    if platform != OPENSHIFT:
        return SecurityContexts(platform, style, pod, container)
    annotations = {REQUIRED_SCC: wish.scc} if wish.scc else {}
    host_users = False if wish.scc in _OWN_RANGE else None
    return SecurityContexts(platform, style, pod, container, annotations, host_users)


def _check_numbers(wish: Wish, style: str) -> None:
    numbers = {"run_as_user": wish.run_as_user, "fs_group": wish.fs_group}
    for name, number in numbers.items():
        if number is None:
            continue
        if style == OMIT:
            raise TritonError(
                f"{name} is {number}, but style omit writes no numbers into the pod; leave {name} out, or set style: explicit."
            )
        if name == "run_as_user" and number == 0:
            raise TritonError("run_as_user is 0, which is root; give a number from 1 on, or leave it out.")
        _check_id(name, number)
    for number in wish.supplemental_groups:
        _check_id("supplemental_groups", number)


def _check_id(name: str, number: int) -> None:
    if not 0 <= number < UINT32:
        raise TritonError(f"{name} is {number}, which is no ID; IDs go from 0 to {UINT32 - 1}.")


def _openshift_numbers(allowed: NamespaceRange | None, wish: Wish) -> dict[str, Any]:
    if allowed is None:
        raise TritonError("Style explicit needs the namespace's annotations; give them, or its name.")
    if wish.scc in _OWN_RANGE:
        raise TritonError(
            f"Style explicit takes its numbers from the namespace, but SCC {wish.scc} has a range of its own; set style: omit."
        )
    uid = allowed.uids.first if wish.run_as_user is None else wish.run_as_user
    if uid not in allowed.uids:
        raise TritonError(
            f"run_as_user is {uid}, but the namespace allows {allowed.uids}; give a number in that range, or leave it out."
        )
    fs_group = allowed.fs_group if wish.fs_group is None else wish.fs_group
    if fs_group != allowed.fs_group:
        raise TritonError(
            f"fs_group is {fs_group}, but the namespace allows {allowed.fs_group} only (the first ID of its first block); "
            "leave it out."
        )
    return {"runAsUser": uid, "fsGroup": fs_group, "seLinuxOptions": {"level": allowed.mcs}}


def _kubernetes_numbers(wish: Wish) -> dict[str, Any]:
    uid = KUBERNETES_UID if wish.run_as_user is None else wish.run_as_user
    return {"runAsUser": uid, "fsGroup": uid if wish.fs_group is None else wish.fs_group}
