# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a chart to one that is adapted to the cluster: rendered, adapted, judged, and made a chart again."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._adapt.choices import OMIT
from .._adapt.pods import Wish
from .._adapt.step import Refusal, Step
from .._adapt.whole import Wishes, adapt_whole
from .._chart import derived
from .._chart.checksums import summed
from .._chart.random_values import Settled, settle
from .._errors import TritonError
from .._explain.offline_facts import EXAMPLE
from .._helm.program import Program
from .._kube.client import ApiError, Client
from .._kube.facts import Unread, read_namespace, storage_classes
from .._kube.resources import served_kinds
from .._kube.storage import Look
from .._release import chart as charts
from .._release import helm_failure, undecidable
from .._release.helm_command import Target
from .._release.objects import Key, Manifest, hook_of, key_of, parse
from .._release.stored import UNINSTALLED, Stored
from .._scc.namespace import MCS, SUPPLEMENTAL_GROUPS, UID_RANGE
from .._storage.base import Found, StorageClass
from .._storage.base import Target as Place
from .rendering import Rendering
from .scc_facts import Live

# Another number has releases that a changed collection would adapt otherwise looked at anew.
RULES = 2
_ENFORCED = "pod-security.kubernetes.io/"


@dataclass(frozen=True, slots=True)
class Adapting:
    """What is wanted of the adaptation, and what of the namespace it hangs on."""

    wishes: Wishes
    options: Mapping[str, Any]
    facts: Mapping[str, Any]

    @property
    def mark(self) -> list[Any]:
        """What belongs into the fingerprint of a release."""
        return [RULES, self.options, self.facts]


@dataclass(frozen=True, slots=True)
class Derived:
    """A chart of adapted objects.

    ``report``: what was changed, for results; ``undecided``: sentences about what nobody can tell beforehand; ``random_notes``: its notes are
    others each time.
    """

    files: Mapping[str, bytes]
    metadata: Mapping[str, Any]
    manifest: Manifest
    report: Mapping[str, Any]
    undecided: list[str]
    random_notes: bool = False


def adapting(client: Client, params: Mapping[str, Any], namespace: str, missing: bool) -> Adapting:
    """What is wanted, from the options of a module.

    :param params: scc, style, allow, drop_missing, volumes, image_mirrors, model_values, change_pods and prepared.
    :param missing: whether the namespace is not there yet.
    """
    options: dict[str, Any] = {
        "scc": params.get("scc") or "restricted-v2",
        "style": params.get("style") or OMIT,
        "allow": sorted(params.get("allow") or ()),
        "drop_missing": bool(params.get("drop_missing")),
        "volumes": params.get("volumes") or {},
        "image_mirrors": params.get("image_mirrors") or {},
        "model_values": params.get("model_values") or {},
        "change_pods": params.get("change_pods") is not False,
        "prepared": params.get("prepared") is not False,
    }
    wish = Wish(options["scc"], options["style"], tuple(options["allow"]))
    wishes = Wishes(
        wish if options["change_pods"] else None,
        options["drop_missing"],
        options["volumes"],
        options["image_mirrors"],
        options["model_values"],
    )
    live = {} if missing else _metadata(client, namespace)
    ranges = (UID_RANGE, SUPPLEMENTAL_GROUPS, MCS) if options["style"] != OMIT else ()
    annotations, labels = live.get("annotations") or {}, live.get("labels") or {}
    facts = {
        **{key: annotations[key] for key in ranges if key in annotations},
        **{key: text for key, text in labels.items() if key.startswith(_ENFORCED)},
    }
    return Adapting(wishes, options, facts)


def _metadata(client: Client, namespace: str) -> Mapping[str, Any]:
    try:
        return (read_namespace(client, namespace) or {}).get("metadata") or {}
    except ApiError as error:
        if error.status != 403:
            raise
        return {}


def derive(
    client: Client,
    helm: Program,
    target: Target,
    files: Mapping[str, bytes],
    metadata: Mapping[str, Any],
    values: Mapping[str, Any],
    version: str,
    wanted: Adapting,
    former: Sequence[Mapping[str, Any]],
    *,
    upgrade: bool,
    missing: bool,
    rehash: bool = False,
) -> Derived:
    """Render a chart, adapt what it comes to, and write a chart of the results.

    :param target: the release; ``chart`` is how the user names it.
    :param files: of the chart, by path.
    :param version: Kubernetes'.
    :param former: objects of the release as it is, whose random values stay; none where there is no release.
    :param upgrade: whether the release is there.
    :param missing: whether the namespace is not there yet.
    :param rehash: whether the values are others than those of the release, so that passwords may be, whose hashes have random salt.
    :raises TritonError: the chart cannot be rendered, or what it comes to cannot be adapted.
    """
    kinds = served_kinds(client)
    source = Rendering(helm, target, files, values, (version, kinds), upgrade, missing)
    first = source.rendered()
    second = first
    stored = {key_of(item, target.namespace): item for item in former}
    random = _is_random(files, values)
    if random:
        # What is made of the time is the same within a second.
        time.sleep(1 - time.time() % 1)
        second = source.rendered()
    settled = (
        settle(first.objects, second.objects, stored, target.namespace, rehash)
        if random
        else Settled(tuple(dict(item) for item in first.objects), (), ())
    )
    example = {"metadata": {"name": target.namespace, "annotations": EXAMPLE}}
    known = Live(
        client,
        {
            "namespace": target.namespace,
            "namespace_definition": example if missing else None,
            "wait_timeout": 30,
            # Others will install, upgrade and test it, too.
            "anybody": True,
        },
        [*first.objects, *first.crds],
    )
    whole = adapt_whole(
        [*first.crds, *settled.objects],
        _place(client, target, wanted, missing),
        known,
        lambda version_, kind: (version_, kind) in kinds,
        wanted.wishes,
    )
    if whole.refusals:
        raise refused(whole.refusals, target.chart)
    brought = {key_of(item, target.namespace) for item in first.crds}
    crds = [item for item in whole.objects if key_of(item, target.namespace) in brought]
    rest = [item for item in whole.objects if key_of(item, target.namespace) not in brought]
    objects = summed(rest, settled.to_sum, target.namespace, stored if random else {})
    report: dict[str, Any] = {
        "chart": {key: metadata.get(key) for key in ("name", "version")},
        "changes": [plain(step) for step in whole.steps],
        "cluster_definitions": list(whole.cluster_definitions),
        "undecidable": _undecided(files, objects),
    }
    made = derived.files(files, metadata, objects, crds, first.notes, report)
    return Derived(
        made,
        json.loads(made["Chart.yaml"]),
        Manifest(
            tuple(item for item in objects if not hook_of(item)), tuple(item for item in objects if hook_of(item))
        ),
        report,
        [*report["undecidable"], *_made_anew(settled, stored)],
        first.notes != second.notes,
    )


def _is_random(files: Mapping[str, bytes], values: Mapping[str, Any]) -> bool:
    """Whether the chart may come to something else each time; values may be templates as well."""
    given = [("values.yaml", files.get("values.yaml", b"").decode(errors="replace")), ("values", json.dumps(values))]
    return bool(undecidable.random_templates([*charts.templates(files), *given]))


def _place(client: Client, target: Target, wanted: Adapting, missing: bool) -> Place:
    """Where the volumes of back ends are to be, and what is there."""
    look = Look(client, target.namespace)

    def find(kind: str, name: str) -> Found:
        # In a namespace that is not there yet, nothing is.
        return Found(True) if missing and kind != "PersistentVolume" else look.find(kind, name)

    sized = any(isinstance(one, Mapping) and one.get("claim") for one in wanted.options["volumes"].values())
    classes = storage_classes(client, Unread()) if sized else None
    known = (
        None
        if classes is None
        else [StorageClass(one["name"], one["provisioner"], one["default"], one["expandable"]) for one in classes]
    )
    return Place(target.namespace, target.name, known, find, preparing=not wanted.options["prepared"])


def _undecided(files: Mapping[str, bytes], objects: Iterable[Mapping[str, Any]]) -> list[str]:
    looking = undecidable.looking_templates(charts.templates(files))
    return undecidable.sentences([item for item in objects if hook_of(item)], looking, {})


def _made_anew(settled: Settled, stored: Mapping[Key, Any]) -> Iterator[str]:
    """Random values of objects that the release has, which could not be kept."""
    for key, path in settled.fresh:
        if key in stored:
            yield (
                f"{key[1]} {key[3]} has a random value ({'.'.join(map(str, path))}) that is made anew, since nobody can tell what of the former one "
                "stays."
            )


def plain(step: Step) -> dict[str, Any]:
    """A change, for results."""
    return {
        "kind": step.kind,
        "name": step.name,
        "namespace": step.namespace,
        "path": step.path,
        "before": step.before,
        "after": step.after,
        "reason": step.reason,
        "warning": step.warning,
    }


def refused(refusals: Sequence[Refusal], chart: str) -> TritonError:
    """Why a chart cannot be adapted, and the ways out."""
    sentences = [
        f"{one.kind} {one.name}: {'; '.join(one.reasons).rstrip('.') or 'it is admitted as it is, but not as asked'}."
        for one in refusals
    ]
    sccs = [f"{one.kind} {one.name}: {one.scc['metadata']['name']}" for one in refusals if one.scc is not None]
    hint = (
        f" As it is, the smallest SCC that admits it is the one in the result's refusals ({', '.join(sccs)}), which an administrator may make."
        if sccs
        else ""
    )
    return TritonError(
        f"Chart {chart} cannot be adapted safely. {' '.join(sentences)}{hint} {helm_failure.UNWRITTEN}",
        refusals=[
            {"kind": one.kind, "name": one.name, "reasons": list(one.reasons), "scc": one.scc} for one in refusals
        ],
    )


def stored_chart(newest: Stored) -> dict[str, bytes]:
    """The files of the chart that helm keeps with a revision, as far as rendering needs them."""
    kept = newest.release.get("chart") or {}
    parts = [*(kept.get("templates") or ()), *(kept.get("files") or ())]
    files = {str(one["name"]): base64.b64decode(one.get("data") or "") for one in parts}
    return {
        **files,
        "Chart.yaml": json.dumps(kept.get("metadata") or {}).encode(),
        "values.yaml": json.dumps(kept.get("values") or {}).encode(),
    }


def stored_report(newest: Stored | None) -> dict[str, Any]:
    """What was changed in the chart of a revision; {} where nothing was."""
    if newest is None:
        return {}
    try:
        found = json.loads(stored_chart(newest).get(derived.CHANGES, b"{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def former_objects(newest: Stored | None) -> list[Mapping[str, Any]]:
    """The objects of a release as it is, hooks among them."""
    if newest is None or newest.status == UNINSTALLED:
        return []
    found = parse([newest.manifest, *newest.hooks], "the stored manifest")
    return [*found.objects, *found.hooks]
