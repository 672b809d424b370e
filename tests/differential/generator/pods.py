# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random pods for a target: how much they ask for, and how well it fits, is drawn for each pod first."""

from __future__ import annotations

from .target import Target
from .values import (
    ACCOUNTS,
    CAPABILITIES,
    DRIVERS,
    ODD_PROFILES,
    PLAIN_CAPABILITIES,
    PROFILES,
    SECCOMP_CONTAINER,
    SECCOMP_POD,
    SELINUX_LEVELS,
    SYSCTLS,
    USUAL_VOLUMES,
    VOLUME_TYPES,
    VOLUMES,
    Dice,
    Json,
    copied,
)
from .volumes import projected

NAMES = ("triton", "triton", "triton-0", "web")
ODD_NAMES = ("x" * 70, 'odd "name"', "né\u00a0", "a\tb", "UPPER", "tri<>&ton")
CONTAINERS = ("server", "sidecar", "proxy", "warm-up", "init", "debugger")


class PodMaker:
    """Makes one pod; `busy` is how likely a field is set, `fit` how likely a set field is acceptable."""

    def __init__(self, dice: Dice, target: Target) -> None:
        self.dice = dice
        self.target = target
        self.busy = dice.pick((0.03, 0.1, 0.15, 0.2, 0.3, 0.35, 0.6, 0.8))
        self.fit = dice.pick((1.0, 1.0, 1.0, 0.95, 0.95, 0.9, 0.85, 0.7, 0.5))

    def wanted(self, factor: float = 1.0) -> bool:
        return self.dice.random() < self.busy * factor

    def fits(self) -> bool:
        return self.dice.random() < self.fit

    def make(self, namespace: str) -> Json:
        dice = self.dice
        spec: Json = {"containers": [self.container(name) for name in self._names(1, 3)]}
        if self.wanted(0.8):
            spec["initContainers"] = [self.container(name) for name in self._names(1, 2, "init-")]
        if self.wanted(0.15):
            spec["ephemeralContainers"] = [self.container(name) for name in self._names(1, 2, "eph-")]
        if dice.chance(0.75):
            spec["volumes"] = [self.volume(number) for number in range(1 + int(dice.random() * 3))]
        context = self.pod_context()
        if context or dice.chance(0.6):
            spec["securityContext"] = context
        self._host(spec)
        self._accounts(spec)
        if dice.chance(0.3):
            spec |= {"restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "terminationGracePeriodSeconds": 30}
        if dice.chance(0.02):
            spec["os"] = {"name": dice.pick(("windows", "linux", "Windows", ""))}
        metadata = self._metadata(namespace)
        annotations = self._annotations(spec)
        if annotations or dice.chance(0.2):
            metadata["annotations"] = annotations
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}

    def _names(self, least: int, most: int, prefix: str = "") -> list[str]:
        names = self.dice.distinct(CONTAINERS, least, most if self.dice.chance(0.4) else least)
        return [prefix + name for name in names]

    def _metadata(self, namespace: str) -> Json:
        dice = self.dice
        metadata: Json = {"namespace": namespace}
        form = dice.random()
        name = dice.pick(NAMES) if dice.chance(0.96) else dice.pick(ODD_NAMES)
        if form < 0.45:
            metadata["name"] = name
        elif form < 0.9:
            metadata["generateName"] = f"{name}-"
        elif form < 0.96:
            metadata |= {"name": name, "generateName": f"{name}-"}
        if dice.chance(0.5):
            metadata["labels"] = {"app": "triton"}
        return metadata

    def _annotations(self, spec: Json) -> Json:
        dice = self.dice
        annotations: Json = {}
        if dice.chance(0.2):
            annotations["example.com/note"] = dice.pick(("a", "b", ""))
        if self.wanted(0.35):
            annotations[SECCOMP_POD] = self.profile()
        if self.wanted(0.35):
            for kind in ("containers", "initContainers", "ephemeralContainers"):
                for one in spec.get(kind, ()):
                    if dice.chance(0.5):
                        annotations[SECCOMP_CONTAINER + one["name"]] = self.profile()
        return annotations

    def _accounts(self, spec: Json) -> None:
        dice = self.dice
        form = dice.random()
        account = dice.pick(ACCOUNTS)
        if form < 0.85:
            spec["serviceAccountName"] = account
        if form < 0.15 or form > 0.93:
            spec["serviceAccount"] = dice.pick((account, account, "other", ""))

    def _host(self, spec: Json) -> None:
        flags = self.target.flags
        for key, flag in (
            ("hostNetwork", "allowHostNetwork"),
            ("hostPID", "allowHostPID"),
            ("hostIPC", "allowHostIPC"),
        ):
            if self.wanted(0.4):
                spec[key] = flag in flags and self.dice.chance(0.7) if self.fits() else flag not in flags
        if self.target.user_namespace:
            if self.fits():
                spec["hostUsers"] = False
            elif self.dice.chance(0.5):
                spec["hostUsers"] = True
        elif self.wanted(0.5):
            spec["hostUsers"] = self.dice.chance(0.3)
        if self.wanted(0.1):
            spec["shareProcessNamespace"] = self.dice.chance(0.5)

    # Both levels

    def user(self) -> int | None:
        users = self.target.users
        if self.fits():
            return self.dice.pick(users) if users else None
        return self.target.near(self.dice, users)

    def profile(self) -> str:
        """A seccomp profile as text."""
        if self.fits() and self.target.profiles:
            return self.dice.pick(self.target.profiles)
        return self.dice.pick(PROFILES if self.dice.chance(0.7) else ODD_PROFILES)

    def profile_field(self) -> Json:
        text = self.profile()
        if text.startswith("localhost/"):
            name = text.removeprefix("localhost/")
            return (
                {"type": "Localhost", "localhostProfile": name}
                if name or self.dice.chance(0.5)
                else {"type": "Localhost"}
            )
        fields = {"runtime/default": "RuntimeDefault", "docker/default": "RuntimeDefault", "unconfined": "Unconfined"}
        if self.dice.chance(0.05):
            return self.dice.pick(
                (
                    {"type": "Localhost"},
                    {"type": ""},
                    {"type": "Other"},
                    {"type": "RuntimeDefault", "localhostProfile": "a.json"},
                )
            )
        return {"type": fields.get(text, "RuntimeDefault")}

    def selinux(self) -> Json:
        dice = self.dice
        options = copied(self.target.selinux or {})
        if self.target.any_selinux:
            return {"level": dice.pick(SELINUX_LEVELS), **({"type": "spc_t"} if dice.chance(0.3) else {})}
        if self.fits():
            level = str(options.get("level", ""))
            if dice.chance(0.4) and ":" in level:
                sensitivity, categories = level.split(":", 1)
                shuffled = categories.split(",")
                dice.shuffle(shuffled)
                options["level"] = f"{sensitivity}:{','.join(shuffled)}"
            return options
        level = str(options.get("level", ""))
        for key in dice.distinct(("level", "level", "type", "role", "user"), 1, 2):
            levels = (*SELINUX_LEVELS, f"{level}:", f"{level}:")
            options[key] = dice.pick(levels if key == "level" else ("container_t", "spc_t", "system_r", "system_u", ""))
        return options

    # The pod

    def pod_context(self) -> Json:
        dice, target = self.dice, self.target
        context: Json = {}
        if self.wanted() and (user := self.user()) is not None:
            context["runAsUser"] = user
        if self.wanted():
            context["runAsNonRoot"] = dice.chance(0.75) or (target.non_root and self.fits())
        if self.wanted():
            groups = target.fs_groups
            if self.fits() and groups:
                context["fsGroup"] = dice.pick(groups)
            elif not self.fits() or not groups:
                context["fsGroup"] = target.near(dice, groups)
        if self.wanted(1.5):
            context["supplementalGroups"] = self._groups()
        if self.wanted():
            context["seLinuxOptions"] = self.selinux()
        if self.wanted(1.3):
            context["seccompProfile"] = self.profile_field()
        if self.wanted(0.8):
            context["sysctls"] = [
                {"name": dice.pick(target.sysctls if self.fits() else SYSCTLS), "value": "1"}
                for _time in range(1 + int(dice.random() * 2))
            ]
        if self.wanted(0.3):
            context |= dice.pick(
                (
                    {"runAsGroup": 0},
                    {"fsGroupChangePolicy": "OnRootMismatch"},
                    {"appArmorProfile": {"type": "Unconfined"}},
                    {"supplementalGroupsPolicy": "Merge"},
                    {"seLinuxChangePolicy": "MountOption"},
                    {"windowsOptions": {"hostProcess": True}},
                )
            )
        return context

    def _groups(self) -> list[int]:
        dice, groups = self.dice, self.target.groups
        if dice.chance(0.08):
            return []
        if self.fits():
            return dice.some(groups, 1, 3) if groups else []
        return [self.target.near(dice, groups), *(dice.some(groups, 0, 1) if groups else [])]

    # Containers

    def container(self, name: str) -> Json:
        dice = self.dice
        made: Json = {"name": name, "image": "registry.example.com/server:1"}
        context = self.container_context()
        if context or dice.chance(0.3):
            made["securityContext"] = context
        if dice.chance(0.3):
            made["ports"] = [{"name": "http", "containerPort": 8000, "protocol": "TCP"}]
        if self.wanted(0.35):
            allowed = "allowHostPorts" in self.target.flags
            port = dice.pick((8000, 8001, 1, 65535)) if allowed == self.fits() else dice.pick((0, 0, -1))
            made.setdefault("ports", []).append({"containerPort": 8001, "hostPort": port, "protocol": "TCP"})
        if dice.chance(0.3):
            made["resources"] = {
                "limits": {"cpu": dice.pick(("1", "1", "500m")), "memory": "2Gi"},
                "requests": {"cpu": "500m"},
            }
        if dice.chance(0.2):
            made |= {"imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log"}
        return made

    def container_context(self) -> Json:
        dice, target = self.dice, self.target
        context: Json = {}
        if self.wanted() and (user := self.user()) is not None:
            context["runAsUser"] = user
        if self.wanted(0.8):
            context["runAsNonRoot"] = True if target.non_root and self.fits() else dice.chance(0.7)
        if self.wanted(0.9 if "allowPrivilegedContainer" in target.flags else 0.4):
            context["privileged"] = ("allowPrivilegedContainer" in target.flags) == self.fits()
        if self.wanted(0.9):
            free = not target.no_escalation
            context["allowPrivilegeEscalation"] = dice.chance(0.5) if free else not self.fits()
        if self.wanted(0.7):
            context["readOnlyRootFilesystem"] = self.fits() if target.read_only else dice.chance(0.6)
        if self.wanted(1.2):
            context["capabilities"] = self._capabilities()
        if self.wanted(0.4):
            context["seLinuxOptions"] = self.selinux()
        if self.wanted(0.7):
            context["seccompProfile"] = self.profile_field()
        if self.wanted(0.2):
            context |= dice.pick(
                (
                    {"procMount": "Unmasked"},
                    {"procMount": "Default"},
                    {"runAsGroup": 0},
                    {"appArmorProfile": {"type": "Unconfined"}},
                )
            )
        return context

    def _capabilities(self) -> Json:
        dice = self.dice
        result: Json = {}
        if dice.chance(0.6):
            allowed = self.target.capabilities
            if self.fits():
                result["add"] = dice.some(allowed, 1, 3) if allowed else []
            else:
                result["add"] = dice.some(CAPABILITIES, 1, 3)
        if dice.chance(0.6):
            result["drop"] = dice.some(PLAIN_CAPABILITIES, 1, 3) if dice.chance(0.6) else ["ALL"]
        return result

    # Volumes

    def volume(self, number: int) -> Json:
        dice = self.dice
        made: Json = {"name": f"v{number}"} if dice.chance(0.99) else {}
        good = self.target.volumes
        if self.fits():
            usual = [kind for kind in USUAL_VOLUMES if kind in good]
            kinds = (
                ["flexVolume"]
                if "flexVolume" in good and dice.chance(0.25)
                else [dice.pick(usual if usual and dice.chance(0.4) else good or USUAL_VOLUMES)]
            )
        else:
            kinds = [dice.pick(VOLUME_TYPES)]
            if dice.chance(0.15):
                kinds = dice.pick(([], [*kinds, dice.pick(VOLUME_TYPES)]))
        if "secret" in good and "projected" not in good and dice.chance(0.5):
            kinds = ["projected"]
        for kind in kinds:
            field, source = VOLUMES[kind]
            made[field] = copied(source)
            if kind == "projected":
                made[field]["sources"] = projected(dice)
            elif kind == "flexVolume":
                made[field]["driver"] = dice.pick(self.target.drivers if dice.chance(0.6) else DRIVERS)
        return made
