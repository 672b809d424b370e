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
    conditions = {item["type"]: item["status"] for item in node.get("status", {}).get("conditions", [])}
    lease = api.read(f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{NODE}")
    renewed = lease.get("spec", {}).get("renewTime", "1970-01-01T00:00:00.000000Z")
    fresh = datetime.datetime.fromisoformat(renewed).timestamp() > started.since
    # Taints of a node that was not ready go a moment later; pods wait for that.
    return fresh and conditions.get("Ready") == "True" and not node.get("spec", {}).get("taints")


def dns_ready(api: Api) -> bool:
    """Whether CoreDNS itself answers, through the service proxy: then the pods' network works as well."""
    return api.answers("/api/v1/namespaces/kube-system/services/http:kube-dns:ready/proxy/ready")


def healthy(cluster: Cluster, known: Record) -> bool:
    """Whether a cluster that was ready still is."""
    api = Api(known.address, cluster.state / "pki")
    return api.ready() and node_ready(api, known) and (cluster.node == "simulated" or dns_ready(api))
