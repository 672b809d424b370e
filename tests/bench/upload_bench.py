# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads beside what a user would do by hand: make a pod with the claim, `kubectl cp`, delete the pod; and unchanged data beside `rclone check`.

Each upload goes into a claim of its own. `floor` is a playbook with one debug task, `peer_bare` `kubectl cp` alone, into a pod that is there.
Costs are those of this machine's processes: the pod's and the API server's are seen in the wall time.
"""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit import events
from common import run, say
from measure import Cost, ToolError, ansible_env, line, lines, orders, timed
from objectstore import Store
from provide import TOOLS, kubectl, venv

HERE = Path(__file__).resolve().parent
CORE = "core219"
IMAGE = {"repository": "inferops.local/tritonserver", "tag": "2.51.0", "pullPolicy": "Never"}
# As the module's own pod has them.
RESOURCES = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "2", "memory": "256Mi"}}


@dataclass
class Uploads:
    """The costs of one set of data."""

    ours: list[Cost] = field(default_factory=list)
    peer: list[Cost] = field(default_factory=list)
    bare: list[Cost] = field(default_factory=list)
    floor: list[Cost] = field(default_factory=list)
    again: list[Cost] = field(default_factory=list)
    check: list[Cost] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """Uploads of a folder, of which the store has a copy below its prefix, into a namespace of the cluster."""

    state: Path
    namespace: str
    data: str
    folder: Path
    store: Store
    # The collections path: installed once, so that the code stays the same during the bench.
    installed: Path

    def measure(self, rounds: int) -> Iterator[dict[str, Any]]:
        """The lines of this data. Raises ToolError."""
        costs = Uploads()
        for number, order in enumerate(orders(rounds)):
            costs.floor.append(self._play("floor.yml", {})[0])
            for side in order:
                claim = f"{side}-{self.data}-{number}"
                self._apply(_claim(claim))
                if side == "ours":
                    self._ours(claim, costs)
                else:
                    self._peer(claim, costs)
                # Gone before the next one begins, so that only what is measured uses the disk.
                self._kubectl("delete", "pvc", claim, "--wait", "--timeout=120s")
            for side in order:
                os.sync()
                if side == "peer":
                    command = self.store.command("check", str(self.folder), f"store:models/{self.data}")
                    costs.check.append(timed(command, self.store.environment)[0])
        yield from lines("upload", self.data, costs.ours, costs.peer, peer_bare=costs.bare, floor=costs.floor)
        walls = [[cost.wall for cost in each] for each in (costs.again, costs.check, costs.floor)]
        yield line("upload_again_wall", self.data, walls[0], walls[1], "s", floor=walls[2])
        total = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        yield line("upload_again_bytes", self.data, costs.sent, [total], "B", connections=costs.connections)

    def _ours(self, claim: str, costs: Uploads) -> None:
        variables = {
            "bench_kubeconfig": str(self.state / "kubeconfig"),
            "bench_namespace": self.namespace,
            "bench_claim": claim,
            "bench_path": str(self.folder),
            "bench_image": IMAGE,
        }
        first, connections, _sent = self._watched(variables)
        if not connections:
            raise ToolError(
                "an upload is not seen in the audit log, so it cannot be the witness of those that send nothing."
            )
        again, connections, sent = self._watched(variables)
        costs.ours.append(first)
        costs.again.append(again)
        costs.connections.append(connections)
        costs.sent.append(sent)
        say(f"upload of {self.data}: ours {first.wall:.1f} s, again {again.wall:.1f} s")

    def _watched(self, variables: Mapping[str, Any]) -> tuple[Cost, int, int]:
        """Cost of an upload, connections to pods that the API server was asked for, and bytes that the module says it sent."""
        log = self.state / "audit.log"
        offset = log.stat().st_size
        cost, said = self._play("upload.yml", variables)
        marker = uuid.uuid4().hex
        self._kubectl("get", "--raw", f"/version?marker={marker}")
        deadline = time.monotonic() + 30
        while not any(marker in event["requestURI"] for event in events(log, offset, "admin")):
            if time.monotonic() > deadline:
                raise ToolError("the audit log does not show a request that was answered.")
        found = [event.get("objectRef", {}) for event in events(log, offset, "admin")]
        connections = sum((one.get("namespace"), one.get("subresource")) == (self.namespace, "exec") for one in found)
        sent = re.search(r"sent (\d+)", said)
        if sent is None:
            raise ToolError(f"the playbook does not tell what it sent:\n{said}")
        return cost, connections, int(sent[1])

    def _peer(self, claim: str, costs: Uploads) -> None:
        pod, steps = _pod(claim), []
        target = f"{self.namespace}/{pod['metadata']['name']}:/volume/models"
        os.sync()
        steps.append(self._timed("apply", "-f", "-", text=json.dumps(pod)))
        steps.append(self._timed("wait", "pod", claim, "--for=condition=Ready", "--timeout=120s"))
        steps.append(self._timed("cp", str(self.folder), target))
        steps.append(self._timed("delete", "pod", claim, "--grace-period=1", "--wait=false"))
        costs.bare.append(steps[2])
        costs.peer.append(sum(steps[1:], start=steps[0]))
        say(f"upload of {self.data}: peer {costs.peer[-1].wall:.1f} s, kubectl cp alone {steps[2].wall:.1f} s")

    def _play(self, playbook: str, variables: Mapping[str, Any]) -> tuple[Cost, str]:
        command = [venv(CORE) / "bin" / "ansible-playbook", "-i", TOOLS / "demo" / "inventory.yml", HERE / playbook]
        env = ansible_env(self.installed)
        os.sync()
        return timed([*command, "-e", json.dumps(variables)], env)

    def _timed(self, *words: str, text: str = "") -> Cost:
        return timed([*self._command(), *words], os.environ, text)[0]

    def _command(self) -> list[str | Path]:
        return [kubectl(), "--kubeconfig", self.state / "kubeconfig", "-n", self.namespace]

    def _kubectl(self, *words: str) -> str:
        return run([*self._command(), *words]).stdout

    def _apply(self, definition: Mapping[str, Any]) -> None:
        timed([*self._command(), "apply", "-f", "-"], os.environ, json.dumps(definition))


def _claim(name: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "3Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def _pod(claim: str) -> dict[str, Any]:
    """What one would write to get at a claim."""
    container = {
        "name": "shell",
        "image": "{repository}:{tag}".format(**IMAGE),
        "imagePullPolicy": IMAGE["pullPolicy"],
        "command": ["sleep", "3600"],
        "resources": RESOURCES,
        "volumeMounts": [{"name": "models", "mountPath": "/volume"}],
    }
    spec = {
        "containers": [container],
        "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": claim}}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": claim}, "spec": spec}
