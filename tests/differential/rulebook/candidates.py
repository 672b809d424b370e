# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which SCCs are candidates, who may use them, and the values that they take from the namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import rule
from .view import Json, View

UID_RANGE = "openshift.io/sa.scc.uid-range"
GROUPS_RANGE = "openshift.io/sa.scc.supplemental-groups"
REQUIRED = "openshift.io/required-scc"


@rule("required-known", "required-scc leaves only that SCC.", "admits", "refuses")
def _required_known(v: View) -> Iterator[str]:
    if v.required in v.by_name and v.tested:
        yield "admits" if v.allowed else "refuses"


@rule("required-unknown", "An unknown required-scc refuses the pod.", "refuses")
def _required_unknown(v: View) -> Iterator[str]:
    if v.has("failed to retrieve the required SCC"):
        yield "refuses"


@rule("required-quoted", "The unknown required-scc is quoted as Go quotes.", "escaped", "plain")
def _required_quoted(v: View) -> Iterator[str]:
    if v.has("failed to retrieve the required SCC"):
        yield "escaped" if "\\" in v.message else "plain"


@rule("required-empty", "An empty required-scc is none.", "decided")
def _required_empty(v: View) -> Iterator[str]:
    if v.notes.get(REQUIRED) == "" and v.tested:
        yield "decided"


@rule("required-changed", "An update must not change required-scc.", "refuses", "kept passes")
def _required_changed(v: View) -> Iterator[str]:
    if v.has("invalid change of required security context constraint annotation"):
        yield "refuses"
    elif v.update and v.required and v.allowed and not v.skipped:
        yield "kept passes"


@rule("priority", "The higher priority goes first.", "above 0 chosen", "null or 0 chosen", "below 0 chosen")
def _priority(v: View) -> Iterator[str]:
    if v.chosen and not v.required:
        priority = v.scc.get("priority") or 0
        yield "above 0 chosen" if priority > 0 else "below 0 chosen" if priority < 0 else "null or 0 chosen"


def _before(v: View, first: str, second: str) -> bool:
    places = [v.message.find(f'provider "{name}": Forbidden') for name in (first, second)]
    return 0 <= places[0] < places[1]


@rule("points", "At equal priority, fewer points go first.", "seen in the message")
def _points(v: View) -> Iterator[str]:
    if _before(v, "restricted", "hostaccess"):
        yield "seen in the message"


@rule("name", "At equal points, the name decides.", "seen in the message")
def _name(v: View) -> Iterator[str]:
    if _before(v, "restricted-v2", "restricted-v3"):
        yield "seen in the message"


@rule("many-sccs", "More than twenty candidates are sorted as the few are.", "admitted", "refused")
def _many(v: View) -> Iterator[str]:
    if len(v.case["sccs"]) > 20 and not v.required and v.tested and not v.validate:
        yield "admitted" if v.allowed else "refused"


# Resolution

FLAWS = {
    "uid annotation": "unable to find pre-allocated uid annotation",
    "mcs annotation": "unable to find pre-allocated mcs annotation",
    "group annotation": "unable to find pre-allocated group annotation",
    "runAsUser type": "Unrecognized RunAsUser strategy type",
    "seLinuxContext type": "Unrecognized SELinuxContext strategy type",
    "fsGroup type": "Unrecognized FSGroup strategy type",
    "supplementalGroups type": "Unrecognized SupplementalGroups strategy type",
    "no uidRangeMin": "requires a UIDRangeMin",
    "no uidRangeMax": "requires a UIDRangeMax",
    "no uid": "requires a UID\n",
}


@rule("resolution", "A candidate that cannot be resolved refuses the request.", *FLAWS)
def _resolution(v: View) -> Iterator[str]:
    if v.has("while trying to configure SCC") or v.has("error creating provider for SCC"):
        text = re.sub(r"([,\]]|$)", "\n", v.message)
        for name, words in FLAWS.items():
            if words in text:
                yield name


@rule("resolution-list", "All failures of resolution are listed, and nothing else.", "one", "several")
def _resolution_list(v: View) -> Iterator[str]:
    if v.has("while trying to configure SCC") or v.has("error creating provider for SCC"):
        yield "several" if v.reason.startswith("[") else "one"


@rule("resolution-avoided", "required-scc gets round an SCC that cannot be resolved.", "decided")
def _resolution_avoided(v: View) -> Iterator[str]:
    if v.required and v.tested and any("flawed" in one for one in v.case["sccs"]):
        yield "decided"


# Who may use an SCC


def _groups_of_account(namespace: str) -> set[str]:
    return {"system:serviceaccounts", f"system:serviceaccounts:{namespace}"}


def _account(v: View) -> tuple[str, str]:
    return v.case["namespace"]["metadata"]["name"], v.spec.get("serviceAccountName") or v.spec.get(
        "serviceAccount"
    ) or ""


@rule(
    "account",
    "The service account may use the SCC by name, by group or by the authorizer.",
    "users",
    "groups",
    "authorizer",
)
def _by_account(v: View) -> Iterator[str]:
    if v.answer.get("subjectType") == "serviceaccount":
        namespace, account = _account(v)
        if f"system:serviceaccount:{namespace}:{account}" in (v.scc.get("users") or ()):
            yield "users"
        elif _groups_of_account(namespace) & set(v.scc.get("groups") or ()):
            yield "groups"
        else:
            yield "authorizer"


@rule(
    "requester",
    "The requester may use the SCC by name, by group or by the authorizer.",
    "users",
    "groups",
    "authorizer",
)
def _by_requester(v: View) -> Iterator[str]:
    if v.answer.get("subjectType") == "user":
        user = v.case["user"]
        if user["name"] in (v.scc.get("users") or ()):
            yield "users"
        elif set(user.get("groups") or ()) & set(v.scc.get("groups") or ()):
            yield "groups"
        else:
            yield "authorizer"


def _granted(v: View, group: str) -> bool:
    usable = v.case.get("usable")
    names = usable.get(f"group:{group}") if isinstance(usable, dict) else None
    return names == "*" or v.chosen in (names or ())


@rule(
    "not-authenticated",
    "The service account is not in system:authenticated; the requester may be.",
    "through the requester",
)
def _not_authenticated(v: View) -> Iterator[str]:
    if v.answer.get("subjectType") == "user" and _account(v)[1] and _granted(v, "system:authenticated"):
        yield "through the requester"


@rule("no-account", "Without a service account only the requester is asked.", "admitted", "refused")
def _no_account(v: View) -> Iterator[str]:
    if not _account(v)[1] and v.tested:
        yield "admitted" if v.allowed else "refused"


@rule("old-account", "The old field serviceAccount counts where serviceAccountName is empty.", "admitted by it")
def _old_account(v: View) -> Iterator[str]:
    if v.answer.get("subjectType") == "serviceaccount" and not v.spec.get("serviceAccountName"):
        yield "admitted by it"


@rule("not-usable", "An SCC that neither may use is listed as such.", "in Admit", "in Validate")
def _not_usable(v: View) -> Iterator[str]:
    if v.has("Forbidden: not usable by user or serviceaccount"):
        yield "in Validate" if v.validate else "in Admit"


# Values taken from the namespace


def _silent(scc: Json, key: str, *fields: str) -> bool:
    strategy = scc.get(key) or {}
    return not any(strategy.get(one) not in (None, []) for one in fields)


@rule(
    "uid-range", "MustRunAsRange without bounds takes those of uid-range.", "fills", "refuses", "the SCC's own instead"
)
def _uid_range(v: View) -> Iterator[str]:
    if v.strategy("runAsUser") == "MustRunAsRange":
        if not _silent(v.scc, "runAsUser", "uidRangeMin"):
            yield "the SCC's own instead"
        elif v.filled and any(v.effective(one, "runAsUser") is None for one in v.contexts):
            yield "fills"
    elif v.has(".runAsUser: Invalid value") and v.has("must be in the ranges: [100068"):
        yield "refuses"


@rule("uid-range-first", "uid-range ends with its first block; a list after it is ignored.", "admitted")
def _uid_range_first(v: View) -> Iterator[str]:
    text = v.namespace_notes.get(UID_RANGE) or ""
    if "," in text and v.strategy("runAsUser") == "MustRunAsRange" and _silent(v.scc, "runAsUser", "uidRangeMin"):
        yield "admitted"


@rule(
    "mcs",
    "SELinux MustRunAs without a level takes mcs and keeps its other options.",
    "level only",
    "with other options",
)
def _mcs(v: View) -> Iterator[str]:
    if v.filled and v.strategy("seLinuxContext") == "MustRunAs" and not v.context.get("seLinuxOptions"):
        options = v.scc["seLinuxContext"].get("seLinuxOptions") or {}
        if not options.get("level"):
            yield "with other options" if options else "level only"


def _start(text: str) -> int | None:
    found = re.match(r"\s*(\d+)[/-]", text)
    return int(found[1]) if found else None


@rule(
    "fs-group-first",
    "fsGroup without ranges allows only the first id of the annotation.",
    "fills",
    "the first passes",
    "others refused",
)
def _fs_group_first(v: View) -> Iterator[str]:
    text = v.namespace_notes.get(GROUPS_RANGE, v.namespace_notes.get(UID_RANGE)) or ""
    given = v.context.get("fsGroup")
    if v.strategy("fsGroup") == "MustRunAs" and _silent(v.scc, "fsGroup", "ranges"):
        if given is not None:
            yield "the first passes"
        elif v.filled:
            yield "fills"
    elif given == (_start(text) or -2) + 1 and v.has("is not an allowed group"):
        yield "others refused"


@rule("groups-all", "supplementalGroups without ranges allow all blocks.", "fills", "a later block passes")
def _groups_all(v: View) -> Iterator[str]:
    if v.strategy("supplementalGroups") == "MustRunAs" and _silent(v.scc, "supplementalGroups", "ranges"):
        text = v.namespace_notes.get(GROUPS_RANGE, v.namespace_notes.get(UID_RANGE)) or ""
        given = v.context.get("supplementalGroups")
        if v.filled and given is None:
            yield "fills"
        elif "," in text and given:
            first = re.match(r"\s*(\d+)([/-])\s*(\d+)", text)
            start, size = (int(first[1]), int(first[3])) if first else (0, 0)
            last = start + size - 1 if first and first[2] == "/" else size
            if any(not start <= one <= last for one in given):
                yield "a later block passes"


@rule("groups-absent", "Without the annotation supplemental-groups, uid-range takes its place.", "admitted", "refused")
def _groups_absent(v: View) -> Iterator[str]:
    if GROUPS_RANGE not in v.namespace_notes and v.namespace_notes:
        if v.strategy("fsGroup") == "MustRunAs" and _silent(v.scc, "fsGroup", "ranges"):
            yield "admitted"
        elif v.has("unable to find pre-allocated group annotation"):
            yield "refused"


@rule("groups-empty", "An empty annotation supplemental-groups is an error.", "refuses")
def _groups_empty(v: View) -> Iterator[str]:
    if v.has("unable to find groups using"):
        yield "refuses"


def _resolved(v: View) -> bool:
    """Whether the SCC that admitted the pod took its users from the namespace."""
    return v.strategy("runAsUser") == "MustRunAsRange" and _silent(v.scc, "runAsUser", "uidRangeMin", "uidRangeMax")


@rule("block", "A block with a slash is start and size, another one start and end.", "slash", "dash")
def _block(v: View) -> Iterator[str]:
    if _resolved(v):
        yield "slash" if "/" in v.namespace_notes[UID_RANGE] else "dash"


@rule("block-blanks", "Blanks are fine before a number.", "before the first", "before the second")
def _block_blanks(v: View) -> Iterator[str]:
    if _resolved(v):
        text = v.namespace_notes[UID_RANGE]
        if text[:1].isspace():
            yield "before the first"
        if re.search(r"[/-]\s", text):
            yield "before the second"


@rule("block-rest", "What follows a block is ignored.", "admitted")
def _block_rest(v: View) -> Iterator[str]:
    if _resolved(v) and not v.namespace_notes[UID_RANGE][-1:].isdecimal():
        yield "admitted"


@rule("block-wraps", "Arithmetic of blocks wraps at 32 bits.", "empty range", "whole range")
def _block_wraps(v: View) -> Iterator[str]:
    text = v.namespace_notes.get(UID_RANGE, "")
    if text in ("5/0", "1009-1000", "4294967295/10", "5/4294967294") and v.tested:
        yield "empty range"
    elif text == "0/0" and v.tested:
        yield "whole range"


ERRORS = {
    "EOF": r": EOF",
    "unexpected EOF": r": unexpected EOF",
    "expected integer": r": expected integer",
    "input does not match format": r": input does not match format",
    "overflow": r": unsigned integer overflow on token",
    "unexpected newline": r": unexpected newline",
    "out of range": r": strconv\.ParseUint: .*value out of range",
}


@rule("scan", "The errors of blocks are those of Go's scanner.", *ERRORS)
def _scan(v: View) -> Iterator[str]:
    if v.has("while trying to configure SCC"):
        for name, pattern in ERRORS.items():
            if re.search(pattern, v.message):
                yield name
