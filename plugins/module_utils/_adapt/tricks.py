# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Init containers that do what only root may: where others do it on OpenShift, they go.

A chown is the work of fsGroup there. A sysctl of the node is its administrator's, since no pod of one tenant may change it for all.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SHELLS = ("sh", "bash", "ash", "dash")
# The & of a redirection ends no command.
_SPLIT = re.compile(r"\n|;|&&|\|\|?|(?<![>&])&(?!>)")
# fsGroup makes nothing executable.
_OWNER = r"(?:\S*/)?(?:chown|chgrp|chmod)\s(?!(?:-\S+\s+)*[ugoa]*\+x\s)"
_OWNING = re.compile(rf"{_OWNER}|xargs\s+(?:-\S+\s+(?:\d+\s+)?)*{_OWNER}|find\s(?=.*\s-exec\s+{_OWNER})")
# What find does beside naming files.
_DEED = re.compile(rf"\s-(?:exec\s+(?!{_OWNER})|execdir|ok|okdir|delete|fprint|fls)")
_ECHOED = re.compile(r"echo\s+\S+\s*>\s*/(?:proc/sys|sys/kernel)/\S+")
# They change nothing that anybody sees later.
_IDLE = re.compile(r"(?:set|echo|ls|true|:|cd|exit|sleep|id|whoami|find)(?:\s|$)|#")
# Where the output goes does not matter if nobody keeps it.
_NOWHERE = re.compile(r"\d*&?>+\s*/dev/null|\d*>&\d")
# A command in the words of another one can be any.
_NESTED = re.compile(r"`|\$\(|<\(")


@dataclass(frozen=True, slots=True)
class Trick:
    """An init container that goes; ``settings`` are the node's that it made."""

    index: int
    reason: str
    settings: tuple[str, ...] = ()


def tricks(pod: Mapping[str, Any]) -> list[Trick]:
    """Those of a pod that can go, since nothing else is done in them.

    :param pod: metadata and spec.
    """
    spec = pod.get("spec") or {}
    return [
        trick
        for index, container in enumerate(spec.get("initContainers") or ())
        if _wants_root(container, spec) and (trick := _trick(index, list(_commands(container))))
    ]


def _wants_root(container: Mapping[str, Any], spec: Mapping[str, Any]) -> bool:
    own, of_pod = container.get("securityContext") or {}, spec.get("securityContext") or {}
    user = own["runAsUser"] if own.get("runAsUser") is not None else of_pod.get("runAsUser")
    return user == 0 or bool(own.get("privileged")) or bool((own.get("capabilities") or {}).get("add"))


def _commands(container: Mapping[str, Any]) -> Iterator[str]:
    """What is run, one simple command after the other; nothing where that cannot be told."""
    command, args = container.get("command") or [], container.get("args") or []
    words = [str(word) for word in (*command, *args)] if isinstance(command, list) and isinstance(args, list) else []
    if not words:
        return
    if words[0].rpartition("/")[2] not in _SHELLS:
        yield shlex.join(words)
        return
    # The script follows the option that ends with c: sh -c, sh -ec.
    script = next((words[index + 1 :] for index, word in enumerate(words[:-1]) if re.fullmatch(r"-\w*c", word)), [])
    for part in _SPLIT.split(_NOWHERE.sub("", script[0].replace("\\\n", " ")) if script else ""):
        if part.strip():
            yield part.strip()


def _trick(index: int, commands: list[str]) -> Trick | None:
    # What is sent somewhere else than to the output does something.
    work = [command for command in commands if not _IDLE.match(command) or ">" in command or _does(command)]
    owning = [
        command for command in work if _OWNING.match(command) and ">" not in command and not _DEED.search(command)
    ]
    settings = [command for command in work if _settings(command)]
    if not work or len(owning) + len(settings) < len(work) or any(map(_NESTED.search, commands)):
        return None
    if settings:
        named = tuple(name for command in settings for name in _settings(command))
        return Trick(index, f"it sets {', '.join(named)} of the node, which only the node's administrator may", named)
    return Trick(index, "it gives files to a fixed user, which takes root; fsGroup lets the pod write to its volumes")


def _does(command: str) -> bool:
    """Whether a find changes files."""
    return command.startswith("find") and bool(_DEED.search(command) or _OWNING.match(command))


def _settings(command: str) -> list[str]:
    """What a command sets of the node, nothing where it does anything else."""
    if _ECHOED.fullmatch(command):
        return [command]
    try:
        program, *words = shlex.split(command)
    except ValueError:
        return []
    pairs = [word for word in words if not word.startswith("-")]
    return pairs if program.rpartition("/")[2] == "sysctl" and all("=" in pair for pair in pairs) else []
