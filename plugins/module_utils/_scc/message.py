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
# Before any SCC is tried: a broken annotation of the namespace, a pinned SCC that is not there, SCCs that are missing.
_UNTRIED = re.compile(
    r"unable to find pre-allocated (?P<what>uid|mcs|group) annotation for namespace .*?(?=, unable to find |\]?$)"
    r"|(?:failed to retrieve the required SCC|error creating provider for SCC|required scc/|error fetching namespace "
    r"|securitycontextconstraints\.security\.openshift\.io cache is missing|no SecurityContextConstraintsProvider available).*",
    re.DOTALL,
)
UNUSABLE = "not usable by user or serviceaccount"
_UNUSABLE = re.compile(rf'^provider "(?P<scc>[^"]+)": Forbidden: {UNUSABLE}$')
_FIELD = re.compile(
    r"^(?:provider (?P<scc>[^\s:]+): )?(?P<path>\.?(?:spec|pod|containers|initContainers|ephemeralContainers|metadata)[^\s:]*): "
    r"(?P<kind>Invalid value|Forbidden|Required value|Unsupported value): (?P<rest>.*)$",
    re.DOTALL,
)
_ITEM_START = re.compile(
    r'(?:provider "[^"]+": |provider [^\s:"]+: |\.?(?:spec|pod)\.[^\s:]+: |no access to scc/)',
)

# Checks of Pod Security Admission (k8s.io/pod-security-admission/policy) whose reasons name no field.
_CHECKS = {
    "volume": "volumes",
    "runAsUser": "pod.spec.securityContext.runAsUser",
    "hostPort": "containers[*].ports[*].hostPort",
    "sysctl": "pod.spec.securityContext.sysctls",
}


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
    return SCC_MARK in text or POD_SECURITY.search(text) is not None or _UNTRIED.search(text) is not None


def parse(text: str) -> Refusal:
    """Take the text of an admission error apart; items that are not understood are kept, with an empty path."""
    pod_security = POD_SECURITY.search(text)
    if pod_security:
        return Refusal(text, tuple(_pod_security(pod_security["level"], pod_security["items"])), ())
    _head, mark, listing = text.partition(SCC_MARK)
    if not mark:
        return Refusal(text, tuple(Violation("", "", "", cause) for cause in _causes(text) or [text]), ())
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


def _causes(text: str) -> list[str]:
    """Why no SCC was tried; the same cause is given for each SCC, and one of a kind is enough."""
    causes: dict[str, str] = {}
    for match in _UNTRIED.finditer(text):
        causes.setdefault(match["what"] or match[0], match[0])
    return list(causes.values())


def split_items(listing: str) -> Iterator[str]:
    """Split the list of errors; a comma inside an error does not end it, only one before the start of the next does.

    The phase that validates after all mutations separates errors by a blank alone.
    """
    start = 0
    for match in re.finditer(r",? ", listing):
        # After a colon the path of the same error follows.
        if listing[match.start() - 1] != ":" and _ITEM_START.match(listing, match.end()):
            yield listing[start : match.start()]
            start = match.end()
    if listing[start:]:
        yield listing[start:]


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
    # A list of one group reads better as the group, be it JSON or Go: [1000], []int64{1000}.
    value = re.sub(r"^(?:\[\]\w+\{|\[)([^,\]}]*)[\]}]$", r"\1", quoted[1]).strip('"')
    # OpenShift demands an empty SELinux role with nothing after "must be".
    return value, "must be empty" if quoted[2].strip() == "must be" else quoted[2]


def _pod_security(level: str, items: str) -> Iterator[Violation]:
    """Items read ``check (container "x" must set securityContext.field=wanted)``, separated by commas."""
    for item in re.split(r", (?=[^()]*(?:\(|$))", items):
        match = re.match(r"(?P<check>[^(]+?)(?: \((?P<why>.*)\))?$", item.strip(), re.DOTALL)
        if match:
            why = match["why"] or match["check"]
            field = re.search(r"securityContext\.[A-Za-z.]+|host(?:Network|PID|IPC)\b", why)
            # "pod must not set ..." and "pod or container ... must set ..." speak of the pod's own field.
            path = ("pod.spec." if why.startswith("pod ") else "") + field[0] if field else _path_of(match["check"])
            kinds = re.findall(r'restricted volume types? ("[^"]+"(?:, "[^"]+")*)', why)
            yield Violation(f"PodSecurity {level}", path, ", ".join(kinds).replace('"', ""), why)


def _path_of(check: str) -> str:
    """The field of a check whose reason names none."""
    return next((path for word, path in _CHECKS.items() if word in check), "")
