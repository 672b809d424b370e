# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of a pod that mean the same, or nearly: null, empty and absent fields, as people and programs write them."""

from __future__ import annotations

from collections.abc import Callable

from .values import Dice, Json

POD_LISTS = ("initContainers", "ephemeralContainers", "volumes", "tolerations", "imagePullSecrets", "hostAliases")
SCALARS = (
    *("runAsUser", "runAsNonRoot", "privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "procMount"),
    *("seLinuxOptions", "seccompProfile", "capabilities"),
)


def _metadata(dice: Dice, pod: Json) -> None:
    metadata = pod["metadata"]
    key = dice.pick(
        ("annotations", "labels", "finalizers", "ownerReferences", "creationTimestamp", "name", "managedFields")
    )
    if not metadata.get(key):
        empty: Json | list[Json] = {} if key in ("annotations", "labels") else []
        metadata[key] = None if key in ("creationTimestamp", "name") or dice.chance(0.5) else empty


def _spec(dice: Dice, pod: Json) -> None:
    spec = pod["spec"]
    key = dice.pick(POD_LISTS)
    if not spec.get(key):
        spec[key] = dice.pick((None, []))


def _spec_scalar(dice: Dice, pod: Json) -> None:
    spec = pod["spec"]
    key = dice.pick(
        ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "serviceAccountName", "os", "nodeSelector", "priority")
    )
    if not spec.get(key):
        spec[key] = None


def _pod_context(dice: Dice, pod: Json) -> None:
    spec = pod["spec"]
    if not spec.get("securityContext"):
        spec["securityContext"] = dice.pick((None, {}))
        return
    context = spec["securityContext"]
    if dice.chance(0.5):
        key = dice.pick(("supplementalGroups", "sysctls"))
        if not context.get(key):
            context[key] = None if key == "supplementalGroups" or dice.chance(0.5) else []
    else:
        key = dice.pick(("runAsUser", "fsGroup", "seLinuxOptions", "seccompProfile", "runAsNonRoot"))
        context.setdefault(key, None)


def _container_context(dice: Dice, pod: Json) -> None:
    container = dice.pick(pod["spec"]["containers"])
    if not container.get("securityContext"):
        container["securityContext"] = dice.pick((None, {}))
    elif dice.chance(0.5):
        container["securityContext"].setdefault(dice.pick(SCALARS), None)
    else:
        capabilities = container["securityContext"].get("capabilities")
        if capabilities is None:
            container["securityContext"]["capabilities"] = dice.pick(({}, {"add": []}, {"add": None, "drop": []}, None))
        else:
            capabilities.setdefault(dice.pick(("add", "drop")), dice.pick(([], None)))


def _container(dice: Dice, pod: Json) -> None:
    container = dice.pick(pod["spec"]["containers"])
    key = dice.pick(("ports", "env", "volumeMounts", "command", "args", "resources", "lifecycle", "livenessProbe"))
    if not container.get(key):
        container[key] = (
            None if dice.chance(0.5) or key in ("lifecycle", "livenessProbe") else {} if key == "resources" else []
        )


def _volume(dice: Dice, pod: Json) -> None:
    for volume in pod["spec"].get("volumes") or ():
        if dice.chance(0.5):
            volume.setdefault(dice.pick(("hostPath", "emptyDir", "nfs", "secret")), None)


def _rest(dice: Dice, pod: Json) -> None:
    match int(dice.random() * 3):
        case 0:
            pod["status"] = dice.pick(({}, None, {"phase": "Pending"}))
        case 1:
            pod.pop("apiVersion", None)
        case _:
            pod["spec"]["schedulerName"] = dice.pick(("", "default-scheduler", None))


CHANGES: tuple[Callable[[Dice, Json], None], ...] = (
    *(_metadata, _spec, _spec_scalar, _pod_context, _pod_context, _container_context, _container_context, _container),
    *(_volume, _rest),
)


def roughen(dice: Dice, pod: Json) -> None:
    """Write a few fields of a pod in another way; the pod is changed in place."""
    for change in dice.some(CHANGES, 1, 4):
        change(dice, pod)
