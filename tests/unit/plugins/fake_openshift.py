# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A double that is an OpenShift: SCCs, a namespace, and who may use what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import Answer, FakeApi, Seen

CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller"
REVIEWS = "/apis/authorization.k8s.io/v1/namespaces/ns/localsubjectaccessreviews"
SCCS = "/apis/security.openshift.io/v1/securitycontextconstraints"
ANNOTATIONS = {
    "openshift.io/sa.scc.uid-range": "1000900000/10000",
    "openshift.io/sa.scc.supplemental-groups": "1000900000/10000",
    "openshift.io/sa.scc.mcs": "s0:c30,c5",
}


def openshift(api: FakeApi, usable: Mapping[str, set[str]] | None = None) -> None:
    """Let the double be an OpenShift with namespace ns.

    :param usable: user name -> SCCs; by default everybody may use restricted-v2, like the groups of an installed cluster.
    """
    api.openshift()
    for name, scc in standard().items():
        fields = {key: value for key, value in scc.items() if key not in ("metadata", "kind", "apiVersion")}
        api.add("security.openshift.io/v1", "SecurityContextConstraints", name, **fields)
    api.add("v1", "Namespace", "ns", metadata={"annotations": ANNOTATIONS})

    def review(seen: Seen) -> Answer:
        asked, wanted = seen.body["spec"], seen.body["spec"]["resourceAttributes"]
        assert (wanted["verb"], wanted["resource"]) == ("use", "securitycontextconstraints")
        names = {"restricted-v2"} if usable is None else usable.get(asked["user"], set())
        return 201, {"status": {"allowed": wanted["name"] in names}}

    api.answers["POST", REVIEWS] = review


def deployment(spec: Mapping[str, Any] | None = None, account: str = "triton", **metadata: Any) -> dict[str, Any]:
    """A Deployment whose pods have one container."""
    pod = {"serviceAccountName": account, "containers": [{"name": "server"}], **(spec or {})}
    template = {"metadata": {"labels": {"app": "triton"}, **metadata}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "triton"},
        "spec": {"selector": {"matchLabels": {"app": "triton"}}, "template": template},
    }
