# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that an SCC takes from the namespace, and how their text is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import rule
from .view import Json, View

UID_RANGE = "openshift.io/sa.scc.uid-range"
GROUPS_RANGE = "openshift.io/sa.scc.supplemental-groups"


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
