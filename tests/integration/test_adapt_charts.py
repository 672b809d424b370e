# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts of many shapes, adapted and installed on the local cluster under restricted-v2, or refused with the right reason.

Helm itself is the judge of what was made: it upgrades, rolls back and tests the release, shows its notes and uninstalls it. Each chart runs under
Helm 3 or Helm 4, which a seed decides, and under both with INFEROPS_ADAPT=all.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Cluster

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "adapt"))

from chart import RELEASE, Case, cases, write

SEED = int(os.environ.get("INFEROPS_SEED", "1"))
HELMS = ("3", "4")
# Triton's own has a file of its own: test_adapt_triton.py.
ADMITTED = [case for case in cases() if not case.refusal and case.name != "triton-onprem"]
REFUSED = [case for case in cases() if case.refusal]
READY = {"Deployment": "condition=Available", "Job": "condition=Complete"}
WAIT = "--timeout=120s"


def _runs() -> Iterator[tuple[Case, str]]:
    chosen = random.Random(SEED)
    for case in ADMITTED:
        # Helm 3 and Helm 4 come to these in different ways.
        both = case.name in ("lookup", "crds", "jobs-hooks") or os.environ.get("INFEROPS_ADAPT") == "all"
        for helm in HELMS if both else (chosen.choice(HELMS),):
            yield case, helm


def _binary(cluster: Cluster, helm: str) -> str:
    return cluster.env["INFEROPS_HELM" if helm == "3" else "INFEROPS_HELM4"]


class Release:
    """One chart in a namespace of its own."""

    def __init__(self, cluster: Cluster, namespace: str, case: Case, helm: str, folder: Path) -> None:
        self.cluster, self.namespace, self.case = cluster, namespace, case
        self.binary = _binary(cluster, helm)
        self.chart, self.folder = write(case, folder), folder

    def run(self, values: Any = None, **more: Any) -> Any:
        """Install or upgrade it."""
        # Ansible would take braces for a template of its own.
        given = self.folder / "values.json"
        given.write_text(json.dumps(dict(self.case.values if values is None else values)))
        return self.cluster.module(
            "helm_release",
            {
                "name": RELEASE,
                "namespace": self.namespace,
                "chart": str(self.chart),
                "values": f"{{{{ lookup('ansible.builtin.file', '{given}') | from_json }}}}",
                "helm_binary": self.binary,
                "adapt": dict(self.case.adapt),
                "timeout": 120,
                **more,
            },
        )

    def helm(self, *arguments: str) -> str:
        """Call helm by hand."""
        command = [self.binary, *arguments, "--kubeconfig", str(self.cluster.kubeconfig), "--namespace", self.namespace]
        done = subprocess.run(command, env=self.cluster.env, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def await_ready(self) -> None:
        """Wait until all that has to run does."""
        for one in self.case.ready:
            kind, name = one.split("/")
            if kind in READY:
                self.cluster.kubectl("wait", f"--for={READY[kind]}", one, "-n", self.namespace, WAIT)
            else:
                self.cluster.kubectl("rollout", "status", f"{kind}/{name}", "-n", self.namespace, WAIT)

    def manifest(self) -> dict[tuple[str, str], Any]:
        """What the cluster has of the release, as helm says, without the marks of time."""
        text = self.helm("get", "manifest", RELEASE)
        return {
            (item["kind"], item["metadata"]["name"]): item
            for part in re.split(r"^---$", text, flags=re.MULTILINE)
            if (item := json.loads(re.sub(r"^# Source.*$", "", part, flags=re.MULTILINE).strip() or "null"))
        }


FIGURES = {"charts": len(ADMITTED), "refused": len(REFUSED), "releases": 0, "rolled_back": 0}


@pytest.fixture(scope="module", autouse=True)
def _figures() -> Iterator[None]:
    """What was done, for a soak that keeps it."""
    yield
    if os.environ.get("INFEROPS_RESULTS"):
        (Path(os.environ["INFEROPS_RESULTS"]) / "charts.json").write_text(json.dumps(FIGURES))


def _listed(changes: list[dict[str, Any]]) -> set[str]:
    return {f"{change['kind']} {change['name']} {change['path']}".strip() for change in changes}


@pytest.mark.parametrize("case, helm", [pytest.param(*run, id=f"{run[0].name}-helm{run[1]}") for run in _runs()])
def test_a_chart_is_adapted_installed_upgraded_and_rolled_back(
    cluster: Cluster, namespace: str, case: Case, helm: str, tmp_path: Path
) -> None:
    release = Release(cluster, namespace, case, helm, tmp_path)
    made = release.run()
    assert made.get("action") == "install" and "adapted" in made, made
    assert set(case.changes) <= _listed(made["adapted"]["changes"])
    if case.right:
        assert made["adapted"]["changes"] == []
    release.await_ready()
    _admitted_by_restricted(release)
    # Other comments make helm render it anew, and its random values are other ones then.
    for path in ("values.yaml", "templates/_comment.tpl"):
        with (release.chart / path).open("a") as handle:
            handle.write("\n# Read this.\n")
    offset = cluster.audit_offset()
    again = release.run()
    assert (again["changed"], cluster.writes(offset)) == (False, ()), again["msg"]
    assert again.get("adapted") == made["adapted"], again
    if case.test:
        release.helm("test", RELEASE)
    if "templates/NOTES.txt" in case.files:
        assert release.helm("get", "notes", RELEASE).strip()
    if case.changed_values:
        _upgraded_and_back(release)
    release.helm("uninstall", RELEASE)
    FIGURES["releases"] += 1


def _admitted_by_restricted(release: Release) -> None:
    pods = release.cluster.get("pods", "-n", release.namespace)["items"]
    for pod in pods:
        assert pod["metadata"]["annotations"]["openshift.io/scc"] in ("restricted-v2", "restricted-v3"), pod["metadata"]


def _upgraded_and_back(release: Release) -> None:
    first = release.manifest()
    changed = release.run(release.case.changed_values)
    assert changed.get("action") == "upgrade", changed
    release.await_ready()
    assert release.manifest() != first
    release.helm("rollback", RELEASE, "1", "--wait", "--timeout=120s")
    release.await_ready()
    assert release.manifest() == first
    assert release.run()["changed"] is False
    FIGURES["rolled_back"] += 1


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_cannot_be_adapted_is_refused_before_anything_is_written(
    cluster: Cluster, namespace: str, case: Case, tmp_path: Path
) -> None:
    offset = cluster.audit_offset()
    said = Release(cluster, namespace, case, "3", tmp_path).run()
    assert "cannot be adapted safely" in said["msg"], said
    reasons = [reason for refusal in said["refusals"] for reason in refusal["reasons"]]
    assert any(re.search(case.refusal, reason) for reason in reasons), reasons
    assert cluster.writes(offset) == ()


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_the_smallest_scc_that_is_named_admits_the_chart_as_it_is(
    cluster: Cluster, fresh_name: Callable[[], str], namespace: str, case: Case, tmp_path: Path
) -> None:
    said = Release(cluster, namespace, case, "3", tmp_path).run()
    sccs = [refusal["scc"] for refusal in said["refusals"] if refusal["scc"]]
    assert sccs
    path = Path(write(case, tmp_path))
    rendered = subprocess.run(
        [_binary(cluster, "3"), "template", RELEASE, str(path), "--namespace", namespace, "--values=-"],
        input=json.dumps(dict(case.values)),
        env=cluster.env,
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    granted = {scc["metadata"]["name"]: scc for scc in sccs}
    verdict = cluster.module(
        "scc_explain",
        {
            "namespace": namespace,
            "definitions": [rendered, *granted.values()],
            "offline": True,
            "granted": {"*": list(granted)},
        },
    )
    assert verdict["admitted"], verdict["msg"]
