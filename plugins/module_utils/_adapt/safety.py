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

from .._scc.admission import REQUIRED_SCC
from .._scc.changes import Change
from .._scc.view import CONTAINER_LISTS
from .choices import ALLOWABLE
from .tricks import Trick

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
# SELinux types of ordinary containers; others are for those that do more.
_SELINUX_TYPES = ("", "container_t", "container_init_t")
_PINNED = f"metadata.annotations[{REQUIRED_SCC}]"
_REASONS: Mapping[str, str] = {
    "runAsUser": "the namespace has users of its own, and OpenShift sets one",
    "runAsGroup": "images for any user give their rights to group 0, which OpenShift sets",
    "runAsNonRoot": "no process may be root",
    "fsGroup": "the namespace has groups of its own, and OpenShift sets one",
    "supplementalGroups": "the namespace has groups of its own",
    "seLinuxOptions": "the namespace has a label of its own, and OpenShift sets it",
    "seccompProfile": "the runtime's default profile is demanded",
    "appArmorProfile": "the runtime's default profile is demanded",
    "annotations": "the runtime's default profile is demanded",
    "allowPrivilegeEscalation": "no process may get more privileges than it began with",
    "add": "a process that is not root has no use for it",
    "capabilities": "no capability is allowed but NET_BIND_SERVICE",
    "windowsOptions": "a pod must not be as mighty as its node",
    "host": "a probe or hook goes to its own pod",
    "privileged": "a pod must not be as mighty as its node",
    "hostPort": "ports of the node are not the pod's; its Service leads to it",
    "hostNetwork": "the node's network is not the pod's",
    "hostPID": "the processes of the node are not the pod's",
    "hostIPC": "the IPC of the node is not the pod's",
    "hostUsers": "the SCC demands a user namespace",
    "sysctls": "they are not safe for the pods beside it",
    "readOnlyRootFilesystem": "the SCC demands it",
    "procMount": "only the default is allowed",
    "drop": "the SCC demands it",
    "required-scc": "it is to be admitted by this SCC",
}


def field_of(path: str) -> str:
    """The field that a change is about, by its name in the pod."""
    if path.startswith("metadata.annotations"):
        return "required-scc" if path == _PINNED else "annotations"
    if ".seLinuxOptions" in path:
        return "seLinuxOptions"
    last = path.rsplit(".", 1)[-1]
    return "volumes" if last.startswith("volumes[") else last.partition("[")[0]


def reason(change: Change) -> str:
    """Why a change is made."""
    field = field_of(change.path)
    if field == "volumes":
        source = source_of(change.before)
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
    elif field in ("add", "capabilities"):
        lost = sorted(_added(change.before) - _added(change.after) - _OF_ROOT)
        name, words = ("capabilities", f"it would miss {', '.join(lost)}") if lost else ("", "")
    elif field in ("seLinuxOptions", "procMount", "windowsOptions"):
        name, words = "privileged", _of_more_than_a_container(field, change.before)
    elif field == "sysctls":
        names = ", ".join(str(one.get("name")) for one in change.before or () if isinstance(one, Mapping))
        name, words = "sysctls", f"it would miss {names}"
    elif field == "volumes":
        name, words = _of_volume(change, kind)
    if not words or name in allow:
        return ""
    return f"{words}; allow {name}, and it is taken away nevertheless" if name in ALLOWABLE else words


def _capability(name: Any) -> str:
    return re.sub(r"^CAP_", "", str(name).upper())


def _added(value: Any) -> set[str]:
    """The capabilities of a list, or of an object that has it in add."""
    names = value.get("add") if isinstance(value, Mapping) else value
    return set(map(_capability, names or ()))


def _of_more_than_a_container(field: str, before: Any) -> str:
    if field == "procMount":
        return f"it asks for procMount {before}, and would fail without"
    if field == "windowsOptions":
        return "it works on the node itself, and would see nothing of it"
    type_ = (before.get("type") if isinstance(before, Mapping) else "") or ""
    return "" if type_ in _SELINUX_TYPES else f"it asks for SELinux type {type_}, which may do what containers may not"


def warning(change: Change, admitted: Mapping[str, Any]) -> str:
    """What somebody has to see to after a change, "" for nothing.

    :param admitted: the pod as it runs then.
    """
    field, before = field_of(change.path), change.before
    if field == "hostPort":
        return f"Nobody reaches it at port {before} of the node any more; a Service or Route has to lead to it."
    if field == "runAsNonRoot" and change.after is True and not _names_users(admitted):
        return "Its image must not run as root: a number in its USER, or runAsUser, says so."
    if field == "host":
        return f"It was sent to {before}; see whether its own pod answers."
    if field == "required-scc":
        return f"It asked for {before} by name; see whether it needs what that allows."
    if field == "readOnlyRootFilesystem":
        return "It writes to volumes only then; give it one for each directory that it writes to."
    if field in ("seccompProfile", "appArmorProfile", "annotations") and _is_laxer(before):
        return "It asked for a profile of its own, or for none; see whether it works with the runtime's default."
    if field == "volumes" and source_of(before) == "hostPath":
        return "What lies in the directory of the node is not in the claim until somebody copies it."
    return ""


def _names_users(pod: Mapping[str, Any]) -> bool:
    """Whether every container runs as a user that the pod names."""
    spec = pod.get("spec") or {}
    of_pod = (spec.get("securityContext") or {}).get("runAsUser")
    containers = [one for kind in CONTAINER_LISTS for one in spec.get(kind) or ()]
    return all((one.get("securityContext") or {}).get("runAsUser") or of_pod for one in containers)


def _is_laxer(profile: Any) -> bool:
    type_ = profile.get("type") if isinstance(profile, Mapping) else profile
    return str(type_ or "").partition("/")[0].lower() in ("unconfined", "localhost")


def trick_warning(
    trick: Trick, container: Mapping[str, Any], pod: Mapping[str, Any], admitted: Mapping[str, Any]
) -> str:
    """What somebody has to see to after an init container has gone, "" for nothing.

    :param pod: as it was given.
    :param admitted: as it runs without.
    """
    if trick.settings:
        return f"An administrator sets {', '.join(trick.settings)} on the nodes, as by a Tuned object."
    mounted = {mount.get("name") for mount in container.get("volumeMounts") or ()}
    volumes = [volume for volume in pod["spec"].get("volumes") or () if volume.get("name") in mounted]
    if any(source_of(volume) == "nfs" for volume in volumes):
        return "fsGroup changes no files of an NFS export, so its server has to let the pod write."
    if ((admitted.get("spec") or {}).get("securityContext") or {}).get("fsGroup") is None:
        return "Nothing sets fsGroup here: set spec.securityContext.fsGroup to a group of the pod's."
    return ""


def source_of(volume: Mapping[str, Any]) -> str:
    """The field of a volume that says where it comes from; those that are null count for nothing."""
    return next((key for key, value in volume.items() if key != "name" and value is not None), "")


def _of_volume(change: Change, kind: str) -> tuple[str, str]:
    volume: Mapping[str, Any] = change.before
    source = source_of(volume)
    if source == "nfs":
        return "", ""
    if source == "gitRepo":
        return "volumes", "an init container clones the repository into an emptyDir volume"
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
