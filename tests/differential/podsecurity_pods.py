# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random pods and namespaces, made so that every check passes often and fails often."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

Json = dict[str, Any]

LEVELS = ("privileged", "baseline", "restricted")
NAMES = ("a", "b", "triton", "a", "side-car", "", 'quo"te', "ünï", "b, c", "z\n")
PROFILES = ("RuntimeDefault", "Localhost", "Unconfined", "", "Other")
ANNOTATIONS = (
    "runtime/default", "docker/default", "localhost/x", "unconfined", "", "odd", 'quo"\\te\t', "é\u00a0\u200b\U0001f600\x7f\x01",
    "localhost/", "Runtime/Default",
)  # fmt: skip
CAPABILITIES = ("NET_BIND_SERVICE", "CHOWN", "KILL", "SYS_ADMIN", "NET_RAW", "ALL", "all", "", "CAP_CHOWN")
VOLUMES = (
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume",
    "cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk",
    "portworxVolume", "scaleIO", "storageos", "unheardOf",
)  # fmt: skip
SYSCTLS = (
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem", "kernel.msgmax", "", "net.core.somaxconn",
)  # fmt: skip
SELINUX_TYPES = (
    "",
    "container_t",
    "container_init_t",
    "container_kvm_t",
    "container_engine_t",
    "spc_t",
    "unconfined_t",
)


class Generator:
    """Random values; fields are left out, null, or filled."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def one(self, values: Sequence[Any]) -> Any:
        return self.random.choice(values)

    def some(self, values: Sequence[Any], most: int) -> list[Any]:
        return [self.one(values) for _time in range(self.random.randint(0, most))]

    def put(self, target: Json, key: str, probability: float, make: Callable[[], Any]) -> None:
        """Fill a field with some probability; now and then it is null."""
        if self.chance(probability):
            target[key] = None if self.chance(0.03) else make()

    def flag(self) -> bool:
        return self.chance(0.5)

    def profile(self, good: float) -> Json:
        profile: Json = {"type": self.one(PROFILES[:2] if self.chance(good) else PROFILES)}
        if self.chance(0.05):
            profile.pop("type")
        if profile.get("type") == "Localhost" or self.chance(0.05):
            profile["localhostProfile"] = "p"
        return profile

    def selinux(self, good: float) -> Json:
        options: Json = {}
        self.put(options, "type", 0.6, lambda: self.one(SELINUX_TYPES[:4] if self.chance(good) else SELINUX_TYPES))
        self.put(options, "user", 0.1 * (1 - good), lambda: self.one(("", "system_u")))
        self.put(options, "role", 0.1 * (1 - good), lambda: self.one(("", "system_r")))
        self.put(options, "level", 0.5, lambda: "s0:c1,c2")
        return options

    def security(self, good: float, container: bool) -> Json:
        """A securityContext; ``good`` is how much of it restricted would like."""
        bad = 1 - good
        security: Json = {}
        self.put(security, "runAsNonRoot", 0.6, lambda: self.chance(good) or self.flag())
        self.put(security, "runAsUser", 0.5, lambda: 1000 if self.chance(good) else self.one((0, 1, 2**63 - 1)))
        self.put(security, "seccompProfile", 0.6, lambda: self.profile(good))
        self.put(security, "appArmorProfile", 0.2, lambda: self.profile(good))
        self.put(security, "seLinuxOptions", 0.3, lambda: self.selinux(good))
        self.put(
            security,
            "windowsOptions",
            0.1,
            lambda: self.one(({}, {"hostProcess": False}, {"hostProcess": self.chance(bad)})),
        )
        if container:
            self.put(security, "privileged", 0.3, lambda: self.chance(bad * 0.5))
            self.put(security, "allowPrivilegeEscalation", 0.3 + 0.7 * good, lambda: not self.chance(good))
            self.put(
                security, "procMount", 0.2, lambda: "Default" if self.chance(good) else self.one(("Unmasked", "", "x"))
            )
            self.put(security, "capabilities", 0.3 + 0.7 * good, lambda: self.capabilities(good))
            self.put(security, "readOnlyRootFilesystem", 0.2, self.flag)
        else:
            self.put(security, "sysctls", 0.3, lambda: self.sysctls(good))
            self.put(security, "fsGroup", 0.2, lambda: 1000)
        return security

    def capabilities(self, good: float) -> Json:
        capabilities: Json = {}
        self.put(capabilities, "drop", 0.9, lambda: ["ALL"] if self.chance(good) else self.some(CAPABILITIES, 3))
        self.put(
            capabilities, "add", 0.5, lambda: ["NET_BIND_SERVICE"] if self.chance(good) else self.some(CAPABILITIES, 4)
        )
        return capabilities

    def sysctls(self, good: float) -> list[Json]:
        names = self.some(SYSCTLS[:5] if self.chance(good) else SYSCTLS, 3)
        return [{"name": name, "value": "1"} if self.chance(0.97) else {"value": "1"} for name in names]

    def handler(self) -> Json:
        handler: Json = {}
        for action in ("httpGet", "tcpSocket"):
            self.put(
                handler,
                action,
                0.4,
                lambda: self.one(({"port": 1}, {"port": 1, "host": self.one(("", "h", "10.0.0.1", 'q"'))})),
            )
        self.put(handler, "exec", 0.2, lambda: {"command": ["x"]})
        return handler

    def ports(self, good: float) -> list[Json]:
        ports = []
        for number in self.some((80, 8000, 9000, 10000), 3):
            port: Json = {"containerPort": number}
            self.put(port, "hostPort", 0.4 * (1 - good), lambda: self.one((0, 80, 9000, 10000, 443)))
            ports.append(port)
        return ports

    def container(self, good: float, ephemeral: bool = False) -> Json:
        container: Json = {"name": self.one(NAMES)}
        if self.chance(0.02):
            container.pop("name")
        self.put(container, "securityContext", 0.6 + 0.4 * good, lambda: self.security(good, container=True))
        self.put(container, "ports", 0.3, lambda: self.ports(good))
        self.put(container, "image", 0.5, lambda: "i")
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            self.put(container, probe, 0.15 * (1 - good), self.handler)
        if self.chance(0.15 * (1 - good)):
            lifecycle: Json = {}
            self.put(lifecycle, "postStart", 0.5, self.handler)
            self.put(lifecycle, "preStop", 0.5, self.handler)
            container["lifecycle"] = lifecycle
        return container

    def volume(self, good: float) -> Json:
        volume: Json = {"name": self.one(("v", "w", "data", "", 'q"'))}
        for _time in range(1 if self.chance(0.9) else 2):
            kind = self.one(VOLUMES[:9] if self.chance(good) else VOLUMES)
            self.put(volume, kind, 0.97, lambda: {"foo": 1} if self.chance(0.2) else {})
        return volume

    def annotations(self, names: Sequence[str]) -> Json:
        found: Json = {}
        self.put(found, "seccomp.security.alpha.kubernetes.io/pod", 0.3, lambda: self.one(ANNOTATIONS))
        for name in {*names, "gone"}:
            for prefix in ("container.apparmor.security.beta", "container.seccomp.security.alpha"):
                if self.chance(0.3):
                    found[f"{prefix}.kubernetes.io/{name}"] = self.one(ANNOTATIONS)
        # Null values of maps are the reader's business, which makes them empty text.
        return {key: value or "" for key, value in found.items()}

    def pod(self) -> Json:
        """A pod that is anything between lax and strict."""
        good = self.one((0.0, 0.5, 0.9, 1.0, 1.0))
        bad = 1 - good
        spec: Json = {"containers": [self.container(good) for _time in range(self.random.randint(1, 3))]}
        self.put(
            spec, "initContainers", 0.3, lambda: [self.container(good) for _time in range(self.random.randint(0, 2))]
        )
        self.put(spec, "ephemeralContainers", 0.1, lambda: [self.container(good)])
        self.put(spec, "securityContext", 0.7, lambda: self.security(good, container=False))
        self.put(spec, "volumes", 0.5, lambda: [self.volume(good) for _time in range(self.random.randint(0, 3))])
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            self.put(spec, field, 0.1 + 0.2 * bad, lambda: self.chance(bad))
        self.put(spec, "hostUsers", 0.3, self.flag)
        self.put(spec, "os", 0.2, lambda: self.one(({"name": "windows"}, {"name": "linux"}, {})))
        metadata: Json = {"name": self.one(("p", "triton-0"))} if self.chance(0.7) else {"generateName": "triton-"}
        if self.chance(0.4 * bad + 0.05):
            kinds = ("initContainers", "containers", "ephemeralContainers")
            names = [item.get("name") or "" for kind in kinds for item in spec.get(kind) or ()]
            metadata["annotations"] = self.annotations(names)
        return {"metadata": metadata, "spec": spec}

    def version(self) -> str:
        return "latest" if self.chance(0.3) else f"v1.{self.one((*range(37), *range(29, 37), *range(29, 37), 99))}"

    def labels(self) -> dict[str, str]:
        """The labels of a namespace, a few of them invalid."""
        labels = {"kubernetes.io/metadata.name": "n"} if self.chance(0.5) else {}
        for mode, probability in (("enforce", 0.85), ("audit", 0.3), ("warn", 0.4)):
            key = f"pod-security.kubernetes.io/{mode}"
            if self.chance(probability):
                labels[key] = self.one(LEVELS[1:]) if self.chance(0.8) else self.one((*LEVELS, "Restricted", "", "x"))
            if self.chance(0.6):
                odd = (
                    "1.30",
                    "v1.030",
                    "v2.1",
                    "",
                    "V1.30",
                    "v1.9223372036854775807",
                    "v1.9223372036854775808",
                    "Latest",
                )
                labels[f"{key}-version"] = self.version() if self.chance(0.9) else self.one(odd)
        return labels

    def default(self) -> dict[str, str]:
        """The defaults of a cluster."""
        if self.chance(0.5):
            return dict.fromkeys(("enforce", "audit", "warn"), "privileged") | dict.fromkeys(
                ("enforceversion", "auditversion", "warnversion"), "latest"
            )
        levels = {mode: self.one(LEVELS) for mode in ("enforce", "audit", "warn")}
        return levels | {f"{mode}version": self.version() for mode in ("enforce", "audit", "warn")}
