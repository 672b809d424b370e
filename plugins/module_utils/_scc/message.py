# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a refusal back: the text of an admission error -> a list of violations.

The forms are those of OpenShift's SCC admission (apiserver-library-go) and of Pod Security Admission.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SCC_MARK = "unable to validate against any security context constraint: "
POD_SECURITY = re.compile(r'violates PodSecurity "(?P<level>[^"]+)": (?P<items>.*)', re.DOTALL)
_UNUSABLE = re.compile(r'^provider "(?P<scc>[^"]+)": Forbidden: not usable by user or serviceaccount$')
_FIELD = re.compile(
    r"^(?:provider (?P<scc>[^\s:]+): )?(?P<path>\.?(?:spec|pod|containers|initContainers|ephemeralContainers|metadata)[^\s:]*): "
    r"(?P<kind>Invalid value|Forbidden|Required value|Unsupported value): (?P<rest>.*)$",
    re.DOTALL,
)
_ITEM_START = re.compile(
    r'(?:provider "[^"]+": |provider [^\s:"]+: |\.?(?:spec|pod)\.[^\s:]+: |no access to scc/)',
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that the admission refuses.

    ``policy``: name of the SCC, "" where the message names none (volumes), or "PodSecurity LEVEL"; ``path``: the field as
    the message has it, without the leading dot; ``value``: the refused value as text, "" if the message has none;
    ``reason``: the admission's words.
    """

    policy: str
    path: str
    value: str
    reason: str

    @property
    def field(self) -> str:
        """The last part of the path, without index: runAsUser, fsGroup, volumes, ..."""
        return re.sub(r"\[[^\]]*\]$", "", self.path).rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal taken apart; ``unusable`` are the SCCs that neither the service account nor the requester may use."""

    text: str
    violations: tuple[Violation, ...]
    unusable: tuple[str, ...]


def is_admission(text: str) -> bool:
    """Whether the text is a refusal by SCC admission or Pod Security Admission."""
    return SCC_MARK in text or POD_SECURITY.search(text) is not None


def parse(text: str) -> Refusal:
    """Take the text of an admission error apart; items that are not understood are kept, with an empty path."""
    pod_security = POD_SECURITY.search(text)
    if pod_security:
        return Refusal(text, tuple(_pod_security(pod_security["level"], pod_security["items"])), ())
    _head, mark, listing = text.partition(SCC_MARK)
    if not mark:
        return Refusal(text, (Violation("", "", "", text),), ())
    violations: list[Violation] = []
    unusable: list[str] = []
    listing = listing.strip()
    # A single error stands without brackets, and may itself end in one.
    if listing.startswith("["):
        listing = listing.removeprefix("[").removesuffix("]")
    for item in split_items(listing):
        match = _UNUSABLE.match(item)
        if match:
            unusable.append(match["scc"])
        elif not item.startswith("no access to scc/"):
            violations.append(_violation(item))
    return Refusal(text, tuple(violations), tuple(unusable))


def split_items(listing: str) -> Iterator[str]:
    """Split the list of errors; a comma inside an error does not end it, only one before the start of the next does."""
    starts = [0]
    for match in re.finditer(r", ", listing):
        if _ITEM_START.match(listing, match.end()):
            starts.append(match.end())
    for start, end in zip(starts, [*(start - 2 for start in starts[1:]), len(listing)], strict=True):
        if listing[start:end]:
            yield listing[start:end]


def _violation(item: str) -> Violation:
    match = _FIELD.match(item)
    if not match:
        return Violation("", "", "", item)
    value, reason = "", match["rest"]
    if match["kind"] != "Forbidden":
        value, reason = _value(match["rest"])
    return Violation(match["scc"] or "", match["path"].removeprefix("."), value, reason)


def _value(rest: str) -> tuple[str, str]:
    """Split ``VALUE: REASON``; the value is JSON (Kubernetes 1.34 and later) or Go syntax, and may hold colons in quotes."""
    quoted = re.match(r'("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{.*?\}|[^:]*): (.*)', rest, re.DOTALL)
    if not quoted:
        return "", rest
    # A list of one group reads better as the group.
    return re.sub(r"^\[([^,\]]*)\]$", r"\1", quoted[1]).strip('"'), quoted[2]


def _pod_security(level: str, items: str) -> Iterator[Violation]:
    """Items read ``check (container "x" must set securityContext.field=wanted)``, separated by commas."""
    for item in re.split(r", (?=[^()]*(?:\(|$))", items):
        match = re.match(r"(?P<check>[^(]+?)(?: \((?P<why>.*)\))?$", item.strip(), re.DOTALL)
        if match:
            why = match["why"] or match["check"]
            field = re.search(r"securityContext\.[A-Za-z.]+", why)
            path = field[0] if field else "volumes" if "volume" in match["check"] else match["check"]
            kinds = re.findall(r'restricted volume types? ("[^"]+"(?:, "[^"]+")*)', why)
            yield Violation(f"PodSecurity {level}", path, ", ".join(kinds).replace('"', ""), why)
