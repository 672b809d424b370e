# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From nothing to an answered inference, then the same deployment again with nothing changed.

Runs the collection's own playbooks, as a user would: on the local cluster, or with --cluster own on a cluster of yours.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from audit import AuditLog
from common import ROOT, ToolError
from provide import collections, helm, kubectl, venv

CORE = "core219"
IMAGE = {"repository": "inferops.local/tritonserver", "tag": "2.51.0", "pullPolicy": "Never"}
# Small enough for a laptop; Triton's Python backend starts one process a model.
RESOURCES = {"requests": {"cpu": "100m", "memory": "256Mi"}}
INFERENCES: list[dict[str, Any]] = [
    {
        "model": "double",
        "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [1.5, 2.5, -4]}],
        "expect": "outputs[0].data == `[3.0, 5.0, -8.0]`",
    },
    {
        "model": "weighted_sum",
        "inputs": [
            {"name": "VALUES", "datatype": "FP32", "data": [[1, 2, 3], [4, 5, 6]]},
            {"name": "WEIGHTS", "datatype": "FP32", "data": [[1, 1, 1], [0.5, 0, 2]]},
        ],
        "expect": "outputs[?name=='SUM'].data | [0] == `[6.0, 14.0]`",
    },
    {
        "model": "slow_start",
        "inputs": [{"name": "TEXT", "datatype": "BYTES", "data": ["where is the cat?", "wo ist die Katze?"]}],
        "expect": 'outputs[?name==\'LANGUAGE\'].data | [0] == `["en", "de"]`',
    },
]
# The facts of Triton's official chart for on-premises clusters.
OFFICIAL: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "official"},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "official"}},
        "template": {
            "metadata": {"labels": {"app": "official"}},
            "spec": {
                "securityContext": {"runAsUser": 1000, "fsGroup": 1000},
                "containers": [
                    {
                        "name": "triton",
                        "image": "{repository}:{tag}".format(**IMAGE),
                        "args": ["tritonserver", "--model-repository=/models"],
                        "volumeMounts": [{"name": "models", "mountPath": "/models"}],
                    }
                ],
                "volumes": [{"name": "models", "nfs": {"server": "192.0.2.10", "path": "/models"}}],
            },
        },
    },
}


@dataclass(frozen=True)
class Setting:
    """Where the demo runs; ``audit`` is None where the log cannot be read, ``user`` is whose writes are counted."""

    folder: Path
    kubeconfig: str
    context: str
    namespace: str
    user: str
    audit: AuditLog | None
    local: bool


@dataclass(frozen=True)
class Run:
    """One run of a playbook: tasks changed, writes by the audit log, seconds."""

    changed: int
    writes: int | None
    seconds: float


class Demo:
    """Calls the tools in one setting."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._bin = venv(CORE) / "bin"
        self._kubectl = kubectl()
        helm_folder = helm("3").parent
        # KUBECONFIG and other settings of the user's shell must not decide which cluster is met.
        hidden = ("KUBECONFIG", "K8S_AUTH_", "ANSIBLE_", "HELM_")
        self._env = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        self._env |= {
            "PATH": f"{self._bin}:{helm_folder}:{os.environ['PATH']}",
            "ANSIBLE_CONFIG": str(ROOT / "tests" / "tools" / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(collections(CORE)),
            "HELM_CACHE_HOME": str(setting.folder / "helm"),
        }
        self._inventory = setting.folder / "inventory.json"

    def write_inventory(self) -> None:
        """The inventory that a user would write: one host, which is the cluster."""
        variables: dict[str, Any] = {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "triton_kubeconfig": self.setting.kubeconfig,
            "triton_context": self.setting.context,
            "triton_namespace": self.setting.namespace,
            "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
            "triton_values": {"resources": RESOURCES, **({"image": IMAGE} if self.setting.local else {})},
            # JMESPath keeps its backticks and brackets: nothing here is templated.
            "triton_inferences": INFERENCES,
        }
        self._inventory.write_text(json.dumps({"all": {"hosts": {"cluster": variables}}}, indent=2) + "\n")

    def kubectl(self, *arguments: str, text: str | None = None) -> str:
        """Call kubectl in the demo's namespace."""
        place = [
            "--kubeconfig",
            self.setting.kubeconfig,
            "--context",
            self.setting.context,
            "-n",
            self.setting.namespace,
        ]
        done = subprocess.run(
            [self._kubectl, *place, *arguments], input=text, env=self._env, text=True, capture_output=True, check=False
        )
        if done.returncode != 0:
            raise ToolError(f"kubectl {' '.join(arguments)} failed: {done.stderr.strip()}")
        return done.stdout

    def play(self, playbook: str, *arguments: str) -> tuple[str, Run]:
        """Run a playbook of the collection, show its output as it comes."""
        if self.setting.audit:
            self.setting.audit.mark()
        begun = time.monotonic()
        command = [self._bin / "ansible-playbook", "-i", self._inventory, f"inferops.triton.{playbook}", *arguments]
        lines = []
        with subprocess.Popen(
            command, env=self._env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(f"  | {line}", end="", flush=True)
                lines.append(line)
        seconds = time.monotonic() - begun
        output = "".join(lines)
        if process.returncode != 0:
            raise ToolError(f"the playbook inferops.triton.{playbook} failed; its last lines above say why.")
        writes = len(self.setting.audit.writes(self.setting.user)) if self.setting.audit else None
        recap = re.search(r"changed=(\d+)", output)
        return output, Run(int(recap[1]) if recap else -1, writes, round(seconds, 1))


def main() -> int:
    """Exit code 0 when everything was as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cluster", choices=["local", "own"], default="local")
    parser.add_argument("--name", default="")
    parser.add_argument("--profile", choices=["openshift", "kubernetes"], default="openshift")
    parser.add_argument("--node", choices=["real", "simulated"], default="real")
    options = parser.parse_args()
    try:
        if options.cluster == "own":
            return demonstrate(own_setting())
        if options.node == "simulated":
            raise ToolError("a simulated node answers no inference; run the demo with NODE=real.")
        return demonstrate(local_setting(options.name or options.profile, options.profile))
    except ToolError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1


def local_setting(name: str, profile: str) -> Setting:
    """Bring the local cluster up."""
    headline(f"1. A local cluster ({profile}) with a real node and a real Triton")
    up = [
        sys.executable,
        str(ROOT / "tests/cluster/cluster.py"),
        "up",
        "--name",
        name,
        "--profile",
        profile,
        "--node",
        "real",
    ]
    if subprocess.run(up, check=False).returncode != 0:
        raise ToolError(f"the local cluster {name} did not come up; its last lines above say why.")
    state = ROOT / ".cluster" / name
    folder = state / "demo"
    folder.mkdir(exist_ok=True)
    return Setting(
        folder, str(state / "kubeconfig"), f"{name}/admin", "triton-demo", "admin", AuditLog(state / "audit.log"), True
    )


def own_setting() -> Setting:
    """A cluster of the user's: show where the demo would write, and ask."""
    context, namespace = os.environ.get("CONTEXT", ""), os.environ.get("NAMESPACE", "")
    if not context or not namespace:
        raise ToolError("name the cluster and the namespace: make demo CLUSTER=own CONTEXT=name NAMESPACE=name.")
    kubeconfig = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    base = [str(kubectl()), "--kubeconfig", kubeconfig, "--context", context]
    server = _ask([*base, "config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"])
    user = _ask([*base, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"])
    print(f"API server  {server}\nuser        {user}\nnamespace   {namespace}")
    if os.environ.get("YES") != "1":
        try:
            answer = input("Deploy Triton there? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            raise ToolError("nothing was written; answer y, or set YES=1.")
    folder = ROOT / ".cluster" / "own"
    folder.mkdir(parents=True, exist_ok=True)
    return Setting(folder, kubeconfig, context, namespace, user, None, False)


def _ask(command: Sequence[str]) -> str:
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise ToolError(f"the cluster did not answer: {done.stderr.strip()}")
    return done.stdout.strip()


def demonstrate(setting: Setting) -> int:
    """The whole demo in one setting."""
    demo = Demo(setting)
    demo.write_inventory()
    if setting.local:
        # The first run is to be a first run, also when the demo ran before.
        demo.kubectl("delete", "namespace", setting.namespace, "--ignore-not-found", "--wait", "--timeout=120s")
    headline("2. Deploy Triton, and get three models to answer")
    _output, first = demo.play("deploy")
    headline("3. The same again: nothing to do")
    _output, second = demo.play("deploy")
    headline("4. What started it all: the official chart's pod, refused and explained")
    explanation = refuse(demo)
    result = collect(demo, first, second)
    target = setting.folder if setting.folder.name == "own" else setting.folder.parent
    (target / "demo.json").write_text(json.dumps(result, indent=2) + "\n")
    headline("The demo in one table")
    print(table(result, explanation))
    problems = judge(result)
    for problem in problems:
        print(f"demo: {problem}", file=sys.stderr)
    return 1 if problems else 0


def refuse(demo: Demo) -> str:
    """Create a Deployment with the official chart's facts, have its refusal explained, remove it again."""
    demo.kubectl("apply", "-f", "-", text=json.dumps(OFFICIAL))
    try:
        output, _run = demo.play("diagnose", "-e", "triton_workload=official")
    finally:
        demo.kubectl("delete", "deployment", "official", "--ignore-not-found")
    verdict = re.search(r'"msg": "(The pods of Deployment official .*)"', output)
    return json.loads(f'"{verdict[1]}"') if verdict else ""


def collect(demo: Demo, first: Run, second: Run) -> dict[str, Any]:
    """Read from the cluster what the table says."""
    pods = json.loads(demo.kubectl("get", "pods", "-l", "app.kubernetes.io/instance=triton", "-o", "json"))["items"]
    pod = next(pod for pod in pods if not pod["metadata"].get("deletionTimestamp"))
    status = demo.kubectl("exec", pod["metadata"]["name"], "--", "cat", "/proc/1/status")
    uid = re.search(r"^Uid:\s+(\d+)", status, re.MULTILINE)
    namespace = json.loads(demo.kubectl("get", "namespace", demo.setting.namespace, "-o", "json"))
    block = (namespace["metadata"].get("annotations") or {}).get("openshift.io/sa.scc.uid-range")
    scc = (pod["metadata"].get("annotations") or {}).get("openshift.io/scc")
    service = f"/api/v1/namespaces/{demo.setting.namespace}/services/http:triton:http/proxy/v2"
    index = json.loads(demo.kubectl("create", "--raw", f"{service}/repository/index", "-f", "-", text="{}"))
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [3], "data": [1.5, 2.5, -4]}]}
    answer = demo.kubectl("create", "--raw", f"{service}/models/double/infer", "-f", "-", text=json.dumps(request))
    return {
        "namespace": demo.setting.namespace,
        "scc": scc,
        "uid": int(uid[1]) if uid else None,
        "uid_range": uid_range(block) if block and scc else None,
        "models_ready": sorted(model["name"] for model in index if model.get("state") == "READY"),
        "inference": {"input": request["inputs"][0]["data"], "output": json.loads(answer)["outputs"][0]["data"]},
        "changed": [first.changed, second.changed],
        "writes": [first.writes, second.writes],
        "seconds": [first.seconds, second.seconds],
    }


def uid_range(block: str) -> list[int]:
    """First and last ID of START/SIZE, the form that OpenShift's allocator writes."""
    start, size = (int(number) for number in block.split("/"))
    return [start, start + size - 1]


def judge(result: Mapping[str, Any]) -> list[str]:
    """What is not as it should be, as sentences."""
    problems = []
    if result["changed"][0] < 1 or result["changed"][1] != 0:
        problems.append(f"tasks changed in run 1 and 2 were {result['changed']}; run 2 should change nothing.")
    if result["writes"][1] not in (0, None):
        problems.append(f"run 2 wrote {result['writes'][1]} times; it should write nothing.")
    if result["uid_range"] and not result["uid_range"][0] <= result["uid"] <= result["uid_range"][1]:
        problems.append(f"the server runs as {result['uid']}, outside the namespace's range {result['uid_range']}.")
    if result["uid"] in (0, None):
        problems.append(f"the server runs as {result['uid']}.")
    if result["models_ready"] != sorted(inference["model"] for inference in INFERENCES):
        problems.append(f"only these models are ready: {result['models_ready']}.")
    return problems


def table(result: Mapping[str, Any], explanation: str) -> str:
    """The result as a table."""
    scc, limits = result["scc"], result["uid_range"]
    rows = [
        ("namespace", result["namespace"]),
        ("SCC that admitted the pod", scc or "none (no OpenShift); Pod Security restricted"),
        ("UID of the running server", f"{result['uid']}" + (f" (range {limits[0]}-{limits[1]})" if limits else "")),
        ("models ready", ", ".join(result["models_ready"])),
        ("inference (model double)", f"{result['inference']['input']} -> {result['inference']['output']}"),
        ("", "run 1        run 2"),
        ("tasks changed", "{:<12} {}".format(*result["changed"])),
        (
            "writes to the API server",
            "{!s:<12} {!s}".format(*("unknown" if n is None else n for n in result["writes"])),
        ),
        ("seconds", "{:<12} {}".format(*result["seconds"])),
    ]
    lines = [f"  {name:<26} {value}" for name, value in rows]
    refusal = textwrap.wrap(explanation or "no refusal was recorded", 74)
    lines += [f"  {'official chart' if not number else '':<26} {line}" for number, line in enumerate(refusal)]
    return "\n".join(lines)


def headline(text: str) -> None:
    """A part of the demo begins."""
    print(f"\n=== {text}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
