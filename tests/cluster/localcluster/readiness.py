# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells that a cluster works, in this start of it: the API may still hold what an earlier one left."""

from __future__ import annotations

import datetime

from .api import Api
from .record import Record
from .settings import NODE, Cluster


def prepared(api: Api, cluster: Cluster) -> bool:
    """Whether the namespace allocator works and service accounts are made, as seen in the namespace default."""
    namespace = api.read("/api/v1/namespaces/default").get("metadata", {})
    annotated = cluster.profile != "openshift" or "openshift.io/sa.scc.mcs" in namespace.get("annotations", {})
    return annotated and bool(api.read("/api/v1/namespaces/default/serviceaccounts/default"))


def node_ready(api: Api, started: Record) -> bool:
    """Whether the node of this start is ready: what the API says may still be from an earlier one."""
    node = api.read(f"/api/v1/nodes/{NODE}")
    conditions = {item["type"]: item for item in node.get("status", {}).get("conditions", [])}
    ready = conditions.get("Ready", {})
    lease = api.read(f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{NODE}")
    # A kubelet renews its lease before it has found out how it is, and Kubernetes counts heartbeats in whole seconds.
    fresh = _since(lease.get("spec", {}).get("renewTime")) > started.since
    told = _since(ready.get("lastHeartbeatTime")) >= int(started.since)
    # Taints of a node that was not ready go a moment later; pods wait for that.
    return fresh and told and ready.get("status") == "True" and not node.get("spec", {}).get("taints")


def _since(time: str | None) -> float:
    """Seconds since the epoch, 0 for a time that is not there."""
    return datetime.datetime.fromisoformat(time).timestamp() if time else 0.0


def dns_ready(api: Api) -> bool:
    """Whether CoreDNS itself answers, through the service proxy: then the pods' network works as well."""
    return api.answers("/api/v1/namespaces/kube-system/services/http:kube-dns:ready/proxy/ready")


def unwell(cluster: Cluster, known: Record) -> list[str]:
    """What of a cluster that was ready is not any more."""
    api = Api(known.address, cluster.state / "pki")
    if not api.ready():
        return ["the API server"]
    parts = [] if node_ready(api, known) else ["the node"]
    return parts if cluster.node == "simulated" or dns_ready(api) else [*parts, "DNS"]
