# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapt the pod of a workload until SCC admission and Pod Security let it in, and say why where that is not safe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from .._explain.explain import ADMITTED, Facts, explain, filled, requester
from .._explain.remedies import EXISTING, GENERATED
from .._podsecurity.evaluate import Violation, evaluate
from .._podsecurity.mend import mend as mend_for_level
from .._scc.admission import REQUIRED_SCC, Decision, Request
from .._scc.changes import Change
from .._scc.manifests import PodSource
from .._scc.mend import mend
from .._scc.strategies.base import StrategyError
from .choices import EXPLICIT, OMIT
from .ids import numbered, without_groups
from .safety import objection, reason, source_of, trick_warning, warning
from .settle import settled
from .step import Refusal, Step, Storage
from .tricks import Trick, tricks

# What SCC and Pod Security demand can bring up one another's next problem, never many times.
_ROUNDS = 4
# Checks of Pod Security that may be passed after an SCC has filled the pod in.
_FILLED = frozenset(
    ("allowPrivilegeEscalation", "capabilities_restricted", "runAsNonRoot", "seccompProfile_restricted")
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: the SCC to be admitted by, IDs removed (``omit``) or replaced by the namespace's (``explicit``), and what of
    safety.ALLOWABLE may be taken away."""

    scc: str = "restricted-v2"
    style: str = OMIT
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The pod as it is to be, a copy, and what was changed; with a refusal, the pod is as it was."""

    pod: Mapping[str, Any]
    steps: tuple[Step, ...] = ()
    storage: tuple[Storage, ...] = ()
    refusal: Refusal | None = None


class _Case:
    """One pod and who judges it."""

    def __init__(self, source: PodSource, facts: Facts, claims: Mapping[str, Any]) -> None:
        self.source, self.facts, self.claims = source, facts, claims
        self.base = f"{source.path}." if source.path else ""

    def request(self, pod: Mapping[str, Any]) -> Request:
        """The request that creates the pod."""
        facts, source = self.facts, self.source
        return Request(self.fill(pod), source.namespace, facts.annotations, requester(source, facts), facts.authorizer)

    def fill(self, pod: Mapping[str, Any]) -> dict[str, Any]:
        """What the API server makes of it before admission."""
        return filled(self.source, pod)

    def decide(self, pod: Mapping[str, Any]) -> Decision:
        """What SCC admission says."""
        if self.facts.admission is None:
            return Decision(True, self.fill(pod))
        return self.facts.admission.admit(self.request(pod))

    def violations(self, pod: Mapping[str, Any]) -> tuple[Violation, ...]:
        """What Pod Security has against what SCC admission makes of it."""
        judged = self.decide(pod).pod or self.fill(pod)
        return evaluate(judged, self.facts.labels, cluster_version=self.facts.version).violations

    def admitted(self, pod: Mapping[str, Any]) -> bool:
        """Whether both let it in."""
        return self.decide(pod).allowed and not self.violations(pod)

    def step(self, change: Change, admitted: Mapping[str, Any]) -> Step:
        """A change of the pod, as one of the object; ``admitted`` is the pod as it runs then."""
        source, path = self.source, self.base + change.path
        before, after, words = change.before, change.after, warning(change, admitted)
        return Step(source.kind, source.name, path, before, after, reason(change), words, source.namespace)


def adapt_pod(source: PodSource, facts: Facts, wish: Wish, claims: Mapping[str, Any]) -> Outcome:
    """The pod, admitted; a pod that is admitted already is changed in nothing.

    :param source: the pod as its controller creates it.
    :param claims: names of claims that are taken, each with the volume that it is for, None for one that the manifests make.
    """
    case = _Case(source, facts, claims)
    if case.admitted(source.pod):
        return Outcome(source.pod)
    found_tricks = tricks(source.pod)
    pod = _without(deepcopy(dict(source.pod)), found_tricks)
    kept = _kept(source.pod, found_tricks)
    changes: dict[str, Change] = {}
    for _round in range(_ROUNDS):
        if case.admitted(pod):
            break
        found = _mended(case, pod, wish.scc)
        if found is None:
            break
        pod, new = found
        changes |= {change.path: change for change in new}
    objections = tuple(
        f"{case.base}{change.path}: {words}"
        for change in settled(changes.values(), source.pod, pod, kept)
        if (words := objection(change, source.kind, wish.allow))
    )
    if objections or not case.admitted(pod):
        return _refused(case, objections or (_helpless(case, pod, wish.scc),))
    changes = {path: _own_claim(case, pod, change) for path, change in changes.items()}
    changes |= {change.path: change for change in without_groups(pod, changes.values())}
    if wish.style == EXPLICIT:
        pod = numbered(pod, changes.values(), case.decide(pod).pod or {})
    every = settled(changes.values(), source.pod, pod, kept)
    if not case.admitted(pod):
        return _refused(case, ("the namespace's own numbers are refused",))
    storage = tuple(
        Storage(source.kind, source.name, claim["claimName"], change.before, source.namespace)
        for change in every
        if change.storage and (claim := change.after["persistentVolumeClaim"])
    )
    runs = case.decide(pod).pod or pod
    steps = [*(_gone(case, trick, runs) for trick in found_tricks), *(case.step(change, runs) for change in every)]
    return Outcome(pod, tuple(steps), storage)


def _without(pod: dict[str, Any], found: Sequence[Trick]) -> dict[str, Any]:
    """The pod without these init containers."""
    spec, gone = pod["spec"], {trick.index for trick in found}
    if gone:
        spec["initContainers"] = [one for index, one in enumerate(spec["initContainers"]) if index not in gone]
        if not spec["initContainers"]:
            del spec["initContainers"]
    return pod


def _kept(pod: Mapping[str, Any], found: Sequence[Trick]) -> list[int]:
    """The indexes that the init containers which are left had before."""
    gone = {trick.index for trick in found}
    return [index for index in range(len(pod["spec"].get("initContainers") or ())) if index not in gone]


def _gone(case: _Case, trick: Trick, admitted: Mapping[str, Any]) -> Step:
    """The step that takes an init container out; ``admitted`` is the pod as it runs then."""
    container = case.source.pod["spec"]["initContainers"][trick.index]
    path = f"{case.base}spec.initContainers[{trick.index}]"
    words = trick_warning(trick, container, case.source.pod, admitted)
    source = case.source
    return Step(source.kind, source.name, path, container, None, trick.reason, words, source.namespace)


def _mended(case: _Case, pod: dict[str, Any], scc: str) -> tuple[dict[str, Any], list[Change]] | None:
    """The pod with what the SCC, then Pod Security, wants; None where that cannot be."""
    admission = case.facts.admission
    changes: list[Change] = []
    if admission is not None and not case.decide(pod).allowed:
        annotations = (pod.get("metadata") or {}).get("annotations") or {}
        pinned = annotations.get(REQUIRED_SCC)
        if pinned and pinned != scc:
            annotations[REQUIRED_SCC] = scc
            changes.append(Change(f"metadata.annotations[{REQUIRED_SCC}]", pinned, scc))
        try:
            mended = mend(pod, admission.provider(case.request(pod), scc), case.fill)
        except (StrategyError, KeyError):
            mended = None
        if mended is None:
            return None
        return mended.pod, [*changes, *mended.changes]
    better = mend_for_level(pod, case.violations)
    return None if better is None else (better.pod, list(better.changes))


def _own_claim(case: _Case, pod: dict[str, Any], change: Change) -> Change:
    """A claim is the workload's own, since other pods have volumes of the same name; what could not be written stays so."""
    if not change.storage:
        return change
    name = change.after["name"]
    source = change.before.get(source_of(change.before))
    claim: dict[str, Any] = {"claimName": _free(f"{case.source.name.rstrip('-')}-{name}".lstrip("-"), case, change)}
    if isinstance(source, Mapping) and source.get("readOnly"):
        claim["readOnly"] = True
    volume = {"name": name, "persistentVolumeClaim": claim}
    # A pod may name two volumes alike, which the API server refuses in words of its own.
    case.claims = {**case.claims, claim["claimName"]: change.before}
    volumes = pod["spec"]["volumes"]
    volumes[int(change.path.rpartition("[")[2].rstrip("]"))] = volume
    return replace(change, after=volume)


def _free(name: str, case: _Case, change: Change) -> str:
    """The name of a claim, with a number where that is one for something else; two workloads may share what is the same."""
    numbered_names = (name, *(f"{name}-{number}" for number in range(2, len(case.claims) + 3)))
    return next(one for one in numbered_names if one not in case.claims or case.claims[one] == change.before)


def _helpless(case: _Case, pod: Mapping[str, Any], scc: str) -> str:
    """Why no change of the pod's fields helps."""
    admission = case.facts.admission
    if admission is not None and all(one.name != scc for one in admission.sccs):
        return f"there is no SCC {scc}"
    decision = case.decide(pod)
    words = decision.message or "; ".join(map(str, case.violations(pod)))
    return f"no change of its fields does: {words}"


def _refused(case: _Case, reasons: tuple[str, ...]) -> Outcome:
    verdict = explain(case.source, case.facts)
    own = next((remedy for remedy in verdict["remedies"] if remedy["kind"] == GENERATED), None)
    # What the generated SCC is: the first of the objects that an administrator makes.
    scc = own["objects"][0] if own else None
    texts = reasons if verdict["verdict"] != ADMITTED else ()
    more = () if scc else (*_pinned(case, verdict), *_forbidden(case))
    source = case.source
    return Outcome(source.pod, refusal=Refusal(source.kind, source.name, (*texts, *more), scc, source.namespace))


def _pinned(case: _Case, verdict: Mapping[str, Any]) -> Iterator[str]:
    """That the SCC which a pod asks for by name would admit it."""
    name = ((case.source.pod.get("metadata") or {}).get("annotations") or {}).get(REQUIRED_SCC)
    for remedy in verdict["remedies"]:
        if remedy["kind"] == EXISTING and remedy["scc"] == name:
            yield f"it asks for SCC {name} by name, which admits it once granted: {remedy['command']}"


def _forbidden(case: _Case) -> Iterator[str]:
    """What Pod Security has against the pod whichever SCC admits it."""
    verdict = evaluate(case.fill(case.source.pod), case.facts.labels, cluster_version=case.facts.version)
    for violation in verdict.violations:
        if violation.check not in _FILLED:
            yield f"Pod Security {verdict.policy.enforce} of the namespace forbids it as it is: {violation}"
