# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came of the comparison, for people and to be shared: no credentials, and no names of cluster, user and namespace unless
they are wanted. Each disagreement is a case that `bin/scc-explain --batch` reads. Pure.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.inferops.triton.plugins.module_utils._kube.security import Confirmation
from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Authorizer, Subject, service_account
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Decision
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import ANY, parse

from .compare import AGREE, DISAGREE, NOT_JUDGED, Outcome
from .pods import Shape

ALLOCATIONS = "openshift.io/sa.scc."
MESSAGES = (
    "Messages are compared in the form of Kubernetes 1.34 and later; values that an older server prints in Go syntax are "
    "turned into it."
)

WEBHOOKS = (
    "Fields may also differ because a webhook of the cluster changes security contexts: look at who wrote them first."
)


@dataclass(frozen=True)
class Compared:
    """One pod, asked for by one requester; ``certain``: nobody's rights were assumed for it."""

    shape: Shape
    requester: str
    seen: Mapping[str, Any]
    predicted: Decision
    answered: Confirmation
    outcome: Outcome
    certain: bool

    @property
    def failed(self) -> bool:
        """Whether the engine is wrong: not where the rights that it was given may be wrong."""
        return self.outcome.kind == DISAGREE and self.certain

    @property
    def column(self) -> str:
        """Where the table counts it."""
        if self.outcome.kind == DISAGREE:
            return "disagree" if self.certain else "rights unknown"
        return self.outcome.what if self.outcome.kind == AGREE else NOT_JUDGED


COLUMNS = ("admitted", "refused", "disagree", "rights unknown", NOT_JUDGED)


@dataclass(frozen=True)
class Report:
    """All that is known after a run; ``names`` are those that stay out of what is shared unless ``with_names``."""

    seed: int
    version: str
    names: Mapping[str, str]
    with_names: bool
    annotations: Mapping[str, str]
    sccs: Sequence[Mapping[str, Any]]
    grants: Authorizer
    subjects: Mapping[str, Subject]
    left_out: Mapping[str, str]
    unread: Sequence[str]
    compared: Sequence[Compared]

    @property
    def judged(self) -> list[Compared]:
        """Those about which SCC admission and the engine both decided."""
        return [one for one in self.compared if one.outcome.kind == AGREE or one.failed]

    @property
    def failed(self) -> list[Compared]:
        """The disagreements."""
        return [one for one in self.compared if one.failed]

    @property
    def undecided(self) -> list[Compared]:
        """What differs and rests on rights that could not be asked for."""
        return [one for one in self.compared if one.outcome.kind == DISAGREE and not one.certain]

    def as_dict(self) -> dict[str, Any]:
        """For the JSON file."""
        return {
            **({"names": dict(self.names)} if self.with_names else {}),
            "version": self.version,
            "seed": self.seed,
            "pods": len({id(one.shape) for one in self.compared}),
            "pods_judged": len({id(one.shape) for one in self.judged}),
            "cases": len(self.judged),
            "failed": len(self.failed),
            "counts": {name: dict(counts) for name, counts in self.counts().items()},
            "not_judged": dict(self.not_judged()),
            "admitted_by": dict(self.admitted_by()),
            "asked_as": list(self.subjects),
            "left_out": {name: self.hidden(reason) for name, reason in self.left_out.items()},
            "unread": [self.hidden(sentence) for sentence in self.unread],
            "messages": MESSAGES,
            "sccs": {scc["metadata"]["name"]: _bare(scc) for scc in self.sccs},
            "disagreements": [self.case(one) for one in self.failed],
            "rights_unknown": [self.case(one) for one in self.undecided],
            "compared": [
                {"pod": one.shape.label, "as": one.requester, "outcome": one.outcome.kind, "what": one.outcome.what}
                for one in self.compared
            ],
        }

    def counts(self) -> dict[str, Counter[str]]:
        """Requester -> how often what came out."""
        return {name: Counter(one.column for one in self.compared if one.requester == name) for name in self.subjects}

    def not_judged(self) -> Counter[str]:
        """By whom pods were judged in place of SCC admission."""
        return Counter(one.outcome.what for one in self.compared if one.outcome.kind == NOT_JUDGED)

    def admitted_by(self) -> Counter[str]:
        """How many pods which SCC admitted."""
        return Counter(one.answered.scc or "none" for one in self.judged if one.answered.pod is not None)

    def hidden(self, text: str) -> str:
        """A text without the names that are nobody's business."""
        if self.with_names:
            return text
        found = [(self.names["server"], "SERVER"), (urlsplit(self.names["server"]).netloc, "SERVER")]
        found += [(value, name.upper()) for name, value in self.names.items() if name != "server"]
        for value, placeholder in sorted(found, key=lambda pair: -len(pair[0])):
            if value:
                text = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", placeholder, text)
        return text

    def case(self, one: Compared) -> dict[str, Any]:
        """A comparison as a case of the batch format, with both answers."""
        namespace, account = self._name("namespace"), one.seen["spec"]["serviceAccountName"]
        annotations = {key: value for key, value in self.annotations.items() if key.startswith(ALLOCATIONS)}
        subject = self.subjects[one.requester]
        name = self._name("user") if subject.name == self.names["user"] else subject.name
        usable = {
            name: self._usable(subject),
            service_account(namespace, account).name: self._usable(service_account(self.names["namespace"], account)),
        }
        predicted, answered = one.predicted, one.answered
        return {
            "id": f"{one.shape.label}, as {one.requester}",
            "pod": {**one.seen, "metadata": {**one.seen["metadata"], "namespace": namespace}},
            "namespace": {"metadata": {"name": namespace, "annotations": annotations}},
            "sccs": [scc["metadata"]["name"] for scc in self.sccs],
            "user": {"name": name},
            "usable": usable,
            "differs": one.outcome.what,
            "engine": _answer(predicted.pod, predicted.scc, self.hidden(predicted.message)),
            "cluster": _answer(answered.pod, answered.scc, self.hidden(answered.message), answered.by),
        }

    def _name(self, what: str) -> str:
        return self.names[what] if self.with_names else what.upper()

    def _usable(self, subject: Subject) -> list[str] | str:
        """What a subject may use, by the lists in the SCCs too, so that those stay out of the report."""
        granted = self.grants.granted(subject)
        if granted is None:
            return ANY
        read = [parse(scc) for scc in self.sccs]
        listed = {scc.name for scc in read if subject.name in scc.users or not scc.groups.isdisjoint(subject.groups)}
        return sorted(granted | listed)


def _answer(pod: Mapping[str, Any] | None, scc: str, message: str, by: str = "") -> dict[str, Any]:
    """What one of the two says: the pod as admitted, or why it is refused."""
    found: dict[str, Any] = {"allowed": pod is not None, **({"by": by} if by else {})}
    if pod is None:
        return {**found, "message": message}
    spec = pod.get("spec") or {}
    containers = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    return {
        **found,
        "scc": scc,
        "annotations": (pod.get("metadata") or {}).get("annotations") or {},
        "securityContext": spec.get("securityContext") or {},
        "containers": {one.get("name"): one.get("securityContext") for one in containers},
    }


def _bare(scc: Mapping[str, Any]) -> dict[str, Any]:
    """An SCC without the names of people, and without what only its server needs."""
    fields = {
        key: value for key, value in scc.items() if key not in ("users", "groups", "apiVersion", "kind", "metadata")
    }
    return {"metadata": {"name": scc["metadata"]["name"]}, **fields}


def table(report: Report) -> str:
    """The report for the terminal."""
    parts = [_head(report), _grid(report), _listing("not judged by SCC admission, but by", report.not_judged())]
    parts.append(_listing("admitted by", report.admitted_by()))
    notes = [f"not asked as {name}: {reason}" for name, reason in report.left_out.items()]
    notes += [WEBHOOKS] if any("fields" in one.outcome.what for one in report.failed) else []
    parts += [*notes, *report.unread]
    for title, found in (("DISAGREEMENT", report.failed), ("DIFFERS, BUT RIGHTS ARE UNKNOWN", report.undecided)):
        parts += [f"\n{title}: {json.dumps(report.case(one), indent=2)}" for one in found]
    return "\n".join(part for part in parts if part)


def markdown(report: Report) -> str:
    """The report as a document."""
    data = report.as_dict()
    verdict = "no disagreement" if not data["failed"] else f"{data['failed']} disagreements"
    summary = (
        f"{data['pods']} pods (seed {data['seed']}), {data['pods_judged']} of them judged by SCC admission: "
        f"{data['cases']} comparisons, {verdict}. {data['version']}, {len(report.sccs)} SCCs."
    )
    lines = [
        "# SCC engine and cluster",
        "",
        summary,
        "",
        *([f"{name}: {value}  " for name, value in report.names.items()] if report.with_names else []),
        "Nothing was written to the cluster: every pod was a dry run. Names of SCCs and service accounts are the cluster's.",
        "",
        f"| as | {' | '.join(COLUMNS)} |",
        f"| --- |{' ---: |' * len(COLUMNS)}",
        *(
            f"| {name} | {' | '.join(str(counts[column]) for column in COLUMNS)} |"
            for name, counts in report.counts().items()
        ),
        "",
        *(f"- not asked as {name}: {reason}" for name, reason in data["left_out"].items()),
        *(f"- {sentence}" for sentence in data["unread"]),
        f"- {_listing('not judged by SCC admission, but by', report.not_judged()) or 'all pods were judged by SCC admission'}",
        f"- {_listing('admitted by', report.admitted_by()) or 'no pod was admitted'}",
        f"- {MESSAGES}",
        *([f"- {WEBHOOKS}"] if any("fields" in one.outcome.what for one in report.failed) else []),
    ]
    for title, cases in (
        ("Disagreement", data["disagreements"]),
        ("Differs, but rights are unknown", data["rights_unknown"]),
    ):
        for case in cases:
            lines += ["", f"## {title}: {case['id']}", "", "```json", json.dumps(case, indent=2), "```"]
    return "\n".join(lines) + "\n"


def _head(report: Report) -> str:
    return f"\n{len({id(one.shape) for one in report.compared})} pods, seed {report.seed}, {report.version}, " + (
        f"{len(report.sccs)} SCCs. {MESSAGES}\n"
    )


def _grid(report: Report) -> str:
    rows = [("as", *COLUMNS)]
    rows += [(name, *(str(counts[column]) for column in COLUMNS)) for name, counts in report.counts().items()]
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def _listing(title: str, counts: Mapping[str, int]) -> str:
    found: Iterable[tuple[str, int]] = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return f"{title}: {', '.join(f'{name} {count}' for name, count in found)}" if counts else ""
