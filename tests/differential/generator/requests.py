# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to create a pod: who asks, which SCCs there are, who may use them, and a pod for one of them."""

from __future__ import annotations

from typing import Any

from .fields import Fields
from .namespaces import USUAL, random_namespace
from .pods import PodMaker
from .raw_forms import roughen
from .target import target
from .texts import UNKNOWN_NAMES, any_character
from .values import (
    CHOSEN,
    GROUPS_RANGE,
    MCS,
    NAMED_GROUPS,
    NAMED_USERS,
    REQUIRED,
    SECCOMP_POD,
    SUBJECT_TYPE,
    UID_RANGE,
    USER_GROUPS,
    USERS,
    Dice,
    Json,
)


class RequestMaker:
    """Makes the creating cases of one chunk out of its pool of SCCs."""

    def __init__(self, dice: Dice, sccs: dict[str, Json], standard: tuple[str, ...], fields: Fields) -> None:
        self.dice = dice
        self.sccs = sccs
        self.standard = standard
        self.fields = fields
        self.customs = tuple(one for one in sccs if one.startswith("custom-"))
        self.twins = tuple(one for one in sccs if one.startswith("twin-"))
        self.flawed = tuple(one for one in sccs if one.startswith("flawed-"))
        self.raw = tuple(one for one in sccs if one.startswith("raw-"))

    def name(self, scc_id: str) -> str:
        return str(self.sccs[scc_id]["metadata"]["name"])

    def present(self) -> list[str]:
        """Ids of the SCCs that exist: nearly always the standard ones, and some more."""
        dice = self.dice
        ids = list(self.standard)
        for at, name in enumerate(self.standard):
            if dice.chance(0.02):
                ids[at] = f"{name}~{int(dice.random() * 3)}"
        size = dice.random()
        if size > 0.35:
            ids += dice.distinct(self.customs, *((1, 3) if size < 0.75 else (4, 8) if size < 0.92 else (12, 40)))
        if dice.chance(0.04):
            ids.append(dice.pick(self.flawed))
        if dice.chance(0.03):
            ids.append(dice.pick(self.raw))
        if dice.chance(0.015):
            for one in dice.distinct(ids, 1, 3):
                ids.remove(one)
        elif dice.chance(0.003):
            ids = []
        dice.shuffle(ids)
        return ids

    def make(self, case_id: str) -> Json:
        dice = self.dice
        namespace = random_namespace(dice)
        ids = self.present()
        names = [self.name(one) for one in ids]
        favourites = self.favourites(ids)
        if "," in str((namespace["metadata"].get("annotations") or {}).get(GROUPS_RANGE)) and dice.chance(0.15):
            favourites = [one for one in ("hostnetwork", "hostnetwork-v2") if one in ids]
        usable = self.usable([self.name(one) for one in favourites], names)
        aim = self.sccs[dice.pick(favourites if dice.chance(0.8) else ids)] if favourites else {}
        maker = PodMaker(dice, target(aim, namespace))
        pod = maker.make(self._pod_namespace(namespace))
        notes = namespace["metadata"].get("annotations") or {}
        odd = notes != USUAL or any(one in self.flawed for one in ids)
        if "" in (notes.get(UID_RANGE), notes.get(MCS)) and dice.chance(0.7):
            # An empty annotation does no harm to an SCC that does not need it.
            favourites = [one for one in ("privileged", "hostmount-anyuid-v2", "anyuid", "nonroot") if one in ids]
        self._annotate(pod, favourites, names, 0.3 if odd else 0.08)
        if dice.chance(0.12):
            roughen(dice, pod)
        if dice.chance(0.1):
            self.fields.set(dice, [pod], self.fields.place(dice), alike=True)
        case: Json = {"id": case_id, "pod": pod, "namespace": namespace, "sccs": ids, "user": self.user()}
        if usable is not None:
            case["usable"] = usable
        if dice.chance(0.01):
            case["noNamespace"] = True
            if dice.chance(0.5):
                del case["namespace"]
        if dice.chance(0.04):
            case["operation"] = "CREATE"
        if dice.chance(0.04):
            case["phase"] = "validate"  # of a pod that nothing has been filled into
        return case

    def favourites(self, ids: list[str]) -> list[str]:
        """The few SCCs that the case is about: most pods fit one of them, and most often somebody may use them."""
        dice = self.dice
        own = [one for one in ids if one not in self.standard]
        if own and dice.chance(0.6):
            return dice.distinct(own, 1, 3)
        return dice.distinct([one for one in ids if one != "privileged" or dice.chance(0.4)], 1, 4)

    def _pod_namespace(self, namespace: Json) -> str:
        return str(namespace["metadata"]["name"])

    def user(self) -> Json:
        dice = self.dice
        user: Json = {"name": dice.pick(NAMED_USERS if dice.chance(0.05) else USERS)}
        groups = dice.pick(NAMED_GROUPS if dice.chance(0.08) else USER_GROUPS)
        if groups is not None:
            user["groups"] = groups
        return user

    def usable(self, favourites: list[str], names: list[str]) -> Any:
        """What the authorizer grants, in each form of the field."""
        dice = self.dice
        form = dice.random()
        if form < 0.06:
            return "*"
        if form < 0.25:
            return favourites
        if form < 0.32:
            return dice.distinct(names, 0, len(names))
        if form < 0.35:
            return dice.pick((None, [], {}, {"*": []}))
        grants: Json = {}
        if form < 0.7:
            grants["group:system:authenticated"] = ["restricted-v2"]
        for _time in range(1 + int(dice.random() * 2)):
            subject = dice.pick(
                (
                    *("system:serviceaccount:demo:default", "system:serviceaccount:demo:triton", "alice", "*", "*"),
                    *(
                        "group:system:serviceaccounts",
                        "group:system:serviceaccounts:demo",
                        "group:system:authenticated",
                    ),
                    *("system:serviceaccount:kube-system:replicaset-controller", "group:developers", "group:alice", ""),
                )
            )
            grants[subject] = "*" if dice.chance(0.1) else favourites
        return grants

    def _annotate(self, pod: Json, favourites: list[str], names: list[str], required: float) -> None:
        dice = self.dice
        notes: Json = {}
        if dice.chance(required):
            notes[REQUIRED] = self.required(favourites, names)
        if dice.chance(0.05):
            notes[CHOSEN] = dice.pick(names) if names else "x"
            if dice.chance(0.5):
                notes[SUBJECT_TYPE] = dice.pick(("user", "serviceaccount", ""))
        if dice.chance(0.01):
            notes[SECCOMP_POD] = ""
        if notes:
            pod["metadata"].setdefault("annotations", {}).update(notes)

    def required(self, favourites: list[str], names: list[str]) -> str:
        dice = self.dice
        form = dice.random()
        if form < 0.5 and favourites:
            return self.name(dice.pick(favourites))
        if form < 0.7 and names:
            return dice.pick(names)
        if form < 0.8:
            return ""
        return dice.pick(UNKNOWN_NAMES) if dice.chance(0.8) else any_character(dice)
