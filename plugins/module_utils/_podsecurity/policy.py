# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pod Security policy of a namespace: its labels over the defaults of the cluster.

Source of the rules: k8s.io/pod-security-admission, package api.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

PRIVILEGED, BASELINE, RESTRICTED = "privileged", "baseline", "restricted"
LEVELS = (PRIVILEGED, BASELINE, RESTRICTED)  # from lax to strict
PREFIX = "pod-security.kubernetes.io/"
LATEST = "latest"

_VERSION = re.compile(r"v1\.(0|[1-9][0-9]*)")
_INT64 = 2**63
_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class LevelVersion:
    """A level, and the version of the checks: the minor version of Kubernetes 1, None for latest."""

    level: str
    minor: int | None = None

    def __str__(self) -> str:
        return f"{self.level}:{LATEST if self.minor is None else f'v1.{self.minor}'}"


@dataclass(frozen=True, slots=True)
class Policy:
    """What each mode applies; only ``enforce`` refuses pods."""

    enforce: LevelVersion
    audit: LevelVersion
    warn: LevelVersion


# Kubernetes' own; whoever runs a cluster may set others, which nothing in the API shows.
KUBERNETES_DEFAULT = Policy(LevelVersion(PRIVILEGED), LevelVersion(PRIVILEGED), LevelVersion(PRIVILEGED))


def policy_of(labels: Mapping[str, str], default: Policy = KUBERNETES_DEFAULT) -> tuple[Policy, tuple[str, ...]]:
    """The policy in force, and what is wrong with the labels, in Kubernetes' words.

    An invalid level means restricted where it is enforced, and privileged for audit and warnings; an invalid version means
    latest. Kubernetes refuses such labels when they are written, but not those that were there before.
    """
    reader = _Reader(labels)
    enforce = reader.mode("enforce", default.enforce, RESTRICTED)
    audit = reader.mode("audit", default.audit, PRIVILEGED)
    warn = reader.mode("warn", default.warn, PRIVILEGED)
    # Who enforces a level without a word on warnings is warned by that level too.
    explicit = labels.get(PREFIX + "enforce") in LEVELS and PREFIX + "warn" not in labels
    if explicit and LEVELS.index(enforce.level) > LEVELS.index(warn.level):
        minor = warn.minor if PREFIX + "warn-version" in labels else enforce.minor
        warn = LevelVersion(enforce.level, minor)
    return Policy(enforce, audit, warn), tuple(reader.errors)


def _level(text: str) -> str:
    if text not in LEVELS:
        raise ValueError(f"must be one of {', '.join(LEVELS)}")
    return text


def _minor(text: str) -> int | None:
    if text == LATEST:
        return None
    match = _VERSION.fullmatch(text)
    # Python refuses to convert thousands of digits.
    if match is None or len(match[1]) > 19 or int(match[1]) >= _INT64:
        raise ValueError('must be "latest" or "v1.x"')
    return int(match[1])


class _Reader:
    """Reads labels in Kubernetes' order and collects what is wrong with them."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        self.errors: list[str] = []

    def mode(self, name: str, default: LevelVersion, invalid: str) -> LevelVersion:
        found = replace(default, level=self._read(name, _level, default.level, invalid))
        return replace(found, minor=self._read(f"{name}-version", _minor, default.minor, None))

    def _read(self, name: str, parse: Callable[[str], _Parsed], default: _Parsed, invalid: _Parsed) -> _Parsed:
        text = self._labels.get(PREFIX + name)
        if text is None:
            return default
        try:
            return parse(text)
        except ValueError as error:
            quoted = json.dumps(text, ensure_ascii=False)
            self.errors.append(f"metadata.labels[{PREFIX}{name}]: Invalid value: {quoted}: {error}")
            return invalid
