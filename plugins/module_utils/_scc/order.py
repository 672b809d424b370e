# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order OpenShift tries SCCs. Source: apiserver-library-go, util/sort and sccadmission.listSortedSCCs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .model import SCC
from .points import points

_BLOCK = 20


def by_priority(sccs: Iterable[SCC]) -> tuple[SCC, ...]:
    """Priority descending, points ascending, name."""
    return tuple(sorted(sccs, key=_place))


def _place(scc: SCC) -> tuple[int, int, str]:
    if "place" not in scc.kept:
        scc.kept["place"] = (-(scc.priority or 0), points(scc), scc.name)
    place: tuple[int, int, str] = scc.kept["place"]
    return place


def hinted(sccs: Sequence[SCC], hint: str) -> tuple[SCC, ...]:
    """The order of the Validate phase: the SCC that admitted the pod first.

    OpenShift sorts with a comparison that looks at positions, so with more than 20 SCCs the order of the others depends on
    Go's sort.SliceStable; hence its algorithm here: blocks of 20 sorted by insertion, then merged in place (SymMerge: Kim and
    Kutzner, "Stable Minimum Storage Merging by Symmetric Comparisons", 2004).
    """
    found = list(sccs)

    def less(left: int, right: int) -> bool:
        if found[left].name == hint:
            return True
        return found[right].name != hint and left < right

    count = len(found)
    for start in range(0, count, _BLOCK):
        _insertion(found, less, start, min(start + _BLOCK, count))
    size = _BLOCK
    while size < count:
        for start in range(0, count - size, 2 * size):
            _merge(found, less, start, start + size, min(start + 2 * size, count))
        size *= 2
    return tuple(found)


Less = Callable[[int, int], bool]


def _insertion(items: list[SCC], less: Less, start: int, end: int) -> None:
    for top in range(start + 1, end):
        at = top
        while at > start and less(at, at - 1):
            items[at - 1], items[at] = items[at], items[at - 1]
            at -= 1


def _merge(items: list[SCC], less: Less, start: int, middle: int, end: int) -> None:
    """Merge two sorted neighbours; neither is empty."""
    if middle - start == 1:
        at = _first(middle, end, lambda index: not less(index, start))
        items[start:at] = [*items[start + 1 : at], items[start]]
        return
    if end - middle == 1:
        at = _first(start, middle, lambda index: less(middle, index))
        items[at:end] = [items[middle], *items[at:middle]]
        return
    center = (start + end) // 2
    turn = center + middle
    low, high = (turn - end, center) if middle > center else (start, middle)
    low = _first(low, high, lambda index: less(turn - 1 - index, index))
    top = turn - low
    if low < middle < top:
        items[low:top] = [*items[middle:top], *items[low:middle]]
    if start < low < center:
        _merge(items, less, start, low, center)
    if center < top < end:
        _merge(items, less, center, top, end)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Binary search as Go does it; the steps count, since the comparison is none of an order."""
    while low < high:
        center = (low + high) // 2
        if holds(center):
            high = center
        else:
            low = center + 1
    return low
