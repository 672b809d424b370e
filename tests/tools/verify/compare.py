# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's answer about a pod beside the cluster's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._kube.security import ADMITTED, UNCONFIRMED, Confirmation
from ansible_collections.inferops.triton.plugins.module_utils._scc import refusers
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import (
    SUBJECT_TYPE,
    VALIDATED_SCC,
    Admission,
    Decision,
    Request,
)
from ansible_collections.inferops.triton.plugins.module_utils._scc.equality import same_spec

AGREE, DISAGREE, NOT_JUDGED = "agree", "disagree", "not judged"
# These have their say after SCC admission has let a pod pass.
_AFTER = frozenset({refusers.POD_SECURITY, refusers.QUOTA, refusers.LIMITS, refusers.POLICY})
_INVALID = re.compile(r'^Pod "[^"]*" is invalid: ')
_CONTAINERS = ("initContainers", "containers")
_SECCOMP = "seccomp.security.alpha.kubernetes.io/"
_GO_LIST = re.compile(r"\[\]\w+\{([^}]*)\}")


@dataclass(frozen=True)
class Outcome:
    """``kind``: agree, disagree or not judged; ``what``: on what, or by whom the pod was judged instead."""

    kind: str
    what: str


def predict(admission: Admission, request: Request) -> Decision:
    """Both phases of SCC admission: the second looks at what the first has made of the pod."""
    decision = admission.admit(request)
    if not decision.allowed or decision.pod is None:
        return decision
    validated = admission.validate(replace(request, pod=decision.pod))
    return decision if validated.allowed else validated


def compare(predicted: Decision, answered: Confirmation, seen: Mapping[str, Any]) -> Outcome:
    """What the two say about a pod.

    :param seen: the pod as it was taken to come to SCC admission.
    """
    if answered.verdict == UNCONFIRMED:
        return Outcome(NOT_JUDGED, "not answered")
    if answered.verdict == ADMITTED:
        return _admitted(predicted, answered, seen)
    if answered.by == refusers.SCC:
        if predicted.allowed:
            return Outcome(DISAGREE, "verdict")
        equal = normalised(predicted.message) == normalised(answered.message)
        return Outcome(AGREE, "refused") if equal else Outcome(DISAGREE, "message")
    passed = answered.by in _AFTER or (answered.by == refusers.VALIDATION and _INVALID.match(answered.message))
    if passed and not predicted.allowed:
        return Outcome(DISAGREE, "verdict")
    return Outcome(NOT_JUDGED, answered.by)


def _admitted(predicted: Decision, answered: Confirmation, seen: Mapping[str, Any]) -> Outcome:
    pod = answered.pod or {}
    if _others_changed(pod, seen):
        return Outcome(NOT_JUDGED, "changed by other admission")
    if not predicted.allowed:
        return Outcome(DISAGREE, "verdict")
    if predicted.scc != answered.scc:
        return Outcome(DISAGREE, "SCC")
    differing = list(differences(predicted.pod or {}, pod))
    return Outcome(DISAGREE, f"fields: {', '.join(differing)}") if differing else Outcome(AGREE, "admitted")


def _others_changed(pod: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    """Whether other admission plugins or webhooks put in what SCC admission judges, such as a sidecar."""
    spec, before = pod.get("spec") or {}, seen["spec"]
    for kind in _CONTAINERS:
        if [one.get("name") for one in spec.get(kind) or ()] != [one["name"] for one in before.get(kind) or ()]:
            return True
    return len(spec.get("volumes") or ()) != len(before.get("volumes") or ())


def differences(predicted: Mapping[str, Any], real: Mapping[str, Any]) -> Iterator[str]:
    """The paths of what SCC admission writes into a pod and that is not the same in both."""
    one, other = predicted.get("spec") or {}, real.get("spec") or {}
    if not same_spec(_context(one), _context(other)):
        yield "spec.securityContext"
    for kind in _CONTAINERS:
        mine, theirs = one.get(kind) or (), other.get(kind) or ()
        if len(mine) != len(theirs):
            yield f"spec.{kind}"
            continue
        for index, (container, counterpart) in enumerate(zip(mine, theirs, strict=True)):
            if not same_spec({kind: [_context(container)]}, {kind: [_context(counterpart)]}):
                yield f"spec.{kind}[{index}].securityContext"
    written, read = _annotations(predicted), _annotations(real)
    for key in sorted(written.keys() | read.keys()):
        if written.get(key) != read.get(key):
            yield f"metadata.annotations[{key}]"


def _context(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"securityContext": fields.get("securityContext")}


def _annotations(pod: Mapping[str, Any]) -> dict[str, str]:
    """Those that SCC admission writes."""
    found = (pod.get("metadata") or {}).get("annotations") or {}
    return {key: value for key, value in found.items() if key in (VALIDATED_SCC, SUBJECT_TYPE) or _SECCOMP in key}


def normalised(message: str) -> str:
    """A message in the form of Kubernetes 1.34 and later, which prints values as JSON; before it was Go syntax."""
    text = _GO_LIST.sub(lambda match: f"[{match[1].replace(', ', ',')}]", message)
    text = re.sub(r"\[\]\w+\(nil\)", "null", text)
    return text.replace('Invalid value: "null"', "Invalid value: null")
