# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verdict on the pods of a running cluster rests on, and the cluster's own verdict by a dry run. Nothing is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .._platform.detect import SCC_GROUP
from .._scc.access import Subject
from .._scc.admission import VALIDATED_SCC
from .._scc.model import ANY
from .._scc.refusers import OTHER, refuser
from .._scc.standard import AUTHENTICATED, FOR_EVERYONE
from .access import Right
from .client import ApiError, Client, path_of
from .facts import Unread, allocated_namespace

SCC_RESOURCE = "securitycontextconstraints"
ASKED, ASSUMED, UNKNOWN = "asked", "assumed", "unknown"
ADMITTED, REFUSED, UNCONFIRMED = "admitted", "refused", "unconfirmed"
_REVIEWS = "authorization.k8s.io"
# The Kubernetes client keeps five connections for each processor, and complains of more.
_AT_ONCE = 4
_SERVER_SET = frozenset({"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"})
_NO_IMPERSONATION = re.compile(
    r'^(?P<plural>\w+)(?:\.[\w.]+)? "(?P<name>[^"]+)" is forbidden: User "[^"]*" cannot impersonate resource '
    r'"(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"(?: in the namespace "(?P<namespace>[^"]+)")?'
)
_NO_CREATION = re.compile(r'^pods is forbidden: User "(?P<user>[^"]*)" cannot create resource "pods"')
_NO_DRY_RUN = "does not support dry run"


def sccs(client: Client, unread: Unread) -> list[Mapping[str, Any]] | None:
    """The SCCs as stored, [] on a cluster without any; None where they may not be listed.

    Those that a user might get by name are not looked for: admission tries them all, so a part of them decides nothing.
    """
    before = len(unread.sentences)
    answer = unread.get(client, path_of(f"{SCC_GROUP}/v1", SCC_RESOURCE), "The SCCs")
    if len(unread.sentences) > before:
        return None
    return list((answer or {}).get("items") or ())


def namespace(client: Client, name: str, timeout: float, unread: Unread) -> Mapping[str, Any] | None:
    """The namespace with the annotations that OpenShift adds moments after it was made; None where it may not be read.

    :param timeout: seconds to wait for them; annotations that stay away are the reader's to judge.
    :raises TritonError: no such namespace.
    """
    try:
        return allocated_namespace(client, name, timeout)
    except ApiError as error:
        if error.status != 403:
            raise
        unread.sentences.append(f'Namespace "{name}" could not be read: {error.text}')
        return None


@dataclass(frozen=True, slots=True)
class Usable:
    """What a subject may use in a namespace.

    ``names``: of SCCs, None for all of them; ``source``: asked, assumed (what OpenShift grants to everybody who is signed in),
    or unknown, where no SCC is taken for granted; ``lacking``: unless asked, the right that it takes to ask.
    """

    names: frozenset[str] | None
    source: str = ASKED
    lacking: Right | None = None


class Access:
    """Who may use which SCC in a namespace (access.Authorizer), each subject asked about once.

    :param me: who asks, as the API server knows him: about himself everybody may ask.
    :param names: the SCCs to ask for.
    :param unread: gets a sentence for each subject about whom nobody tells.
    """

    def __init__(self, client: Client, namespace: str, me: Subject, names: Iterable[str], unread: Unread) -> None:
        self._client = client
        self._namespace = namespace
        self._me = me
        self._names = tuple(names)
        self._unread = unread
        self._known: dict[Subject, Usable] = {}
        # A project's administrator may ask about others in it; who may ask in the whole cluster only is rare.
        self._paths = [
            path_of(f"{_REVIEWS}/v1", "localsubjectaccessreviews", namespace),
            path_of(f"{_REVIEWS}/v1", "subjectaccessreviews"),
        ]

    def granted(self, subject: Subject) -> frozenset[str] | None:
        """Names of the SCCs that the subject may use by the authorizer's word or by assumption, None for all of them."""
        return self.usable(subject).names

    def usable(self, subject: Subject) -> Usable:
        """The same, with where it comes from.

        :raises TritonError: no answer from the API server.
        """
        if subject not in self._known:
            self._known[subject] = self._own() if subject == self._me else self._of(subject)
        return self._known[subject]

    def listing(self, subjects: Iterable[Subject]) -> dict[str, list[str] | str]:
        """The same for several, in the form of access.Grants, which tells subjects by their name alone."""
        found = {subject.name: self.granted(subject) for subject in subjects}
        return {name: ANY if granted is None else sorted(granted) for name, granted in found.items()}

    def _own(self) -> Usable:
        body = _review("SelfSubjectRulesReview", {"namespace": self._namespace})
        try:
            answer = self._client.request("POST", path_of(f"{_REVIEWS}/v1", "selfsubjectrulesreviews"), body=body)
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            answer = {}
        status = answer.get("status") or {"incomplete": True}
        # An authorizer that cannot list its rules, such as a webhook, has to be asked case by case.
        if status.get("incomplete"):
            path = path_of(f"{_REVIEWS}/v1", "selfsubjectaccessreviews")
            return Usable(self._reviewed(path, "SelfSubjectAccessReview", {}, self._names))
        return Usable(_by_rules(status.get("resourceRules") or ()))

    def _of(self, subject: Subject) -> Usable:
        asked = {"user": subject.name, "groups": list(subject.groups)}
        while self._paths and self._names:
            path = self._paths[0]
            kind = "LocalSubjectAccessReview" if "/namespaces/" in path else "SubjectAccessReview"
            try:
                first = self._reviewed(path, kind, asked, self._names[:1])
            except ApiError as error:
                if error.status != 403:
                    raise
                del self._paths[0]
                continue
            return Usable(first | self._reviewed(path, kind, asked, self._names[1:]))
        return self._unasked(subject) if self._names else Usable(frozenset())

    def _unasked(self, subject: Subject) -> Usable:
        """Whom nobody tells about: someone signed in is taken to have what OpenShift grants to all, as far as we have it too."""
        lacking = Right("create", "localsubjectaccessreviews", _REVIEWS, self._namespace)
        assumed: frozenset[str] = frozenset()
        if AUTHENTICATED in subject.groups:
            own = self.granted(self._me)
            assumed = frozenset(name for name in FOR_EVERYONE if name in self._names and (own is None or name in own))
        taken = ", ".join(sorted(assumed))
        self._unread.sentences.append(
            f"The SCCs that {subject.name} may use could not be asked for: it takes the right to {lacking.words(None)}; "
            + (f"{taken} assumed, as OpenShift grants to every authenticated user." if taken else "none are assumed.")
        )
        return Usable(assumed, ASSUMED if assumed else UNKNOWN, lacking)

    def _reviewed(self, path: str, kind: str, who: Mapping[str, Any], names: Iterable[str]) -> frozenset[str]:
        """Those of the SCCs that may be used; a request each, several at once."""

        def ask(name: str) -> bool:
            resource = {"verb": "use", "group": SCC_GROUP, "resource": SCC_RESOURCE}
            attributes = {**resource, "name": name, "namespace": self._namespace}
            body = _review(kind, {"resourceAttributes": attributes, **who})
            if kind == "LocalSubjectAccessReview":
                body["metadata"] = {"namespace": self._namespace}
            answer = self._client.request("POST", path, body=body)
            return bool((answer.get("status") or {}).get("allowed"))

        return _those(tuple(names), ask)


def _those(names: tuple[str, ...], holds: Callable[[str], bool]) -> frozenset[str]:
    if len(names) < 2:
        return frozenset(name for name in names if holds(name))
    with ThreadPoolExecutor(min(_AT_ONCE, len(names))) as pool:
        return frozenset(name for name, held in zip(names, pool.map(holds, names), strict=True) if held)


def _review(kind: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": f"{_REVIEWS}/v1", "kind": kind, "spec": spec}


def _by_rules(rules: Iterable[Mapping[str, Any]]) -> frozenset[str] | None:
    """The SCCs whose use the rules grant, None for all of them."""
    found: set[str] = set()
    for rule in rules:
        wanted = (("verbs", "use"), ("apiGroups", SCC_GROUP), ("resources", SCC_RESOURCE))
        if all({value, ANY} & set(rule.get(field) or ()) for field, value in wanted):
            if not rule.get("resourceNames"):
                return None
            found |= set(rule["resourceNames"])
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the cluster itself says about a pod.

    ``verdict``: admitted, refused or unconfirmed; ``scc`` and ``pod``: of an admitted pod, the SCC and the pod as it would be
    stored; ``by``: of a refusal, who refused (refusers.py); ``message``: the API server's words; ``reason``: why nothing is
    confirmed, as a sentence; ``lacking``: the right that it would take, where that is the reason.
    """

    verdict: str
    scc: str = ""
    pod: Mapping[str, Any] | None = None
    by: str = ""
    message: str = ""
    reason: str = ""
    lacking: Right | None = None


def confirm(client: Client, pod: Mapping[str, Any], namespace: str, requester: Subject | None = None) -> Confirmation:
    """Let the cluster judge a pod by a dry run, which passes all of admission and validation and stores nothing.

    :param pod: v1 Pod; without any name it gets one.
    :param requester: who asks for the pod, such as a workload's controller; None for the user himself. The groups of a service
        account are not asserted: the API server knows them, and fewer rights are needed.
    :raises TritonError: no answer, or one that no verdict can be read from.
    """
    asking = client
    if requester is not None:
        groups = () if requester.name.startswith("system:serviceaccount:") else requester.groups
        asking = client.impersonating(requester.name, groups)
    body = _to_create(pod, namespace)
    path = path_of("v1", "pods", namespace)
    try:
        return _admitted(asking.request("POST", path, {"dryRun": "All"}, body))
    except ApiError as error:
        if error.status == 409 and body["metadata"].get("name"):
            return confirm(client, _renamed(body), namespace, requester)
        found = _refused(error, namespace)
        if found is None:
            raise
        return found


def _to_create(pod: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    given = pod.get("metadata") or {}
    metadata = {key: value for key, value in given.items() if key not in _SERVER_SET}
    if not metadata.get("name") and not metadata.get("generateName"):
        metadata["generateName"] = "pod-"
    fields = {key: value for key, value in pod.items() if key != "status"}
    return {**fields, "apiVersion": "v1", "kind": "Pod", "metadata": {**metadata, "namespace": namespace}}


def _renamed(body: Mapping[str, Any]) -> dict[str, Any]:
    """The pod under a name that is free: that there is one of its own name says nothing about it."""
    others = {key: value for key, value in body["metadata"].items() if key != "name"}
    return {**body, "metadata": {**others, "generateName": f"{body['metadata']['name']}-"}}


def _admitted(pod: Mapping[str, Any]) -> Confirmation:
    annotations = (pod.get("metadata") or {}).get("annotations") or {}
    return Confirmation(ADMITTED, annotations.get(VALIDATED_SCC, ""), pod)


def _refused(error: ApiError, namespace: str) -> Confirmation | None:
    """What an error says about the pod; None where it says nothing at all, such as credentials that are not accepted."""
    text = error.text
    lacking = _lacking(error, namespace)
    if lacking is not None:
        reason = f"The dry run takes the right to {lacking.words(None)}."
        return Confirmation(UNCONFIRMED, message=text, reason=reason, lacking=lacking)
    if error.status == 404 and f'namespaces "{namespace}" not found' in text:
        reason = f'Namespace "{namespace}" does not exist yet, so nothing can be tried in it.'
        return Confirmation(UNCONFIRMED, message=text, reason=reason)
    if error.status == 403 and "because it is being terminated" in text:
        reason = f'Namespace "{namespace}" is being deleted, so nothing can be tried in it.'
        return Confirmation(UNCONFIRMED, message=text, reason=reason)
    if _NO_DRY_RUN in text:
        return Confirmation(UNCONFIRMED, message=text, reason=f"A webhook of the cluster takes no dry runs: {text}")
    by = refuser(error.status, text)
    if error.status in (400, 403, 422) or by != OTHER:
        return Confirmation(REFUSED, by=by, message=text)
    return None


def _lacking(error: ApiError, namespace: str) -> Right | None:
    """The right without which the request did not even come to admission."""
    if error.status != 403:
        return None
    refused = _NO_IMPERSONATION.match(error.text)
    if refused:
        return Right("impersonate", refused["resource"], refused["group"], refused["namespace"], refused["name"])
    return Right("create", "pods", "", namespace) if _NO_CREATION.match(error.text) else None
