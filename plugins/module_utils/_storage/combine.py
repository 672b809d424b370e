# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the plans of several repositories to one pod: what they share is there once, and what clashes is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._triton.findings import Finding
from .base import Object, Plan, Target
from .cloud import clash, united
from .quantity import added

DIGEST_ANNOTATION = "triton.inferops/models-digest"
# The chart's own room in /tmp, for everything but the models.
OWN_SCRATCH = "1Gi"
# Why a bucket is not read before the release.
BY_FILE = "its credentials lie in a cloud credential file, which only Triton reads"


@dataclass(frozen=True, slots=True)
class Combined:
    """All repositories together: objects to write, values of the bundled chart, and what there is to say."""

    definitions: tuple[Object, ...]
    cluster_definitions: tuple[Object, ...]
    chart_values: Object
    models: tuple[str, ...]
    models_known: bool
    bound: tuple[str, ...]
    uploads: tuple[Object, ...]
    probes: tuple[Object, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...]


def combine(plans: Sequence[Plan], target: Target) -> Combined:
    """What the repositories come to together.

    :raises TritonError: two repositories that cannot share a pod.
    """
    access = united(plans, target)
    every = (*plans, access) if access else tuple(plans)
    return Combined(
        tuple(definition for plan in every for definition in plan.definitions),
        tuple(definition for plan in every for definition in plan.cluster_definitions),
        _values(plans, every),
        tuple(model for plan in every for model in plan.models),
        bool(plans) and all(plan.models for plan in plans),
        tuple(claim for plan in every for claim in plan.bound),
        _uploads(plans),
        _probes(plans),
        tuple(dict.fromkeys(note for plan in every for note in plan.notes)),
        tuple(dict.fromkeys(warning for plan in every for warning in plan.warnings)),
        tuple(finding for plan in every for finding in plan.findings),
    )


def _uploads(plans: Sequence[Plan]) -> tuple[Object, ...]:
    """What has to be uploaded; a claim holds the versions of one repository, so that none removes another's."""
    owners: dict[str, str] = {}
    for plan in plans:
        if plan.upload is not None:
            owner = owners.setdefault(plan.upload["claim"], plan.entry["name"])
            if owner != plan.entry["name"]:
                raise TritonError(
                    f"Repositories {owner} and {plan.entry['name']} are both uploaded into claim {plan.upload['claim']}; give each a claim "
                    "of its own."
                )
    return tuple(plan.upload for plan in plans if plan.upload is not None)


def _probes(plans: Sequence[Plan]) -> tuple[Object, ...]:
    """Which buckets are to be read before the release; beside a cloud credential file nothing else has credentials."""
    by_file = {"left_out": BY_FILE} if any(plan.cloud and plan.cloud.file for plan in plans) else {}
    return tuple({**plan.probe, **by_file} for plan in plans if plan.probe is not None)


def chart_values(plans: Sequence[Plan]) -> dict[str, Any]:
    """Values of the bundled chart for repositories that lie in no bucket."""
    return _values(plans, plans)


def _values(repositories: Sequence[Plan], plans: Sequence[Plan]) -> dict[str, Any]:
    """The plans as values of the bundled chart; changed models change an annotation, which rolls the pods.

    Without a plan the chart's own default stands: an empty repository.
    """
    values: dict[str, Any] = {"modelRepositories": [plan.entry for plan in repositories]} if repositories else {}
    for key, items in (
        ("env", _once(plans, "env", "name", "environment variable")),
        ("extraVolumes", _once(plans, "volumes", "name", "volume")),
        ("extraVolumeMounts", _once(plans, "mounts", "mountPath", "mount path")),
        ("initContainers", _once(plans, "init_containers", "name", "init container")),
    ):
        if items:
            values[key] = items
    annotations = _merged(plans, "pod_annotations", "pod annotation")
    digests = [plan.digest for plan in plans if plan.digest]
    if digests:
        annotations[DIGEST_ANNOTATION] = hashlib.sha256("".join(digests).encode()).hexdigest()
    labels = _merged(plans, "pod_labels", "pod label")
    identity = _merged(plans, "service_account_annotations", "annotation of the service account")
    groups = sorted({group for plan in plans for group in plan.supplemental_groups})
    scratch = [plan.scratch for plan in plans if plan.scratch]
    return {
        **values,
        **({"podAnnotations": annotations} if annotations else {}),
        **({"podLabels": labels} if labels else {}),
        **({"serviceAccount": {"annotations": identity}} if identity else {}),
        **({"podSecurityContext": {"supplementalGroups": groups}} if groups else {}),
        **({"scratch": {"sizeLimit": added([OWN_SCRATCH, *scratch])}} if scratch else {}),
    }


def _once(plans: Sequence[Plan], field: str, key: str, word: str) -> list[Object]:
    """The items of all plans, each name once.

    :raises TritonError: two repositories give one name different contents.
    """
    seen: dict[str, tuple[Object, str]] = {}
    for plan in plans:
        for item in getattr(plan, field):
            other, owner = seen.setdefault(item[key], (item, plan.entry["name"]))
            if other != item:
                raise clash(owner, plan.entry["name"], f"{word} {item[key]}")
    return [item for item, _owner in seen.values()]


def _merged(plans: Sequence[Plan], field: str, word: str) -> dict[str, str]:
    seen: dict[str, tuple[str, str]] = {}
    for plan in plans:
        items: Mapping[str, str] = getattr(plan, field)
        for key, value in items.items():
            other, owner = seen.setdefault(key, (value, plan.entry["name"]))
            if other != value:
                raise clash(owner, plan.entry["name"], f"{word} {key}")
    return {key: value for key, (value, _owner) in seen.items()}
