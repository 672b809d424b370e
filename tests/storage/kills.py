# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What kills processes in the middle of an upload or a copy on the local cluster, and what watches which models are served meanwhile.

Containers and the cluster's parts are processes of this machine, and its volumes are directories, so that nothing has to be asked of those who may
be dead.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("cluster", "storage")]

from localcluster import cgroups
from localcluster.processes import Process
from localcluster.record import load
from localcluster.settings import Cluster as Place
from syncing import digest

if TYPE_CHECKING:
    from conftest import Cluster

WAYS = ("upload", "sync")
KINDS = ("playbook", "container", "kubelet")
# Which container is killed; the first name of each is that of the container, the second of its list in a pod's status.
CONTAINERS = {"upload": ("upload", "containerStatuses"), "sync": ("sync-models", "initContainerStatuses")}
TRITON = "triton"
SELECTOR = "labelSelector=app.kubernetes.io%2Fname%3Dtriton"
# As long as a whole run may take on a busy machine; whoever waits for a run notices when that ends.
PATIENCE_S = 600.0
POLL_S = 0.01
# Where the API server is asked.
ASK_S = 0.1
WATCH_S = 0.5
REQUEST_S = 30.0
QUIET_S = 5.0


def combinations(source: random.Random, number: int) -> list[tuple[str, str]]:
    """So many pairs of what runs and what is killed, evenly over all of them, in an order of chance."""
    drawn: list[tuple[str, str]] = []
    while len(drawn) < number:
        # Each kind first with one of the ways and then with the other, so that a few kills are of all kinds.
        order = {kind: source.sample(WAYS, len(WAYS)) for kind in source.sample(KINDS, len(KINDS))}
        drawn += [(ways[turn], kind) for turn in range(len(WAYS)) for kind, ways in order.items()]
    return drawn[:number]


def await_that(condition: Callable[[], Any], what: str, every: float = POLL_S) -> Any:
    """Look until the condition gives something, and return that."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE_S:.0f} s"
        time.sleep(every)
    return found


def family(pid: int) -> list[int]:
    """A process and all that descend from it; ansible starts its workers in sessions of their own."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def signal_all(pids: list[int], how: signal.Signals) -> None:
    """Send a signal to each of these that is still there."""
    for pid in pids:
        # One ends by itself when the one that started it is gone.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)


def container_processes(cluster: Cluster, container_id: str) -> list[int]:
    """The processes of a container, its first one first; none when it is gone."""
    mark = Place(cluster.name, "openshift", "real").mark
    for mount, _kind in cgroups.hierarchies(Path("/proc/self/mounts").read_text()):
        for group in (mount / mark).rglob(container_id):
            with contextlib.suppress(OSError):
                return sorted(int(pid) for pid in (group / "cgroup.procs").read_text().split())
    return []


def part(cluster: Cluster, name: str) -> tuple[Process, int] | None:
    """A part of the cluster, such as its kubelet, and how often it was started; the supervisor starts it again when it ends."""
    report = json.loads((cluster.state / "processes.json").read_text())[name]
    record = load(cluster.state)
    assert record
    children = Path(f"/proc/{record.inner.pid}/task/{record.inner.pid}/children").read_text().split()
    for pid in map(int, children):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            status = Path(f"/proc/{pid}/status").read_text()
            inside = next(line.split()[-1] for line in status.splitlines() if line.startswith("NSpid:"))
            if int(inside) == report["pid"]:
                return Process.of(pid), report["starts"]
    return None


def volume(cluster: Cluster, namespace: str, claim: str) -> Path:
    """Where the node keeps a claim's files."""
    name = cluster.get("pvc", claim, "-n", namespace)["spec"]["volumeName"]
    # The node runs in a file system of its own, where this directory is another one.
    return cluster.state / "data" / "volumes" / Path(cluster.get("pv", name)["spec"]["local"]["path"]).name


def arrived(folder: Path, version: str, size: int) -> float:
    """Which part of a version's bytes is in the volume; 2 when the version is published."""
    if (folder / version).is_dir():
        return 2.0
    come = 0
    for incoming in folder.glob(".incoming-*"):
        # Names may change while they are looked at, which os.walk does not mind.
        for place, _folders, names in os.walk(incoming):
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    status = Path(place, name).lstat()
                    # What earlier versions have is linked, and was not sent.
                    come += status.st_size if status.st_nlink == 1 else 0
    return min(1.0, come / size)


def half_versions(folder: Path) -> list[str]:
    """The published versions that are not what their names say."""
    wrong = []
    for path in folder.glob("sha256-*"):
        found = ""
        with contextlib.suppress(FileNotFoundError):
            found = digest(path)
        # An old one that is being removed loses its name before its first file.
        if found != path.name and path.exists():
            wrong.append(f"{path.name} has the content of {found or 'nothing'}")
    return wrong


@dataclass
class Api:
    """Requests to the cluster's API server over one connection: a kubectl for each would take the time that the cluster needs."""

    cluster: Cluster
    _connection: http.client.HTTPSConnection | None = None
    _used: float = 0.0

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and parsed answer, status 0 when there is none."""
        # The server ends connections that were quiet for some time.
        if time.monotonic() - self._used > QUIET_S:
            self.close()
        try:
            self._connection = self._connection or self._connect()
            self._connection.request("GET" if body is None else "POST", path, json.dumps(body) if body else None)
            response = self._connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if response.status == 200 else text
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return 0, error
        finally:
            self._used = time.monotonic()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> http.client.HTTPSConnection:
        record, keys = load(self.cluster.state), self.cluster.state / "pki"
        assert record
        context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
        # Not the user whose writes are counted.
        client = keys / "clients" / "system:bootstrap"
        context.load_cert_chain(f"{client}.crt", f"{client}.key")
        return http.client.HTTPSConnection(record.address, 6443, timeout=REQUEST_S, context=context)

    def pods(self, namespace: str, query: str = "") -> list[dict[str, Any]]:
        """The pods of a namespace as the API server has them; none when it does not answer."""
        status, answer = self.ask(f"/api/v1/namespaces/{namespace}/pods?{query}")
        return list(answer["items"]) if status == 200 else []

    def infer(self, namespace: str, model: str) -> float | str:
        """The factor of the model that answers; in words why there is no answer."""
        body = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [1], "data": [1]}]}
        service = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy"
        status, answer = self.ask(f"{service}/v2/models/{model}/infer", body)
        return float(answer["outputs"][0]["data"][0]) if status == 200 else f"{status}: {answer!r}"


def running(pods: list[dict[str, Any]], name: str, kind: str = "containerStatuses") -> Iterator[tuple[str, str]]:
    """Pod and ID of each running container of this name."""
    for pod in pods:
        for status in (pod.get("status") or {}).get(kind) or ():
            if status["name"] == name and "running" in status["state"]:
                yield pod["metadata"]["name"], status["containerID"].removeprefix("containerd://")


@dataclass
class Watch:
    """Asks a release all the time what it serves, and looks into what its pods read.

    ``factors``: by model, those of all whole versions; ``known``: the names of these versions. Both may grow meanwhile.
    """

    cluster: Cluster
    namespace: str
    factors: dict[str, set[float]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    answers: Counter[tuple[str, float]] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    directories: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._seen: set[str] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        api = Api(self.cluster)
        try:
            while not self._end.wait(WATCH_S):
                self.ask(api)
                self.look(api, again=False)
        except Exception as error:  # whoever started this has to know, whatever it was
            self.wrong.append(f"the watch ended: {error!r}")
            raise
        finally:
            api.close()

    def ask(self, api: Api) -> None:
        """Ask each model for its factor."""
        for model, factors in list(self.factors.items()):
            factor = api.infer(self.namespace, model)
            if isinstance(factor, str):
                self.unanswered[factor] += 1
                continue
            self.answers[model, factor] += 1
            if factor not in factors:
                self.wrong.append(f"model {model} answered with factor {factor}, which no version has")

    def look(self, api: Api, *, again: bool = True) -> None:
        """Read what each running server reads, as it sees it; without ``again`` only that of new ones."""
        for pod, container in running(api.pods(self.namespace, SELECTOR), TRITON):
            if not again and container in self._seen:
                continue
            found = self._read(container)
            if found:
                self._seen.add(container)
                self.directories += 1
                if found not in self.known:
                    self.wrong.append(f"pod {pod} reads {found}, which is no whole version")

    def _read(self, container: str) -> str:
        """The version that the server of a container has before it, "" when the server is gone."""
        for pid in container_processes(self.cluster, container):
            process, found = Path(f"/proc/{pid}"), "what cannot be read"
            with contextlib.suppress(OSError):
                found = digest(_repository(process / "root"))
            if (process / "exe").exists():
                return found
        return ""


def _repository(root: Path) -> Path:
    """The repository in a server's root: a directory, or a link to one, which is to be followed inside of it."""
    mounted = root / "models" / "models"
    link = mounted / "current"
    return root / str(link.readlink()).lstrip("/") if link.is_symlink() else mounted


@dataclass(frozen=True)
class Tally:
    """What a soak tells of its kills: how many of each, at which part of the bytes, and how the runs went on."""

    kills: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    through: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)

    def count(self, way: str, kind: str, part_of_bytes: float, *, through: bool) -> None:
        """A kill in the middle."""
        name = f"{way}, {kind}"
        self.kills[name] += 1
        self.parts[f"{min(3, int(part_of_bytes * 4)) * 25} to {min(3, int(part_of_bytes * 4)) * 25 + 25} %"] += 1
        self.through[name] += through

    def figures(self) -> Mapping[str, Any]:
        """For people and programs."""
        return {
            "kills": sum(self.kills.values()),
            "of_each": dict(sorted(self.kills.items())),
            "of_each_kind": {
                kind: sum(number for name, number in self.kills.items() if name.endswith(f", {kind}")) for kind in KINDS
            },
            "at_part_of_the_bytes": dict(sorted(self.parts.items(), key=lambda item: int(item[0].split()[0]))),
            "ended_well_without_another_run": dict(sorted((self.through).items())),
            "too_late_and_repeated": sum(self.late.values()),
        }
