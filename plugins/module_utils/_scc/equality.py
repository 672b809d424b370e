# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two pods are the same to Kubernetes (equality.Semantic), judged from their JSON.

Absent, null, and an empty list or map are the same; so are the zero of a plain field and its absence, but not those of the
fields that Kubernetes keeps as pointers, such as ``runAsUser: 0``. Quantities are compared by their value: 500m is 0.5. Fields that
Kubernetes does not know are expected to be gone, as the API server drops them before admission.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

# Scalars whose zero is more than nothing: a container's runAsUser 0 is root.
_POINTERS = frozenset(
    [
        "activeDeadlineSeconds",
        "allowPrivilegeEscalation",
        "automountServiceAccountToken",
        "defaultMode",
        "enableServiceLinks",
        "endpoint",
        "expirationSeconds",
        "fsGroup",
        "hostnameOverride",
        "hostUsers",
        "localhostProfile",
        "matchLabelKeys",
        "minDomains",
        "mode",
        "optional",
        "partition",
        "path",
        "preemptionPolicy",
        "priority",
        "privileged",
        "readOnlyRootFilesystem",
        "resourceClaimName",
        "resourceClaimTemplateName",
        "runAsGroup",
        "runAsNonRoot",
        "runAsUser",
        "runtimeClassName",
        "service",
        "setHostnameAsFQDN",
        "shareProcessNamespace",
        "stopSignal",
        "storageClassName",
        "supplementalGroupsPolicy",
        "terminationGracePeriodSeconds",
        "tolerationSeconds",
        "volumeMode",
    ]
)
_QUANTITIES = frozenset(["capacity", "divisor", "limits", "overhead", "requests", "sizeLimit", "storage"])
_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,60}\.?[0-9]{0,60}|\.[0-9]{1,60}))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]{1,2}))?"
)
_SUFFIXES = {
    **{
        suffix: Fraction(10) ** power
        for suffix, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)
    },
    **{f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
# Maps of texts: each of their keys is something, even if its value is empty.
_MAPS = frozenset(
    [
        "annotations",
        "labels",
        "limits",
        "matchLabels",
        "nodeSelector",
        "options",
        "overhead",
        "requests",
        "volumeAttributes",
    ]
)
# Objects that Kubernetes keeps by value, so an empty one is nothing; of all others an empty one is something (emptyDir: {}).
_VALUES = frozenset({*_MAPS, "metadata", "resources", "spec", "status"})


def same(one: Any, other: Any) -> bool:
    """Whether two values of a pod's JSON mean the same."""
    return bool(one == other) or _plain("", one) == _plain("", other)


def same_spec(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two pod specifications mean the same."""
    return one == other or same(_complete(one), _complete(other))


def _complete(spec: Mapping[str, Any]) -> dict[str, Any]:
    """With what decoding makes the same: a pod has a security context, and its service account has two names."""
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    return {
        **spec,
        "securityContext": spec.get("securityContext") or {},
        "serviceAccountName": account,
        "serviceAccount": account,
    }


def _plain(name: str, value: Any) -> Any:
    """The value without whatever means nothing; None for nothing at all."""
    if isinstance(value, Mapping):
        if name in _MAPS:
            return {key: _quantity(item) if name in _QUANTITIES else item for key, item in value.items()} or None
        fields = {key: plain for key, item in value.items() if (plain := _plain(key, item)) is not None}
        return fields if fields or name not in _VALUES else None
    if isinstance(value, list):
        return [_plain("", item) for item in value] or None
    if isinstance(value, bool):
        # 0 and false are equal in Python.
        return str(value) if value or name in _POINTERS or not name else None
    if name in _QUANTITIES:
        return _quantity(value)
    if value in (0, "") and name and name not in _POINTERS:
        return None
    return value


def _quantity(value: Any) -> Any:
    """The value of a quantity; anything else as it is. Source of the form: Kubernetes, api/resource.Quantity."""
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return value
    number, suffix, exponent = match.groups()
    return Fraction(number) * (_SUFFIXES[suffix] if suffix else Fraction(10) ** int(exponent or 0))
