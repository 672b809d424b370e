# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module triton_model does: the same model in the same state on every replica, one replica after the other."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._kube import replicas, wait
from .._kube.client import Client
from .._kube.replicas import Replica, Replicas
from .._kube.workload import pod_log
from .._triton import control
from .._triton.client import NotExplicit, Unanswered, states
from .._triton.control import Standing, Wish
from .._triton.log import errors
from .triton import LOG_LINES, Target, reach


@dataclass(frozen=True, slots=True)
class At:
    """How the model stands on one replica; ``config`` is that with which it is loaded, where the wish depends on it."""

    replica: Replica
    standing: Standing
    config: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at all replicas; ``waiting_for`` is "" when it is whole."""

    seen: Sequence[At] = ()
    waiting_for: str = ""


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Look at the model on every replica, and change those that do not stand as wished."""
    wish = control.wish(
        params["model"], params["state"], params["version"], params["config"], params["unload_dependents"]
    )
    limit = params["wait_timeout"]
    if limit < 1:
        raise TritonError(f"wait_timeout is {limit}; give the seconds that a model may take to load, from 1 on.")
    target = reach(params)
    look = wait.until(lambda: _look(target, params["timeout"], wish), lambda look: not look.waiting_for, limit)
    if look.waiting_for:
        raise TritonError(
            f"Model {wish.model} cannot be {wish.state} after {limit} s: {look.waiting_for}. Nothing was changed."
        )
    needed = [at for at in look.seen if wish.state == control.RELOADED or not _satisfied(wish, at)]
    for at in needed:
        if at.replica.mode not in ("", control.EXPLICIT):
            raise NotExplicit(at.replica.server.where, f"it runs with --model-control-mode={at.replica.mode}")
    outcome = {at.replica.name: _result(at, at in needed) for at in look.seen}
    if not check_mode:
        _carry_out(target, wish, needed, outcome, limit)
    return {"changed": bool(needed), "model": wish.model, "state": wish.state, "pods": list(outcome.values())}


def _result(at: At, changed: bool) -> dict[str, Any]:
    versions = list(at.standing.versions)
    return {"pod": at.replica.name, "changed": changed, "versions_before": versions, "versions": versions}


def _replicas(target: Target, timeout: float) -> Replicas:
    if target.client is None:
        return Replicas([Replica(target.server.where, target.server)], "")
    return replicas.read(target.client, target.namespace, target.workload, target.port, timeout)


def _look(target: Target, timeout: float, wish: Wish) -> Look:
    found = _replicas(target, timeout)
    if found.missing:
        return Look(waiting_for=found.missing)
    seen = []
    for replica in found.servers:
        try:
            current = _standing(replica, wish)
        except Unanswered as error:
            return Look(waiting_for=error.message)
        if current.moving:
            return Look(waiting_for=f"{replica.server.where} is loading or unloading it")
        reads = bool(current.versions) and (wish.overrides or wish.state == control.RELOADED)
        seen.append(At(replica, current, replica.server.config(wish.model) if reads else None))
    return Look(seen)


def _standing(replica: Replica, wish: Wish) -> Standing:
    """How the model stands; TritonError where the repositories do not have it."""
    models = states(replica.server.index())
    current = control.standing(models, wish.model)
    if current is None:
        known = ", ".join(sorted({model["name"] for model in models})) or "none"
        raise TritonError(
            f"{replica.server.where} has no model {wish.model}; the models of its repositories are: {known}."
        )
    return current


def _satisfied(wish: Wish, at: At) -> bool:
    return control.satisfied(wish, at.standing, at.config)


def _carry_out(
    target: Target, wish: Wish, needed: Sequence[At], outcome: dict[str, dict[str, Any]], limit: float
) -> None:
    """One replica after the other, so that the first failure leaves the others as they are."""
    for number, at in enumerate(needed):
        try:
            after = _Change(target.client, target.namespace, wish, at, limit).carry_out()
        except TritonError as error:
            done = [one.replica.name for one in needed[:number]]
            left = [one.replica.name for one in needed[number + 1 :]]
            for name in left:
                outcome[name]["changed"] = False
            outcome[at.replica.name] |= _after_failure(at, wish)
            changed = any(one["changed"] for one in outcome.values())
            raise TritonError(
                error.message
                + (f" Done already in {', '.join(done)}." if done else "")
                + (f" Not asked: {', '.join(left)}." if left else ""),
                **{**error.details, "changed": changed, "pods": list(outcome.values())},
            ) from error
        outcome[at.replica.name]["versions"] = list(after.versions)


def _after_failure(at: At, wish: Wish) -> dict[str, Any]:
    """How the model stands where a change failed, as far as the server tells."""
    try:
        versions = _standing(at.replica, wish).versions
    except TritonError:
        versions = at.standing.versions
    return {"changed": versions != at.standing.versions, "versions": list(versions)}


class _Change:
    """The change of one replica."""

    def __init__(self, client: Client | None, namespace: str, wish: Wish, at: At, limit: float) -> None:
        self._client = client
        self._namespace = namespace
        self._wish = wish
        self._at = at
        self._server = at.replica.server
        self._end = time.monotonic() + limit
        self._limit = limit

    def _left(self) -> float:
        """Seconds that are left, never none at all: an answer may be there already."""
        return max(1.0, self._end - time.monotonic())

    def carry_out(self) -> Standing:
        """Bring the model to the wished state and wait until it has it."""
        wish, config = self._wish, self._at.config
        if wish.state == control.UNLOADED:
            return self._unload()
        if not wish.overrides:
            if config is not None and control.pinned(config):
                # A load without a configuration would keep that with which a version was loaded.
                self._unload()
            return self._load(None)
        if wish.config is not None:
            return self._load(control.override(wish.config, wish.version))
        if config is not None:
            return self._load(control.override(config, wish.version))
        return self._load_version()

    def _load_version(self) -> Standing:
        """A version of a model that is not loaded: Triton tells a model's configuration only when it is."""
        first = self._load(None, whole=False)
        if control.satisfied(self._wish, first):
            return first
        try:
            return self._load(control.override(self._server.config(self._wish.model), self._wish.version))
        except TritonError:
            with contextlib.suppress(TritonError):
                self._server.unload(self._wish.model, False, self._left())
            raise

    def _load(self, config: Mapping[str, Any] | None, whole: bool = True) -> Standing:
        wish = self._wish
        try:
            self._server.load(wish.model, config, self._left())
        except NotExplicit:
            raise
        except TritonError as error:
            if "status" in error.details and not isinstance(error, Unanswered):
                raise self._refused(config, error) from error
            # No answer: it may be loading all the same, and the index tells how that ends.
        goal = wish if whole else Wish(wish.model, control.LOADED)
        live = Wish(goal.model, control.LOADED, goal.version)
        return self._awaited(lambda standing: control.satisfied(live, standing), "loaded")

    def _unload(self) -> Standing:
        self._server.unload(self._wish.model, self._wish.unload_dependents, self._left())
        gone = Wish(self._wish.model, control.UNLOADED)
        return self._awaited(lambda standing: control.satisfied(gone, standing), "unloaded")

    def _awaited(self, good: Callable[[Standing], bool], word: str) -> Standing:
        def look() -> Standing:
            try:
                return _standing(self._at.replica, self._wish)
            except Unanswered:
                return Standing(moving=True)

        seen = wait.until(look, good, max(0.0, self._end - time.monotonic()))
        if not good(seen):
            serves = ", ".join(seen.versions) or "none"
            raise TritonError(
                f"{self._server.where} has not {word} model {self._wish.model} after {self._limit:g} s; versions that it serves: {serves}."
            )
        return seen

    def _refused(self, config: Mapping[str, Any] | None, error: TritonError) -> TritonError:
        """The sentence for a load that failed."""
        wish, where, reason = self._wish, self._server.where, str(error.details.get("reason") or error.message)
        serves = ", ".join(self._at.standing.versions) or "none"
        if control.NO_VERSION in reason and wish.version:
            text = f"{where} has no version {wish.version} of model {wish.model} in its repositories; versions that it serves: {serves}."
        elif control.NO_VERSION in reason:
            text = (
                f"{where} has no version of model {wish.model} that the version_policy of {'the repository' if config is None else 'config'} "
                f"allows; versions that it serves: {serves}."
            )
        else:
            said = [] if control.NO_REASON not in reason or self._client is None else self._log()
            text = f"{where} cannot load model {wish.model}: {'; '.join(said) or control.why(reason)}."
            if config is None and wish.version and f"version {wish.version} " not in reason:
                text += (
                    f" Before version {wish.version} Triton loads what the repository's configuration says; give config, the model's whole "
                    "configuration, to load nothing else."
                )
        return TritonError(text, **error.details)

    def _log(self) -> list[str]:
        """What Triton says of the model in its log only."""
        if self._client is None:
            raise AssertionError("who has no cluster has no log to look at")
        text = pod_log(self._client, self._namespace, self._at.replica.name, LOG_LINES)
        return [line for line in errors(text) if f"'{self._wish.model}'" in line][-1:]
