# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module scc_explain with confirm: the cluster's own answer beside the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._run.scc_explain import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, Seen, status
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._run.openshift import (
    NAMESPACE,
    deployment,
    fixed_user,
    install,
)

PODS = f"{NAMESPACE}/pods"
CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller"


def confirmed(connection: dict[str, Any], definition: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The verdict on the one pod, and what the cluster said."""
    options = {
        "definitions": definition,
        "src": None,
        "namespace": "ns",
        "service_account": None,
        "offline": False,
        "namespace_definition": None,
        "sccs": None,
        "granted": {},
        "platform": "auto",
        "wait_timeout": 0,
    }
    (found,) = run({**connection, **options, "confirm": True}, False)["pods"]
    return found, found["confirmed"]


def answer(api: FakeApi, scc: str) -> None:
    """Admit pods by an SCC, and show what would be stored."""

    def admit(seen: Seen) -> tuple[int, Any]:
        annotations = {"openshift.io/scc": scc} if scc else {}
        return 201, {**seen.body, "metadata": {**seen.body["metadata"], "annotations": annotations}}

    api.answers["POST", PODS] = admit


def test_the_cluster_agrees_that_a_pod_is_admitted(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    answer(api, "restricted-v2")
    _found, said = confirmed(connection, deployment())
    assert said == {
        "agrees": True,
        "answer": "admitted",
        "scc": "restricted-v2",
        "by": None,
        "message": "",
        "reason": "",
        "no_room": "",
    }
    # A dry run in the name of the controller, which will ask for the pod.
    (asked,) = [seen for seen in api.seen if seen.path == PODS]
    assert asked.query == {"dryRun": "All"} and asked.header("impersonate-user") == [CONTROLLER]
    assert asked.body["spec"]["serviceAccountName"] == "sa"
    assert asked.body["metadata"] == {"generateName": "server-", "namespace": "ns"}
    assert api.writes == []


def test_a_bare_pod_is_asked_for_by_the_user_himself(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    answer(api, "restricted-v2")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}]}}
    _found, said = confirmed(connection, pod)
    (asked,) = [seen for seen in api.seen if seen.path == PODS]
    assert said["agrees"] is True and asked.header("impersonate-user") == []


@pytest.mark.parametrize("scc", ["anyuid", ""])
def test_the_cluster_takes_another_scc(api: FakeApi, connection: dict[str, Any], scc: str) -> None:
    install(api)
    answer(api, scc)
    found, said = confirmed(connection, deployment())
    assert (found["verdict"], found["scc"]) == ("admitted", "restricted-v2")
    assert (said["agrees"], said["answer"], said["scc"]) == (False, "admitted", scc or None)


def test_the_cluster_admits_what_the_engine_refuses(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    answer(api, "restricted-v2")
    found, said = confirmed(connection, fixed_user())
    assert (found["verdict"], said["agrees"]) == ("refused", False)


def test_the_cluster_refuses_in_the_same_words(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    answer(api, "")
    message = confirmed(connection, fixed_user())[0]["message"]
    api.refuse("POST", PODS, 403, "Forbidden", message)
    _found, said = confirmed(connection, fixed_user())
    assert (said["agrees"], said["answer"], said["by"], said["message"]) == (True, "refused", "scc", message)
    assert (said["scc"], said["reason"], said["no_room"]) == (None, "", "")


def test_the_cluster_refuses_in_other_words(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    words = 'pods "server-" is forbidden: unable to validate against any security context constraint: []'
    api.refuse("POST", PODS, 403, "Forbidden", words)
    for definition in (fixed_user(), deployment()):
        _found, said = confirmed(connection, definition)
        assert (said["agrees"], said["answer"], said["by"], said["message"]) == (False, "refused", "scc", words)


def test_a_pod_whose_name_is_taken_is_tried_under_another(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    spec = {"containers": [{"name": "c", "securityContext": {"privileged": True}}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    answer(api, "")
    message = confirmed(connection, pod)[0]["message"]
    assert message.startswith('pods "p" is forbidden: ')

    def taken(seen: Seen) -> tuple[int, Any]:
        if seen.body["metadata"].get("name"):
            return status(409, "AlreadyExists", 'pods "p" already exists')
        return status(403, "Forbidden", message.replace('"p"', '"p-"'))

    api.answers["POST", PODS] = taken
    assert confirmed(connection, pod)[1]["agrees"] is True


def test_pod_security_refuses_in_the_same_words(api: FakeApi, connection: dict[str, Any]) -> None:
    api.add("v1", "Namespace", "ns", metadata={"labels": {"pod-security.kubernetes.io/enforce": "baseline"}})
    # The API server completes the name before it asks those who change nothing, and nobody can foretell it.
    words = 'pods "server-x7k2p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)'
    api.refuse("POST", PODS, 403, "Forbidden", words)
    _found, said = confirmed(connection, deployment(hostPID=True))
    assert (said["agrees"], said["by"]) == (True, "pod_security")


@pytest.mark.parametrize(
    ("code", "words", "by"),
    [
        (
            403,
            'pods "server-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0',
            "quota",
        ),
        (422, 'Pod "server-x" is invalid: spec.containers[0].image: Required value', "validation"),
        (
            403,
            'pods "server-" is forbidden: error looking up service account ns/sa: serviceaccount "sa" not found',
            "service_account",
        ),
        (403, 'admission webhook "v.example.org" denied the request: no', "webhook"),
    ],
)
def test_who_else_refuses_says_nothing_about_the_verdict(
    api: FakeApi, connection: dict[str, Any], code: int, words: str, by: str
) -> None:
    install(api)
    api.refuse("POST", PODS, code, "Forbidden", words)
    found, said = confirmed(connection, deployment())
    assert found["verdict"] == "admitted"
    assert (said["agrees"], said["answer"], said["by"], said["message"]) == (None, "refused", by, words)
    assert (said["scc"], said["reason"]) == (None, words)
    assert bool(said["no_room"]) == (by == "quota")


NOBODY_ELSE = (
    'serviceaccounts "replicaset-controller" is forbidden: User "deployer" cannot impersonate resource "serviceaccounts" '
    'in API group "" in the namespace "kube-system"'
)
NO_ACCOUNT = 'pods "server-" is forbidden: error looking up service account ns/sa: serviceaccount "sa" not found'
FULL = 'pods "server-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3'


def deployer(last: str | None) -> Any:
    """The answers to who may not impersonate, before the release's service account is there; ``last`` refuses the pod, None admits it."""

    def answered(seen: Seen) -> tuple[int, Any]:
        if seen.header("impersonate-user"):
            return status(403, "Forbidden", NOBODY_ELSE)
        if seen.body["spec"]["serviceAccountName"] != "default":
            return status(403, "Forbidden", NO_ACCOUNT)
        return (201, seen.body) if last is None else status(403, "Forbidden", last)

    return answered


def test_a_refusal_that_does_not_hang_on_who_asks_counts(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    words = (
        'pods "server-" is forbidden: unable to validate against any security context constraint: [provider restricted-v2: '
        '.spec.volumes[0]: Invalid value: "nfs": nfs volumes are not allowed to be used]'
    )
    api.answers["POST", PODS] = deployer(words)
    _found, said = confirmed(connection, fixed_user())
    assert (said["answer"], said["by"], said["message"]) == ("refused", "scc", words)
    assert api.writes == []


def test_an_scc_that_only_another_may_use_is_left_open(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    words = (
        'pods "server-" is forbidden: unable to validate against any security context constraint: '
        '[provider "ns.triton": Forbidden: not usable by user or serviceaccount]'
    )
    for last in (words, None):
        api.answers["POST", PODS] = deployer(last)
        _found, said = confirmed(connection, fixed_user())
        assert (said["answer"], said["agrees"]) == ("unconfirmed", None)


def test_a_full_quota_stops_what_is_not_there_yet(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    api.answers["POST", PODS] = deployer(FULL)
    _found, said = confirmed(connection, deployment())
    assert said["no_room"].startswith(
        "Quota q leaves no room for the pods of Deployment server in namespace ns: pods is 3, of which 3 is used, and it takes 1."
    )
    # The workload's own pods may be those that fill it.
    api.add("apps/v1", "Deployment", "server", "ns")
    _found, said = confirmed(connection, deployment())
    assert (said["by"], said["no_room"]) == ("quota", "")


def test_who_may_not_speak_for_the_controller_is_told_what_it_takes(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    words = (
        'serviceaccounts "replicaset-controller" is forbidden: User "deployer" cannot impersonate resource "serviceaccounts" '
        'in API group "" in the namespace "kube-system"'
    )
    api.answers["POST", PODS] = status(403, "Forbidden", words)
    _found, said = confirmed(connection, deployment())
    assert (said["agrees"], said["answer"], said["by"]) == (None, "unconfirmed", None)
    assert said["reason"] == (
        'The dry run takes the right to impersonate serviceaccounts "replicaset-controller" in namespace "kube-system".'
    )


def test_a_namespace_that_is_not_there_yet_confirms_nothing(api: FakeApi, connection: dict[str, Any]) -> None:
    install(api)
    api.refuse("POST", PODS, 404, "NotFound", 'namespaces "ns" not found')
    _found, said = confirmed(connection, deployment())
    assert (said["agrees"], said["answer"]) == (None, "unconfirmed")
    assert said["reason"] == 'Namespace "ns" does not exist yet, so nothing can be tried in it.'
