# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One case with the oracle's answer, as the tests of the rules look at it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

Json = dict[str, Any]
NOTHING: Json = {"metadata": {}}
KINDS = ("initContainers", "containers", "ephemeralContainers")
REFUSED = " is forbidden: "
UNABLE = "unable to validate against any security context constraint: "


class View:
    """Shortcuts into a case and its answer; what costs more is computed once, when it is asked for."""

    def __init__(self, case: Json, answer: Json, sccs: dict[str, Json]) -> None:
        self.case = case
        self.answer = answer
        self.all_sccs = sccs
        self.pod: Json = case["pod"]
        self.spec: Json = self.pod["spec"]
        self.context: Json = self.spec.get("securityContext") or {}
        self.notes: Json = self.pod["metadata"].get("annotations") or {}
        self.message: str = answer.get("message", "")
        self.allowed: bool = answer["allowed"]
        self.refused = not self.allowed
        self.chosen: str | None = answer.get("scc")
        self.skipped = self.allowed and self.chosen is None
        self.update = case.get("operation") == "UPDATE"
        self.validate = case.get("phase") == "validate"
        self.create = not self.update and not self.validate
        # Admit with free hands: the pod that came out was filled by the SCC.
        self.filled = self.create and self.chosen is not None
        self.out: Json = answer.get("pod") or {}
        self.required: str = self.notes.get("openshift.io/required-scc") or ""

    def has(self, text: str) -> bool:
        return text in self.message

    @cached_property
    def reason(self) -> str:
        """The message after the pod's name."""
        return self.message.partition(REFUSED)[2]

    @cached_property
    def tested(self) -> bool:
        """Whether it came to testing SCCs one by one."""
        return self.chosen is not None or UNABLE in self.message

    @cached_property
    def listed(self) -> str:
        """The list of failures, if that is what the message holds."""
        return self.message.partition(UNABLE)[2]

    @cached_property
    def sccs(self) -> list[Json]:
        return [self.all_sccs[one] for one in self.case["sccs"]]

    @cached_property
    def by_name(self) -> dict[str, Json]:
        return {one["metadata"]["name"]: one for one in self.sccs}

    @cached_property
    def scc(self) -> Json:
        """The SCC that admitted the pod, or one without any field."""
        return self.by_name.get(self.chosen or "", {})

    def strategy(self, key: str) -> str:
        """Type of a strategy of the SCC that admitted the pod."""
        return str((self.scc.get(key) or {}).get("type", ""))

    @cached_property
    def namespace_notes(self) -> Json:
        return (self.case.get("namespace") or NOTHING)["metadata"].get("annotations") or {}

    @cached_property
    def old(self) -> Json:
        result: Json = self.case.get("oldPod") or {}
        return result

    @cached_property
    def containers(self) -> list[Json]:
        return [one for kind in KINDS for one in self.spec.get(kind) or ()]

    @cached_property
    def contexts(self) -> list[Json]:
        """The containers' security contexts; one without any counts as empty."""
        return [one.get("securityContext") or {} for one in self.containers]

    @cached_property
    def out_contexts(self) -> list[Json]:
        spec = self.out["spec"]
        return [one.get("securityContext") or {} for kind in KINDS for one in spec.get(kind) or ()]

    @cached_property
    def out_context(self) -> Json:
        result: Json = self.out["spec"].get("securityContext") or {}
        return result

    @cached_property
    def out_notes(self) -> Json:
        return self.out["metadata"].get("annotations") or {}

    @cached_property
    def pairs(self) -> list[tuple[Json, Json]]:
        """Each container's security context before and after."""
        return list(zip(self.contexts, self.out_contexts, strict=True))

    def effective(self, context: Json, key: str) -> Any:
        value = context.get(key)
        return self.context.get(key) if value is None else value
