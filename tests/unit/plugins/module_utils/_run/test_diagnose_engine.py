# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second opinion in a diagnosis: what the engine makes of the pods that the cluster refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._run.diagnose import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, status
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._run.openshift import (
    NAMESPACE,
    SCCS,
    fixed_user,
    install,
)
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._scc import refusals

USER = "provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000040000, 1000049999]"
REFUSAL = refusals.by_default_sccs(USER, refusals.HOST_USERS)
REVIEWS = "/apis/authorization.k8s.io/v1/namespaces/ns/localsubjectaccessreviews"


def refuse(api: FakeApi, message: str, kind: str = "Deployment", **spec: Any) -> None:
    """A workload whose pods were refused with this message."""
    template = fixed_user(**spec)["spec"]["template"]
    labels = {"app": "server"}
    condition = {"type": "ReplicaFailure", "status": "True", "message": message, "lastTransitionTime": "t"}
    failed = {"conditions": [condition]}
    fields: dict[str, Any] = {"spec": {"selector": {"matchLabels": labels}, "template": template}}
    if kind != "Deployment":
        api.add("apps/v1", kind, "server", "ns", **fields, status=failed)
        return
    revision = {"annotations": {"deployment.kubernetes.io/revision": "1"}}
    live = api.add("apps/v1", "Deployment", "server", "ns", **fields, metadata=revision)
    owned = {"labels": labels, "ownerReferences": [{"uid": live["metadata"]["uid"]}], **revision}
    api.add("apps/v1", "ReplicaSet", "server-1", "ns", metadata=owned, status=failed)


def diagnose(connection: dict[str, Any], kind: str = "Deployment") -> dict[str, Any]:
    result = run({**connection, "namespace": "ns", "name": "server", "kind": kind, "wait_timeout": 0}, False)
    assert (result["verdict"], result["violations"] != []) == ("refused", True)
    return result


def test_the_engine_agrees_and_has_tried_ways_out(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    refuse(api, REFUSAL)
    engine = diagnose(connection)["engine"]
    assert (engine["agrees"], engine["verdict"], engine["notes"]) == (True, "refused", [])
    # To the letter, name included.
    assert engine["message"] == REFUSAL
    assert engine["causes"][0]["where"] == "spec.template.spec.securityContext.runAsUser"
    assert "oc adm policy add-scc-to-user nonroot-v2 -z sa -n ns" in [one.get("command") for one in engine["remedies"]]
    assert set(engine) == {"agrees", "verdict", "message", "causes", "remedies", "notes"}
    assert api.writes == []


def test_values_as_older_releases_print_them_make_no_difference(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    users = refusals.HOST_USERS.replace("Invalid value: null", 'Invalid value: "null"')
    assert users != refusals.HOST_USERS
    refuse(api, refusals.by_default_sccs(USER, users))
    assert diagnose(connection)["engine"]["agrees"] is True


@pytest.mark.parametrize("kind", ["ReplicaSet", "StatefulSet", "DaemonSet"])
def test_other_kinds_of_workloads(api: FakeApi, connection: dict[str, Any], kind: str) -> None:
    install(api)
    refuse(api, f"Error creating: {REFUSAL}", kind)
    assert diagnose(connection, kind)["engine"]["agrees"] is True


@pytest.mark.parametrize(
    "message",
    [
        # Another value is refused, one more SCC may be used, another range holds.
        refusals.by_default_sccs(refusals.HOST_USERS),
        refusals.by_default_sccs(
            USER, 'spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used', refusals.HOST_USERS
        ),
        REFUSAL.replace('provider "nonroot": Forbidden: not usable by user or serviceaccount, ', ""),
        REFUSAL.replace("[1000040000, 1000049999]", "[1000050000, 1000059999]"),
    ],
)
def test_the_engine_disagrees(api: FakeApi, connection: dict[str, Any], message: str) -> None:
    assert message != REFUSAL
    install(api)
    refuse(api, message)
    engine = diagnose(connection)["engine"]
    assert (engine["agrees"], engine["verdict"]) == (False, "refused")


def test_what_was_refused_would_be_admitted_by_now(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    refuse(api, REFUSAL)
    api.usable["system:serviceaccount:ns:sa"] = ["nonroot-v2"]
    engine = diagnose(connection)["engine"]
    assert engine == {"agrees": False, "verdict": "admitted", "message": "", "causes": [], "remedies": [], "notes": []}


def test_pod_security_on_plain_kubernetes(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "ns", metadata={"labels": {"pod-security.kubernetes.io/enforce": "baseline"}})
    refuse(
        api,
        'pods "server-1-x7k2p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)',
        hostPID=True,
    )
    engine = diagnose(connection)["engine"]
    assert (engine["agrees"], engine["verdict"]) == (True, "refused")
    assert [one["kind"] for one in engine["remedies"]] == ["pod", "namespace"]


def test_a_difference_means_nothing_where_values_had_to_be_assumed(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    refuse(api, REFUSAL)
    api.refuse("GET", NAMESPACE, 403, "Forbidden", "cannot get namespaces")
    engine = diagnose(connection)["engine"]
    assert (engine["agrees"], engine["verdict"]) == (None, "refused")
    assert 'Namespace "ns" could not be read: cannot get namespaces' in engine["notes"]


def test_it_may_agree_all_the_same(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    refuse(api, REFUSAL)
    api.refuse("GET", SCCS, 403, "Forbidden", "cannot list SCCs")
    api.refuse("POST", REVIEWS, 403, "Forbidden", "cannot create")
    api.refuse("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", 403, "Forbidden", "cannot create")
    engine = diagnose(connection)["engine"]
    assert engine["agrees"] is True
    assert len(engine["notes"]) == 4


def test_too_little_to_read_for_a_verdict(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    refuse(api, REFUSAL)
    api.answers["GET", SCCS] = status(500, "InternalError", "etcd is away")
    result = diagnose(connection)
    assert result["engine"] == {
        "agrees": None,
        "verdict": None,
        "message": "",
        "causes": [],
        "remedies": [],
        "notes": [f"{api.url} answered GET {SCCS} with 500 InternalError: etcd is away"],
    }
    # What the cluster said stands without it.
    assert (result["scc"], result["message"]) == ("restricted-v2", REFUSAL)


def test_without_a_refusal_there_is_no_second_opinion(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    refuse(api, refusals.QUOTA)
    result = run({**connection, "namespace": "ns", "name": "server", "kind": "Deployment", "wait_timeout": 0}, False)
    assert (result["verdict"], result["engine"]) == ("unknown", None)
