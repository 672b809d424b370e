# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From API versions that are gone to those that took their place.

Source: Kubernetes' deprecated API migration guide (https://kubernetes.io/docs/reference/using-api/deprecation-guide/) and the release notes of
Traefik 3 for its group. What a newer version wants and the older one did not have to say is filled in as the older one understood it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

Object = dict[str, Any]
# Converts an object in place; returns a reason why that cannot be done, "" where it is done.
Convert = Callable[[Object], str]
Serves = Callable[[str, str], bool]


def replacement(item: Mapping[str, Any], serves: Serves) -> tuple[Object, str] | None:
    """The object in a version that is served, and "" or why it cannot be brought there; None where it needs none, or there is none.

    An autoscaler that is served is brought to name its target in a version that is served as well.

    :param serves: whether the cluster serves a kind in a version, such as ``("apps/v1", "Deployment")``.
    """
    version, kind = str(item.get("apiVersion") or ""), str(item.get("kind") or "")
    result, problem = deepcopy(dict(item)), ""
    if newer := _newer(version, kind, serves):
        result["apiVersion"], convert = newer
        problem = convert(result)
    if kind == "HorizontalPodAutoscaler" and serves(str(result.get("apiVersion") or ""), kind):
        _targets_served(result, serves)
    return None if result == item else (result, problem)


def _newer(version: str, kind: str, serves: Serves) -> tuple[str, Convert] | None:
    """The version that took the place of one that is not served, and how to get there."""
    found = _NEWER.get((version, kind)) or _NEWER.get((version, ""))
    return found if found and not serves(version, kind) and serves(found[0], kind) else None


def gone(item: Mapping[str, Any]) -> str:
    """Why nothing takes the place of a kind that is gone, "" where something does."""
    return _GONE.get(str(item.get("kind") or ""), "") if str(item.get("apiVersion")) in _OF_GONE else ""


def _same(_item: Object) -> str:
    return ""


def _map(value: Any) -> Object:
    """The value itself, or an empty object for what is none: a field of the wrong type is the API server's business."""
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> list[Object]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _spec(item: Object) -> Object:
    return _map(item.get("spec"))


def _selector(item: Object) -> str:
    """Workloads of old took the labels of their pods for a selector."""
    spec = _spec(item)
    if not spec.get("selector"):
        labels = _map(_map(_map(spec.get("template")).get("metadata")).get("labels"))
        if not labels:
            return "it has neither a selector nor labels of its pods, of which one could be made"
        spec["selector"] = {"matchLabels": dict(labels)}
    for field in ("rollbackTo", "templateGeneration"):
        spec.pop(field, None)
    return ""


def _deployment(meant: Mapping[str, Any], rolling: Mapping[str, Any]) -> Convert:
    """Deployments of old had other defaults.

    :param meant: of the spec.
    :param rolling: of a rolling update, which is what a strategy without a type is.
    """

    def convert(item: Object) -> str:
        problem, spec = _selector(item), _spec(item)
        _fill(spec, meant)
        strategy = spec.get("strategy") or {}
        if rolling and isinstance(strategy, dict) and (strategy.get("type") or _ROLLING) == _ROLLING:
            update = strategy.get("rollingUpdate") or {}
            if isinstance(update, dict):
                spec["strategy"] = {**strategy, "type": _ROLLING, "rollingUpdate": update}
                _fill(update, rolling)
        return problem

    return convert


def _fill(given: Object, meant: Mapping[str, Any]) -> None:
    for field, value in meant.items():
        if given.get(field) is None:
            given[field] = value


def _selector_on_delete(item: Object) -> str:
    """These did not replace pods on an update, unless they were told to."""
    problem, spec = _selector(item), _spec(item)
    if not _map(spec.get("updateStrategy")).get("type"):
        spec["updateStrategy"] = {**_map(spec.get("updateStrategy")), "type": "OnDelete"}
    return problem


def _budget(item: Object) -> str:
    """An empty selector selected nothing, and selects everything now; none at all selects nothing still."""
    selector = _spec(item).get("selector")
    if isinstance(selector, dict) and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        return "its empty selector, which chose no pod, would choose every pod of the namespace"
    return ""


def _ingress(item: Object) -> str:
    spec = _spec(item)
    if "backend" in spec:
        spec["defaultBackend"] = _backend(spec.pop("backend"))
    for rule in _maps(spec.get("rules")):
        for path in _maps(_map(rule.get("http")).get("paths")):
            path["pathType"] = path.get("pathType") or "ImplementationSpecific"
            path["backend"] = _backend(path.get("backend"))
    return ""


def _backend(old: Any) -> Any:
    if not isinstance(old, dict) or "serviceName" not in old:
        return old
    port = old.get("servicePort")
    named = {"number": int(str(port))} if re.fullmatch(r"\d+", str(port)) else {"name": port}
    rest = {key: value for key, value in old.items() if key not in ("serviceName", "servicePort")}
    return {**rest, "service": {"name": old["serviceName"], "port": named}}


def _targets_served(item: Object, serves: Serves) -> None:
    """What an autoscaler looks at is found by its group, which is another one in the newer version."""
    spec = _spec(item)
    objects = [_map(_map(metric.get("object")).get("describedObject")) for metric in _maps(spec.get("metrics"))]
    for target in (_map(spec.get("scaleTargetRef")), *objects):
        newer = _newer(str(target.get("apiVersion") or ""), str(target.get("kind") or ""), serves)
        if newer:
            target["apiVersion"] = newer[0]


def _metrics_of_beta1(item: Object) -> str:
    """Values became targets with a type; names and selectors of metrics went into an object of their own."""
    found = _spec(item).get("metrics")
    metrics = found if isinstance(found, list) else []
    for index, metric in enumerate(metrics):
        kind = str(_map(metric).get("type") or "")
        field = kind[:1].lower() + kind[1:]
        source = _map(metric).get(field)
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
    """Webhooks of old let requests pass when they failed, had more time, and saw one version of an object only."""
    for webhook in _maps(item.get("webhooks")):
        if webhook.get("sideEffects") not in ("None", "NoneOnDryRun"):
            return f"its webhook {webhook.get('name')} does not say of sideEffects that it has none"
        for field, meant in _OF_WEBHOOKS.items():
            webhook[field] = webhook.get(field) or deepcopy(meant)
    return ""


_OF_WEBHOOKS: Mapping[str, Any] = {
    "failurePolicy": "Ignore",
    "matchPolicy": "Exact",
    "timeoutSeconds": 30,
    "admissionReviewVersions": ["v1beta1"],
}


def _subjects(item: Object) -> str:
    """Subjects named their API version in the place of its group, and one user stood for everybody."""
    for subject in _maps(item.get("subjects")):
        if "apiVersion" in subject:
            subject["apiGroup"] = str(subject.pop("apiVersion") or "").rpartition("/")[0]
        if (subject.get("kind"), subject.get("name")) == ("User", "*"):
            subject |= {"kind": "Group", "name": "system:authenticated"}
    return ""


def _shares(item: Object) -> str:
    limited = _map(_spec(item).get("limited"))
    if "assuredConcurrencyShares" in limited:
        limited["nominalConcurrencyShares"] = limited.pop("assuredConcurrencyShares")
    return ""


def _schema(_item: Object) -> str:
    return "v1 wants a schema for each of its versions; take the CRD of a newer release of the software"


_ROLLING = "RollingUpdate"
# The greatest number of 32 bits stands for no limit.
_ENDLESS = 2**31 - 1
_WORKLOADS = ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet")
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_STORAGE = ("CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment")
# Those of OpenShift had no group of their own before 3.9.
_OPENSHIFT = {
    "apps": ("DeploymentConfig",),
    "build": ("Build", "BuildConfig"),
    "image": ("ImageStream", "ImageStreamTag"),
    "project": ("Project", "ProjectRequest"),
    "route": ("Route",),
    "security": ("SecurityContextConstraints",),
    "template": ("Template",),
}
_NEWER: Mapping[tuple[str, str], tuple[str, Convert]] = {
    **{
        (version, kind): ("apps/v1", _selector)
        for version in ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2")
        for kind in _WORKLOADS
    },
    ("extensions/v1beta1", "Deployment"): (
        "apps/v1",
        _deployment(
            {"progressDeadlineSeconds": _ENDLESS, "revisionHistoryLimit": _ENDLESS},
            {"maxSurge": 1, "maxUnavailable": 1},
        ),
    ),
    ("apps/v1beta1", "Deployment"): ("apps/v1", _deployment({"revisionHistoryLimit": 2}, {})),
    ("extensions/v1beta1", "DaemonSet"): ("apps/v1", _selector_on_delete),
    ("apps/v1beta1", "StatefulSet"): ("apps/v1", _selector_on_delete),
    ("extensions/v1beta1", "NetworkPolicy"): ("networking.k8s.io/v1", _same),
    ("extensions/v1beta1", "Ingress"): ("networking.k8s.io/v1", _ingress),
    ("networking.k8s.io/v1beta1", "Ingress"): ("networking.k8s.io/v1", _ingress),
    ("networking.k8s.io/v1beta1", "IngressClass"): ("networking.k8s.io/v1", _same),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): ("autoscaling/v2", _metrics_of_beta1),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): ("autoscaling/v2", _same),
    ("policy/v1beta1", "PodDisruptionBudget"): ("policy/v1", _budget),
    ("batch/v1beta1", "CronJob"): ("batch/v1", _same),
    ("batch/v2alpha1", "CronJob"): ("batch/v1", _same),
    ("node.k8s.io/v1beta1", "RuntimeClass"): ("node.k8s.io/v1", _same),
    ("rbac.authorization.k8s.io/v1alpha1", ""): ("rbac.authorization.k8s.io/v1", _subjects),
    ("rbac.authorization.k8s.io/v1beta1", ""): ("rbac.authorization.k8s.io/v1", _same),
    ("scheduling.k8s.io/v1alpha1", "PriorityClass"): ("scheduling.k8s.io/v1", _same),
    ("scheduling.k8s.io/v1beta1", "PriorityClass"): ("scheduling.k8s.io/v1", _same),
    **{("storage.k8s.io/v1beta1", kind): ("storage.k8s.io/v1", _same) for kind in _STORAGE},
    **{
        (f"flowcontrol.apiserver.k8s.io/{version}", kind): ("flowcontrol.apiserver.k8s.io/v1", _shares)
        for version in ("v1beta1", "v1beta2", "v1beta3")
        for kind in ("FlowSchema", "PriorityLevelConfiguration")
    },
    ("coordination.k8s.io/v1beta1", "Lease"): ("coordination.k8s.io/v1", _same),
    ("apiregistration.k8s.io/v1beta1", "APIService"): ("apiregistration.k8s.io/v1", _same),
    **{
        ("admissionregistration.k8s.io/v1beta1", kind): ("admissionregistration.k8s.io/v1", _webhooks)
        for kind in _WEBHOOKS
    },
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): ("apiextensions.k8s.io/v1", _schema),
    **{("v1", kind): (f"{group}.openshift.io/v1", _same) for group, kinds in _OPENSHIFT.items() for kind in kinds},
    ("traefik.containo.us/v1alpha1", ""): ("traefik.io/v1alpha1", _same),
}
_OF_GONE = ("policy/v1beta1", "extensions/v1beta1")
_GONE: Mapping[str, str] = {
    "PodSecurityPolicy": "SCCs and Pod Security took the place of PodSecurityPolicy",
}
