# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two pods are the same to Kubernetes (equality.Semantic), judged from their JSON.

Absent, null, and an empty list or map are the same; so are the zero of a plain field and its absence, but not those of the
fields that Kubernetes keeps as pointers, such as ``runAsUser: 0``. Quantities are expected in their canonical form, as the API
server stores them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Scalars whose zero is more than nothing: a container's runAsUser 0 is root.
_POINTERS = frozenset(
    """activeDeadlineSeconds allowPrivilegeEscalation automountServiceAccountToken defaultMode enableServiceLinks endpoint
    expirationSeconds fsGroup hostnameOverride hostUsers localhostProfile matchLabelKeys minDomains mode optional partition
    path preemptionPolicy priority privileged readOnlyRootFilesystem resourceClaimName resourceClaimTemplateName runAsGroup
    runAsNonRoot runAsUser runtimeClassName service setHostnameAsFQDN shareProcessNamespace stopSignal storageClassName
    supplementalGroupsPolicy terminationGracePeriodSeconds tolerationSeconds volumeMode""".split()
)
# Maps of texts: each of their keys is something, even if its value is empty.
_MAPS = frozenset("annotations labels limits matchLabels nodeSelector options overhead requests volumeAttributes".split())
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
            return dict(value) or None
        fields = {key: plain for key, item in value.items() if (plain := _plain(key, item)) is not None}
        return fields if fields or name not in _VALUES else None
    if isinstance(value, list):
        return [_plain("", item) for item in value] or None
    if isinstance(value, bool):
        # 0 and false are equal in Python.
        return str(value) if value or name in _POINTERS or not name else None
    if value in (0, "") and name and name not in _POINTERS:
        return None
    return value
