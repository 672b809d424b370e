# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCCs that OpenShift ships (4.20), for use where no cluster can be asked.

Source: openshift/cluster-kube-apiserver-operator, bindata/bootkube/scc-manifests. The tests compare them with a cluster's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from .access import GROUP_PREFIX
from .model import ANY, MUST_RUN_AS, MUST_RUN_AS_NON_ROOT, MUST_RUN_AS_RANGE, RUN_AS_ANY

# Those that the cluster role of the same name grants to every authenticated user.
FOR_EVERYONE = ("restricted-v2", "restricted-v3")
AUTHENTICATED = "system:authenticated"
CLUSTER_ROLE = "system:openshift:scc:"
_VOLUMES = (
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected"),
    "secret",
)
Fields = dict[str, Any]
# What most of them have: the SCC restricted.
_RESTRICTED: Fields = {
    "priority": None,
    "allowPrivilegedContainer": False,
    "allowPrivilegeEscalation": True,
    "allowHostDirVolumePlugin": False,
    "allowHostIPC": False,
    "allowHostNetwork": False,
    "allowHostPID": False,
    "allowHostPorts": False,
    "readOnlyRootFilesystem": False,
    "allowedCapabilities": None,
    "defaultAddCapabilities": None,
    "requiredDropCapabilities": ["KILL", "MKNOD", "SETUID", "SETGID"],
    "runAsUser": {"type": MUST_RUN_AS_RANGE},
    "seLinuxContext": {"type": MUST_RUN_AS},
    "fsGroup": {"type": MUST_RUN_AS},
    "supplementalGroups": {"type": RUN_AS_ANY},
    "volumes": list(_VOLUMES),
    "users": [],
    "groups": [],
}
_V2: Fields = {
    "allowPrivilegeEscalation": False,
    "allowedCapabilities": ["NET_BIND_SERVICE"],
    "requiredDropCapabilities": ["ALL"],
    "seccompProfiles": ["runtime/default"],
}
_NON_ROOT: Fields = {"runAsUser": {"type": MUST_RUN_AS_NON_ROOT}, "fsGroup": {"type": RUN_AS_ANY}}
_ANY_USER: Fields = {
    "requiredDropCapabilities": ["MKNOD"],
    "runAsUser": {"type": RUN_AS_ANY},
    "fsGroup": {"type": RUN_AS_ANY},
}
_HOST_PATH: Fields = {"allowHostDirVolumePlugin": True, "volumes": sorted((*_VOLUMES, "hostPath"))}
_HOST_MOUNT: Fields = _ANY_USER | _HOST_PATH | {"volumes": sorted((*_VOLUMES, "hostPath", "nfs"))}
_HOST_NETWORK: Fields = {
    "allowHostNetwork": True,
    "allowHostPorts": True,
    "supplementalGroups": {"type": MUST_RUN_AS},
}
_HOST: Fields = {"allowHostNetwork": True, "allowHostPorts": True, "allowHostPID": True, "allowHostIPC": True}


def _own_ids(first: int) -> Fields:
    """IDs of its own in user namespaces, where they are not those of the node; JSON leaves out a minimum of 0."""
    groups = {"type": MUST_RUN_AS, "ranges": [{"min": first, "max": 65534} if first else {"max": 65534}]}
    return {
        "runAsUser": {"type": MUST_RUN_AS_RANGE, "uidRangeMin": first, "uidRangeMax": 65534},
        "fsGroup": groups,
        "supplementalGroups": groups,
        "userNamespaceLevel": "RequirePodLevel",
    }


_STANDARD: Mapping[str, Fields] = {
    "anyuid": _ANY_USER | {"priority": 10, "groups": ["system:cluster-admins"]},
    "hostaccess": _HOST | _HOST_PATH,
    "hostmount-anyuid": _HOST_MOUNT | {"users": ["system:serviceaccount:openshift-infra:pv-recycler-controller"]},
    "hostmount-anyuid-v2": _HOST_MOUNT | {"seLinuxContext": {"type": RUN_AS_ANY}},
    "hostnetwork": _HOST_NETWORK,
    "hostnetwork-v2": _HOST_NETWORK | _V2,
    "nested-container": _own_ids(0)
    | {
        "allowedCapabilities": ["SETUID", "SETGID"],
        "requiredDropCapabilities": None,
        "seLinuxContext": {"type": MUST_RUN_AS, "seLinuxOptions": {"type": "container_engine_t"}},
        "seccompProfiles": [ANY],
    },
    "nonroot": _NON_ROOT,
    "nonroot-v2": _NON_ROOT | _V2,
    "privileged": _HOST
    | {
        "allowPrivilegedContainer": True,
        "allowHostDirVolumePlugin": True,
        "allowedCapabilities": [ANY],
        "requiredDropCapabilities": None,
        "runAsUser": {"type": RUN_AS_ANY},
        "seLinuxContext": {"type": RUN_AS_ANY},
        "fsGroup": {"type": RUN_AS_ANY},
        "seccompProfiles": [ANY],
        "allowedUnsafeSysctls": [ANY],
        "volumes": [ANY],
        "users": ["system:admin", "system:serviceaccount:openshift-infra:build-controller"],
        "groups": ["system:cluster-admins", "system:nodes", "system:masters"],
    },
    "restricted": {},
    "restricted-v2": _V2,
    "restricted-v3": _own_ids(1000) | _V2,
}


def standard() -> dict[str, Fields]:
    """Name -> SCC, as stored; a new copy at each call."""
    head = {"apiVersion": "security.openshift.io/v1", "kind": "SecurityContextConstraints"}
    return {
        name: deepcopy({**head, "metadata": {"name": name}, **_RESTRICTED, **own}) for name, own in _STANDARD.items()
    }


def granted(names: Iterable[str]) -> dict[str, list[str]]:
    """What a cluster grants as it was installed, in the form of access.Grants, for those SCCs that it has."""
    there = set(names)
    return {GROUP_PREFIX + AUTHENTICATED: [name for name in FOR_EVERYONE if name in there]}
