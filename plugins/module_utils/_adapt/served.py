# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster serves that nobody can ask: Kubernetes' own kinds from 1.29 on, and what OpenShift 4 brings."""

from __future__ import annotations

# The core group: OpenShift's old kinds were in it as well, which are served in groups of their own now.
_CORE = frozenset(
    {
        "Binding",
        "ComponentStatus",
        "ConfigMap",
        "Endpoints",
        "Event",
        "LimitRange",
        "List",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "Pod",
        "PodTemplate",
        "ReplicationController",
        "ResourceQuota",
        "Secret",
        "Service",
        "ServiceAccount",
    }
)
# Groups whose kinds are served in these versions; a group that is not here is that of something that has to be installed.
_KUBERNETES = {
    "": ("v1",),
    "admissionregistration.k8s.io": ("v1",),
    "apiextensions.k8s.io": ("v1",),
    "apiregistration.k8s.io": ("v1",),
    "apps": ("v1",),
    "authentication.k8s.io": ("v1",),
    "authorization.k8s.io": ("v1",),
    "autoscaling": ("v1", "v2"),
    "batch": ("v1",),
    "certificates.k8s.io": ("v1",),
    "coordination.k8s.io": ("v1",),
    "discovery.k8s.io": ("v1",),
    "events.k8s.io": ("v1",),
    "flowcontrol.apiserver.k8s.io": ("v1",),
    "networking.k8s.io": ("v1",),
    "node.k8s.io": ("v1",),
    "policy": ("v1",),
    "rbac.authorization.k8s.io": ("v1",),
    "scheduling.k8s.io": ("v1",),
    "storage.k8s.io": ("v1",),
}
# Domains of OpenShift's own groups, and groups that every cluster has from its operators.
_OPENSHIFT = (
    "openshift.io",
    "operators.coreos.com",
    "packages.operators.coreos.com",
    "monitoring.coreos.com",
    "metal3.io",
    "k8s.cni.cncf.io",
    "k8s.ovn.org",
    "policy.networking.k8s.io",
    "snapshot.storage.k8s.io",
    "gateway.networking.k8s.io",
)


def serves(platform: str, version: str, kind: str) -> bool:
    """Whether a cluster as it is installed serves a kind in a version.

    :param platform: openshift or kubernetes.
    :param version: such as apps/v1.
    """
    group, _slash, name = version.rpartition("/")
    if group in _KUBERNETES:
        return name in _KUBERNETES[group] and (kind in _CORE if group == "" else kind != "PodSecurityPolicy")
    return platform == "openshift" and any(group == one or group.endswith(f".{one}") for one in _OPENSHIFT)
