# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapt the pod of a workload until SCC admission and Pod Security let it in, and say why where that is not safe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from .._explain.explain import ADMITTED, Facts, explain, filled, requester
from .._explain.remedies import GENERATED
from .._podsecurity.evaluate import Violation, evaluate
from .._podsecurity.mend import mend as mend_for_level
from .._scc.admission import REQUIRED_SCC, Decision, Request
from .._scc.changes import Change
from .._scc.manifests import PodSource
from .._scc.mend import mend
from .._scc.strategies.base import StrategyError
from .._scc.view import CONTAINER_LISTS
from .safety import objection, reason
from .step import Refusal, Step, Storage
from .tricks import tricks

OMIT, EXPLICIT = "omit", "explicit"
# What SCC and Pod Security demand can bring up one another's next problem, never many times.
_ROUNDS = 4


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

    def __init__(self, source: PodSource, facts: Facts) -> None:
        self.source, self.facts = source, facts
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

    def step(self, change: Change) -> Step:
        """A change of the pod, as one of the object."""
        return Step(
            self.source.kind, self.source.name, self.base + change.path, change.before, change.after, reason(change)
        )


def adapt_pod(source: PodSource, facts: Facts, wish: Wish) -> Outcome:
    """The pod, admitted; a pod that is admitted already is changed in nothing.

    :param source: the pod as its controller creates it.
    """
    case = _Case(source, facts)
    if case.admitted(source.pod):
        return Outcome(source.pod)
    pod, steps = _without_tricks(case, deepcopy(dict(source.pod)))
    changes: dict[str, Change] = {}
    for _round in range(_ROUNDS):
        if case.admitted(pod):
            break
        found = _mended(case, pod, wish.scc)
        if found is None:
            return _refused(case, ("no change of its fields does",))
        pod, new = found
        for change in new:
            first = changes.get(change.path)
            changes[change.path] = replace(change, before=first.before) if first else change
    objections = tuple(
        f"{case.base}{change.path}: {words}"
        for change in changes.values()
        if (words := objection(change, source.kind, wish.allow))
    )
    if objections or not case.admitted(pod):
        return _refused(case, objections or ("no change of its fields does",))
    changes = {path: _own_claim(case, pod, change) for path, change in changes.items()}
    pod, more = _of_groups(pod, changes.values())
    if wish.style == EXPLICIT:
        pod, changes = _numbered(case, pod, changes)
    every = [*changes.values(), *more]
    if not case.admitted(pod):
        return _refused(case, ("the namespace's own numbers are refused",))
    storage = tuple(
        Storage(source.kind, source.name, change.after["persistentVolumeClaim"]["claimName"], change.before)
        for change in every
        if change.storage
    )
    return Outcome(pod, (*steps, *map(case.step, every)), storage)


def _without_tricks(case: _Case, pod: dict[str, Any]) -> tuple[dict[str, Any], list[Step]]:
    found = tricks(pod)
    containers = pod["spec"].get("initContainers") or []
    steps = []
    for trick in reversed(found):
        container = containers.pop(trick.index)
        settings = ", ".join(trick.settings)
        warning = f"An administrator sets {settings} on the nodes, as by a Tuned object." if settings else ""
        path = f"{case.base}spec.initContainers[{trick.index}]"
        steps.append(Step(case.source.kind, case.source.name, path, container, None, trick.reason, warning))
    if found and not containers:
        del pod["spec"]["initContainers"]
    return pod, steps[::-1]


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
    source = next((value for key, value in change.before.items() if key != "name"), None)
    claim: dict[str, Any] = {"claimName": f"{case.source.name}-{name}".lstrip("-")}
    if isinstance(source, Mapping) and source.get("readOnly"):
        claim["readOnly"] = True
    volume = {"name": name, "persistentVolumeClaim": claim}
    volumes = pod["spec"]["volumes"]
    volumes[:] = [volume if one.get("name") == name else one for one in volumes]
    return replace(change, after=volume)


def _of_groups(pod: dict[str, Any], changes: Iterable[Change]) -> tuple[dict[str, Any], list[Change]]:
    """Where a fixed user goes, its group goes as well: files of images for any user are those of group 0."""
    found: list[Change] = []
    for change in list(changes):
        place, _dot, field = change.path.rpartition(".")
        context = _at(pod, place) if field == "runAsUser" and change.after is None else None
        if isinstance(context, dict) and context.get("runAsGroup") is not None:
            found.append(Change(f"{place}.runAsGroup", context.pop("runAsGroup")))
    return pod, found


def _at(pod: Mapping[str, Any], path: str) -> Any:
    """What lies at a path such as spec.containers[0].securityContext."""
    found: Any = pod
    for part in path.split("."):
        name, _bracket, index = part.partition("[")
        found = found.get(name) if isinstance(found, Mapping) else None
        if index and isinstance(found, list):
            found = found[int(index.rstrip("]"))]
    return found


def _numbered(case: _Case, pod: dict[str, Any], changes: dict[str, Change]) -> tuple[dict[str, Any], dict[str, Change]]:
    """The namespace's own numbers in the place of those that went."""
    admitted = (case.decide(pod).pod or {}).get("spec") or {}
    users = [
        (container.get("securityContext") or {}).get("runAsUser")
        for kind in CONTAINER_LISTS
        for container in admitted.get(kind) or ()
    ]
    numbers = {
        "runAsUser": next((user for user in users if user), None),
        "fsGroup": (admitted.get("securityContext") or {}).get("fsGroup"),
    }
    result = dict(changes)
    for path, change in changes.items():
        place, _dot, field = path.rpartition(".")
        context = _at(pod, place)
        if change.after is None and numbers.get(field) is not None and isinstance(context, dict):
            context[field] = numbers[field]
            result[path] = replace(change, after=numbers[field])
    return pod, result


def _refused(case: _Case, reasons: tuple[str, ...]) -> Outcome:
    verdict = explain(case.source, case.facts)
    own = next((remedy for remedy in verdict["remedies"] if remedy["kind"] == GENERATED), None)
    # What the generated SCC is: the first of the objects that an administrator makes.
    scc = own["objects"][0] if own else None
    texts = reasons if verdict["verdict"] != ADMITTED else ()
    return Outcome(case.source.pod, refusal=Refusal(case.source.kind, case.source.name, texts, scc))
