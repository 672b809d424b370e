# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of all fields of a pod that SCC admission and Pod Security read; a pod that passes never trips them up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import TritonError
from .shown import shown, word
from .view import VOLUME_TYPES

Schema = Any
INT32, INT64 = "int32", "int64"
TEXT, TRUTH, TEXTS, MAP = "text", "truth", "texts", "map"
_BOUNDS = {INT32: 2**31, INT64: 2**63}
_WORDS = {
    INT32: "a whole number of at most 32 bits",
    INT64: "a whole number of at most 64 bits",
    TEXT: "text",
    TRUTH: "true or false",
    TEXTS: "a list of texts",
    MAP: "a map of texts",
}
_SECCOMP = {"type": TEXT, "localhostProfile": TEXT}
_SE_LINUX = {"level": TEXT, "role": TEXT, "type": TEXT, "user": TEXT}
_WINDOWS = {"hostProcess": TRUTH}
_HANDLER = {"httpGet": {"host": TEXT}, "tcpSocket": {"host": TEXT}}
_CONTAINER: Schema = {
    "name": TEXT,
    "ports": [{"name": TEXT, "hostPort": INT32, "containerPort": INT32}],
    "volumeMounts": [{"mountPath": TEXT, "name": TEXT}],
    "livenessProbe": _HANDLER,
    "readinessProbe": _HANDLER,
    "startupProbe": _HANDLER,
    "lifecycle": {"postStart": _HANDLER, "preStop": _HANDLER},
    "securityContext": {
        "allowPrivilegeEscalation": TRUTH,
        "appArmorProfile": _SECCOMP,
        "capabilities": {"add": TEXTS, "drop": TEXTS},
        "privileged": TRUTH,
        "procMount": TEXT,
        "readOnlyRootFilesystem": TRUTH,
        "runAsGroup": INT64,
        "runAsNonRoot": TRUTH,
        "runAsUser": INT64,
        "seLinuxOptions": _SE_LINUX,
        "seccompProfile": _SECCOMP,
        "windowsOptions": _WINDOWS,
    },
}
_ITEMS = [{"key": TEXT, "path": TEXT}]
_DOWNWARD = {"items": [{"path": TEXT, "fieldRef": {"apiVersion": TEXT, "fieldPath": TEXT}, "resourceFieldRef": {}}]}
_SOURCES: Schema = {
    **{name: {} for name in VOLUME_TYPES},
    "downwardAPI": _DOWNWARD,
    "flexVolume": {"driver": TEXT},
    "projected": {
        "sources": [
            {
                "serviceAccountToken": {"path": TEXT, "audience": TEXT},
                "configMap": {"name": TEXT, "items": _ITEMS},
                "downwardAPI": _DOWNWARD,
                "secret": {"name": TEXT, "items": _ITEMS},
                "clusterTrustBundle": {},
                "podCertificate": {},
            }
        ]
    },
}
_POD: Schema = {
    "metadata": {"name": TEXT, "generateName": TEXT, "namespace": TEXT, "annotations": MAP, "labels": MAP},
    "status": {},
    "spec": {
        "automountServiceAccountToken": TRUTH,
        "containers": [_CONTAINER],
        "ephemeralContainers": [_CONTAINER],
        "hostIPC": TRUTH,
        "hostNetwork": TRUTH,
        "hostPID": TRUTH,
        "hostUsers": TRUTH,
        "initContainers": [_CONTAINER],
        "os": {"name": TEXT},
        "securityContext": {
            "appArmorProfile": _SECCOMP,
            "fsGroup": INT64,
            "runAsGroup": INT64,
            "runAsNonRoot": TRUTH,
            "runAsUser": INT64,
            "seLinuxOptions": _SE_LINUX,
            "seccompProfile": _SECCOMP,
            "supplementalGroups": [INT64],
            "sysctls": [{"name": TEXT, "value": TEXT}],
            "windowsOptions": _WINDOWS,
        },
        "serviceAccount": TEXT,
        "serviceAccountName": TEXT,
        "volumes": [{"name": TEXT, **_SOURCES}],
    },
}


class _WrongError(Exception):
    """A value of the wrong type; the path is completed on the way up."""

    def __init__(self, value: Any, wanted: str) -> None:
        super().__init__(wanted)
        self.value = value
        self.wanted = wanted
        self.path: list[str] = []


def check_pod(pod: Any, place: str) -> None:
    """Make sure of the types of a pod or pod template.

    :param place: the pod's name in messages.
    :raises TritonError: one is wrong; the sentence names the field, its value and what it has to be.
    """
    try:
        _check(pod, _POD)
    except _WrongError as error:
        path = "".join(reversed(error.path)).lstrip(".") or "the pod"
        raise TritonError(f"{place}: {word(path)} is {shown(error.value)}; it must be {error.wanted}.") from error


def _check(value: Any, schema: Schema) -> None:
    if isinstance(schema, dict):
        if not isinstance(value, Mapping):
            raise _WrongError(value, "an object")
        for name, item in value.items():
            if item is not None and name in schema:
                try:
                    _check(item, schema[name])
                except _WrongError as error:
                    error.path.append(f".{name}")
                    raise
    elif isinstance(schema, list):
        _check_list(value, schema[0])
    else:
        _check_plain(value, schema)


def _check_list(value: Any, schema: Schema) -> None:
    if not isinstance(value, list):
        raise _WrongError(value, "a list")
    for index, item in enumerate(value):
        try:
            _check(item, schema)
        except _WrongError as error:
            error.path.append(f"[{index}]")
            raise


def _check_plain(value: Any, wanted: str) -> None:
    if wanted in _BOUNDS:
        bound = _BOUNDS[wanted]
        good = isinstance(value, int) and not isinstance(value, bool) and -bound <= value < bound
    elif wanted == TEXT:
        good = isinstance(value, str)
    elif wanted == TRUTH:
        good = isinstance(value, bool)
    elif wanted == TEXTS:
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    else:
        good = isinstance(value, Mapping) and all(
            isinstance(key, str) and (item is None or isinstance(item, str)) for key, item in value.items()
        )
    if not good:
        raise _WrongError(value, _WORDS[wanted])
