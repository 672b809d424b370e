# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One thing that an SCC refuses, and OpenShift's message about all of them (field.Error, errors.Aggregate in Kubernetes)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from .gotext import quote, value_text

INVALID = "Invalid value"
FORBIDDEN = "Forbidden"
UNUSABLE = "not usable by user or serviceaccount"
UNABLE = "unable to validate against any security context constraint: "


class Problem(NamedTuple):
    """A refusal of one SCC.

    ``scc``: its name; ``path``: the field as OpenShift's message has it, "" for an SCC that may not be used; ``kind``: Invalid
    value or Forbidden; ``value``: the refused value, which OpenShift prints for Invalid value only; ``detail``: OpenShift's words.
    """

    scc: str
    path: str
    kind: str
    value: Any
    detail: str

    def __str__(self) -> str:
        if not self.path:
            return f"provider {quote(self.scc)}: {self.kind}: {self.detail}"
        # Only paths below the pod carry the SCC; those of volumes, seccomp and sysctls stand for themselves.
        where = f"provider {self.scc}: {self.path}" if self.path.startswith(".") else self.path
        if self.kind == INVALID:
            return f"{where}: {INVALID}: {value_text(self.value)}: {self.detail}"
        return f"{where}: {self.kind}: {self.detail}"


def unusable(scc: str) -> Problem:
    """The problem of an SCC that neither service account nor requester may use."""
    return Problem(scc, "", FORBIDDEN, None, UNUSABLE)


def aggregate(items: Iterable[str]) -> str:
    """Errors in one text, as Kubernetes' error aggregates print them: no duplicates, brackets for more than one."""
    distinct = list(dict.fromkeys(items))
    if not distinct:
        return "<nil>"
    text = ", ".join(distinct)
    return text if len(distinct) == 1 else f"[{text}]"


def go_list(items: Sequence[str]) -> str:
    """A slice as Go's ``%v`` prints it."""
    return f"[{' '.join(items)}]"


def forbidden(pod_name: str, cause: str) -> str:
    """The answer of the API server."""
    return f"pods {quote(pod_name)} is forbidden: {cause}"
