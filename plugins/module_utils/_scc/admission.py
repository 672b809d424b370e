# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenShift's SCC admission of a pod: who may use what, what is tried in which order, and what comes of it.

Source: apiserver-library-go, sccadmission/admission.go. Where the source waits for something to appear, the answer here is
the one that it gives when nothing does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .access import Authorizer, Rights, Subject, service_account
from .allocation import resolve
from .equality import same_but_for_metadata, same_spec
from .gotext import quote
from .model import SCC
from .namespace import ALLOCATED, SUPPLEMENTAL_GROUPS
from .order import by_priority, hinted
from .problem import FORBIDDEN, UNABLE, Problem, aggregate, forbidden, go_list, unusable
from .provider import Evaluation, Provider
from .strategies.base import StrategyError
from .view import CONTAINER_LISTS, NOTHING, Pod

CREATE = "CREATE"
UPDATE = "UPDATE"
REQUIRED_SCC = "openshift.io/required-scc"
VALIDATED_SCC = "openshift.io/scc"
SUBJECT_TYPE = "security.openshift.io/validated-scc-subject-type"
STANDARD = frozenset(
    [
        "anyuid",
        "hostaccess",
        "hostmount-anyuid",
        "hostnetwork",
        "hostnetwork-v2",
        "nonroot",
        "nonroot-v2",
        "privileged",
        "restricted",
        "restricted-v2",
    ]
)
_IGNORED_SUBRESOURCES = frozenset(["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"])
_EPHEMERAL = "ephemeralcontainers"
_IGNORED_ANNOTATIONS = frozenset({"k8s.ovn.org/pod-networks"})
_NO_RESTRICTED = Problem(
    "restricted",
    "no access to scc/restricted",
    FORBIDDEN,
    None,
    "the pod fails to validate against the `restricted-v2` security context constraint, but would validate successfully "
    "against the `restricted` security context constraint",
)
_KEPT_NAMESPACES = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """What comes to admission.

    ``pod`` and ``old_pod``: v1 pods with Kubernetes' defaults filled in, types checked; ``annotations`` of the namespace, None
    where the namespace is unknown; ``user``: who asks (of a workload's pods: its controller); ``authorizer``: who may use what;
    ``operation``: CREATE or UPDATE; ``subresource``: of an update, "" for none.
    """

    pod: Mapping[str, Any]
    namespace: str
    annotations: Mapping[str, str] | None
    user: Subject
    authorizer: Authorizer
    operation: str = CREATE
    old_pod: Mapping[str, Any] | None = None
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An SCC that was tried and what it refuses; ``subject`` is by whom it may be used, "" by nobody.

    Without problems it did not admit the pod for the changes that it would make, where none may be made.
    """

    scc: str
    subject: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What OpenShift answers.

    ``scc``: the SCC that admits, "" for a refusal and for a request that admission does not look at; ``subject``:
    serviceaccount or user; ``pod``: as admitted, it shares parts with the request's; ``message``: OpenShift's text of a
    refusal; ``attempts``: the SCCs tried before, in order, empty where none was tried.
    """

    allowed: bool
    pod: Mapping[str, Any] | None = None
    scc: str = ""
    subject: str = ""
    message: str = ""
    attempts: tuple[Attempt, ...] = ()


class _RefusedError(Exception):
    """A refusal before any SCC is tried; the text is OpenShift's."""


@dataclass(slots=True)
class Admission:
    """Admission over a fixed set of SCCs; what depends on them and on a namespace's values alone is computed once."""

    sccs: Sequence[SCC]
    _by_name: dict[str, SCC] = field(init=False)
    _ordered: tuple[SCC, ...] = field(init=False)
    _missing: str = field(init=False)
    _resolved: dict[tuple[str | None, ...], tuple[Provider, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name = {scc.name: scc for scc in self.sccs}
        self._ordered = by_priority(self._by_name.values())
        self._missing = ", ".join(sorted(STANDARD - self._by_name.keys()))

    def admit(self, request: Request) -> Decision:
        """The phase that may change the pod."""
        if _is_ignored(request):
            return Decision(True, request.pod)
        pod = Pod(request.pod)
        required = pod.annotations.get(REQUIRED_SCC) or ""
        try:
            if request.operation == UPDATE and required != _annotation(request.old_pod, REQUIRED_SCC):
                raise _RefusedError(
                    f"invalid change of required security context constraint annotation: {REQUIRED_SCC}"
                )
            providers = self._providers(request, required, "")
        except _RefusedError as error:
            return Decision(False, message=forbidden(pod.name, str(error)))
        found = self._first(request, pod, providers)
        if found.evaluation is None:
            return self._refusal(pod, found, aggregate(map(str, found.problems)))
        return Decision(True, _admitted(pod, found), found.scc, found.subject, attempts=tuple(found.attempts))

    def validate(self, request: Request) -> Decision:
        """The phase after all mutation, which may change nothing."""
        if _is_ignored(request):
            return Decision(True, request.pod)
        pod = Pod(request.pod)
        required = pod.annotations.get(REQUIRED_SCC) or ""
        hint = pod.annotations.get(VALIDATED_SCC) or ""
        try:
            if required and required != hint:
                raise _RefusedError(f"required scc/{required} does not match the suggested scc/{hint}")
            providers = self._providers(request, required, hint)
        except _RefusedError as error:
            return Decision(False, message=forbidden(pod.name, str(error)))
        found = self._first(request, pod, providers, may_change=False)
        if found.evaluation is None:
            return self._refusal(pod, found, go_list([str(problem) for problem in found.problems]))
        return Decision(True, request.pod, found.scc, found.subject, attempts=tuple(found.attempts))

    def provider(self, request: Request, scc: str) -> Provider:
        """One SCC resolved for the request's namespace, whoever may use it.

        :raises StrategyError: it cannot be resolved.
        """
        return Provider(resolve(self._by_name[scc], request.annotations or {}, request.namespace))

    def _providers(self, request: Request, required: str, hint: str) -> Sequence[Provider]:
        if self._missing:
            raise _RefusedError(f"securitycontextconstraints.security.openshift.io cache is missing {self._missing}")
        if required and required not in self._by_name:
            raise _RefusedError(
                f"failed to retrieve the required SCC {quote(required)}: "
                f"securitycontextconstraints.security.openshift.io {quote(required)} not found"
            )
        sccs = (self._by_name[required],) if required else self._ordered
        if hint:
            sccs = hinted(sccs, hint)
        annotations, namespace = request.annotations, request.namespace
        trouble = f"error fetching namespace {quote(namespace)}: "
        if annotations is None:
            raise _RefusedError(f"{trouble}namespace {quote(namespace)} not found")
        for key in ALLOCATED:
            if key not in annotations:
                raise _RefusedError(f"{trouble}unable to find annotation {key}")
        values = (required, hint, *(annotations.get(key) for key in (*ALLOCATED, SUPPLEMENTAL_GROUPS)))
        kept = self._resolved.get(values)
        if kept is None:
            kept = _resolved(sccs, annotations, namespace)
            if len(self._resolved) >= _KEPT_NAMESPACES:
                self._resolved.clear()
            self._resolved[values] = kept
        return kept

    def _first(self, request: Request, pod: Pod, providers: Iterable[Provider], *, may_change: bool = True) -> _Found:
        """Try the SCCs in order until one admits."""
        account = service_account(request.namespace, pod.service_account) if pod.service_account else None
        rights = Rights(account, request.user, request.authorizer)
        found = _Found()
        restricted = None
        for provider in providers:
            subject = rights.subject(provider.scc)
            if not subject:
                found.refuse(provider.name, "", [unusable(provider.name)])
                if provider.name == "restricted":
                    restricted = provider
                continue
            evaluation = provider.evaluate(pod)
            if not evaluation.problems and not _changes_too_much(request, pod, evaluation, may_change):
                found.evaluation, found.scc, found.subject = evaluation, provider.name, subject
                return found
            found.refuse(provider.name, subject, evaluation.problems)
        tried = {attempt.scc for attempt in found.attempts}
        if restricted is not None and "restricted-v2" in tried and not restricted.evaluate(pod).problems:
            found.problems.append(_NO_RESTRICTED)
        return found

    def _refusal(self, pod: Pod, found: _Found, listing: str) -> Decision:
        return Decision(False, message=forbidden(pod.name, UNABLE + listing), attempts=tuple(found.attempts))


@dataclass(slots=True)
class _Found:
    """What trying the SCCs came to; without ``evaluation`` none admits the pod."""

    evaluation: Evaluation | None = None
    scc: str = ""
    subject: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, scc: str, subject: str, problems: list[Problem]) -> None:
        self.attempts.append(Attempt(scc, subject, tuple(problems)))
        self.problems += problems


def _resolved(sccs: Iterable[SCC], annotations: Mapping[str, str], namespace: str) -> tuple[Provider, ...]:
    """All of them, or a refusal that lists those that cannot be resolved: whether anybody may use them does not count."""
    providers, errors = [], []
    for scc in sccs:
        try:
            full = resolve(scc, annotations, namespace)
            try:
                providers.append(Provider(full))
            except StrategyError as error:
                errors.append(f"error creating provider for SCC {scc.name} in namespace {namespace}: {error}")
        except StrategyError as error:
            errors.append(str(error))
    if errors:
        raise _RefusedError(aggregate(errors))
    return tuple(providers)


def _changes_too_much(request: Request, pod: Pod, evaluation: Evaluation, may_change: bool) -> bool:
    if may_change and request.operation == CREATE:
        return False
    but_ephemeral = may_change and request.subresource == _EPHEMERAL
    return evaluation.changes(pod, but_ephemeral=but_ephemeral)


def _admitted(pod: Pod, found: _Found) -> dict[str, Any]:
    """The pod with what the SCC writes, and the annotations that tell so."""
    evaluation = found.evaluation
    assert evaluation is not None
    metadata = {
        **(pod.data.get("metadata") or NOTHING),
        "annotations": {**evaluation.annotations, VALIDATED_SCC: found.scc, SUBJECT_TYPE: found.subject},
    }
    spec = {**pod.spec, "securityContext": evaluation.security_context}
    if pod.service_account:
        spec["serviceAccountName"] = spec["serviceAccount"] = pod.service_account
    filled = iter(zip(pod.containers, evaluation.containers, strict=True))
    for kind in CONTAINER_LISTS:
        containers = pod.spec.get(kind)
        if containers:
            # One pair for each, in the same order as Pod.containers was made.
            spec[kind] = [_with_context(data, *next(filled)[1:]) for data in containers]
    return {**pod.data, "metadata": metadata, "spec": spec}


def _with_context(data: Mapping[str, Any], context: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return data if context is None or context is data.get("securityContext") else {**data, "securityContext": context}


def _annotation(pod: Mapping[str, Any] | None, key: str) -> str:
    return (((pod or NOTHING).get("metadata") or NOTHING).get("annotations") or NOTHING).get(key) or ""


def _is_ignored(request: Request) -> bool:
    """Requests that admission does not look at."""
    if request.subresource in _IGNORED_SUBRESOURCES:
        return True
    spec = request.pod.get("spec") or NOTHING
    if (spec.get("os") or NOTHING).get("name") == "windows":
        return True
    if request.operation != UPDATE:
        return False
    old = request.old_pod or NOTHING
    return same_spec(spec, old.get("spec") or NOTHING) and _is_ignored_metadata(request.pod, old)


def _is_ignored_metadata(pod: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether nothing outside the spec changes but what no user has a say in."""
    metadata, old_metadata = (item.get("metadata") or NOTHING for item in (pod, old))
    annotations, old_annotations = (item.get("annotations") or NOTHING for item in (metadata, old_metadata))
    changed = {
        key
        for key in annotations.keys() | old_annotations.keys()
        if key not in annotations or key not in old_annotations or annotations[key] != old_annotations[key]
    }
    if changed - _IGNORED_ANNOTATIONS:
        return False
    return same_but_for_metadata(pod, old)
