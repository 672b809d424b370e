# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command's JSON lines: a result for each line, whatever the others are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._cli.given import Command, Said

ALLOCATED = {"openshift.io/sa.scc.uid-range": "1000040000/10000", "openshift.io/sa.scc.mcs": "s0:c6,c5"}
CASE: dict[str, Any] = {
    "id": "good",
    "pod": {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}]}},
    "namespace": {"metadata": {"name": "ns", "annotations": ALLOCATED}},
    "sccs": sorted(standard()),
    "user": {"name": "alice", "groups": ["system:authenticated"]},
    "usable": {"group:system:authenticated": ["restricted-v2"]},
}


def judge(command: Command, *lines: str | dict[str, Any], source: str = "cases.jsonl") -> Said:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    Path("sccs.json").write_text(json.dumps(standard()))
    Path("cases.jsonl").write_text(text)
    return command("--batch", source, "--sccs", "sccs.json", stdin=text.encode())


def results(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line, parse_constant=pytest.fail) for line in said.out.splitlines()]


@pytest.mark.parametrize("source", ["cases.jsonl", "-"])
def test_one_result_a_line_in_order(command: Command, source: str) -> None:
    root = {**CASE, "id": ["any", "id"], "pod": {"spec": {"containers": [{"securityContext": {"runAsUser": 0}}]}}}
    said = judge(command, CASE, "", root, "   ", {**CASE, "id": 3}, source=source)
    assert (said.code, said.err) == (0, "")
    good, refused, last = results(said)
    assert (good["id"], good["allowed"], good["scc"], good["subjectType"]) == ("good", True, "restricted-v2", "user")
    assert good["pod"]["spec"]["containers"][0]["securityContext"]["runAsUser"] == 1000040000
    assert (refused["id"], refused["allowed"], "pod" in refused) == (["any", "id"], False, False)
    assert refused["message"].startswith('pods "Unknown" is forbidden: unable to validate against any security context')
    assert last == {**good, "id": 3}


def test_a_refusal_is_a_result_like_any_other(command: Command) -> None:
    # The exit code tells whether each case could be judged, not what came of it.
    assert judge(command, {**CASE, "usable": []}).code == 0


def test_the_phase_that_changes_nothing(command: Command) -> None:
    bare, admitted = {**CASE, "phase": "validate"}, results(judge(command, CASE))[0]["pod"]
    refused, passed = results(judge(command, bare, {**bare, "pod": admitted}))
    assert (refused["allowed"], passed["allowed"], passed["pod"]) == (False, True, admitted)


def test_an_update(command: Command) -> None:
    old = results(judge(command, CASE))[0]["pod"]
    update = {**CASE, "operation": "UPDATE", "oldPod": old}
    louder = {**old, "spec": {**old["spec"], "hostPID": True}}
    same, other = results(judge(command, {**update, "pod": old}, {**update, "pod": louder}))
    assert (same["allowed"], other["allowed"]) == (True, False)


BROKEN = [
    ("no json", "Line 2 is no JSON that can be read ("),
    ('{"id": "x"', "Line 2 is no JSON that can be read ("),
    ("[" * 100_000, "Line 2 is no JSON that can be read ("),
    ('{"id": "x", "pod": ' + "9" * 5000 + "}", "Line 2 is no JSON that can be read ("),
    ('{"id": NaN}', "Line 2 is no JSON that can be read ("),
    ('{"id": [-Infinity]}', "Line 2 is no JSON that can be read ("),
    ('{"id": 1e999}', "Line 2 is no JSON that can be read ("),
    ("[]", "Line 2 is no JSON object; give one case a line."),
    ("null", "Line 2 is no JSON object; give one case a line."),
    ({**CASE, "id": "x", "sccs": ["gone"]}, "SCC gone of sccs is not among the given ones; add it, or leave it out."),
    ({**CASE, "id": "x", "sccs": "anyuid"}, "Case x: sccs is 'anyuid'; it must be a list of texts."),
    ({**CASE, "id": "x", "pod": []}, "Case x: pod is []; it must be an object."),
    ({**CASE, "id": "x", "pod": {"spec": {"hostPID": 1}}}, "Case x: pod: spec.hostPID is 1; it must be true or false."),
    ({**CASE, "id": "x", "phase": "later"}, "Case x: phase is 'later'; it must be admit or validate."),
    ({**CASE, "id": "x", "operation": "DELETE"}, "Case x: operation is 'DELETE'; it must be CREATE or UPDATE."),
    (
        {**CASE, "id": "x", "operation": "UPDATE", "oldPod": {"spec": 5}},
        "Case x: oldPod: spec is 5; it must be an object.",
    ),
    (
        {**CASE, "id": "x", "usable": {"*": "anyuid"}},
        "usable of * is 'anyuid'; it must be \"*\" or a list of names of SCCs.",
    ),
    ({**CASE, "id": "x", "user": {"groups": [1]}}, "groups is [1]; it must be a list of texts."),
    ({**CASE, "id": "x", "noNamespace": "yes"}, "Case x: noNamespace is 'yes'; it must be true or false."),
    (
        {**CASE, "id": "x", "namespace": {"metadata": {"annotations": {"a": 5}}}},
        "Case x: namespace: metadata: annotations: a is 5; it must be text.",
    ),
]


@pytest.mark.parametrize(("line", "words"), BROKEN)
def test_a_broken_line_says_why_and_the_others_are_judged(
    command: Command, line: str | dict[str, Any], words: str
) -> None:
    said = judge(command, CASE, line, CASE)
    assert (said.code, said.err) == (2, "")
    first, broken, last = results(said)
    assert first["allowed"] and last["allowed"]
    assert broken["allowed"] is False and words in broken["error"]
    assert broken["id"] == ("x" if isinstance(line, dict) else None)
    assert "message" not in broken and "pod" not in broken


@pytest.mark.parametrize("source", ["cases.jsonl", "-"])
def test_bytes_that_are_no_text(command: Command, source: str) -> None:
    Path("sccs.json").write_text("{}")
    text = b'\xff\n{"id": "\xff", "noNamespace": true}\n'
    Path("cases.jsonl").write_bytes(text)
    said = command("--batch", source, "--sccs", "sccs.json", stdin=text)
    broken, refused = results(said)
    assert (said.code, "error" in broken, refused["id"]) == (2, True, "\ufffd")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--batch", "cases.jsonl"], "--batch needs --sccs: a JSON file with an object, id -> SCC."),
        (["--batch", "gone", "--sccs", "empty.json"], "gone cannot be read (No such file or directory)"),
        (["--batch", ".", "--sccs", "empty.json"], ". cannot be read (Is a directory); correct the path."),
        (["--batch", "cases.jsonl", "--sccs", "gone"], "gone cannot be read (No such file or directory)"),
        (["--batch", "cases.jsonl", "--sccs", "cases.jsonl"], "cases.jsonl is no JSON that can be read ("),
        (["--batch", "cases.jsonl", "--sccs", "binary"], "binary is no JSON that can be read ("),
        (["--batch", "cases.jsonl", "--sccs", "list.json"], "list.json is no JSON object; give one from ids to SCCs."),
        (["--batch", "cases.jsonl", "--sccs", "typed.json"], "SCC own: priority is '1'; it must be a whole number"),
        (["--batch", "cases.jsonl", "--sccs", "null.json"], "An SCC is an object, not NoneType"),
    ],
)
def test_a_batch_that_cannot_begin(command: Command, arguments: list[str], words: str) -> None:
    Path("cases.jsonl").write_text(f"{json.dumps(CASE)}\n{json.dumps(CASE)}\n")
    Path("empty.json").write_text("{}")
    Path("list.json").write_text("[]")
    Path("null.json").write_text('{"own": null}')
    Path("typed.json").write_text('{"own": {"metadata": {"name": "own"}, "priority": "1"}}')
    Path("binary").write_bytes(b"\xff")
    said = command(*arguments)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("scc-explain: ") and words in said.err
