# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights that each purpose of a run needs: what its modules and helm ask of the API server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

RBAC = "rbac.authorization.k8s.io"
PURPOSES = ("deploy", "verify", "remove", "diagnose", "prepare", "rollback")
# Each: verbs, resource, API group.
_LOOK = (
    (("get",), "deployments", "apps"),
    (("list",), "replicasets", "apps"),
    (("list",), "pods", ""),
    (("list",), "events", ""),
    (("get",), "pods/log", ""),
)
_ASK = ((("get", "create"), "services/proxy", ""), (("get", "create"), "pods/proxy", ""))
_WRITE = (
    (("get", "list", "create", "update", "patch", "delete"), "secrets", ""),
    (("get", "list", "create", "patch", "delete"), "configmaps", ""),
    (("get", "create", "patch"), "persistentvolumeclaims", ""),
    (("get", "create", "patch", "delete"), "services", ""),
    (("get", "create", "patch", "delete"), "serviceaccounts", ""),
    (("create", "patch", "delete"), "deployments", "apps"),
)
_UPLOAD = ((("get", "create", "delete"), "pods", ""), (("get", "create"), "pods/exec", ""))
_PROBE = ((("get", "create", "delete"), "pods", ""),)
_REMOVE = (
    (("get", "list", "update", "delete"), "secrets", ""),
    (("get", "list", "delete"), "configmaps", ""),
    (("get", "delete"), "pods", ""),
    (("get", "delete"), "persistentvolumeclaims", ""),
    (("get", "delete"), "services", ""),
    (("get", "delete"), "serviceaccounts", ""),
    (("get", "delete"), "deployments", "apps"),
)
_PREPARE = ((("get", "create", "patch"), "rolebindings", RBAC),)
_SCC_ROLE = ((("get", "create", "patch"), "roles", RBAC),)


def rights(
    purpose: str, namespace: str, uploads: bool, probes: bool, make_scc: bool, make_volumes: bool
) -> list[dict[str, Any]]:
    """The rights for a purpose, in the form of the option rights of the module platform_info.

    :param purpose: one of PURPOSES.
    :param uploads: whether models get uploaded; probes: whether buckets get read before the release.
    :param make_scc: whether an SCC is made, make_volumes: whether PersistentVolumes are.
    """
    see = [_right(("get",), "namespaces", "", namespace, namespace)]
    inside: tuple[tuple[Sequence[str], str, str], ...]
    if purpose == "prepare":
        wide = [
            _right(("get", "create", "patch"), "namespaces"),
            _right(("bind",), "clusterroles", RBAC, None, "edit"),
            *(
                [_right(("list", "get", "create", "patch"), "securitycontextconstraints", "security.openshift.io")]
                * make_scc
            ),
            *([_right(("get", "create", "patch"), "persistentvolumes")] * make_volumes),
        ]
        inside = _PREPARE + (_SCC_ROLE if make_scc else ())
        return [wide[0], *_in(namespace, inside), *wide[1:]]
    if purpose == "remove":
        inside = _REMOVE
    elif purpose == "diagnose":
        inside = _LOOK
    elif purpose == "verify":
        inside = _LOOK + _ASK
    elif purpose == "rollback":
        inside = _LOOK + _ASK + _WRITE
    else:
        inside = _LOOK + _ASK + _WRITE + (_UPLOAD if uploads else ()) + (_PROBE if probes else ())
    return see + _in(namespace, inside)


def _in(namespace: str, listed: Sequence[tuple[Sequence[str], str, str]]) -> list[dict[str, Any]]:
    return [_right(verbs, resource, group, namespace) for verbs, resource, group in listed]


def _right(
    verbs: Sequence[str], resource: str, group: str = "", namespace: str | None = None, name: str = ""
) -> dict[str, Any]:
    return {"verbs": list(verbs), "resource": resource, "group": group, "namespace": namespace, "name": name}
