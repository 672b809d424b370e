# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The random source, and the values that fields are filled with: close to each other, so that hits and near misses
are both frequent."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any, TypeVar

Json = dict[str, Any]
T = TypeVar("T")


class Dice(random.Random):
    """A random source with the few throws that the generator needs, each cheaper than random's own."""

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def pick(self, values: Sequence[T]) -> T:
        return values[int(self.random() * len(values))]

    def some(self, values: Sequence[T], least: int, most: int) -> list[T]:
        """Between least and most values, drawn with repetition."""
        return [self.pick(values) for _time in range(least + int(self.random() * (most - least + 1)))]

    def distinct(self, values: Sequence[T], least: int, most: int) -> list[T]:
        """Between least and most different values (fewer where there are not so many)."""
        count = least + int(self.random() * (most - least + 1))
        return self.sample(values, min(count, len(values)))


def copied(value: T) -> T:
    """A deep copy of JSON data; several times as fast as copy.deepcopy."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}  # type: ignore[return-value]
    if isinstance(value, list):
        return [copied(item) for item in value]  # type: ignore[return-value]
    return value


def line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


REQUIRED = "openshift.io/required-scc"
CHOSEN = "openshift.io/scc"
SUBJECT_TYPE = "security.openshift.io/validated-scc-subject-type"
UID_RANGE = "openshift.io/sa.scc.uid-range"
GROUPS_RANGE = "openshift.io/sa.scc.supplemental-groups"
MCS = "openshift.io/sa.scc.mcs"
SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
NETWORKS = "k8s.ovn.org/pod-networks"

START = 1000680000
IDS = (
    0,
    1,
    2,
    999,
    1000,
    1001,
    1009,
    1010,
    65533,
    65534,
    65535,
    START - 1,
    START,
    START + 1,
    START + 9999,
    START + 10000,
)
EXTREME_IDS = (-1, -START, 2**31 - 1, 2**32 - 1, 2**32, 2**63 - 1, -(2**63))

NAMESPACES = ("demo", "demo", "demo", "team-a", "openshift-infra", "kube-system")
ACCOUNTS = (*("default",) * 4, "triton", "triton", "build-controller", "pv-recycler-controller")
USERS = (
    *("alice", "alice", "alice", "bob", "bob", "", "system:serviceaccount:demo:default"),
    *("system:serviceaccount:kube-system:replicaset-controller",) * 6,
)
# Whom a standard SCC itself names as a user.
NAMED_USERS = ("system:admin", "system:serviceaccount:openshift-infra:build-controller")
_CONTROLLER_GROUPS = ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"]
USER_GROUPS: tuple[list[str] | None, ...] = (
    *(["system:authenticated"],) * 4,
    *(_CONTROLLER_GROUPS,) * 4,
    ["system:authenticated", "developers"],
    [],
    None,
)
# Which a standard SCC itself names.
NAMED_GROUPS = (["system:masters", "system:authenticated"], ["system:cluster-admins"], ["system:nodes"])

CAPABILITIES = (
    *("NET_BIND_SERVICE", "NET_BIND_SERVICE", "KILL", "MKNOD", "SETUID", "SETGID", "SETGID", "CHOWN", "SYS_ADMIN"),
    *("CAP_SYS_ADMIN", "CAP_SYS_ADMIN", "ALL", "ALL", "SYS_TIME", "NET_RAW", "net_bind_service", "all", "All", "*"),
    *("CAP_NET_BIND_SERVICE", "kill", "", "A<B>&C", 'Q"UOTE', "ÉTÉ\u00a0", "cap\tX\u2028"),
)
PLAIN_CAPABILITIES = CAPABILITIES[:16]

PROFILES = (
    "runtime/default",
    "docker/default",
    "unconfined",
    "localhost/a.json",
    "localhost/b.json",
    "*",
    "localhost/",
)
ODD_PROFILES = (
    "",
    "Runtime/Default",
    "localhost",
    "localhost/a.json ",
    "none",
    "runtime/default,unconfined",
    "local<&>host",
)

SELINUX_LEVELS = (
    *(
        "s0:c26,c15",
        "s0:c15,c26",
        "s0:c26,c15",
        "s0:c1,c2,c3",
        "s0:c3,c1,c2",
        "s0:c2,c3,c1",
        "s0",
        "s0:c26",
        "s1:c26,c15",
    ),
    *(
        "s0:c26,c15,c15",
        "s0:c15,c26:x",
        "s0: c15,c26",
        "",
        "s0:",
        ":c26,c15",
        "s0:c26,c15,",
        "s0-s0:c26,c15",
        "S0:c26,c15",
    ),
)

SAFE_SYSCTLS = (
    *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range"),
    *("net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout"),
    *("net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.ip_local_reserved_ports"),
    *("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
)
SYSCTLS = (
    *SAFE_SYSCTLS,
    *(
        "kernel.msgmax",
        "kernel.sem",
        "net.core.somaxconn",
        "net.ipv4.tcp_rmemx",
        "net.ipv4.tcp_rme",
        "kernel.shm",
        "",
        "*",
    ),
    *("net.ipv4/tcp_syncookies", "kernel.*", "Kernel.msgmax", 'kernel."é"'),
)
SYSCTL_PATTERNS = (
    *(
        "kernel.*",
        "kernel.msg*",
        "kernel.msgmax",
        "net.*",
        "net.core.somaxconn",
        "net.ipv4.tcp_rmem",
        "*",
        "",
        "kernel.shm_*",
    ),
    *("net.ipv4.*", "kernel.*max", "net.core.*", "kernel.**"),
)

DRIVERS = ("example/lvm", "example/cifs", "example/LVM", "cifs", "")

# Volume type as SCCs call it: field of a volume, and a source that is enough for it.
VOLUMES: dict[str, tuple[str, Json]] = {
    "hostPath": ("hostPath", {"path": "/data"}),
    "emptyDir": ("emptyDir", {}),
    "gcePersistentDisk": ("gcePersistentDisk", {"pdName": "d"}),
    "awsElasticBlockStore": ("awsElasticBlockStore", {"volumeID": "d"}),
    "gitRepo": ("gitRepo", {"repository": "r"}),
    "secret": ("secret", {"secretName": "s", "defaultMode": 420}),
    "nfs": ("nfs", {"server": "n", "path": "/"}),
    "iscsi": ("iscsi", {"targetPortal": "t", "iqn": "i", "lun": 0, "iscsiInterface": "default"}),
    "glusterfs": ("glusterfs", {"endpoints": "e", "path": "p"}),
    "persistentVolumeClaim": ("persistentVolumeClaim", {"claimName": "models"}),
    "rbd": ("rbd", {"monitors": ["m"], "image": "i", "pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"}),
    "flexVolume": ("flexVolume", {"driver": "example/lvm"}),
    "cinder": ("cinder", {"volumeID": "d"}),
    "cephFS": ("cephfs", {"monitors": ["m"]}),
    "flocker": ("flocker", {"datasetName": "d"}),
    "downwardAPI": ("downwardAPI", {"defaultMode": 420}),
    "fc": ("fc", {"targetWWNs": ["w"], "lun": 1}),
    "azureFile": ("azureFile", {"secretName": "s", "shareName": "n"}),
    "configMap": ("configMap", {"name": "c", "defaultMode": 420}),
    "vsphere": ("vsphereVolume", {"volumePath": "v"}),
    "quobyte": ("quobyte", {"registry": "r", "volume": "v"}),
    "azureDisk": (
        "azureDisk",
        {
            "diskName": "d",
            "diskURI": "u",
            "cachingMode": "ReadWrite",
            "fsType": "ext4",
            "readOnly": False,
            "kind": "Shared",
        },
    ),
    "photonPersistentDisk": ("photonPersistentDisk", {"pdID": "d"}),
    "projected": ("projected", {"sources": [], "defaultMode": 420}),
    "portworxVolume": ("portworxVolume", {"volumeID": "d"}),
    "scaleIO": (
        "scaleIO",
        {"gateway": "g", "system": "s", "secretRef": {"name": "r"}, "storageMode": "ThinProvisioned", "fsType": "xfs"},
    ),
    "storageOS": ("storageos", {"volumeName": "d"}),
    "csi": ("csi", {"driver": "c"}),
    "ephemeral": (
        "ephemeral",
        {
            "volumeClaimTemplate": {
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
            }
        },
    ),
    "image": ("image", {"reference": "r", "pullPolicy": "IfNotPresent"}),
}
VOLUME_TYPES = tuple(VOLUMES)
USUAL_VOLUMES = (
    "configMap",
    "emptyDir",
    "secret",
    "persistentVolumeClaim",
    "projected",
    "projected",
    "csi",
    "downwardAPI",
)
