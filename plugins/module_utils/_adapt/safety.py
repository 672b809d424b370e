# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which changes of a pod leave it able to do its work, and why each is made.

OpenShift's guide to images for any user ID (files of group 0, no fixed users) is what the reasons rest on:
https://docs.redhat.com/en/documentation/openshift_container_platform/4.20/html/images/creating-images
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from typing import Any

from .._scc.changes import Change

# What a user may want nevertheless, by the name with which it is allowed.
ALLOWABLE = ("root", "privileged", "capabilities", "host_network", "host_path", "sysctls")
# A process that is not root has no use for them: they let root act for others.
_OF_ROOT = frozenset(
    {
        "CHOWN",
        "DAC_OVERRIDE",
        "DAC_READ_SEARCH",
        "FOWNER",
        "FSETID",
        "SETGID",
        "SETUID",
        "SETPCAP",
        "SETFCAP",
        "MKNOD",
        "KILL",
        "AUDIT_WRITE",
    }
)
# What lies there is the node's, and not a pod's.
_OF_NODE = (
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib",
    "/var/log",
    "/var/run",
)
_DATA_TYPES = ("", "Directory", "DirectoryOrCreate")
_REASONS: Mapping[str, str] = {
    "runAsUser": "the namespace has users of its own, and OpenShift sets one",
    "runAsGroup": "images for any user give their rights to group 0, which OpenShift sets",
    "runAsNonRoot": "it contradicts what is set",
    "fsGroup": "the namespace has groups of its own, and OpenShift sets one",
    "supplementalGroups": "the namespace has groups of its own",
    "seLinuxOptions": "the namespace has a label of its own, and OpenShift sets it",
    "seccompProfile": "OpenShift sets the runtime's default profile",
    "annotations": "OpenShift sets the runtime's default profile",
    "allowPrivilegeEscalation": "no process may get more privileges than it began with",
    "add": "a process that is not root has no use for it",
    "privileged": "a pod must not be as mighty as its node",
    "hostPort": "ports of the node are not the pod's; its Service leads to it",
    "hostNetwork": "the node's network is not the pod's",
    "hostPID": "the processes of the node are not the pod's",
    "hostIPC": "the IPC of the node is not the pod's",
    "hostUsers": "the SCC demands a user namespace",
    "sysctls": "they are not safe for the pods beside it",
    "readOnlyRootFilesystem": "the SCC demands it",
    "procMount": "the SCC allows the default only",
    "drop": "the SCC demands it",
}


def field_of(path: str) -> str:
    """The field that a change is about, by its name in the pod."""
    if path.startswith("metadata.annotations"):
        return "annotations"
    if ".seLinuxOptions" in path:
        return "seLinuxOptions"
    last = path.rsplit(".", 1)[-1]
    return "volumes" if last.startswith("volumes[") else last.partition("[")[0]


def reason(change: Change) -> str:
    """Why a change is made."""
    field = field_of(change.path)
    if field == "volumes":
        source = next((key for key in change.before if key != "name"), "")
        words = {
            "nfs": "a claim brings the same export",
            "hostPath": "directories of the node are not the pod's; a claim takes their place",
        }
        return f"{source} volumes are for administrators; {words.get(source, 'a claim takes its place')}"
    return _REASONS.get(field, "the SCC does not allow it")


def objection(change: Change, kind: str, allow: Collection[str]) -> str:
    """Why a change could break the pod, "" where it does not.

    :param kind: of the workload.
    :param allow: names of ALLOWABLE that are changed nevertheless.
    """
    field = field_of(change.path)
    name, words = "", ""
    if field == "privileged" and change.before:
        name, words = "privileged", "it wants all that the node may do, and would fail without"
    elif field in ("hostNetwork", "hostPID", "hostIPC") and change.before:
        name, words = "host_network", "it works on the node itself, and would see nothing of it"
    elif field == "runAsUser" and change.before == 0:
        name, words = "root", "it asks for root by name, so its image may do what only root may"
    elif field == "add":
        lost = sorted(set(map(_capability, change.before or ())) - set(map(_capability, change.after or ())) - _OF_ROOT)
        name, words = ("capabilities", f"it would miss {', '.join(lost)}") if lost else ("", "")
    elif field == "sysctls":
        names = ", ".join(str(one.get("name")) for one in change.before or () if isinstance(one, Mapping))
        name, words = "sysctls", f"it would miss {names}"
    elif field == "volumes":
        name, words = _of_volume(change, kind)
    return "" if name in allow else words


def _capability(name: Any) -> str:
    return re.sub(r"^CAP_", "", str(name).upper())


def _of_volume(change: Change, kind: str) -> tuple[str, str]:
    volume: Mapping[str, Any] = change.before
    source = next((key for key in volume if key != "name"), "")
    if source == "nfs":
        return "", ""
    if source != "hostPath":
        return (
            "volumes",
            f"an administrator makes a PersistentVolume of this {source} volume, and a claim names it",
        )
    given = volume["hostPath"] or {}
    path = posixpath.normpath(f"/{str(given.get('path') or '').lstrip('/')}")
    of_node = path == "/" or any(path == one or path.startswith(f"{one}/") for one in _OF_NODE)
    if kind == "StatefulSet":
        return "host_path", f"each of its pods has {path} for itself, which takes a claim template"
    if kind == "DaemonSet" or of_node or (given.get("type") or "") not in _DATA_TYPES:
        return "host_path", f"{path} is the node's, and nothing else has what lies there"
    return "", ""
