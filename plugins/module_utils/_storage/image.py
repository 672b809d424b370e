# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models in a container image: mounted where the nodes can, else copied from it by an init container."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .base import Plan, Target
from .quantity import size_in_bytes

REFERENCE = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9._:/\[\]]*(@sha256:[0-9a-f]{64})?")
MODES = ("auto", "volume", "copy")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")
COPY = "/repository"
# The exit code of init containers whose reason does not go away by itself; `deploy` then stops waiting.
NOT_AGAIN = 78
# Enough for cp; namespaces with a quota admit no container without them.
RESOURCES: Mapping[str, Any] = {
    "requests": {"cpu": "100m", "memory": "64Mi"},
    "limits": {"cpu": "1", "memory": "256Mi"},
}


# The first release whose API server takes image volumes without being told to, by family (OpenShift 4.20 is Kubernetes 1.33).
_SERVED = {"openshift": (1, 33), "kubernetes": (1, 35)}
# Its operator sets up CRI-O on every node; hosted control planes and MicroShift do not serve it.
CRI_O_GROUP = "machineconfiguration.openshift.io"
_RUNTIME = re.compile(r"(containerd|cri-o)://v?([0-9]+)\.([0-9]+)")
_FIRST_RUNTIMES = {"containerd": (2, 1), "cri-o": (1, 31)}


def mountable(family: str, version: str, groups: Collection[str], runtimes: Sequence[str]) -> bool | None:
    """Whether pods can mount images, None where that cannot be told.

    :param family: openshift or kubernetes.
    :param version: of the API server, such as v1.35.4+k3s1.
    :param groups: API groups served.
    :param runtimes: of the nodes, such as containerd://2.1.0; empty where they may not be read.
    """
    numbers = re.match(r"v?([0-9]+)\.([0-9]+)", version)
    release = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    if release < _SERVED[family]:
        return False
    if runtimes:
        return all(map(_mounts_images, runtimes))
    # Of no other cluster does the version tell what its nodes run.
    return True if family == "openshift" and CRI_O_GROUP in groups else None


def _mounts_images(runtime: str) -> bool:
    found = _RUNTIME.match(runtime)
    return found is not None and (int(found[2]), int(found[3])) >= _FIRST_RUNTIMES[found[1]]


@dataclass(frozen=True, slots=True)
class Image:
    """``reference`` is the image and ``path`` the repository inside it.

    ``mode``: mount the image (volume), copy from it (copy; the image then needs sh and cp), or whichever the cluster can do (auto).
    ``size`` limits the copy; ``resources`` are the copying container's.
    """

    reference: str
    path: str = "/models"
    mode: str = "auto"
    pull_policy: str = ""
    size: str = ""
    resources: Mapping[str, Any] | None = None

    def plan(self, name: str, target: Target) -> Plan:
        """An image volume wants nodes that mount images, and an SCC that allows them."""
        if not REFERENCE.fullmatch(self.reference):
            raise TritonError(
                f"Repository {name}: {self.reference!r} is no image; write it like registry.example.com/models:1."
            )
        if not self.path.startswith("/") or ".." in self.path.split("/"):
            raise TritonError(
                f"Repository {name}: {self.path!r} is no absolute path inside the image; begin it with a slash and leave out '..'."
            )
        for option, value, choices in (
            ("mode", self.mode, MODES),
            ("pull_policy", self.pull_policy, ("", *PULL_POLICIES)),
        ):
            if value not in choices:
                raise TritonError(
                    f"Repository {name}: {option} is {value!r}; choose from {', '.join(filter(None, choices))}."
                )
        if self.size:
            size_in_bytes(self.size, f"the copy of repository {name}")
        mounted = self.mode == "volume" or (self.mode == "auto" and target.image_volumes() is True)
        return self._mounted(name) if mounted else self._copied(name)

    def _mounted(self, name: str) -> Plan:
        source = {"reference": self.reference, **({"pullPolicy": self.pull_policy} if self.pull_policy else {})}
        entry: dict[str, Any] = {"name": name, "volume": {"image": source}}
        if self.path.strip("/"):
            entry["subPath"] = self.path.strip("/")
        return Plan((), entry, notes=(f"Repository {name} is mounted from its image.",))

    def _script(self) -> str:
        """Copy the repository; that it is not there is said at once, since another try would not help."""
        missing = f"Image {self.reference} has no directory {self.path}; correct path, or the image."
        return (
            f"[ -d {shlex.quote(self.path)} ] || {{ echo {shlex.quote(missing)}; exit {NOT_AGAIN}; }}\n"
            f"cp -R {shlex.quote(self.path.rstrip('/') + '/.')} {COPY}/"
        )

    def _copied(self, name: str) -> Plan:
        container: dict[str, Any] = {
            "name": f"copy-{name}",
            "image": self.reference,
            "command": ["sh", "-c", self._script()],
            "resources": dict(self.resources or RESOURCES),
            "terminationMessagePolicy": "FallbackToLogsOnError",
            # What Pod Security restricted wants of every container; OpenShift would fill it in.
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            },
            "volumeMounts": [{"name": f"models-{name}", "mountPath": COPY}],
        }
        if self.pull_policy:
            container["imagePullPolicy"] = self.pull_policy
        entry = {"name": name, "volume": {"emptyDir": {"sizeLimit": self.size} if self.size else {}}}
        note = f"Repository {name} is copied from its image at each start of a pod."
        return Plan((), entry, init_containers=(container,), notes=(note,))
