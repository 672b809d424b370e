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
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc.permissive import permissive

SCCS = {**standard(), "mine": permissive("mine"), "id-of-other": permissive("other", priority=50)}
CASE: dict[str, Any] = {
    "id": "one",
    "pod": pod(),
    "namespace": {"metadata": {"name": "ns", "annotations": ANNOTATIONS}},
    "sccs": list(standard()),
    "user": {"name": "jane", "groups": ["system:authenticated"]},
    "usable": ["restricted-v2"],
}


def results(*cases: Any) -> list[dict[str, Any]]:
    return list(Batch(SCCS).results(case if isinstance(case, str) else json.dumps(case) for case in cases))


def result(**changes: Any) -> dict[str, Any]:
    (found,) = results({**CASE, **changes})
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
    pinned = pod(hostPID=True, annotations={"openshift.io/required-scc": "restricted-v2"})
    assert "provider restricted-v2: .spec.securityContext.hostPID: " in result(pod=pinned)["message"]


def test_a_skipped_case_is_allowed_by_no_scc_with_the_pod_as_it_came() -> None:
    windows = pod(os={"name": "windows"})
    assert result(pod=windows) == {"id": "one", "allowed": True, "pod": windows}


@pytest.mark.parametrize(
    ("changes", "scc"),
    [
        ({"usable": "*"}, "anyuid"),
        ({"usable": {"jane": ["nonroot-v2"]}}, "nonroot-v2"),
        ({"usable": [], "user": {"name": "x", "groups": ["system:masters"]}}, "privileged"),
        ({"usable": ["mine"], "sccs": [*CASE["sccs"], "mine"]}, "mine"),
        # The id is how the batch names an SCC, metadata.name how OpenShift does.
        ({"usable": ["other"], "sccs": [*CASE["sccs"], "id-of-other"]}, "other"),
        # Those that are given and do not exist in the case do not count.
        ({"usable": "*", "sccs": [name for name in CASE["sccs"] if name != "restricted-v3"]}, "anyuid"),
        # The pod's namespace counts where that of the case has no name.
        (
            {
                "namespace": {"metadata": {"annotations": ANNOTATIONS}},
                "pod": {"metadata": {"namespace": "ns"}, "spec": {"serviceAccountName": "sa", "containers": []}},
                "usable": {"system:serviceaccount:ns:sa": ["restricted"]},
            },
            "restricted",
        ),
        ({"operation": "CREATE", "phase": "admit"}, "restricted-v2"),
        # The old pod of a creation is not looked at.
        ({"operation": "CREATE", "oldPod": 5}, "restricted-v2"),
    ],
)
def test_parts_of_a_case(changes: dict[str, Any], scc: str) -> None:
    found = result(**changes)
    assert (found.get("error"), found["allowed"], found.get("scc")) == (None, True, scc)


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
    debugged = {**admitted, "spec": {**admitted["spec"], "ephemeralContainers": [{"name": "d"}]}}
    changes = {"operation": "UPDATE", "oldPod": admitted, "pod": debugged}
    assert result(**changes)["allowed"] is False
    assert result(**changes, subresource="ephemeralcontainers")["scc"] == "restricted-v2"
    message = result(noNamespace=True)["message"]
    assert message == 'pods "p" is forbidden: error fetching namespace "ns": namespace "ns" not found'
    assert result(noNamespace=False)["allowed"] is True


def test_order_is_kept_and_a_broken_line_stops_nothing() -> None:
    found = results({**CASE, "id": 1}, "", "{broken", "[]", {**CASE, "id": 2}, "  \n\t")
    assert [one["id"] for one in found] == [1, None, None, 2]
    assert [one["allowed"] for one in found] == [True, False, False, True]
    assert "Line 3 is no JSON" in found[1]["error"] and "Line 4 is no JSON object" in found[2]["error"]


@pytest.mark.parametrize(
    "line", ["{", "[]", "5", "null", '"x"', "true", "x", '{"id": "a"', "[" * 100_000, '{"id": "a"} {}', "{'id': 1}"]
)
def test_a_line_that_is_no_case(line: str) -> None:
    (found,) = results(line)
    assert set(found) == {"id", "allowed", "error"}
    assert (found["id"], found["allowed"]) == (None, False)
    assert found["error"].startswith("Line 1 is no JSON")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"pod": pod(securityContext={"runAsUser": "1000"})},
            "Case one: pod: spec.securityContext.runAsUser is '1000'",
        ),
        ({"pod": []}, "Case one: pod is []"),
        ({"pod": {"spec": []}}, "Case one: pod: spec is []"),
        ({"operation": "UPDATE", "oldPod": pod(hostPID=1)}, "Case one: oldPod: spec.hostPID is 1"),
        ({"operation": "UPDATE", "oldPod": []}, "Case one: oldPod is []"),
        ({"operation": "DELETE"}, "Case one: operation is 'DELETE'; it must be CREATE or UPDATE"),
        ({"operation": "update"}, "operation is 'update'"),
        ({"operation": 5}, "operation is 5"),
        ({"phase": "Validate"}, "Case one: phase is 'Validate'; it must be admit or validate"),
        ({"phase": ["validate"]}, "phase is ['validate']"),
        ({"subresource": 1}, "subresource is 1"),
        ({"noNamespace": "yes"}, "noNamespace is 'yes'"),
        ({"noNamespace": 0}, "noNamespace is 0"),
        ({"sccs": {}}, "sccs is {}"),
        ({"sccs": [5]}, "sccs is [5]"),
        ({"sccs": ["gone", "restricted"]}, "SCC gone of sccs is not among the given ones"),
        ({"sccs": "anyuid"}, "sccs is 'anyuid'"),
        ({"usable": 5}, "usable of * is '5'"),
        ({"usable": {"a": "b"}}, "usable of a is 'b'"),
        ({"user": "jane"}, "user is 'jane'"),
        ({"user": {"groups": [1]}}, "groups is [1]"),
        ({"user": {"name": 5}}, "user: name is 5"),
        ({"namespace": {"metadata": {"annotations": {"a": 1}}}}, "a is 1; it must be text"),
        ({"namespace": {"metadata": {"annotations": []}}}, "annotations is []"),
        ({"namespace": {"metadata": {"name": 5}}}, "metadata: name is 5"),
        ({"namespace": "ns"}, "namespace is 'ns'"),
    ],
)
def test_a_malformed_case_is_never_allowed(changes: dict[str, Any], words: str) -> None:
    found, after = results({**CASE, "usable": "*", **changes}, CASE)
    assert set(found) == {"id", "allowed", "error"}
    assert (found["id"], found["allowed"]) == ("one", False)
    assert words in found["error"]
    # The next case is judged as if nothing had been.
    assert after["allowed"] is True


@pytest.mark.parametrize(
    ("scc", "words"),
    [
        ([], "An SCC is an object, not list"),
        ({}, "An SCC has no metadata.name"),
        ({"metadata": {"name": ""}}, "An SCC has no metadata.name"),
        (
            {"metadata": {"name": "x"}, "priority": 2**31},
            "SCC x: priority is 2147483648; it must be a whole number of at most 32 bits",
        ),
        ({"metadata": {"name": "x"}, "allowHostPID": "yes"}, "SCC x: allowHostPID is 'yes'; it must be true or false"),
        ({"metadata": {"name": "x"}, "runAsUser": {"uid": "5"}}, "SCC x: runAsUser: uid is '5'"),
        (
            {"metadata": {"name": "x"}, "fsGroup": {"ranges": [1]}},
            "SCC x: fsGroup: ranges is [1]; it must be a list of objects",
        ),
        ({"metadata": {"name": "x"}, "volumes": "nfs"}, "SCC x: volumes is 'nfs'; it must be a list of texts"),
        (
            {"metadata": {"name": "x"}, "seLinuxContext": {"seLinuxOptions": {"level": 1}}},
            "seLinuxOptions: level is 1; it must be text",
        ),
    ],
)
def test_an_scc_that_cannot_be_read(scc: Any, words: str) -> None:
    with pytest.raises(TritonError) as caught:
        Batch({"x": scc})
    assert words in caught.value.message


def test_null_is_absent_in_an_scc() -> None:
    empty = dict.fromkeys(standard()["privileged"], None)
    Batch({"x": {**empty, "metadata": {"name": "x"}}})


def test_many_namespaces_and_sets_of_sccs_are_told_apart() -> None:
    """What is kept from case to case depends on the SCCs and the namespace's values, also after hundreds of them."""
    cases, wanted = [], []
    for uid in range(600):
        # Each set is asked in two namespaces; every other set has an SCC that comes first.
        size, has_other = divmod(uid // 2, 2)
        annotations = {**ANNOTATIONS, "openshift.io/sa.scc.uid-range": f"{uid}/1"}
        namespace = {"metadata": {"name": "ns", "annotations": annotations}}
        sccs = [*CASE["sccs"], *["mine"] * size, *["id-of-other"] * has_other]
        cases.append({**CASE, "sccs": sccs, "namespace": namespace, "usable": ["other", "restricted-v2"]})
        wanted.append(("other", None) if has_other else ("restricted-v2", uid))
    found = [(one["scc"], one["pod"]["spec"]["containers"][0].get("securityContext", {})) for one in results(*cases)]
    assert [(scc, context.get("runAsUser")) for scc, context in found] == wanted
