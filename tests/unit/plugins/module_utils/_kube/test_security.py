# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube.access import Right
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, Client, connect
from ansible_collections.inferops.triton.plugins.module_utils._kube.facts import Unread
from ansible_collections.inferops.triton.plugins.module_utils._kube.security import (
    ADMITTED,
    ASKED,
    ASSUMED,
    REFUSED,
    UNCONFIRMED,
    UNKNOWN,
    Access,
    Usable,
    confirm,
    namespace,
    sccs,
)
from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Grants, Subject, service_account
from ansible_collections.inferops.triton.plugins.module_utils._scc.requesters import REPLICA_SETS, signed_in
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, Seen, status

SCCS = "/apis/security.openshift.io/v1/securitycontextconstraints"
RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
SELF = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
LOCAL = "/apis/authorization.k8s.io/v1/namespaces/ns/localsubjectaccessreviews"
ANYWHERE = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
PODS = "/api/v1/namespaces/ns/pods"
NAMES = ("anyuid", "nonroot-v2", "restricted-v2", "restricted-v3")
ME = Subject("deployer", ("system:authenticated",))
ACCOUNT = service_account("ns", "server")
CONTROLLER = signed_in(REPLICA_SETS)
MAY_ASK = Right("create", "localsubjectaccessreviews", "authorization.k8s.io", "ns")
ALLOCATED = {"openshift.io/sa.scc.uid-range": "5/1", "openshift.io/sa.scc.mcs": "s0"}
POD = {"metadata": {"generateName": "server-"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}


def rule(*names: str, **fields: list[str]) -> dict[str, Any]:
    usual = {"verbs": ["use"], "apiGroups": ["security.openshift.io"], "resources": ["securitycontextconstraints"]}
    return {**usual, **({"resourceNames": list(names)} if names else {}), **fields}


def rules(api: FakeApi, *found: dict[str, Any], incomplete: bool = False) -> None:
    api.answers["POST", RULES] = (201, {"status": {"resourceRules": list(found), "incomplete": incomplete}})


def may_use(api: FakeApi, path: str, *names: str) -> None:
    """Answer access reviews; what each asks for is checked."""

    def review(seen: Seen) -> tuple[int, Any]:
        asked = dict(seen.body["spec"]["resourceAttributes"])
        name = asked.pop("name")
        assert asked == {
            "verb": "use",
            "group": "security.openshift.io",
            "resource": "securitycontextconstraints",
            "namespace": "ns",
        }
        return 201, {"status": {"allowed": name in names}}

    api.answers["POST", path] = review


def forbidden(api: FakeApi, *paths: str) -> None:
    for path in paths:
        api.refuse("POST", path, 403, "Forbidden", f"cannot create {path.rpartition('/')[2]}")


@pytest.fixture
def unread() -> Unread:
    return Unread()


@pytest.fixture
def access(client: Client, unread: Unread) -> Access:
    return Access(client, "ns", ME, NAMES, unread)


def asked(api: FakeApi) -> list[str]:
    return [seen.path for seen in api.seen]


def test_sccs(api: FakeApi, client: Client, unread: Unread) -> None:
    api.add("security.openshift.io/v1", "SecurityContextConstraints", "anyuid", priority=10)
    found = sccs(client, unread)
    assert found is not None
    assert [(item["metadata"]["name"], item["priority"]) for item in found] == [("anyuid", 10)]
    assert (len(api.seen), unread.sentences) == (1, [])


def test_a_cluster_without_sccs(api: FakeApi, client: Client, unread: Unread) -> None:
    api.answers["GET", SCCS] = status(404, "NotFound", "the server could not find the requested resource")
    assert sccs(client, unread) == []
    assert unread.sentences == []


def test_sccs_that_may_not_be_listed(api: FakeApi, client: Client, unread: Unread) -> None:
    api.refuse("GET", SCCS, 403, "Forbidden", 'User "deployer" cannot list resource')
    assert sccs(client, unread) is None
    assert unread.sentences == ['The SCCs could not be read: User "deployer" cannot list resource']
    assert len(api.seen) == 1


def test_namespace_with_its_annotations(api: FakeApi, client: Client, unread: Unread) -> None:
    answers = iter([{"metadata": {"name": "ns"}}, {"metadata": {"annotations": ALLOCATED}}])
    api.answers["GET", "/api/v1/namespaces/ns"] = lambda _seen: (200, next(answers))
    assert namespace(client, "ns", 30, unread) == {"metadata": {"annotations": ALLOCATED}}


def test_a_namespace_that_may_not_be_read(api: FakeApi, client: Client, unread: Unread) -> None:
    api.refuse("GET", "/api/v1/namespaces/ns", 403, "Forbidden", "User cannot get namespaces")
    assert namespace(client, "ns", 30, unread) is None
    assert unread.sentences == ['Namespace "ns" could not be read: User cannot get namespaces']


def test_a_namespace_that_is_not_there_is_told(client: Client, unread: Unread) -> None:
    with pytest.raises(TritonError, match="does not exist"):
        namespace(client, "ns", 30, unread)


def test_other_failures_of_reading_are_failures(api: FakeApi, client: Client, unread: Unread) -> None:
    api.refuse("GET", "/api/v1/namespaces/ns", 500, "InternalError", "no")
    with pytest.raises(ApiError):
        namespace(client, "ns", 0, unread)


@pytest.mark.parametrize(
    ("found", "names"),
    [
        ([], []),
        ([rule("restricted-v2"), rule("own", "restricted-v2")], ["own", "restricted-v2"]),
        ([rule("anyuid", verbs=["get", "list"])], []),
        ([rule("anyuid", apiGroups=[""])], []),
        ([rule("anyuid", resources=["pods"])], []),
        ([rule("anyuid", verbs=["*"], apiGroups=["*"], resources=["*"])], ["anyuid"]),
        ([rule("anyuid"), rule(verbs=["*"], apiGroups=["*"], resources=["*"])], None),
        ([rule()], None),
        ([{"verbs": ["use"]}], []),
    ],
)
def test_what_the_user_may_use_takes_one_request(
    api: FakeApi, access: Access, found: list[dict[str, Any]], names: list[str] | None
) -> None:
    rules(api, *found)
    assert access.granted(ME) == (None if names is None else frozenset(names))
    assert access.usable(ME).source == ASKED
    assert asked(api) == [RULES]
    assert api.seen[0].body["spec"] == {"namespace": "ns"}


@pytest.mark.parametrize("how", ["incomplete", "forbidden", "unknown", "no status"])
def test_rules_that_cannot_be_listed_are_asked_for_one_by_one(api: FakeApi, access: Access, how: str) -> None:
    if how == "incomplete":
        rules(api, rule("anyuid"), incomplete=True)
    elif how == "no status":
        api.answers["POST", RULES] = (201, {})
    else:
        code = 403 if how == "forbidden" else 404
        api.refuse("POST", RULES, code, "", "no")
    may_use(api, SELF, "restricted-v2")
    assert access.granted(ME) == {"restricted-v2"}
    assert sorted(asked(api)) == sorted([RULES, *[SELF] * len(NAMES)])
    assert "user" not in api.seen[-1].body["spec"]


def test_failures_are_failures(api: FakeApi, access: Access) -> None:
    api.refuse("POST", RULES, 500, "InternalError", "no")
    with pytest.raises(ApiError):
        access.granted(ME)
    api.refuse("POST", LOCAL, 500, "InternalError", "no")
    with pytest.raises(ApiError):
        access.granted(ACCOUNT)


def test_others_are_asked_about_in_the_namespace(api: FakeApi, access: Access, unread: Unread) -> None:
    may_use(api, LOCAL, "nonroot-v2", "anyuid")
    assert access.usable(ACCOUNT) == Usable(frozenset({"anyuid", "nonroot-v2"}))
    assert access.granted(ACCOUNT) == {"anyuid", "nonroot-v2"}
    assert asked(api) == [LOCAL] * len(NAMES)
    for seen in api.seen:
        assert seen.body["kind"] == "LocalSubjectAccessReview"
        assert seen.body["metadata"] == {"namespace": "ns"}
        assert seen.body["spec"]["user"] == "system:serviceaccount:ns:server"
        assert seen.body["spec"]["groups"] == ["system:serviceaccounts", "system:serviceaccounts:ns"]
    access.granted(CONTROLLER)
    assert api.seen[-1].body["spec"]["groups"] == [
        "system:serviceaccounts",
        "system:serviceaccounts:kube-system",
        "system:authenticated",
    ]
    assert (unread.sentences, api.writes) == ([], [])


def test_others_are_asked_about_in_the_cluster_where_that_is_the_right(api: FakeApi, access: Access) -> None:
    forbidden(api, LOCAL)
    may_use(api, ANYWHERE, "restricted-v2")
    assert access.usable(CONTROLLER) == Usable(frozenset({"restricted-v2"}))
    assert access.usable(ACCOUNT) == Usable(frozenset({"restricted-v2"}))
    # The refusal is remembered.
    assert asked(api).count(LOCAL) == 1
    assert {seen.body["kind"] for seen in api.seen if seen.path == ANYWHERE} == {"SubjectAccessReview"}


@pytest.mark.parametrize(
    ("own", "assumed"),
    [
        ([rule("restricted-v2"), rule("restricted-v3"), rule("anyuid")], {"restricted-v2", "restricted-v3"}),
        # An administrator took it away from everybody, or an old cluster never gave it.
        ([rule("restricted-v2")], {"restricted-v2"}),
        ([rule()], {"restricted-v2", "restricted-v3"}),
    ],
)
def test_a_controller_about_whom_nobody_tells(
    api: FakeApi, access: Access, unread: Unread, own: list[dict[str, Any]], assumed: set[str]
) -> None:
    forbidden(api, LOCAL, ANYWHERE)
    rules(api, *own)
    assert access.usable(CONTROLLER) == Usable(frozenset(assumed), ASSUMED, MAY_ASK)
    assert access.usable(CONTROLLER).names == assumed
    (sentence,) = unread.sentences
    assert sentence == (
        f"The SCCs that {REPLICA_SETS} may use could not be asked for: it takes the right to create "
        f'localsubjectaccessreviews.authorization.k8s.io in namespace "ns"; {", ".join(sorted(assumed))} assumed, as OpenShift '
        "grants to every authenticated user."
    )


def test_only_sccs_that_are_there_are_assumed(api: FakeApi, client: Client, unread: Unread) -> None:
    forbidden(api, LOCAL, ANYWHERE)
    rules(api, rule("restricted-v2"), rule("restricted-v3"))
    older = Access(client, "ns", ME, ["anyuid", "restricted-v2"], unread)
    assert older.granted(CONTROLLER) == {"restricted-v2"}


def test_nothing_is_assumed_for_a_service_account(api: FakeApi, access: Access, unread: Unread) -> None:
    forbidden(api, LOCAL, ANYWHERE)
    assert access.usable(ACCOUNT) == Usable(frozenset(), UNKNOWN, MAY_ASK)
    (sentence,) = unread.sentences
    assert sentence.startswith("The SCCs that system:serviceaccount:ns:server may use could not be asked for: ")
    assert sentence.endswith("; none are assumed.")
    assert asked(api) == [LOCAL, ANYWHERE]
    access.granted(service_account("ns", "other"))
    assert asked(api) == [LOCAL, ANYWHERE]
    assert len(unread.sentences) == 2


def test_a_service_account_that_asks_for_itself_is_another_subject_than_in_admission(
    api: FakeApi, client: Client
) -> None:
    me = signed_in(ACCOUNT.name)
    access = Access(client, "ns", me, NAMES, Unread())
    rules(api, rule("restricted-v2"))
    may_use(api, LOCAL, "anyuid")
    assert access.granted(me) == {"restricted-v2"}
    assert access.granted(ACCOUNT) == {"anyuid"}


def test_without_any_scc_nothing_is_asked(api: FakeApi, client: Client) -> None:
    assert Access(client, "ns", ME, [], Unread()).usable(ACCOUNT) == Usable(frozenset())
    assert api.seen == []


def test_listing_is_what_grants_take(api: FakeApi, access: Access) -> None:
    rules(api, rule())
    may_use(api, LOCAL, "nonroot-v2", "anyuid")
    listing = access.listing([ME, ACCOUNT])
    assert listing == {"deployer": "*", "system:serviceaccount:ns:server": ["anyuid", "nonroot-v2"]}
    assert Grants(listing).granted(ACCOUNT) == {"anyuid", "nonroot-v2"}
    assert Grants(listing).granted(ME) is None


def answer(api: FakeApi, code: int, message: str) -> None:
    api.refuse("POST", PODS, code, "", message)


def test_an_admitted_pod(api: FakeApi, client: Client) -> None:
    admitted = {"metadata": {"annotations": {"openshift.io/scc": "restricted-v2"}}, "spec": {}}
    api.answers["POST", PODS] = (201, admitted)
    found = confirm(client, POD, "ns")
    assert (found.verdict, found.scc, found.pod) == (ADMITTED, "restricted-v2", admitted)
    (seen,) = api.seen
    assert seen.query == {"dryRun": "All"}
    assert seen.body == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "server-", "namespace": "ns"},
        "spec": POD["spec"],
    }
    assert seen.header("impersonate-user") == []
    assert api.writes == []


def test_without_sccs_a_pod_is_admitted_by_none(client: Client) -> None:
    assert (confirm(client, POD, "ns").verdict, confirm(client, POD, "ns").scc) == (ADMITTED, "")


def test_what_only_the_server_writes_is_left_out(api: FakeApi, client: Client) -> None:
    metadata = {
        "name": "p",
        "namespace": "old",
        "uid": "u",
        "resourceVersion": "1",
        "managedFields": [{}],
        "labels": {},
    }
    confirm(client, {"metadata": metadata, "spec": {}, "status": {"phase": "Running"}}, "ns")
    body = api.seen[0].body
    assert body["metadata"] == {"name": "p", "namespace": "ns", "labels": {}}
    assert "status" not in body


def test_a_pod_without_any_name_gets_one(api: FakeApi, client: Client) -> None:
    confirm(client, {"spec": {}}, "ns")
    assert api.seen[0].body["metadata"] == {"generateName": "pod-", "namespace": "ns"}


def test_a_pod_of_that_name_is_no_hindrance(api: FakeApi, client: Client) -> None:
    def post(seen: Seen) -> tuple[int, Any]:
        taken = seen.body["metadata"].get("name") == "server"
        return status(409, "AlreadyExists", 'pods "server" already exists') if taken else (201, seen.body)

    api.answers["POST", PODS] = post
    assert confirm(client, {"metadata": {"name": "server"}, "spec": {}}, "ns", CONTROLLER).verdict == ADMITTED
    assert api.seen[1].body["metadata"] == {"generateName": "server-", "namespace": "ns"}
    assert api.seen[1].header("impersonate-user") == [REPLICA_SETS]


def test_a_conflict_of_another_kind_is_a_failure(api: FakeApi, client: Client) -> None:
    answer(api, 409, "conflict")
    with pytest.raises(ApiError):
        confirm(client, POD, "ns")


def test_a_controller_is_impersonated_and_its_groups_are_left_to_the_server(api: FakeApi, client: Client) -> None:
    confirm(client, POD, "ns", CONTROLLER)
    (seen,) = api.seen
    assert (seen.header("impersonate-user"), seen.header("impersonate-group")) == ([REPLICA_SETS], [])
    confirm(client, POD, "ns")
    assert api.seen[1].header("impersonate-user") == []


def test_the_groups_of_others_are_asserted(api: FakeApi, connection: dict[str, Any]) -> None:
    client = connect({**connection, "impersonate_user": "somebody", "impersonate_groups": ["before"]})
    confirm(client, POD, "ns", Subject("jane", ("team", "system:authenticated")))
    (seen,) = api.seen
    assert seen.header("impersonate-user") == ["jane"]
    assert seen.header("impersonate-group") == ["team", "system:authenticated"]


NO_ACCOUNT = (
    'serviceaccounts "replicaset-controller" is forbidden: User "deployer" cannot impersonate resource "serviceaccounts" in API '
    'group "" in the namespace "kube-system"'
)
NO_USER = (
    'users "jane" is forbidden: User "deployer" cannot impersonate resource "users" in API group "" at the cluster scope: no '
    "RBAC policy matched"
)


@pytest.mark.parametrize(
    ("text", "lacking", "reason"),
    [
        (
            NO_ACCOUNT,
            Right("impersonate", "serviceaccounts", "", "kube-system", "replicaset-controller"),
            'The dry run takes the right to impersonate serviceaccounts "replicaset-controller" in namespace "kube-system".',
        ),
        (
            NO_USER,
            Right("impersonate", "users", "", None, "jane"),
            'The dry run takes the right to impersonate users "jane" in the cluster.',
        ),
        (
            'pods is forbidden: User "deployer" cannot create resource "pods" in API group "" in the namespace "ns"',
            Right("create", "pods", "", "ns"),
            'The dry run takes the right to create pods in namespace "ns".',
        ),
    ],
)
def test_a_missing_right_is_no_verdict(api: FakeApi, client: Client, text: str, lacking: Right, reason: str) -> None:
    answer(api, 403, text)
    found = confirm(client, POD, "ns", CONTROLLER)
    assert (found.verdict, found.lacking, found.reason, found.message) == (UNCONFIRMED, lacking, reason, text)


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (404, 'namespaces "ns" not found', 'Namespace "ns" does not exist yet'),
        (
            403,
            'pods "p" is forbidden: unable to create new content in namespace ns because it is being terminated',
            'Namespace "ns" is being deleted',
        ),
        (400, 'admission webhook "w" does not support dry run', "A webhook of the cluster takes no dry runs: "),
    ],
)
def test_what_else_leaves_a_verdict_open(api: FakeApi, client: Client, code: int, text: str, words: str) -> None:
    answer(api, code, text)
    found = confirm(client, POD, "ns")
    assert (found.verdict, found.message, found.lacking) == (UNCONFIRMED, text, None)
    assert found.reason.startswith(words)


@pytest.mark.parametrize(
    ("code", "text", "by"),
    [
        (403, 'pods "p" is forbidden: unable to validate against any security context constraint: []', "scc"),
        (403, 'pods "p" is forbidden: violates PodSecurity "restricted:latest": x', "pod_security"),
        (422, 'Pod "p" is invalid: spec.containers: Required value', "validation"),
        (500, 'Internal error occurred: failed calling webhook "w": no endpoints', "webhook"),
    ],
)
def test_a_refusal_names_who_refused(api: FakeApi, client: Client, code: int, text: str, by: str) -> None:
    answer(api, code, text)
    found = confirm(client, POD, "ns")
    assert (found.verdict, found.by, found.message, found.pod) == (REFUSED, by, text, None)


@pytest.mark.parametrize("code", [401, 404, 429, 500, 503])
def test_what_says_nothing_about_the_pod_is_a_failure(api: FakeApi, client: Client, code: int) -> None:
    answer(api, code, "something else")
    with pytest.raises(ApiError):
        confirm(client, POD, "ns")


def headers(seen: Iterable[Seen]) -> list[list[str]]:
    return [one.header("impersonate-user") for one in seen]


def test_impersonating_leaves_the_client_as_it_was(api: FakeApi, client: Client) -> None:
    other = client.impersonating("jane", ["a", "b"])
    other.get("/version")
    client.get("/version")
    other.impersonating("joe").get("/version")
    assert headers(api.seen) == [["jane"], [], ["joe"]]
    assert [seen.header("impersonate-group") for seen in api.seen] == [["a", "b"], [], []]
    assert [len(seen.header("authorization")) for seen in api.seen] == [1, 1, 1]
