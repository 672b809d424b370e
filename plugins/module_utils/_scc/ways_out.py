# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can do about a violation, in order of privilege: change the pod, change the storage, ask for a grant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .locate import locate
from .message import UNUSABLE, Violation
from .namespace import MCS, SUPPLEMENTAL_GROUPS, UID_RANGE

POD, STORAGE, GRANT = "pod", "storage", "grant"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the refused pod was to run; ``service_account`` is a name inside the namespace, ``pod`` its specification."""

    namespace: str
    service_account: str = "default"
    pod: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WayOut:
    """``change``: pod, storage or grant; ``text``: what to do, ready to be carried out."""

    change: str
    text: str

    def as_dict(self) -> dict[str, str]:
        """For a module's result."""
        return {"change": self.change, "text": self.text}


def grant(scc: str, place: Place) -> str:
    """The command by which an administrator lets the service account use an SCC."""
    return f"oc adm policy add-scc-to-user {scc} -z {place.service_account} -n {place.namespace}"


def ways_out(violation: Violation, place: Place) -> list[WayOut]:
    """The ways out of one violation, least privilege first; never empty."""
    if violation.policy.startswith("PodSecurity") and violation.field == "volumes":
        # No grant exists here: the namespace's level decides for everybody.
        return [way for way in _volume(violation, place) if way.change == STORAGE]
    if violation.policy.startswith("PodSecurity"):
        return [
            WayOut(POD, _POD_SECURITY.get(violation.field, f"Change the pod so that this holds: {violation.reason}."))
        ]
    for text, by_reason in _BY_REASON.items():
        if text in violation.reason:
            return by_reason(violation, place)
    return _BY_FIELD.get(violation.field, _other)(violation, place)


def _unusable(violation: Violation, place: Place) -> list[WayOut]:
    return [
        WayOut(
            POD,
            f"If the pod template demands SCC {violation.policy} by openshift.io/required-scc: remove that annotation.",
        ),
        WayOut(
            GRANT,
            f"Or an administrator lets the service account use {violation.policy} ({grant(violation.policy, place)}).",
        ),
    ]


def _broken_namespace(violation: Violation, place: Place) -> list[WayOut]:
    found = (key for word, key in _ANNOTATIONS.items() if f"pre-allocated {word} " in violation.reason)
    key = next(found, "openshift.io/sa.scc.*")
    return [
        WayOut(
            GRANT,
            f"An administrator corrects annotation {key} of namespace {place.namespace}, or removes it so that OpenShift "
            "allocates a new one; until then every pod of the namespace is refused.",
        )
    ]


def _no_such_scc(_violation: Violation, _place: Place) -> list[WayOut]:
    return [
        WayOut(
            POD, "Set annotation openshift.io/required-scc of the pod template to an SCC that is there, or remove it."
        )
    ]


def _seccomp(violation: Violation, place: Place) -> list[WayOut]:
    where = locate(violation.path, place.pod)
    return [WayOut(POD, f"Set {where} to {{type: RuntimeDefault}}, or remove it: OpenShift then sets what it allows.")]


def _user(violation: Violation, place: Place) -> list[WayOut]:
    numbers = re.search(r"must be in the ranges: \[(\d+), (\d+)\]", violation.reason)
    where = locate(violation.path, place.pod)
    inside = f" from {numbers[1]} to {numbers[2]}" if numbers else " of the namespace's range"
    return [
        WayOut(
            POD,
            f"Remove {where}: {violation.value}; OpenShift then sets a number that it allows.",
        ),
        WayOut(POD, f"Or set it to a number{inside}."),
        WayOut(
            GRANT,
            f"If the image needs user {violation.value}: an administrator lets its service account use nonroot-v2 "
            f"({grant('nonroot-v2', place)}).",
        ),
    ]


def _group(violation: Violation, place: Place) -> list[WayOut]:
    return [
        WayOut(
            POD,
            f"Remove {locate(violation.path, place.pod)}: {violation.value}; OpenShift then sets the group that it allows.",
        ),
        WayOut(
            POD,
            "Or set it to the first ID of the namespace's annotation openshift.io/sa.scc.supplemental-groups "
            f"(kubectl get namespace {place.namespace} -o yaml).",
        ),
        WayOut(
            GRANT,
            f"If files on the volume need group {violation.value}: an administrator lets the service account use nonroot-v2 "
            f"({grant('nonroot-v2', place)}).",
        ),
    ]


def _volume(violation: Violation, place: Place) -> list[WayOut]:
    kind = violation.value or "this kind of"
    claim = WayOut(
        STORAGE,
        f"Replace the {kind} volume at {locate(violation.path, place.pod)} by a PersistentVolumeClaim (persistentVolumeClaim.claimName); the collection "
        "does so with triton_model_repository: {claim: {name: models, size: 10Gi}}.",
    )
    if kind == "nfs":
        return [
            claim,
            WayOut(
                STORAGE,
                "Or keep the NFS export: an administrator makes a PersistentVolume for it, and the pod mounts a claim on that volume, "
                "which restricted-v2 and Pod Security restricted admit.",
            ),
            WayOut(
                GRANT,
                "Or keep it inline: an administrator makes an SCC like restricted-v2 whose volumes include nfs and lets service account "
                f"{place.service_account} of {place.namespace} use it.",
            ),
        ]
    return [
        claim,
        WayOut(
            GRANT,
            f"Or keep it: an administrator makes an SCC like restricted-v2 whose volumes include {kind} and lets service account "
            f"{place.service_account} of {place.namespace} use it.",
        ),
    ]


def _host_users(_violation: Violation, _place: Place) -> list[WayOut]:
    return [
        WayOut(
            POD,
            "Set hostUsers: false in the pod template (user namespaces; the nodes' container runtime must have them).",
        )
    ]


def _escalation(violation: Violation, place: Place) -> list[WayOut]:
    return [WayOut(POD, f"Set {locate(violation.path, place.pod)} to false, or remove it: OpenShift then sets false.")]


def _capability(violation: Violation, place: Place) -> list[WayOut]:
    return [
        WayOut(POD, f"Remove {violation.value} from {locate(violation.path, place.pod)}; Triton needs no capability."),
        WayOut(GRANT, f"Or an administrator makes an SCC that allows {violation.value} for {place.service_account}."),
    ]


def _other(violation: Violation, place: Place) -> list[WayOut]:
    where = locate(violation.path, place.pod) if violation.path else "the pod template"
    return [
        WayOut(POD, f"Change {where} so that the rule holds: {violation.reason}."),
        WayOut(
            GRANT,
            f"Or an administrator makes an SCC that allows it and lets service account {place.service_account} of "
            f"{place.namespace} use it.",
        ),
    ]


_BY_FIELD: Mapping[str, Callable[[Violation, Place], list[WayOut]]] = {
    "runAsUser": _user,
    "fsGroup": _group,
    "supplementalGroups": _group,
    "volumes": _volume,
    "hostUsers": _host_users,
    "allowPrivilegeEscalation": _escalation,
    "add": _capability,
    "capabilities": _capability,
}

_BY_REASON: Mapping[str, Callable[[Violation, Place], list[WayOut]]] = {
    UNUSABLE: _unusable,
    "unable to find pre-allocated ": _broken_namespace,
    "failed to retrieve the required SCC": _no_such_scc,
    "is not an allowed seccomp profile": _seccomp,
}

_ANNOTATIONS = {"uid": UID_RANGE, "mcs": MCS, "group": SUPPLEMENTAL_GROUPS}

_POD_SECURITY = {
    "runAsNonRoot": "Set securityContext.runAsNonRoot: true for the pod, and runAsUser to a number other than 0 if the image runs as root.",
    "allowPrivilegeEscalation": "Set securityContext.allowPrivilegeEscalation: false in every container.",
    "drop": 'Set securityContext.capabilities.drop: ["ALL"] in every container.',
    "type": "Set securityContext.seccompProfile.type: RuntimeDefault for the pod.",
}
