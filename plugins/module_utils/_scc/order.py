# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order OpenShift tries SCCs. Source: apiserver-library-go, util/sort and sccadmission.listSortedSCCs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .model import SCC
from .points import points


def by_priority(sccs: Iterable[SCC]) -> tuple[SCC, ...]:
    """Priority descending, points ascending, name."""
    return tuple(sorted(sccs, key=_place))


def _place(scc: SCC) -> tuple[int, int, str]:
    if "place" not in scc.kept:
        scc.kept["place"] = (-(scc.priority or 0), points(scc), scc.name)
    place: tuple[int, int, str] = scc.kept["place"]
    return place


def hinted(sccs: Sequence[SCC], hint: str) -> tuple[SCC, ...]:
    """The order of the Validate phase: the SCC that admitted the pod first, the others as they were.

    OpenShift sorts with a comparison that looks at positions, which is no order; what Go's sort.SliceStable makes of it was
    run for up to 300 SCCs, and is this.
    """
    return (*(scc for scc in sccs if scc.name == hint), *(scc for scc in sccs if scc.name != hint))
