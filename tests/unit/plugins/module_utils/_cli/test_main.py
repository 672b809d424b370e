# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command: verdicts as text and as JSON, and what the options about the cluster come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._cli.given import (
    Command,
    workload,
    write,
)

ALLOCATED = {
    "openshift.io/sa.scc.uid-range": "1000040000/10000",
    "openshift.io/sa.scc.supplemental-groups": "1000040000/10000",
    "openshift.io/sa.scc.mcs": "s0:c6,c5",
}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "serving", "annotations": ALLOCATED}}
BARE = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": {"containers": [{"name": "c"}]}}


def restricted(level: str) -> dict[str, Any]:
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {**NAMESPACE, "metadata": {**NAMESPACE["metadata"], "labels": labels}}


def only(*names: str) -> list[dict[str, Any]]:
    """SCCs that admit everything, under the names that OpenShift cannot do without, and some more."""
    standard = "anyuid hostaccess hostmount-anyuid hostnetwork hostnetwork-v2 nonroot nonroot-v2 privileged restricted"
    anything = {"type": "RunAsAny"}
    options = {key: anything for key in ("runAsUser", "seLinuxContext", "fsGroup", "supplementalGroups")}
    head = {"apiVersion": "security.openshift.io/v1", "kind": "SecurityContextConstraints"}
    return [
        {**head, "metadata": {"name": name}, **options, "groups": ["system:authenticated"] if name in names else []}
        for name in (*standard.split(), "restricted-v2", *names)
    ]


def test_an_admitted_pod(command: Command, tmp_path: Path) -> None:
    said = command(write(tmp_path, "d.yaml", workload()))
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(
        "Deployment triton (namespace example, service account default)\n"
        "  admitted by restricted-v2, as user 1000700000, fsGroup 1000700000\n"
    )
    assert said.out.endswith("\n1 admitted, 0 refused\n")


def test_a_refused_pod(command: Command, tmp_path: Path) -> None:
    said = command(write(tmp_path, "d.yaml", workload(securityContext={"runAsUser": 1000})))
    assert (said.code, said.err) == (1, "")
    lines = said.out.splitlines()
    assert lines[1:4] == [
        "  REFUSED",
        "    spec.template.spec.securityContext.runAsUser = 1000",
        "      restricted-v2: must be in the ranges: [1000700000, 1000709999]",
    ]
    assert (
        "    1. Remove spec.template.spec.securityContext.runAsUser (1000); restricted-v2 then admits the pod." in lines
    )
    assert any("oc adm policy add-scc-to-user nonroot-v2 -z" in line for line in lines)
    assert lines[-1] == "0 admitted, 1 refused"


def test_one_refused_pod_among_several_makes_the_exit_code(command: Command, tmp_path: Path) -> None:
    said = command(write(tmp_path, "d.yaml", workload("a"), workload("b", hostPID=True), workload("c")))
    assert said.code == 1
    assert said.out.splitlines()[-1] == "2 admitted, 1 refused"


def test_json_is_a_list_of_verdicts(command: Command, tmp_path: Path) -> None:
    said = command(write(tmp_path, "d.yaml", workload("a"), workload("b", hostPID=True)), "--format", "json")
    assert said.code == 1
    assert [(one["name"], one["verdict"], one["scc"]) for one in said.json] == [
        ("a", "admitted", "restricted-v2"),
        ("b", "refused", None),
    ]
    assert said.json[1]["message"].startswith('pods "b-" is forbidden: unable to validate against any security context')


def test_what_is_assumed_is_said_once(command: Command, tmp_path: Path) -> None:
    lines = command(write(tmp_path, "d.yaml", workload("a"), workload("b"))).out.splitlines()
    assert [line for line in lines if line.startswith("Note: ")] == [
        "Note: The values of namespace example are not known: 1000700000/10000 is taken as its range of user IDs.",
        "Note: The SCCs are not known: those that OpenShift 4.20 ships are taken.",
    ]


def test_a_namespace_by_its_file(command: Command, tmp_path: Path) -> None:
    said = command(
        write(tmp_path, "d.yaml", workload()), "--namespace", write(tmp_path, "ns.yaml", NAMESPACE), "--format", "json"
    )
    assert (said.json[0]["namespace"], said.json[0]["security_context"]["pod"]["fsGroup"]) == ("serving", 1000040000)
    assert not any("range of user IDs" in note for note in said.json[0]["notes"])


@pytest.mark.parametrize("kind", ["Project", "Namespace"])
def test_a_namespace_as_oc_prints_it(command: Command, tmp_path: Path, kind: str) -> None:
    listed = {"apiVersion": "v1", "kind": "List", "items": [{**NAMESPACE, "kind": kind}]}
    said = command(write(tmp_path, "d.yaml", workload()), "--namespace", write(tmp_path, "namespace", listed))
    assert "(namespace serving, service account default)" in said.out and "fsGroup 1000040000" in said.out


def test_a_namespace_by_its_name_alone(command: Command, tmp_path: Path) -> None:
    said = command(write(tmp_path, "d.yaml", workload()), "--namespace", "serving")
    assert "(namespace serving, " in said.out and "The values of namespace serving are not known" in said.out


def test_a_namespace_among_the_manifests(command: Command, tmp_path: Path) -> None:
    said = command(write(tmp_path, "d.yaml", workload(), NAMESPACE), "--namespace", "serving")
    assert "as user 1000040000, fsGroup 1000040000" in said.out


def test_the_clusters_own_sccs(command: Command, tmp_path: Path) -> None:
    sccs = write(tmp_path, "sccs.yaml", {"apiVersion": "v1", "kind": "List", "items": only("everything")})
    said = command(write(tmp_path, "d.yaml", workload(hostPID=True)), "--sccs", sccs, "--format", "json")
    assert said.json[0]["verdict"] == "refused" and "everything" in said.json[0]["message"]
    said = command(write(tmp_path, "d.yaml", workload()), "--sccs", sccs)
    assert "  admitted by everything\n" in said.out
    assert "SCCs are not known" not in said.out


@pytest.mark.parametrize(
    ("grant", "code"), [("nonroot-v2", 0), ("nonroot-v2:server", 0), ("nonroot-v2:other", 1), ("restricted", 1)]
)
def test_a_right_to_use_an_scc(command: Command, tmp_path: Path, grant: str, code: int) -> None:
    pod = workload(serviceAccountName="server", securityContext={"runAsUser": 1000})
    said = command(write(tmp_path, "d.yaml", pod), "--grant", grant)
    assert said.code == code
    assert ("  admitted by nonroot-v2, as user 1000" in said.out) == (code == 0)


def test_several_rights_of_one_account(command: Command, tmp_path: Path) -> None:
    pod = workload(securityContext={"runAsUser": 1000})
    grants = ("--grant", "nonroot-v2:default", "--grant", "restricted:default")
    assert command(write(tmp_path, "d.yaml", pod), *grants).code == 0


def test_a_bare_pod_is_its_creators(command: Command, tmp_path: Path) -> None:
    path = write(tmp_path, "pods.yaml", BARE, workload())
    assert [one["scc"] for one in command(path, "--format", "json").json] == ["restricted-v2", "restricted-v2"]
    admin = ("--user", "kim", "--group", "system:cluster-admins", "--group", "staff")
    bare, deployment = command(path, "--format", "json", *admin).json
    assert (bare["scc"], bare["requester"]) == ("anyuid", "kim")
    # Whoever applies a Deployment, its controller asks for the pods.
    assert (deployment["scc"], deployment["requester"].rpartition(":")[2]) == ("restricted-v2", "replicaset-controller")


def test_plain_kubernetes_has_no_sccs(command: Command, tmp_path: Path) -> None:
    path, kubernetes = (
        write(tmp_path, "d.yaml", workload(securityContext={"runAsUser": 0})),
        ("--platform", "kubernetes"),
    )
    said = command(path, *kubernetes)
    assert (said.code, said.out.splitlines()[1], "SCC" in said.out) == (0, "  admitted, as user 0", False)
    strict = write(tmp_path, "ns.yaml", restricted("restricted"))
    said = command(path, *kubernetes, "--namespace", strict, "--format", "json")
    assert said.code == 1
    assert 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false' in said.json[0]["message"]


@pytest.mark.parametrize(("version", "code"), [("1.34", 1), ("v1.34.2", 1), ("1.35", 0), (None, 0)])
def test_the_version_of_kubernetes_counts_for_pod_security(
    command: Command, tmp_path: Path, version: str | None, code: int
) -> None:
    own_users = workload(hostUsers=False)
    own_users["spec"]["template"]["spec"]["containers"][0]["securityContext"] = {"procMount": "Unmasked"}
    options = ("--kubernetes-version", version) if version else ()
    namespace = write(tmp_path, "ns.yaml", restricted("baseline"))
    path = write(tmp_path, "d.yaml", own_users)
    assert command(path, "--namespace", namespace, "--platform", "kubernetes", *options).code == code


def test_each_scc_as_if_it_might_be_used(command: Command, tmp_path: Path) -> None:
    path = write(tmp_path, "d.yaml", workload("a", securityContext={"runAsUser": 1000}), workload("b", hostPID=True))
    said = command(path, "--each")
    assert said.code == 1
    rows = [line.split(None, 2) for line in said.out.split("\n\n")[0].splitlines()[2:]]
    assert {row[0]: row[1] for row in rows}["nonroot-v2"] == "yes"
    (refusal,) = [row[2] for row in rows if row[0] == "restricted-v2"]
    assert refusal == "spec.template.spec.securityContext.runAsUser: must be in the ranges: [1000700000, 1000709999]"
    assert [line for line in said.out.splitlines() if line.startswith("Deployment ")] == [
        "Deployment a (namespace example)",
        "Deployment b (namespace example)",
    ]
    listed = command(path, "--each", "--format", "json").json
    assert {row["scc"] for row in listed[1]["sccs"] if row["admits"]} == {"hostaccess", "privileged"}
    assert json.dumps(listed[1]["sccs"]).count("spec.template.spec.hostPID") >= len(listed[1]["sccs"]) - 2
