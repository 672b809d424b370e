# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to bring one model of one server to a wished state, by Triton's model control extension.

How Triton behaves there (docs/user_guide/model_management.md of its server, and tried with version 2.51):
a load with a configuration replaces the model's whole configuration and always loads anew, without a gap in serving; a load without one
does so only where files changed since, and never leaves a configuration that an earlier load has brought; a load that fails leaves
what is served; unloading is over some time after the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError

EXPLICIT = "explicit"
LOADED, UNLOADED, RELOADED = "loaded", "unloaded", "reloaded"
LONGEST_REASON = 1000

_MODE = re.compile(r"--model-control-mode[= ](\S+)")
_MOVING = ("LOADING", "UNLOADING")
# Triton's words for a version policy that no directory of the model fits.
NO_VERSION = "at least one version must be available under the version policy"
# Triton's words where only its log has the reason.
NO_REASON = "failed to poll from model repository"


@dataclass(frozen=True, slots=True)
class Wish:
    """The state that a model is to have; ``version`` "" for those that its configuration serves, ``config`` None for the repository's."""

    model: str
    state: str
    version: str = ""
    config: Mapping[str, Any] | None = None
    unload_dependents: bool = False

    @property
    def overrides(self) -> bool:
        """Whether a configuration has to be sent."""
        return bool(self.version) or self.config is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model stands on one server: the versions that take requests, ascending, and whether it is being loaded or unloaded."""

    versions: tuple[str, ...] = ()
    moving: bool = False


def wish(
    model: str, state: str, version: str | None, config: Mapping[str, Any] | None, unload_dependents: bool
) -> Wish:
    """Check what a user wants of a model.

    :raises TritonError: options that do not go together, a version that is no number, a configuration of another model.
    """
    if not model.strip():
        raise TritonError(f"model is {model!r}; give the name of a model, which is that of its directory.")
    if state == UNLOADED and (version or config is not None):
        raise TritonError(
            f"Model {model} is to be unloaded, which unloads all its versions: leave out version and config, or load the version that is to stay."
        )
    if unload_dependents and state != UNLOADED:
        raise TritonError(f"unload_dependents is for state unloaded, but the state of model {model} is to be {state}.")
    if version and not re.fullmatch(r"[1-9]\d{0,18}", version):
        raise TritonError(
            f"Version {version!r} of model {model} is no version; give the number that names its directory, such as 2."
        )
    if config is not None and config.get("name", model) != model:
        raise TritonError(f"config is the configuration of model {config['name']}, but the model is {model}.")
    if config is not None and version and "version_policy" in config:
        raise TritonError(f"Model {model} is given both version and a version_policy in config; leave one of them out.")
    return Wish(model, state, version or "", config, unload_dependents)


def standing(models: Iterable[Mapping[str, Any]], name: str) -> Standing | None:
    """How a model stands by the repository index, None where the repositories do not have it.

    :param models: as client.states() gives them.
    """
    own = [model for model in models if model["name"] == name]
    if not own:
        return None
    versions = sorted((model["version"] for model in own if model["ready"]), key=lambda text: (len(text), text))
    return Standing(tuple(versions), any(model["state"] in _MOVING for model in own))


def satisfied(wanted: Wish, current: Standing, config: Mapping[str, Any] | None = None) -> bool:
    """Whether a model stands as wished, reloaded apart.

    :param config: the live configuration, None where it is not known.
    """
    if current.moving:
        return False
    if wanted.state == UNLOADED:
        return not current.versions
    if wanted.version and current.versions != (wanted.version,):
        return False
    if wanted.config is not None and (config is None or not holds(config, wanted.config)):
        return False
    return bool(current.versions)


def holds(live: Any, wanted: Any) -> bool:
    """Whether a configuration that Triton completed has all that is wanted; numbers may be written as texts, as protobuf's JSON does."""
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        return all(key in live and holds(live[key], value) for key, value in wanted.items())
    if isinstance(live, list) and isinstance(wanted, list):
        return len(live) == len(wanted) and all(map(holds, live, wanted))
    if isinstance(live, bool) or isinstance(wanted, bool):
        return live is wanted
    return live == wanted or (not isinstance(wanted, (Mapping, list)) and str(live) == str(wanted))


def override(config: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The configuration to load with, so that this version is the only one; without one, the configuration as it is."""
    if not version:
        return dict(config)
    return {**config, "version_policy": {"specific": {"versions": [int(version)]}}}


def pinned(config: Mapping[str, Any]) -> bool:
    """Whether a configuration names its versions, as those do that override() made; a load without one would not leave it."""
    return "specific" in (config.get("version_policy") or {})


def load_request(config: Mapping[str, Any] | None) -> dict[str, Any]:
    """The body of a load; Triton takes the configuration as a JSON text."""
    return {"parameters": {"config": json.dumps(config)}} if config is not None else {}


def unload_request(dependents: bool) -> dict[str, Any]:
    """The body of an unload."""
    return {"parameters": {"unload_dependents": True}} if dependents else {}


def mode(words: Sequence[str]) -> str:
    """The control mode that a server's command line sets, "" where it sets none that can be seen.

    :param words: command and arguments; a shell's text among them is read too.
    """
    found = _MODE.findall(" ".join(words))
    return found[-1].strip("\"'") if found else ""


def why(reason: str) -> str:
    """Triton's reason for a failed load as one line, without what repeats the model's name and where Python was."""
    text = re.sub(r"^load failed for model '[^']*': ", "", reason.strip())
    text = " ".join(re.sub(r"\n+At:\n(?:  .*\n?)*;?", "; ", text).split()).strip("; ")
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]} …"
