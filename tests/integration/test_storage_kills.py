# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook, the pod's container or the kubelet is killed in the middle of an upload or a copy: the next run converges, nothing half is served.

Each kill meets another version of the models, while Triton serves the one before. What kills and what watches is in tests/storage/kills.py.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster

sys.path.insert(0, str(ROOT / "tests" / "storage"))

from kills import (
    ASK_S,
    CONTAINERS,
    KINDS,
    WAYS,
    Api,
    Tally,
    Watch,
    arrived,
    await_that,
    combinations,
    container_processes,
    family,
    half_versions,
    part,
    running,
    signal_all,
    volume,
)
from objectstore import RCLONE_IMAGE, S3Store, s3_store
from repositories import MIB, many_small
from syncing import digest

SEED = int(os.environ.get("INFEROPS_SEED", "1"))
# `make soak-storage` kills more often, and wants to know what was seen.
KILLS = int(os.environ.get("INFEROPS_KILLS", "3"))
RESULTS = os.environ.get("INFEROPS_RESULTS", "")
MODELS, WEIGHTS = 3, 32 * MIB
CLAIM = "triton-models"
# Slow enough for every part of it to be met: four seconds. An upload takes some by itself.
BANDWIDTH = "24M"
RUN_S = 600


@dataclass(frozen=True)
class Version:
    """A repository with its digest, its bytes, and what each model multiplies by."""

    folder: Path
    name: str
    size: int
    factors: dict[str, int]


@dataclass
class Release:
    """A release that serves version after version, uploaded or copied."""

    cluster: Cluster
    namespace: str
    way: str
    store: S3Store
    folder: Path
    source: random.Random
    watch: Watch
    versions: list[Version] = field(default_factory=list)

    def change(self) -> Version:
        """Make another version, in which each model has another factor than in the one before, and tell the watch of it."""
        before = self.versions[-1].factors if self.versions else {}
        folder = self.folder / str(len(self.versions))
        while True:
            shutil.rmtree(folder, ignore_errors=True)
            factors = many_small(folder, models=MODELS, seed=self.source.getrandbits(32), weights=WEIGHTS)
            if not set(factors.items()) & set(before.items()):
                break
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        version = Version(folder, digest(folder), size, factors)
        self.watch.known.add(version.name)
        for model, factor in factors.items():
            self.watch.factors.setdefault(model, set()).add(float(factor))
        if self.way == "sync":
            self.store.fill(folder, "models", self.namespace)
        if self.versions:
            shutil.rmtree(self.versions[-1].folder)
        self.versions.append(version)
        return version

    def settings(self) -> dict[str, Any]:
        """The variables that deploy the newest version."""
        version = self.versions[-1]
        if self.way == "upload":
            entry: dict[str, Any] = {"path": str(version.folder), "size": "1Gi"}
        else:
            source = {
                "bucket": "models",
                "prefix": self.namespace,
                "endpoint": self.store.endpoint(),
                "region": self.store.region,
                "existing_secret": "keys",
            }
            entry = {"s3": source, "claim": {"size": "1Gi"}, "digest": version.name, "transfers": 2}
            entry |= {"image": RCLONE_IMAGE, "pull_policy": "Never", "bandwidth": BANDWIDTH}
        return {
            "triton_namespace": self.namespace,
            "triton_model_repository": {self.way: entry},
            "triton_values": VALUES,
            "triton_inferences": [
                {
                    "model": model,
                    "inputs": [{"name": "INPUT", "datatype": "FP32", "data": [2.0]}],
                    "expect": f"outputs[0].data == `[{2.0 * factor}]`",
                }
                for model, factor in version.factors.items()
            ],
            "triton_timeout": 300,
        }

    def deploy(self) -> Any:
        """A whole run."""
        return self.cluster.play("deploy", self.settings())

    def volume(self) -> Path:
        """The files of the claim."""
        return volume(self.cluster, self.namespace, CLAIM)

    def check(self, api: Api) -> None:
        """Nothing half is there or was served, and what was served was a version that was meant to be."""
        assert half_versions(self.volume()) == []
        self.watch.look(api)
        assert self.watch.wrong == []

    def check_served(self, api: Api) -> None:
        """The newest version answers, and its files are those of the source, with nothing left beside them."""
        version, folder = self.versions[-1], self.volume()
        answers = {model: api.infer(self.namespace, model) for model in version.factors}
        assert answers == version.factors
        assert digest(folder / version.name) == digest(version.folder) == version.name
        left = [path.name for pattern in (".incoming-*", ".removed-*", ".trash-*") for path in folder.glob(pattern)]
        assert left == []
        self.check(api)


@dataclass
class Killing:
    """One run that loses a process in the middle."""

    release: Release
    kind: str
    api: Api
    log: Path

    def run_and_kill(self, moment: float) -> tuple[float, int]:
        """Kill when this part of the bytes has come; returns the part that had come then (2: published), and how the run ended."""
        release = self.release
        folder, version = release.volume(), release.versions[-1]
        command = release.cluster.command(
            "deploy", {"cluster": {"triton_kubeconfig": str(release.cluster.kubeconfig), **release.settings()}}
        )
        with self.log.open("w") as output:
            playbook = subprocess.Popen(
                command, env=release.cluster.env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            kill, dead = self._aim(playbook)
            come = await_that(
                lambda: self._reached(playbook, moment, arrived(folder, version.name, version.size)),
                f"{moment:.0%} of {version.name}",
            )
            kill()
            come = max(come, arrived(folder, version.name, version.size))
            await_that(dead, f"end of the {self.kind}")
            return come, playbook.wait(RUN_S)
        finally:
            signal_all(family(playbook.pid) if playbook.poll() is None else [], signal.SIGKILL)

    def _reached(self, playbook: subprocess.Popen[bytes], moment: float, come: float) -> float | None:
        assert playbook.poll() is None or come, self.log.read_text()
        return come if come > moment else None

    def _aim(self, playbook: subprocess.Popen[bytes]) -> tuple[Callable[[], None], Callable[[], bool]]:
        """What kills, once all is known that takes time to find; and whether it is dead, in case of the kubelet also back."""
        cluster = self.release.cluster
        if self.kind == "playbook":
            return lambda: signal_all(family(playbook.pid), signal.SIGKILL), lambda: playbook.poll() is not None
        if self.kind == "kubelet":
            kubelet, starts = await_that(lambda: part(cluster, "kubelet"), "the kubelet")
            return kubelet.kill, lambda: (part(cluster, "kubelet") or (kubelet, 0))[1] > starts
        name, where = CONTAINERS[self.release.way]
        container = await_that(lambda: self._container(playbook, name, where), f"container {name}", ASK_S)
        pids = container_processes(cluster, container)
        assert pids
        return lambda: signal_all(
            pids, signal.SIGKILL
        ), lambda: not set(container_processes(cluster, container)) & set(pids)

    def _container(self, playbook: subprocess.Popen[bytes], name: str, where: str) -> str | None:
        assert playbook.poll() is None, self.log.read_text()
        found = [container for _pod, container in running(self.api.pods(self.release.namespace), name, where)]
        return found[0] if found else None


@pytest.fixture(scope="module")
def s3(cluster: Cluster) -> Iterator[S3Store]:
    with s3_store(cluster.name, tls=False) as store:
        yield store


@pytest.fixture
def release(
    cluster: Cluster, fresh_name: Callable[[], str], s3: S3Store, tmp_path: Path
) -> Iterator[Callable[[str], Release]]:
    """Makes the release of a way that serves its first version, with a watch on it."""
    made: dict[str, Release] = {}
    with ExitStack() as stack:

        def of(way: str) -> Release:
            if way not in made:
                namespace = fresh_name()
                cluster.kubectl("create", "namespace", namespace)
                secret = {"metadata": {"name": "keys", "namespace": namespace}, "stringData": dict(s3.env)}
                cluster.apply({"apiVersion": "v1", "kind": "Secret", **secret})
                watch = Watch(cluster, namespace)
                one = Release(cluster, namespace, way, s3, tmp_path / way, random.Random(f"{SEED} {way}"), watch)
                one.change()
                deployed = one.deploy()
                assert deployed.code == 0, deployed.output
                made[way] = one
                # From now on something is served, so that a request without an answer counts.
                stack.enter_context(watch)
            return made[way]

        yield of


def test_combinations_are_even() -> None:
    drawn = combinations(random.Random(2), 40)
    counts = {(way, kind): drawn.count((way, kind)) for way in WAYS for kind in KINDS}
    assert sum(counts.values()) == 40
    assert set(counts.values()) == {6, 7}
    # A few are of all kinds.
    assert {kind for _way, kind in combinations(random.Random(2), 3)} == set(KINDS)


def test_a_half_version_and_what_has_come_are_noticed(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        (folder / "model").mkdir(parents=True)
        (folder / "model" / "weights.bin").write_bytes(folder.name.encode())
    whole, half = digest(first), digest(second)
    first.rename(tmp_path / whole)
    assert half_versions(tmp_path) == []
    assert (arrived(tmp_path, whole, 100), arrived(tmp_path, half, 100)) == (2.0, 0.0)

    incoming = tmp_path / ".incoming-x"
    incoming.mkdir()
    os.link(tmp_path / whole / "model" / "weights.bin", incoming / "linked.bin")
    (incoming / "sent.bin").write_bytes(bytes(40))
    assert arrived(tmp_path, half, 100) == 0.4
    incoming.rename(tmp_path / half)
    (wrong,) = half_versions(tmp_path)
    assert wrong.startswith(f"{half} has the content of sha256-")


def test_killed_in_the_middle_the_next_run_converges(
    cluster: Cluster,
    release: Callable[[str], Release],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source, api, tally = random.Random(SEED), Api(cluster), Tally()
    todo = combinations(source, KILLS)
    served: dict[str, Watch] = {}
    while todo:
        (way, kind), moment, begun = todo[0], source.uniform(0, 1), time.monotonic()
        one = release(way)
        served[way] = one.watch
        version, answers = one.change(), one.watch.answers.total()
        killing = Killing(one, kind, api, tmp_path / "killed.log")
        come, code = killing.run_and_kill(moment)
        told = f"{way}, {kind} at {come:.0%} of {version.name[:14]} (wanted {moment:.0%})"
        one.check(api)
        again = one.deploy()
        assert again.code == 0, f"{told}\n{killing.log.read_text()}\n{again.output}"
        if code == 0:
            assert (again.changed, again.writes) == (0, ()), f"{told}\n{again.output}"
        one.check_served(api)
        assert one.watch.answers.total() > answers, f"{told}: nobody answered meanwhile"
        if come <= 1:
            tally.count(way, kind, come, through=code == 0)
            todo.pop(0)
        else:
            # The version was there already: nothing was in the middle, so once more.
            tally.late[f"{way}, {kind}"] += 1
            assert tally.late.total() <= KILLS, tally
        with capsys.disabled():
            print(
                f"{told}: ended with {code}; {one.watch.answers.total() - answers} answers, "
                f"without an answer so far: {dict(one.watch.unanswered)}; {time.monotonic() - begun:.0f} s",
                flush=True,
            )
    # A watch that knows of no version complains of what is served and of what is read.
    witness = Watch(cluster, one.namespace, {model: set() for model in version.factors})
    witness.ask(api)
    witness.look(api)
    assert len([said for said in witness.wrong if said.startswith("model ")]) == MODELS
    # A pod of the version before may still be ending.
    assert len([said for said in witness.wrong if said.startswith("pod ")]) in (1, 2)
    api.close()
    figures = {
        "seed": SEED,
        **tally.figures(),
        "answers": sum(watch.answers.total() for watch in served.values()),
        "requests_without_answer": sum(watch.unanswered.total() for watch in served.values()),
        "directories_read": sum(watch.directories for watch in served.values()),
        "half_versions": 0,
    }
    if RESULTS:
        Path(RESULTS, "kills.json").write_text(json.dumps(figures))
