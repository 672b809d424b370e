# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts: how helm is called, and what becomes of what it says. The helm of these tests is a shell script."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._cli import chart
from ansible_collections.inferops.triton.plugins.module_utils._cli.chart import (
    KUBERNETES_APIS,
    OPENSHIFT_APIS,
    Rendering,
    is_chart,
    render,
)
from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._cli.given import (
    Command,
    executable,
    run,
    workload,
    write,
)


@pytest.fixture(autouse=True)
def a_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "chart/Chart.yaml", {"name": "chart"})
    write(tmp_path, "chart/templates/broken.yaml", "{{ if }}")
    write(tmp_path, "archive.tgz", "packed")


def helm(script: str) -> str:
    return executable(Path("fake-helm").absolute(), script)


def arguments_of(how: Rendering, name: str = "chart") -> list[str]:
    """What helm is called with."""
    return render(Path(name), how, run).splitlines()


def echo() -> str:
    return helm('for word in "$@"; do echo "$word"; done')


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("chart", True),
        ("archive.tgz", True),
        ("chart/templates", False),
        ("gone.tgz", False),
        ("gone", False),
        ("n" * 300, False),
    ],
)
def test_what_a_chart_is(name: str, answer: bool) -> None:
    assert is_chart(Path(name)) is answer


def test_helm_is_told_that_it_is_on_openshift_and_that_tests_do_not_count() -> None:
    apis = [word for name in (*KUBERNETES_APIS, *OPENSHIFT_APIS) for word in ("--api-versions", name)]
    assert arguments_of(Rendering(helm=echo(), namespace="serving", release="r")) == [
        *["template", "r", "chart", "--namespace", "serving", "--skip-tests"],
        *apis,
    ]
    assert "security.openshift.io/v1" in apis


def test_helms_options_in_helms_order() -> None:
    how = Rendering(
        helm=echo(), values=["a.yaml", "b.yaml"], sets=["x=1", "y=a b"], openshift=False, kube_version="1.33"
    )
    assert arguments_of(how, "archive.tgz")[2:] == [
        *["archive.tgz", "--namespace", "default", "--skip-tests"],
        *["--values", "a.yaml", "--values", "b.yaml", "--set", "x=1", "--set", "y=a b"],
        *(word for name in KUBERNETES_APIS for word in ("--api-versions", name)),
        *["--kube-version", "1.33"],
    ]


def test_adapting_looks_at_tests_and_definitions_of_kinds_as_well() -> None:
    said = arguments_of(Rendering(helm=echo(), whole=True))
    assert "--include-crds" in said and "--skip-tests" not in said


def test_helm_may_be_found_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    executable(tmp_path / "helm", "echo found")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert render(Path("chart"), Rendering(), run) == "found\n"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "echo 'Error: INSTALLATION FAILED:' >&2; echo '  values  do not' >&2; echo rubbish; exit 1",
            "helm does not render chart: Error: INSTALLATION FAILED: values do not",
        ),
        ("printf '\\377' >&2; exit 3", "helm does not render chart: \ufffd"),
        ("kill -9 $$", "helm does not render chart: "),
    ],
)
def test_a_helm_that_fails(script: str, sentence: str) -> None:
    with pytest.raises(TritonError) as caught:
        render(Path("chart"), Rendering(helm=helm(script)), run)
    assert caught.value.message == sentence


def test_a_helm_that_says_too_much_is_cut_short() -> None:
    with pytest.raises(TritonError) as caught:
        render(Path("chart"), Rendering(helm=helm("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1")), run)
    assert len(caught.value.message) < 2100


def test_a_helm_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "TIMEOUT_S", 0.2)
    with pytest.raises(TritonError, match=r"^helm did not render chart within 0.2 s; does a template loop\?$"):
        render(Path("chart"), Rendering(helm=helm("exec tail -f /dev/null")), run)


@pytest.mark.parametrize("name", ["no-helm", "./chart", "", "archive.tgz"])
def test_no_helm(name: str) -> None:
    with pytest.raises(TritonError) as caught:
        render(Path("chart"), Rendering(helm=name), run)
    assert caught.value.message == (
        f"chart is a chart, and helm, which renders it, is not at {name!r}; install it, or give --helm."
    )


def test_a_helm_that_is_no_program() -> None:
    Path("text").write_text("no program")
    Path("text").chmod(0o755)
    with pytest.raises(TritonError, match=r"^./text cannot be run \(Exec format error\); give --helm another one.$"):
        render(Path("chart"), Rendering(helm="./text"), run)


def prints(*objects: object) -> str:
    text = "\n---\n".join(json.dumps(item) for item in objects)
    return helm(f'echo "$@" > called\nprintf "%s" {shlex.quote(text)}')


def test_the_command_judges_what_helm_prints(command: Command) -> None:
    program = prints(workload("a"), workload("b", hostPID=True))
    options = ("--values", "v.yaml", "--set", "x=1", "--release", "r", "--namespace", "serving")
    said = command("chart", "--helm", program, *options, "--format", "json")
    assert [(one["name"], one["namespace"], one["verdict"]) for one in said.json] == [
        ("a", "serving", "admitted"),
        ("b", "serving", "refused"),
    ]
    called = Path("called").read_text()
    assert called.startswith(
        "template r chart --namespace serving --skip-tests --values v.yaml --set x=1 --api-versions"
    )
    assert "--kube-version" not in called


def test_the_command_tells_helm_of_the_cluster(command: Command) -> None:
    options = ("--platform", "kubernetes", "--kubernetes-version", "1.33")
    assert command("archive.tgz", "--helm", prints(workload()), *options).code == 0
    called = Path("called").read_text()
    assert "openshift" not in called and called.endswith("--kube-version 1.33\n")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo no >&2; exit 1", "scc-explain: helm does not render chart: no\n"),
        ("echo 'a: b: c'", "scc-explain: chart chart cannot be read: line 1: mapping values are not allowed "),
        ("echo 'kind: ConfigMap'", "scc-explain: There is no pod in these manifests, only ConfigMap; give a Pod"),
        (":", "scc-explain: There is no pod in these manifests, nothing at all; give a Pod"),
    ],
)
def test_the_command_and_a_chart_without_a_verdict(command: Command, script: str, words: str) -> None:
    said = command("chart", "--helm", helm(script))
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(words)


NEEDS = {"name": "chart", "dependencies": [{"name": "db", "version": "1", "condition": "db.enabled"}]}


@pytest.mark.parametrize(
    ("how", "needed"),
    [
        (Rendering(), True),
        (Rendering(sets=["db.enabled=false"]), False),
        (Rendering(sets=["x=1,db.enabled=false"]), False),
        (Rendering(sets=["db.enabled=false", "db.enabled=true"]), True),
        (Rendering(values=["off.yaml"]), False),
        (Rendering(values=["off.yaml"], sets=["db.enabled=true"]), True),
        (Rendering(values=["gone.yaml", "broken.yaml"]), True),
        # What is no way to a value is helm's to refuse.
        (Rendering(sets=["db=true,db.enabled=false"]), False),
        (Rendering(sets=["", "=", "db", "db.=true", ".=false"]), True),
    ],
)
def test_charts_that_are_switched_off_need_not_be_there(how: Rendering, needed: bool) -> None:
    write(Path(), "chart/Chart.yaml", NEEDS)
    write(Path(), "off.yaml", {"db": {"enabled": False}})
    write(Path(), "broken.yaml", "a: b: c")
    program = helm('cat "$3/Chart.yaml"')
    said = json.loads(render(Path("chart"), replace(how, helm=program), run))
    assert [one["name"] for one in said["dependencies"]] == (["db"] if needed else [])
    # The chart itself stays as it is.
    assert json.loads(Path("chart/Chart.yaml").read_text()) == NEEDS
