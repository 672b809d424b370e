# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.diagnosis import (
    Witness,
    refusal_of,
    report,
    sentence,
    witnesses,
)
from ansible_collections.inferops.triton.plugins.module_utils._scc.message import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.ways_out import Place

from . import refusals

PLACE = Place("triton", "default", {"securityContext": {"runAsUser": 1000}, "volumes": [{"name": "models"}]})


def replica_set(message: str, time: str = "2026-11-23T08:00:00Z", **condition: Any) -> dict[str, Any]:
    entry = {"type": "ReplicaFailure", "status": "True", "message": message, "lastTransitionTime": time, **condition}
    return {"kind": "ReplicaSet", "metadata": {"name": "triton-1"}, "status": {"conditions": [entry]}}


def event(message: str, **fields: Any) -> dict[str, Any]:
    involved = {"kind": "ReplicaSet", "name": "triton-1"}
    return {
        "reason": "FailedCreate",
        "message": message,
        "involvedObject": involved,
        "metadata": {"name": "e"},
        **fields,
    }


def paths(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["path"] for entry in entries]


def test_condition_of_a_replica_set() -> None:
    assert witnesses([replica_set("no")], []) == [
        Witness("condition", "ReplicaSet", "triton-1", "no", "2026-11-23T08:00:00Z")
    ]


@pytest.mark.parametrize("condition", [{"status": "False"}, {"type": "Available"}, {"status": "Unknown"}])
def test_conditions_that_tell_no_failure(condition: dict[str, str]) -> None:
    assert witnesses([replica_set("no", **condition)], []) == []


@pytest.mark.parametrize("status", [{}, {"status": None}, {"status": {"conditions": None}}])
def test_objects_without_conditions(status: dict[str, Any]) -> None:
    assert witnesses([{"metadata": {"name": "x"}, **status}], []) == []


@pytest.mark.parametrize(
    "times, time",
    [
        ({"lastTimestamp": "c", "eventTime": "b"}, "c"),
        ({"lastTimestamp": None, "eventTime": "b"}, "b"),
        ({"eventTime": None, "metadata": {"creationTimestamp": "a"}}, "a"),
        ({}, ""),
    ],
)
def test_time_of_an_event(times: dict[str, Any], time: str) -> None:
    assert witnesses([], [event("no", **times)]) == [Witness("event", "ReplicaSet", "triton-1", "no", time)]


def test_other_events_do_not_matter() -> None:
    assert witnesses([], [event("no", reason="ScalingReplicaSet")]) == []


def test_newest_first_and_the_condition_before_an_event_of_the_same_time() -> None:
    events = [event("old", lastTimestamp="2026-11-23T07:59:59Z"), event("same", lastTimestamp="2026-11-23T08:00:00Z")]
    events.append(event("new", lastTimestamp="2026-11-23T08:00:01Z"))
    found = witnesses([replica_set("condition")], events)
    assert [witness.message for witness in found] == ["new", "condition", "same", "old"]


def test_newest_refusal_by_admission() -> None:
    found = [
        Witness("event", "", "", refusals.QUOTA),
        Witness("event", "", "", refusals.SINGLE),
        Witness("event", "", "", "x"),
    ]
    result = refusal_of(found)
    assert result is not None
    witness, refusal = result
    assert witness is found[1]
    assert refusal == parse(refusals.SINGLE)


def test_no_refusal_by_admission() -> None:
    assert refusal_of([Witness("event", "", "", refusals.QUOTA)]) is None
    assert refusal_of([]) is None


def test_official_chart() -> None:
    outcome = report(parse(refusals.OFFICIAL_CHART), PLACE)
    assert outcome["scc"] == "restricted-v2"
    assert paths(outcome["violations"]) == [
        "spec.securityContext.fsGroup",
        "spec.volumes[0]",
        "containers[0].runAsUser",
    ]
    assert [entry["scc"] for entry in outcome["violations"]] == ["restricted-v2", None, "restricted-v2"]
    assert list(outcome["alternatives"]) == ["restricted-v3"]
    assert paths(outcome["alternatives"]["restricted-v3"]) == ["spec.securityContext.hostUsers"]
    assert outcome["unusable_sccs"] == ["anyuid", *refusals.OTHERS]


def test_entry_of_a_violation() -> None:
    entry = report(parse(refusals.OFFICIAL_CHART), PLACE)["violations"][2]
    ways = entry.pop("ways_out")
    assert entry == {
        "scc": "restricted-v2",
        "path": "containers[0].runAsUser",
        "where": "spec.template.spec.securityContext.runAsUser",
        "field": "runAsUser",
        "value": "1000",
        "reason": "must be in the ranges: [1000040000, 1000049999]",
    }
    assert [set(way) for way in ways] == [{"change", "text"}] * 3


def test_pinned_scc_comes_first() -> None:
    outcome = report(parse(refusals.OFFICIAL_CHART), PLACE, "restricted-v3")
    assert outcome["scc"] == "restricted-v3"
    assert paths(outcome["violations"]) == ["spec.volumes[0]", "spec.securityContext.hostUsers"]
    assert list(outcome["alternatives"]) == ["restricted-v2"]


def test_pinned_scc_that_did_not_answer() -> None:
    assert report(parse(refusals.GROUPS), PLACE, "custom")["scc"] == "restricted-v2"


def test_an_scc_that_refuses_a_volume_alone_is_not_named_by_the_message() -> None:
    outcome = report(parse(refusals.ONLY_A_VOLUME), PLACE)
    assert outcome["scc"] == "restricted-v2"
    assert paths(outcome["violations"]) == ["spec.volumes[0]"]
    assert paths(outcome["alternatives"]["restricted-v3"]) == ["spec.securityContext.hostUsers"]


def test_an_scc_that_nobody_may_use_refuses_no_volume() -> None:
    text = refusals.refused(
        *refusals.unusable("restricted-v2", "restricted"),
        'spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used',
        refusals.HOST_USERS,
    )
    assert report(parse(text), PLACE)["scc"] == "restricted-v3"


def test_pinned_scc_that_refuses_a_volume_alone() -> None:
    text = refusals.refused('spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used')
    assert report(parse(text), PLACE, "nonroot-v2")["scc"] == "nonroot-v2"


def test_pinned_scc_that_nobody_may_use() -> None:
    outcome = report(parse(refusals.PINNED_TO_AN_UNUSABLE_SCC), PLACE, "privileged")
    assert outcome["scc"] == "privileged"
    (violation,) = outcome["violations"]
    assert violation["reason"] == "not usable by user or serviceaccount"
    assert "oc adm policy add-scc-to-user privileged -z default -n triton" in violation["ways_out"][-1]["text"]
    assert outcome["unusable_sccs"] == ["privileged"]


def test_cause_before_any_scc_was_tried() -> None:
    outcome = report(parse(refusals.BROKEN_NAMESPACE), PLACE)
    assert outcome["scc"] is None
    assert len(outcome["violations"]) == 2


def test_pod_security() -> None:
    outcome = report(parse(refusals.POD_SECURITY), PLACE)
    assert outcome["scc"] == "PodSecurity restricted:latest"
    assert len(outcome["violations"]) == 6
    assert (outcome["alternatives"], outcome["unusable_sccs"]) == ({}, [])


def test_sentence() -> None:
    outcome = report(parse(refusals.PINNED), PLACE)
    assert sentence("Deployment", "server", "triton", outcome) == (
        "The pods of Deployment server in namespace triton are refused by restricted-v2: "
        "spec.securityContext.fsGroup 1000: 1000 is not an allowed group; "
        "spec.volumes[0] nfs: nfs volumes are not allowed to be used; "
        "containers[0].runAsUser 1000: must be in the ranges: [1000040000, 1000049999]."
    )


@pytest.mark.parametrize(
    "text, pinned, words",
    [
        (
            refusals.PINNED_TO_AN_UNUSABLE_SCC,
            "privileged",
            "refused by privileged: pod: not usable by user or serviceaccount.",
        ),
        (refusals.NO_SUCH_SCC, "nosuch", 'are refused: pod: failed to retrieve the required SCC "nosuch"'),
        (refusals.BROKEN_NAMESPACE, "", "are refused: pod: unable to find pre-allocated uid annotation"),
    ],
)
def test_sentence_always_names_a_cause(text: str, pinned: str, words: str) -> None:
    assert words in sentence("Deployment", "server", "triton", report(parse(text), PLACE, pinned))


def test_sentence_without_any_reason_given() -> None:
    text = 'pods "x" is forbidden: unable to validate against any security context constraint: []'
    words = sentence("Deployment", "server", "triton", report(parse(text), PLACE))
    assert words == "The pods of Deployment server in namespace triton are refused: the admission gives no reason."
