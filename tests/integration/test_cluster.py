# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The local cluster itself: it works, it heals, and it leaves nothing behind. Needs root.

One cluster of its own (NAME=selftest) serves all tests here; they run in the order in which they stand.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "tools"), str(ROOT / "tests" / "cluster")]

import provide
from localcluster import lifecycle
from localcluster.network import choose_network
from localcluster.settings import Cluster, ClusterError, check_name, link_networks
from localcluster.supervisor import KERNEL_SETTINGS

NAME = "selftest"
STATE = ROOT / ".cluster" / NAME
MARK = Cluster(NAME, "openshift", "real").mark
PROGRAM = [sys.executable, str(ROOT / "tests" / "cluster" / "cluster.py")]

# Where components of a cluster would leave something on the machine if they were not kept in.
FOREIGN_PLACES = (
    *("/etc/cni", "/etc/containerd", "/etc/kubernetes", "/opt/cni", "/opt/containerd", "/usr/libexec/kubernetes"),
    *(
        "/var/lib/cni",
        "/var/lib/containerd",
        "/var/lib/etcd",
        "/var/lib/kubelet",
        "/var/log/containers",
        "/var/log/pods",
    ),
    *("/run/cluster", "/run/cni", "/run/containerd", "/run/flannel", "/run/netns", "/run/runc", "/run/xtables.lock"),
)

WORKLOAD = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: inferops.local/pause:1.0
          args: [serve, ":8080"]
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
          volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
"""

SCC_WITH_NULLS = """
apiVersion: security.openshift.io/v1
kind: SecurityContextConstraints
metadata: {name: selftest}
allowHostDirVolumePlugin: false
allowHostIPC: false
allowHostNetwork: false
allowHostPID: false
allowHostPorts: false
allowPrivilegedContainer: false
readOnlyRootFilesystem: false
priority: null
allowedCapabilities: null
defaultAddCapabilities: null
requiredDropCapabilities: [ALL]
runAsUser: {type: MustRunAsRange}
seLinuxContext: {type: MustRunAs}
volumes: [configMap]
"""


def cluster(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, command, "--name", NAME], capture_output=True, text=True, check=False)


def kubectl(
    *words: str, user: str = "kubeconfig", stdin: str | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    command = [str(provide.kubectl()), f"--kubeconfig={STATE / user}", *words]
    done = subprocess.run(command, capture_output=True, text=True, input=stdin, check=False)
    assert done.returncode == 0 or not check, done.stderr
    return done


def get(*words: str) -> Any:
    return json.loads(kubectl("get", *words, "--output=json").stdout)


def record() -> Any:
    return json.loads((STATE / "cluster.json").read_text())


def processes() -> Any:
    return json.loads((STATE / "processes.json").read_text())


def audit() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (STATE / "audit.log").read_text().splitlines()]


def namespaces_of(pid: str) -> set[str]:
    """The network, mount and process namespaces of a process; empty when it has just ended."""
    with contextlib.suppress(OSError):
        return {os.readlink(f"/proc/{pid}/ns/{kind}") for kind in ("net", "mnt", "pid")}
    return set()


def all_pids() -> list[str]:
    return [entry for entry in os.listdir("/proc") if entry.isdigit()]


def foreign_files() -> dict[str, list[str]]:
    """Every file below the places that Kubernetes uses on an ordinary node."""
    return {
        place: sorted(str(path) for path in Path(place).rglob("*"))
        for place in FOREIGN_PLACES
        if os.path.lexists(place)
    }


def machine() -> dict[str, Any]:
    """What a cluster could change on the machine; other clusters' interfaces and groups are theirs."""

    def output(*command: str) -> list[str]:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    settings = [Path("/proc/sys", name) for name in (*KERNEL_SETTINGS, "net/ipv4/ip_forward")]
    settings.append(Path("/sys/fs/cgroup/unified/cgroup.subtree_control"))
    return {
        "interfaces": {link["ifname"] for link in json.loads("".join(output("ip", "-j", "link")))},
        "routes": set(output("ip", "route")),
        "rules": {line for line in output("iptables-save") if not line.startswith("#") and "[" not in line},
        "mounts": set(Path("/proc/self/mounts").read_text().splitlines()),
        "cgroups": {str(path) for path in Path("/sys/fs/cgroup").glob("**/*iops-*")}
        if Path("/sys/fs/cgroup").exists()
        else set(),
        "kernel settings": {str(path): path.read_text() for path in settings if path.exists()},
        "files": foreign_files(),
    }


def test_network_of_a_link_avoids_what_is_in_use() -> None:
    mark, every = "iops-00000001", link_networks()
    assert choose_network([], mark, None) == every[1]
    assert choose_network(every[1:3], mark, None) == every[3]
    assert choose_network([], mark, "198.18.4.2") == IPv4Network("198.18.4.0/30")
    assert choose_network([IPv4Network("198.18.4.0/24")], mark, "198.18.4.2") == every[1]
    with pytest.raises(ClusterError, match="No address is free"):
        choose_network([IPv4Network("198.18.0.0/15")], mark, None)


@pytest.mark.parametrize("name", ["", "-a", "a/b", "A", "a" * 31, "..", "a b"])
def test_name_that_cannot_be_a_directory_is_refused(name: str) -> None:
    with pytest.raises(ClusterError, match="cannot be used: take 1 to 30"):
        check_name(name)


def test_without_root_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ClusterError, match="run the command as root"):
        lifecycle.up(Cluster("unprivileged", "openshift", "real"))


@pytest.fixture(scope="module")
def before() -> Iterator[dict[str, Any]]:
    """The machine before the cluster; whatever happens, the cluster is taken down in the end."""
    assert cluster("down").returncode == 0
    yield machine()
    cluster("down")


@pytest.fixture(scope="module")
def up(before: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    done = cluster("up")
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def namespace(up: subprocess.CompletedProcess[str]) -> str:
    """A namespace with a web server that has a claim, rolled out."""
    kubectl("create", "namespace", "shop")
    kubectl("apply", "--namespace=shop", "--filename=-", stdin=WORKLOAD)
    kubectl("rollout", "status", "deployment/web", "--namespace=shop", "--timeout=90s")
    return "shop"


def in_pod(namespace: str, *command: str) -> str:
    return kubectl("exec", f"--namespace={namespace}", "deployment/web", "--", "/pause", *command).stdout.strip()


def test_server_reports_its_true_version(up: subprocess.CompletedProcess[str]) -> None:
    assert json.loads(kubectl("version", "--output=json").stdout)["serverVersion"]["gitVersion"] == "v1.35.4"


def test_pod_gets_a_uid_of_its_namespaces_range(namespace: str) -> None:
    annotations = get("namespace", namespace)["metadata"]["annotations"]
    start, _slash, size = annotations["openshift.io/sa.scc.uid-range"].partition("/")
    (pod,) = get("pods", f"--namespace={namespace}")["items"]
    assert pod["metadata"]["annotations"]["openshift.io/scc"] == "restricted-v2"
    uid = int(in_pod(namespace, "id").split()[0])
    assert int(start) <= uid < int(start) + int(size)
    assert uid == pod["spec"]["containers"][0]["securityContext"]["runAsUser"]


def test_claim_is_bound_and_writable(namespace: str) -> None:
    assert get("persistentvolumeclaim/data", f"--namespace={namespace}")["status"]["phase"] == "Bound"
    in_pod(namespace, "write", "/data/file", "kept")


def test_names_and_services_resolve_inside(namespace: str) -> None:
    address = get("service/web", f"--namespace={namespace}")["spec"]["clusterIP"]
    assert in_pod(namespace, "lookup", "web.shop.svc.cluster.local") == f"[{address}]"
    assert in_pod(namespace, "get", "http://web/") == "served"
    unknown = kubectl(
        "exec", f"--namespace={namespace}", "deployment/web", "--", "/pause", "lookup", "example.org", check=False
    )
    assert "no such host" in unknown.stderr


def test_services_answer_through_the_api_server(namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/services/http:web:http/proxy/"
    assert kubectl("get", "--raw", path).stdout.strip() == "served"


def test_claim_bound_at_once_and_grown(up: subprocess.CompletedProcess[str]) -> None:
    claim = """
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "early", "namespace": "default"},
         "spec": {"accessModes": ["ReadWriteMany"], "storageClassName": "standard-immediate",
                  "resources": {"requests": {"storage": "1Gi"}}}}"""
    kubectl("apply", "--filename=-", stdin=claim)
    kubectl("wait", "persistentvolumeclaim/early", "--for=jsonpath={.status.phase}=Bound", "--timeout=30s")
    kubectl("apply", "--filename=-", stdin=claim.replace("1Gi", "3Gi"))
    kubectl("wait", "persistentvolumeclaim/early", "--for=jsonpath={.status.capacity.storage}=3Gi", "--timeout=30s")
    kubectl("delete", "persistentvolumeclaim/early", "--timeout=30s")


def test_bare_pod_of_the_administrator_runs_under_anyuid(up: subprocess.CompletedProcess[str]) -> None:
    dry = ["run", "bare", "--image=inferops.local/pause:1.0", "--dry-run=server", "--output=json"]
    pod = json.loads(kubectl(*dry).stdout)
    assert pod["metadata"]["annotations"]["openshift.io/scc"] == "anyuid"


def test_fixed_uid_is_refused_in_openshifts_words(namespace: str) -> None:
    kubectl("create", "rolebinding", "deployer", "--clusterrole=edit", "--user=deployer", f"--namespace={namespace}")
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "fixed"},
        "spec": {
            "securityContext": {"runAsUser": 1000},
            "containers": [{"name": "c", "image": "inferops.local/pause:1.0"}],
        },
    }
    refused = kubectl(
        *("create", "--dry-run=server", f"--namespace={namespace}", "--filename=-"),
        user="users/deployer.kubeconfig",
        stdin=json.dumps(pod),
        check=False,
    )
    assert "unable to validate against any security context constraint" in refused.stderr
    assert ".containers[0].runAsUser: Invalid value: 1000: must be in the ranges" in refused.stderr


def test_users_have_no_more_than_their_rights(up: subprocess.CompletedProcess[str]) -> None:
    for user, answer in {"nobody": "Forbidden", "expired": "Unauthorized"}.items():
        refused = kubectl("get", "namespaces", user=f"users/{user}.kubeconfig", check=False)
        assert refused.returncode != 0 and answer in refused.stderr


def test_scc_with_null_fields_is_stored_with_defaults(up: subprocess.CompletedProcess[str]) -> None:
    for _round in range(2):
        kubectl("apply", "--filename=-", stdin=SCC_WITH_NULLS)
    assert get("securitycontextconstraints/selftest")["fsGroup"] == {"type": "RunAsAny"}
    kubectl("delete", "securitycontextconstraints/selftest")


def test_audit_log_has_reads_and_writes_of_users(namespace: str) -> None:
    get("pods", f"--namespace={namespace}")
    seen = {
        (entry["user"]["username"], entry["verb"], entry["objectRef"]["resource"])
        for entry in audit()
        if "objectRef" in entry
    }
    assert {("admin", "list", "pods"), ("admin", "create", "namespaces"), ("nobody", "list", "namespaces")} <= seen
    assert not any(user == "system:apiserver" and verb in ("get", "list", "watch") for user, verb, _uri in seen)


def assert_ready() -> None:
    seen = json.loads(cluster("status").stdout)
    assert (seen["ready"], seen["state"], seen["unwell"]) == (True, "ready", [])


def test_second_up_changes_nothing(namespace: str) -> None:
    def state() -> tuple[Any, Any, list[Any]]:
        written = [entry["auditID"] for entry in audit() if entry["user"]["username"] == "system:bootstrap"]
        return record(), processes(), written

    earlier = state()
    done = cluster("up")
    assert done.returncode == 0 and "up already" in done.stderr
    assert state() == earlier


def test_killed_api_server_is_started_again(namespace: str) -> None:
    starts = processes()["kube-apiserver"]["starts"]
    inner = record()["inner"]["pid"]
    for pid in Path(f"/proc/{inner}/task/{inner}/children").read_text().split():
        if b"kube-apiserver" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            os.kill(int(pid), signal.SIGKILL)
    assert cluster("up").returncode == 0
    assert processes()["kube-apiserver"]["starts"] == starts + 1
    assert get("namespace", namespace)["metadata"]["name"] == namespace


def test_up_recovers_a_killed_cluster(namespace: str) -> None:
    os.kill(record()["outer"]["pid"], signal.SIGKILL)
    done = cluster("up")
    assert done.returncode == 0, done.stderr
    assert_ready()
    kubectl(
        "wait",
        "pods",
        f"--namespace={namespace}",
        "--selector=app=web",
        "--for=jsonpath={.status.containerStatuses[0].restartCount}=1",
        "--timeout=60s",
    )
    kubectl("rollout", "status", "deployment/web", f"--namespace={namespace}", "--timeout=60s")
    kubectl("wait", "pods", f"--namespace={namespace}", "--selector=app=web", "--for=condition=Ready", "--timeout=60s")
    assert in_pod(namespace, "get", "http://web/") == "served"


def test_up_goes_on_where_a_killed_up_stopped(namespace: str) -> None:
    os.kill(record()["outer"]["pid"], signal.SIGKILL)
    with subprocess.Popen([*PROGRAM, "up", "--name", NAME], stderr=subprocess.PIPE, text=True) as interrupted:
        assert interrupted.stderr is not None
        assert any("started the processes" in line for line in interrupted.stderr)
        interrupted.kill()
    started = record()
    assert not started["ready"]
    done = cluster("up")
    assert done.returncode == 0, done.stderr
    assert record() == started | {"ready": True}


def test_other_profile_under_the_same_name_is_refused(up: subprocess.CompletedProcess[str]) -> None:
    command = [*PROGRAM, "up", "--name", NAME, "--profile", "kubernetes"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "exists with profile openshift and node real" in refused.stderr and "Traceback" not in refused.stderr


def test_second_cluster_of_the_other_profile_runs_beside(up: subprocess.CompletedProcess[str]) -> None:
    other = "selftest-two"
    options = ["--name", other, "--profile", "kubernetes", "--node", "simulated"]
    user = f"../{other}/kubeconfig"
    try:
        done = subprocess.run([*PROGRAM, "up", *options], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert_ready()
        assert "openshift.io" not in kubectl("api-versions", user=user).stdout
        kubectl("create", "namespace", "shop", user=user)
        enforced = "--for=jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}=restricted"
        kubectl("wait", "namespace/shop", enforced, "--timeout=30s", user=user)
        bare = kubectl("run", "bare", "--image=x", "--namespace=shop", user=user, check=False)
        assert 'violates PodSecurity "restricted' in bare.stderr
        kubectl("create", "deployment", "web", "--image=x", "--namespace=kube-system", user=user)
        kubectl("rollout", "status", "deployment/web", "--namespace=kube-system", "--timeout=30s", user=user)
    finally:
        subprocess.run([*PROGRAM, "down", *options], capture_output=True, check=True)
    assert not (STATE.parent / other).exists()
    assert_ready()


def test_down_finds_a_cluster_whose_directory_was_removed(before: dict[str, Any]) -> None:
    options = ["--name", "selftest-lost", "--node", "simulated"]
    state = STATE.parent / "selftest-lost"
    subprocess.run([*PROGRAM, "up", *options], capture_output=True, check=True)
    theirs = namespaces_of(str(json.loads((state / "cluster.json").read_text())["inner"]["pid"]))
    shutil.rmtree(state, ignore_errors=True)  # its processes go on writing meanwhile
    subprocess.run([*PROGRAM, "down", *options], capture_output=True, check=True)
    assert theirs and not [pid for pid in all_pids() if namespaces_of(pid) & theirs]
    assert not state.exists()


def test_down_leaves_nothing_behind(namespace: str, before: dict[str, Any]) -> None:
    theirs = namespaces_of(str(record()["inner"]["pid"]))
    assert len(theirs) == 3
    assert any(MARK in name for name in machine()["cgroups"])  # the comparison below can see a difference
    done = cluster("down")
    assert done.returncode == 0, done.stderr
    assert not [pid for pid in all_pids() if namespaces_of(pid) & theirs]
    assert not STATE.exists()
    after = machine()
    for kind in ("interfaces", "routes", "mounts", "cgroups"):
        left = {
            item for item in after[kind] - before[kind] if MARK in item or str(STATE) in item or "iops-" not in item
        }
        assert not left, kind
    for kind in ("rules", "kernel settings", "files"):
        assert after[kind] == before[kind], kind
    assert cluster("status").returncode == 1
