# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pod under each SCC by itself, as if it might be used: which of them would admit it, and what the others refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._scc.admission import Admission, Request
from .._scc.locate import locate
from .._scc.order import by_priority
from .._scc.privileges import privileges
from .._scc.strategies.base import StrategyError
from .._scc.view import Pod


def each(admission: Admission, request: Request, base: str = "") -> list[dict[str, Any]]:
    """A row for each SCC, in the order in which OpenShift tries them.

    :param base: path of the pod inside its manifest, with a dot at its end.
    """
    spec = request.pod.get("spec") or {}
    rows = []
    for scc in by_priority(admission.sccs):
        try:
            problems = admission.provider(request, scc.name).evaluate(Pod(request.pod)).problems
            refused = [
                {
                    "where": locate(problem.path.lstrip("."), spec, f"{base}spec"),
                    "value": problem.value,
                    "why": problem.detail,
                }
                for problem in problems
            ]
        except StrategyError as error:
            refused = [{"where": "", "value": None, "why": str(error)}]
        rows.append(
            {"scc": scc.name, "admits": not refused, "refused": _distinct(refused), "privileges": privileges(scc)}
        )
    return rows


def _distinct(refused: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """A host namespace is refused once for the pod and once for each container: one line will do."""
    return list({(one["where"], str(one["value"]), one["why"]): one for one in refused}.values())
