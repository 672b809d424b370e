# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module scc_explain on a cluster and without one; it never writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._run.scc_explain import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._run.openshift import (
    ALLOCATED,
    FIRST,
    NAMESPACE,
    SCCS,
    deployment,
    fixed_user,
    install,
)

DEFAULTS: dict[str, Any] = {
    "definitions": None,
    "src": None,
    "namespace": "ns",
    "service_account": None,
    "offline": False,
    "namespace_definition": None,
    "sccs": None,
    "granted": {},
    "platform": "auto",
    "confirm": False,
    "wait_timeout": 0,
}
NO_CLUSTER = {"host": "http://127.0.0.1:1"}


def explain(connection: dict[str, Any], *definitions: Any, **options: Any) -> dict[str, Any]:
    given = {"definitions": list(definitions)} if definitions else {}
    return run({**connection, **DEFAULTS, **given, **options}, False)


def failure(connection: dict[str, Any], *definitions: Any, **options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        explain(connection, *definitions, **options)
    return caught.value.message


def test_live_on_openshift(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    result = explain(connection, deployment("good"), fixed_user("bad"))
    good, bad = result["pods"]
    assert result["admitted"] is False
    assert (good["verdict"], good["scc"], good["subject"]) == ("admitted", "restricted-v2", "user")
    assert good["security_context"]["containers"]["c"]["runAsUser"] == FIRST
    assert (bad["verdict"], bad["scc"], bad["notes"]) == ("refused", None, [])
    assert bad["causes"][0]["where"] == "spec.template.spec.securityContext.runAsUser"
    assert result["msg"] == (
        "Deployment good in namespace ns: admitted by restricted-v2. Deployment bad in namespace ns: refused by restricted-v2: "
        f"spec.template.spec.securityContext.runAsUser 1000 (must be in the ranges: [{FIRST}, {FIRST + 9999}])."
    )
    assert "confirmed" not in good
    assert api.writes == []


def test_a_right_of_the_service_account_counts(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    api.usable["system:serviceaccount:ns:sa"] = ["nonroot-v2"]
    (found,) = explain(connection, fixed_user())["pods"]
    assert (found["scc"], found["subject"]) == ("nonroot-v2", "serviceaccount")
    assert explain(connection, fixed_user(account="other"))["admitted"] is False


def test_the_service_account_of_pods_that_name_none(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    api.usable["system:serviceaccount:ns:own"] = ["nonroot-v2"]
    result = explain(connection, fixed_user("a", account=None), fixed_user("b"), service_account="own")
    assert [(one["service_account"], one["verdict"]) for one in result["pods"]] == [
        ("own", "admitted"),
        ("sa", "refused"),
    ]


def test_each_object_is_judged_in_its_own_namespace(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    other = {**ALLOCATED, "openshift.io/sa.scc.uid-range": "1000/10"}
    api.add("v1", "Namespace", "other", metadata={"annotations": other})
    here, there = explain(connection, fixed_user("a"), fixed_user("b", namespace="other"))["pods"]
    assert (here["namespace"], here["verdict"]) == ("ns", "refused")
    assert (there["namespace"], there["verdict"], there["scc"]) == ("other", "admitted", "restricted-v2")


def test_what_could_not_be_read_is_in_the_notes(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    api.refuse("GET", SCCS, 403, "Forbidden", "cannot list SCCs")
    api.refuse("GET", NAMESPACE, 403, "Forbidden", "cannot get namespaces")
    (found,) = explain(connection, deployment())["pods"]
    assert found["notes"][:4] == [
        "The SCCs could not be read: cannot list SCCs",
        "Instead of the cluster's SCCs those that OpenShift 4.20 ships are taken.",
        'Namespace "ns" could not be read: cannot get namespaces',
        "The values of namespace ns are taken as they might be, from the range 1000700000/10000.",
    ]


def test_a_broken_namespace_refuses_everything(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    api.add("v1", "Namespace", "ns", metadata={"annotations": {**ALLOCATED, "openshift.io/sa.scc.mcs": ""}})
    (found,) = explain(connection, deployment())["pods"]
    assert found["verdict"] == "refused" and found["remedies"] == []
    assert "found annotation openshift.io/sa.scc.mcs but it was empty" in found["message"]


@pytest.mark.parametrize("pinned", [None, "anyuid", "gone"])
def test_a_namespace_whose_annotations_stay_away(api: FakeApi, connection: dict[str, Any], pinned: str | None) -> None:
    install(api)
    api.add("v1", "Namespace", "ns")
    item = deployment()
    if pinned:
        item["spec"]["template"]["metadata"] = {"annotations": {"openshift.io/required-scc": pinned}}
    (found,) = explain(connection, item)["pods"]
    why = 'required SCC "gone"' if pinned == "gone" else "unable to find annotation openshift.io/sa.scc.uid-range"
    assert found["verdict"] == "refused" and why in found["message"]
    assert found["remedies"] == []


def test_pod_security_on_plain_kubernetes(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "ns", metadata={"labels": {"pod-security.kubernetes.io/enforce": "baseline"}})
    good, bad = explain(connection, fixed_user("a"), deployment("b", hostPID=True), wait_timeout=600)["pods"]
    assert (good["verdict"], good["scc"], good["pod_security"]["level"]) == ("admitted", None, "baseline:latest")
    assert (
        bad["message"]
        == 'pods "b-" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)'
    )
    assert bad["pod_security"]["violations"] == ["host namespaces (hostPID=true)"]


@pytest.mark.parametrize("confirm", [False, True])
def test_without_a_cluster(confirm: bool) -> None:
    options = {"offline": True, "confirm": confirm}
    if confirm:
        assert failure(NO_CLUSTER, deployment(), **options) == (
            "confirm asks a cluster, and offline asks none; leave one of them out."
        )
        return
    found = explain(NO_CLUSTER, fixed_user(), **options, granted={"system:serviceaccount:ns:sa": ["nonroot-v2"]})[
        "pods"
    ][0]
    assert (found["scc"], len(found["notes"])) == ("nonroot-v2", 2)
    planned = {"metadata": {"name": "ns", "annotations": {**ALLOCATED, "openshift.io/sa.scc.uid-range": "1000/5"}}}
    found = explain(NO_CLUSTER, fixed_user(), **options, namespace_definition=planned)["pods"][0]
    assert (found["scc"], found["notes"]) == (
        "restricted-v2",
        ["The SCCs are not known: those that OpenShift 4.20 ships are taken."],
    )
    found = explain(NO_CLUSTER, deployment(hostPID=True), **options, platform="kubernetes")["pods"][0]
    assert (found["verdict"], found["scc"], found["notes"]) == ("admitted", None, [])


@pytest.mark.parametrize("sccs", [[], [{"metadata": {"name": "own"}}]])
def test_a_cluster_that_lacks_openshifts_own_sccs(sccs: list[Any]) -> None:
    (found,) = explain(NO_CLUSTER, deployment(), offline=True, sccs=sccs)["pods"]
    assert "securitycontextconstraints.security.openshift.io cache is missing anyuid, " in found["message"]


def test_definitions_of_any_kind_and_files_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(json.dumps(deployment("file")))
    texts = [deployment("object"), f"{json.dumps(deployment('text'))}\n---\n", [deployment("nested")]]
    result = explain(NO_CLUSTER, *texts, src=[str(tmp_path / "a.yaml")], offline=True)
    assert [one["name"] for one in result["pods"]] == ["object", "text", "nested", "file"]
    single = explain(NO_CLUSTER, definitions=json.dumps(deployment("alone")), offline=True)
    assert [one["name"] for one in single["pods"]] == ["alone"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"definitions": []}, "There is no pod in these manifests, nothing at all; give a Pod"),
        ({"definitions": [{"kind": "Service"}]}, "There is no pod in these manifests, only Service; give a Pod"),
        ({"definitions": 5}, "Document 1 of definitions is 5, no object"),
        ({"definitions": "a: b: c"}, "definitions cannot be read: line 1: mapping values are not allowed"),
        ({"src": ["/no/such/file"]}, "src is '/no/such/file', which cannot be read (No such file or directory)"),
        ({"src": ["/"]}, "src is '/', which cannot be read (Is a directory); correct the path."),
        ({"definitions": [deployment(hostPID=5)]}, "Deployment server: spec.template: spec.hostPID is 5"),
        ({"definitions": [deployment()], "sccs": [{}]}, "An SCC has no metadata.name; give it one."),
        ({"definitions": [deployment()], "granted": {"*": "anyuid"}}, "usable of * is 'anyuid'; it must be"),
        (
            {"definitions": [deployment()], "namespace_definition": {"metadata": {"labels": 5}}},
            "Namespace ns: metadata: labels is 5; it must be an object.",
        ),
    ],
)
@pytest.mark.parametrize("offline", [True, False])
def test_wrong_options(
    api: FakeApi, connection: dict[str, Any], options: dict[str, Any], words: str, offline: bool
) -> None:
    install(api)
    assert words in failure(connection, offline=offline, **options)


def test_manifests_that_cannot_be_read_are_told_before_a_cluster_is_asked(
    api: FakeApi, connection: dict[str, Any]
) -> None:
    failure(connection, {"kind": "Service"})
    assert api.seen == []


def test_a_namespace_that_is_not_there(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    assert 'Namespace "gone" does not exist' in failure(connection, deployment(namespace="gone"), wait_timeout=600)
