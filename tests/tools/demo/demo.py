# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: deploy Triton, get an inference answered, deploy again with nothing changed, and tell what happened.

On the local cluster (default) it starts the cluster too and shows the refusal that the official chart's facts meet. With
--cluster own it deploys into CONTEXT and NAMESPACE of the user's own kubeconfig, after a question (YES=1 answers it);
VARS names a file of triton_* variables for it, such as an image out of the user's own registry.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from audit import events, is_write
from common import ROOT, ToolError, say
from own import Target, agree, keep_kubeconfig, user_name
from provide import TOOLS, collections, helm, venv

HERE = Path(__file__).resolve().parent
CORE = "core219"
LOCAL_IMAGE = {"repository": "inferops.local/tritonserver", "tag": "2.51.0", "pullPolicy": "Never"}
NAMESPACE_LABELS = {"kubernetes": {"pod-security.kubernetes.io/enforce": "restricted"}}
INFERENCE = {
    "model": "double",
    "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [1.5, 2.5]}],
    "expect": "outputs[0].data == `[3.0, 5.0]`",
}
RELEASE = "triton"
MARKER_PATIENCE_S = 30


@dataclass(frozen=True)
class Run:
    """One run of the deploy playbook."""

    changed: int
    seconds: float
    writes: int | None
    seen: Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    """The contents of demo.json."""

    namespace: str
    scc: str | None
    uid: int
    uid_range: list[int] | None
    models_ready: list[str]
    inference: dict[str, dict[str, list[Any]]]
    changed: list[int]
    writes: list[int | None]
    seconds: list[float]


def playbook(name: str | Path, variables: Mapping[str, Any]) -> tuple[int, float]:
    """Run a playbook in the open; returns the tasks changed and the seconds. Raises ToolError when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        extra = Path(folder) / "variables.json"
        extra.write_text(json.dumps(variables))
        env = {
            **os.environ,
            "ANSIBLE_CONFIG": str(TOOLS / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(collections(CORE)),
        }
        command = [venv(CORE) / "bin" / "ansible-playbook", "-i", HERE / "inventory.yml", name, "-e", f"@{extra}"]
        if os.environ.get("VARS"):
            command += ["-e", f"@{Path(os.environ['VARS']).resolve()}"]
        begun = time.monotonic()
        output = _shown([str(word) for word in command], env)
        seconds = time.monotonic() - begun
    return sum(map(int, re.findall(r"^demo +: .*\bchanged=(\d+)", output, re.MULTILINE))), round(seconds, 1)


def _shown(command: Sequence[str], env: Mapping[str, str]) -> str:
    """Run a command whose output is shown while it comes; returns the output."""
    lines = []
    with subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    if process.returncode != 0:
        raise ToolError(f"{Path(command[0]).name} failed with exit code {process.returncode}; its output stands above.")
    return "".join(lines)


def deploy_twice(target: Target, variables: Mapping[str, Any], audit_log: Path | None) -> list[Run]:
    runs = []
    for number in (1, 2):
        print(f"\n--- Run {number} of inferops.triton.deploy", flush=True)
        runs.append(deploy(target, variables, audit_log))
    return runs


def deploy(target: Target, variables: Mapping[str, Any], audit_log: Path | None) -> Run:
    """Run the deploy playbook once and count what it changed and, where there is an audit log, wrote."""
    offset = audit_log.stat().st_size if audit_log else 0
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        changed, seconds = playbook(HERE / "deploy.yml", {**variables, "demo_result": str(result)})
        seen = json.loads(result.read_text())
    writes = None if audit_log is None else count_writes(target, audit_log, offset)
    return Run(changed, seconds, writes, seen)


def count_writes(target: Target, log: Path, offset: int) -> int:
    """The user's writes since offset; a request of our own marks the end, so that none before it is missed."""
    user = user_name(target)
    marker = uuid.uuid4().hex
    target.kubectl("get", "--raw", f"/version?marker={marker}")
    deadline = time.monotonic() + MARKER_PATIENCE_S
    while time.monotonic() < deadline:
        known = list(events(log, offset, user))
        if any(marker in event["requestURI"] for event in known):
            return sum(map(is_write, known))
    raise ToolError(f"the audit log {log} does not show a request that the API server has answered.")


def observe(target: Target, runs: Sequence[Run]) -> Report:
    """What is true of the deployment now, asked of the cluster and of the running process itself."""
    pods = json.loads(
        target.kubectl(
            "-n", target.namespace, "get", "pods", "-l", f"app.kubernetes.io/instance={RELEASE}", "-o", "json"
        )
    )["items"]
    (pod,) = [item for item in pods if "deletionTimestamp" not in item["metadata"]]
    status = target.kubectl("-n", target.namespace, "exec", pod["metadata"]["name"], "--", "cat", "/proc/1/status")
    namespace = json.loads(target.kubectl("get", "namespace", target.namespace, "-o", "json"))
    annotation = namespace["metadata"].get("annotations", {}).get("openshift.io/sa.scc.uid-range")
    seen = runs[-1].seen
    return Report(
        namespace=target.namespace,
        scc=pod["metadata"].get("annotations", {}).get("openshift.io/scc"),
        uid=int(re.search(r"^Uid:\s+(\d+)", status, re.MULTILINE)[1]),
        uid_range=uid_range(annotation) if annotation else None,
        models_ready=seen["models_ready"],
        inference={kind: {one["name"]: one["data"] for one in seen[kind]} for kind in ("input", "output")},
        changed=[one.changed for one in runs],
        writes=[one.writes for one in runs],
        seconds=[one.seconds for one in runs],
    )


def uid_range(annotation: str) -> list[int]:
    """First and last UID of START/SIZE or FROM-TO."""
    first, separator, second = re.fullmatch(r"(\d+)([/-])(\d+)", annotation).groups()
    return [int(first), int(first) + int(second) - 1 if separator == "/" else int(second)]


def show_refusal(target: Target) -> None:
    """Let the cluster refuse a Deployment with the official chart's facts, and let the collection explain it."""
    print("\n--- What the official chart's Deployment meets here, and what diagnose says about it\n", flush=True)
    in_namespace = ("-n", target.namespace)
    target.kubectl(*in_namespace, "apply", "-f", HERE / "refused.yml")
    try:
        target.kubectl(
            *in_namespace, "wait", "deployment/as-the-official-chart", "--for=condition=ReplicaFailure", "--timeout=60s"
        )
        playbook(
            "inferops.triton.diagnose",
            {**target.variables, "triton_namespace": target.namespace, "triton_workload": "as-the-official-chart"},
        )
    finally:
        target.kubectl(*in_namespace, "delete", "-f", HERE / "refused.yml", "--wait=false")


def table(report: Report) -> str:
    """The report for people."""
    span = " (range {}-{})".format(*report.uid_range) if report.uid_range else ""
    inference = " -> ".join(
        ", ".join(f"{name} {data}" for name, data in report.inference[kind].items()) for kind in ("input", "output")
    )
    rows = {
        "namespace": report.namespace,
        "admitted by SCC": report.scc or "none (no SCCs here)",
        "running as UID": f"{report.uid}{span}",
        "models ready": ", ".join(report.models_ready),
        "inference": inference,
        "tasks changed": "run 1: {}, run 2: {}".format(*report.changed),
        "writes": "run 1: {}, run 2: {}".format(*("not known" if one is None else one for one in report.writes)),
        "seconds": "run 1: {}, run 2: {}".format(*report.seconds),
    }
    width = max(map(len, rows))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())


def complaints(report: Report) -> list[str]:
    """What of the report is not as it should be."""
    found = []
    if report.uid_range and not report.uid_range[0] <= report.uid <= report.uid_range[1]:
        found.append(f"the UID {report.uid} is outside the namespace's range.")
    if report.uid == 0:
        found.append("the server runs as root.")
    if report.changed[1] != 0:
        found.append(f"the second run changed {report.changed[1]} tasks.")
    if report.writes[1]:
        found.append(f"the second run wrote {report.writes[1]} times.")
    return found


def local(name: str, profile: str, node: str) -> Report:
    """The demo on the local cluster: an administrator prepares the namespace, the deployer does the rest."""
    if node != "real":
        raise ToolError("a simulated node runs no server that could answer: use NODE=real for the demo.")
    cluster = [sys.executable, str(ROOT / "tests" / "cluster" / "cluster.py"), "up"]
    if subprocess.run([*cluster, "--name", name, "--profile", profile, "--node", node], check=False).returncode != 0:
        raise ToolError("the local cluster did not come up; the reason stands above.")
    state = ROOT / ".cluster" / name
    admin = Target("triton-demo", state / "kubeconfig", None)
    deployer = Target("triton-demo", state / "users" / "deployer.kubeconfig", None)
    # From nothing: what an earlier demo left in this cluster goes first.
    say("making namespace triton-demo")
    admin.kubectl("delete", "namespace", admin.namespace, "--ignore-not-found", "--wait", "--timeout=120s")
    playbook(
        "inferops.triton.prepare",
        {
            **admin.variables,
            "triton_namespace": admin.namespace,
            "triton_namespace_labels": NAMESPACE_LABELS.get(profile, {}),
            "triton_deployers": [{"kind": "User", "name": user_name(deployer)}],
        },
    )
    variables = deployment(deployer, {"image": LOCAL_IMAGE})
    runs = deploy_twice(deployer, variables, state / "audit.log")
    report = observe(deployer, runs)
    show_refusal(deployer)
    return report


def own(context: str, namespace: str) -> Report:
    """The demo on the user's cluster: asks first, changes nothing outside the namespace, and removes nothing."""
    if not context or not namespace:
        raise ToolError("CLUSTER=own needs CONTEXT=name of your kubeconfig and NAMESPACE=name to deploy into.")
    keep_kubeconfig()
    target = Target(namespace, None, context)
    agree(target, "Deploy Triton there?")
    variables = deployment(target, {})
    return observe(target, deploy_twice(target, variables, None))


def deployment(target: Target, values: Mapping[str, Any]) -> dict[str, Any]:
    """Variables of the deploy playbook for the example models."""
    return {
        **target.variables,
        "triton_namespace": target.namespace,
        "triton_release": RELEASE,
        "triton_helm_binary": str(helm("3")),
        "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
        "triton_values": values,
        "triton_inferences": [INFERENCE],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cluster", choices=["local", "own"], default="local")
    parser.add_argument("--name", required=True)
    parser.add_argument("--profile", choices=["openshift", "kubernetes"], required=True)
    parser.add_argument("--node", choices=["real", "simulated"], required=True)
    args = parser.parse_args()
    try:
        if args.cluster == "own":
            args.name = "own"
            report = own(os.environ.get("CONTEXT", ""), os.environ.get("NAMESPACE", ""))
        else:
            # What the user's shell says of other clusters does not count here.
            for name in [name for name in os.environ if name.startswith(("KUBE", "K8S_AUTH_", "HELM_", "VARS"))]:
                del os.environ[name]
            report = local(args.name, args.profile, args.node)
    except ToolError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: interrupted.", file=sys.stderr)
        return 130
    state = ROOT / ".cluster" / args.name
    state.mkdir(parents=True, exist_ok=True)
    (state / "demo.json").write_text(json.dumps(asdict(report), indent=2) + "\n")
    print(f"\n{table(report)}\n", flush=True)
    for complaint in complaints(report):
        print(f"demo: {complaint}", file=sys.stderr)
    return 1 if complaints(report) else 0


if __name__ == "__main__":
    sys.exit(main())
