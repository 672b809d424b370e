# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random workloads as charts have them, around random pods: what adapting takes out, and what it must leave."""

from __future__ import annotations

from typing import Any

from .values import REQUIRED, Dice, Json, copied

# Kind, its API versions (the newest counts most), and where its pod template stands.
_APPS = ("apps/v1", "apps/v1", "apps/v1", "apps/v1", "apps/v1beta2", "extensions/v1beta1")
KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Deployment", _APPS, ("spec", "template")),
    ("Deployment", _APPS, ("spec", "template")),
    ("StatefulSet", ("apps/v1", "apps/v1", "apps/v1beta1"), ("spec", "template")),
    ("DaemonSet", _APPS, ("spec", "template")),
    ("ReplicaSet", _APPS, ("spec", "template")),
    ("Job", ("batch/v1",), ("spec", "template")),
    ("CronJob", ("batch/v1", "batch/v1", "batch/v1beta1"), ("spec", "jobTemplate", "spec", "template")),
    ("Pod", ("v1",), ()),
    ("ReplicationController", ("v1",), ("spec", "template")),
    ("PodTemplate", ("v1",), ("template",)),
    ("DeploymentConfig", ("apps.openshift.io/v1",), ("spec", "template")),
    ("Rollout", ("argoproj.io/v1alpha1",), ("spec", "template")),
)
_FIRST: tuple[tuple[list[str], Json], ...] = (
    (["chown", "-R", "1000:1000", "/data"], {"runAsUser": 0}),
    (["sh", "-c", "chown -R 1000 /data && chmod 770 /data"], {"runAsUser": 0}),
    (["sh", "-c", "sysctl -w vm.max_map_count=262144"], {"privileged": True}),
    (["sh", "-c", "mkdir -p /data/x; chown 1000 /data/x"], {"runAsUser": 0}),
    (["sh", "-c", "until nc -z db 5432; do sleep 1; done"], {}),
    (["cp", "/a", "/data"], {"runAsUser": 1000, "runAsGroup": 1000}),
    (["chown", "1000", "/data"], {}),
)
_VOLUMES: tuple[Json, ...] = (
    {"nfs": {"server": "nfs.example.com", "path": "/models"}},
    {"nfs": {"server": "nfs.example.com", "path": "/models", "readOnly": True}},
    {"hostPath": {"path": "/data/models"}},
    {"hostPath": {"path": "/mnt/x", "type": "DirectoryOrCreate"}},
    {"hostPath": {"path": "/var/run/docker.sock", "type": "Socket"}},
    {"hostPath": None, "nfs": {"server": "nfs.example.com", "path": "/"}},
    {"persistentVolumeClaim": {"claimName": "models"}},
    {"emptyDir": {"medium": "Memory"}},
    {"iscsi": {"targetPortal": "t", "iqn": "i", "lun": 0}},
)
# Fields that templates of charts leave empty, each in its own way.
_EMPTY: tuple[Json, ...] = (
    {"securityContext": None},
    {"securityContext": {}},
    {"volumes": None},
    {"volumes": []},
    {"initContainers": None},
    {"initContainers": []},
    {"hostNetwork": None},
    {"nodeSelector": None},
)


class WorkloadMaker:
    """Puts pods into workloads."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice

    def make(self, pod: Json, namespace: str) -> list[Json]:
        """The workload, sometimes with the service account that it names."""
        dice = self.dice
        kind, versions, path = dice.pick(KINDS)
        metadata: Json = {"name": dice.pick(("triton", "web"))}
        if dice.chance(0.05):
            metadata = {"generateName": "triton-"}
        metadata["namespace"] = namespace
        if dice.chance(0.2):
            metadata |= {"labels": {"app.kubernetes.io/name": "triton"}, "annotations": None}
        template = self._template(pod)
        item: Json = {"apiVersion": dice.pick(versions), "kind": kind, "metadata": metadata}
        if not path:
            if "annotations" in template["metadata"]:
                metadata["annotations"] = template["metadata"]["annotations"]
            item["spec"] = template["spec"]
        else:
            place: Json = item
            for name in path[:-1]:
                place = place.setdefault(name, {})
            place[path[-1]] = template
            if path[0] == "spec" and kind not in ("Job", "CronJob"):
                item["spec"]["replicas"] = 1
        if kind == "StatefulSet" and dice.chance(0.6):
            item["spec"]["volumeClaimTemplates"] = [
                {"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"]}}
                for name in dice.distinct(("data", "v0", "models"), 1, 2)
            ]
        return [item, *self._accounts(template["spec"], namespace)]

    def _template(self, pod: Json) -> Json:
        dice = self.dice
        spec = copied(pod["spec"])
        # No pod begins with such; they are added to one that runs.
        spec.pop("ephemeralContainers", None)
        metadata: Json = {"labels": {"app": "triton"}}
        annotations = pod["metadata"].get("annotations")
        if annotations or dice.chance(0.1):
            metadata["annotations"] = annotations
        if dice.chance(0.03):
            metadata["annotations"] = {**(metadata.get("annotations") or {}), "example.com/none": None}
        if dice.chance(0.04):
            metadata["annotations"] = {**(metadata.get("annotations") or {}), REQUIRED: self._required()}
        if dice.chance(0.25):
            self._first(spec)
        if dice.chance(0.3):
            own = [
                {"name": name, **copied(dice.pick(_VOLUMES))}
                for name in dice.distinct(("models", "scratch", "data"), 1, 2)
            ]
            spec["volumes"] = [*(spec.get("volumes") or []), *own]
            if dice.chance(0.2):
                dice.shuffle(spec["volumes"])
        if dice.chance(0.1):
            spec |= {
                name: value
                for name, value in copied(dice.pick(_EMPTY)).items()
                if not spec.get(name) or dice.chance(0.2)
            }
        if dice.chance(0.05):
            dice.pick(spec["containers"])["securityContext"] = dice.pick((None, {}))
        return {"metadata": metadata, "spec": spec}

    def _required(self) -> str:
        return self.dice.pick(("anyuid", "restricted-v2", "restricted-v2", "privileged", "nonroot-v2", "", "gone"))

    def _first(self, spec: Json) -> None:
        """Init containers that own files and set the node up, before or behind others."""
        dice = self.dice
        made = [
            {"name": f"first-{number}", "image": "i", "command": command, **({"securityContext": context} if context else {})}
            for number, (command, context) in enumerate(copied(dice.distinct(_FIRST, 1, 3)))
        ]  # fmt: skip
        there = spec.get("initContainers") or []
        spec["initContainers"] = [*made, *there] if dice.chance(0.5) else [*there, *made]

    def _accounts(self, spec: Json, namespace: str) -> list[Json]:
        dice = self.dice
        if not dice.chance(0.2):
            return []
        name = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
        account: dict[str, Any] = {"apiVersion": "v1", "kind": "ServiceAccount"}
        account["metadata"] = {"name": name, "namespace": namespace}
        if dice.chance(0.6):
            account["automountServiceAccountToken"] = dice.chance(0.3)
        return [account]
