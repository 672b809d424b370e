# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How new pods take the place of old ones: beside them for a moment (surge) where that fits, else after them (Recreate).

A surge pod has to get the claims, the extended resources (GPUs) and the room in quotas that the old pods still hold. All that is reckoned
without the release's own pods, so that a first installation and a later run come to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from .._storage.fitting import amount
from . import placement

SURGE: Mapping[str, Any] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
RECREATE: Mapping[str, Any] = {"type": "Recreate"}
CHOICES = ("auto", "surge", "recreate")
_SHARED = {"ReadWriteMany", "ReadOnlyMany"}
_COUNTED = ("pods", "count/pods")
_BESIDE = "a new pod gets ready before an old one goes"
_AFTER = "the old pods go before the new ones start, so nothing answers in between"


class Look(Protocol):
    """What is asked of the cluster, each only where it matters; None where the user may not read it."""

    def nodes(self) -> Sequence[Mapping[str, Any]] | None:
        """All nodes."""

    def pods(self) -> Sequence[Mapping[str, Any]] | None:
        """The pods of all namespaces that have not ended."""

    def own_pods(self) -> Sequence[Mapping[str, Any]] | None:
        """The pods of the release that have not ended."""

    def quotas(self) -> Sequence[Mapping[str, Any]] | None:
        """The quotas of the namespace."""

    def claim(self, name: str) -> Mapping[str, Any] | None:
        """A claim of the namespace, None also where it is not there yet."""

    def volume(self, name: str) -> Mapping[str, Any] | None:
        """A PersistentVolume."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """The decision: ``kind`` is surge, recreate or given (the user's values say it); ``values`` are for the chart."""

    kind: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def decide(
    values: Mapping[str, Any], wish: str, given: bool, claims: Mapping[str, Sequence[str]], look: Look
) -> Strategy:
    """Choose the Deployment's strategy.

    :param values: the chart's values, as the release has them.
    :param wish: one of CHOICES, of which auto leaves it to this function.
    :param given: the user's values have a strategy of their own, which stands.
    :param claims: access modes of claims that the run makes, by name; others are looked for.
    """
    if given:
        kind = (values.get("strategy") or {}).get("type") or "RollingUpdate"
        return Strategy("given", f"Upgrades go by {kind}: triton_values sets the strategy.")
    if wish == "recreate":
        return Strategy("recreate", f"Upgrades go by Recreate ({_AFTER}): triton_strategy says so.", RECREATE)
    notes: list[str] = []
    hindrance = _claims(values, claims, look) or _extended(values, look, notes) or _quotas(values, look)
    if wish == "surge":
        warnings = (f"triton_strategy is surge, but {hindrance}: the new pod may never start.",) if hindrance else ()
        return Strategy("surge", f"Upgrades surge ({_BESIDE}): triton_strategy says so.", SURGE, tuple(notes), warnings)
    if hindrance:
        reason = f"Upgrades go by Recreate ({_AFTER}): {hindrance}. Set triton_strategy: surge if that is not so."
        return Strategy("recreate", reason, RECREATE, tuple(notes))
    return Strategy(
        "surge", f"Upgrades surge ({_BESIDE}): nothing stands in the way of a pod more.", SURGE, tuple(notes)
    )


def extended(resources: Mapping[str, Any]) -> dict[str, Fraction]:
    """The extended resources (GPUs and the like) of a container's resources; their requests are their limits."""
    both = {**(resources.get("requests") or {}), **(resources.get("limits") or {})}
    return {name: amount(value) for name, value in both.items() if _is_extended(name) and amount(value) > 0}


def requested(pod: Mapping[str, Any]) -> dict[str, Fraction]:
    """The extended resources that a pod holds: its containers' together, or one init container's if that is more."""
    spec = pod.get("spec") or {}
    total: dict[str, Fraction] = {}
    beside = [one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always"]
    for container in [*(spec.get("containers") or ()), *beside]:
        for name, value in extended(container.get("resources") or {}).items():
            total[name] = total.get(name, Fraction(0)) + value
    for container in spec.get("initContainers") or ():
        for name, value in extended(container.get("resources") or {}).items():
            total[name] = max(total.get(name, Fraction(0)), value)
    return total


def _is_extended(name: str) -> bool:
    # Kubernetes' rule: a domain that is not its own.
    domain, slash, _rest = str(name).partition("/")
    return bool(slash) and not f".{domain}".endswith(".kubernetes.io") and not domain.startswith("requests.")


def _resources(values: Mapping[str, Any]) -> dict[str, Any]:
    """The container's resources, as the chart writes them."""
    given, gpu = values.get("resources") or {}, values.get("gpu") or {}
    limits = dict(given.get("limits") or {})
    if int(gpu.get("count") or 0) > 0:
        limits[str(gpu.get("resourceName") or "nvidia.com/gpu")] = int(gpu["count"])
    return {"requests": dict(given.get("requests") or {}), "limits": limits}


def _pod(values: Mapping[str, Any]) -> dict[str, Any]:
    main = {"resources": _resources(values)}
    return {"spec": {"containers": [main], "initContainers": list(values.get("initContainers") or ())}}


def _replicas(values: Mapping[str, Any]) -> int:
    return int(values.get("replicas", 1))


def mounted(values: Mapping[str, Any]) -> list[str]:
    """The claims that the pods mount."""
    volumes = [one.get("volume") or {} for one in values.get("modelRepositories") or ()]
    volumes += list(values.get("extraVolumes") or ())
    names = [str((one.get("persistentVolumeClaim") or {}).get("claimName") or "") for one in volumes]
    return list(dict.fromkeys(filter(None, names)))


def _claims(values: Mapping[str, Any], made: Mapping[str, Sequence[str]], look: Look) -> str:
    for name in mounted(values):
        modes = list(made.get(name) or ())
        live = None
        if not modes:
            live = look.claim(name)
            modes = list(((live or {}).get("spec") or {}).get("accessModes") or ())
        if _SHARED & set(modes) or not modes:
            continue
        if "ReadWriteOncePod" in modes:
            return f"claim {name} is ReadWriteOncePod, so one pod has it at a time"
        elsewhere = _elsewhere(values, name, live, look)
        if elsewhere:
            return f"claim {name} is ReadWriteOnce, which one node has at a time, and {elsewhere}"
    return ""


def _elsewhere(values: Mapping[str, Any], name: str, live: Mapping[str, Any] | None, look: Look) -> str:
    """Why a new pod may come to another node than the old ones are on; "" if it surely does not."""
    nodes = look.nodes()
    if nodes is None:
        return "the nodes may not be read, so a new pod may come to another one"
    hosts = {str((pod.get("spec") or {}).get("nodeName") or "") for pod in look.own_pods() or ()} - {""}
    fit = placement.fitting(nodes, values)
    if len(fit) > 1:
        volume = ((live or look.claim(name) or {}).get("spec") or {}).get("volumeName")
        bound = look.volume(str(volume)) if volume else None
        fit = placement.fitting(nodes, values, [bound] if bound else [])
    names = {str(node["metadata"]["name"]) for node in fit}
    if len(names) > 1:
        return f"{len(names)} nodes can take a new pod"
    other = sorted(hosts - names)
    return f"the pods on node {other[0]} would be followed by some on another" if other else ""


def _extended(values: Mapping[str, Any], look: Look, notes: list[str]) -> str:
    wanted = requested(_pod(values))
    if not wanted:
        return ""
    nodes, pods = look.nodes(), look.pods()
    if nodes is None or pods is None:
        what = "nodes" if nodes is None else "pods of other namespaces"
        notes.append(
            f"Whether a node has {_amounts(wanted)} free for a pod more is not known, since the {what} may not be read: if none has, set "
            "triton_strategy: recreate."
        )
        return ""
    own = {pod["metadata"].get("uid") for pod in look.own_pods() or ()}
    held: dict[str, list[dict[str, Fraction]]] = {}
    for pod in pods:
        host = (pod.get("spec") or {}).get("nodeName")
        if host and pod["metadata"].get("uid") not in own:
            held.setdefault(str(host), []).append(requested(pod))
    room = sum(
        _pods_on(node, held.get(str(node["metadata"]["name"]), []), wanted) for node in placement.fitting(nodes, values)
    )
    need = _replicas(values) + 1
    if room >= need:
        return ""
    return f"a pod takes {_amounts(wanted)}, and the nodes have that free for {room} of the {need} pods that an upgrade has at a time"


def _pods_on(node: Mapping[str, Any], held: Iterable[Mapping[str, Fraction]], wanted: Mapping[str, Fraction]) -> int:
    has = (node.get("status") or {}).get("allocatable") or {}
    taken = list(held)
    free = {name: amount(has.get(name, "0")) - sum(one.get(name, Fraction(0)) for one in taken) for name in wanted}
    return max(0, min(int(free[name] // value) for name, value in wanted.items()))


def _quotas(values: Mapping[str, Any], look: Look) -> str:
    quotas = [quota for quota in look.quotas() or () if _counts(quota, values)]
    if not quotas:
        return ""
    own = look.own_pods() or ()
    need = _replicas(values) + 1
    for quota in quotas:
        status = quota.get("status") or {}
        hard, used = status.get("hard") or (quota.get("spec") or {}).get("hard") or {}, status.get("used") or {}
        for key, most in hard.items():
            one = _charged(key, _pod(values))
            if not one:
                continue
            others = amount(used.get(key, "0")) - sum(_charged(key, pod) for pod in own)
            if max(others, Fraction(0)) + need * one > amount(most):
                return (
                    f"quota {quota['metadata']['name']} allows {key}: {most}, which is not enough for the {need} pods that an upgrade has "
                    "at a time"
                )
    return ""


def _counts(quota: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether a quota counts the release's pods, by its scopes."""
    spec = quota.get("spec") or {}
    effort = _resources(values)
    best = not any(name in ("cpu", "memory") for part in effort.values() for name in part)
    scopes = {"Terminating": False, "NotTerminating": True, "BestEffort": best, "NotBestEffort": not best}
    selectors = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    named = [
        *(spec.get("scopes") or ()),
        *(one.get("scopeName") for one in selectors if one.get("scopeName") in scopes),
    ]
    classes = [one for one in selectors if one.get("scopeName") == "PriorityClass" and one.get("operator") == "In"]
    return (
        all(scopes.get(str(scope), False) for scope in named)
        and all(values.get("priorityClassName") in (one.get("values") or ()) for one in classes)
        and len(classes) + len(named) == len(selectors) + len(spec.get("scopes") or ())
    )


def _charged(key: str, pod: Mapping[str, Any]) -> Fraction:
    """What a quota charges for a pod under one of its keys; 0 for what counts no pods."""
    if key in _COUNTED:
        return Fraction(1)
    kind, _dot, resource = key.partition(".")
    if kind not in ("requests", "limits"):
        kind, resource = "requests", key
    spec = pod.get("spec") or {}
    main = [_asked(one, kind, resource) for one in spec.get("containers") or ()]
    first = [_asked(one, kind, resource) for one in spec.get("initContainers") or ()]
    return max([sum(main, Fraction(0)), *first])


def _asked(container: Mapping[str, Any], kind: str, resource: str) -> Fraction:
    resources = container.get("resources") or {}
    given = (resources.get(kind) or {}).get(resource)
    if given is None and kind == "requests":
        # Kubernetes takes a request that is not given from the limit.
        given = (resources.get("limits") or {}).get(resource)
    return amount(given) if given is not None else Fraction(0)


def _amounts(wanted: Mapping[str, Fraction]) -> str:
    return " and ".join(f"{int(value)} {name}" for name, value in sorted(wanted.items()))
