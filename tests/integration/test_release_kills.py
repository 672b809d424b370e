# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An upgrade is killed at one of its requests: the next run comes to what an undisturbed run comes to.

Each kill meets another upgrade (models, values), with all that ansible-playbook started, helm among it. Beside it another release gets the
same upgrades and is left alone.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import DOUBLE, ROOT, VALUES, Cluster, Played

sys.path[:0] = [str(ROOT / "tests" / name) for name in ("release", "storage")]

from kills import family, signal_all
from turnstile import Turnstile, writes

SEED = int(os.environ.get("INFEROPS_SEED", "1"))
# `make soak-release` kills more often, and wants to know what was seen.
KILLS = int(os.environ.get("INFEROPS_KILLS", "3"))
RESULTS = os.environ.get("INFEROPS_RESULTS", "")
# Of five kills one comes before the first write.
EARLY = 5
SOURCE = ROOT / "tests" / "models" / "double"
KINDS = "deployments,services,serviceaccounts,configmaps,secrets,persistentvolumeclaims"
SERVER_SET = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "ownerReferences")
# What the cluster gives an object when it is made, and what counts its changes.
GIVEN = {
    "Deployment": {"metadata": ("deployment.kubernetes.io/revision",), "spec": ()},
    "PersistentVolumeClaim": {
        "metadata": (
            "pv.kubernetes.io/bind-completed",
            "pv.kubernetes.io/bound-by-controller",
            "volume.beta.kubernetes.io/storage-provisioner",
            "volume.kubernetes.io/storage-provisioner",
            "volume.kubernetes.io/selected-node",
        ),
        "spec": ("volumeName",),
    },
    "Service": {"metadata": (), "spec": ("clusterIP", "clusterIPs")},
}


@dataclass
class Release:
    """A release in a namespace of its own, and its upgrades."""

    cluster: Cluster
    namespace: str
    folder: Path

    def settings(self, number: int) -> dict[str, Any]:
        """The variables of an upgrade: each has another model and other values than the one before."""
        models = self.folder / f"models-{number}"
        if not models.exists():
            shutil.copytree(SOURCE, models / "double")
            with (models / "double" / "1" / "model.py").open("a") as file:
                file.write(f"# Upgrade {number}.\n")
        repositories = [{"claim": {"size": "1Gi"}}, {"configmap": {"path": str(models)}}]
        return {
            "triton_namespace": self.namespace,
            # The helm that is at work was killed.
            "release_pending_timeout": 1,
            "triton_model_repository": repositories,
            "triton_values": {**VALUES, "podAnnotations": {"upgrade": str(number)}},
            "triton_inferences": [DOUBLE],
            "triton_timeout": 300,
        }

    def deploy(self, number: int) -> Played:
        """A whole run."""
        return self.cluster.play("deploy", self.settings(number))

    def objects(self) -> dict[str, Any]:
        """All objects but those of the cluster's own and helm's, as they would be in any namespace."""
        found = {}
        for item in self.cluster.get(KINDS, "-n", self.namespace)["items"]:
            metadata = item["metadata"]
            labels = metadata.get("labels") or {}
            if labels.get("owner") == "helm" or labels.get("app.kubernetes.io/instance") != "triton":
                continue
            found[f"{item['kind']} {metadata['name']}"] = json.loads(self._anywhere(json.dumps(_wanted(item))))
        return found

    def helm(self) -> tuple[set[str], list[str], str]:
        """The names of the releases there are, the statuses of revisions that count, and the newest manifest."""
        secrets = self.cluster.get("secrets", "-n", self.namespace, "-l", "owner=helm")["items"]
        labels = [secret["metadata"]["labels"] for secret in secrets]
        newest = max(secrets, key=lambda secret: int(secret["metadata"]["labels"]["version"]))
        packed = base64.b64decode(base64.b64decode(newest["data"]["release"]))
        release = json.loads(gzip.decompress(packed))
        assert newest["metadata"]["labels"]["status"] == "deployed"
        return (
            {one["name"] for one in labels},
            [one["status"] for one in labels if one["status"] not in ("superseded", "failed")],
            self._anywhere(release["manifest"]),
        )

    def claim(self) -> str:
        """The identity of the claim, which a lost one would not have."""
        uid: str = self.cluster.get("pvc", "triton-models", "-n", self.namespace)["metadata"]["uid"]
        return uid

    def _anywhere(self, text: str) -> str:
        return text.replace(self.namespace, "NAMESPACE")


def _wanted(item: Mapping[str, Any]) -> dict[str, Any]:
    given = GIVEN.get(item["kind"], {"metadata": (), "spec": ()})
    metadata = {name: value for name, value in item["metadata"].items() if name not in SERVER_SET}
    annotations = metadata.get("annotations") or {}
    metadata["annotations"] = {name: value for name, value in annotations.items() if name not in given["metadata"]}
    whole = {name: value for name, value in item.items() if name != "status"}
    if "spec" in whole:
        whole["spec"] = {name: value for name, value in whole["spec"].items() if name not in given["spec"]}
    return {**whole, "metadata": metadata}


@dataclass
class Tally:
    """What the kills met."""

    kills: int = 0
    after_the_first_write: int = 0
    too_late_and_repeated: int = 0
    at: list[str] = field(default_factory=list)
    writes_of_the_next_run: int = 0


def run_through(release: Release, number: int, turnstile: Turnstile, log: Path) -> int:
    """Deploy through a turnstile that may kill the run; returns how it ended."""
    variables = {"triton_kubeconfig": turnstile.kubeconfig, **release.settings(number)}
    command = release.cluster.command("deploy", {"cluster": variables})
    with turnstile, log.open("w") as output:
        playbook = subprocess.Popen(
            command, env=release.cluster.env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        turnstile.shut = lambda: signal_all(family(playbook.pid), signal.SIGKILL)
        try:
            return playbook.wait(600)
        finally:
            signal_all(family(playbook.pid) if playbook.poll() is None else [], signal.SIGKILL)


def test_what_writes_is_told_from_what_asks() -> None:
    assert writes("PATCH", "/apis/apps/v1/namespaces/n/deployments/triton?fieldManager=helm")
    assert writes("POST", "/api/v1/namespaces/n/secrets")
    assert not writes("PATCH", "/api/v1/namespaces/n/configmaps/c?dryRun=All&force=true")
    assert not writes("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
    assert not writes("POST", "/api/v1/namespaces/n/services/http:triton:http/proxy/v2/repository/index")
    assert not writes("GET", "/api/v1/namespaces/n/secrets")


@pytest.fixture
def releases(cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Path) -> tuple[Release, Release]:
    """The release that is killed, and the one that is left alone, both deployed."""
    pair = Release(cluster, fresh_name(), tmp_path), Release(cluster, fresh_name(), tmp_path)
    for release in pair:
        played = release.deploy(0)
        assert played.code == 0, played.output
    return pair


def test_killed_at_a_request_the_next_run_comes_to_what_an_undisturbed_run_comes_to(
    releases: tuple[Release, Release], cluster: Cluster, tmp_path: Path
) -> None:
    killed, alone = releases
    source, tally, begun = random.Random(SEED), Tally(), time.monotonic()
    claim, log = killed.claim(), tmp_path / "log"
    for number in range(1, KILLS + 1):
        # How many requests an upgrade takes, and from where on it writes.
        free = Turnstile(cluster.kubeconfig)
        assert run_through(alone, number, free, log) == 0, log.read_text()
        first, last = free.first_write, len(free.requests)
        assert 1 < first < last
        early, answered = number % EARLY == 0, source.random() < 0.5
        at = source.randint(1, first) if early else source.randint(first + 1, last)
        while True:
            gate = Turnstile(cluster.kubeconfig, at, answered)
            code = run_through(killed, number, gate, log)
            if gate.closed.is_set():
                break
            # It took fewer requests than the one beside it, and is over: the same upgrade again has nothing to write.
            assert code == 0, log.read_text()
            tally.too_late_and_repeated += 1
            played = killed.deploy(number - 1)
            assert played.code == 0, played.output
            at = source.randint(first + 1, at - 1)
        assert code == -signal.SIGKILL, log.read_text()
        tally.kills += 1
        written = [one for one in gate.requests[: at if answered else at - 1] if writes(*one)]
        tally.after_the_first_write += bool(written)
        tally.at.append(f"{at} of {last}{', answered' if answered else ''}")

        following = killed.deploy(number)
        assert following.code == 0, f"killed at request {at} ({gate.requests[-1]}): {following.output}"
        tally.writes_of_the_next_run += len(following.writes)
        again = killed.deploy(number)
        assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
        assert killed.claim() == claim
        names, counting, manifest = killed.helm()
        assert (names, counting) == ({"triton"}, ["deployed"])
        assert manifest == alone.helm()[2]
        assert killed.objects() == alone.objects()
        print(f"upgrade {number}: killed at request {tally.at[-1]}", file=sys.__stderr__, flush=True)
    # Nothing of this would have been noticed with nothing to compare.
    assert len(killed.objects()) >= 5
    if RESULTS:
        figures = {**tally.__dict__, "seed": SEED, "runs_that_did_not_converge": 0}
        figures["seconds_of_kills"] = round(time.monotonic() - begun)
        (Path(RESULTS) / "kills.json").write_text(json.dumps(figures))
