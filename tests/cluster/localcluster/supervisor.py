# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Process 1 of a cluster: sets up its mounts and network, starts its processes and starts again whichever dies.

Started by lifecycle.start as `python3 -m localcluster.supervisor SPEC READY_FD`, in fresh network, mount and process
namespaces.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import cgroups
from .settings import (
    INSIDE_BIN,
    INSIDE_DEBIAN,
    INSIDE_RUNTIME,
    INSIDE_STATE,
    NODE_ADDRESS,
    POD_NETWORK,
    SERVICE_NETWORK,
)

RESTART_DELAY_S = 0.5

# What the kubelet wants to find. The files are covered, so that the machine's own settings stay as they are.
KERNEL_SETTINGS = {
    "kernel/keys/root_maxbytes": "25000000",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
}


def main(spec_path: str, ready_fd: str) -> None:
    """Report that the namespaces exist, wait for the machine's side to be ready, then run the cluster for ever."""
    os.write(int(ready_fd), b"ready\n")
    os.close(int(ready_fd))
    if sys.stdin.readline() != "go\n":
        return  # whoever started this was stopped in between
    spec: dict[str, Any] = json.loads(Path(spec_path).read_text())
    places = {INSIDE_STATE: spec["state"], INSIDE_BIN: spec["bin"], INSIDE_DEBIAN: spec["debian"]}
    if spec["runtime"]:
        places[INSIDE_RUNTIME] = spec["runtime"]
    set_up_mounts(Path(spec["state"]), {target: Path(source) for target, source in places.items()})
    set_up_network(spec["address"])
    if spec["cgroups"]:
        cgroups.create(spec["mark"])
    os.chdir("/")
    supervise(spec["commands"], INSIDE_STATE)


def run(*command: str | Path, stdin: str | None = None) -> None:
    subprocess.run([str(word) for word in command], check=True, input=stdin, text=True)


def set_up_mounts(state: Path, places: Mapping[Path, Path]) -> None:
    """Give the cluster a /run, /var/lib and /var/log of its own; nothing of this is seen outside.

    :param places: directories of the machine by their place below /run.
    """
    staging = state / "mnt"
    staging.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", staging)
    for target, source in places.items():
        place = staging / target.relative_to("/run")
        place.mkdir()
        run("mount", "--bind", source, place)
    (staging / "lock").mkdir(mode=0o1777)
    # Prepared aside and moved into place: the sources may lie below /run themselves.
    run("mount", "--no-mtab", "--move", staging, "/run")  # mount's own notes about mounts lie in /run
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/var/lib")
    run("mount", "--bind", INSIDE_STATE / "logs", "/var/log")
    covers = Path("/run/kernel-settings")
    covers.mkdir()
    for name, value in KERNEL_SETTINGS.items():
        target = Path("/proc/sys") / name
        if target.exists():
            cover = covers / name.replace("/", ".")
            cover.write_text(value + "\n")
            run("mount", "--bind", cover, target)
    run("mount", "--make-rshared", "/")


def set_up_network(address: str) -> None:
    """Loopback, the link to the machine (eth0) and the pods' bridge; there is no route to anywhere else."""
    run(
        "ip",
        "-batch",
        "-",
        stdin=f"""
link set lo up
address add {address}/30 dev eth0
link set eth0 up
link add cni0 type bridge
address add {NODE_ADDRESS}/{POD_NETWORK.prefixlen} dev cni0
link set cni0 up
route add {SERVICE_NETWORK} dev cni0 src {NODE_ADDRESS}
""",
    )
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def supervise(commands: Mapping[str, Sequence[str]], state: Path) -> None:
    """Start all commands and start each one again when it ends; reaps whatever else loses its parent."""
    path = f"{INSIDE_RUNTIME}:{INSIDE_DEBIAN}/usr/sbin:{INSIDE_DEBIAN}/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    env = {"PATH": path, "HOME": "/run/home", "TMPDIR": "/tmp", "LANG": "C.UTF-8"}
    running: dict[int, str] = {}
    starts = dict.fromkeys(commands, 0)

    def start(name: str) -> None:
        running[spawn(commands[name], env, state / "logs" / f"{name}.log")] = name
        starts[name] += 1

    for name in commands:
        start(name)
    while True:
        write_report(state / "processes.json", running, starts)
        pid, status = os.wait()
        name = running.pop(pid, "")
        if name:
            print(f"{name} ended with status {os.waitstatus_to_exitcode(status)}; starting it again", flush=True)
            time.sleep(RESTART_DELAY_S)
            start(name)


def spawn(command: Sequence[str], env: Mapping[str, str], log: Path) -> int:
    """Start a command with its output appended to log; returns its process ID."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(command[0], list(command), dict(env), file_actions=actions)


def write_report(path: Path, running: Mapping[int, str], starts: Mapping[str, int]) -> None:
    """Process ID (inside) and number of starts of each command, for `status`."""
    report = {name: {"pid": pid, "starts": starts[name]} for pid, name in running.items()}
    new = path.with_suffix(".new")
    new.write_text(json.dumps(report, indent=2) + "\n")
    new.replace(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
