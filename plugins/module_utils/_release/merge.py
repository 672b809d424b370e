# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a live object becomes when a release is brought out: what the release says, and what others have added.

It is the three-way merge that helm leaves to Kubernetes: fields that the release had and has no more go, those that it has are set,
all others stay. Lists of native kinds are merged by the keys that Kubernetes' types name (patchMergeKey of k8s.io/api);
all other lists are replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .quantity import same_quantity

# Groups whose types helm knows; all others are custom resources to it.
NATIVE = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apps",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)
_POD = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "ports": ("containerPort", "protocol"),
    "imagePullSecrets": ("name",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "resourceClaims": ("name",),
    "schedulingGates": ("name",),
}
_KEYS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "PodTemplate"), _POD
    ),
    "Service": {"ports": ("port", "protocol")},
    "ServiceAccount": {"secrets": ("name",), "imagePullSecrets": ("name",)},
    "MutatingWebhookConfiguration": {"webhooks": ("name",)},
    "ValidatingWebhookConfiguration": {"webhooks": ("name",)},
}
_DEFAULTS = {"protocol": "TCP"}
# Fields of pods that hold quantities, which have more than one spelling.
_QUANTITIES = ("limits", "requests", "sizeLimit")


@dataclass(frozen=True, slots=True)
class Rules:
    """How the parts of an object are merged.

    ``keys``: lists by their field, and the fields that tell their items apart; ``additions``: whether items that others added stay;
    ``quantities``: whether texts are quantities.
    """

    keys: Mapping[str, tuple[str, ...]]
    additions: bool = True
    quantities: bool = False


def is_native(api_version: str) -> bool:
    """Whether helm knows the types of an API version."""
    return api_version.rpartition("/")[0] in NATIVE


def rules_for(item: Mapping[str, Any]) -> Rules:
    """The rules for an object."""
    return Rules(_KEYS.get(str(item.get("kind")), {}) if is_native(str(item.get("apiVersion"))) else {})


def merged(before: Any, wanted: Any, live: Any, rules: Rules) -> Any:
    """The live object as it becomes; equal to it where there is nothing to do.

    :param before: what the release said of it so far.
    """
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        former = before if isinstance(before, Mapping) else {}
        result = {key: value for key, value in live.items() if key in wanted or key not in former}
        for key, value in wanted.items():
            result[key] = _field(key, former.get(key), value, live[key], rules) if key in live else value
        return result
    return live if rules.quantities and same_quantity(wanted, live) else wanted


def _field(name: str, before: Any, wanted: Any, live: Any, rules: Rules) -> Any:
    fields = rules.keys.get(name)
    if fields and _are_items(wanted, fields) and _are_items(live, fields):
        return _merged_lists(before, wanted, live, fields, rules)
    quantities = rules.quantities or (bool(rules.keys) and name in _QUANTITIES)
    return merged(before, wanted, live, replace(rules, quantities=quantities))


def _are_items(value: Any, fields: Sequence[str]) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) and fields[0] in item for item in value)


def _merged_lists(before: Any, wanted: list[Any], live: list[Any], fields: Sequence[str], rules: Rules) -> list[Any]:
    """Items of others stay behind the one that they follow."""
    former = {_key(item, fields): item for item in before} if _are_items(before, fields) else {}
    there = {_key(item, fields): item for item in live}
    own = {_key(item, fields) for item in wanted}
    followers: dict[Any, list[Any]] = {}
    last: Any = None
    for item in live:
        key = _key(item, fields)
        if key in own:
            last = key
        elif rules.additions and key not in former:
            followers.setdefault(last, []).append(item)
    result = list(followers.get(None, ()))
    for item in wanted:
        key = _key(item, fields)
        result.append(merged(former.get(key), item, there[key], rules) if key in there else item)
        result += followers.get(key, ())
    return result


def _key(item: Mapping[str, Any], fields: Sequence[str]) -> tuple[Any, ...]:
    return tuple(item.get(field, _DEFAULTS.get(field)) for field in fields)


def patch(before: Any, after: Any) -> Any:
    """A JSON merge patch (RFC 7386) that makes the one of the other; {} where they are equal."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return after
    changed = {
        key: patch(before[key], value) if key in before else value
        for key, value in after.items()
        if key not in before or before[key] != value
    }
    return {**changed, **{key: None for key in before if key not in after}}
