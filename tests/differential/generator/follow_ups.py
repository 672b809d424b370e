# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases about pods that were admitted: updates, the Validate phase, and the same pod created once more."""

from __future__ import annotations

from collections.abc import Callable

from .namespaces import random_namespace
from .pods import PodMaker
from .raw_forms import roughen
from .requests import RequestMaker
from .target import target
from .values import (
    CHOSEN,
    NETWORKS,
    PLAIN_CAPABILITIES,
    REQUIRED,
    SECCOMP_CONTAINER,
    SECCOMP_POD,
    SUBJECT_TYPE,
    Dice,
    Json,
    copied,
)

IGNORED_SUBRESOURCES = ("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status")
OTHER_SUBRESOURCES = ("resize", "ephemeralcontainers", "ephemeralcontainers", "other", "Status")
OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u"}


def _annotations(pod: Json) -> Json:
    notes = pod["metadata"].get("annotations")
    if notes is None:
        notes = pod["metadata"]["annotations"] = {}
    result: Json = notes
    return result


# What may change without another decision


def _networks(dice: Dice, pod: Json) -> None:
    notes = _annotations(pod)
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


IGNORED: tuple[Callable[[Dice, Json], None], ...] = (_networks, _networks, _owners, _finalizers, _managed, _self_link)

# What may not


def _label(dice: Dice, pod: Json) -> None:
    labels = pod["metadata"].get("labels") or {}
    pod["metadata"]["labels"] = {**labels, "tier": dice.pick(("a", "b", ""))}


def _note(dice: Dice, pod: Json) -> None:
    notes = _annotations(pod)
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


METADATA: tuple[Callable[[Dice, Json], None], ...] = (_label, _label, _note, _note, _other_metadata, _status)

# The spec


def _containers(pod: Json) -> list[Json]:
    spec = pod["spec"]
    return [one for kind in ("containers", "initContainers", "ephemeralContainers") for one in spec.get(kind) or ()]


def _some_context(dice: Dice, pod: Json) -> Json:
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
    context = _some_context(dice, pod)
    if "runAsUser" in context and dice.chance(0.4):
        del context["runAsUser"]
    else:
        context["runAsUser"] = dice.pick((0, 1000, (context.get("runAsUser") or 0) + 1))


def _flag(dice: Dice, pod: Json) -> None:
    context = _some_context(dice, pod)
    key = dice.pick(("runAsNonRoot", "privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem"))
    if key in context and dice.chance(0.4):
        del context[key]
    else:
        context[key] = dice.chance(0.5)


def _capabilities(dice: Dice, pod: Json) -> None:
    context = _some_context(dice, pod)
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
    notes = _annotations(pod)
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


SPEC: tuple[Callable[[Dice, Json], None], ...] = (
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


class FollowUpMaker:
    """Makes cases out of a case and the pod that it was admitted as."""

    def __init__(self, dice: Dice, requests: RequestMaker) -> None:
        self.dice = dice
        self.requests = requests
        self.kinds: tuple[Callable[[Json], None], ...] = (
            *(self.ignored, self.ignored, self.metadata, self.metadata, self.metadata, self.spec, self.spec, self.spec),
            *(self.required, self.subresource, self.subresource, self.ephemeral, self.ephemeral, self.ephemeral),
            *(self.validate, self.validate, self.validate, self.validate_changed, self.validate_changed),
            *(
                self.validate_hint,
                self.validate_hint,
                self.validate_required,
                self.again,
                self.windows,
                self.pinned,
                self.pinned,
                self.many,
            ),
            *(self.any_field, self.any_field, self.any_field),
        )

    def make(self, case_id: str, case: Json, admitted: Json) -> Json:
        """One case about the pod ADMITTED, which CASE asked for."""
        dice = self.dice
        made = {key: value for key, value in case.items() if key != "operation"}
        made |= {"id": case_id, "pod": copied(admitted)}
        dice.pick(self.kinds)(made)
        if dice.chance(0.25):
            self.surroundings(made)
        if dice.chance(0.08):
            roughen(dice, made["pod"])
        return made

    def _update(self, made: Json) -> Json:
        made |= {"operation": "UPDATE", "oldPod": copied(made["pod"])}
        pod: Json = made["pod"]
        return pod

    def _change(self, pod: Json, changes: tuple[Callable[[Dice, Json], None], ...], most: int = 2) -> None:
        for change in self.dice.some(changes, 1, most):
            change(self.dice, pod)

    def ignored(self, made: Json) -> None:
        if self.dice.chance(0.5):
            self._change(made["pod"], IGNORED)
        self._change(self._update(made), IGNORED)
        if self.dice.chance(0.05):
            made["pod"] = copied(made["oldPod"])

    def metadata(self, made: Json) -> None:
        if self.dice.chance(0.3):
            self._change(made["pod"], METADATA)
        pod = self._update(made)
        self._change(pod, METADATA)
        if self.dice.chance(0.3):
            self._change(pod, IGNORED)

    def spec(self, made: Json) -> None:
        pod = self._update(made)
        self._change(pod, SPEC, 3)
        if self.dice.chance(0.15):
            self._change(made["oldPod"], SPEC)

    def required(self, made: Json) -> None:
        pod = self._update(made)
        for one in (pod, made["oldPod"]) if self.dice.chance(0.5) else (pod,):
            if self.dice.chance(0.25):
                _annotations(one).pop(REQUIRED, None)
            else:
                _annotations(one)[REQUIRED] = self._some_name(made)

    def _some_name(self, made: Json) -> str:
        names = [self.requests.name(one) for one in made["sccs"]]
        return (
            self.requests.required([], names)
            if self.dice.chance(0.5)
            else str(_annotations(made["pod"]).get(CHOSEN, ""))
        )

    def subresource(self, made: Json) -> None:
        made["subresource"] = self.dice.pick((*IGNORED_SUBRESOURCES, *OTHER_SUBRESOURCES, *OTHER_SUBRESOURCES))
        form = self.dice.random()
        if form < 0.8:
            pod = self._update(made)
            self._change(pod, SPEC if form < 0.5 else METADATA)

    def ephemeral(self, made: Json) -> None:
        made["subresource"] = "ephemeralcontainers"
        pod = self._update(made)
        chosen = _annotations(pod).get(CHOSEN)
        ids = [one for one in made["sccs"] if self.requests.name(one) == chosen]
        aim = self.requests.sccs[ids[0]] if ids else {}
        container = PodMaker(self.dice, target(aim, made["namespace"])).container(f"debug-{len(pod['metadata'])}")
        pod["spec"].setdefault("ephemeralContainers", []).append(container)
        if self.dice.chance(0.15):
            self._change(pod, (*SPEC, *METADATA), 1)

    def validate(self, made: Json) -> None:
        made["phase"] = "validate"

    def validate_changed(self, made: Json) -> None:
        made["phase"] = "validate"
        self._change(made["pod"], SPEC)

    def validate_hint(self, made: Json) -> None:
        made["phase"] = "validate"
        notes = _annotations(made["pod"])
        if self.dice.chance(0.2):
            notes.pop(CHOSEN, None)
        else:
            names = [self.requests.name(one) for one in made["sccs"]]
            notes[CHOSEN] = self.dice.pick((*names, *names, "missing", ""))
        if self.dice.chance(0.5):
            self._change(made["pod"], SPEC)

    def validate_required(self, made: Json) -> None:
        made["phase"] = "validate"
        _annotations(made["pod"])[REQUIRED] = self._some_name(made)
        if self.dice.chance(0.3):
            _annotations(made["pod"])[CHOSEN] = self._some_name(made)

    def again(self, made: Json) -> None:
        """What the exec plugin asks: the stored pod, created by somebody."""
        if self.dice.chance(0.7):
            made["user"] = self.requests.user()

    def pinned(self, made: Json) -> None:
        """An admitted pod whose SCC is required, changed where that SCC filled something in."""
        notes = _annotations(made["pod"])
        notes[REQUIRED] = notes.get(CHOSEN, "")
        if self.dice.chance(0.6):
            made["usable"] = self.dice.pick(("*", "*", []))
        if self.dice.chance(0.4):
            made["phase"] = "validate"
        else:
            self._update(made)
        for _time in range(1 + int(self.dice.random() * 2)):
            context = (
                made["pod"]["spec"].get("securityContext")
                if self.dice.chance(0.5)
                else _some_context(self.dice, made["pod"])
            )
            if context:
                del context[self.dice.pick(tuple(context))]

    def any_field(self, made: Json) -> None:
        """Fields that no rule knows."""
        fields = self.requests.fields
        pod = self._update(made)
        for _time in range(1 + int(self.dice.random() * 2)):
            fields.set(self.dice, [pod, made["oldPod"]], fields.place(self.dice), alike=self.dice.chance(0.1))
        if self.dice.chance(0.1):
            made["subresource"] = self.dice.pick(OTHER_SUBRESOURCES)

    def many(self, made: Json) -> None:
        """Many SCCs, nearly none of them usable: the message shows the order in which they are tried."""
        requests = self.requests
        own = self.dice.distinct(requests.customs, 5, len(requests.customs))
        made |= {"phase": "validate", "sccs": [*requests.standard, *own]}
        made["usable"] = self.dice.pick(([], [], [requests.name(one) for one in own[:2]]))
        made["user"] = {"name": "nobody"}
        if self.dice.chance(0.9):
            _annotations(made["pod"])[CHOSEN] = requests.name(self.dice.pick(made["sccs"]))

    def windows(self, made: Json) -> None:
        pod = self._update(made) if self.dice.chance(0.4) else made["pod"]
        pod["spec"]["os"] = {"name": self.dice.pick(("windows", "windows", "linux"))}
        if self.dice.chance(0.3):
            made["phase"] = "validate"

    def surroundings(self, made: Json) -> None:
        """The world may have changed since the pod was admitted."""
        match int(self.dice.random() * 5):
            case 0:
                made["user"] = self.requests.user()
            case 1:
                made["usable"] = self.dice.pick(("*", ["restricted-v2", "anyuid"], {"alice": "*"}, []))
            case 2:
                made["sccs"] = self.requests.present()
            case 3:
                namespace = random_namespace(self.dice)
                namespace["metadata"]["name"] = made["namespace"]["metadata"]["name"]
                made["namespace"] = namespace
            case _:
                made["sccs"] = [one for one in made["sccs"] if "-" in one or self.dice.chance(0.97)]
