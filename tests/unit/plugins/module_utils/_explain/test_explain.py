# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts with causes and ways out; each way out is taken, and then the pod is admitted."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._explain.explain import explain
from ansible_collections.inferops.triton.plugins.module_utils._explain.offline_facts import EXAMPLE, Given, Offline
from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Subject
from ansible_collections.inferops.triton.plugins.module_utils._scc.manifests import objects_of, pod_sources

NAMESPACE = {"kind": "Namespace", "metadata": {"name": "ns", "annotations": EXAMPLE}}
FIRST = 1000700000
OFFICIAL: dict[str, Any] = {
    "serviceAccountName": "triton",
    "securityContext": {"runAsUser": 1000, "fsGroup": 1000},
    "containers": [{"name": "server"}],
    "volumes": [{"name": "models", "nfs": {"server": "s", "path": "/"}}],
}


def deployment(spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    template = {"metadata": metadata, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "triton"},
        "spec": {"template": template},
    }


def verdict(*objects: dict[str, Any], namespace: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """The verdict on the one pod of these objects, without a cluster."""
    listed = objects_of([*objects, namespace or NAMESPACE], "test")
    (source,) = pod_sources(listed, "ns")
    return explain(source, Offline(Given(objects=tuple(listed), **given)).facts(source.namespace))


def test_an_admitted_pod_comes_with_what_it_will_run_with() -> None:
    found = verdict(deployment({"containers": [{"name": "server"}]}))
    assert (found["verdict"], found["scc"], found["subject"]) == ("admitted", "restricted-v2", "user")
    context = found["security_context"]
    assert context["pod"]["fsGroup"] == FIRST
    assert context["containers"]["server"]["runAsUser"] == FIRST
    assert context["annotations"]["openshift.io/scc"] == "restricted-v2"
    assert found["requester"] == "system:serviceaccount:kube-system:replicaset-controller"
    assert found["msg"] == "Deployment triton in namespace ns: admitted by restricted-v2."


def test_the_official_pod_is_refused_for_three_values_at_their_places() -> None:
    found = verdict(deployment(OFFICIAL))
    by_main = {
        cause["where"]: (cause["value"], one["allowed"])
        for cause in found["causes"]
        for one in cause["refused_by"]
        if one["scc"] == "restricted-v2"
    }
    assert by_main == {
        "spec.template.spec.securityContext.fsGroup": (1000, str(FIRST)),
        "spec.template.spec.securityContext.runAsUser": (1000, f"{FIRST} to {FIRST + 9999}"),
        "spec.template.spec.volumes[0] (models)": (
            "nfs",
            "configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret",
        ),
    }
    assert found["msg"].startswith("Deployment triton in namespace ns: refused by restricted-v2: ")
    assert "hostUsers" not in found["msg"]
    assert "anyuid" in found["unusable_sccs"]


def test_the_ways_out_come_in_order_of_privilege() -> None:
    kinds = [(one["kind"], one["scc"]) for one in verdict(deployment(OFFICIAL))["remedies"]]
    assert kinds[:3] == [("pod", "restricted-v2"), ("pod", "restricted-v3"), ("generated", "ns.triton")]
    assert [kind for kind, _scc in kinds[3:]] == ["existing"] * 2
    # On a claim, the next SCC is enough, and it grants nothing grave.
    spec = {**OFFICIAL, "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": "models"}}]}
    remedies = verdict(deployment(spec))["remedies"]
    (first,) = [one for one in remedies if one["kind"] == "existing" and not one["excess"]]
    assert first["scc"] == "nonroot-v2"
    assert first["command"] == "oc adm policy add-scc-to-user nonroot-v2 -z triton -n ns"
    kinds = [(one["kind"], one["scc"]) for one in remedies]
    assert kinds.index(("existing", "nonroot-v2")) < kinds.index(("generated", "ns.triton"))


def applied(item: dict[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """A manifest with the changes of a remedy, carried out by their paths alone."""
    result = deepcopy(item)
    for change in changes:
        parts: list[Any] = []
        head, bracket, key = change["path"].partition("annotations[")
        text = head + "annotations" if bracket else head
        for part in text.strip(".").split("."):
            name, *indexes = part.replace("]", "").split("[")
            parts += [name, *map(int, indexes)]
        if bracket:
            parts.append(key.removesuffix("]"))
        *way, last = parts
        place: Any = result
        for part in way:
            place = place[part] if isinstance(part, int) else place.setdefault(part, {})
        if change["after"] is None and isinstance(place, dict):
            del place[last]
        else:
            place[last] = change["after"]
    return result


def random_spec(dice: random.Random) -> dict[str, Any]:
    def context(fields: dict[str, list[Any]]) -> dict[str, Any]:
        return {name: deepcopy(dice.choice(values)) for name, values in fields.items() if dice.random() < 0.3}

    pod = context(
        {
            "runAsUser": [0, 1000, FIRST, FIRST + 10000],
            "fsGroup": [0, 1000, FIRST],
            "supplementalGroups": [[1000], [5, 6]],
            "seLinuxOptions": [{"level": "s0:c1,c2"}, {"type": "spc_t"}],
            "seccompProfile": [
                {"type": "Unconfined"},
                {"type": "RuntimeDefault"},
                {"type": "Localhost", "localhostProfile": "p"},
            ],
            "sysctls": [
                [{"name": "net.core.somaxconn", "value": "1"}, {"name": "net.ipv4.tcp_syncookies", "value": "1"}]
            ],
        }
    )
    containers = [
        {
            "name": name,
            "ports": [{"containerPort": 80, "hostPort": 80}] if dice.random() < 0.2 else [],
            "securityContext": context(
                {
                    "runAsUser": [0, 1000, FIRST],
                    "runAsNonRoot": [False, True],
                    "privileged": [True],
                    "allowPrivilegeEscalation": [True, False],
                    "capabilities": [{"add": ["SYS_ADMIN", "NET_BIND_SERVICE"]}, {"drop": ["ALL"]}],
                    "seccompProfile": [{"type": "Unconfined"}],
                }
            ),
        }
        for name in ("a", "b")
    ]
    volumes = dice.choice(
        [[], [{"name": "v", "hostPath": {"path": "/"}}], [{"name": "v", "nfs": {}}], [{"name": "v", "emptyDir": {}}]]
    )
    host = {name: True for name in ("hostNetwork", "hostPID", "hostIPC") if dice.random() < 0.15}
    return {"serviceAccountName": "sa", "securityContext": pod, "containers": containers, "volumes": volumes, **host}


@pytest.mark.parametrize("seed", range(40))
def test_every_way_out_of_a_random_refusal_leads_out(seed: int) -> None:
    """Carried out by what the remedy says and nothing else: the changes, or the objects, are applied and asked about anew."""
    item = deployment(random_spec(random.Random(seed)))
    found = verdict(item)
    if found["verdict"] == "admitted":
        assert found["remedies"] == []
        return
    assert found["remedies"]
    for remedy in found["remedies"]:
        if remedy["kind"] == "pod":
            after = verdict(applied(item, remedy["changes"]))
        else:
            after = verdict(item, *remedy["objects"])
        assert (after["verdict"], after["scc"]) == ("admitted", remedy["scc"]), remedy["text"]


def test_a_chart_that_brings_its_own_scc_is_believed() -> None:
    remedy = next(one for one in verdict(deployment(OFFICIAL))["remedies"] if one["kind"] == "generated")
    found = verdict(deployment(OFFICIAL), *remedy["objects"])
    assert (found["scc"], found["subject"]) == ("ns.triton", "serviceaccount")


def test_what_is_assumed_is_said() -> None:
    listed = objects_of([deployment(OFFICIAL)], "test")
    (source,) = pod_sources(listed, "ns")
    notes = explain(source, Offline(Given()).facts("ns"))["notes"]
    assert any("range of user IDs" in note for note in notes) and any("SCCs are not known" in note for note in notes)
    default = objects_of([deployment({"containers": []})], "test")
    (source,) = pod_sources(default, "default")
    assert any(
        "applies no SCC in namespace default" in note
        for note in explain(source, Offline(Given()).facts("default"))["notes"]
    )


def test_a_broken_namespace_is_the_cause_and_no_pod_can_help() -> None:
    broken = {
        "kind": "Namespace",
        "metadata": {"name": "ns", "annotations": {**EXAMPLE, "openshift.io/sa.scc.uid-range": "x"}},
    }
    found = verdict(deployment({"containers": []}), namespace=broken)
    assert found["verdict"] == "refused" and found["remedies"] == []
    assert any("openshift.io/sa.scc.uid-range" in way for way in found["causes"][0]["ways_out"])


def test_a_pin_to_an_scc_that_is_not_there() -> None:
    found = verdict(deployment({"containers": [{"name": "c"}]}, annotations={"openshift.io/required-scc": "gone"}))
    assert found["verdict"] == "refused"
    (remedy,) = [one for one in found["remedies"] if one["scc"] == "restricted-v2"]
    assert remedy["changes"] == [
        {
            "path": "spec.template.metadata.annotations[openshift.io/required-scc]",
            "before": "gone",
            "after": None,
            "storage": False,
        }
    ]


def test_an_administrators_pod_gets_anyuid_and_a_users_does_not() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}]}}
    admin = Subject("admin", ("system:cluster-admins", "system:authenticated"))
    assert verdict(pod, user=admin)["scc"] == "anyuid"
    assert verdict(pod)["scc"] == "restricted-v2"
    # The same pod in a Deployment is its controller's, whoever applies it.
    assert verdict(deployment(pod["spec"]), user=admin)["scc"] == "restricted-v2"


def level(name: str) -> dict[str, Any]:
    labels = {"pod-security.kubernetes.io/enforce": name}
    return {"kind": "Namespace", "metadata": {"name": "ns", "annotations": EXAMPLE, "labels": labels}}


def test_pod_security_has_its_say_after_scc_admission() -> None:
    # SCC admission fills in what level restricted demands.
    assert verdict(deployment({"containers": [{"name": "c"}]}), namespace=level("restricted"))["verdict"] == "admitted"
    refused = verdict(
        deployment({"containers": [{"name": "c", "securityContext": {"privileged": True}}]}),
        namespace=level("baseline"),
        granted={"*": ["privileged"]},
    )
    assert (refused["verdict"], refused["scc"]) == ("refused", "privileged")
    assert 'violates PodSecurity "baseline:latest": privileged' in refused["message"]
    assert [remedy["kind"] for remedy in refused["remedies"]] == ["pod", "namespace"]


@pytest.mark.parametrize("name", ["baseline", "restricted"])
@pytest.mark.parametrize("seed", range(15))
def test_on_plain_kubernetes_the_ways_out_lead_out(name: str, seed: int) -> None:
    item = deployment(random_spec(random.Random(seed)))
    found = verdict(item, namespace=level(name), platform="kubernetes")
    if found["verdict"] == "admitted":
        return
    changed, lower = found["remedies"]
    after = verdict(applied(item, changed["changes"]), namespace=level(name), platform="kubernetes")
    assert after["verdict"] == "admitted", changed["text"]
    wanted = lower["command"].partition("enforce=")[2].split()[0]
    assert verdict(item, namespace=level(wanted), platform="kubernetes")["verdict"] == "admitted"


def test_what_yaml_repeats_by_an_alias_is_mended_in_each_container() -> None:
    text = """
kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: a, securityContext: &added {capabilities: {add: [SYS_ADMIN]}}}
  - {name: b, securityContext: *added}
"""
    (pod,) = objects_of(text, "test")
    way_out = verdict(pod)["remedies"][0]
    for index in (0, 1):
        assert f"spec.containers[{index}].securityContext.capabilities" in way_out["text"]
