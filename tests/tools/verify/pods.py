# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods of many shapes, by a seed: every field that SCC admission looks at, alone first and then mixed. Pure.

The pods are valid as far as that goes, so that admission and not validation decides about them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

IMAGE = "verify.invalid/none:1"
# Where a quota demands numbers, a pod without any would not tell what SCC admission says.
RESOURCES = {"limits": {"cpu": "100m", "memory": "128Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}}
REQUIRED = "openshift.io/required-scc"
POD_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
CONTAINER_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/main"


@dataclass(frozen=True)
class Values:
    """What the namespace and the cluster have: numbers in and out of range, names of SCCs and of service accounts."""

    uid: int
    last_uid: int
    group: int
    mcs: str
    sccs: Sequence[str]
    accounts: Sequence[str]


@dataclass(frozen=True)
class Shape:
    """A pod as it is sent; ``label`` says what is special about it."""

    label: str
    pod: Mapping[str, Any]


Change = Callable[[dict[str, Any]], None]


def _annotation(key: str, value: str) -> Change:
    def change(pod: dict[str, Any]) -> None:
        pod["metadata"].setdefault("annotations", {})[key] = value

    return change


def _spec(**fields: Any) -> Change:
    def change(pod: dict[str, Any]) -> None:
        pod["spec"].update(deepcopy(fields))

    return change


def _pod(**fields: Any) -> Change:
    def change(pod: dict[str, Any]) -> None:
        pod["spec"].setdefault("securityContext", {}).update(deepcopy(fields))

    return change


def _main(**fields: Any) -> Change:
    def change(pod: dict[str, Any]) -> None:
        pod["spec"]["containers"][0].setdefault("securityContext", {}).update(deepcopy(fields))

    return change


def _port(**fields: Any) -> Change:
    def change(pod: dict[str, Any]) -> None:
        pod["spec"]["containers"][0].setdefault("ports", []).append({"protocol": "TCP", **fields})

    return change


def _container(kind: str, name: str, context: Mapping[str, Any] | None, **fields: Any) -> Change:
    def change(pod: dict[str, Any]) -> None:
        container = {"name": name, "image": IMAGE, "resources": RESOURCES, **deepcopy(fields)}
        if context is not None:
            container["securityContext"] = deepcopy(dict(context))
        pod["spec"].setdefault(kind, []).append(container)

    return change


def _volume(kind: str, source: Mapping[str, Any] | None) -> Change:
    def change(pod: dict[str, Any]) -> None:
        volumes = pod["spec"].setdefault("volumes", [])
        volumes.append({"name": f"v{len(volumes)}", **({} if source is None else {kind: deepcopy(dict(source))})})

    return change


VOLUMES: Mapping[str, Mapping[str, Any] | None] = {
    "no source": None,
    "awsElasticBlockStore": {"volumeID": "vol-1"},
    "azureDisk": {"diskName": "d", "diskURI": "/subscriptions/s/d", "kind": "Managed", "cachingMode": "None"},
    "azureFile": {"secretName": "s", "shareName": "n"},
    "cephfs": {"monitors": ["192.0.2.1:6789"]},
    "cinder": {"volumeID": "1"},
    "configMap": {"name": "c"},
    "csi": {"driver": "csi.example.org"},
    "downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]},
    "emptyDir": {"medium": "Memory"},
    "ephemeral": {
        "volumeClaimTemplate": {
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }
    },
    "fc": {"targetWWNs": ["500a0982991b8dc5"], "lun": 1},
    "flexVolume": {"driver": "example.org/flex"},
    "flocker": {"datasetName": "d"},
    "gcePersistentDisk": {"pdName": "p"},
    "gitRepo": {"repository": "https://git.example.org/r.git"},
    "glusterfs": {"endpoints": "e", "path": "p"},
    "hostPath": {"path": "/srv"},
    "image": {"reference": IMAGE, "pullPolicy": "IfNotPresent"},
    "iscsi": {"targetPortal": "192.0.2.1:3260", "iqn": "iqn.2001-04.com.example:storage.disk1", "lun": 1},
    "nfs": {"server": "192.0.2.1", "path": "/models"},
    "persistentVolumeClaim": {"claimName": "c"},
    "photonPersistentDisk": {"pdID": "p"},
    "portworxVolume": {"volumeID": "p"},
    "projected": {"sources": [{"configMap": {"name": "c"}}]},
    "quobyte": {"registry": "192.0.2.1:1", "volume": "v"},
    "rbd": {"monitors": ["192.0.2.1:6789"], "image": "i"},
    "scaleIO": {"gateway": "https://192.0.2.1", "system": "s", "secretRef": {"name": "s"}, "volumeName": "v"},
    "secret": {"secretName": "s"},
    "storageos": {"volumeName": "v"},
    "vsphereVolume": {"volumePath": "[d] v"},
}
# With nothing but what a pod gets anyway, a projected volume passes where secrets do.
_TOKEN = {"serviceAccountToken": {"path": "token"}}
PROJECTIONS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "the token": [_TOKEN],
    "the CA": [{"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}],
    "the namespace": [
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}}
    ],
    "a token for others": [{"serviceAccountToken": {"path": "token", "audience": "vault"}}],
    "a short token": [{"serviceAccountToken": {"path": "token", "expirationSeconds": 600}}],
    "another CA": [_TOKEN, {"configMap": {"name": "own-ca"}}],
    "a secret": [_TOKEN, {"secret": {"name": "s"}}],
    "labels": [_TOKEN, {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}}],
}
SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ping_group_range",
    "kernel.msgmax",
    "net.core.somaxconn",
)


def _users(values: Values) -> Iterator[tuple[str, Change]]:
    numbers = {
        "first of the range": values.uid,
        "last of the range": values.last_uid,
        "beyond the range": values.last_uid + 1,
        "1000": 1000,
        "65534": 65534,
        "root": 0,
    }
    for name, number in numbers.items():
        yield f"pod runAsUser {name}", _pod(runAsUser=number)
        yield f"container runAsUser {name}", _main(runAsUser=number)
    for flag in (True, False):
        yield f"pod runAsNonRoot {flag}", _pod(runAsNonRoot=flag)
        yield f"container runAsNonRoot {flag}", _main(runAsNonRoot=flag)
    yield "runAsGroup", _pod(runAsGroup=1000)


def _groups(values: Values) -> Iterator[tuple[str, Change]]:
    for number in (values.group, values.group + 1, 1000, 0):
        yield f"fsGroup {number}", _pod(fsGroup=number)
    lists = ([], [values.group], [1000], [values.group, 1000], [values.group, values.group + 1])
    for groups in lists:
        yield f"supplementalGroups {groups}", _pod(supplementalGroups=groups)
    yield "fsGroupChangePolicy", _pod(fsGroup=values.group, fsGroupChangePolicy="OnRootMismatch")


def _se_linux(values: Values) -> Iterator[tuple[str, Change]]:
    sensitivity, _colon, categories = values.mcs.partition(":")
    turned = f"{sensitivity}:{','.join(reversed(categories.split(',')))}"
    options = (
        {"level": values.mcs},
        {"level": turned},
        {"level": "s0:c1000,c1001"},
        {"level": values.mcs, "type": "spc_t"},
        {"type": "container_engine_t"},
        {"level": values.mcs, "user": "system_u", "role": "system_r"},
        {},
    )
    for one in options:
        yield f"pod seLinuxOptions {one}", _pod(seLinuxOptions=one)
        yield f"container seLinuxOptions {one}", _main(seLinuxOptions=one)


def _seccomp(_values: Values) -> Iterator[tuple[str, Change]]:
    profiles = (
        {"type": "RuntimeDefault"},
        {"type": "Unconfined"},
        {"type": "Localhost", "localhostProfile": "profiles/own.json"},
    )
    for one in profiles:
        yield f"pod seccompProfile {one}", _pod(seccompProfile=one)
        yield f"container seccompProfile {one}", _main(seccompProfile=one)
    for name in ("runtime/default", "docker/default", "unconfined", "localhost/own.json", ""):
        yield f"pod's seccomp annotation {name!r}", _annotation(POD_SECCOMP, name)
        yield f"container's seccomp annotation {name!r}", _annotation(CONTAINER_SECCOMP, name)


def _privileges(_values: Values) -> Iterator[tuple[str, Change]]:
    yield "privileged", _main(privileged=True)
    yield "not privileged", _main(privileged=False)
    for flag in (True, False):
        yield f"allowPrivilegeEscalation {flag}", _main(allowPrivilegeEscalation=flag)
        yield f"readOnlyRootFilesystem {flag}", _main(readOnlyRootFilesystem=flag)
    for names in (
        ["NET_BIND_SERVICE"],
        ["CHOWN"],
        ["SETUID", "SETGID"],
        ["SYS_ADMIN"],
        ["ALL"],
        ["NET_BIND_SERVICE", "KILL"],
    ):
        yield f"capabilities add {names}", _main(capabilities={"add": names})
    for names in (["ALL"], ["all"], ["KILL"], ["MKNOD", "CHOWN"], []):
        yield f"capabilities drop {names}", _main(capabilities={"drop": names})
    yield "capabilities both", _main(capabilities={"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]})
    yield "empty security context", _main()


def _host(_values: Values) -> Iterator[tuple[str, Change]]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        yield name, _spec(**{name: True})
    yield "host port", _port(containerPort=8000, hostPort=18000)
    yield "container port", _port(containerPort=8000)
    yield "hostUsers false", _spec(hostUsers=False)
    yield "hostUsers true", _spec(hostUsers=True)
    yield "shareProcessNamespace", _spec(shareProcessNamespace=True)
    for name in SYSCTLS:
        yield f"sysctl {name}", _pod(sysctls=[{"name": name, "value": "1"}])
    yield "os linux", _spec(os={"name": "linux"})
    yield "os windows", _spec(os={"name": "windows"})


def _volumes(_values: Values) -> Iterator[tuple[str, Change]]:
    for kind, source in VOLUMES.items():
        yield f"volume {kind}", _volume(kind, source)
    for name, sources in PROJECTIONS.items():
        yield f"volume projected, {name}", _volume("projected", {"sources": sources})


def _containers(values: Values) -> Iterator[tuple[str, Change]]:
    contexts: Mapping[str, Mapping[str, Any] | None] = {
        "plain": None,
        "root": {"runAsUser": 0},
        "in range": {"runAsUser": values.uid},
        "1000": {"runAsUser": 1000, "runAsNonRoot": True},
        "privileged": {"privileged": True},
        "own profile": {"seccompProfile": {"type": "Unconfined"}},
        "capability": {"capabilities": {"add": ["NET_ADMIN"]}},
    }
    for name, context in contexts.items():
        yield f"init container {name}", _container("initContainers", "prepare", context)
        yield f"second container {name}", _container("containers", "second", context)
    yield "sidecar", _container("initContainers", "sidecar", {"runAsUser": 1000}, restartPolicy="Always")
    port = {"containerPort": 9000, "hostPort": 19000, "protocol": "TCP"}
    yield "init container with host port", _container("initContainers", "prepare", None, ports=[port])


def _names(values: Values) -> Iterator[tuple[str, Change]]:
    for name in values.sccs:
        yield f"required-scc {name}", _annotation(REQUIRED, name)
    yield "required-scc that is not there", _annotation(REQUIRED, "verify-no-such-scc")
    yield "required-scc empty", _annotation(REQUIRED, "")
    yield "an SCC annotation of its own", _annotation("openshift.io/scc", "privileged")
    for name in values.accounts:
        yield f"service account {name}", _spec(serviceAccountName=name)
        yield f"service account {name} by its old name", _spec(serviceAccount=name)
    yield "service account that is not there", _spec(serviceAccountName="verify-no-such-account")
    yield "no token", _spec(automountServiceAccountToken=False)


FAMILIES = (_users, _groups, _se_linux, _seccomp, _privileges, _host, _volumes, _containers, _names)
# Shapes that people have: what they need comes together.
MEETINGS: Mapping[str, Callable[[Values], Sequence[Change]]] = {
    "official chart": lambda _values: (_pod(runAsUser=1000, fsGroup=1000), _volume("nfs", VOLUMES["nfs"])),
    "1000 with a claim": lambda _values: (
        _pod(runAsUser=1000, fsGroup=1000),
        _volume("persistentVolumeClaim", VOLUMES["persistentVolumeClaim"]),
    ),
    "1000 in a user namespace": lambda _values: (_spec(hostUsers=False), _pod(runAsUser=1000, fsGroup=1000)),
    "explicit numbers": lambda values: (
        _pod(runAsUser=values.uid, fsGroup=values.group, supplementalGroups=[values.group]),
    ),
    "Pod Security restricted": lambda _values: (
        _pod(runAsNonRoot=True, seccompProfile={"type": "RuntimeDefault"}),
        _main(allowPrivilegeEscalation=False, capabilities={"drop": ["ALL"]}),
    ),
    "node exporter": lambda _values: (
        _spec(hostNetwork=True, hostPID=True),
        _main(privileged=True),
        _port(containerPort=9100),
        _volume("hostPath", VOLUMES["hostPath"]),
    ),
}


def shapes(values: Values, seed: int, count: int) -> list[Shape]:
    """Pods by a seed: the plain one, those that people have, each change alone, and mixtures of two to five changes."""
    changes = [one for family in FAMILIES for one in family(values)]
    chance = random.Random(seed)
    lone = [(label, (change,)) for label, change in changes]
    meetings = [(label, tuple(make(values))) for label, make in MEETINGS.items()]
    first = [("plain", ()), *meetings]
    # A third of the pods are mixtures, at the cost of lone changes where there are too many.
    first += chance.sample(lone, max(0, min(len(lone), count * 2 // 3 - len(first))))
    mixed = [_mixture(changes, chance) for _number in range(count - len(first))]
    made = [*first, *mixed][:count]
    return [Shape(label, _made(number, some, chance.random() < 0.3)) for number, (label, some) in enumerate(made)]


def _mixture(changes: Sequence[tuple[str, Change]], chance: random.Random) -> tuple[str, tuple[Change, ...]]:
    chosen = chance.sample(changes, chance.randint(2, 5))
    return " + ".join(label for label, _change in chosen), tuple(change for _label, change in chosen)


def _made(number: int, changes: Sequence[Change], with_token: bool) -> dict[str, Any]:
    # The field decides, whatever the service account says of tokens.
    spec: dict[str, Any] = {
        "containers": [{"name": "main", "image": IMAGE}],
        "automountServiceAccountToken": with_token,
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": f"verify-{number}-"}, "spec": spec}
    for change in changes:
        change(pod)
    if spec.get("serviceAccountName") and "serviceAccount" in spec:
        del spec["serviceAccount"]
    return pod
