# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrades that fail undo themselves while a client asks all along; and rollbacks, with the models that a revision had."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster, Played, namespace_names

sys.path.insert(0, str(ROOT / "tests" / "release"))

from asking import INPUT, Answers, asking

SOURCE = ROOT / "tests" / "models" / "double"
# Time for others to notice that a pod goes; probes that look often, since the test waits for them.
STEADY: dict[str, Any] = {
    **VALUES,
    "replicas": 2,
    "env": [{"name": "TUNING", "valueFrom": {"secretKeyRef": {"name": "tuning", "key": "level"}}}],
    "shutdown": {"preStopSeconds": 4, "gracePeriodSeconds": 15},
    "probes": {"startupPeriodSeconds": 1, "readinessPeriodSeconds": 1},
}
EXECUTE = "    def execute("


class Scene:
    """One release whose model multiplies by a factor."""

    def __init__(self, cluster: Cluster, namespace: str, folder: Path) -> None:
        self.cluster, self.namespace, self.folder = cluster, namespace, folder

    def model(self, factor: int, initialize: str = "") -> dict[str, Any]:
        """A repository with that model, which may do something before it is ready."""
        for path in SOURCE.rglob("*"):
            if path.is_file():
                copy = self.folder / "models" / "double" / path.relative_to(SOURCE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                text = path.read_text().replace("dtype.type(2)", f"dtype.type({factor})")
                if initialize:
                    text = text.replace(EXECUTE, f"    def initialize(self, args):\n        {initialize}\n\n{EXECUTE}")
                copy.write_text(text)
        return {"triton_model_repository": {"configmap": {"path": str(self.folder / "models")}}}

    def play(self, playbook: str, factor: int, *arguments: str, **variables: Any) -> Played:
        """Run a playbook that expects answers of that factor."""
        expected = [number * factor for number in INPUT]
        tensor = {"name": "INPUT", "datatype": "FP32", "data": INPUT}
        inference = {"model": "double", "inputs": [tensor], "expect": f"outputs[0].data == `{expected}`"}
        common = {"triton_namespace": self.namespace, "triton_values": STEADY, "triton_inferences": [inference]}
        return self.cluster.play(playbook, {**common, **variables}, *arguments)

    def secret(self, **values: str) -> None:
        """The Secret of the user's from which Triton has a variable."""
        metadata = {"name": "tuning", "namespace": self.namespace}
        self.cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values})

    def pods(self) -> set[str]:
        """Names of the pods that stay."""
        pods = self.cluster.get("pods", "-n", self.namespace, "-l", "app.kubernetes.io/name=triton")["items"]
        return {pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}

    def revisions(self) -> list[tuple[int, str]]:
        """Number and status of helm's revisions."""
        secrets = self.cluster.get("secrets", "-n", self.namespace, "-l", "owner=helm,name=triton")["items"]
        labels = [secret["metadata"]["labels"] for secret in secrets]
        return sorted((int(one["version"]), one["status"]) for one in labels)

    def deployment(self) -> Any:
        return self.cluster.get("deployment", "triton", "-n", self.namespace)


def answer(factor: int) -> tuple[float, ...]:
    return tuple(number * factor for number in INPUT)


@pytest.fixture(scope="module")
def scene(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two replicas, in the second revision: the first multiplies by 2, the second by 3."""
    with namespace_names(cluster) as name:
        namespace = name()
        scene = Scene(cluster, namespace, tmp_path_factory.mktemp("undo"))
        cluster.kubectl("create", "namespace", namespace)
        scene.secret(level="1", other="1")
        for factor in (2, 3):
            played = scene.play("deploy", factor, **scene.model(factor))
            assert played.code == 0, played.output
        yield scene


@pytest.fixture(scope="module")
def answers(scene: Scene) -> Iterator[Answers]:
    """Of a client that asks during all the tests of this file; not one request may fail."""
    with asking(scene.cluster.kubeconfig, scene.namespace, "double") as found:
        found.await_more(1)
        yield found


BAD: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "image": ("", ("ErrImageNeverPull",)),
    "load": (
        'raise RuntimeError("the weights are gone")',
        ("cannot load 1 of its models: double", "the weights are gone"),
    ),
    "answer": ("", ("the answer is not what was expected", "{'OUTPUT': [7.5, 12.5]}")),
    "start": ("__import__('time').sleep(3600)", ("is not ready after 20 s",)),
}


@pytest.mark.parametrize("name", BAD)
def test_what_fails_is_undone_by_itself(scene: Scene, answers: Answers, name: str) -> None:
    initialize, words = BAD[name]
    before = scene.revisions()
    variables = scene.model(5 if name == "answer" else 3, initialize)
    if name == "image":
        variables["triton_values"] = {**STEADY, "image": {**VALUES["image"], "tag": "no-such-tag"}}
    if name == "start":
        variables["triton_timeout"] = 20
    failed = scene.play("deploy", 3, **variables)
    assert failed.code != 0, failed.output
    for word in words:
        assert word in failed.sentence, failed.sentence
    good, newest = before[-1][0], before[-1][0] + 2
    assert failed.sentence.endswith(
        f"Revision {good} of release triton, which was verified before, serves again (as revision {newest}: double)."
    )
    assert [status for _number, status in scene.revisions()[-2:]] == ["superseded", "deployed"]
    assert scene.revisions()[-1][0] == newest

    answers.counts.clear()
    answers.await_more(20)
    assert set(answers.counts) == {answer(3)}
    assert answers.failures == []


def test_what_serves_again_is_what_was_there(scene: Scene) -> None:
    again = scene.play("deploy", 3, **scene.model(3))
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    assert "Upgrades surge (a new pod gets ready before an old one goes)" in again.output
    strategy = scene.deployment()["spec"]["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


def test_a_revision_that_does_not_exist(scene: Scene) -> None:
    played = scene.play("rollback", 2, triton_revision=77)
    assert played.code != 0
    numbers = ", ".join(str(number) for number, _status in scene.revisions())
    assert played.sentence == f"Release triton has no revision 77; it has: {numbers}. Nothing was written."
    assert played.writes == ()


def test_back_to_the_first_revision_with_its_models(scene: Scene, answers: Answers) -> None:
    shown = scene.play("rollback", 2, "--check", "--diff", triton_revision=1)
    assert (shown.code, shown.changed, shown.writes) == (0, 1, ()), shown.output
    assert "triton.inferops/models-digest" in shown.output
    done = scene.play("rollback", 2, triton_revision=1)
    assert (done.code, done.changed) == (0, 1), done.output
    answers.counts.clear()
    answers.await_more(20)
    assert set(answers.counts) == {answer(2)}
    assert answers.failures == []
    again = scene.play("rollback", 2, triton_revision=scene.revisions()[-1][0])
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output
    assert set(answers.counts) == {answer(2)} and answers.failures == []


def test_a_changed_secret_of_the_users_values_rolls_the_pods(scene: Scene, answers: Answers) -> None:
    """In the release that the rollback has left."""
    before = scene.pods()
    scene.secret(level="1", other="2")
    same = scene.play("deploy", 2, **scene.model(2))
    assert (same.code, same.changed, same.writes) == (0, 0, ()), same.output
    scene.secret(level="2", other="2")
    changed = scene.play("deploy", 2, **scene.model(2))
    assert (changed.code, changed.changed) == (0, 1), changed.output
    assert len(scene.pods()) == 2 and not scene.pods() & before
    assert answers.failures == []
