# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command scc-explain: what it prints, its exit code, and its sentence about each broken input."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._cli.main import ADMITTED, BROKEN, REFUSED, main
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard

GOOD = "apiVersion: v1\nkind: Pod\nmetadata: {name: good}\nspec: {containers: [{name: a}]}\n"
BAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: [{name: a, securityContext: {runAsUser: 5}}]}\n"


def no_helm(_command: Sequence[str], _timeout: int) -> tuple[int, str, str]:
    raise AssertionError("no chart was given")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(GOOD, encoding="utf-8")
    Path("bad.yaml").write_text(BAD, encoding="utf-8")
    return tmp_path


def broken(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments, no_helm) == BROKEN
    output, errors = capsys.readouterr()
    assert output == "" and errors.startswith("scc-explain: ") and errors.count("\n") == 1
    return errors.removeprefix("scc-explain: ").rstrip("\n")


def test_an_admitted_pod(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["good.yaml"], no_helm) == ADMITTED
    output = capsys.readouterr().out
    # OpenShift 4.20 tries restricted-v3 last: restricted-v2 is the most restrictive one that everybody may use.
    assert "Pod good (namespace example, service account default)" in output
    assert "admitted by restricted-v2, as user 1000700000, fsGroup 1000700000" in output
    assert output.endswith("1 admitted, 0 refused\n")


def test_a_refused_pod_with_its_ways_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bad.yaml"], no_helm) == REFUSED
    output = capsys.readouterr().out
    assert "REFUSED\n    spec.containers[0] (a).securityContext.runAsUser = 5\n" in output
    assert "1. " in output and "May not be used by this workload: " in output
    assert output.endswith("0 admitted, 1 refused\n")


def test_a_grant_admits_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bad.yaml", "--grant", "nonroot-v2"], no_helm) == ADMITTED
    assert "admitted by nonroot-v2, as user 5" in capsys.readouterr().out
    assert main(["bad.yaml", "--grant", "nonroot-v2:other"], no_helm) == REFUSED


def test_several_files_folders_and_standard_input(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    assert main([".", "-", "good.yaml"], no_helm) == REFUSED
    assert capsys.readouterr().out.endswith("3 admitted, 1 refused\n")


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["good.yaml", "bad.yaml", "--format", "json"], no_helm) == REFUSED
    results = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["verdict"], one["scc"]) for one in results] == [
        ("good", "admitted", "restricted-v2"),
        ("bad", "refused", None),
    ]


def test_values_of_a_namespace(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    annotations = {"openshift.io/sa.scc.uid-range": "5/1", "openshift.io/sa.scc.mcs": "s0:c2,c1"}
    given = {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "models", "annotations": annotations}}
    Path("namespace.json").write_text(json.dumps(given), encoding="utf-8")
    assert main(["bad.yaml", "--namespace", "namespace.json"], no_helm) == ADMITTED
    assert "(namespace models, " in capsys.readouterr().out


def test_sccs_of_a_cluster(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sccs = [{**one, "users": []} for one in standard().values()]
    Path("sccs.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": sccs}), encoding="utf-8")
    assert main(["good.yaml", "--sccs", "sccs.json"], no_helm) == ADMITTED
    Path("sccs.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": sccs[:1]}), encoding="utf-8")
    assert main(["good.yaml", "--sccs", "sccs.json"], no_helm) == REFUSED


def test_each_scc(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bad.yaml", "--each"], no_helm) == REFUSED
    rows = {line.split()[0]: line.split()[1] for line in capsys.readouterr().out.splitlines() if line.count("  ")}
    assert rows["SCC"] == "ADMITS"
    admitting = {name for name, admits in rows.items() if admits == "yes"}
    # User 5 is outside the namespace's range, and not root.
    assert admitting == {"anyuid", "hostmount-anyuid", "hostmount-anyuid-v2", "nonroot", "nonroot-v2", "privileged"}
    assert rows["restricted-v2"] == "no"


def test_each_scc_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bad.yaml", "--each", "--format", "json"], no_helm) == REFUSED
    (found,) = json.loads(capsys.readouterr().out)
    assert {row["scc"] for row in found["sccs"]} == set(standard())


def test_kubernetes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    given = {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "models", "labels": labels}}
    Path("namespace.json").write_text(json.dumps(given), encoding="utf-8")
    arguments = ["good.yaml", "--platform", "kubernetes", "--namespace"]
    assert main([*arguments, "models", "--kubernetes-version", "v1.33.2"], no_helm) == ADMITTED
    assert main([*arguments, "namespace.json"], no_helm) == REFUSED
    assert "allowPrivilegeEscalation" in capsys.readouterr().out
    assert broken(capsys, *arguments, "models", "--each") == "There are no SCCs outside OpenShift; leave --each out."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "There is nothing to explain; give a file, a folder, a chart, or - for standard input."),
        (["nowhere.yaml"], "nowhere.yaml cannot be read (No such file or directory); correct the path."),
        (
            ["good.yaml", "--namespace", "n.yaml"],
            "--namespace is 'n.yaml', but there is no such file; correct the path, or give a name.",
        ),
        (
            ["good.yaml", "--namespace", "good.yaml"],
            "good.yaml holds 0 Namespace objects with a name; give a file with one.",
        ),
        (
            ["good.yaml", "--sccs", "good.yaml"],
            "good.yaml holds no SecurityContextConstraints; get them by: oc get scc -o yaml",
        ),
        (
            ["good.yaml", "--grant", ":sa"],
            "--grant is ':sa'; give SCC or SCC:SERVICEACCOUNT, such as nonroot-v2:triton.",
        ),
        (
            ["good.yaml", "--grant", "a:"],
            "--grant is 'a:'; give SCC or SCC:SERVICEACCOUNT, such as nonroot-v2:triton.",
        ),
        (["good.yaml", "--kubernetes-version", "new"], "--kubernetes-version is 'new'; give it like 1.33."),
        (["empty"], "empty holds neither manifests (*.yaml, *.yml, *.json) nor a chart (Chart.yaml)."),
        (["--batch", "good.yaml"], "--batch needs --sccs: a JSON file with an object, id -> SCC."),
        (["--batch", "nowhere", "--sccs", "sccs.json"], "nowhere cannot be read (No such file or directory); correct the path."),
        (["--batch", "x", "--sccs", "list.json"], "list.json is no JSON object; give one from ids to SCCs."),
    ],
)  # fmt: skip
def test_broken_input(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str) -> None:
    Path("empty").mkdir()
    Path("sccs.json").write_text("{}", encoding="utf-8")
    Path("list.json").write_text("[]", encoding="utf-8")
    assert broken(capsys, *arguments) == sentence


def test_sccs_that_are_no_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broken(capsys, "--batch", "x", "--sccs", "good.yaml").startswith("good.yaml is no JSON that can be read (")


def test_json_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("sccs.json").write_text(json.dumps(standard()), encoding="utf-8")
    annotations = {"openshift.io/sa.scc.uid-range": "5/9", "openshift.io/sa.scc.mcs": "s0:c2,c1"}
    case: dict[str, Any] = {
        "pod": {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "a"}]}},
        "namespace": {"metadata": {"name": "n", "annotations": annotations}},
        "sccs": sorted(standard()),
        "user": {"name": "jane"},
        "usable": {"jane": ["restricted-v2"]},
    }
    lines = [json.dumps({"id": "one", **case}), "", json.dumps({"id": "two", **case, "usable": {}})]
    Path("cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    arguments = ["--batch", "cases.jsonl", "--sccs", "sccs.json"]
    assert main(arguments, no_helm) == ADMITTED
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["id"], first["allowed"], first["scc"]) == ("one", True, "restricted-v2")
    assert first["pod"]["spec"]["containers"][0]["securityContext"]["runAsUser"] == 5
    assert (second["id"], second["allowed"]) == ("two", False)
    # One broken line is told in its place, and the rest is judged.
    Path("cases.jsonl").write_text("\n".join(["{", *lines]), encoding="utf-8")
    assert main(arguments, no_helm) == BROKEN
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "Line 1 is no JSON that can be read" in results[0]["error"]
    assert [one["id"] for one in results[1:]] == ["one", "two"]


@pytest.fixture
def chart(folder: Path) -> Path:
    Path("chart").mkdir()
    Path("chart", "Chart.yaml").write_text("name: c\n", encoding="utf-8")
    helm = Path("helm")
    helm.write_text("#!/bin/sh\n", encoding="utf-8")
    helm.chmod(0o755)
    return helm.absolute()


def test_a_chart_is_rendered_as_on_openshift(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str], _timeout: int) -> tuple[int, str, str]:
        asked.append(command)
        return 0, BAD, "a warning"

    more = ["--values", "v.yaml", "--set", "a=b", "--release", "r", "--namespace", "n", "--kubernetes-version", "1.33"]
    assert main(["chart", "--helm", str(chart), *more], run) == REFUSED
    (command,) = asked
    assert command[:5] == [str(chart), "template", "r", "chart", "--namespace"]
    words = " ".join(command)
    for given in ("--namespace n", "--values v.yaml", "--set a=b", "--kube-version 1.33", "security.openshift.io/v1"):
        assert given in words
    main(["chart", "--helm", str(chart), "--platform", "kubernetes"], run)
    assert "openshift" not in " ".join(asked[1])


def test_a_chart_that_helm_does_not_render(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["chart", "--helm", str(chart)]
    assert main(arguments, lambda _command, _timeout: (1, "", "Error:  line 3\nbad value")) == BROKEN
    assert capsys.readouterr().err == "scc-explain: helm does not render chart: Error: line 3 bad value\n"

    def hangs(_command: Sequence[str], _timeout: int) -> tuple[int, str, str]:
        raise TimeoutError

    assert main(arguments, hangs) == BROKEN
    assert "helm did not render chart within 120 s" in capsys.readouterr().err


def test_without_helm(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broken(capsys, "chart", "--helm", "/no/helm") == (
        "chart is a chart, and helm, which renders it, is not at '/no/helm'; install it, or give --helm."
    )
