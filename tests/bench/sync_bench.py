# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a bucket by the back end sync beside `rclone copy` with its default settings, in pods that are alike but for the command.

Each copy has a pod and a volume of its own. Costs are those of the container, told by itself: time from the command's beginning to its
end, processors by the control group, and the largest memory of processes (without the files that the system keeps in memory).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import say
from measure import MIB, SIDES, Cost, ToolError, lines, orders, timed
from objectstore import RCLONE_IMAGE, S3Store
from provide import kubectl

SECRET = "store"
# Version 1 of control groups, and version 2. Reading a file by the shell itself costs next to nothing, so the memory can be looked at often.
MEASURE = r"""
if [ -e /sys/fs/cgroup/cpuacct/cpuacct.usage ]; then
    cpu() { cat /sys/fs/cgroup/cpuacct/cpuacct.usage; }
    memory=/sys/fs/cgroup/memory/memory.stat
else
    cpu() { awk '$1 == "usage_usec" { printf "%.0f\n", $2 * 1000 }' /sys/fs/cgroup/cpu.stat; }
    memory=/sys/fs/cgroup/memory.stat
fi
now() { cut -d ' ' -f 1 /proc/uptime; }
watch() {
    most=0
    while :; do
        while read -r name value; do
            case $name in
            total_rss | anon) if [ "$value" -gt $most ]; then most=$value; echo "$most" >/measured/most; fi ;;
            esac
        done <$memory
        sleep 0.1
    done
}
watch &
watcher=$!
began=$(now) used=$(cpu)
"$@" >&2
code=$?
ended=$(now) used="$used $(cpu)"
kill $watcher
echo "measured $code $began $ended $used $(cat /measured/most)"
"""


@dataclass(frozen=True)
class Bench:
    """Copies of what the store has below a prefix, in a namespace that has the Secret with its keys."""

    kubeconfig: Path
    namespace: str
    data: str
    store: S3Store
    # The collections path that the plan comes from.
    installed: Path

    def measure(self, rounds: int) -> Iterator[dict[str, Any]]:
        """The lines of this data. Raises ToolError."""
        costs: dict[str, list[Cost]] = {side: [] for side in SIDES}
        for number, order in enumerate(orders(rounds)):
            for side in order:
                costs[side].append(self._copy(side, f"{side}-{self.data}-{number}"))
                say(f"sync of {self.data}: {side} {costs[side][-1].wall:.2f} s, CPU {costs[side][-1].cpu:.2f} s")
        yield from lines("sync", self.data, costs["ours"], costs["peer"])

    def _copy(self, side: str, name: str) -> Cost:
        planned = self.planned()
        container = planned["container"]
        if side == "peer":
            remote = next(item["value"] for item in container["env"] if item["name"] == "SYNC_REMOTE")
            target = container["volumeMounts"][0]["mountPath"]
            container = {**container, "command": ["rclone", "--config=", "copy", remote, f"{target}/copy"]}
        container = {
            **container,
            "command": ["sh", "-c", MEASURE, "measure", *container["command"]],
            "volumeMounts": [*container["volumeMounts"], {"name": "measured", "mountPath": "/measured"}],
        }
        spec = {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 1,
            "containers": [container],
            "volumes": [*planned["volumes"], {"name": "measured", "emptyDir": {}}],
        }
        os.sync()
        self._kubectl("apply", "-f", "-", text=_object("Pod", name, spec=spec))
        try:
            self._kubectl("wait", "pod", name, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=300s")
            said = self._kubectl("logs", name)
        finally:
            self._kubectl("delete", "pod", name, "--wait", "--timeout=60s")
        return measured(said)

    def planned(self) -> dict[str, Any]:
        """The container and the volumes that the back end plans."""
        if str(self.installed) not in sys.path:
            sys.path.insert(0, str(self.installed))
        from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Target
        from ansible_collections.inferops.triton.plugins.module_utils._storage.sync import Sync

        source = {
            "bucket": "models",
            "prefix": self.data,
            "endpoint": self.store.endpoint(),
            "region": self.store.region,
            "existing_secret": SECRET,
        }
        plan = Sync(s3=source, image=RCLONE_IMAGE, pull_policy="Never").plan("models", Target(self.namespace, "bench"))
        (container,) = plan.init_containers
        return {"container": container, "volumes": list(plan.volumes)}

    def make_secret(self) -> None:
        """The Secret with the store's keys."""
        self._kubectl("apply", "-f", "-", text=_object("Secret", SECRET, stringData=dict(self.store.env)))

    def _kubectl(self, *words: str, text: str = "") -> str:
        return timed([kubectl(), "--kubeconfig", self.kubeconfig, "-n", self.namespace, *words], os.environ, text)[1]


def measured(said: str) -> Cost:
    """The cost that the container tells in its last line. Raises ToolError."""
    for words in map(str.split, reversed(said.splitlines())):
        if words[:2] == ["measured", "0"]:
            began, ended, before, after, most = map(float, words[2:])
            return Cost(ended - began, (after - before) / 1e9, most / MIB)
    raise ToolError(f"the copy failed:\n{said}")


def _object(kind: str, name: str, **content: Any) -> str:
    definition: Mapping[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}
    return json.dumps(definition)
