# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a namespace's annotations and a user's wish to the result that module and filter return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._errors import TritonError
from .namespace import NamespaceRange, read
from .ranges import Block
from .security_context import DEFAULT_SCC, EXPLICIT, OMIT, OPENSHIFT, SecurityContexts, Wish, compute


def offline(annotations: Mapping[str, str], platform: str, namespace: str, wish: Wish) -> dict[str, Any]:
    """The result from annotations that are already known.

    :raises TritonError: as namespace.read() and security_context.compute().
    """
    not_text = [key for key, value in annotations.items() if not isinstance(value, str)]
    if not_text:
        raise TritonError(
            f"Annotation {not_text[0]} is {annotations[not_text[0]]!r}; annotations are text, so put it in quotes."
        )
    allowed = read(annotations, namespace) if platform == OPENSHIFT else None
    return {"namespace": namespace, **_result(compute(platform, allowed, wish), allowed)}


def foreseen(platform: str, namespace: str, wish: Wish) -> dict[str, Any]:
    """The result for a namespace that is yet to be made: all but the numbers that OpenShift will choose for it.

    :raises TritonError: as security_context.compute().
    """
    if platform == OPENSHIFT and wish.style == EXPLICIT:
        wish = replace(wish, style=OMIT, run_as_user=None, fs_group=None)
    return {"namespace": namespace, **_result(compute(platform, None, wish), None)}


def wish_of(params: Mapping[str, Any]) -> Wish:
    """The options of the module as a wish."""
    scc = params.get("scc")
    return Wish(
        style=params.get("style") or "auto",
        scc=DEFAULT_SCC if scc is None else scc,
        run_as_user=params.get("run_as_user"),
        fs_group=params.get("fs_group"),
        supplemental_groups=tuple(params.get("supplemental_groups") or ()),
    )


def block(ids: Block) -> dict[str, int]:
    """A block of IDs as users see it."""
    return {"first": ids.first, "last": ids.last, "size": ids.size}


def _result(contexts: SecurityContexts, allowed: NamespaceRange | None) -> dict[str, Any]:
    return {
        "platform": contexts.platform,
        "style": contexts.style,
        "uid_range": block(allowed.uids) if allowed else None,
        "supplemental_groups": [block(group) for group in allowed.groups] if allowed else [],
        "fs_group": allowed.fs_group if allowed else None,
        "mcs": allowed.mcs if allowed else None,
        "pod_security_context": contexts.pod,
        "container_security_context": contexts.container,
        "pod_annotations": contexts.annotations,
        "host_users": contexts.host_users,
        "chart_values": contexts.chart_values(),
    }
