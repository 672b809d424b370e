# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which SCCs are candidates, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import rule
from .view import View

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
