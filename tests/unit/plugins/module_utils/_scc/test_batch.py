# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON lines: a case that cannot be judged is an error, and never allowed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._scc.batch import Batch
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.builders import ANNOTATIONS, pod

CASE: dict[str, Any] = {
    "id": "one",
    "pod": pod(),
    "namespace": {"metadata": {"name": "ns", "annotations": ANNOTATIONS}},
    "sccs": list(standard()),
    "user": {"name": "jane", "groups": ["system:authenticated"]},
    "usable": ["restricted-v2"],
}


def result(**changes: Any) -> dict[str, Any]:
    (found,) = Batch(standard()).results([json.dumps({**CASE, **changes})])
    return found


def test_a_result() -> None:
    found = result()
    assert {key: found[key] for key in ("id", "allowed", "scc", "subjectType")} == {
        "id": "one",
        "allowed": True,
        "scc": "restricted-v2",
        "subjectType": "user",
    }
    assert found["pod"]["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
    refused = result(usable=[])
    assert set(refused) == {"id", "allowed", "message"} and refused["allowed"] is False


@pytest.mark.parametrize(
    ("usable", "allowed"),
    [
        ("*", True),
        ([], False),
        (None, False),
        ({"jane": ["nonroot-v2"]}, True),
        ({"joe": "*"}, False),
        ({"group:system:authenticated": ["restricted-v2"]}, True),
        ({"*": [], "jane": "*"}, True),
        ({"group:jane": "*"}, False),
    ],
)
def test_all_forms_of_usable(usable: Any, allowed: bool) -> None:
    assert result(usable=usable)["allowed"] is allowed


def test_the_phases_and_operations() -> None:
    admitted = result()["pod"]
    assert result(pod=admitted, phase="validate")["scc"] == "restricted-v2"
    assert result(phase="validate")["allowed"] is False
    skipped = result(pod=admitted, oldPod=admitted, operation="UPDATE")
    assert skipped == {"id": "one", "allowed": True, "pod": admitted}
    assert 'namespace "ns" not found' in result(noNamespace=True)["message"]


def test_order_is_kept_and_a_broken_line_stops_nothing() -> None:
    lines = [json.dumps({**CASE, "id": 1}), "", "{broken", "[]", json.dumps({**CASE, "id": 2})]
    found = list(Batch(standard()).results(lines))
    assert [one["id"] for one in found] == [1, None, None, 2]
    assert [one["allowed"] for one in found] == [True, False, False, True]
    assert "Line 3 is no JSON" in found[1]["error"] and "Line 4 is no JSON object" in found[2]["error"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pod": pod(securityContext={"runAsUser": "1000"})}, "Case one: pod: spec.securityContext.runAsUser is '1000'"),
        ({"pod": []}, "Case one: pod is []"),
        ({"pod": {"spec": []}}, "Case one: pod: spec is []"),
        ({"operation": "UPDATE", "oldPod": pod(hostPID=1)}, "Case one: oldPod: spec.hostPID is 1"),
        ({"operation": "DELETE"}, "operation is 'DELETE'; it must be CREATE or UPDATE"),
        ({"phase": "both"}, "phase is 'both'; it must be admit or validate"),
        ({"sccs": ["gone"]}, "SCC gone of sccs is not among the given ones"),
        ({"sccs": "anyuid"}, "sccs is 'anyuid'"),
        ({"usable": 5}, "usable of * is '5'"),
        ({"usable": {"a": "b"}}, "usable of a is 'b'"),
        ({"user": "jane"}, "user is 'jane'"),
        ({"user": {"groups": [1]}}, "groups is [1]"),
        ({"namespace": {"metadata": {"annotations": {"a": 1}}}}, "a is 1; it must be text"),
        ({"namespace": "ns"}, "namespace is 'ns'"),
    ],
)
def test_a_malformed_case_is_never_allowed(changes: dict[str, Any], words: str) -> None:
    found = result(**changes)
    assert found["allowed"] is False and words in found["error"] and "pod" not in found


@pytest.mark.parametrize(
    ("scc", "words"),
    [
        ([], "An SCC is an object, not list"),
        ({}, "An SCC has no metadata.name"),
        ({"metadata": {"name": ""}}, "An SCC has no metadata.name"),
        ({"metadata": {"name": "x"}, "priority": 2**31}, "SCC x: priority is 2147483648; it must be a whole number of at most 32 bits"),
        ({"metadata": {"name": "x"}, "allowHostPID": "yes"}, "SCC x: allowHostPID is 'yes'; it must be true or false"),
        ({"metadata": {"name": "x"}, "runAsUser": {"uid": "5"}}, "SCC x: runAsUser: uid is '5'"),
        ({"metadata": {"name": "x"}, "fsGroup": {"ranges": [1]}}, "SCC x: fsGroup: ranges is [1]; it must be a list of objects"),
        ({"metadata": {"name": "x"}, "volumes": "nfs"}, "SCC x: volumes is 'nfs'; it must be a list of texts"),
        ({"metadata": {"name": "x"}, "seLinuxContext": {"seLinuxOptions": {"level": 1}}}, "seLinuxOptions: level is 1; it must be text"),
    ],
)
def test_an_scc_that_cannot_be_read(scc: Any, words: str) -> None:
    with pytest.raises(TritonError) as caught:
        Batch({"x": scc})
    assert words in caught.value.message


def test_null_is_absent_in_an_scc() -> None:
    empty = dict.fromkeys(standard()["privileged"], None)
    Batch({"x": {**empty, "metadata": {"name": "x"}}})
