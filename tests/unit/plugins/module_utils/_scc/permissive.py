# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests of the engine's parts: an SCC that allows everything but what a test takes from it, and pods."""

from __future__ import annotations

from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Grants, Subject
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Request
from ansible_collections.inferops.triton.plugins.module_utils._scc.allocation import resolve
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import SCC, parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.provider import Provider
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.plugins.module_utils._scc.view import Pod

UID_RANGE = "openshift.io/sa.scc.uid-range"
GROUPS = "openshift.io/sa.scc.supplemental-groups"
MCS = "openshift.io/sa.scc.mcs"
FIRST = 1000700000
LAST = FIRST + 9999
LEVEL = "s0:c26,c25"
ANNOTATIONS = {UID_RANGE: f"{FIRST}/10000", GROUPS: f"{FIRST}/10000", MCS: LEVEL}
ALICE = Subject("alice", ("system:authenticated",))


def pod(*containers: dict[str, Any], annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    """A pod named p; without containers given it has one, named c."""
    metadata: dict[str, Any] = {"name": "p", "namespace": "ns"}
    if annotations is not None:
        metadata["annotations"] = annotations
    return {"metadata": metadata, "spec": {"containers": list(containers) or [container()], **spec}}


def container(name: str = "c", *, ports: list[dict[str, Any]] | None = None, **context: Any) -> dict[str, Any]:
    """A container; what else is given is its security context."""
    result: dict[str, Any] = {"name": name}
    if ports is not None:
        result["ports"] = ports
    if context:
        result["securityContext"] = context
    return result


def permissive(name: str = "s", **fields: Any) -> dict[str, Any]:
    """An SCC with RunAsAny everywhere that asks for nothing and grants no more; ``fields`` replace its own."""
    return {
        "metadata": {"name": name},
        "runAsUser": {"type": "RunAsAny"},
        "seLinuxContext": {"type": "RunAsAny"},
        "fsGroup": {"type": "RunAsAny"},
        "supplementalGroups": {"type": "RunAsAny"},
        "volumes": ["none"],
        **fields,
    }


def scc(name: str = "s", **fields: Any) -> SCC:
    """The same, read."""
    return parse(permissive(name, **fields))


def provider(name: str = "s", **fields: Any) -> Provider:
    """The same, resolved for a namespace and ready to test pods."""
    return Provider(resolve(scc(name, **fields), ANNOTATIONS, "ns"))


def messages(of: Provider, given: dict[str, Any]) -> list[str]:
    """What it refuses of a pod, in OpenShift's words."""
    return [str(problem) for problem in of.evaluate(Pod(given)).problems]


def stock(*names: str) -> list[SCC]:
    """SCCs that OpenShift ships, read; all of them where none is named."""
    shipped = standard()
    return [parse(shipped[name]) for name in names or shipped]


def request(given: dict[str, Any], usable: Any = "*", **more: Any) -> Request:
    """Alice creates a pod in namespace ns; ``usable`` is what she and everybody else may use."""
    fields = {"namespace": "ns", "annotations": ANNOTATIONS, "user": ALICE, **more}
    return Request(pod=given, authorizer=Grants(usable), **fields)
