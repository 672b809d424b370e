# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command: where manifests come from, and a sentence for each input that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._cli.given import (
    Command,
    workload,
    write,
)

GOOD = json.dumps(workload())
SCC = {"apiVersion": "security.openshift.io/v1", "kind": "SecurityContextConstraints"}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns"}}


def names(command: Command, *arguments: str, stdin: bytes = b"") -> list[str]:
    return [one["name"] for one in command(*arguments, "--format", "json", stdin=stdin).json]


def test_standard_input(command: Command) -> None:
    assert names(command, "-", stdin=f"\ufeff{GOOD}".encode()) == ["triton"]


def test_a_folder_is_read_to_its_leaves_in_order(command: Command, tmp_path: Path) -> None:
    write(tmp_path, "folder/b.yml", workload("second"))
    write(tmp_path, "folder/a/deep.json", workload("first"))
    write(tmp_path, "folder/c.yaml", workload("third"), workload("fourth"))
    write(tmp_path, "folder/notes.txt", "no manifest")
    (tmp_path / "folder" / "d.yaml").mkdir()
    assert names(command, "folder") == ["first", "second", "third", "fourth"]


def test_several_inputs_are_one(command: Command, tmp_path: Path) -> None:
    write(tmp_path, "folder/b.yaml", workload("b"))
    path = write(tmp_path, "a.yaml", workload("a"))
    assert names(command, path, "folder", "-", stdin=GOOD.encode()) == ["a", "b", "triton"]


def test_objects_of_one_file_count_for_pods_of_another(command: Command, tmp_path: Path) -> None:
    open_to_all = {"type": "RunAsAny"}
    options = {key: open_to_all for key in ("runAsUser", "seLinuxContext", "fsGroup", "supplementalGroups")}
    own = {
        **SCC,
        "metadata": {"name": "own"},
        **options,
        "allowHostPID": True,
        "users": ["system:serviceaccount:example:default"],
    }
    pod = write(tmp_path, "pod.yaml", workload(hostPID=True))
    assert command(pod).code == 1
    assert "  admitted by own\n" in command(pod, write(tmp_path, "scc.yaml", own)).out


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{key}: &{key} [{','.join([f'*{before}'] * 10)}]\n" for before, key in zip("abcdefg", "bcdefgh", strict=True)
)


def typed(**spec: Any) -> str:
    return json.dumps(workload(**spec))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no pod in these manifests, nothing at all; give a Pod, or a workload such as a Deployment."),
        ("---\n---\n", "nothing at all"),
        ("kind: ConfigMap\n---\nkind: Service", "no pod in these manifests, only ConfigMap, Service; give a Pod"),
        ("a: b", "only objects without a kind;"),
        ("a: b: c", "m.yaml cannot be read: line 1: mapping values are not allowed "),
        ("{", "m.yaml cannot be read: "),
        (
            "just text",
            "Document 1 of m.yaml is 'just text', no object; manifests are objects with apiVersion and kind.",
        ),
        ("kind: ConfigMap\n---\n5", "Document 2 of m.yaml is 5, no object"),
        ("a: *b", "m.yaml cannot be read: line 1: alias *b has no anchor before it."),
        (BOMB, "m.yaml cannot be read: line 7: it stands for more than 2000000 values."),
        ("[" * 200 + "]" * 200, "m.yaml is nested deeper than 100 levels."),
        (
            "kind: Deployment\napiVersion: apps/v1",
            "Deployment has no pod in spec.template; a pod is an object with spec.",
        ),
        ('{"kind": "Pod", "metadata": {"name": ["p"]}, "spec": {}}', "Pod: metadata has name ['p'] and namespace"),
        (typed(hostPID="yes"), "Deployment triton: spec.template: spec.hostPID is 'yes'; it must be true or false."),
        (
            typed(securityContext={"runAsUser": "1000"}),
            "triton: spec.template: spec.securityContext.runAsUser is '1000'; it must be a whole number of at most 64 bits.",
        ),
        (typed(containers={}), "Deployment triton: spec.template: spec.containers is {}; it must be a list."),
        (
            f"{GOOD}\n---\nkind: ServiceAccount\nmetadata: {{name: [a]}}\n---\nx",
            "Document 3 of m.yaml is 'x', no object",
        ),
    ],
)
def test_manifests_that_cannot_be_judged(command: Command, text: str, words: str) -> None:
    Path("m.yaml").write_text(text)
    said = command("m.yaml")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("scc-explain: ") and words in said.err


@pytest.mark.parametrize("names", [[], {}, 5, None, True])
def test_odd_names_of_other_objects_do_no_harm(command: Command, names: Any) -> None:
    others = [
        {"kind": kind, "metadata": {"name": names, "namespace": names}, "roleRef": {"kind": names, "name": names}}
        for kind in ("ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "Namespace")
    ]
    bound = [{**item, "metadata": {"name": "x"}, "subjects": [{"kind": "User", "name": names}]} for item in others]
    assert command("-", stdin=json.dumps([workload(), *others, *bound]).encode()).code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "There is nothing to explain; give a file, a folder, a chart, or - for standard input."),
        (["gone.yaml"], "gone.yaml cannot be read (No such file or directory); correct the path."),
        (["gone.tgz"], "gone.tgz cannot be read (No such file or directory); correct the path."),
        (["x" * 300], "cannot be read (File name too long); correct the path."),
        (["empty"], "empty holds neither manifests (*.yaml, *.yml, *.json) nor a chart (Chart.yaml)."),
        (["binary.yaml"], "binary.yaml is no text in UTF-8 (byte 0); give YAML or JSON."),
        (["d.yaml", "--namespace", "./gone"], "--namespace is './gone', but there is no such file; correct the path"),
        (["d.yaml", "--namespace", "gone.yml"], "--namespace is 'gone.yml', but there is no such file"),
        (["d.yaml", "--namespace", ""], "--namespace is '', which is neither a file nor the name of a namespace"),
        (["d.yaml", "--namespace", "My_Project"], "is 'My_Project', which is neither a file nor the name"),
        (["d.yaml", "--namespace", "n" * 300], "which is neither a file nor the name of a namespace"),
        (["d.yaml", "--namespace", "d.yaml"], "d.yaml holds 0 Namespace objects with a name; give a file with one."),
        (
            ["d.yaml", "--namespace", "two.yaml"],
            "two.yaml holds 2 Namespace objects with a name; give a file with one.",
        ),
        (
            ["d.yaml", "--namespace", "numbers.yaml"],
            "Namespace ns: metadata: annotations: openshift.io/sa.scc.uid-range is 1000; it must be text.",
        ),
        (["d.yaml", "--namespace", "listed.yaml"], "Namespace ns: metadata: labels is ['x']; it must be an object."),
        (["d.yaml", "--sccs", "gone.json"], "gone.json cannot be read (No such file or directory)"),
        (["d.yaml", "--sccs", "d.yaml"], "d.yaml holds no SecurityContextConstraints; get them by: oc get scc -o yaml"),
        (["d.yaml", "--sccs", "nameless.yaml"], "An SCC has no metadata.name; give it one."),
        (
            ["d.yaml", "--sccs", "typed.yaml"],
            "SCC own: priority is 'high'; it must be a whole number of at most 32 bits.",
        ),
        (["d.yaml", "typed.yaml"], "SCC own: priority is 'high'; it must be a whole number of at most 32 bits."),
        (["d.yaml", "--grant", ""], "--grant is ''; give SCC or SCC:SERVICEACCOUNT, such as nonroot-v2:triton."),
        (["d.yaml", "--grant", "anyuid:"], "--grant is 'anyuid:'; give SCC or SCC:SERVICEACCOUNT"),
        (["d.yaml", "--grant", ":sa"], "--grant is ':sa'; give SCC or SCC:SERVICEACCOUNT"),
        (["d.yaml", "--kubernetes-version", "new"], "--kubernetes-version is 'new'; give it like 1.33."),
        (
            ["d.yaml", "--platform", "kubernetes", "--each"],
            "There are no SCCs outside OpenShift; leave --each out.",
        ),
    ],
)
def test_other_input_that_is_wrong(command: Command, tmp_path: Path, arguments: list[str], words: str) -> None:
    write(tmp_path, "d.yaml", workload())
    write(tmp_path, "two.yaml", NAMESPACE, NAMESPACE)
    ranged = {"openshift.io/sa.scc.uid-range": 1000}
    write(tmp_path, "numbers.yaml", {"kind": "Namespace", "metadata": {"name": "ns", "annotations": ranged}})
    write(tmp_path, "listed.yaml", {"kind": "Namespace", "metadata": {"name": "ns", "labels": ["x"]}})
    write(tmp_path, "nameless.yaml", SCC)
    write(tmp_path, "typed.yaml", {**SCC, "metadata": {"name": "own"}, "priority": "high"})
    (tmp_path / "binary.yaml").write_bytes(b"\xff{}")
    (tmp_path / "empty").mkdir()
    said = command(*arguments)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("scc-explain: ") and words in said.err


@pytest.mark.parametrize("arguments", [["--format", "xml"], ["--platform", "mars"], ["--no-such-option"], ["--sccs"]])
def test_options_that_are_none(command: Command, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command("d.yaml", *arguments)
    assert left.value.code == 2
    assert "scc-explain: error: " in capsys.readouterr().err
