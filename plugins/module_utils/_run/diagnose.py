# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module workload_diagnosis does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._explain.explain import REFUSED, explain
from .._kube import wait, workload
from .._kube.client import Client, connect
from .._release import rollout
from .._room import lasting, no_room
from .._scc.diagnosis import Witness, refusal_of, report, sentence, witnesses
from .._scc.manifests import REQUESTERS, PodSource
from .._scc.message import Refusal, parse
from .._scc.security_context import REQUIRED_SCC
from .._scc.ways_out import Place
from .scc_facts import Live


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the workload: refused, or how many of its pods there are."""

    refusal: Mapping[str, Any] | None
    pods: int
    other: tuple[Witness, ...] = ()
    live: workload.Workload | None = None


def run(params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Read why a workload has no pods; nothing is ever written."""
    client = connect(params)
    namespace, kind, name = params["namespace"], params["kind"], params["name"]

    def look() -> Seen:
        live = workload.read(client, namespace, kind, name)
        if live is None:
            raise TritonError(
                f'There is no {kind} "{name}" in namespace "{namespace}" of {client.server}; correct the name or the kind.'
            )
        outcome = refused(client, namespace, live)
        return Seen(outcome, len(live.pods), () if outcome else tuple(_failures(client, namespace, live)), live)

    seen = wait.until(look, lambda seen: seen.refusal is not None or seen.pods > 0, params["wait_timeout"])
    if seen.refusal:
        judged = None if seen.live is None else second_opinion(client, namespace, seen.live, seen.refusal["message"])
        return {"verdict": "refused", **seen.refusal, "engine": judged}
    return {
        "verdict": "admitted" if seen.pods else "unknown",
        "msg": _no_refusal(kind, name, namespace, seen),
        "scc": None,
        "violations": [],
        "alternatives": {},
        "unusable_sccs": [],
        "message": seen.other[0].message if seen.other else "",
        "source": None,
        "engine": None,
    }


def _no_refusal(kind: str, name: str, namespace: str, seen: Seen) -> str:
    where = f"{kind} {name} in namespace {namespace}"
    if seen.pods:
        pods = seen.live.pods if seen.live else ()
        texts = [text for pod in pods for _reason, text in rollout.hindrances(pod)]
        admitted = f"The pods of {where} are admitted; there are {seen.pods}."
        return f"{admitted} Not all of them run: {'; '.join(texts)}" if texts else admitted
    if seen.other:
        return f"The pods of {where} cannot be created, but not for their security context: {seen.other[0].message}"
    return f"{where} has no pods, and no refusal is recorded (yet)."


def refused(client: Client, namespace: str, live: workload.Workload) -> dict[str, Any] | None:
    """The admission refusal of a workload's pods with its violations, None if none is recorded."""
    found = refusal_of(_failures(client, namespace, live))
    if found is None:
        return None
    witness, refusal = found
    metadata = live.template.get("metadata") or {}
    pinned = (metadata.get("annotations") or {}).get(REQUIRED_SCC, "")
    pod = live.template.get("spec") or {}
    place = Place(namespace, pod.get("serviceAccountName") or "default", pod)
    outcome = report(refusal, place, pinned)
    text = sentence(live.kind, live.live["metadata"]["name"], namespace, outcome)
    source = {"type": witness.source, "kind": witness.kind, "name": witness.name, "time": witness.time}
    return {"msg": text, **outcome, "message": refusal.text, "source": source}


def second_opinion(client: Client, namespace: str, live: workload.Workload, message: str) -> dict[str, Any]:
    """The engine's own verdict on the pods, and whether it is what the cluster said.

    ``agrees`` compares what both refuse, since the wording of values differs between releases of Kubernetes; it is none where too
    little can be read for a verdict, or for a difference to mean anything. The remedies have been tried on the engine, unlike the
    ways out that are read from the message.
    """
    name = re.search(r'pods "([^"]*)" is forbidden', message)
    metadata = {**(live.template.get("metadata") or {}), "generateName": name[1] if name else ""}
    pod = {"metadata": metadata, "spec": live.template.get("spec") or {}}
    workload_name = live.live["metadata"]["name"]
    source = PodSource(live.kind, workload_name, namespace, "spec.template", pod, REQUESTERS[live.kind])
    try:
        facts = Live(client, {}).facts(namespace)
        verdict = explain(source, facts)
    except TritonError as error:
        # What the cluster said stands without it.
        unknown = {"verdict": None, "message": "", "causes": [], "remedies": [], "notes": [error.message]}
        return {"agrees": None, **unknown}
    said, predicted = parse(message), parse(verdict["message"])
    same = verdict["verdict"] == REFUSED and _refused_things(said) == _refused_things(predicted)
    # What was assumed in the place of something that may not be read can be what differs.
    agrees = True if same else None if facts.notes else False
    return {"agrees": agrees, **{key: verdict[key] for key in ("verdict", "message", "causes", "remedies", "notes")}}


def _refused_things(refusal: Refusal) -> tuple[Any, ...]:
    """What a refusal comes to, whatever Kubernetes prints for the values."""
    return {(one.policy, one.path, one.reason) for one in refusal.violations}, set(refusal.unusable)


def without_pods(client: Client, namespace: str, live: workload.Workload) -> tuple[str, bool]:
    """Why a workload gets no further pods though no SCC refuses them, and whether waiting cannot help; "" where nothing is recorded."""
    found = _failures(client, namespace, live)
    if not found:
        return "", False
    message = found[0].message
    what = f"the pods of {live.kind} {live.live['metadata']['name']} in namespace {namespace}"
    room = no_room(message, what)
    return room or f"The cluster does not let {what} be created: {message}", bool(room) and lasting(message)


def _failures(client: Client, namespace: str, live: workload.Workload) -> list[Witness]:
    """Conditions tell the present; events tell the past as well, so they count only while no pod is there."""
    in_conditions = witnesses(live.creators, ())
    if in_conditions or live.pods:
        return in_conditions
    return witnesses((), workload.failed_creates(client, namespace, live.creators))
