# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random pods that ask for this and that, for tests of properties; the same seed gives the same pod."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

from .permissive import FIRST, LAST, LEVEL

_LABELS = [{"level": LEVEL}, {"level": "s0:c1,c2"}, {"type": "spc_t"}, {"level": LEVEL, "type": "spc_t"}, {}]
_PROFILES = [
    {"type": "Unconfined"},
    {"type": "RuntimeDefault"},
    {"type": "Localhost", "localhostProfile": "a"},
    {"type": "Localhost", "localhostProfile": "b"},
]
_POD: dict[str, list[Any]] = {
    "runAsUser": [0, 1000, FIRST, LAST, LAST + 1],
    "runAsNonRoot": [True, False],
    "fsGroup": [0, 1000, FIRST],
    "supplementalGroups": [[1000], [5, 6, FIRST], []],
    "seLinuxOptions": _LABELS,
    "seccompProfile": _PROFILES,
    "sysctls": [
        [{"name": "net.core.somaxconn", "value": "1"}, {"name": "net.ipv4.tcp_syncookies", "value": "1"}],
        [{"name": "kernel.sem", "value": "1"}, {"name": "kernel.msgmax", "value": "1"}],
    ],
}
_CONTAINER: dict[str, list[Any]] = {
    "runAsUser": [0, 1000, 2000, FIRST],
    "runAsNonRoot": [True, False],
    "privileged": [True, False],
    "allowPrivilegeEscalation": [True, False],
    "readOnlyRootFilesystem": [True, False],
    "capabilities": [
        {"add": ["SYS_ADMIN", "NET_BIND_SERVICE"]},
        {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
        {"add": ["ALL"]},
        {"drop": ["ALL"]},
    ],
    "seLinuxOptions": _LABELS,
    "seccompProfile": _PROFILES,
}
_VOLUMES: list[dict[str, Any]] = [
    {"emptyDir": {}},
    {"persistentVolumeClaim": {"claimName": "x"}},
    {"nfs": {"server": "s", "path": "/"}},
    {"iscsi": {}},
    {"hostPath": {"path": "/"}},
    {"flexVolume": {"driver": "a/b"}},
    {"flexVolume": {"driver": "a/c"}},
    {"projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}},
]
_ANNOTATIONS = {
    "seccomp.security.alpha.kubernetes.io/pod": ["unconfined", "docker/default", "localhost/c"],
    "container.seccomp.security.alpha.kubernetes.io/a": ["unconfined", "runtime/default", "localhost/d"],
}


def _some(dice: random.Random, fields: dict[str, list[Any]], chance: float) -> dict[str, Any]:
    return {name: deepcopy(dice.choice(values)) for name, values in fields.items() if dice.random() < chance}


def random_pod(seed: int, *, chance: float = 0.25) -> dict[str, Any]:
    """A pod; each field that an SCC looks at is there with the given chance."""
    dice = random.Random(seed)

    def of(name: str) -> dict[str, Any]:
        ports = [{"containerPort": 80, "hostPort": 8000 + dice.randrange(3)}] if dice.random() < chance / 2 else []
        return {"name": name, "ports": ports, "securityContext": _some(dice, _CONTAINER, chance)}

    volumes = [{"name": f"v{place}", **volume} for place, volume in enumerate(_VOLUMES) if dice.random() < chance]
    spec: dict[str, Any] = {
        "serviceAccountName": "sa",
        "securityContext": _some(dice, _POD, chance),
        "containers": [of("a"), of("b")][: dice.randint(1, 2)],
        "initContainers": [of("i")] if dice.random() < chance else [],
        "volumes": deepcopy(volumes),
        **{name: True for name in ("hostNetwork", "hostPID", "hostIPC") if dice.random() < chance / 2},
        **({"hostUsers": dice.random() < 0.5} if dice.random() < chance else {}),
    }
    return {
        "metadata": {"name": "p", "namespace": "ns", "annotations": _some(dice, _ANNOTATIONS, chance / 3)},
        "spec": spec,
    }
