# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an update changes nothing, as Kubernetes compares pods."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.equality import same_but_for_metadata, same_spec


def limit(cpu: str) -> dict[str, Any]:
    return {"containers": [{"name": "c", "resources": {"limits": {"cpu": cpu}}}]}


def container(**fields: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", **fields}]}


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ({}, {"nodeName": ""}, True),
        ({}, {"hostPID": False, "volumes": [], "nodeSelector": {}, "priority": None}, True),
        # Pointers: a zero is something.
        ({}, {"priority": 0}, False),
        ({}, {"hostUsers": False}, False),
        ({"securityContext": {}}, {"securityContext": {"runAsUser": 0}}, False),
        # Only a pod's security context is there anyway.
        ({}, {"securityContext": {}}, True),
        (container(), container(securityContext={}), False),
        (container(), container(resources={}), True),
        (container(), container(livenessProbe={}), False),
        ({"volumes": [{"name": "v"}]}, {"volumes": [{"name": "v", "emptyDir": {}}]}, False),
        ({"serviceAccount": "a"}, {"serviceAccountName": "a"}, True),
        ({"terminationGracePeriodSeconds": -5}, {"terminationGracePeriodSeconds": 1}, True),
        ({"terminationGracePeriodSeconds": 0}, {"terminationGracePeriodSeconds": 1}, False),
        ({"nodeSelector": {"a": ""}}, {"nodeSelector": {}}, False),
        (container(command=["a"]), container(command=["a", ""]), False),
        (container(resources={"limits": {"cpu": "500m"}}), container(resources={"limits": {"cpu": "0.5"}}), True),
        (
            container(resources={"limits": {"memory": "1Gi"}}),
            container(resources={"limits": {"memory": "1024Mi"}}),
            True,
        ),
        (container(resources={"limits": {"memory": "1G"}}), container(resources={"limits": {"memory": "1Gi"}}), False),
        (container(resources={"limits": {"memory": "1e3"}}), container(resources={"limits": {"memory": "1k"}}), True),
        (
            container(livenessProbe={"httpGet": {"port": 80}}),
            container(livenessProbe={"httpGet": {"port": "80"}}),
            False,
        ),
        ({}, {"restartPolicy": "", "hostNetwork": False, "tolerations": None}, True),
        (container(), container(args=[], env=None, ports=[], stdin=False, workingDir=""), True),
        (container(ports=[{"containerPort": 80}]), container(ports=[{"containerPort": 80, "hostPort": 0}]), True),
        ({"volumes": [{"name": "v", "emptyDir": {}}]}, {"volumes": [{"name": "v", "hostPath": {}}]}, False),
        ({"serviceAccountName": "a"}, {"serviceAccountName": "b"}, False),
        ({"serviceAccountName": "a"}, {}, False),
        ({"hostPID": True}, {}, False),
        # Order and number of items count, and a quantity is one in its own places only.
        ({"containers": [{"name": "a"}, {"name": "b"}]}, {"containers": [{"name": "b"}, {"name": "a"}]}, False),
        ({"containers": [{"name": "a"}]}, {"containers": [{"name": "a"}, {}]}, False),
        (container(args=["1"]), container(args=["1.0"]), False),
        ({"nodeSelector": {"a": "1"}}, {"nodeSelector": {"a": "1.0"}}, False),
        (container(resources={"limits": {"cpu": "1"}}), container(resources={"requests": {"cpu": "1"}}), False),
        (container(resources={"limits": {"cpu": "0"}}), container(resources={"limits": {}}), False),
        # Unknown fields do not count, and ill-typed ones count as they are.
        ({}, {"unheardOf": 5}, True),
        ({"tolerations": 5}, {"tolerations": 6}, False),
        ({"tolerations": {}}, {"tolerations": {"a": 1}}, False),
    ],
)
def test_specifications(one: dict[str, Any], other: dict[str, Any], wanted: bool) -> None:
    for pair in ((one, other), (other, one)):
        assert same_spec(*pair) is wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", 1), ("1", "1.0"), ("1", "1000m"), ("1Ki", "1024"), ("1E3", "1000"), ("0", "0m"), (".5", "0.5"), ("5.", "5")],
)
def test_quantities_by_their_value(one: Any, other: Any) -> None:
    for place in ("cpu", "memory"):
        assert same_spec({"overhead": {place: one}}, {"overhead": {place: other}})


@pytest.mark.parametrize(("one", "other"), [("1", "1m"), ("1k", "1Ki"), ("1M", "1Mi"), ("1", "-1")])
def test_other_quantities(one: str, other: str) -> None:
    assert not same_spec(container(resources={"limits": {"cpu": one}}), container(resources={"limits": {"cpu": other}}))


def context(**fields: Any) -> dict[str, Any]:
    return container(securityContext=fields)


def volume(**source: Any) -> dict[str, Any]:
    return {"volumes": [{"name": "v", **source}]}


def claim(**fields: Any) -> dict[str, Any]:
    return volume(ephemeral={"volumeClaimTemplate": {"spec": {"volumeName": "x", **fields}}})


def probe(**fields: Any) -> dict[str, Any]:
    return container(livenessProbe={"periodSeconds": 5, **fields})


SPREAD = {"topologyKey": "k", "maxSkew": 1}


@pytest.mark.parametrize(
    ("zero", "without"),
    [
        *(({name: False}, {}) for name in ("shareProcessNamespace", "enableServiceLinks", "setHostnameAsFQDN")),
        *(({name: ""}, {}) for name in ("preemptionPolicy", "hostnameOverride", "runtimeClassName")),
        ({"activeDeadlineSeconds": 0}, {}),
        ({"terminationGracePeriodSeconds": 0}, {}),
        ({"automountServiceAccountToken": False}, {}),
        ({"securityContext": {"fsGroup": 0}}, {}),
        ({"securityContext": {"runAsGroup": 0}}, {}),
        ({"securityContext": {"supplementalGroupsPolicy": ""}}, {}),
        *(
            (context(**{name: False}), context())
            for name in ("runAsNonRoot", "privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem")
        ),
        (context(runAsUser=0), context()),
        (context(runAsGroup=0), context()),
        (context(capabilities={}), context()),
        (context(seLinuxOptions={}), context()),
        (context(seccompProfile={"type": "x", "localhostProfile": ""}), context(seccompProfile={"type": "x"})),
        (container(lifecycle={"stopSignal": ""}), container(lifecycle={})),
        (probe(terminationGracePeriodSeconds=0), probe()),
        (probe(grpc={"port": 1, "service": ""}), probe(grpc={"port": 1})),
        ({"tolerations": [{"key": "a", "tolerationSeconds": 0}]}, {"tolerations": [{"key": "a"}]}),
        ({"topologySpreadConstraints": [{**SPREAD, "minDomains": 0}]}, {"topologySpreadConstraints": [SPREAD]}),
        (volume(configMap={"name": "m", "defaultMode": 0}), volume(configMap={"name": "m"})),
        (volume(configMap={"name": "m", "optional": False}), volume(configMap={"name": "m"})),
        (
            volume(secret={"items": [{"key": "k", "path": "p", "mode": 0}]}),
            volume(secret={"items": [{"key": "k", "path": "p"}]}),
        ),
        (claim(storageClassName=""), claim()),
        (claim(volumeMode=""), claim()),
    ],
)
def test_a_zero_behind_a_pointer_is_something(zero: dict[str, Any], without: dict[str, Any]) -> None:
    assert not same_spec(zero, without)


@pytest.mark.parametrize(
    ("zero", "without"),
    [
        (volume(hostPath={"path": "p", "type": None}), volume(hostPath={"path": "p"})),
        (volume(nfs={"server": "s", "readOnly": False}), volume(nfs={"server": "s"})),
        (probe(initialDelaySeconds=0), probe()),
        (claim(storageClassName=None), claim()),
        (
            {"securityContext": {"sysctls": [{"name": "a", "value": ""}]}},
            {"securityContext": {"sysctls": [{"name": "a"}]}},
        ),
    ],
)
def test_a_zero_of_a_plain_field_is_nothing(zero: dict[str, Any], without: dict[str, Any]) -> None:
    assert same_spec(zero, without)


def test_what_is_compared_stays_as_it_is() -> None:
    given: dict[str, Any] = {"volumes": [], "nodeName": ""}
    assert same_spec(given, {"volumes": None})
    assert given == {"volumes": [], "nodeName": ""}


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (
            {},
            {"metadata": {"ownerReferences": [{}], "finalizers": ["f"], "managedFields": [{}], "selfLink": "s"}},
            True,
        ),
        ({}, {"metadata": {"annotations": {"a": "b"}}}, True),
        ({}, {"metadata": {"labels": {"a": ""}}}, False),
        ({"metadata": {"labels": {"a": "b"}}}, {"metadata": {"labels": {"a": "c"}}}, False),
        ({"metadata": {"name": "p"}}, {"metadata": {"name": "q"}}, False),
        ({"metadata": {"name": "p"}}, {"metadata": {}}, False),
        ({}, {"metadata": {"generateName": "", "deletionGracePeriodSeconds": None}}, True),
        ({}, {"metadata": {"labels": {}}, "status": {}}, True),
        ({"status": {"phase": ""}}, {}, True),
        ({}, {"status": {"phase": "Running"}}, False),
        (
            {"metadata": {"deletionTimestamp": "2026-01-01T12:00:00Z"}},
            {"metadata": {"deletionTimestamp": "2026-01-01T13:00:00+01:00"}},
            True,
        ),
        ({"metadata": {"deletionGracePeriodSeconds": 0}}, {}, False),
    ],
)
def test_metadata_and_status(one: dict[str, Any], other: dict[str, Any], wanted: bool) -> None:
    assert same_but_for_metadata(one, other) is wanted


@pytest.mark.parametrize("zero", ["m", ".", "+", "-", "Ki", "0", "0.0e5"])
def test_a_quantity_without_digits_is_a_zero(zero: str) -> None:
    assert same_spec(limit(zero), limit("0"))
    assert not same_spec(limit(zero), limit("1n"))


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (" 1 ", "1000m", True),
        ("1e100", "10e+099", True),
        ("1e100", "1e101", False),
        ("1e-100", "1n", True),
        ("1" + "0" * 100, "1e100", True),
    ],
)
def test_long_quantities_and_blanks_around_them(one: str, other: str, wanted: bool) -> None:
    assert same_spec(limit(one), limit(other)) is wanted


def test_what_is_no_quantity_is_compared_as_text() -> None:
    assert same_spec(limit("one"), limit("one"))
    assert not same_spec(limit("one"), limit("two"))
