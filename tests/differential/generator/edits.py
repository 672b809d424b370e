# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of a stored pod: those that the plugin ignores, those of the metadata, and those of the spec."""

from __future__ import annotations

from collections.abc import Callable

from .values import (
    CHOSEN,
    NETWORKS,
    PLAIN_CAPABILITIES,
    SECCOMP_CONTAINER,
    SECCOMP_POD,
    SUBJECT_TYPE,
    Dice,
    Json,
)

Edit = Callable[[Dice, Json], None]
OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u"}


def notes_of(pod: Json) -> Json:
    notes = pod["metadata"].get("annotations")
    if notes is None:
        notes = pod["metadata"]["annotations"] = {}
    result: Json = notes
    return result


# What may change without another decision


def _networks(dice: Dice, pod: Json) -> None:
    notes = notes_of(pod)
    if NETWORKS in notes and dice.chance(0.4):
        del notes[NETWORKS]
    else:
        notes[NETWORKS] = dice.pick(("{}", '{"default":{}}', ""))


def _owners(dice: Dice, pod: Json) -> None:
    pod["metadata"]["ownerReferences"] = dice.pick(([], None, [OWNER], [{**OWNER, "blockOwnerDeletion": True}]))


def _finalizers(dice: Dice, pod: Json) -> None:
    pod["metadata"]["finalizers"] = dice.pick(([], None, ["example.com/hold"], ["a/b", "c/d"]))


def _managed(dice: Dice, pod: Json) -> None:
    fields = {"manager": dice.pick(("a", "b")), "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1"}
    pod["metadata"]["managedFields"] = dice.pick(([], [fields], [{**fields, "fieldsV1": {"f:metadata": {}}}]))


def _self_link(dice: Dice, pod: Json) -> None:
    pod["metadata"]["selfLink"] = dice.pick(("", "/api/v1/x"))


IGNORED: tuple[Edit, ...] = (_networks, _networks, _owners, _finalizers, _managed, _self_link)

# What may not


def _label(dice: Dice, pod: Json) -> None:
    labels = pod["metadata"].get("labels") or {}
    pod["metadata"]["labels"] = {**labels, "tier": dice.pick(("a", "b", ""))}


def _note(dice: Dice, pod: Json) -> None:
    notes = notes_of(pod)
    key = dice.pick(("example.com/note", "k8s.ovn.org/pod-network", "K8s.ovn.org/pod-networks", SUBJECT_TYPE, CHOSEN))
    if key in notes and dice.chance(0.5):
        del notes[key]
    else:
        notes[key] = dice.pick(("x", ""))


def _other_metadata(dice: Dice, pod: Json) -> None:
    key, value = dice.pick(
        (("resourceVersion", "7"), ("generation", 2), ("uid", "u"), ("deletionGracePeriodSeconds", 5))
    )
    pod["metadata"][key] = value


def _status(dice: Dice, pod: Json) -> None:
    pod["status"] = dice.pick(({"phase": "Running"}, {"podIP": "10.0.0.1"}, {"phase": ""}))


METADATA: tuple[Edit, ...] = (_label, _label, _note, _note, _other_metadata, _status)

# The spec


def _containers(pod: Json) -> list[Json]:
    spec = pod["spec"]
    return [one for kind in ("containers", "initContainers", "ephemeralContainers") for one in spec.get(kind) or ()]


def some_context(dice: Dice, pod: Json) -> Json:
    container = dice.pick(_containers(pod))
    context: Json = container.get("securityContext") or {}
    container["securityContext"] = context
    return context


def _image(dice: Dice, pod: Json) -> None:
    dice.pick(_containers(pod))["image"] = dice.pick(("registry.example.com/server:2", "registry.example.com/server:1"))


def _plain_field(dice: Dice, pod: Json) -> None:
    key, value = dice.pick(
        (
            *(
                ("activeDeadlineSeconds", 60),
                ("terminationGracePeriodSeconds", 1),
                ("schedulerName", ""),
                ("priority", 0),
            ),
            *(
                ("tolerations", [{"key": "a", "operator": "Exists"}]),
                ("tolerations", []),
                ("nodeName", "n"),
                ("nodeSelector", {}),
            ),
            ("terminationGracePeriodSeconds", -1),
        )
    )
    pod["spec"][key] = value


def _resources(dice: Dice, pod: Json) -> None:
    """Some of these are the same quantity in other words."""
    amounts = {
        "cpu": dice.pick(("1", "1000m", "2", "1.0")),
        "memory": dice.pick(("2Gi", "2048Mi", "2147483648", "3Gi")),
    }
    dice.pick(_containers(pod))["resources"] = {"limits": amounts, "requests": {"cpu": dice.pick(("500m", "0.5"))}}


def _user(dice: Dice, pod: Json) -> None:
    context = some_context(dice, pod)
    if "runAsUser" in context and dice.chance(0.4):
        del context["runAsUser"]
    else:
        context["runAsUser"] = dice.pick((0, 1000, (context.get("runAsUser") or 0) + 1))


def _flag(dice: Dice, pod: Json) -> None:
    context = some_context(dice, pod)
    key = dice.pick(("runAsNonRoot", "privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem"))
    if key in context and dice.chance(0.4):
        del context[key]
    else:
        context[key] = dice.chance(0.5)


def _capabilities(dice: Dice, pod: Json) -> None:
    context = some_context(dice, pod)
    given = context.get("capabilities")
    if given and dice.chance(0.3):
        del context["capabilities"]
    elif given and dice.chance(0.4):
        for key in ("add", "drop"):
            if given.get(key):
                given[key] = list(reversed(given[key])) + dice.pick(([], given[key][:1]))
    else:
        context["capabilities"] = {dice.pick(("add", "drop")): dice.some(PLAIN_CAPABILITIES, 1, 2)}


def _pod_level(dice: Dice, pod: Json) -> None:
    context: Json = pod["spec"].get("securityContext") or {}
    pod["spec"]["securityContext"] = context
    key = dice.pick(("fsGroup", "supplementalGroups", "seLinuxOptions", "seccompProfile"))
    if key in context and dice.chance(0.5):
        del context[key]
        return
    context[key] = {
        "fsGroup": 1000,
        "supplementalGroups": [1000],
        "seLinuxOptions": {"level": dice.pick(("s0:c15,c26", "s0:c26,c15", "s0"))},
        "seccompProfile": {"type": dice.pick(("RuntimeDefault", "Unconfined"))},
    }[key]


def _seccomp_note(dice: Dice, pod: Json) -> None:
    notes = notes_of(pod)
    key = dice.pick((SECCOMP_POD, SECCOMP_CONTAINER + (dice.pick(_containers(pod)).get("name") or "")))
    if key in notes and dice.chance(0.5):
        del notes[key]
    else:
        notes[key] = dice.pick(("runtime/default", "docker/default", "unconfined", ""))


def _host(dice: Dice, pod: Json) -> None:
    pod["spec"][dice.pick(("hostNetwork", "hostPID", "hostIPC", "hostUsers"))] = dice.chance(0.7)


def _volume(dice: Dice, pod: Json) -> None:
    field, source = dice.pick((("nfs", {"server": "n", "path": "/"}), ("emptyDir", {}), ("hostPath", {"path": "/"})))
    pod["spec"]["volumes"] = [*(pod["spec"].get("volumes") or ()), {"name": "added", field: dict(source)}]


def _account(dice: Dice, pod: Json) -> None:
    spec = pod["spec"]
    key = dice.pick(("serviceAccountName", "serviceAccount"))
    if dice.chance(0.5):
        spec.pop(key, None)
    else:
        spec[key] = dice.pick(("default", "triton", ""))


SPEC: tuple[Edit, ...] = (
    *(
        _image,
        _image,
        _plain_field,
        _plain_field,
        _resources,
        _user,
        _flag,
        _flag,
        _capabilities,
        _pod_level,
        _seccomp_note,
    ),
    *(_host, _volume, _account),
)
