# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCC engine with facts read live, beside what the cluster really does with the same pods."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from conftest import Cluster, namespace_names

sys.path.insert(0, os.environ["INFEROPS_COLLECTIONS"])

from verify.compare import differences, predict

from ansible_collections.inferops.triton.plugins.module_utils._kube.access import Right, whoami
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, Client, connect, path_of
from ansible_collections.inferops.triton.plugins.module_utils._kube.facts import Unread
from ansible_collections.inferops.triton.plugins.module_utils._kube.security import (
    ADMITTED,
    ASKED,
    ASSUMED,
    REFUSED,
    UNCONFIRMED,
    UNKNOWN,
    Access,
    confirm,
    sccs,
)
from ansible_collections.inferops.triton.plugins.module_utils._kube.security import namespace as read_namespace
from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Subject, service_account
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Admission, Decision, Request
from ansible_collections.inferops.triton.plugins.module_utils._scc.defaults import admission_defaults
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.namespace import read
from ansible_collections.inferops.triton.plugins.module_utils._scc.requesters import REPLICA_SETS, signed_in

CONTROLLER = signed_in(REPLICA_SETS)
RBAC = "rbac.authorization.k8s.io"
PATIENCE_S = 60


@dataclass(frozen=True)
class Shape:
    """A pod's specification, and by which SCC it is admitted: as a Deployment's, the deployer's, the administrator's; "" is refused."""

    spec: Mapping[str, Any]
    controller: str
    deployer: str
    admin: str
    annotations: Mapping[str, str]


def shape(
    controller: str,
    deployer: str | None = None,
    admin: str = "anyuid",
    *,
    pinned: str = "",
    main: Mapping[str, Any] | None = None,
    others: Sequence[Mapping[str, Any]] = (),
    **spec: Any,
) -> Shape:
    """A shape with a main container, its security context in ``main``."""
    container = {
        "name": "main",
        "image": "inferops.local/pause:1.0",
        "imagePullPolicy": "Never",
        **({} if main is None else {"securityContext": main}),
    }
    annotations = {"openshift.io/required-scc": pinned} if pinned else {}
    full = {"terminationGracePeriodSeconds": 0, **spec, "containers": [container, *others]}
    return Shape(full, controller, controller if deployer is None else deployer, admin, annotations)


def shapes(uid: int, group: int) -> dict[str, Shape]:
    other = {"name": "other", "image": "inferops.local/pause:1.0", "imagePullPolicy": "Never"}
    nfs = [{"name": "models", "nfs": {"server": "192.0.2.10", "path": "/models"}}]
    return {
        "plain": shape("restricted-v2"),
        "in-range": shape("restricted-v2", securityContext={"runAsUser": uid, "fsGroup": group}),
        "in-range-container": shape("restricted-v2", main={"runAsUser": uid + 7, "capabilities": {"drop": ["KILL"]}}),
        "nonroot": shape(
            "nonroot-v2", securityContext={"runAsUser": 1000, "fsGroup": 1000}, serviceAccountName="nonroot"
        ),
        "granted-and-plain": shape("restricted-v2", serviceAccountName="nonroot"),
        "user-namespace": shape("restricted-v3", hostUsers=False, securityContext={"runAsUser": 1000}),
        "user-namespace-plain": shape("restricted-v2", hostUsers=False),
        "pinned": shape("restricted-v2", admin="restricted-v2", pinned="restricted-v2"),
        "pinned-granted": shape("nonroot-v2", admin="nonroot-v2", pinned="nonroot-v2", serviceAccountName="nonroot"),
        "pinned-v3": shape("restricted-v3", admin="restricted-v3", pinned="restricted-v3", hostUsers=False),
        "several": shape(
            "restricted-v2",
            others=[{**other, "securityContext": {"runAsNonRoot": True, "readOnlyRootFilesystem": True}}],
            initContainers=[
                {**other, "name": "side", "restartPolicy": "Always", "securityContext": {"runAsUser": uid}}
            ],
        ),
        "bind-low-ports": shape(
            "restricted-v2", main={"capabilities": {"add": ["NET_BIND_SERVICE"]}}, admin="restricted-v2"
        ),
        "empty-groups": shape("restricted-v2", securityContext={"supplementalGroups": []}),
        "official": shape(
            "", securityContext={"runAsUser": 1000, "fsGroup": 1000}, volumes=nfs, admin="hostmount-anyuid"
        ),
        "root": shape("", securityContext={"runAsUser": 0}),
        "privileged": shape("", main={"privileged": True}, admin="privileged"),
        "node": shape("", hostNetwork=True, volumes=[{"name": "v", "hostPath": {"path": "/srv"}}], admin="hostaccess"),
        "capabilities": shape("", main={"capabilities": {"add": ["NET_ADMIN", "SYS_PTRACE"]}}, admin="privileged"),
        "level": shape("", securityContext={"seLinuxOptions": {"level": "s0:c1,c2"}}, admin="hostmount-anyuid-v2"),
        "sysctl": shape("", securityContext={"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}, admin="privileged"),
        "unconfined": shape("", main={"seccompProfile": {"type": "Unconfined"}}, admin="privileged"),
        "pinned-away": shape("", pinned="anyuid"),
        "pinned-to-nothing": shape("", admin="", pinned="no-such-scc"),
    }


@dataclass(frozen=True)
class Place:
    """A namespace with a deployer, a service account that may use nonroot-v2, and a Deployment of each shape."""

    cluster: Cluster
    namespace: str
    shapes: Mapping[str, Shape]
    admin: Client
    deployer: Client

    def pod(self, of: str, **metadata: Any) -> dict[str, Any]:
        """A pod of a shape, as it is sent."""
        one = self.shapes[of]
        kept = {"annotations": dict(one.annotations), **metadata}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": kept, "spec": dict(one.spec)}

    def subject(self, client: Client) -> Subject:
        """The user of a client."""
        user = whoami(client)
        return Subject(user.name, user.groups)


@pytest.fixture(scope="module")
def place(cluster: Cluster) -> Iterator[Place]:
    admin = connect({"kubeconfig": str(cluster.kubeconfig)})
    deployer = connect({"kubeconfig": str(cluster.user("deployer"))})
    with namespace_names(cluster) as name:
        namespace = name()
        cluster.kubectl("create", "namespace", namespace)
        live = read_namespace(admin, namespace, 30, Unread())
        assert live is not None
        allowed = read(live["metadata"]["annotations"], namespace)
        cluster.apply(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "nonroot", "namespace": namespace}},
            binding(namespace, "edit", {"kind": "User", "name": whoami(deployer).name, "apiGroup": RBAC}),
            binding(namespace, "system:openshift:scc:nonroot-v2", {"kind": "ServiceAccount", "name": "nonroot"}),
        )
        made = shapes(allowed.uids.first, allowed.fs_group)
        cluster.apply(*(deployment(namespace, name, one) for name, one in made.items()))
        yield Place(cluster, namespace, made, admin, deployer)


def binding(namespace: str, role: str, subject: Mapping[str, str]) -> dict[str, Any]:
    metadata = {"name": role.replace(":", "-"), "namespace": namespace}
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}
    api = {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", "metadata": metadata}
    return {**api, "roleRef": reference, "subjects": [subject]}


def deployment(namespace: str, name: str, one: Shape) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels, "annotations": one.annotations}, "spec": one.spec}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def judge(
    place: Place, pod: Mapping[str, Any], requester: Subject, client: Client | None = None
) -> tuple[Decision, Access]:
    """What the engine says by facts that the administrator (or another user) reads."""
    unread = Unread()
    found = sccs(place.admin, unread)
    live = read_namespace(client or place.admin, place.namespace, 0, unread)
    assert found is not None
    assert live is not None
    names = [scc["metadata"]["name"] for scc in found]
    me = place.subject(client or place.admin)
    access = Access(client or place.admin, place.namespace, me, names, unread)
    annotations = live["metadata"]["annotations"]
    request = Request(admission_defaults(pod, place.namespace), place.namespace, annotations, requester, access)
    return predict(Admission([parse(scc) for scc in found]), request), access


@dataclass(frozen=True)
class Real:
    """What became of a Deployment: its pod, or why there is none."""

    replica_set: str
    pod: Mapping[str, Any] | None
    condition: str
    event: str


@pytest.fixture(scope="module")
def real(place: Place) -> dict[str, Real]:
    """What became of each Deployment."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = look(place)
        if (
            all(one.pod or (one.condition and one.event) for one in found.values())
            and found.keys() == place.shapes.keys()
        ):
            return found
        assert time.monotonic() < deadline, [name for name, one in found.items() if not (one.pod or one.condition)]
        time.sleep(0.5)


def look(place: Place) -> dict[str, Real]:
    in_namespace = ("-n", place.namespace)
    pods = {
        pod["metadata"]["labels"]["app"]: pod for pod in place.cluster.get("pods", "-l", "app", *in_namespace)["items"]
    }
    events = {
        event["involvedObject"]["name"]: event["message"]
        for event in place.cluster.get("events", *in_namespace)["items"]
        if event["reason"] == "FailedCreate"
    }
    found = {}
    for item in place.cluster.get("replicasets", *in_namespace)["items"]:
        name, app = item["metadata"]["name"], item["metadata"]["labels"]["app"]
        conditions = item.get("status", {}).get("conditions", [])
        failures = [one["message"] for one in conditions if one["type"] == "ReplicaFailure" and one["status"] == "True"]
        found[app] = Real(name, pods.get(app), "".join(failures), events.get(name, ""))
    return found


NAMES = list(shapes(1, 1))


@pytest.mark.parametrize("name", NAMES)
def test_the_pod_of_a_deployment_is_what_was_predicted(place: Place, real: dict[str, Real], name: str) -> None:
    became = real[name]
    predicted, access = judge(place, place.pod(name, generateName=f"{became.replica_set}-"), CONTROLLER)
    assert predicted.scc == place.shapes[name].controller
    if became.pod is None:
        assert not predicted.allowed
        assert predicted.message == became.condition
        assert became.event == f"Error creating: {predicted.message}"
    else:
        assert became.pod["metadata"]["annotations"]["openshift.io/scc"] == predicted.scc
        assert list(differences(predicted.pod or {}, became.pod)) == []
    assert access.usable(CONTROLLER).source == ASKED


@pytest.mark.parametrize("name", NAMES)
def test_the_dry_run_says_what_really_happens(place: Place, real: dict[str, Real], name: str) -> None:
    became = real[name]
    offset = place.cluster.audit_offset()
    found = confirm(place.admin, place.pod(name, generateName=f"{became.replica_set}-"), place.namespace, CONTROLLER)
    if became.pod is None:
        assert (found.verdict, found.by, found.message) == (REFUSED, "scc", became.condition)
    else:
        assert (found.verdict, found.scc) == (ADMITTED, place.shapes[name].controller)
        assert list(differences(found.pod or {}, became.pod)) == []
    assert place.cluster.writes(offset) == ()


@pytest.mark.parametrize("user", ["deployer", "admin"])
@pytest.mark.parametrize("name", NAMES)
def test_a_bare_pod_is_what_was_predicted(place: Place, name: str, user: str) -> None:
    client: Client = getattr(place, user)
    wanted: str = getattr(place.shapes[name], user)
    pod = place.pod(name, name=f"bare-{name}-{user}")
    confirmed = confirm(client, pod, place.namespace)
    predicted, _access = judge(place, pod, place.subject(client))
    assert predicted.scc == wanted
    path = path_of("v1", "pods", place.namespace)
    try:
        made = client.request("POST", path, body=pod)
    except ApiError as error:
        assert wanted == ""
        assert predicted.message == error.text
        assert (confirmed.verdict, confirmed.by, confirmed.message) == (REFUSED, "scc", error.text)
        return
    client.request("DELETE", f"{path}/{made['metadata']['name']}", {"gracePeriodSeconds": 0})
    assert made["metadata"]["annotations"]["openshift.io/scc"] == wanted
    assert list(differences(predicted.pod or {}, made)) == []
    assert (confirmed.verdict, confirmed.scc) == (ADMITTED, wanted)
    assert list(differences(predicted.pod or {}, confirmed.pod or {})) == []


def test_who_may_not_ask_about_others_is_told(place: Place) -> None:
    """The deployer may use edit and no review: what the engine assumes for the controller is right, the service account's is not."""
    me = place.subject(place.deployer)
    unread = Unread()
    assert sccs(place.deployer, unread) is None
    assert len(unread.sentences) == 1
    assert (
        'The SCCs could not be read: securitycontextconstraints.security.openshift.io is forbidden: User "deployer"'
        in (unread.sentences[0])
    )
    names = [scc["metadata"]["name"] for scc in sccs(place.admin, unread) or ()]
    access = Access(place.deployer, place.namespace, me, names, unread)
    right = Right("create", "localsubjectaccessreviews", "authorization.k8s.io", place.namespace)

    own = access.usable(me)
    assert (own.source, own.names) == (ASKED, {"restricted-v2", "restricted-v3"})
    controller = access.usable(CONTROLLER)
    assert (controller.source, controller.names, controller.lacking) == (ASSUMED, own.names, right)
    account = access.usable(service_account(place.namespace, "nonroot"))
    assert (account.source, account.names, account.lacking) == (UNKNOWN, frozenset(), right)
    assert len(unread.sentences) == 3
    assert all("localsubjectaccessreviews" in sentence for sentence in unread.sentences[1:])

    asked = Access(place.admin, place.namespace, place.subject(place.admin), names, Unread())
    assert asked.granted(me) == own.names
    assert asked.granted(CONTROLLER) == controller.names
    assert asked.granted(service_account(place.namespace, "nonroot")) == {"nonroot-v2"}
    assert asked.granted(place.subject(place.admin)) is None


def test_an_administrator_of_the_namespace_may_ask(place: Place) -> None:
    names = ["anyuid", "nonroot-v2", "restricted-v2"]
    user = connect({"kubeconfig": str(place.cluster.user("nobody"))})
    before = Access(user, place.namespace, place.subject(user), names, Unread())
    assert before.usable(CONTROLLER).source == ASSUMED
    name = whoami(user).name
    bound = binding(place.namespace, "admin", {"kind": "User", "name": name, "apiGroup": RBAC})
    place.cluster.apply(bound)
    try:
        access = Access(user, place.namespace, place.subject(user), names, Unread())
        assert access.usable(CONTROLLER).source == ASKED
        assert access.granted(CONTROLLER) == {"restricted-v2"}
        assert access.granted(service_account(place.namespace, "nonroot")) == {"nonroot-v2"}
    finally:
        place.cluster.kubectl("delete", "rolebinding", bound["metadata"]["name"], "-n", place.namespace)


def test_a_namespace_that_may_not_be_read_is_told(place: Place) -> None:
    unread = Unread()
    user = connect({"kubeconfig": str(place.cluster.user("nobody"))})
    assert read_namespace(user, place.namespace, 0, unread) is None
    (sentence,) = unread.sentences
    assert sentence.startswith(
        f'Namespace "{place.namespace}" could not be read: namespaces "{place.namespace}" is forbidden'
    )


def test_what_a_dry_run_takes_is_told(place: Place, fresh_name: Callable[[], str]) -> None:
    pod = place.pod("plain")
    unconfirmed = confirm(place.deployer, pod, place.namespace, CONTROLLER)
    assert unconfirmed.verdict == UNCONFIRMED
    assert unconfirmed.lacking == Right("impersonate", "serviceaccounts", "", "kube-system", "replicaset-controller")
    unconfirmed = confirm(place.deployer, pod, place.namespace, Subject("jane", ("team",)))
    assert unconfirmed.lacking == Right("impersonate", "users", "", None, "jane")
    user = connect({"kubeconfig": str(place.cluster.user("nobody"))})
    unconfirmed = confirm(user, pod, place.namespace)
    assert unconfirmed.lacking == Right("create", "pods", "", place.namespace)
    missing = fresh_name()
    unconfirmed = confirm(place.admin, pod, missing)
    assert unconfirmed.reason == f'Namespace "{missing}" does not exist yet, so nothing can be tried in it.'
    jane = confirm(place.admin, pod, place.namespace, Subject("jane", ("system:masters",)))
    assert (jane.verdict, jane.scc) == (ADMITTED, "anyuid")


def test_others_than_scc_admission_are_named(cluster: Cluster, namespace: str) -> None:
    """Each of them refuses a pod that SCC admission lets pass."""
    admin = connect({"kubeconfig": str(cluster.kubeconfig)})
    container = {"name": "c", "image": "i", "resources": {"requests": {"cpu": "10m"}}}
    plain = {"metadata": {"generateName": "p-"}, "spec": {"containers": [container]}}
    assert confirm(admin, plain, namespace).verdict == ADMITTED

    def refused(pod: Mapping[str, Any]) -> str:
        deadline = time.monotonic() + 30
        # Quotas, limits and policies count a moment after they are made.
        while (found := confirm(admin, pod, namespace)).verdict == ADMITTED and time.monotonic() < deadline:
            time.sleep(0.2)
        assert (found.verdict, found.pod) == (REFUSED, None), found
        return found.by

    assert refused({**plain, "spec": {**plain["spec"], "serviceAccountName": "no-such"}}) == "service_account"
    assert refused({**plain, "spec": {"containers": []}}) == "validation"
    assert refused({**plain, "spec": {**plain["spec"], "priorityClassName": "no-such"}}) == "other"
    cluster.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
    assert refused(plain) == "pod_security"
    cluster.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce-")
    for kind, spec, by in (
        ("ResourceQuota", {"hard": {"pods": "0"}}, "quota"),
        ("LimitRange", {"limits": [{"type": "Container", "min": {"cpu": "1"}}]}, "limits"),
    ):
        metadata = {"name": "test", "namespace": namespace}
        cluster.apply({"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec})
        assert refused(plain) == by
        cluster.kubectl("delete", kind.lower(), "test", "-n", namespace)


def test_webhooks_and_policies_are_named(cluster: Cluster, namespace: str) -> None:
    admin = connect({"kubeconfig": str(cluster.kubeconfig)})
    pod = {"metadata": {"generateName": "p-"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    name = f"{namespace}.example.org"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    here = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    api = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": name}}
    webhook = {
        "name": name,
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": {"url": "https://127.0.0.1:1/"},
        "rules": [rule],
        "timeoutSeconds": 1,
        **here,
    }
    policy = {
        "matchConstraints": {"resourceRules": [rule], **here},
        "validations": [{"expression": "false", "message": "never"}],
    }
    kinds = {
        "webhook": ({**api, "kind": "ValidatingWebhookConfiguration", "webhooks": [webhook]},),
        "policy": (
            {**api, "kind": "ValidatingAdmissionPolicy", "spec": policy},
            {
                **api,
                "kind": "ValidatingAdmissionPolicyBinding",
                "spec": {"policyName": name, "validationActions": ["Deny"]},
            },
        ),
    }
    for by, objects in kinds.items():
        cluster.apply(*objects)
        try:
            deadline = time.monotonic() + 30
            while (found := confirm(admin, pod, namespace)).verdict == ADMITTED and time.monotonic() < deadline:
                time.sleep(0.2)
            assert (found.verdict, found.by) == (REFUSED, by), json.dumps(found.message)
        finally:
            for item in objects:
                cluster.kubectl("delete", item["kind"].lower(), name)
