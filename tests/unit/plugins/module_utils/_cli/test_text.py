# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._cli.text import WIDTH, each_table, report, shown, table


def verdict(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "name": "triton",
        "namespace": "serving",
        "service_account": "server",
        "path": "spec.template",
        "guessed": False,
        "verdict": "admitted",
        "scc": "restricted-v2",
        "security_context": None,
        "message": "",
        "causes": [],
        "unusable_sccs": [],
        "remedies": [],
        "notes": [],
        **fields,
    }


def refused(**fields: Any) -> dict[str, Any]:
    return verdict(verdict="refused", scc=None, **fields)


def cause(where: str = "spec.hostPID", value: Any = True, **by: Any) -> dict[str, Any]:
    one = {"scc": "restricted-v2", "why": "Host PID is not allowed to be used", "allowed": "none", **by}
    return {"field": "hostPID", "where": where, "value": value, "refused_by": [one]}


def context(pod: dict[str, Any], *containers: dict[str, Any]) -> dict[str, Any]:
    return {"pod": pod, "containers": {str(number): one for number, one in enumerate(containers)}}


def test_the_whole_of_a_refusal() -> None:
    alternative = {"scc": "restricted-v3", "why": "Host PID is not allowed to be used", "allowed": "none"}
    ranged = cause("spec.securityContext.runAsUser", 5, why="must be in the ranges: [7, 9]", allowed="7 to 9")
    first = cause()
    first["refused_by"].append(alternative)
    found = refused(
        causes=[first, ranged],
        remedies=[{"text": "Remove spec.hostPID (true)."}, {"text": "An administrator does it."}],
        unusable_sccs=["anyuid", "privileged"],
        notes=["Something is assumed."],
    )
    assert report([found]).splitlines() == [
        "Deployment triton (namespace serving, service account server)",
        "  REFUSED",
        "    spec.hostPID = true",
        "      restricted-v2: Host PID is not allowed to be used (allowed: none)",
        "      restricted-v3: Host PID is not allowed to be used (allowed: none)",
        "    spec.securityContext.runAsUser = 5",
        # The range stands in OpenShift's own words already.
        "      restricted-v2: must be in the ranges: [7, 9]",
        "  Ways out, least privilege first:",
        "    1. Remove spec.hostPID (true).",
        "    2. An administrator does it.",
        "  May not be used by this workload: anyuid, privileged",
        "",
        "Note: Something is assumed.",
        "0 admitted, 1 refused",
    ]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (None, "  admitted by restricted-v2"),
        (context({}), "  admitted by restricted-v2"),
        (context({}, {}), "  admitted by restricted-v2"),
        (context({"fsGroup": 0}, {"runAsUser": 0}), "  admitted by restricted-v2, as user 0, fsGroup 0"),
        (context({"runAsUser": 7}, {"runAsUser": 10}, {}), "  admitted by restricted-v2, as user 7, user 10"),
        (context({"runAsUser": 7}, {"runAsUser": None}), "  admitted by restricted-v2, as user 7"),
        (context({"runAsUser": 7}, {"runAsUser": 7}, {"runAsUser": 7}), "  admitted by restricted-v2, as user 7"),
    ],
)
def test_as_whom_an_admitted_pod_will_run(found: dict[str, Any] | None, line: str) -> None:
    assert report([verdict(security_context=found)]).splitlines()[1] == line


def test_an_admitted_pod_outside_openshift() -> None:
    assert report([verdict(scc=None)]).splitlines()[1] == "  admitted"


def test_a_guess_is_called_one() -> None:
    lines = report([verdict(guessed=True)]).splitlines()
    assert lines[1] == "  pod template found at spec.template; who creates its pods is not known"


def test_notes_are_said_once_and_after_all_verdicts() -> None:
    text = report([verdict(notes=["a", "b"]), refused(message="no", notes=["b", "c"])])
    assert text.splitlines()[-4:] == ["Note: a", "Note: b", "Note: c", "1 admitted, 1 refused"]


def test_a_refusal_without_causes_is_in_the_clusters_words() -> None:
    message = f"pods is forbidden: {'word ' * 60}end"
    lines = report([refused(message=message)]).splitlines()[2:-2]
    assert " ".join(line.strip() for line in lines) == message
    assert len(lines) == 3 and all(line.startswith("    ") and len(line) <= WIDTH for line in lines)


def test_a_refusal_of_the_request_itself() -> None:
    found = cause("", None, scc=None, why="it is broken:", allowed="")
    lines = report([refused(causes=[{**found, "field": ""}])]).splitlines()
    assert lines[2:4] == ["    the request", "      it is broken"]
    assert report([refused(causes=[found])]).splitlines()[2] == "    hostPID"


def test_ways_out_of_a_broken_namespace_are_said_once() -> None:
    broken = {**cause(), "ways_out": ["Correct it.", "Or ask."]}
    lines = report([refused(causes=[broken, broken])]).splitlines()
    assert lines[-4:-2] == ["    - Correct it.", "    - Or ask."]
    assert "  Ways out, least privilege first:" not in lines


def test_long_lines_are_broken_between_words_alone() -> None:
    path = "spec.template.spec.containers[0]." + "x" * 200
    text = report([refused(remedies=[{"text": f"Change {path} as soon as possible, since it is {'very ' * 20}long"}])])
    assert path in text
    assert "\n       very " in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (5, "5"),
        ("", ""),
        ([5, 6], "[5, 6]"),
        ("x" * 100, "x" * 100),
        ("x" * 101, "x" * 99 + "…"),
    ],
)
def test_shown_values(value: Any, text: str) -> None:
    assert shown(value) == text


def test_a_table_is_as_wide_as_its_cells() -> None:
    assert table([("A", "BB", "C"), ("long", "b", ""), ("x", "", "last  ")]) == "A     BB  C\nlong  b\nx         last"


def test_each_scc_by_itself() -> None:
    rows = [
        {"scc": "anyuid", "admits": True, "refused": []},
        {
            "scc": "own",
            "admits": False,
            "refused": [{"where": "spec.hostPID", "why": "no PID"}, {"where": "", "why": "no range"}],
        },
    ]
    assert each_table(rows).splitlines() == [
        "SCC     ADMITS  REFUSES",
        "anyuid  yes     -",
        "own     no      spec.hostPID: no PID; namespace: no range",
    ]
