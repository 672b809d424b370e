# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pods of a Deployment as single servers: what Triton keeps per process has to be asked of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._release import rollout
from .._triton import control
from .._triton.client import Server
from . import workload
from .client import Client
from .triton import PodProxy


@dataclass(frozen=True, slots=True)
class Replica:
    """One server: ``name`` is its pod's; ``mode`` the control mode of its command line, "" where that is not known."""

    name: str
    server: Server
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Replicas:
    """The pods that run, and why there are not all of them, "" when there are."""

    servers: Sequence[Replica]
    missing: str


def read(client: Client, namespace: str, deployment: str, port: str, timeout: float) -> Replicas:
    """The running pods of a Deployment's newest template.

    :param port: name or number of the HTTP port.
    :param timeout: seconds for one answer of a server.
    :raises TritonError: there is no such Deployment, or it wants no pods.
    """
    live = workload.read(client, namespace, "Deployment", deployment)
    if live is None:
        raise TritonError(
            f"There is no Deployment {deployment} in namespace {namespace}; deploy it first, or correct the name (workload, where Deployment "
            "and Service have different names)."
        )
    if (live.live.get("spec") or {}).get("replicas", 1) == 0:
        raise TritonError(f"Deployment {deployment} in namespace {namespace} wants 0 replicas; give it some first.")
    pods = [pod for pod in live.pods if "deletionTimestamp" not in pod["metadata"]]
    running = sorted((pod for pod in pods if rollout.running(pod)), key=lambda pod: str(pod["metadata"]["name"]))
    servers = [_replica(client, namespace, pod, port, timeout) for pod in running]
    if not rollout.settled(live.live):
        return Replicas(servers, f"the rollout of Deployment {deployment} is not complete")
    wanted = (live.live.get("spec") or {}).get("replicas", 1)
    if len(running) != wanted:
        hindrances = [text for pod in pods for _reason, text in rollout.hindrances(pod)]
        few = f"{len(running)} of {wanted} pods of Deployment {deployment} run"
        return Replicas(servers, "; ".join([few, *hindrances]))
    return Replicas(servers, "")


def _replica(client: Client, namespace: str, pod: Mapping[str, Any], port: str, timeout: float) -> Replica:
    name = pod["metadata"]["name"]
    server = Server(PodProxy(client, namespace, name, rollout.container_port(pod, port)), timeout)
    words = [
        word
        for container in pod["spec"]["containers"]
        for word in (*(container.get("command") or ()), *(container.get("args") or ()))
    ]
    return Replica(name, server, control.mode(words))
