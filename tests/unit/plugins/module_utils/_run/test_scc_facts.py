# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read from a cluster for a verdict, what stands in for that which may not be read, and that it is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._explain.explain import Facts
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import connect
from ansible_collections.inferops.triton.plugins.module_utils._run.scc_facts import Live
from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Subject, service_account
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi, status
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._run.openshift import (
    ALLOCATED,
    NAMESPACE,
    SCCS,
    install,
)

Read = Callable[..., Facts]
ACCOUNT = service_account("ns", "sa")
SCC = {"apiVersion": "security.openshift.io/v1", "kind": "SecurityContextConstraints", "metadata": {"name": "own"}}
REVIEWS = "/apis/authorization.k8s.io/v1/namespaces/ns/localsubjectaccessreviews"


@pytest.fixture
def live(connection: dict[str, Any]) -> Callable[..., Live]:
    def make(*objects: Any, **params: Any) -> Live:
        return Live(connect(connection), params, objects)

    return make


@pytest.fixture
def read(live: Callable[..., Live]) -> Read:
    return lambda *objects, **params: live(*objects, **params).facts("ns")


def names(facts: Facts) -> set[str]:
    assert facts.admission is not None
    return {scc.name for scc in facts.admission.sccs}


def paths(api: FakeApi, start: str) -> list[str]:
    return [seen.path for seen in api.seen if seen.path.startswith(start)]


def test_all_is_read_where_it_may_be(api: FakeApi, read: Read) -> None:
    install(api, team="ml")
    api.usable[ACCOUNT.name] = ["nonroot-v2"]
    facts = read()
    assert names(facts) == set(standard())
    assert (facts.annotations, facts.labels, facts.version) == (ALLOCATED, {"team": "ml"}, (1, 35))
    assert facts.user == Subject("deployer", ("system:authenticated",))
    assert facts.authorizer.granted(facts.user) == {"restricted-v2", "restricted-v3"}
    assert facts.authorizer.granted(ACCOUNT) == {"nonroot-v2"}
    assert list(facts.notes) == [] and api.writes == []


def test_a_namespace_is_read_once(api: FakeApi, live: Callable[..., Live]) -> None:
    install(api)
    api.add("v1", "Namespace", "other", metadata={"annotations": ALLOCATED})
    known = live()
    assert known.facts("ns") is known.facts("ns") is not known.facts("other")
    assert (len(paths(api, NAMESPACE)), len(paths(api, SCCS)), len(paths(api, "/version"))) == (1, 1, 1)


@pytest.mark.parametrize("version", ["v1.33.5+k3s1", "v1.33"])
def test_the_version_of_kubernetes(api: FakeApi, read: Read, version: str) -> None:
    install(api)
    api.git_version = version
    assert read().version == (1, 33)


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        ({"major": "1", "minor": "27+"}, (1, 27)),
        ({"major": "1", "minor": ""}, None),
        ({"gitVersion": "v1.30"}, None),
        ({"major": "one", "minor": "two"}, None),
    ],
)
def test_versions_of_other_kinds(api: FakeApi, read: Read, answer: Any, version: Any) -> None:
    install(api)
    api.answers["GET", "/version"] = (200, answer)
    assert read().version == version


def test_a_cluster_without_sccs(api: FakeApi, read: Read) -> None:
    api.add("v1", "Namespace", "ns", metadata={"labels": {"pod-security.kubernetes.io/enforce": "baseline"}})
    facts = read(wait_timeout=600)
    assert facts.admission is None
    assert facts.labels == {"pod-security.kubernetes.io/enforce": "baseline"}
    assert (list(facts.notes), paths(api, "/apis/security")) == ([], [])


def test_a_platform_that_is_given_is_not_looked_for(api: FakeApi, read: Read) -> None:
    install(api)
    assert read(platform="kubernetes").admission is None
    assert paths(api, "/apis/security") == [] and "/apis" not in [seen.path for seen in api.seen]


def test_sccs_that_may_not_be_listed(api: FakeApi, read: Read) -> None:
    install(api)
    api.refuse("GET", SCCS, 403, "Forbidden", 'User "deployer" cannot list resource')
    facts = read()
    assert names(facts) == set(standard())
    assert list(facts.notes)[:2] == [
        'The SCCs could not be read: User "deployer" cannot list resource',
        "Instead of the cluster's SCCs those that OpenShift 4.20 ships are taken.",
    ]


def test_sccs_that_are_given_stand_for_those_of_the_cluster(api: FakeApi, read: Read) -> None:
    install(api)
    facts = read(sccs=[{**SCC, "volumes": ["secret"]}])
    assert facts.admission is not None
    (scc,) = facts.admission.sccs
    # What its author left out is what OpenShift would store.
    assert (scc.name, scc.volumes, scc.fs_group.type) == ("own", ("secret",), "RunAsAny")
    assert paths(api, SCCS) == []


def test_objects_of_the_manifests_count_as_applied(api: FakeApi, read: Read) -> None:
    install(api)
    binding = {
        "kind": "RoleBinding",
        "metadata": {"name": "b"},
        "roleRef": {"kind": "ClusterRole", "name": "system:openshift:scc:anyuid"},
        "subjects": [{"kind": "ServiceAccount", "name": "sa"}],
    }
    facts = read(SCC, binding, granted={ACCOUNT.name: ["own"]})
    assert names(facts) == {*standard(), "own"}
    assert facts.authorizer.granted(ACCOUNT) == {"anyuid", "own"}


@pytest.mark.parametrize("granted", [{"*": "anyuid"}, {"*": 5}, {"sa": [5]}])
def test_rights_that_are_none(api: FakeApi, read: Read, granted: Any) -> None:
    install(api)
    with pytest.raises(TritonError, match=r'it must be "\*" or a list of names of SCCs'):
        read(granted=granted)


def test_a_namespace_that_may_not_be_read(api: FakeApi, read: Read) -> None:
    install(api)
    api.refuse("GET", NAMESPACE, 403, "Forbidden", "cannot get namespaces")
    facts = read(wait_timeout=600)
    assert facts.annotations is not None and facts.annotations["openshift.io/sa.scc.uid-range"] == "1000700000/10000"
    assert list(facts.notes) == [
        'Namespace "ns" could not be read: cannot get namespaces',
        "The values of namespace ns are taken as they might be, from the range 1000700000/10000.",
    ]


def test_a_namespace_that_is_given_need_not_be_there(api: FakeApi, live: Callable[..., Live]) -> None:
    install(api)
    planned = {
        "metadata": {"name": "new", "annotations": {**ALLOCATED, "openshift.io/sa.scc.mcs": None}, "labels": {"a": "b"}}
    }
    known = live(namespace="new", namespace_definition=planned)
    facts = known.facts("new")
    assert facts.annotations == {**ALLOCATED, "openshift.io/sa.scc.mcs": ""} and facts.labels == {"a": "b"}
    assert paths(api, "/api/v1/namespaces") == []
    # It stands for that one alone.
    assert known.facts("ns").annotations == ALLOCATED
    with pytest.raises(TritonError, match=r"^Namespace new: metadata: annotations: a is 5; it must be text.$"):
        live(namespace="new", namespace_definition={"metadata": {"annotations": {"a": 5}}}).facts("new")


def test_a_namespace_that_is_not_there(api: FakeApi, read: Read) -> None:
    install(api)
    del api.objects[NAMESPACE]
    with pytest.raises(TritonError, match='Namespace "ns" does not exist'):
        read(wait_timeout=600)


def test_annotations_are_awaited(api: FakeApi, read: Read) -> None:
    install(api)
    answers = iter([{"metadata": {}}, {"metadata": {"annotations": ALLOCATED}}])
    api.answers["GET", NAMESPACE] = lambda _seen: (200, next(answers))
    assert read(wait_timeout=30).annotations == ALLOCATED


def test_annotations_that_stay_away_are_not_awaited_for_ever(api: FakeApi, read: Read) -> None:
    install(api)
    api.add("v1", "Namespace", "ns")
    assert read(wait_timeout=0.2).annotations == {}
    assert 1 < len(paths(api, NAMESPACE)) < 6


def test_others_rights_that_may_not_be_asked_for(api: FakeApi, read: Read) -> None:
    install(api)
    for path in (REVIEWS, "/apis/authorization.k8s.io/v1/subjectaccessreviews"):
        api.refuse("POST", path, 403, "Forbidden", "cannot create")
    facts = read()
    controller = Subject("system:serviceaccount:kube-system:job-controller", ("system:authenticated",))
    assert list(facts.notes) == []
    assert (facts.authorizer.granted(controller), facts.authorizer.granted(ACCOUNT)) == (
        {"restricted-v2", "restricted-v3"},
        frozenset(),
    )
    # The notes grow with what turns out to be unknown.
    assert [note.partition(" could not be asked for: ")[0] for note in facts.notes] == [
        f"The SCCs that {controller.name} may use",
        f"The SCCs that {ACCOUNT.name} may use",
    ]


def test_a_cluster_that_does_not_know_who_asks(api: FakeApi, read: Read) -> None:
    install(api)
    api.answers["POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews"] = status(
        404, "NotFound", "no such resource"
    )
    assert read().user == Subject("", ())
