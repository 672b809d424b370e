# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SCCs that OpenShift ships (4.20), for use where no cluster can be asked.

Source: openshift/cluster-kube-apiserver-operator, bindata/bootkube/scc-manifests. The tests compare them with a cluster's.
"""

from __future__ import annotations

from collections.abc import Iterable
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
_OLD_DROPS = ("KILL", "MKNOD", "SETUID", "SETGID")
_HOST = ("allowHostNetwork", "allowHostPorts", "allowHostPID", "allowHostIPC")


def standard() -> dict[str, dict[str, Any]]:
    """Name -> SCC, as stored; a new copy at each call."""
    v2 = {"drop": ["ALL"], "allowed": ["NET_BIND_SERVICE"], "escalation": False, "seccomp": ["runtime/default"]}
    level = {"userNamespaceLevel": "RequirePodLevel"}
    own = {"min": 1000, "max": 65534}
    sccs = (
        _scc("anyuid", RUN_AS_ANY, fs_group=RUN_AS_ANY, drop=["MKNOD"], priority=10, groups=["system:cluster-admins"]),
        _scc("hostaccess", MUST_RUN_AS_RANGE, host=_HOST, volumes=["hostPath"]),
        _scc(
            "hostmount-anyuid",
            RUN_AS_ANY,
            fs_group=RUN_AS_ANY,
            drop=["MKNOD"],
            volumes=["hostPath", "nfs"],
            users=["system:serviceaccount:openshift-infra:pv-recycler-controller"],
        ),
        _scc(
            "hostmount-anyuid-v2",
            RUN_AS_ANY,
            se_linux=RUN_AS_ANY,
            fs_group=RUN_AS_ANY,
            drop=["MKNOD"],
            volumes=["hostPath", "nfs"],
        ),
        _scc("hostnetwork", MUST_RUN_AS_RANGE, groups_type=MUST_RUN_AS, host=_HOST[:2]),
        _scc("hostnetwork-v2", MUST_RUN_AS_RANGE, groups_type=MUST_RUN_AS, host=_HOST[:2], **v2),
        _scc(
            "nested-container",
            MUST_RUN_AS_RANGE,
            groups_type=MUST_RUN_AS,
            uids=(0, 65534),
            ranges=[{"max": 65534}],
            se_type="container_engine_t",
            drop=None,
            allowed=["SETUID", "SETGID"],
            seccomp=[ANY],
            more=level,
        ),
        _scc("nonroot", MUST_RUN_AS_NON_ROOT, fs_group=RUN_AS_ANY),
        _scc("nonroot-v2", MUST_RUN_AS_NON_ROOT, fs_group=RUN_AS_ANY, **v2),
        _scc(
            "privileged",
            RUN_AS_ANY,
            se_linux=RUN_AS_ANY,
            fs_group=RUN_AS_ANY,
            drop=None,
            allowed=[ANY],
            seccomp=[ANY],
            host=_HOST,
            volumes=None,
            users=["system:admin", "system:serviceaccount:openshift-infra:build-controller"],
            groups=["system:cluster-admins", "system:nodes", "system:masters"],
            more={"allowPrivilegedContainer": True, "allowedUnsafeSysctls": [ANY]},
        ),
        _scc("restricted", MUST_RUN_AS_RANGE),
        _scc("restricted-v2", MUST_RUN_AS_RANGE, **v2),
        _scc(
            "restricted-v3", MUST_RUN_AS_RANGE, groups_type=MUST_RUN_AS, uids=(1000, 65534), ranges=[own], more=level, **v2
        ),
    )
    return {scc["metadata"]["name"]: scc for scc in sccs}


def granted(names: Iterable[str]) -> dict[str, list[str]]:
    """What a cluster grants as it was installed, in the form of access.Grants, for those SCCs that it has."""
    return {GROUP_PREFIX + AUTHENTICATED: [name for name in FOR_EVERYONE if name in set(names)]}


def _scc(
    name: str,
    user: str,
    *,
    se_linux: str = MUST_RUN_AS,
    se_type: str = "",
    fs_group: str = MUST_RUN_AS,
    groups_type: str = RUN_AS_ANY,
    uids: tuple[int, int] | None = None,
    ranges: list[dict[str, int]] | None = None,
    drop: list[str] | tuple[str, ...] | None = _OLD_DROPS,
    allowed: list[str] | None = None,
    escalation: bool = True,
    seccomp: list[str] | None = None,
    host: tuple[str, ...] = (),
    volumes: list[str] | None | tuple[()] = (),
    priority: int | None = None,
    users: list[str] | None = None,
    groups: list[str] | None = None,
    more: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """``ranges`` hold for both kinds of groups; ``volumes`` are those beside the usual ones, None for all types."""
    types = [ANY] if volumes is None else sorted((*_VOLUMES, *volumes))
    own = {"ranges": ranges} if ranges else {}
    options = {"seLinuxOptions": {"type": se_type}} if se_type else {}
    return {
        "apiVersion": "security.openshift.io/v1",
        "kind": "SecurityContextConstraints",
        "metadata": {"name": name},
        "priority": priority,
        "allowPrivilegedContainer": False,
        "allowPrivilegeEscalation": escalation,
        **{field: field in host for field in _HOST},
        "allowHostDirVolumePlugin": ANY in types or "hostPath" in types,
        "readOnlyRootFilesystem": False,
        "allowedCapabilities": allowed,
        "defaultAddCapabilities": None,
        "requiredDropCapabilities": list(drop) if drop else None,
        "runAsUser": {"type": user, **({"uidRangeMin": uids[0], "uidRangeMax": uids[1]} if uids else {})},
        "seLinuxContext": {"type": se_linux, **options},
        "fsGroup": {"type": fs_group, **own},
        "supplementalGroups": {"type": groups_type, **own},
        **({"seccompProfiles": seccomp} if seccomp else {}),
        "volumes": types,
        "users": users or [],
        "groups": groups or [],
        **(more or {}),
    }
