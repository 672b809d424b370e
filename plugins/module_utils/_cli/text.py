# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts as text for people: what is refused, by which SCC, what it would take instead, and the ways out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDTH = 120
_SHOWN = 100


def report(results: Sequence[Mapping[str, Any]]) -> str:
    """All verdicts, and a line that counts them."""
    lines: list[str] = []
    for result in results:
        lines += [*_verdict(result), ""]
    notes = dict.fromkeys(note for result in results for note in result["notes"])
    lines += [f"Note: {note}" for note in notes]
    refused = sum(result["verdict"] == "refused" for result in results)
    lines.append(f"{len(results) - refused} admitted, {refused} refused")
    return "\n".join(lines)


def _verdict(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"{result['kind']} {result['name']} (namespace {result['namespace']}, service account {result['service_account']})"
    if result["guessed"]:
        yield f"  pod template found at {result['path']}; who creates its pods is not known"
    if result["verdict"] == "admitted":
        yield f"  admitted{' by ' + result['scc'] if result['scc'] else ''}{_identity(result['security_context'])}"
        return
    yield "  REFUSED"
    for cause in result["causes"]:
        yield from _cause(cause)
    if not result["causes"]:
        yield from _wrapped(result["message"], "    ")
    if result["remedies"]:
        yield "  Ways out, least privilege first:"
    for number, remedy in enumerate(result["remedies"], 1):
        yield from _wrapped(remedy["text"], "    ", f"{number}. ")
    for text in dict.fromkeys(text for cause in result["causes"] for text in cause.get("ways_out", ())):
        yield from _wrapped(text, "    ", "- ")
    if result["unusable_sccs"]:
        yield from _wrapped(f"May not be used by this workload: {', '.join(result['unusable_sccs'])}", "  ")


def _identity(context: Mapping[str, Any] | None) -> str:
    """As which user and group it will run, where numbers are known."""
    if not context:
        return ""
    # Null is as good as nothing: the container then has the pod's.
    own = [container.get("runAsUser") for container in context["containers"].values()]
    users = {context["pod"].get("runAsUser") if user is None else user for user in own}
    parts = [f"user {user}" for user in sorted(user for user in users if user is not None)]
    if context["pod"].get("fsGroup") is not None:
        parts.append(f"fsGroup {context['pod']['fsGroup']}")
    return f", as {', '.join(parts)}" if parts else ""


def _cause(cause: Mapping[str, Any]) -> Iterator[str]:
    value = "" if cause["value"] is None else f" = {shown(cause['value'])}"
    yield f"    {cause['where'] or cause['field'] or 'the request'}{value}"
    for one in cause["refused_by"]:
        by = f"{one['scc']}: " if one["scc"] else ""
        # Where OpenShift says itself what must be, once is enough.
        instead = f" (allowed: {one['allowed']})" if one["allowed"] and "must be" not in one["why"] else ""
        yield from _wrapped(f"{by}{one['why'].rstrip(':')}{instead}", "      ")


def shown(value: Any) -> str:
    """A value, shortened where it is long."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _wrapped(text: str, indent: str, lead: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent + lead,
        subsequent_indent=indent + " " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; the last one is not padded."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    return "\n".join(lines)


def each_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """One pod under each SCC."""
    found = [("SCC", "ADMITS", "REFUSES")]
    for row in rows:
        refused = "; ".join(f"{one['where'] or 'namespace'}: {one['why']}" for one in row["refused"])
        found.append((row["scc"], "yes" if row["admits"] else "no", refused or "-"))
    return table(found)
