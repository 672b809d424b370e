# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The double of the API server as a new OpenShift with one namespace, and workloads for it."""

from __future__ import annotations

from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import FOR_EVERYONE, standard
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi

FIRST = 1000040000
ALLOCATED = {
    "openshift.io/sa.scc.uid-range": f"{FIRST}/10000",
    "openshift.io/sa.scc.supplemental-groups": f"{FIRST}/10000",
    "openshift.io/sa.scc.mcs": "s0:c6,c5",
}
SCCS = "/apis/security.openshift.io/v1/securitycontextconstraints"
NAMESPACE = "/api/v1/namespaces/ns"


def install(api: FakeApi, **labels: str) -> None:
    """SCCs and rights as OpenShift ships them, and namespace ns."""
    api.openshift()
    for name, scc in standard().items():
        fields = {key: value for key, value in scc.items() if key not in ("apiVersion", "kind", "metadata")}
        api.add(scc["apiVersion"], scc["kind"], name, **fields)
    api.usable["system:authenticated"] = list(FOR_EVERYONE)
    api.add("v1", "Namespace", "ns", metadata={"annotations": ALLOCATED, "labels": labels})


def deployment(
    name: str = "server", account: str | None = "sa", namespace: str | None = None, **spec: Any
) -> dict[str, Any]:
    """A Deployment with one container."""
    named = {"serviceAccountName": account} if account else {}
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    template = {"spec": {**named, "containers": [{"name": "c"}], **spec}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": template}}


def fixed_user(name: str = "server", user: int = 1000, **more: Any) -> dict[str, Any]:
    """A Deployment that nobody's SCC admits: a user outside the namespace's range."""
    return deployment(name, securityContext={"runAsUser": user}, **more)
