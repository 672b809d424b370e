# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases about pods that were admitted: updates, the Validate phase, and the same pod created once more."""

from __future__ import annotations

from collections.abc import Callable

from .edits import IGNORED, METADATA, SPEC, Edit, notes_of, some_context
from .namespaces import random_namespace
from .pods import PodMaker
from .raw_forms import roughen
from .requests import RequestMaker
from .target import target
from .values import CHOSEN, REQUIRED, Dice, Json, copied

IGNORED_SUBRESOURCES = ("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status")
OTHER_SUBRESOURCES = ("resize", "ephemeralcontainers", "ephemeralcontainers", "other", "Status")


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

    def _change(self, pod: Json, changes: tuple[Edit, ...], most: int = 2) -> None:
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
                notes_of(one).pop(REQUIRED, None)
            else:
                notes_of(one)[REQUIRED] = self._some_name(made)

    def _some_name(self, made: Json) -> str:
        names = [self.requests.name(one) for one in made["sccs"]]
        return (
            self.requests.required([], names) if self.dice.chance(0.5) else str(notes_of(made["pod"]).get(CHOSEN, ""))
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
        chosen = notes_of(pod).get(CHOSEN)
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
        notes = notes_of(made["pod"])
        if self.dice.chance(0.2):
            notes.pop(CHOSEN, None)
        else:
            names = [self.requests.name(one) for one in made["sccs"]]
            notes[CHOSEN] = self.dice.pick((*names, *names, "missing", ""))
        if self.dice.chance(0.5):
            self._change(made["pod"], SPEC)

    def validate_required(self, made: Json) -> None:
        made["phase"] = "validate"
        notes_of(made["pod"])[REQUIRED] = self._some_name(made)
        if self.dice.chance(0.3):
            notes_of(made["pod"])[CHOSEN] = self._some_name(made)

    def again(self, made: Json) -> None:
        """What the exec plugin asks: the stored pod, created by somebody."""
        if self.dice.chance(0.7):
            made["user"] = self.requests.user()

    def pinned(self, made: Json) -> None:
        """An admitted pod whose SCC is required, changed where that SCC filled something in."""
        notes = notes_of(made["pod"])
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
                else some_context(self.dice, made["pod"])
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
        twins = self.dice.chance(0.3)
        own = list(requests.twins) if twins else self.dice.distinct(requests.customs, 5, len(requests.customs))
        made |= {"phase": "validate", "sccs": [*requests.standard, *own]}
        made["usable"] = self.dice.pick(([], [], [requests.name(one) for one in own[:2]]))
        made["user"] = {"name": "nobody"}
        if self.dice.chance(0.9):
            notes_of(made["pod"])[CHOSEN] = requests.name(self.dice.pick(made["sccs"]))

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
