# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the admission refusal of a workload in what the cluster keeps of it: conditions and events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .locate import locate
from .message import UNUSABLE, Refusal, Violation, is_admission, parse
from .ways_out import Place, ways_out

MAIN_POLICIES = ("restricted-v2", "restricted")


@dataclass(frozen=True, slots=True)
class Witness:
    """Where a message stands: ``source`` is condition or event, ``time`` RFC 3339 text, "" if unknown."""

    source: str
    kind: str
    name: str
    message: str
    time: str = ""


def witnesses(objects: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]) -> list[Witness]:
    """All messages about pods that could not be created, newest first, conditions before events of the same time."""
    found = []
    for item in objects:
        for condition in (item.get("status") or {}).get("conditions") or ():
            if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
                time = condition.get("lastTransitionTime") or ""
                found.append(_witness("condition", item.get("kind"), item["metadata"]["name"], condition, time))
    for event in events:
        if event.get("reason") == "FailedCreate":
            involved = event.get("involvedObject") or {}
            time = (
                event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp") or ""
            )
            found.append(_witness("event", involved.get("kind"), involved.get("name"), event, time))
    return sorted(found, key=lambda witness: witness.time, reverse=True)


def _witness(source: str, kind: Any, name: Any, holder: Mapping[str, Any], time: str) -> Witness:
    return Witness(source, str(kind or ""), str(name or ""), str(holder.get("message", "")), time)


def report(refusal: Refusal, place: Place, pinned: str = "") -> dict[str, Any]:
    """A refusal as a list of violations with their ways out.

    Violations are those of one SCC (the pinned one, else restricted-v2, else the first that answered) and those that the
    message attributes to none; what other usable SCCs refuse is kept apart under ``alternatives``. Where no SCC may be used
    at all, that is the violation.
    """
    refused = refusal.violations or tuple(Violation(name, "", "", UNUSABLE) for name in refusal.unusable)
    policies = list(dict.fromkeys(violation.policy for violation in refused if violation.policy))
    # An SCC that refuses nothing but volumes is not named by the message, since volume errors are merged.
    merged = any(violation.path and not violation.policy for violation in refused)
    tried = [name for name in (pinned, *MAIN_POLICIES) if name and merged and name not in refusal.unusable]
    main = next((name for name in (pinned, *MAIN_POLICIES) if name in (*policies, *tried)), (*policies, "")[0])
    violations: list[dict[str, Any]] = []
    alternatives: dict[str, list[dict[str, Any]]] = {}
    for violation in refused:
        entry = {
            "scc": violation.policy or None,
            "path": violation.path,
            "where": locate(violation.path, place.pod) if violation.path else "",
            "field": violation.field,
            "value": violation.value,
            "reason": violation.reason,
            "ways_out": [way.as_dict() for way in ways_out(violation, place)],
        }
        if violation.policy in ("", main):
            violations.append(entry)
        else:
            alternatives.setdefault(violation.policy, []).append(entry)
    return {
        "scc": main or None,
        "violations": violations,
        "alternatives": alternatives,
        "unusable_sccs": list(refusal.unusable),
    }


def sentence(kind: str, name: str, namespace: str, outcome: Mapping[str, Any]) -> str:
    """What a user reads first."""
    causes = "; ".join(
        f"{entry['path'] or 'pod'}{' ' + entry['value'] if entry['value'] else ''}: {entry['reason']}"
        for entry in outcome["violations"]
    )
    by = f" by {outcome['scc']}" if outcome["scc"] else ""
    return f"The pods of {kind} {name} in namespace {namespace} are refused{by}: {causes or 'the admission gives no reason'}."


def refusal_of(found: Sequence[Witness]) -> tuple[Witness, Refusal] | None:
    """The newest admission refusal among the witnesses, taken apart."""
    for witness in found:
        if is_admission(witness.message):
            return witness, parse(witness.message)
    return None
