# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the SCC engine with OpenShift's (scc_throughput.py), uploads and syncs with `kubectl cp` and rclone (storage_bench.py), and the
deploy playbook with the hand-written one (peer.yml).

All but the engine runs on a local cluster of the bench's own.

Each round of playbooks deploys with both into fresh namespaces, then with both again into the same ones; who goes first alternates.
`deploy_over_floor_s` has beside the converged run what nobody can be quicker than by hand: ansible-playbook with one debug task, then
`helm upgrade`. `deploy_api_requests` counts the requests of the converged runs in the API server's audit log.
Prints one JSON object per line, with medians over the rounds; what happens meanwhile goes to stderr. "cpu" is the user
and system time of ansible-playbook and of everything that it started and waited for.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from audit import events
from common import ROOT, ToolError, run, say
from provide import TOOLS, collections, helm, kubectl, venv

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scc_throughput
import storage_bench
from measure import SIDES, Cost, ansible_env, line, timed

HERE = Path(__file__).resolve().parent
CORE = "core219"
NAME = "bench"
INFERENCE = {
    "model": "double",
    "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [1.5, 2.5]}],
    "expect": "outputs[0].data == `[3.0, 5.0]`",
}
IMAGE = {"repository": "inferops.local/tritonserver", "tag": "2.51.0", "pullPolicy": "Never"}


def access(folder: Path, kubeconfig: Path) -> Mapping[str, str]:
    """What the peer needs to ask the API server without a module of Kubernetes: its URL, and files in the folder."""
    found = json.loads(run([kubectl(), "--kubeconfig", kubeconfig, "config", "view", "--raw", "--output=json"]).stdout)
    cluster, user = found["clusters"][0]["cluster"], found["users"][0]["user"]
    content = {
        "peer_ca": cluster["certificate-authority-data"],
        "peer_client_cert": user["client-certificate-data"],
        "peer_client_key": user["client-key-data"],
    }
    for name, text in content.items():
        (folder / name).touch(0o600)
        (folder / name).write_bytes(base64.b64decode(text))
    return {"peer_server": cluster["server"], **{name: str(folder / name) for name in content}}


def playbook_of(side: str, namespace: str, kubeconfig: Path, folder: Path) -> tuple[str, Mapping[str, Any]]:
    """Playbook and variables of one side; both deploy the bundled chart with a new claim and a model, and let it answer.

    :param folder: it has the repository of the model.
    """
    chart = ROOT / "roles" / "release" / "files" / "triton"
    if side == "peer":
        return str(HERE / "peer.yml"), {
            "peer_kubeconfig": str(kubeconfig),
            "peer_namespace": namespace,
            "peer_chart": str(chart),
            "peer_helm": str(helm("3")),
            "peer_image": IMAGE,
            "peer_model": str(folder / "models" / "double"),
            **access(folder, kubeconfig),
        }
    return "inferops.triton.deploy", {
        "triton_kubeconfig": str(kubeconfig),
        "triton_namespace": namespace,
        "triton_helm_binary": str(helm("3")),
        "triton_model_repository": [
            {"claim": {"size": "1Gi"}},
            {"name": "small", "configmap": {"path": str(folder / "models")}},
        ],
        "triton_inferences": [INFERENCE],
        "triton_values": {"image": IMAGE},
    }


def deploy(side: str, namespace: str, kubeconfig: Path, *, converged: bool) -> Cost:
    """Run one side's playbook. Raises ToolError when it fails, or when a converged run changed anything."""
    with tempfile.TemporaryDirectory(prefix="inferops-bench-") as name:
        shutil.copytree(ROOT / "tests" / "models" / "double", Path(name, "models", "double"))
        playbook, variables = playbook_of(side, namespace, kubeconfig, Path(name))
        extra = Path(name, "variables.json")
        extra.write_text(json.dumps(variables))
        command = [venv(CORE) / "bin" / "ansible-playbook", "-i", TOOLS / "demo" / "inventory.yml", playbook]
        cost, text = timed([*command, "-e", f"@{extra}"], ansible_env(collections(CORE)))
    changed = sum(map(int, re.findall(r"^demo +: .*\bchanged=(\d+)", text, re.MULTILINE)))
    if converged and changed:
        raise ToolError(f"the playbook of {side} changed {changed} tasks:\n{text}")
    say(f"{side} {'converged' if converged else 'first'}: {cost.wall:.1f} s, CPU {cost.cpu:.1f} s")
    return cost


@dataclass
class Measured:
    """Costs by (side, "first" or "converged"), those of the floor, and API requests of converged runs by side."""

    costs: dict[tuple[str, str], list[Cost]] = field(
        default_factory=lambda: {(side, kind): [] for side in SIDES for kind in ("first", "converged")}
    )
    floor: list[Cost] = field(default_factory=list)
    requests: dict[str, list[int]] = field(default_factory=lambda: {side: [] for side in SIDES})


def floor(namespace: str, kubeconfig: Path) -> Cost:
    """A debug task, and `helm upgrade` of the peer's release with the values that it has."""
    play = [venv(CORE) / "bin" / "ansible-playbook", "-i", TOOLS / "demo" / "inventory.yml", HERE / "floor.yml"]
    chart = ROOT / "roles" / "release" / "files" / "triton"
    options = ["--namespace", namespace, "--kubeconfig", kubeconfig, "--reuse-values"]
    upgrade = [helm("3"), "upgrade", "triton", chart, *options]
    env = ansible_env(collections(CORE))
    return timed(play, env)[0] + timed(upgrade, env)[0]


def requests(log: Path, offset: int, kubeconfig: Path) -> int:
    """How many requests the administrator has made since the offset; one of our own marks the end of the log."""
    marker = f"end={offset}"
    run([kubectl(), "--kubeconfig", kubeconfig, "get", "--raw", f"/version?{marker}"])
    deadline = time.monotonic() + 30
    while True:
        seen = [event["requestURI"] for event in events(log, offset, "admin")]
        if any(marker in uri for uri in seen):
            return len([uri for uri in seen if marker not in uri])
        if time.monotonic() > deadline:
            raise ToolError("the audit log does not show a request that was answered.")


def measure(rounds: int, kubeconfig: Path) -> Measured:
    """All of it, round by round."""
    found, log = Measured(), kubeconfig.parent / "audit.log"
    costs = found.costs
    for number in range(rounds):
        order = SIDES if number % 2 == 0 else SIDES[::-1]
        for kind in ("first", "converged"):
            for side in order:
                namespace, offset = f"bench-{side}-{number}", log.stat().st_size
                costs[side, kind].append(deploy(side, namespace, kubeconfig, converged=kind == "converged"))
                if kind == "converged":
                    found.requests[side].append(requests(log, offset, kubeconfig))
        found.floor.append(floor(f"bench-peer-{number}", kubeconfig))
        # Gone before the next round begins, so that only what is measured uses the machine.
        doomed = [f"bench-{side}-{number}" for side in SIDES]
        run([kubectl(), "--kubeconfig", kubeconfig, "delete", "namespace", *doomed, "--wait", "--timeout=180s"])
        run([kubectl(), "--kubeconfig", kubeconfig, "delete", "securitycontextconstraints", f"bench-peer-{number}"])
    return found


def lines(measured: Measured) -> list[dict[str, Any]]:
    """The figures to print."""
    costs, found = measured.costs, []
    for kind in ("converged", "first"):
        for measure_name in ("wall", "cpu"):
            ours, peer = (
                statistics.median(getattr(cost, measure_name) for cost in costs[side, kind]) for side in SIDES
            )
            found.append(
                {
                    "bench": f"deploy_{kind}_{measure_name}",
                    "ours": round(ours, 2),
                    "peer": round(peer, 2),
                    "unit": "s",
                    "ratio": round(ours / peer, 3),
                }
            )
    converged, bare = [cost.wall for cost in costs["ours", "converged"]], [cost.wall for cost in measured.floor]
    asked = measured.requests
    return [
        *found,
        line("deploy_over_floor_s", "", converged, bare, "s"),
        line("deploy_api_requests", "", asked["ours"], asked["peer"], "requests"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds to take the median of (default: 5)")
    rounds = parser.parse_args().rounds
    cluster = [sys.executable, str(ROOT / "tests" / "cluster" / "cluster.py")]
    try:
        for figures in scc_throughput.lines(rounds):
            print(json.dumps(figures), flush=True)
        up = [*cluster, "up", "--name", NAME, "--profile", "openshift", "--node", "real"]
        if subprocess.run(up, stdout=sys.stderr, check=False).returncode != 0:
            raise ToolError("the local cluster did not come up; the reason stands above.")
        for figures in lines(measure(rounds, ROOT / ".cluster" / NAME / "kubeconfig")):
            print(json.dumps(figures), flush=True)
        for figures in storage_bench.lines(rounds, NAME):
            print(json.dumps(figures), flush=True)
    except storage_bench.FAILURES as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        subprocess.run([*cluster, "down", "--name", NAME], stdout=sys.stderr, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
