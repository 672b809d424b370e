# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines and configuration files of the cluster's processes. Pure: data in, data out."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .settings import (
    CONTAINERD_SOCKET,
    DNS_ADDRESS,
    INSIDE_BIN,
    INSIDE_DEBIAN,
    INSIDE_RUNTIME,
    INSIDE_STATE,
    NODE,
    NODE_ADDRESS,
    PAUSE_IMAGE,
    POD_NETWORK,
    SERVICE_NETWORK,
    Cluster,
)

PKI = INSIDE_STATE / "pki"
DATA = INSIDE_STATE / "data"
CONFIG = INSIDE_STATE / "etc"
PROGRAM = str(INSIDE_BIN / "cluster")

SCC_PLUGINS = (
    "security.openshift.io/DefaultSecurityContextConstraints",
    "security.openshift.io/SecurityContextConstraint",
    "security.openshift.io/SCCExecRestrictions",
)
NO_RECORD_USERS = (
    "system:apiserver",
    "system:bootstrap",
    "system:kube-controller-manager",
    "system:kube-proxy",
    "system:kube-scheduler",
    "system:namespace-allocator",
    "system:node:" + NODE,
    "system:simulated-node",
    "system:volume-provisioner",
)


def command_lines(cluster: Cluster, address: str) -> dict[str, list[str]]:
    """Every process of the cluster by name; address: the cluster's own on the link to the machine."""
    lines = {
        "etcd": [
            str(INSIDE_DEBIAN / "usr/bin/etcd"),
            f"--data-dir={DATA}/etcd",
            "--listen-client-urls=http://127.0.0.1:2379",
            "--advertise-client-urls=http://127.0.0.1:2379",
            "--listen-peer-urls=http://127.0.0.1:2380",
            # The data must outlive killed processes, not a power failure.
            "--unsafe-no-fsync",
            "--logger=zap",
        ],
        "kube-apiserver": api_server(cluster, address),
        "kube-controller-manager": [
            PROGRAM,
            "kube-controller-manager",
            *kubeconfigs("kube-controller-manager"),
            f"--root-ca-file={PKI}/ca.crt",
            f"--cluster-signing-cert-file={PKI}/ca.crt",
            f"--cluster-signing-key-file={PKI}/ca.key",
            f"--service-account-private-key-file={PKI}/service-account.key",
            f"--flex-volume-plugin-dir={DATA}/volume-plugins",
            "--use-service-account-credentials=true",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            "--kube-api-qps=100",
            "--kube-api-burst=200",
        ],
        "kube-scheduler": [
            PROGRAM,
            "kube-scheduler",
            *kubeconfigs("kube-scheduler"),
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
        ],
        "namespace-allocator": [
            PROGRAM,
            "namespace-allocator",
            f"--kubeconfig={PKI}/namespace-allocator.kubeconfig",
            f"--profile={cluster.profile}",
        ],
        "volume-provisioner": [
            PROGRAM,
            "volume-provisioner",
            f"--kubeconfig={PKI}/volume-provisioner.kubeconfig",
            f"--root={DATA}/volumes",
            f"--node={NODE}",
        ],
    }
    return lines | (real_node() if cluster.node == "real" else simulated_node())


def kubeconfigs(name: str) -> list[str]:
    """The three places where a component wants its kubeconfig."""
    path = f"{PKI}/{name}.kubeconfig"
    return [f"--kubeconfig={path}", f"--authentication-kubeconfig={path}", f"--authorization-kubeconfig={path}"]


def api_server(cluster: Cluster, address: str) -> list[str]:
    """kube-apiserver, with SCC admission in the profile openshift."""
    plugins = ["NodeRestriction", *(SCC_PLUGINS if cluster.profile == "openshift" else ())]
    return [
        PROGRAM,
        "kube-apiserver",
        "--etcd-servers=http://127.0.0.1:2379",
        "--bind-address=0.0.0.0",
        "--secure-port=6443",
        f"--advertise-address={address}",
        # With the reconciler `none` the service `kubernetes` has no endpoints.
        "--endpoint-reconciler-type=lease",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        "--authorization-mode=Node,RBAC",
        f"--enable-admission-plugins={','.join(plugins)}",
        f"--scc-kubeconfig={PKI}/bootstrap.kubeconfig",
        "--allow-privileged=true",
        f"--client-ca-file={PKI}/ca.crt",
        f"--tls-cert-file={PKI}/kube-apiserver.crt",
        f"--tls-private-key-file={PKI}/kube-apiserver.key",
        f"--kubelet-certificate-authority={PKI}/ca.crt",
        f"--kubelet-client-certificate={PKI}/kubelet-client.crt",
        f"--kubelet-client-key={PKI}/kubelet-client.key",
        # Without it logs, exec and port-forward look for the node's name in DNS.
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={PKI}/service-account.pub",
        f"--service-account-signing-key-file={PKI}/service-account.key",
        f"--audit-policy-file={CONFIG}/audit-policy.json",
        f"--audit-log-path={INSIDE_STATE}/audit.log",
        "--audit-log-maxsize=100000",  # megabytes: the log is never rotated, so that counting it stays simple
        "--profiling=false",
    ]


def real_node() -> dict[str, list[str]]:
    """containerd, kubelet and kube-proxy."""
    return {
        "containerd": [str(INSIDE_RUNTIME / "containerd"), f"--config={CONFIG}/containerd.toml"],
        "kubelet": [
            PROGRAM,
            "kubelet",
            f"--kubeconfig={PKI}/kubelet.kubeconfig",
            f"--config={CONFIG}/kubelet.json",
            f"--root-dir={DATA}/kubelet",
            f"--cert-dir={DATA}/kubelet/pki",
            f"--hostname-override={NODE}",
            f"--node-ip={NODE_ADDRESS}",
        ],
        "kube-proxy": [
            PROGRAM,
            "kube-proxy",
            f"--kubeconfig={PKI}/kube-proxy.kubeconfig",
            f"--hostname-override={NODE}",
            f"--cluster-cidr={POD_NETWORK}",
            "--proxy-mode=iptables",
            # Answers come back through the node, also where the kernel does not filter bridged packets.
            "--masquerade-all=true",
            "--bind-address=127.0.0.1",
            # These limits belong to the whole machine and stay as they are.
            "--conntrack-max-per-core=0",
            "--conntrack-tcp-timeout-established=0s",
            "--conntrack-tcp-timeout-close-wait=0s",
            "--oom-score-adj=0",
        ],
    }


def simulated_node() -> dict[str, list[str]]:
    """A node that runs no containers."""
    return {
        "simulated-node": [
            PROGRAM,
            "simulated-node",
            f"--kubeconfig={PKI}/simulated-node.kubeconfig",
            f"--node={NODE}",
            f"--node-address={NODE_ADDRESS}",
        ]
    }


def config_files(cluster: Cluster) -> Mapping[str, str]:
    """Configuration files by name, for the directory etc of the state."""
    files = {"audit-policy.json": to_json(audit_policy()), "resolv.conf": ""}
    if cluster.node == "real":
        files |= {
            "containerd.toml": containerd_config(),
            "kubelet.json": to_json(kubelet_config("/" + cluster.mark)),
            "cni/10-bridge.conflist": to_json(cni_config()),
        }
    return files


def to_json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def audit_policy() -> dict[str, object]:
    """Every request of people and of service accounts outside kube-system; of the cluster's own parts, only writes."""
    return {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived", "ResponseStarted"],
        "rules": [
            {"level": "None", "users": list(NO_RECORD_USERS), "verbs": ["get", "list", "watch"]},
            {
                "level": "None",
                "userGroups": ["system:serviceaccounts:kube-system"],
                "verbs": ["get", "list", "watch"],
            },
            {
                "level": "None",
                "users": list(NO_RECORD_USERS),
                "resources": [
                    {"group": "coordination.k8s.io", "resources": ["leases"]},
                    {"group": "", "resources": ["events", "nodes/status"]},
                    {"group": "events.k8s.io", "resources": ["events"]},
                    {"group": "authentication.k8s.io"},
                    {"group": "authorization.k8s.io"},
                ],
            },
            {"level": "None", "users": ["system:anonymous"], "nonResourceURLs": ["/livez*", "/readyz*", "/healthz*"]},
            {"level": "Metadata"},
        ],
    }


def kubelet_config(cgroup_root: str) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{PKI}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{PKI}/kubelet-serving.crt",
        "tlsPrivateKeyFile": f"{PKI}/kubelet-serving.key",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroup_root,
        "enforceNodeAllocatable": [],
        "failCgroupV1": False,
        "failSwapOn": False,
        "oomScoreAdj": 0,
        "clusterDNS": [DNS_ADDRESS],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        # The disk is shared with everything else on the machine: neither evict pods nor remove images over it.
        "evictionHard": {
            "memory.available": "50Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
            "nodefs.inodesFree": "1%",
        },
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        # Kubelets that share /var/log/pods delete each other's logs.
        "podLogsDir": f"{INSIDE_STATE}/logs/pods",
        "resolvConf": f"{CONFIG}/resolv.conf",
        "serializeImagePulls": False,
        "volumePluginDir": f"{DATA}/volume-plugins",
    }


def cni_config() -> dict[str, object]:
    return {
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [
            {
                "type": "bridge",
                "bridge": "cni0",
                "isGateway": True,
                "hairpinMode": True,
                "ipam": {
                    "type": "host-local",
                    "dataDir": "/run/cni",
                    "ranges": [[{"subnet": str(POD_NETWORK), "gateway": NODE_ADDRESS}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def containerd_config() -> str:
    """For containerd 2. The plugins left out would touch foreign directories, need other file systems, or have no use here."""
    return f"""version = 3
root = "{DATA}/containerd"
state = "/run/containerd"
oom_score = 0
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.nri.v1.nri",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
  address = "{CONTAINERD_SOCKET}"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "{PAUSE_IMAGE}"

[plugins."io.containerd.cri.v1.runtime"]
  # Not every machine lets a process lower its OOM score; without this each sandbox would fail there.
  restrict_oom_score_adj = true
  # Its profile would stay loaded in the machine's kernel.
  disable_apparmor = true
  # OpenShift's pods may not do either without a capability.
  enable_unprivileged_ports = false
  enable_unprivileged_icmp = false
  enable_cdi = false
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "{CONFIG}/cni"
  [plugins."io.containerd.cri.v1.runtime".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
        SystemdCgroup = false
"""
