# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a cluster up, take it down, say how it is."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from . import build, cgroups, components, network, processes
from .api import Api, wait_until
from .node_images import import_images, missing_images
from .processes import Process, only_child
from .readiness import dns_ready, node_ready, prepared, unwell
from .record import Record, load, locked, replace_file, save
from .settings import (
    COREDNS_VERSION,
    KUBERNETES_VERSION,
    NODE,
    NODE_ADDRESS,
    SOURCES,
    STATE,
    Cluster,
    ClusterError,
)

SUPERVISOR = "localcluster.supervisor"
NAMESPACES = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
API_PATIENCE_S = 120
NODE_PATIENCE_S = 120
STANDARD_PATIENCE_S = 60


class Progress:
    """One line per finished step, with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, message: str) -> None:
        print(f"[{time.monotonic() - self._start:6.1f} s] {message}", file=sys.stderr, flush=True)


def up(cluster: Cluster) -> None:
    """Make the cluster ready; one that is ready already stays as it is. Raises ClusterError."""
    say = Progress()
    require_root()
    built = build.everything(real_node=cluster.node == "real")
    with locked(cluster, lambda: say(f"waiting for another command on cluster {cluster.name}")):
        known = load(cluster.state)
        refuse_other_kind(cluster, known)
        fingerprint = fingerprint_of(cluster, built)
        if known and known.alive() and known.fingerprint == fingerprint:
            if known.ready and not unwell(cluster, known) and not missing_images(cluster, built.images):
                say(f"cluster {cluster.name} is up already")
                return
            try:
                converge(cluster, known, built, say)
                return
            except ClusterError as error:
                say(f"starting again: {error}")
        stop(cluster)
        started = start(cluster, built, fingerprint, known.address if known else None, say)
        converge(cluster, started, built, say)


def bring_storage(cluster: Cluster) -> None:
    """Bring the images for tests of model storage into a cluster that is up. Raises ClusterError."""
    bring(cluster, build.storage_images())


def bring(cluster: Cluster, images: Mapping[str, Path]) -> None:
    """Bring images (OCI archives by reference) into a cluster that is up. Raises ClusterError."""
    say = Progress()
    with locked(cluster, lambda: say(f"waiting for another command on cluster {cluster.name}")):
        known = load(cluster.state)
        if known is None or not known.alive() or known.node != "real":
            raise ClusterError(f"There is no cluster {cluster.name} with a real node that is up: start it first.")
        import_images(cluster, known, images, say)


def down(cluster: Cluster) -> None:
    """Remove the cluster with all that it left on the machine; no cluster is no error."""
    say = Progress()
    require_root()
    existed = cluster.state.exists()
    with locked(cluster, lambda: say(f"waiting for another command on cluster {cluster.name}")):
        stop(cluster)
        shutil.rmtree(cluster.state)
        say(f"cluster {cluster.name} is gone" if existed else f"there is no cluster {cluster.name}")
    if STATE.exists() and not any(STATE.iterdir()):
        STATE.rmdir()


def require_root() -> None:
    if os.geteuid() != 0:
        raise ClusterError(
            "The local cluster makes network, mount and process namespaces, which needs root: run the command as root."
        )


def refuse_other_kind(cluster: Cluster, known: Record | None) -> None:
    if known and (known.profile, known.node) != (cluster.profile, cluster.node):
        raise ClusterError(
            f"The cluster {cluster.name} exists with profile {known.profile} and node {known.node}: "
            f"take it down first, or choose another NAME."
        )


def fingerprint_of(cluster: Cluster, built: build.Built) -> str:
    """What a running cluster was started with: a change of any of it means to start it again."""
    manifests = [
        path.read_text() for folder in manifest_folders(cluster, built) for path in sorted(folder.rglob("*.yaml"))
    ]
    return build.fingerprint(
        [
            cluster.profile,
            cluster.node,
            str(built.programs),
            str(built.debian),
            str(built.runtime),
            json.dumps(components.command_lines(cluster, "ADDRESS")),
            json.dumps(dict(components.config_files(cluster))),
            *manifests,
        ]
    )


def manifest_folders(cluster: Cluster, built: build.Built) -> list[Path]:
    folders = [SOURCES / "manifests" / "common"]
    if cluster.profile == "openshift":
        folders += [built.definitions, SOURCES / "manifests" / "openshift"]
    if cluster.node == "real":
        folders.append(SOURCES / "manifests" / "node")
    return folders


def stop(cluster: Cluster) -> None:
    """End the processes and remove what the kernel does not remove with them; the data stays.

    It goes by what runs and not by the record, so that it also helps when somebody removed the directory before.
    """
    # unshare and its child, process 1 of the cluster: the kernel kills a process namespace together with its process 1.
    for process in processes.with_arguments(SUPERVISOR, str(spec_of(cluster))):
        process.kill()
    network.disconnect(cluster.mark)
    cgroups.remove(cluster.mark)


def spec_of(cluster: Cluster) -> Path:
    """Where the supervisor reads what it shall do."""
    return cluster.state / "etc" / "supervisor.json"


def start(cluster: Cluster, built: build.Built, fingerprint: str, preferred: str | None, say: Progress) -> Record:
    """Start the namespaces and in them the supervisor; a command killed in the middle leaves no process."""
    check_kernel(cluster)
    state = cluster.state
    for name in ("logs", "data/kubelet", "data/volumes", "data/volume-plugins", "etc"):
        (state / name).mkdir(parents=True, exist_ok=True)
    for old in (state / "logs").glob("*.log"):
        old.unlink()
    read_end, write_end = os.pipe()
    with (state / "logs" / "supervisor.log").open("wb") as log:
        process = subprocess.Popen(
            [
                "unshare",
                *NAMESPACES,
                sys.executable,
                "-B",
                "-m",
                SUPERVISOR,
                str(spec_of(cluster)),
                str(write_end),
            ],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=[write_end],
            start_new_session=True,
            cwd="/",
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCES), "PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8"},
        )
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        if pipe.readline() != b"ready\n":
            raise ClusterError(f"The supervisor did not start: {tail(state / 'logs' / 'supervisor.log')}")
    address = network.connect(cluster.mark, process.pid, preferred)
    write_state(cluster, built, address)
    started = Record(
        profile=cluster.profile,
        node=cluster.node,
        address=address,
        fingerprint=fingerprint,
        outer=Process.of(process.pid),
        inner=Process.of(only_child(process.pid)),
        since=time.time(),
    )
    save(state, started)
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.close()
    say(f"started the processes of cluster {cluster.name} at {address}")
    return started


def check_kernel(cluster: Cluster) -> None:
    """Try what the cluster will need in namespaces that vanish again; raises ClusterError with what is missing."""
    trials = {
        "bridges": "ip link add trial0 type bridge",
        "veth pairs": "ip link add trial1 type veth peer name trial2",
        "iptables' nat table with conntrack": "iptables -t nat -A OUTPUT -m conntrack --ctstate DNAT -j RETURN",
        f"overlay mounts below {cluster.state}": (
            f"mkdir -p '{cluster.state}'/trial/a '{cluster.state}'/trial/b '{cluster.state}'/trial/c && "
            f"cd '{cluster.state}'/trial && mount -t overlay -o lowerdir=a,upperdir=b,workdir=c overlay a"
        ),
    }
    if cluster.node == "simulated":
        trials = dict(list(trials.items())[:2])
    script = " ".join(f"({trial}) >/dev/null 2>&1 || echo {json.dumps(what)};" for what, trial in trials.items())
    done = subprocess.run(["unshare", *NAMESPACES, "sh", "-c", script], capture_output=True, text=True, check=False)
    shutil.rmtree(cluster.state / "trial", ignore_errors=True)
    if done.returncode != 0:
        raise ClusterError(
            f"This machine does not let root make namespaces ({done.stderr.strip()}): use another machine."
        )
    if done.stdout.strip():
        missing = ", ".join(done.stdout.splitlines())
        raise ClusterError(
            f"This machine's kernel or file system does not offer {missing}: use another machine or directory."
        )


def write_state(cluster: Cluster, built: build.Built, address: str) -> None:
    """Keys, kubeconfigs and configuration files."""
    program = built.programs / "cluster"
    run_program(
        program,
        "certs",
        f"--dir={cluster.state}",
        f"--name={cluster.name}",
        f"--address={address}",
        f"--node={NODE}",
        f"--node-address={NODE_ADDRESS}",
    )
    for name, text in components.config_files(cluster).items():
        replace_file(cluster.state / "etc" / name, text)
    spec = {
        "state": str(cluster.state),
        "bin": str(built.programs),
        "debian": str(built.debian),
        "runtime": str(built.runtime or ""),
        "mark": cluster.mark,
        "address": address,
        "cgroups": cluster.node == "real",
        "commands": components.command_lines(cluster, address),
    }
    replace_file(spec_of(cluster), components.to_json(spec))


def run_program(program: Path, *arguments: str) -> None:
    done = subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClusterError(f"`cluster {arguments[0]}` failed: {done.stderr.strip()[-2000:]}")


def converge(cluster: Cluster, started: Record, built: build.Built, say: Progress) -> None:
    """Wait for a started cluster and bring in what belongs to it, then note that it is ready."""
    # Importing is mostly disk work, starting up mostly not: side by side both are done sooner.
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as pool:
        importing = pool.submit(import_images, cluster, started, built.images, say)
        bring_in(cluster, started, built, say)
        importing.result()
    write_versions(cluster, started, built)
    save(cluster.state, dataclasses.replace(started, ready=True))
    say(f"cluster {cluster.name} is ready: export KUBECONFIG={cluster.state}/kubeconfig")


def bring_in(cluster: Cluster, started: Record, built: build.Built, say: Progress) -> None:
    """Apply the manifests and wait for what they and the components make."""
    api = Api(started.address, cluster.state / "pki")

    def wait(what: str, seconds: float, condition: Callable[[], bool]) -> None:
        wait_until(condition, what, seconds, started.alive)
        say(f"{what} is ready")

    wait("the API server", API_PATIENCE_S, api.ready)
    folders = [str(folder) for folder in manifest_folders(cluster, built)]
    run_program(built.programs / "cluster", "apply", f"--kubeconfig={cluster.state}/pki/bootstrap.kubeconfig", *folders)
    say(f"the manifests of profile {cluster.profile} are applied")
    wait("the default namespace", STANDARD_PATIENCE_S, lambda: prepared(api, cluster))
    wait("the node", NODE_PATIENCE_S, lambda: node_ready(api, started))
    if cluster.node == "real":
        wait("DNS", NODE_PATIENCE_S, lambda: dns_ready(api))
    # One part that comes back may take another with it for a moment.
    wait("the whole of it", NODE_PATIENCE_S, lambda: not unwell(cluster, started))


def write_versions(cluster: Cluster, started: Record, built: build.Built) -> None:
    versions = {
        "profile": cluster.profile,
        "node": cluster.node,
        "address": started.address,
        "kubernetes": KUBERNETES_VERSION,
        "etcd": stated_version(built.debian / "usr/bin/etcd"),
    }
    if built.runtime:
        versions |= {
            "coredns": COREDNS_VERSION,
            "containerd": stated_version(built.runtime / "containerd"),
            "runc": stated_version(built.debian / "usr/sbin/runc"),
        }
    if cluster.profile == "openshift":
        go_mod = (SOURCES / "go.mod").read_text().split()
        versions["scc_admission"] = go_mod[go_mod.index("github.com/openshift/apiserver-library-go") + 1]
    replace_file(cluster.state / "versions.json", components.to_json(versions))


def stated_version(program: Path) -> str:
    """The first line with which a program states its version."""
    done = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0].strip()


def tail(log: Path, lines: int = 5) -> str:
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-lines:]) if log.exists() else ""


def status(cluster: Cluster) -> dict[str, Any]:
    """How the cluster is; the key ready tells whether everything works."""
    known = load(cluster.state) if cluster.state.exists() else None
    if known is None:
        return {"name": cluster.name, "ready": False, "state": "absent"}
    alive = known.alive()
    kind = Cluster(cluster.name, known.profile, known.node)  # type: ignore[arg-type]
    broken = unwell(kind, known) if alive and known.ready else []
    ready = alive and known.ready and not broken
    report = cluster.state / "processes.json"
    return {
        "name": cluster.name,
        "ready": ready,
        "state": "stopped" if not alive else "starting" if not known.ready else "unwell" if broken else "ready",
        "unwell": broken,
        "profile": known.profile,
        "node": known.node,
        "address": known.address,
        "kubeconfig": str(cluster.state / "kubeconfig"),
        "supervisor": known.inner.pid,
        "processes": json.loads(report.read_text()) if alive and report.exists() else {},
    }
