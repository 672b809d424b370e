# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapt random workloads, and ask the code that decides on real clusters about what comes out.

Each workload is refused with a reason, or OpenShift's SCC admission and Kubernetes' Pod Security let its pod in. What they let in
before is changed in nothing. Where a refusal names an SCC, the workload is admitted as it was once that is granted. The changes
that are listed, carried out on the manifest, give the adapted one and nothing else; adapting that again changes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path[:0] = [
    str(Path(__file__).resolve().parent),
    str(Path(__file__).resolve().parents[1] / "tools"),
    str(Path(__file__).resolve().parents[2]),
]

import podsecurity_oracle
from common import ToolError
from compare import Engine, Judge, differences
from generate import MANIFEST
from generator.namespaces import USUAL, random_namespace
from generator.pods import PodMaker
from generator.target import target
from generator.values import Dice, Json, copied
from generator.workloads import WorkloadMaker
from oracle import Oracle, program
from podsecurity_pods import Generator

from plugins.module_utils._adapt.choices import ALLOWABLE, EXPLICIT, OMIT
from plugins.module_utils._adapt.manifest import Adapted, adapt
from plugins.module_utils._adapt.pods import Wish
from plugins.module_utils._adapt.served import serves
from plugins.module_utils._adapt.settle import keys
from plugins.module_utils._adapt.step import Step
from plugins.module_utils._explain.explain import filled, requester
from plugins.module_utils._explain.offline_facts import Given, Offline
from plugins.module_utils._scc.access import service_account
from plugins.module_utils._scc.bindings import merged
from plugins.module_utils._scc.manifests import PodSource, pod_sources
from plugins.module_utils._scc.standard import granted

SHOWN = 5
# A refusal that names an SCC which is there already.
_BY_NAME = re.compile(r"it asks for SCC (\S+) by name")
CHUNK = 3000
ENFORCE = "pod-security.kubernetes.io/enforce"
PRIVILEGED = {mode: "privileged" for mode in ("enforce", "audit", "warn")} | {
    f"{mode}version": "latest" for mode in ("enforce", "audit", "warn")
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A workload and the cluster that it goes to; ``grants``: subject -> names of SCCs, beside those of every cluster."""

    number: int
    objects: list[Json]
    namespace: Json
    sccs: Json
    grants: Mapping[str, list[str] | str]
    platform: str
    wish: Wish

    @property
    def labels(self) -> Json:
        labels: Json = self.namespace["metadata"].get("labels") or {}
        return labels

    def known(self) -> Offline:
        return Offline(
            Given(
                objects=tuple(self.objects),
                namespaces={self.namespace["metadata"]["name"]: self.namespace},
                sccs=tuple(self.sccs.values()),
                granted=self.grants,
                platform=self.platform,
            )
        )

    def adapt(self, objects: Sequence[Json]) -> Adapted:
        def served(version: str, kind: str) -> bool:
            return version.startswith("argoproj.io/") or serves("openshift", version, kind)

        return adapt(objects, self.namespace["metadata"]["name"], self.known(), served, self.wish)

    def source(self, objects: Sequence[Json]) -> PodSource:
        return pod_sources(objects, self.namespace["metadata"]["name"])[0]


@dataclass(slots=True)
class Question:
    """What the oracles are asked about one pod, and what they say in the end."""

    trial: Trial
    pod: Json
    entry: Json | None = None
    allowed: bool = False
    scc: str = ""
    answer: Json = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)


def question(trial: Trial, objects: Sequence[Json], scc: Json | None = None) -> Question:
    """About the pod of the workload; with an SCC that its service account may use besides."""
    source = trial.source(objects)
    facts = trial.known().facts(source.namespace)
    pod = filled(source, source.pod)
    if facts.admission is None:
        return Question(trial, pod)
    user = requester(source, facts)
    sccs, grants = dict(trial.sccs), dict(trial.grants)
    if scc is not None:
        sccs[scc["metadata"]["name"]] = scc
        account = service_account(source.namespace, pod["spec"]["serviceAccountName"]).name
        grants = merged(grants, {account: [scc["metadata"]["name"]]})
    case = {
        "id": str(trial.number),
        "pod": pod,
        "namespace": {"metadata": {"name": source.namespace, "annotations": facts.annotations}},
        "sccs": list(sccs),
        "user": {"name": user.name, "groups": list(user.groups)},
        "usable": merged(granted(trial.sccs), grants),
    }
    return Question(trial, pod, {"case": case, "sccs": sccs})


class Trials:
    """Random trials from a seed."""

    def __init__(self, seed: int, sccs: Json) -> None:
        self.dice = Dice(f"{seed}/adapted")
        self.sccs = sccs
        self.strict = Generator(seed)
        self.workloads = WorkloadMaker(self.dice)

    def make(self, number: int) -> Trial:
        dice = self.dice
        namespace = self._namespace()
        name = namespace["metadata"]["name"]
        kinds = ("restricted-v2", "restricted-v2", "restricted", "nonroot", "anyuid", "hostnetwork", "privileged")
        aim = target(self.sccs[dice.pick(kinds)], namespace)
        pod = self.strict.pod() if dice.chance(0.25) else PodMaker(dice, aim).make(name)
        objects = self.workloads.make(pod, name)
        grants = {}
        if dice.chance(0.1):
            grants = {
                f"system:serviceaccount:{name}:{dice.pick(('default', 'triton'))}": dice.distinct(kinds[2:], 1, 2)
            }
        wish = Wish(
            "restricted-v2" if dice.chance(0.9) else dice.pick(("restricted", "restricted-v3", "anyuid", "nothing")),
            OMIT if dice.chance(0.6) else EXPLICIT,
            () if dice.chance(0.4) else tuple(dice.distinct(ALLOWABLE, 1, len(ALLOWABLE))),
        )
        platform = "kubernetes" if dice.chance(0.15) else "openshift"
        return Trial(number, objects, namespace, self.sccs, grants, platform, wish)

    def _namespace(self) -> Json:
        dice = self.dice
        namespace: Json = random_namespace(dice)
        if dice.chance(0.7):
            namespace["metadata"]["annotations"] = dict(USUAL)
        if dice.chance(0.6):
            namespace["metadata"]["labels"] = {
                ENFORCE: dice.pick(("restricted", "restricted", "restricted", "baseline"))
            }
        return namespace


def replayed(item: Json, steps: Sequence[Step]) -> Json:
    """The object with the listed changes carried out; what goes out of a list goes last, so that the indexes stay true.

    :raises AssertionError: a value before is not the one that is listed.
    """
    result: Json = copied(item)
    gone: list[tuple[list[str | int], Any]] = []
    for step in steps:
        *place, last = keys(step.path)
        before = _at(item, [*place, last])
        assert before == step.before, f"{step.path} is {before!r} before, not {step.before!r}"
        if step.after is None and isinstance(last, int):
            gone.append((place, last))
            continue
        owner = _made(result, place)
        if step.after is None:
            del owner[last]
        else:
            owner[last] = deepcopy(step.after)
    for place, last in sorted(gone, key=lambda one: one[1], reverse=True):
        items = _at(result, place)
        del items[last]
        if not items:
            del _at(result, place[:-1])[place[-1]]
    return result


def _at(value: Any, place: Sequence[str | int]) -> Any:
    for key in place:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _made(value: Any, place: Sequence[str | int]) -> Any:
    """What lies at a place, made where it is not there."""
    for key in place:
        if isinstance(value, dict) and value.get(key) is None:
            value[key] = {}
        value = value[key]
    return value


class Run:
    """All trials of a run; each is failed once, for whatever goes wrong first."""

    def __init__(self) -> None:
        self.problems: dict[int, tuple[Trial, str]] = {}
        self.counts: Counter[str] = Counter()
        self.before: list[Question] = []
        self.after: list[Question] = []
        self.granted: list[Question] = []
        self.changed: set[int] = set()

    def fail(self, trial: Trial, words: str) -> None:
        self.problems.setdefault(trial.number, (trial, words))

    def add(self, trial: Trial) -> None:
        """Adapt it, look at what can be seen without an oracle, and note the questions."""
        before = copied(trial.objects)
        try:
            found = trial.adapt(trial.objects)
            self._look(trial, before, found)
        # Whatever is raised is what the test looks for.
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails this case and the others still run
            self.fail(trial, f"{type(error).__name__}: {error}")

    def _look(self, trial: Trial, before: list[Json], found: Adapted) -> None:
        if trial.objects != before:
            self.fail(trial, "what was given was changed")
        of_pod = [step for step in found.steps if _of_pod(trial, step)]
        if of_pod:
            self.changed.add(trial.number)
        self.before.append(question(trial, trial.objects))
        if (given := replayed(before[0], found.steps)) != found.objects[0]:
            self.fail(trial, f"the listed changes give {json.dumps(given)}, not {json.dumps(found.objects[0])}")
        if list(found.objects[1:]) != before[1:]:
            self.fail(trial, "other objects were changed")
        if any(not step.reason for step in found.steps):
            self.fail(trial, "a change has no reason")
        if found.refusals:
            self.counts["refused"] += 1
            self._refused(trial, found)
            return
        self.counts["changed" if of_pod else "left as it was"] += 1
        self.after.append(question(trial, found.objects))
        again = trial.adapt(found.objects)
        if again.steps or again.refusals or again.storage or again.objects != found.objects:
            self.fail(trial, f"adapting the result again gives {again.steps} {again.refusals}")
        self._storage(trial, found)

    def _refused(self, trial: Trial, found: Adapted) -> None:
        for refusal in found.refusals:
            if not refusal.reasons or not all(refusal.reasons):
                self.fail(trial, "refused without a reason")
            wanted = [refusal.scc, *(trial.sccs[name[1]] for name in map(_BY_NAME.match, refusal.reasons) if name)]
            for scc in wanted:
                if scc is not None:
                    self.counts["refused with an SCC that would do"] += 1
                    asked = question(trial, trial.objects, dict(scc))
                    asked.scc = scc["metadata"]["name"]
                    self.granted.append(asked)

    def _storage(self, trial: Trial, found: Adapted) -> None:
        """Each claim that is to be made is one that the pod has, and no volume that was taken out has none."""
        spec = trial.source(found.objects).pod["spec"]
        claims = [
            ((volume.get("persistentVolumeClaim") or {}).get("claimName")) for volume in spec.get("volumes") or ()
        ]
        wanted = [one.claim for one in found.storage]
        if any(claims.count(claim) != 1 for claim in wanted):
            self.fail(trial, f"claims {wanted} are to be made, and the pod has {claims}")
        given = _at(trial.objects[0], [*_path(trial), "spec", "volumes"]) or []
        if any(one.source not in given for one in found.storage):
            self.fail(trial, "a claim is to be made for a volume that nobody has")

    def ask(self, judge: Judge) -> None:
        """Both oracles about all pods; then what they say is compared with what has to be."""
        every = [*self.before, *self.after, *self.granted]
        of_sccs = [one for one in every if one.entry is not None]
        for one, (wanted, given) in zip(of_sccs, judge.judge([one.entry for one in of_sccs if one.entry]), strict=True):
            one.answer = wanted
            one.differing = differences(one.entry["case"], wanted, given) if one.entry else []
            one.allowed = bool(wanted.get("allowed"))
        lasting = [one for one in every if one.entry is None or one.allowed]
        reviews = podsecurity_oracle.ask(map(_review, lasting))
        for one, (_asked, answer) in zip(lasting, reviews, strict=True):
            if "error" in answer:
                raise ToolError(f"Pod Security could not judge case {one.trial.number}: {answer['error']}")
            one.allowed = answer["allowed"]
            one.answer = {**one.answer, "podsecurity": answer["message"]}
        self._compare()
        for questions in (self.before, self.after, self.granted):
            questions.clear()

    def _compare(self) -> None:
        for one in [*self.before, *self.after, *self.granted]:
            if one.differing:
                self.fail(one.trial, f"the engine and the oracle differ in {one.differing}")
        for one in self.before:
            self.counts["admitted before"] += one.allowed
            if one.allowed and one.trial.number in self.changed:
                self.fail(one.trial, "it was admitted before, and was changed")
        for one in self.after:
            if not one.allowed:
                self.fail(one.trial, f"adapted, it is refused: {_said(one)}")
        for one in self.granted:
            if not one.allowed or one.answer.get("scc") != one.scc:
                self.fail(one.trial, f"SCC {one.scc}, granted, does not admit it as it was: {_said(one)}")


def _said(one: Question) -> str:
    return str(one.answer.get("message") or one.answer.get("error") or one.answer.get("podsecurity"))


def _review(one: Question) -> Json:
    return {
        "op": "review",
        "pod": one.answer.get("pod") or one.pod,
        "labels": one.trial.labels,
        "default": PRIVILEGED,
        "minor": 0,
        "template": False,
    }


def _path(trial: Trial) -> list[str]:
    path = trial.source(trial.objects).path
    return path.split(".") if path else []


def _of_pod(trial: Trial, step: Step) -> bool:
    """Whether a change is one of the pod, not of the API version around it."""
    path = _path(trial)
    here = keys(step.path)
    return here[: len(path) + 1] in ([*path, "spec"], [*path, "metadata"]) and len(here) > len(path) + 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = Run()
    try:
        with tempfile.TemporaryDirectory(prefix="inferops-adapted-") as scratch, Oracle(program("plain")) as oracle:
            sccs: Json = oracle.order(default=str(MANIFEST))["sccs"]
            judge, made = Judge(oracle, Engine(), Path(scratch)), Trials(options.seed, sccs)
            for first in range(0, options.cases, CHUNK):
                for number in range(first, min(first + CHUNK, options.cases)):
                    found.add(made.make(number))
                found.ask(judge)
    except ToolError as error:
        print(f"adapted: {error}", file=sys.stderr)
        return 1
    for trial, words in list(found.problems.values())[:SHOWN]:
        print(f"FAILED {trial.number}: {words}\n  {trial.wish} {trial.platform} {trial.grants}")
        print(f"  namespace {json.dumps(trial.namespace)}\n  {json.dumps(trial.objects)}")
    print(", ".join(f"{words}: {count}" for words, count in sorted(found.counts.items())))
    failed = len(found.problems)
    if os.environ.get("INFEROPS_RESULTS") and not failed:
        figures = {"seed": options.seed, "workloads": options.cases, "outcomes": dict(found.counts)}
        (Path(os.environ["INFEROPS_RESULTS"]) / "workloads.json").write_text(json.dumps(figures))
    print(json.dumps({"suite": "adapted", "cases": options.cases, "failed": failed}), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
