# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters, namespaces and playbook runs for the tests on the local cluster.

The tests call the installed collection as users do: ansible-playbook with an inventory, judged by the cluster's own objects and by
its audit log. Which ansible-core, collections and helm are used is told by the environment (see tests/tools/suite.py).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

from audit import events, is_write

IMAGE = {"repository": "inferops.local/tritonserver", "tag": "2.51.0", "pullPolicy": "Never"}
# Quick to start and to stop: an idle connection of the API server's proxy would hold Triton for the whole grace period.
VALUES: dict[str, Any] = {
    "image": IMAGE,
    "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}},
    "shutdown": {"preStopSeconds": 0, "gracePeriodSeconds": 12},
}
# Those whose writes count.
USERS = ("admin", "deployer", "nobody")
DOUBLE: dict[str, Any] = {
    "model": "double",
    "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [1.5, 2.5]}],
    "expect": "outputs[0].data == `[3.0, 5.0]`",
}


@dataclass(frozen=True)
class Played:
    """A finished playbook run: exit code, output, tasks changed, messages of failed tasks, writes by the audit log.

    ``hosts`` has the messages by inventory host, where a run has several.
    """

    code: int
    output: str
    changed: int
    failures: tuple[str, ...]
    writes: tuple[str, ...]
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The message of the one failed task."""
        assert len(self.failures) == 1, self.output
        return self.failures[0]


@dataclass
class Cluster:
    """A local cluster and the tools to use it."""

    name: str
    state: Path
    env: Mapping[str, str]
    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.state / "kubeconfig"

    def user(self, name: str) -> Path:
        """Another user's kubeconfig: deployer, nobody or expired."""
        return self.state / "users" / f"{name}.kubeconfig"

    def kubectl(self, *arguments: str, text: str | None = None, user: str = "", check: bool = True) -> str:
        """Call kubectl, by default as the administrator."""
        kubeconfig = self.user(user) if user else self.kubeconfig
        command = [self.env["INFEROPS_KUBECTL"], "--kubeconfig", str(kubeconfig), *arguments]
        done = subprocess.run(command, input=text, env=self.env, text=True, capture_output=True, check=False)
        if check:
            assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def get(self, *arguments: str) -> Any:
        """Objects as kubectl gets them, parsed."""
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def apply(self, *objects: Mapping[str, Any]) -> None:
        """Create or update objects as the administrator."""
        self.kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))

    def audit_offset(self) -> int:
        """Where the audit log ends now, for writes()."""
        return (self.state / "audit.log").stat().st_size

    def writes(self, offset: int, user: str = "admin") -> tuple[str, ...]:
        """What a user wrote since the offset, as `verb URI`; a request of our own marks the end of the log."""
        log, marker = self.state / "audit.log", uuid.uuid4().hex
        self.kubectl("get", "--raw", f"/version?marker={marker}")
        deadline = time.monotonic() + 30
        while not any(marker in event["requestURI"] for event in events(log, offset, "admin")):
            assert time.monotonic() < deadline, "the audit log does not show a request that was answered"
        return tuple(f"{event['verb']} {event['requestURI']}" for event in events(log, offset, user) if is_write(event))

    def module(self, name: str, arguments: Mapping[str, Any], *, user: str = "") -> Any:
        """Call one module of the collection, as the administrator by default; returns its result."""
        kubeconfig = self.user(user) if user else self.kubeconfig
        text = json.dumps({"kubeconfig": str(kubeconfig), **arguments})
        command = [f"{self.env['INFEROPS_VENV']}/bin/ansible", "localhost", "-m", f"inferops.triton.{name}", "-a", text]
        done = subprocess.run(command, env=self.env, text=True, capture_output=True, check=False)
        assert "=> {" in done.stdout, done.stdout + done.stderr
        return json.loads(done.stdout.split("=> ", 1)[1])

    def play(self, playbook: str, variables: Mapping[str, Any], *arguments: str, user: str = "admin") -> Played:
        """Run a playbook of the collection as a user of the cluster (admin, deployer, nobody)."""
        kubeconfig = str(self.kubeconfig if user == "admin" else self.user(user))
        return self.play_hosts(playbook, {"cluster": {"triton_kubeconfig": kubeconfig, **variables}}, *arguments)

    def play_hosts(
        self,
        playbook: str,
        hosts: Mapping[str, Mapping[str, Any]],
        *arguments: str,
        env: Mapping[str, str] | None = None,
    ) -> Played:
        """Run a playbook once for several inventory hosts with variables of their own; as the administrator if they name no cluster."""
        command = self.command(playbook, hosts)
        offset = self.audit_offset()
        done = subprocess.run(
            [*command, *arguments], env={**self.env, **(env or {})}, text=True, capture_output=True, check=False
        )
        changed = [int(number) for number in re.findall(r"changed=(\d+)", done.stdout)]
        messages: dict[str, tuple[str, ...]] = {host: () for host in hosts}
        for host, message in _failures(done.stdout):
            messages[host] += (message,)
        # After an undo the last message tells all: what failed, and what serves now.
        for host in re.findall(r"^(\S+)\s+: ok=.*rescued=[1-9]", done.stdout, re.MULTILINE):
            messages[host] = messages[host][-1:]
        return Played(
            done.returncode,
            done.stdout + done.stderr,
            sum(changed) if changed else -1,
            tuple(message for each in messages.values() for message in each),
            tuple(write for user in USERS for write in self.writes(offset, user)),
            messages,
        )

    def command(self, playbook: str, hosts: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """The command that runs a playbook for these hosts, with an inventory of its own."""
        common = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        named = {"triton_kubeconfig", "triton_host"}
        inventory = {
            host: {
                **common,
                **({} if named & set(variables) else {"triton_kubeconfig": str(self.kubeconfig)}),
                **variables,
            }
            for host, variables in hosts.items()
        }
        path = self.folder / f"inventory-{uuid.uuid4().hex[:8]}.yml"
        path.write_text(yaml.safe_dump({"all": {"hosts": inventory}}))
        return [f"{self.env['INFEROPS_VENV']}/bin/ansible-playbook", "-i", str(path), f"inferops.triton.{playbook}"]


def _failures(output: str) -> Iterator[tuple[str, str]]:
    """Host and message of each failed task (of each failed item, in a loop)."""
    for match in re.finditer(r"^(?:fatal|failed): \[([^]]+)\].*?=> (\{.*\})$", output, re.MULTILINE):
        yield match[1], json.loads(match[2]).get("msg", "")


def _cluster(name: str, profile: str, folder: Path) -> Iterator[Cluster]:
    script = [sys.executable, str(ROOT / "tests" / "cluster" / "cluster.py")]
    select = ["--name", name, "--profile", profile, "--node", "real"]
    subprocess.run([*script, "up", *select], check=True)
    # The user's own settings must not decide which cluster is met.
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("KUBECONFIG", "K8S_AUTH_", "ANSIBLE_", "HELM_"))
    }
    venv, helm = env["INFEROPS_VENV"], Path(env["INFEROPS_HELM"]).parent
    env |= {
        "PATH": f"{venv}/bin:{helm}:{env['PATH']}",
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "tools" / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": env["INFEROPS_COLLECTIONS"],
        "HELM_CACHE_HOME": str(folder / "helm"),
    }
    try:
        yield Cluster(name, ROOT / ".cluster" / name, env, folder)
    finally:
        # INFEROPS_KEEP=1 leaves the cluster for the next run of a test under work.
        if os.environ.get("INFEROPS_KEEP") != "1":
            subprocess.run([*script, "down", *select], check=True)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with OpenShift's SCC admission."""
    # Another name keeps two runs of tests under work apart.
    name = os.environ.get("INFEROPS_CLUSTER", "test")
    yield from _cluster(name, "openshift", tmp_path_factory.mktemp("openshift"))


@pytest.fixture(scope="session")
def plain_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of plain Kubernetes whose namespaces enforce Pod Security restricted."""
    yield from _cluster("test-kubernetes", "kubernetes", tmp_path_factory.mktemp("kubernetes"))


@contextmanager
def namespace_names(target: Cluster) -> Iterator[Callable[[], str]]:
    """Names of namespaces that do not exist yet; they are deleted in the end."""
    used: list[str] = []

    def name() -> str:
        used.append(f"test-{uuid.uuid4().hex[:8]}")
        return used[-1]

    try:
        yield name
    finally:
        for namespace in used:
            target.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


@pytest.fixture
def fresh_name(cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Names of namespaces that do not exist yet; they are deleted after the test."""
    with namespace_names(cluster) as name:
        yield name


@pytest.fixture
def namespace(cluster: Cluster, fresh_name: Callable[[], str]) -> str:
    """A new namespace, its annotations written."""
    name = fresh_name()
    cluster.kubectl("create", "namespace", name)
    cluster.kubectl(
        "wait",
        r"--for=jsonpath={.metadata.annotations.openshift\.io/sa\.scc\.uid-range}",
        f"namespace/{name}",
        "--timeout=30s",
    )
    return name


@pytest.fixture
def plain_name(plain_cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Names of namespaces of the plain cluster."""
    with namespace_names(plain_cluster) as name:
        yield name
