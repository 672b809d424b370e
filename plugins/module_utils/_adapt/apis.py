# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From API versions that are gone to those that took their place.

Source: Kubernetes' deprecated API migration guide (https://kubernetes.io/docs/reference/using-api/deprecation-guide/) and the release notes of
Traefik 3 for its group. What a newer version wants and the older one did not have to say is filled in as the older one understood it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

Object = dict[str, Any]
# Converts an object in place; returns a reason why that cannot be done, "" where it is done.
Convert = Callable[[Object], str]
Serves = Callable[[str, str], bool]


def replacement(item: Mapping[str, Any], serves: Serves) -> tuple[Object, str] | None:
    """The object in a version that is served, and "" or why it cannot be brought there; None where it needs none, or there is none.

    :param serves: whether the cluster serves a kind in a version, such as ``("apps/v1", "Deployment")``.
    """
    version, kind = str(item.get("apiVersion") or ""), str(item.get("kind") or "")
    newer = _NEWER.get((version, kind)) or _NEWER.get((version, ""))
    if newer is None or serves(version, kind):
        return None
    wanted, convert = newer
    if not serves(wanted, kind):
        return None
    result = deepcopy(dict(item))
    result["apiVersion"] = wanted
    return result, convert(result)


def gone(item: Mapping[str, Any]) -> str:
    """Why nothing takes the place of a kind that is gone, "" where something does."""
    return _GONE.get(str(item.get("kind") or ""), "") if str(item.get("apiVersion")) in _OF_GONE else ""


def _same(_item: Object) -> str:
    return ""


def _spec(item: Object) -> Object:
    found = item.get("spec")
    return found if isinstance(found, dict) else {}


def _selector(item: Object) -> str:
    """Workloads of old took the labels of their pods for a selector."""
    spec = _spec(item)
    if not spec.get("selector"):
        labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
        if not labels:
            return "it has neither a selector nor labels of its pods, of which one could be made"
        spec["selector"] = {"matchLabels": dict(labels)}
    spec.pop("rollbackTo", None)
    return ""


def _budget(item: Object) -> str:
    """An empty selector selected nothing, and selects everything now."""
    spec = _spec(item)
    if "selector" in spec and not spec["selector"]:
        return "its empty selector, which chose no pod, would choose every pod of the namespace"
    return ""


def _ingress(item: Object) -> str:
    spec = _spec(item)
    if "backend" in spec:
        spec["defaultBackend"] = _backend(spec.pop("backend"))
    for rule in spec.get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            path.setdefault("pathType", "ImplementationSpecific")
            path["backend"] = _backend(path.get("backend") or {})
    return ""


def _backend(old: Mapping[str, Any]) -> Object:
    if "serviceName" not in old:
        return dict(old)
    port = old.get("servicePort")
    number = isinstance(port, int) or str(port).isdigit()
    named = {"number": int(str(port))} if number else {"name": port}
    rest = {key: value for key, value in old.items() if key not in ("serviceName", "servicePort")}
    return {**rest, "service": {"name": old["serviceName"], "port": named}}


def _metrics_of_beta1(item: Object) -> str:
    """Values became targets with a type; names and selectors of metrics went into an object of their own."""
    metrics = _spec(item).get("metrics") or []
    for index, metric in enumerate(metrics):
        kind = str(metric.get("type") or "")
        field = kind[:1].lower() + kind[1:]
        source = metric.get(field)
        if not isinstance(source, dict):
            return f"its metric {index} has no {field or 'type'}"
        metrics[index] = {"type": kind, field: _metric(kind, source)}
    return ""


def _metric(kind: str, old: Mapping[str, Any]) -> Object:
    target: Object = {}
    for name, (type_, field) in _TARGETS.items():
        if old.get(name) is not None:
            target = {"type": type_, field: old[name]}
    if kind in ("Resource", "ContainerResource"):
        return {**{key: old[key] for key in ("name", "container") if key in old}, "target": target}
    selector = old.get("selector") or old.get("metricSelector")
    new: Object = {
        "metric": {"name": old.get("metricName"), **({"selector": selector} if selector else {})},
        "target": target,
    }
    if kind == "Object":
        new["describedObject"] = old.get("target")
    return new


_TARGETS = {
    "targetValue": ("Value", "value"),
    "targetAverageValue": ("AverageValue", "averageValue"),
    "averageValue": ("AverageValue", "averageValue"),
    "targetAverageUtilization": ("Utilization", "averageUtilization"),
}


def _webhooks(item: Object) -> str:
    for webhook in item.get("webhooks") or ():
        for field in ("sideEffects", "admissionReviewVersions"):
            if not webhook.get(field):
                return f"its webhook {webhook.get('name')} does not say {field}"
    return ""


def _schema(_item: Object) -> str:
    return "v1 wants a schema for each of its versions; take the CRD of a newer release of the software"


_WORKLOADS = ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet")
_NEWER: Mapping[tuple[str, str], tuple[str, Convert]] = {
    **{
        (version, kind): ("apps/v1", _selector)
        for version in ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2")
        for kind in _WORKLOADS
    },
    ("extensions/v1beta1", "NetworkPolicy"): ("networking.k8s.io/v1", _same),
    ("extensions/v1beta1", "Ingress"): ("networking.k8s.io/v1", _ingress),
    ("networking.k8s.io/v1beta1", "Ingress"): ("networking.k8s.io/v1", _ingress),
    ("networking.k8s.io/v1beta1", "IngressClass"): ("networking.k8s.io/v1", _same),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): ("autoscaling/v2", _metrics_of_beta1),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): ("autoscaling/v2", _same),
    ("policy/v1beta1", "PodDisruptionBudget"): ("policy/v1", _budget),
    ("batch/v1beta1", "CronJob"): ("batch/v1", _same),
    ("batch/v2alpha1", "CronJob"): ("batch/v1", _same),
    ("rbac.authorization.k8s.io/v1alpha1", ""): ("rbac.authorization.k8s.io/v1", _same),
    ("rbac.authorization.k8s.io/v1beta1", ""): ("rbac.authorization.k8s.io/v1", _same),
    ("scheduling.k8s.io/v1alpha1", "PriorityClass"): ("scheduling.k8s.io/v1", _same),
    ("scheduling.k8s.io/v1beta1", "PriorityClass"): ("scheduling.k8s.io/v1", _same),
    ("storage.k8s.io/v1beta1", ""): ("storage.k8s.io/v1", _same),
    ("coordination.k8s.io/v1beta1", "Lease"): ("coordination.k8s.io/v1", _same),
    ("apiregistration.k8s.io/v1beta1", "APIService"): ("apiregistration.k8s.io/v1", _same),
    ("admissionregistration.k8s.io/v1beta1", ""): ("admissionregistration.k8s.io/v1", _webhooks),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): ("apiextensions.k8s.io/v1", _schema),
    ("traefik.containo.us/v1alpha1", ""): ("traefik.io/v1alpha1", _same),
}
_OF_GONE = ("policy/v1beta1", "extensions/v1beta1")
_GONE: Mapping[str, str] = {
    "PodSecurityPolicy": "SCCs and Pod Security took the place of PodSecurityPolicy",
}
