# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one SCC is chosen, and what the messages look like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import rule
from .view import REFUSED, View

CHOSEN = "openshift.io/scc"


def _old_choice(v: View) -> str | None:
    choice = v.notes.get(CHOSEN)
    return choice if isinstance(choice, str) else None


@rule(
    "create",
    "A new pod gets the first SCC that passes, even if it changes the pod.",
    "unchanged",
    "changed",
    "none passes",
)
def _create(v: View) -> Iterator[str]:
    if v.create and v.tested:
        if v.refused:
            yield "none passes"
        else:
            changed = any(before != after for before, after in v.pairs) or v.context != v.out_context
            yield "changed" if changed else "unchanged"


@rule("passed-over", "SCCs that refuse the pod are passed over.", "another chosen")
def _passed_over(v: View) -> Iterator[str]:
    if v.filled and not v.required and v.case.get("usable") == "*" and v.chosen == "privileged":
        yield "another chosen"


@rule("update", "An update needs an SCC that changes nothing.", "passes", "needed change refused", "refused otherwise")
def _update(v: View) -> Iterator[str]:
    if v.update and v.tested and not v.validate and v.case.get("subresource") != "ephemeralcontainers":
        if v.allowed:
            yield "passes"
        else:
            yield "needed change refused" if v.listed == "<nil>" else "refused otherwise"


@rule("ephemeral", "For ephemeralcontainers, only those may change.", "changed", "passes unchanged", "refused")
def _ephemeral(v: View) -> Iterator[str]:
    if v.update and v.tested and not v.validate and v.case.get("subresource") == "ephemeralcontainers":
        if v.refused:
            yield "refused"
        else:
            kind = "ephemeralContainers"
            before = [one.get("securityContext") for one in v.spec.get(kind) or ()]
            after = [one.get("securityContext") for one in v.out["spec"].get(kind) or ()]
            yield "passes unchanged" if before == after else "changed"


@rule("rewritten", "An update may get another SCC than before.", "rewritten", "the same")
def _rewritten(v: View) -> Iterator[str]:
    if v.update and v.chosen and not v.validate and (old := _old_choice(v)):
        yield "the same" if old == v.chosen else "rewritten"


@rule("forged", "The annotation openshift.io/scc of a new pod is overwritten.", "overwritten")
def _forged(v: View) -> Iterator[str]:
    if v.filled and (old := _old_choice(v)) is not None and old != v.chosen:
        yield "overwritten"


@rule("validate", "Validate permits no change.", "passes", "needed change refused", "refused otherwise")
def _validate(v: View) -> Iterator[str]:
    if v.validate and v.tested:
        if v.allowed:
            yield "passes"
        else:
            yield "needed change refused" if v.listed == "[]" else "refused otherwise"


@rule(
    "hint",
    "Validate tries the SCC of the annotation first.",
    "it passes",
    "another passes",
    "unknown name",
    "none given",
)
def _hint(v: View) -> Iterator[str]:
    if v.validate and v.tested:
        hint = _old_choice(v)
        if not hint:
            yield "none given"
        elif hint not in v.by_name:
            yield "unknown name"
        elif v.chosen:
            yield "it passes" if hint == v.chosen else "another passes"


@rule("hint-order", "The hint comes first in the message; more than twenty SCCs get Go's order.", "few", "many")
def _hint_order(v: View) -> Iterator[str]:
    if v.validate and v.refused and v.tested and _old_choice(v) in v.by_name and not v.required:
        yield "many" if len(v.case["sccs"]) > 20 else "few"


@rule("validate-required", "In Validate, required-scc must equal the annotation.", "refuses", "equal passes")
def _validate_required(v: View) -> Iterator[str]:
    if v.has("does not match the suggested scc/"):
        yield "refuses"
    elif v.validate and v.required and v.chosen:
        yield "equal passes"


@rule("annotations", "Admit writes the SCC's name and for whom it was usable.", "user", "serviceaccount")
def _annotations(v: View) -> Iterator[str]:
    if v.chosen and not v.validate:
        assert v.out_notes[CHOSEN] == v.chosen
        yield str(v.answer["subjectType"])


@rule("names", "Messages name the pod: name, else generateName, else Unknown.", "name", "generateName", "Unknown")
def _names(v: View) -> Iterator[str]:
    if v.refused:
        metadata = v.pod["metadata"]
        yield "name" if metadata.get("name") else "generateName" if metadata.get("generateName") else "Unknown"


@rule("names-quoted", "The pod's name is quoted as Go quotes.", "escaped")
def _names_quoted(v: View) -> Iterator[str]:
    if v.refused and "\\" in v.message.partition(REFUSED)[0]:
        yield "escaped"


@rule("list", "Admit lists failures in brackets, a single one without, none as <nil>.", "several", "one", "none")
def _list(v: View) -> Iterator[str]:
    if v.listed and not v.validate:
        yield "none" if v.listed == "<nil>" else "several" if v.listed.startswith("[") else "one"


@rule("list-validate", "Validate lists failures in brackets, without commas.", "several", "one", "none")
def _list_validate(v: View) -> Iterator[str]:
    if v.listed and v.validate:
        items = len(re.findall(r": (?:Invalid value|Forbidden)(?=:)", v.listed))
        yield "none" if v.listed == "[]" else "several" if items > 1 else "one"


def _repeatable(v: View) -> bool:
    """Whether an item without an SCC's name stands in the message."""
    return bool(re.search(r"(?:^|[\[ ])(?:spec\.volumes|pod\.metadata|pod\.spec)", v.listed))


@rule("merged", "Items without an SCC's name: Admit drops duplicates, Validate keeps them.", "in Admit", "in Validate")
def _merged(v: View) -> Iterator[str]:
    if v.listed and _repeatable(v):
        items = re.findall(
            r"(?:spec\.volumes|pod\.metadata|pod\.spec)[^:]*: (?:Invalid value|Forbidden): .*?(?=, |$| (?:spec|pod|provider))",
            v.listed,
        )
        if v.validate and len(items) > len(set(items)):
            yield "in Validate"
        elif not v.validate:
            yield "in Admit"


@rule("restricted", "A hint tells that restricted would have passed.", "in Admit", "in Validate", "absent")
def _restricted(v: View) -> Iterator[str]:
    if v.has("no access to scc/restricted"):
        yield "in Validate" if v.validate else "in Admit"
    elif v.has('provider "restricted": Forbidden: not usable') and "restricted-v2" in v.by_name:
        yield "absent"


@rule("json-values", "Values of other types are written as JSON.", "list", "null")
def _json(v: View) -> Iterator[str]:
    if v.has("Invalid value: ["):
        yield "list"
    if v.has("Invalid value: null"):
        yield "null"


@rule("quoted-values", "Texts are quoted as Go quotes.", "escaped", "plain")
def _quoted(v: View) -> Iterator[str]:
    for text in re.findall(r'Invalid value: "((?:[^"\\]|\\.)*)"', v.message):
        yield "escaped" if "\\" in text else "plain"


@rule("usable-forms", "`usable` has three forms.", "*", "list", "object", "nothing")
def _usable(v: View) -> Iterator[str]:
    if v.tested:
        usable = v.case.get("usable")
        if not usable:
            yield "nothing"
        else:
            yield "*" if usable == "*" else "list" if isinstance(usable, list) else "object"
