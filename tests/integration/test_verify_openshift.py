# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make verify-openshift` on the local cluster: it agrees, it writes nothing, and it would notice a disagreement."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, Cluster, namespace_names

sys.path.insert(0, os.environ["INFEROPS_COLLECTIONS"])

from verify import run as verify_run
from verify.compare import AGREE, DISAGREE, NOT_JUDGED, compare, normalised
from verify.pods import FAMILIES, VOLUMES, Values, shapes

from ansible_collections.inferops.triton.plugins.module_utils._kube.security import (
    ADMITTED,
    REFUSED,
    UNCONFIRMED,
    Confirmation,
)
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Decision
from ansible_collections.inferops.triton.plugins.module_utils._scc.batch import Batch
from ansible_collections.inferops.triton.plugins.module_utils._scc.defaults import admission_defaults
from ansible_collections.inferops.triton.plugins.module_utils._scc.view import VOLUME_TYPES

SCRIPT = ROOT / "tests" / "tools" / "verify_openshift.py"
RBAC = "rbac.authorization.k8s.io"
VALUES = Values(1000040000, 1000049999, 1000040000, "s0:c6,c5", ("anyuid", "restricted-v2"), ("default", "other"))
# SCCs of a cluster's own: what the standard ones leave out.
OWN: Mapping[str, Mapping[str, Any]] = {
    "tight": {
        "priority": 5,
        "runAsUser": {"type": "MustRunAs", "uid": 1000},
        "seLinuxContext": {"type": "RunAsAny"},
        "fsGroup": {"type": "MustRunAs", "ranges": [{"min": 1000, "max": 1999}, {"min": 5000, "max": 5000}]},
        "supplementalGroups": {"type": "MustRunAs", "ranges": [{"min": 1000, "max": 1000}]},
        "volumes": ["configMap", "secret"],
        "readOnlyRootFilesystem": True,
        "seccompProfiles": ["localhost/own.json", "runtime/default"],
        "defaultAddCapabilities": ["CHOWN"],
        "requiredDropCapabilities": ["KILL", "MKNOD"],
        "allowedCapabilities": ["SETUID", "SETGID"],
        "defaultAllowPrivilegeEscalation": False,
    },
    "wide": {
        "runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 0, "uidRangeMax": 100000},
        "seLinuxContext": {
            "type": "MustRunAs",
            "seLinuxOptions": {"type": "spc_t", "user": "system_u", "role": "system_r"},
        },
        "fsGroup": {"type": "RunAsAny"},
        "supplementalGroups": {"type": "RunAsAny"},
        "volumes": ["flexVolume", "nfs", "emptyDir", "projected"],
        "allowedFlexVolumes": [{"driver": "example.org/other"}],
        "allowedUnsafeSysctls": ["kernel.msg*"],
        "forbiddenSysctls": ["net.ipv4.ping_group_range"],
        "allowHostPorts": True,
        "seccompProfiles": ["*"],
        "allowedCapabilities": ["ALL"],
        "allowPrivilegeEscalation": False,
    },
    "userns": {
        "runAsUser": {"type": "RunAsAny"},
        "seLinuxContext": {"type": "MustRunAs"},
        "fsGroup": {"type": "MustRunAs"},
        "supplementalGroups": {"type": "MustRunAs"},
        "volumes": ["*"],
        "userNamespaceLevel": "RequirePodLevel",
        "allowedCapabilities": ["*"],
        "allowHostPID": True,
    },
}


@dataclass(frozen=True)
class Ran:
    """A run of the command."""

    code: int
    output: str
    errors: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        """The report as JSON."""
        found: dict[str, Any] = json.loads((self.folder / "verify-openshift.json").read_text())
        return found

    @property
    def last(self) -> dict[str, Any]:
        """The closing line."""
        found: dict[str, Any] = json.loads(self.output.strip().splitlines()[-1])
        return found


@dataclass(frozen=True)
class Place:
    """A namespace with service accounts that may use SCCs of the cluster's own."""

    cluster: Cluster
    namespace: str
    folder: Path

    def context(self, kubeconfig: Path) -> str:
        """The name of a kubeconfig's context."""
        name: str = yaml.safe_load(kubeconfig.read_text())["current-context"]
        return name

    def verify(
        self, *words: str, user: str = "", namespace: str | None = None, yes: str = "1", kubeconfig: Path | None = None
    ) -> Ran:
        """Run the command as a user."""
        path = kubeconfig or (self.cluster.user(user) if user else self.cluster.kubeconfig)
        folder = self.folder / f"{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        env = {
            **self.cluster.env,
            "KUBECONFIG": str(path),
            "CONTEXT": self.context(path),
            "NAMESPACE": self.namespace if namespace is None else namespace,
            "YES": yes,
            # Neither may lead it elsewhere.
            "K8S_AUTH_HOST": "https://192.0.2.1:6443",
            "K8S_AUTH_API_KEY": "other",
        }
        command = [sys.executable, str(SCRIPT), "--output", str(folder), *words]
        done = subprocess.run(command, env=env, text=True, capture_output=True, check=False, input="n\n")
        return Ran(done.returncode, done.stdout, done.stderr, folder)


@pytest.fixture(scope="module")
def place(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with namespace_names(cluster) as name:
        namespace = name()
        cluster.kubectl("create", "namespace", namespace)
        written = r"--for=jsonpath={.metadata.annotations.openshift\.io/sa\.scc\.uid-range}"
        cluster.kubectl("wait", written, f"namespace/{namespace}", "--timeout=30s")
        own = [
            {
                "apiVersion": "security.openshift.io/v1",
                "kind": "SecurityContextConstraints",
                "metadata": {"name": f"{namespace}-{short}"},
                "allowPrivilegedContainer": False,
                "allowHostNetwork": False,
                "allowHostPorts": False,
                "allowHostPID": False,
                "allowHostIPC": False,
                "allowHostDirVolumePlugin": False,
                "readOnlyRootFilesystem": False,
                "priority": None,
                "defaultAddCapabilities": None,
                "requiredDropCapabilities": None,
                "allowedCapabilities": None,
                **fields,
            }
            for short, fields in OWN.items()
        ]
        granted = [
            *({"kind": "ServiceAccount", "name": short, "scc": f"{namespace}-{short}"} for short in OWN),
            {"kind": "ServiceAccount", "name": "nonroot", "scc": "nonroot-v2"},
            {"kind": "ServiceAccount", "name": "nonroot", "scc": "hostnetwork"},
        ]
        try:
            cluster.apply(*own, *(item for one in granted for item in account(namespace, one)))
            yield Place(cluster, namespace, tmp_path_factory.mktemp("verify"))
        finally:
            for scc in own:
                cluster.kubectl("delete", "securitycontextconstraints", scc["metadata"]["name"])


def account(namespace: str, granted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A service account, and the right to use an SCC."""
    name, scc = granted["name"], granted["scc"]
    yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}
    rule = {
        "apiGroups": ["security.openshift.io"],
        "resources": ["securitycontextconstraints"],
        "resourceNames": [scc],
        "verbs": ["use"],
    }
    api = {"apiVersion": f"{RBAC}/v1", "metadata": {"name": f"{name}-{scc}", "namespace": namespace}}
    yield {**api, "kind": "Role", "rules": [rule]}
    reference = {"apiGroup": RBAC, "kind": "Role", "name": f"{name}-{scc}"}
    yield {**api, "kind": "RoleBinding", "roleRef": reference, "subjects": [{"kind": "ServiceAccount", "name": name}]}


def test_the_engine_agrees_with_the_cluster_and_nothing_is_written(place: Place) -> None:
    offset = place.cluster.audit_offset()
    ran = place.verify()
    assert place.cluster.writes(offset) == ()
    assert place.cluster.get("pods", "-n", place.namespace)["items"] == []
    assert ran.code == 0, ran.output + ran.errors
    report = ran.report
    assert (report["pods"], report["failed"], report["disagreements"], report["rights_unknown"]) == (200, 0, [], [])
    assert report["pods_judged"] >= 120
    assert re.fullmatch(r"openshift 4\.\d+\.\d+, Kubernetes v1\.\d+\.\d+", report["version"])
    assert report["asked_as"] == ["user", "replicaset-controller", "job-controller"]
    assert report["cases"] == sum(
        count[kind] for count in report["counts"].values() for kind in ("admitted", "refused")
    )
    assert ran.last == {"suite": "verify-openshift", "cases": report["cases"], "failed": 0}
    for counts in report["counts"].values():
        assert counts["admitted"] >= 40
    assert report["counts"]["replicaset-controller"]["refused"] >= 40
    assert {"restricted-v2", "anyuid", "privileged"} <= report["admitted_by"].keys()
    assert (report["left_out"], report["unread"]) == ({}, [])
    assert report["not_judged"].keys() <= {"validation", "service_account"}
    # What is printed says where it came from and where it went.
    assert (
        f"API server  {place.cluster.kubectl('config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}')}"
        in ran.output
    )
    assert f"namespace   {place.namespace}\n" in ran.output
    assert f"report  {ran.folder / 'verify-openshift.md'}" in ran.output


def test_more_pods_of_another_seed(place: Place) -> None:
    """SCCs of the cluster's own come into play."""
    ran = place.verify("--pods", "600", "--seed", "7")
    assert ran.code == 0, ran.output[-5000:] + ran.errors
    assert ran.report["seed"] == 7
    assert ran.report["pods_judged"] >= 500
    assert {f"{place.namespace}-tight", f"{place.namespace}-wide"} <= ran.report["sccs"].keys()
    assert any(name.startswith(place.namespace) for name in ran.report["admitted_by"])


def test_a_report_names_nobody_unless_wanted(place: Place) -> None:
    ran = place.verify("--pods", "12")
    named = place.verify("--pods", "12", "--names")
    server = re.search(r"API server  (\S+)", ran.output)
    assert server
    private = (server[1], server[1].split("//")[1], place.context(place.cluster.kubeconfig))
    for file in ("verify-openshift.json", "verify-openshift.md"):
        text, full = (ran.folder / file).read_text(), (named.folder / file).read_text()
        assert not [word for word in private if word in text]
        assert not re.search(rf"(?<![\w-]){re.escape(place.namespace)}(?!-)", text)
        assert server[1] in full and place.namespace in full
        kept = yaml.safe_load(place.cluster.kubeconfig.read_text())["users"][0]["user"]
        assert not [secret for secret in kept.values() if secret in full]


def test_it_asks_first(place: Place) -> None:
    offset = place.cluster.audit_offset()
    ran = place.verify(yes="")
    assert ran.code == 2
    assert "Send 200 pods there as dry runs, up to three times each? Nothing is written. [y/N]" in ran.output
    assert ran.errors == "verify-openshift: nothing was done.\n"
    assert list(ran.folder.iterdir()) == []
    log = (place.cluster.state / "audit.log").read_bytes()[offset:]
    assert b"dryRun" not in log


def test_the_namespace_of_the_context(place: Place, tmp_path: Path) -> None:
    content = yaml.safe_load(place.cluster.kubeconfig.read_text())
    content["contexts"][0]["context"]["namespace"] = place.namespace
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(content))
    ran = place.verify("--pods", "3", kubeconfig=kubeconfig, namespace="")
    assert ran.code == 0, ran.errors
    assert f"namespace   {place.namespace} (that of the context)\n" in ran.output
    without = place.verify("--pods", "3", namespace="")
    assert (without.code, without.errors) == (
        2,
        "verify-openshift: the context names no namespace: give NAMESPACE=name, one that exists.\n",
    )


def test_a_namespace_that_is_not_there(place: Place) -> None:
    ran = place.verify(namespace="no-such-namespace")
    assert ran.code == 2
    assert ran.errors.startswith('verify-openshift: Namespace "no-such-namespace" does not exist')


def test_a_namespace_without_sccs(place: Place) -> None:
    ran = place.verify(namespace="default")
    assert ran.code == 2
    assert ran.errors.startswith(
        'verify-openshift: OpenShift applies no SCCs in namespace "default", since it is one of'
    )


def test_who_may_not_read_the_sccs_is_told_what_it_takes(place: Place) -> None:
    ran = place.verify(user="deployer")
    assert ran.code == 2
    assert ran.errors.startswith("verify-openshift: The SCCs could not be read: ")
    assert "cluster-reader" in ran.errors


@pytest.fixture
def reader(place: Place) -> Iterator[str]:
    """The deployer may list SCCs and use edit, and neither ask about others nor impersonate them."""
    name = f"{place.namespace}-reader"
    place.cluster.kubectl("create", "clusterrole", name, "--verb=list", "--resource=securitycontextconstraints")
    place.cluster.kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", "--user=deployer")
    edit = ("rolebinding", "edit", "--clusterrole=edit", "--user=deployer", "-n", place.namespace)
    place.cluster.kubectl("create", *edit)
    yield "deployer"
    place.cluster.kubectl("delete", f"clusterrole/{name}", f"clusterrolebinding/{name}")
    place.cluster.kubectl("delete", "rolebinding", "edit", "-n", place.namespace)


def test_rights_that_nobody_tells_of_are_no_disagreement(place: Place, reader: str) -> None:
    offset = place.cluster.audit_offset()
    ran = place.verify(user=reader)
    assert place.cluster.writes(offset, "deployer") == ()
    assert ran.code == 0, ran.output[-5000:] + ran.errors
    report = ran.report
    assert report["asked_as"] == ["user"]
    impersonate = 'The dry run takes the right to impersonate serviceaccounts "{}" in namespace "kube-system".'
    names = ("replicaset-controller", "job-controller")
    assert report["left_out"] == {name: impersonate.format(name) for name in names}
    assert report["failed"] == 0
    # What the service accounts may use was not to be learnt, and it shows.
    assert report["rights_unknown"]
    assert all("localsubjectaccessreviews" in sentence for sentence in report["unread"])
    accounts = {case["pod"]["spec"]["serviceAccountName"] for case in report["rights_unknown"]}
    assert accounts <= {*OWN, "nonroot"}


def test_a_disagreement_is_noticed_and_can_be_reproduced(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With other SCCs than the cluster's the engine must not agree; each case of the report gives the same answer again."""
    true, false = [], []

    def falsified(client: Any, unread: Any) -> Any:
        true.extend(read(client, unread))
        false.extend(deepcopy(true))
        for scc in false:
            if scc["metadata"]["name"] == "restricted-v2":
                scc |= {"volumes": [*scc["volumes"], "nfs"], "requiredDropCapabilities": ["KILL"]}
        return false

    read = verify_run.sccs
    monkeypatch.setattr(verify_run, "sccs", falsified)
    options = [
        "--kubeconfig",
        str(place.cluster.kubeconfig),
        "--namespace",
        place.namespace,
        "--pods",
        "60",
        "--seed",
        "3",
    ]
    monkeypatch.setattr(sys, "argv", ["run.py", *options, "--output", str(tmp_path)])
    assert verify_run.main() == 1
    output = capsys.readouterr().out
    report = json.loads((tmp_path / "verify-openshift.json").read_text())
    cases = report["disagreements"]
    assert json.loads(output.strip().splitlines()[-1])["failed"] == report["failed"] == len(cases) >= 10
    assert output.count("DISAGREEMENT: ") == len(cases)
    assert (tmp_path / "verify-openshift.md").read_text().count("## Disagreement: ") == len(cases)
    assert {case["differs"].partition(":")[0] for case in cases} >= {"fields", "message"}

    wrong, right = Batch(report["sccs"]), Batch({scc["metadata"]["name"]: scc for scc in true})
    for case in cases:
        for judge, said in ((wrong, case["engine"]), (right, case["cluster"])):
            answer = judge.judge(case)
            assert (answer["allowed"], answer.get("scc"), answer.get("message")) == (
                said["allowed"],
                said.get("scc"),
                said.get("message"),
            )
            if answer["allowed"]:
                assert answer["pod"]["spec"]["securityContext"] == said["securityContext"]


def test_the_target_of_make() -> None:
    words = ["make", "-n", "verify-openshift", "CONTEXT=c", "PODS=7", "SEED=3"]
    done = subprocess.run(words, cwd=ROOT, text=True, capture_output=True, check=True)
    assert "tests/tools/verify_openshift.py --pods '7' --seed '3'" in done.stdout
    without = subprocess.run(
        ["make", "verify-openshift"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert without.returncode == 2
    assert without.stderr.startswith("verify-openshift: give CONTEXT=name of your kubeconfig")


def test_shapes_depend_on_their_seed_alone() -> None:
    one, other = shapes(VALUES, 1, 200), shapes(VALUES, 1, 200)
    assert one == other
    assert len(one) == 200
    assert shapes(VALUES, 2, 200) != one
    assert [shape.label for shape in shapes(VALUES, 1, 3)] == ["plain", "official chart", "1000 with a claim"]


def test_shapes_vary_whatever_admission_looks_at() -> None:
    assert VOLUMES.keys() - {"no source"} == VOLUME_TYPES.keys()
    lone = [label for family in FAMILIES for label, _change in family(VALUES)]
    assert len(lone) == len(set(lone))
    # So many pods that no change is left out.
    many = {shape.label for shape in shapes(VALUES, 1, 2 * len(lone))}
    assert set(lone) <= many
    for pod in (shape.pod for shape in shapes(VALUES, 1, 400)):
        assert "serviceAccount" not in pod["spec"] or "serviceAccountName" not in pod["spec"]
        assert admission_defaults(pod, "ns")["spec"]["serviceAccountName"]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("fsGroup: Invalid value: []int64{1000}: x", "fsGroup: Invalid value: [1000]: x"),
        ("Invalid value: []int64{1000, 2000}: x", "Invalid value: [1000,2000]: x"),
        ("Invalid value: []int64(nil): x", "Invalid value: null: x"),
        ('hostUsers: Invalid value: "null": Host', "hostUsers: Invalid value: null: Host"),
        ('add: Invalid value: "NET_ADMIN": capability', 'add: Invalid value: "NET_ADMIN": capability'),
        ("must be in the ranges: [1000040000, 1000049999]", "must be in the ranges: [1000040000, 1000049999]"),
    ],
)
def test_messages_of_older_servers(older: str, newer: str) -> None:
    assert normalised(older) == newer
    assert normalised(newer) == newer


SEEN = {"spec": {"containers": [{"name": "c"}], "volumes": [{"name": "v"}]}}


def admitted(scc: str, *, user: int = 5, containers: tuple[str, ...] = ("c",)) -> dict[str, Any]:
    contexts = [{"name": name, "securityContext": {"runAsUser": user}} for name in containers]
    spec = {"containers": contexts, "volumes": [{"name": "v"}], "securityContext": {}}
    return {"metadata": {"annotations": {"openshift.io/scc": scc, "other": str(user)}}, "spec": spec}


YES = Decision(True, admitted("a"), "a")
NO = Decision(False, message='pods "p" is forbidden: unable to validate against any security context constraint: [x]')


@pytest.mark.parametrize(
    ("predicted", "answered", "outcome", "what"),
    [
        (YES, Confirmation(ADMITTED, "a", admitted("a")), AGREE, "admitted"),
        (YES, Confirmation(ADMITTED, "b", admitted("b")), DISAGREE, "SCC"),
        (
            YES,
            Confirmation(ADMITTED, "a", admitted("a", user=0)),
            DISAGREE,
            "fields: spec.containers[0].securityContext",
        ),
        (NO, Confirmation(ADMITTED, "a", admitted("a")), DISAGREE, "verdict"),
        (
            NO,
            Confirmation(ADMITTED, "a", admitted("a", containers=("c", "proxy"))),
            NOT_JUDGED,
            "changed by other admission",
        ),
        (NO, Confirmation(REFUSED, by="scc", message=NO.message), AGREE, "refused"),
        (NO, Confirmation(REFUSED, by="scc", message="other"), DISAGREE, "message"),
        (YES, Confirmation(REFUSED, by="scc", message=NO.message), DISAGREE, "verdict"),
        (YES, Confirmation(REFUSED, by="validation", message='Pod "p" is invalid: x'), NOT_JUDGED, "validation"),
        # Validation, quotas and Pod Security come after: the pod had passed.
        (NO, Confirmation(REFUSED, by="validation", message='Pod "p" is invalid: x'), DISAGREE, "verdict"),
        (NO, Confirmation(REFUSED, by="quota", message="exceeded quota"), DISAGREE, "verdict"),
        (NO, Confirmation(REFUSED, by="validation", message="cannot be handled as a Pod"), NOT_JUDGED, "validation"),
        (NO, Confirmation(REFUSED, by="webhook", message="no"), NOT_JUDGED, "webhook"),
        (NO, Confirmation(REFUSED, by="service_account", message="no"), NOT_JUDGED, "service_account"),
        (NO, Confirmation(UNCONFIRMED, reason="no"), NOT_JUDGED, "not answered"),
    ],
)
def test_compare(predicted: Decision, answered: Confirmation, outcome: str, what: str) -> None:
    found = compare(predicted, answered, SEEN)
    assert (found.kind, found.what) == (outcome, what)
