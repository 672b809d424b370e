# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster will decide about a pod, why, and what can be done: SCC admission and Pod Security Admission together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .._podsecurity.evaluate import PodSecurityVerdict, Violation, evaluate
from .._podsecurity.mend import mend
from .._podsecurity.remedies import lower_levels
from .._scc.access import Authorizer, Subject
from .._scc.admission import REQUIRED_SCC, SUBJECT_TYPE, VALIDATED_SCC, Admission, Decision, Request
from .._scc.defaults import admission_defaults
from .._scc.diagnosis import report
from .._scc.locate import locate
from .._scc.manifests import PodSource
from .._scc.message import parse
from .._scc.problem import UNUSABLE, Problem
from .._scc.requesters import signed_in
from .._scc.standard import AUTHENTICATED
from .._scc.strategies.seccomp import POD_ANNOTATION
from .._scc.view import CONTAINER_LISTS
from .._scc.ways_out import Place
from .allowed import allowed
from .exempt import exemption
from .remedies import Refused, pod_remedy, remedies

ADMITTED, REFUSED = "admitted", "refused"
OPENSHIFT, KUBERNETES = "openshift", "kubernetes"
YOU = Subject("you", (AUTHENTICATED,))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a verdict rests on.

    ``admission``: None on a cluster without SCCs; ``annotations`` and ``labels`` of the namespace, annotations None where it is
    unknown; ``user``: who creates bare pods; ``version``: Kubernetes' major and minor, None for the newest; ``notes``: what could
    not be read or was assumed, as sentences; they may grow while verdicts are asked for.
    """

    admission: Admission | None
    annotations: Mapping[str, str] | None
    labels: Mapping[str, str]
    authorizer: Authorizer
    user: Subject = YOU
    version: tuple[int, int] | None = None
    notes: Sequence[str] = ()

    def without(self, scc: str) -> Facts:
        """The same on a cluster that lacks one SCC."""
        if self.admission is None:
            return self
        return replace(self, admission=Admission([other for other in self.admission.sccs if other.name != scc]))


class Known(Protocol):
    """Where facts come from: one look a namespace."""

    def facts(self, namespace: str) -> Facts:
        """The facts of a namespace."""


def explain(source: PodSource, facts: Facts) -> dict[str, Any]:
    """The verdict on one pod, as a result for modules and people."""

    def fill(written: Mapping[str, Any]) -> dict[str, Any]:
        return filled(source, written)

    pod = fill(source.pod)
    asking = requester(source, facts)
    decision, request = Decision(True, pod), None
    if facts.admission is not None:
        request = Request(pod, source.namespace, facts.annotations, asking, facts.authorizer)
        decision = facts.admission.admit(request)
    security = _security(decision, facts)
    admitted = decision.allowed and (security is None or security.allowed)
    result = {
        "kind": source.kind,
        "name": source.name,
        "namespace": source.namespace,
        "path": source.path,
        "guessed": source.guess,
        "requester": asking.name,
        "service_account": (pod.get("spec") or {}).get("serviceAccountName") or "default",
        "verdict": ADMITTED if admitted else REFUSED,
        "scc": decision.scc or None,
        "subject": decision.subject or None,
        "security_context": _written(decision.pod) if admitted and decision.pod is not None else None,
        "message": decision.message or ("" if security is None else security.message),
        "causes": [],
        "unusable_sccs": [attempt.scc for attempt in decision.attempts if not attempt.subject and not decision.allowed],
        "pod_security": _pod_security(security),
        "remedies": [],
        "notes": [*facts.notes, *_unknown_requester(source), *_exempt(source, facts)],
    }
    if not decision.allowed and request is not None and facts.admission is not None:
        refused = Refused(
            facts.admission, request, decision, _accepts(facts), source.pod, fill, source.name, _base(source)
        )
        result["causes"] = causes(facts.admission, request, decision, _base(source)) or _before_any(request, decision)
        result["remedies"] = remedies(refused)
    elif not admitted and security is not None:
        result["causes"] = _security_causes(security, pod, _base(source))
        result["remedies"] = _security_remedies(source, facts, request, fill)
    result["msg"] = sentence(result)
    return result


def filled(source: PodSource, pod: Mapping[str, Any]) -> dict[str, Any]:
    """What the API server makes of a pod of this source before admission."""
    return admission_defaults(pod, source.namespace, source.automount)


def requester(source: PodSource, facts: Facts) -> Subject:
    """Who asks for the pod."""
    if source.requester:
        return signed_in(source.requester)
    return Subject(f"controller of {source.kind}", (AUTHENTICATED,)) if source.guess else facts.user


def _unknown_requester(source: PodSource) -> list[str]:
    if not source.guess:
        return []
    return [
        f"Who creates the pods of {source.kind} {source.name} is not known: one whose rights are those of every authenticated user is taken."
    ]


def _exempt(source: PodSource, facts: Facts) -> list[str]:
    why = exemption(source.namespace, facts.labels) if facts.admission is not None else ""
    if not why:
        return []
    return [
        f"OpenShift applies no SCC in namespace {source.namespace}: {why}. The verdict is that of any other namespace."
    ]


def _base(source: PodSource) -> str:
    """The path of the pod inside its manifest, to be followed by spec or metadata."""
    return f"{source.path}." if source.path else ""


def _security(decision: Decision, facts: Facts) -> PodSecurityVerdict | None:
    """Pod Security judges what SCC admission has made of the pod; a pod that is refused before never gets there."""
    if not decision.allowed or decision.pod is None:
        return None
    return evaluate(decision.pod, facts.labels, cluster_version=facts.version)


def _accepts(facts: Facts) -> Any:
    return lambda pod: evaluate(pod, facts.labels, cluster_version=facts.version).allowed


def _pod_security(verdict: PodSecurityVerdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {
        "level": str(verdict.policy.enforce),
        "allowed": verdict.allowed,
        "violations": [str(violation) for violation in verdict.violations],
        "warning": verdict.warning,
    }


def _written(pod: Mapping[str, Any]) -> dict[str, Any]:
    """The security context that the pod will run with."""
    spec, annotations = pod.get("spec") or {}, (pod.get("metadata") or {}).get("annotations") or {}
    kept = (VALIDATED_SCC, SUBJECT_TYPE, REQUIRED_SCC, POD_ANNOTATION)
    return {
        "pod": dict(spec.get("securityContext") or {}),
        "containers": {
            container.get("name") or "": dict(container.get("securityContext") or {})
            for kind in CONTAINER_LISTS
            for container in spec.get(kind) or ()
        },
        "annotations": {key: annotations[key] for key in kept if key in annotations},
    }


def causes(admission: Admission, request: Request, decision: Decision, base: str) -> list[dict[str, Any]]:
    """What is refused, each value once, with the SCCs that refuse it and what they would take instead."""
    grouped: dict[tuple[str, str, str], dict[str, Any]] = {}
    spec = request.pod.get("spec") or {}
    for attempt in decision.attempts:
        if not attempt.subject:
            continue
        scc = admission.provider(request, attempt.scc).scc
        for problem in attempt.problems:
            where = locate(problem.path.lstrip("."), spec, f"{base}spec")
            value = _single(problem.value)
            key = (where, str(value), _kind(problem))
            entry = grouped.setdefault(key, {"field": _kind(problem), "where": where, "value": value, "refused_by": []})
            if all(one["scc"] != attempt.scc for one in entry["refused_by"]):
                entry["refused_by"].append(
                    {"scc": attempt.scc, "why": problem.detail, "allowed": allowed(problem, scc)}
                )
    found = list(grouped.values())
    if not found and decision.attempts:
        names = [attempt.scc for attempt in decision.attempts]
        found = [
            {
                "field": "scc",
                "where": "",
                "value": None,
                "refused_by": [{"scc": name, "why": UNUSABLE, "allowed": ""} for name in names],
            }
        ]
    return found


def _single(value: Any) -> Any:
    """A list of one group reads better as the group."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _kind(problem: Problem) -> str:
    """The field that is refused, by its name in the pod."""
    path = problem.path
    for mark, name in (("seccomp.security", "seccompProfile"), (".seLinuxOptions.", "seLinuxOptions")):
        if mark in path:
            return name
    name = path.rsplit(".", 1)[-1].partition("[")[0]
    return {"add": "capabilities", "driver": "volumes"}.get(name, name)


def _before_any(request: Request, decision: Decision) -> list[dict[str, Any]]:
    """The cause where no SCC was tried: a namespace or an SCC that cannot be read, an SCC that is not there."""
    place = Place(request.namespace, pod=request.pod.get("spec") or {})
    outcome = report(parse(decision.message), place)
    return [
        {
            "field": entry["field"],
            "where": entry["where"],
            "value": entry["value"] or None,
            "refused_by": [{"scc": entry["scc"], "why": entry["reason"], "allowed": ""}],
            "ways_out": [way["text"] for way in entry["ways_out"]],
        }
        for entry in outcome["violations"]
    ]


def _security_causes(verdict: PodSecurityVerdict, pod: Mapping[str, Any], base: str) -> list[dict[str, Any]]:
    spec = pod.get("spec") or {}
    policy = f"PodSecurity {verdict.policy.enforce}"
    return [
        {
            "field": violation.field,
            "where": locate(violation.path, spec, f"{base}spec") if violation.path else "",
            "value": violation.value or None,
            "refused_by": [{"scc": policy, "why": violation.reason, "allowed": ""}],
        }
        for violation in parse(verdict.message).violations
    ]


def _security_remedies(
    source: PodSource, facts: Facts, request: Request | None, fill: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Ways out where Pod Security alone refuses: changes after which both let the pod in, or a lower level."""

    def admitted(written: Mapping[str, Any]) -> Decision:
        filled = fill(written)
        if facts.admission is None or request is None:
            return Decision(True, filled)
        return facts.admission.admit(replace(request, pod=filled))

    def judge(changed: Mapping[str, Any]) -> tuple[Violation, ...]:
        decision = admitted(changed)
        return evaluate(decision.pod or changed, facts.labels, cluster_version=facts.version).violations

    found: list[dict[str, Any]] = []
    mended = mend(source.pod, judge)
    if mended is not None and (decision := admitted(mended.pod)).allowed:
        found.append(pod_remedy(mended.changes, _base(source), decision.scc))
    filled = admitted(source.pod).pod or source.pod
    return [*found, *lower_levels(filled, facts.labels, source.namespace, facts.version)]


def sentence(result: Mapping[str, Any]) -> str:
    """What a user reads first."""
    what = f"{result['kind']} {result['name']} in namespace {result['namespace']}"
    if result["verdict"] == ADMITTED:
        return f"{what}: admitted{' by ' + result['scc'] if result['scc'] else ''}."
    # The SCC that is tried first is the one that a workload is meant for.
    main = next((one["scc"] for cause in result["causes"] for one in cause["refused_by"]), None)
    values = [
        _cause(cause, one["why"]) for cause in result["causes"] for one in cause["refused_by"] if one["scc"] == main
    ]
    return f"{what}: refused{' by ' + main if main else ''}: {'; '.join(values) or result['message']}."


def _cause(cause: Mapping[str, Any], why: str) -> str:
    value = cause["value"]
    shown = "" if value is None else f" {str(value).lower() if isinstance(value, bool) else value}"
    return f"{cause['where'] or cause['field']}{shown} ({why})"


def refused(results: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any pod is refused."""
    return any(result["verdict"] == REFUSED for result in results)
