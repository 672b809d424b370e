# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCCs and the right to use them, as far as manifests bring them along: a chart with an SCC of its own, for example.

Source for the reading of roles: Kubernetes' RBAC authorizer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from .access import GROUP_PREFIX
from .model import ANY
from .standard import CLUSTER_ROLE
from .stored import stored

GROUP = "security.openshift.io"
RESOURCE = "securitycontextconstraints"
Granted: TypeAlias = "dict[str, list[str] | str]"


@dataclass(frozen=True, slots=True)
class Brought:
    """``sccs``: name -> object, as it will be stored; ``granted``: in the form of access.Grants, for one namespace."""

    sccs: Mapping[str, Mapping[str, Any]]
    granted: Mapping[str, list[str] | str]


def brought(objects: Iterable[Any], namespace: str) -> Brought:
    """What these objects add in a namespace once they are applied; objects of other kinds do not count.

    :param namespace: that of the pods, also for objects that name none.
    """
    listed = [item for item in objects if isinstance(item, Mapping) and isinstance(item.get("metadata"), Mapping)]
    sccs = {item["metadata"]["name"]: stored(item) for item in listed if _is_scc(item)}
    roles = {(item["kind"], item["metadata"]["name"]): _usable(item) for item in listed if _is_role(item, namespace)}
    granted: Granted = {}
    for item in listed:
        for subject in _subjects(item, namespace):
            reference = item.get("roleRef")
            if isinstance(reference, Mapping):
                _add(granted, subject, _of_role(reference, roles))
    return Brought(sccs, granted)


def merged(one: Mapping[str, list[str] | str], other: Mapping[str, list[str] | str]) -> Granted:
    """Both grants together."""
    result: Granted = dict(one)
    for subject, names in other.items():
        _add(result, subject, names)
    return result


def _is_scc(item: Mapping[str, Any]) -> bool:
    group = str(item.get("apiVersion", "")).partition("/")[0]
    return _is_named(item) and item.get("kind") == "SecurityContextConstraints" and group in (GROUP, "v1")


def _is_role(item: Mapping[str, Any], namespace: str) -> bool:
    kind = item.get("kind")
    return _is_named(item) and (kind == "ClusterRole" or (kind == "Role" and _is_in(item, namespace)))


def _is_named(item: Mapping[str, Any]) -> bool:
    return isinstance(item["metadata"].get("name"), str)


def _is_in(item: Mapping[str, Any], namespace: str) -> bool:
    return (item["metadata"].get("namespace") or namespace) == namespace


def _usable(role: Mapping[str, Any]) -> list[str] | str:
    """The SCCs whose use a role grants; "*" where it names none."""
    names: list[str] = []
    for rule in _mappings(role.get("rules")):
        if _has(rule, "apiGroups", GROUP) and _has(rule, "resources", RESOURCE) and _has(rule, "verbs", "use"):
            wanted = rule.get("resourceNames")
            if not wanted:
                return ANY
            names += [name for name in wanted if isinstance(name, str)] if isinstance(wanted, list) else []
    return names


def _has(rule: Mapping[str, Any], field: str, wanted: str) -> bool:
    values = rule.get(field)
    return isinstance(values, list) and (wanted in values or ANY in values)


def _of_role(reference: Mapping[str, Any], roles: Mapping[tuple[str, str], list[str] | str]) -> list[str] | str:
    """What the role of a binding grants; the cluster roles that OpenShift ships need not be among the manifests."""
    kind, name = reference.get("kind"), reference.get("name")
    if not isinstance(kind, str) or not isinstance(name, str):
        return []
    if (kind, name) in roles:
        return roles[kind, name]
    if kind == "ClusterRole" and name.startswith(CLUSTER_ROLE):
        return [name.removeprefix(CLUSTER_ROLE)]
    return []


def _subjects(item: Mapping[str, Any], namespace: str) -> Iterator[str]:
    """Those that a binding binds, as access.Grants names them."""
    kind = item.get("kind")
    if kind != "ClusterRoleBinding" and not (kind == "RoleBinding" and _is_in(item, namespace)):
        return
    for subject in _mappings(item.get("subjects")):
        name = subject.get("name")
        if subject.get("kind") == "ServiceAccount":
            yield f"system:serviceaccount:{subject.get('namespace') or namespace}:{name}"
        elif subject.get("kind") == "Group":
            yield f"{GROUP_PREFIX}{name}"
        elif subject.get("kind") == "User":
            yield str(name)


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _add(granted: Granted, subject: str, names: list[str] | str) -> None:
    have = granted.get(subject, [])
    if names == ANY or have == ANY:
        granted[subject] = ANY
    elif names:
        granted[subject] = list(dict.fromkeys([*have, *names]))
