# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expected values are those of Kubernetes' deprecated API migration guide."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt import apis
from ansible_collections.inferops.triton.plugins.module_utils._adapt.served import serves


def item(version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, **fields}


def served(version: str, kind: str) -> bool:
    return version == "traefik.io/v1alpha1" or serves("openshift", version, kind)


TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": {}}
BACKEND = {"service": {"name": "s", "port": {"number": 80}}}
CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        item("extensions/v1beta1", "Deployment", spec={"template": TEMPLATE, "rollbackTo": {}}),
        item(
            "apps/v1",
            "Deployment",
            spec={
                "template": TEMPLATE,
                "selector": {"matchLabels": {"a": "b"}},
                "progressDeadlineSeconds": 2147483647,
                "revisionHistoryLimit": 2147483647,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}},
            },
        ),
    ),
    (
        item(
            "extensions/v1beta1",
            "Deployment",
            spec={
                "selector": {"a": 1},
                "progressDeadlineSeconds": 60,
                "revisionHistoryLimit": 0,
                "strategy": {"type": None, "rollingUpdate": {"maxSurge": 0}},
            },
        ),
        item(
            "apps/v1",
            "Deployment",
            spec={
                "selector": {"a": 1},
                "progressDeadlineSeconds": 60,
                "revisionHistoryLimit": 0,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
            },
        ),
    ),
    (
        item(
            "extensions/v1beta1",
            "Deployment",
            spec={
                "selector": {"a": 1},
                "progressDeadlineSeconds": 60,
                "revisionHistoryLimit": 3,
                "strategy": {"type": "Recreate"},
            },
        ),
        item(
            "apps/v1",
            "Deployment",
            spec={
                "selector": {"a": 1},
                "progressDeadlineSeconds": 60,
                "revisionHistoryLimit": 3,
                "strategy": {"type": "Recreate"},
            },
        ),
    ),
    (
        item("apps/v1beta1", "Deployment", spec={"selector": {"a": 1}}),
        item("apps/v1", "Deployment", spec={"selector": {"a": 1}, "revisionHistoryLimit": 2}),
    ),
    (
        item("apps/v1beta1", "Deployment", spec={"selector": {"a": 1}, "revisionHistoryLimit": 5}),
        item("apps/v1", "Deployment", spec={"selector": {"a": 1}, "revisionHistoryLimit": 5}),
    ),
    (
        item("apps/v1beta2", "Deployment", spec={"selector": {"a": 1}}),
        item("apps/v1", "Deployment", spec={"selector": {"a": 1}}),
    ),
    (
        item("apps/v1beta2", "StatefulSet", spec={"template": TEMPLATE, "selector": {"matchLabels": {"c": "d"}}}),
        item("apps/v1", "StatefulSet", spec={"template": TEMPLATE, "selector": {"matchLabels": {"c": "d"}}}),
    ),
    (
        item("policy/v1beta1", "PodDisruptionBudget", spec={"minAvailable": 1}),
        item("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1}),
    ),
    (
        item("batch/v1beta1", "CronJob", spec={"schedule": "* * * * *"}),
        item("batch/v1", "CronJob", spec={"schedule": "* * * * *"}),
    ),
    (
        item("autoscaling/v2beta2", "HorizontalPodAutoscaler", spec={"metrics": []}),
        item("autoscaling/v2", "HorizontalPodAutoscaler", spec={"metrics": []}),
    ),
    (
        item(
            "autoscaling/v2beta1",
            "HorizontalPodAutoscaler",
            spec={
                "metrics": [
                    {"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 70}},
                    {
                        "type": "Pods",
                        "pods": {
                            "metricName": "queue",
                            "targetAverageValue": "5",
                            "selector": {"matchLabels": {"a": "b"}},
                        },
                    },
                    {"type": "External", "external": {"metricName": "e", "targetValue": 3}},
                    {
                        "type": "Object",
                        "object": {"metricName": "o", "target": {"kind": "Service", "name": "s"}, "targetValue": 9},
                    },
                ]
            },
        ),
        item(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            spec={
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
                    },
                    {
                        "type": "Pods",
                        "pods": {
                            "metric": {"name": "queue", "selector": {"matchLabels": {"a": "b"}}},
                            "target": {"type": "AverageValue", "averageValue": "5"},
                        },
                    },
                    {
                        "type": "External",
                        "external": {"metric": {"name": "e"}, "target": {"type": "Value", "value": 3}},
                    },
                    {
                        "type": "Object",
                        "object": {
                            "metric": {"name": "o"},
                            "target": {"type": "Value", "value": 9},
                            "describedObject": {"kind": "Service", "name": "s"},
                        },
                    },
                ]
            },
        ),
    ),
    (
        item(
            "networking.k8s.io/v1beta1",
            "Ingress",
            spec={
                "backend": {"serviceName": "d", "servicePort": "http"},
                "rules": [
                    {"http": {"paths": [{"path": "/", "backend": {"serviceName": "s", "servicePort": 80}}]}},
                    {"host": "h"},
                ],
            },
        ),
        item(
            "networking.k8s.io/v1",
            "Ingress",
            spec={
                "rules": [
                    {"http": {"paths": [{"path": "/", "pathType": "ImplementationSpecific", "backend": BACKEND}]}},
                    {"host": "h"},
                ],
                "defaultBackend": {"service": {"name": "d", "port": {"name": "http"}}},
            },
        ),
    ),
    (
        item("rbac.authorization.k8s.io/v1beta1", "Role", rules=[]),
        item("rbac.authorization.k8s.io/v1", "Role", rules=[]),
    ),
    (
        item("extensions/v1beta1", "DaemonSet", spec={"template": TEMPLATE, "templateGeneration": 3}),
        item(
            "apps/v1",
            "DaemonSet",
            spec={
                "template": TEMPLATE,
                "selector": {"matchLabels": {"a": "b"}},
                "updateStrategy": {"type": "OnDelete"},
            },
        ),
    ),
    (
        item("apps/v1beta1", "StatefulSet", spec={"selector": {"a": 1}, "updateStrategy": {"rollingUpdate": None}}),
        item(
            "apps/v1",
            "StatefulSet",
            spec={"selector": {"a": 1}, "updateStrategy": {"rollingUpdate": None, "type": "OnDelete"}},
        ),
    ),
    (
        item("apps/v1beta2", "DaemonSet", spec={"selector": {"a": 1}}),
        item("apps/v1", "DaemonSet", spec={"selector": {"a": 1}}),
    ),
    (
        item("policy/v1beta1", "PodDisruptionBudget", spec={"selector": None}),
        item("policy/v1", "PodDisruptionBudget", spec={"selector": None}),
    ),
    (
        item(
            "extensions/v1beta1",
            "Ingress",
            metadata={"name": "x", "annotations": {"kubernetes.io/ingress.class": "nginx"}},
            spec={"rules": [None, {"http": None}, {"http": {"paths": [None, {"pathType": None, "backend": None}]}}]},
        ),
        item(
            "networking.k8s.io/v1",
            "Ingress",
            metadata={"name": "x", "annotations": {"kubernetes.io/ingress.class": "nginx"}},
            spec={
                "rules": [
                    None,
                    {"http": None},
                    {"http": {"paths": [None, {"pathType": "ImplementationSpecific", "backend": None}]}},
                ]
            },
        ),
    ),
    (
        item(
            "admissionregistration.k8s.io/v1beta1",
            "MutatingWebhookConfiguration",
            webhooks=[{"name": "w", "sideEffects": "None", "timeoutSeconds": 5, "failurePolicy": "Fail"}, None],
        ),
        item(
            "admissionregistration.k8s.io/v1",
            "MutatingWebhookConfiguration",
            webhooks=[
                {
                    "name": "w",
                    "sideEffects": "None",
                    "timeoutSeconds": 5,
                    "failurePolicy": "Fail",
                    "matchPolicy": "Exact",
                    "admissionReviewVersions": ["v1beta1"],
                },
                None,
            ],
        ),
    ),
    (
        item(
            "rbac.authorization.k8s.io/v1alpha1",
            "RoleBinding",
            subjects=[
                {"kind": "User", "name": "*", "apiVersion": "rbac.authorization.k8s.io/v1alpha1"},
                {"kind": "ServiceAccount", "name": "s"},
            ],
        ),
        item(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            subjects=[
                {"kind": "Group", "name": "system:authenticated", "apiGroup": "rbac.authorization.k8s.io"},
                {"kind": "ServiceAccount", "name": "s"},
            ],
        ),
    ),
    (
        item(
            "flowcontrol.apiserver.k8s.io/v1beta2",
            "PriorityLevelConfiguration",
            spec={"limited": {"assuredConcurrencyShares": 5}},
        ),
        item(
            "flowcontrol.apiserver.k8s.io/v1",
            "PriorityLevelConfiguration",
            spec={"limited": {"nominalConcurrencyShares": 5}},
        ),
    ),
    (
        item(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            spec={"scaleTargetRef": {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "name": "d"}},
        ),
        item(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            spec={"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}},
        ),
    ),
    (
        item(
            "autoscaling/v2beta1",
            "HorizontalPodAutoscaler",
            spec={
                "metrics": [
                    {
                        "type": "Object",
                        "object": {
                            "metricName": "o",
                            "target": {"apiVersion": "extensions/v1beta1", "kind": "Ingress", "name": "i"},
                            "targetValue": 9,
                            "averageValue": 3,
                        },
                    },
                    {
                        "type": "ContainerResource",
                        "containerResource": {"name": "cpu", "container": "c", "targetAverageValue": "1"},
                    },
                ]
            },
        ),
        item(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            spec={
                "metrics": [
                    {
                        "type": "Object",
                        "object": {
                            "metric": {"name": "o"},
                            "target": {"type": "AverageValue", "averageValue": 3},
                            "describedObject": {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "i"},
                        },
                    },
                    {
                        "type": "ContainerResource",
                        "containerResource": {
                            "name": "cpu",
                            "container": "c",
                            "target": {"type": "AverageValue", "averageValue": "1"},
                        },
                    },
                ]
            },
        ),
    ),
    (item("node.k8s.io/v1beta1", "RuntimeClass"), item("node.k8s.io/v1", "RuntimeClass")),
    (item("v1", "Route"), item("route.openshift.io/v1", "Route")),
    (item("traefik.containo.us/v1alpha1", "IngressRoute"), item("traefik.io/v1alpha1", "IngressRoute")),
]


@pytest.mark.parametrize(("old", "new"), CASES, ids=lambda one: f"{one['apiVersion']} {one['kind']}")
def test_the_newer_version(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = deepcopy(old)
    assert apis.replacement(old, served) == (new, "")
    assert old == before
    assert apis.replacement(new, served) is None


@pytest.mark.parametrize(
    ("old", "words"),
    [
        (item("policy/v1beta1", "PodDisruptionBudget", spec={"selector": {}}), "would choose every pod"),
        (item("apps/v1beta1", "Deployment", spec={"template": {}}), "neither a selector nor labels"),
        (item("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"), "schema"),
        (
            item(
                "admissionregistration.k8s.io/v1beta1",
                "ValidatingWebhookConfiguration",
                webhooks=[{"name": "w", "sideEffects": "Some", "admissionReviewVersions": ["v1"]}],
            ),
            "its webhook w does not say of sideEffects that it has none",
        ),
        (
            item("policy/v1beta1", "PodDisruptionBudget", spec={"selector": {"matchLabels": {}}}),
            "would choose every pod",
        ),
        (item("autoscaling/v2beta1", "HorizontalPodAutoscaler", spec={"metrics": [{"type": "Pods"}]}), "metric 0"),
    ],
)
def test_what_cannot_be_brought_there(old: dict[str, Any], words: str) -> None:
    found = apis.replacement(old, served)
    assert found is not None and words in found[1]


def test_what_is_served_or_has_no_successor_stays() -> None:
    old = item("networking.k8s.io/v1beta1", "Ingress")
    assert apis.replacement(old, lambda _version, _kind: True) is None
    assert apis.replacement(old, lambda _version, _kind: False) is None
    assert apis.replacement(item("example.com/v1", "Thing"), served) is None
    assert apis.replacement({}, served) is None
    # The API server's alone: no newer version of it is served by every cluster that serves its group.
    assert apis.replacement(item("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy"), served) is None


def test_a_target_is_changed_only_in_an_autoscaler_that_is_served() -> None:
    spec = {"scaleTargetRef": {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "name": "d"}}
    assert apis.replacement(item("autoscaling/v9", "HorizontalPodAutoscaler", spec=spec), served) is None
    assert apis.replacement({"kind": "HorizontalPodAutoscaler", "spec": spec}, served) is None


@pytest.mark.parametrize("odd", [None, True, 1.5, "x", [], [None], {}, {"a": None}])
@pytest.mark.parametrize("old", [old for old, _new in CASES], ids=lambda one: f"{one['apiVersion']} {one['kind']}")
def test_values_of_odd_types_are_no_crash(old: dict[str, Any], odd: Any) -> None:
    def puts(value: Any) -> Iterator[tuple[Any, Any]]:
        for key, below in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            if isinstance(below, dict | list):
                yield from puts(below)

    given = deepcopy(old)
    for place, key in list(puts(given)):
        if place is given and key in ("apiVersion", "kind"):
            continue
        before, place[key] = place[key], odd
        apis.replacement(given, served)
        place[key] = before


def test_what_is_gone_for_good() -> None:
    assert "SCC" in apis.gone(item("policy/v1beta1", "PodSecurityPolicy"))
    assert apis.gone(item("policy/v1beta1", "PodDisruptionBudget")) == ""


@pytest.mark.parametrize(
    ("platform", "version", "kind", "expected"),
    [
        ("kubernetes", "v1", "Pod", True),
        ("openshift", "v1", "DeploymentConfig", False),
        ("openshift", "gateway.networking.k8s.io/v1", "HTTPRoute", True),
        ("kubernetes", "apps/v1", "Deployment", True),
        ("kubernetes", "apps/v1beta1", "Deployment", False),
        ("kubernetes", "extensions/v1beta1", "Ingress", False),
        ("kubernetes", "monitoring.coreos.com/v1", "ServiceMonitor", False),
        ("openshift", "monitoring.coreos.com/v1", "ServiceMonitor", True),
        ("openshift", "route.openshift.io/v1", "Route", True),
        ("openshift", "notopenshift.io/v1", "Route", False),
        ("openshift", "traefik.io/v1alpha1", "IngressRoute", False),
    ],
)
def test_what_a_cluster_serves_as_it_is_installed(platform: str, version: str, kind: str, expected: bool) -> None:
    assert serves(platform, version, kind) is expected
