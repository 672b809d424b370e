# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shlex

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube.access import (
    Right,
    User,
    allowed,
    describe,
    grant,
    missing,
    whoami,
    whoami_or_unknown,
)
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, Client
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import REVIEWS, FakeApi

CREATE = Right("create", "secrets", "", "triton")
GET = Right("get", "secrets", "", "triton")
DEPLOY = Right("patch", "deployments", "apps", "triton")
PROXY = Right("create", "services/proxy", "", "triton", "server")
NAMESPACE = Right("get", "namespaces", "", "triton", "triton")
CLUSTER = Right("get", "namespaces", "", None, "triton")


def test_whoami(api: FakeApi, client: Client) -> None:
    assert whoami(client) == User("deployer", ("system:authenticated",))
    assert api.seen[-1].body == {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}


def test_a_user_without_groups(api: FakeApi, client: Client) -> None:
    api.user = {"username": "jane"}
    assert whoami(client) == User("jane", ())


@pytest.mark.parametrize("answer", [{}, {"status": None}, {"status": {}}, {"status": {"userInfo": "x"}}])
def test_an_answer_that_is_no_review(api: FakeApi, client: Client, answer: dict[str, object]) -> None:
    api.answers["POST", REVIEWS[1]] = (200, answer)
    with pytest.raises(TritonError, match="with something that no API server says; is it the URL of one?"):
        whoami_or_unknown(client)


@pytest.mark.parametrize("code", [403, 404])
def test_a_cluster_that_does_not_say_who_one_is(api: FakeApi, client: Client, code: int) -> None:
    api.refuse("POST", REVIEWS[1], code, "", "no")
    assert whoami_or_unknown(client) == User("", ())


def test_credentials_that_are_not_accepted_are_no_unknown_user(api: FakeApi, client: Client) -> None:
    api.refuse("POST", REVIEWS[1], 401, "Unauthorized", "Unauthorized")
    with pytest.raises(ApiError, match="does not accept the credentials"):
        whoami_or_unknown(client)


@pytest.mark.parametrize(
    "right, attributes",
    [
        (DEPLOY, {"verb": "patch", "group": "apps", "resource": "deployments", "name": "", "namespace": "triton"}),
        (
            PROXY,
            {
                "verb": "create",
                "group": "",
                "resource": "services",
                "subresource": "proxy",
                "name": "server",
                "namespace": "triton",
            },
        ),
        (CLUSTER, {"verb": "get", "group": "", "resource": "namespaces", "name": "triton"}),
    ],
)
def test_what_is_asked(api: FakeApi, client: Client, right: Right, attributes: dict[str, str]) -> None:
    assert allowed(client, right) is True
    assert api.seen[-1].body["apiVersion"] == "authorization.k8s.io/v1"
    assert api.seen[-1].body["kind"] == "SelfSubjectAccessReview"
    assert api.seen[-1].body["spec"]["resourceAttributes"] == attributes


@pytest.mark.parametrize("answer", [{"status": {"allowed": False}}, {"status": {}}, {}])
def test_anything_but_a_yes_is_a_no(api: FakeApi, client: Client, answer: dict[str, object]) -> None:
    api.answers["POST", REVIEWS[0]] = (201, answer)
    assert allowed(client, CREATE) is False


def test_missing_rights_in_the_given_order(api: FakeApi, client: Client) -> None:
    api.denied = {("create", "secrets"), ("create", "services/proxy")}
    assert missing(client, [PROXY, DEPLOY, CREATE, GET]) == [PROXY, CREATE]


def rule(verbs: str = "get,create", resources: str = "secrets", group: str = "", names: str = "") -> dict[str, object]:
    named = {"resourceNames": names.split(",")} if names else {}
    return {"verbs": verbs.split(","), "apiGroups": [group], "resources": resources.split(","), **named}


@pytest.mark.parametrize(
    "one, known",
    [
        (rule(), [CREATE, GET]),
        (rule(verbs="*"), [CREATE, GET]),
        (rule(verbs="list"), []),
        (rule(resources="*", group="*"), [CREATE, GET, PROXY]),
        (rule(resources="services/proxy"), [PROXY]),
        (rule(resources="*/proxy"), [PROXY]),
        (rule(resources="services"), []),
        (rule(resources="services/proxy", names="server"), [PROXY]),
        (rule(resources="services/proxy", names="other"), []),
        (rule(names="one"), []),
        (rule(group="apps"), []),
    ],
)
def test_one_question_tells_what_rules_allow(
    api: FakeApi, client: Client, one: dict[str, object], known: list[Right]
) -> None:
    api.answers["POST", REVIEWS[2]] = (201, {"status": {"resourceRules": [one], "incomplete": True}})
    assert missing(client, [CREATE, GET, PROXY]) == []
    # What the rules do not say is asked for.
    assert len(api.seen) == 1 + 3 - len(known)
    api.denied = {("create", "secrets"), ("get", "secrets"), ("create", "services/proxy")}
    assert missing(client, [CREATE, GET, PROXY]) == [right for right in (CREATE, GET, PROXY) if right not in known]


@pytest.mark.parametrize("code", [403, 404])
def test_rules_that_are_not_told(api: FakeApi, client: Client, code: int) -> None:
    api.refuse("POST", REVIEWS[2], code, "Forbidden", "no")
    api.denied = {("create", "secrets")}
    assert missing(client, [CREATE, PROXY]) == [CREATE]


def test_a_rule_of_a_namespace_says_nothing_about_the_cluster(api: FakeApi, client: Client) -> None:
    api.answers["POST", REVIEWS[2]] = (201, {"status": {"resourceRules": [rule("*", "*", "*")]}})
    api.denied = {("get", "namespaces")}
    assert missing(client, [CREATE, GET, CLUSTER]) == [CLUSTER]


def test_asking_writes_nothing(api: FakeApi, client: Client) -> None:
    whoami(client)
    missing(client, [CREATE])
    assert api.writes == []


@pytest.mark.parametrize(
    "right, home, words",
    [
        (CREATE, None, 'create secrets in namespace "triton"'),
        (CREATE, "triton", "create secrets"),
        (CREATE, "other", 'create secrets in namespace "triton"'),
        (DEPLOY, "triton", "patch deployments.apps"),
        (PROXY, "triton", 'create services/proxy "server"'),
        (CLUSTER, "triton", 'get namespaces "triton" in the cluster'),
        (CLUSTER, None, 'get namespaces "triton" in the cluster'),
    ],
)
def test_right_in_words(right: Right, home: str | None, words: str) -> None:
    assert right.words(home) == words


def test_verbs_of_one_resource_together() -> None:
    assert describe([GET, DEPLOY, CREATE, CLUSTER], "triton") == [
        "get, create secrets",
        "patch deployments.apps",
        'get namespaces "triton" in the cluster',
    ]


def test_grant_inside_the_namespace() -> None:
    assert grant("jane", "triton", [CREATE, DEPLOY]) == (
        "kubectl create rolebinding triton-deployer-jane --clusterrole=edit --user=jane --namespace=triton"
    )


def test_grant_to_a_service_account() -> None:
    assert "--serviceaccount=ci:robot " in grant("system:serviceaccount:ci:robot", "triton", [CREATE])


def test_grant_to_a_user_whose_name_is_not_known() -> None:
    assert "--user=USER " in grant("", "triton", [CREATE])


def test_grant_outside_the_namespace() -> None:
    assert grant("jane", "triton", [CREATE, CLUSTER]) == (
        "kubectl create rolebinding triton-deployer-jane --clusterrole=edit --user=jane --namespace=triton"
        " && kubectl create clusterrole triton-deployer-cluster --verb=get --resource=namespaces --resource-name=triton"
        " && kubectl create clusterrolebinding triton-deployer-cluster --clusterrole=triton-deployer-cluster --user=jane"
    )


def test_two_grants_outside_have_names_of_their_own() -> None:
    commands = grant("jane", "triton", [CLUSTER, Right("list", "storageclasses", "storage.k8s.io")])
    assert "create clusterrole triton-deployer-cluster-1 --verb=get" in commands
    assert (
        "create clusterrole triton-deployer-cluster-2 --verb=list --resource=storageclasses.storage.k8s.io" in commands
    )
    assert " rolebinding " not in commands


@pytest.mark.parametrize(
    "user, name",
    [
        ("jane@example.com", "jane@example.com"),
        ("system:serviceaccount:ci:robot", "system:serviceaccount:ci:robot"),
        ("a/b c", "a-b-c"),
    ],
)
def test_each_user_gets_a_binding_of_its_own(user: str, name: str) -> None:
    assert grant(user, "triton", [CREATE]).startswith(f"kubectl create rolebinding triton-deployer-{name} ")


@pytest.mark.parametrize("user", ["jane doe", "a'b", "x; rm -rf /", "$(id)"])
def test_a_name_is_quoted_for_the_shell(user: str) -> None:
    command = grant(user, "triton", [CREATE])
    assert f"--user={user}" in shlex.split(command)
    assert f"--user={shlex.quote(user)}" in command
