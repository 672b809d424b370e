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
from dataclasses import dataclass
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
DOUBLE: dict[str, Any] = {
    "model": "double",
    "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [1.5, 2.5]}],
    "expect": "outputs[0].data == `[3.0, 5.0]`",
}


@dataclass(frozen=True)
class Played:
    """A finished playbook run: exit code, output, tasks changed, messages of failed tasks, writes by the audit log."""

    code: int
    output: str
    changed: int
    failures: tuple[str, ...]
    writes: tuple[str, ...]

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

    def play(self, playbook: str, variables: Mapping[str, Any], *arguments: str, user: str = "admin") -> Played:
        """Run a playbook of the collection as a user of the cluster (admin, deployer, nobody)."""
        known = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        known["triton_kubeconfig"] = str(self.kubeconfig if user == "admin" else self.user(user))
        inventory = self.folder / f"inventory-{uuid.uuid4().hex[:8]}.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": {"cluster": {**known, **variables}}}}))
        offset = self.audit_offset()
        command = [
            f"{self.env['INFEROPS_VENV']}/bin/ansible-playbook",
            "-i",
            str(inventory),
            f"inferops.triton.{playbook}",
        ]
        done = subprocess.run([*command, *arguments], env=self.env, text=True, capture_output=True, check=False)
        output = done.stdout + done.stderr
        recap = re.search(r"changed=(\d+)", done.stdout)
        changed = int(recap[1]) if recap else -1
        return Played(done.returncode, output, changed, tuple(_failures(done.stdout)), self.writes(offset, user))


def _failures(output: str) -> Iterator[str]:
    for match in re.finditer(r"^(?:fatal|failed): \[cluster\].*?=> (\{.*\})$", output, re.MULTILINE):
        result = json.loads(match[1])
        yield result.get("msg", "")


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
    yield from _cluster("test", "openshift", tmp_path_factory.mktemp("openshift"))


@pytest.fixture(scope="session")
def plain_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of plain Kubernetes whose namespaces enforce Pod Security restricted."""
    yield from _cluster("test-kubernetes", "kubernetes", tmp_path_factory.mktemp("kubernetes"))


def _names(target: Cluster) -> Iterator[Callable[[], str]]:
    used: list[str] = []

    def name() -> str:
        used.append(f"test-{uuid.uuid4().hex[:8]}")
        return used[-1]

    yield name
    for namespace in used:
        target.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


@pytest.fixture
def fresh_name(cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Names of namespaces that do not exist yet; they are deleted after the test."""
    yield from _names(cluster)


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
    yield from _names(plain_cluster)
