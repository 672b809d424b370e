# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What adapting manifests comes to, as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._adapt.step import Refusal, Step
from .._adapt.whole import Whole
from .._adapt.words import source, words
from .text import WIDTH

Verdict = Mapping[str, Any]
_STEP = ("kind", "name", "namespace", "path", "before", "after", "reason", "warning")
# Kind, name and namespace of an object.
Named = tuple[str, str, str]


def adapted(before: Sequence[Verdict], found: Whole, after: Sequence[Verdict]) -> str:
    """Each object with its verdict before, its changes with their reasons, and its verdict after; then a line that counts.

    :param before: verdicts on the pods of the objects as they are.
    :param after: the same of the adapted ones, in the same order where nothing was left out.
    """
    then = {_key(verdict): verdict for verdict in after}
    lines: list[str] = []
    of_pods = {_key(verdict)[:3] for verdict in before}
    for one in _others(found, of_pods):
        lines += [f"{one[0]} {one[1]}", *_changes(found, one), ""]
    for verdict in before:
        one = _key(verdict)[:3]
        lines.append(f"{one[0]} {one[1]} (namespace {one[2]})")
        lines += _wrapped(f"before: {_words(verdict)}", "  ")
        lines += _changes(found, one)
        last = then.get(_key(verdict))
        if last is not None and one in map(_object, found.steps):
            lines += _wrapped(f"after: {_words(last)}", "  ")
        lines.append("")
    lines += [f"Note: {note}" for note in dict.fromkeys(note for verdict in before for note in verdict["notes"])]
    lines += [f"Claim to make: {one.claim}, for {source(one.source)} of {one.kind} {one.name}" for one in found.storage]
    lines.append(f"{_count(len(found.steps), 'change')}, {_count(len(found.refusals), 'refusal')}")
    return "\n".join(lines)


def plain(before: Sequence[Verdict], found: Whole, after: Sequence[Verdict]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "before": list(before),
        "after": list(after),
        "changes": [{name: getattr(step, name) for name in _STEP} for step in found.steps],
        "refusals": [
            {
                "kind": one.kind,
                "name": one.name,
                "namespace": one.namespace,
                "reasons": list(one.reasons),
                "scc": one.scc,
            }
            for one in found.refusals
        ],
        "claims": [
            {"name": one.claim, "namespace": one.namespace, "volume": one.source, "kind": one.kind, "of": one.name}
            for one in found.storage
        ],
        "objects": list(found.objects),
    }


def _key(verdict: Verdict) -> tuple[str, str, str, str]:
    return str(verdict["kind"]), str(verdict["name"]), str(verdict["namespace"]), str(verdict["path"])


def _object(one: Step | Refusal) -> Named:
    return one.kind, one.name, one.namespace


def _others(found: Whole, of_pods: set[Named]) -> list[Named]:
    """Objects without pods of which there is something to say."""
    every = [*map(_object, found.steps), *map(_object, found.refusals)]
    return [one for one in dict.fromkeys(every) if one not in of_pods]


def _words(verdict: Verdict) -> str:
    # What the sentence begins with stands above already.
    return str(verdict["msg"]).partition(": ")[2]


def _changes(found: Whole, one: Named) -> Iterator[str]:
    for step in found.steps:
        if _object(step) == one:
            yield from _change(step)
    for refusal in found.refusals:
        if _object(refusal) == one:
            yield from _refusal(refusal)


def _change(step: Step) -> Iterator[str]:
    yield from _wrapped(words(step), "    ", "- ")
    if step.warning:
        yield from _wrapped(step.warning, "      ")


def _refusal(refusal: Refusal) -> Iterator[str]:
    for text in refusal.reasons:
        yield from _wrapped(f"not changed: {text}", "    ", "- ")
    if refusal.scc is not None:
        yield from _wrapped(
            f"The smallest SCC that admits it as it is: {refusal.scc['metadata']['name']} (--format json shows it).",
            "    ",
        )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _wrapped(text: str, indent: str, lead: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent + lead,
        subsequent_indent=indent + " " * (len(lead) or 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
