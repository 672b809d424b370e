# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategies for SELinux options of pod and container."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..model import MUST_RUN_AS, RUN_AS_ANY, SELinuxOptions
from .base import Finding, StrategyError


class SELinuxStrategy(Protocol):
    """``default`` are the seLinuxOptions to write, None for none."""

    default: Mapping[str, str] | None

    def check(self, options: Mapping[str, Any] | None) -> Sequence[Finding]:
        """Judge effective seLinuxOptions, after filling."""


class AnySELinux:
    """RunAsAny."""

    default: Mapping[str, str] | None = None

    def check(self, _options: Mapping[str, Any] | None) -> Sequence[Finding]:
        return ()


class OneSELinux:
    """MustRunAs; filling leaves no pod without options."""

    def __init__(self, wanted: SELinuxOptions) -> None:
        self._wanted = {"level": wanted.level, "role": wanted.role, "type": wanted.se_type, "user": wanted.user}
        self.default: Mapping[str, str] | None = {name: value for name, value in self._wanted.items() if value}

    def check(self, options: Mapping[str, Any] | None) -> Sequence[Finding]:
        # What was filled in needs no look, and most pods leave it to be filled in.
        if options is None or options is self.default:
            return ()
        findings = []
        for name, wanted in self._wanted.items():
            found = options.get(name) or ""
            if found != wanted and not (name == "level" and same_level(wanted, found)):
                findings.append(Finding(f".seLinuxOptions.{name}", found, f"must be {wanted}"))
        return findings


def same_level(one: str, other: str) -> bool:
    """Whether two levels differ only in the order of their categories: s0:c1,c2 and s0:c2,c1."""
    sensitivity, colon, categories = one.partition(":")
    other_sensitivity, other_colon, other_categories = other.partition(":")
    return (
        bool(colon and other_colon)
        and sensitivity == other_sensitivity
        and sorted(categories.split(",")) == sorted(other_categories.split(","))
    )


def selinux_strategy(options: SELinuxOptions) -> SELinuxStrategy:
    """The strategy of an SCC whose level is resolved.

    :raises StrategyError: in OpenShift's words.
    """
    if options.type == MUST_RUN_AS:
        return OneSELinux(options)
    if options.type == RUN_AS_ANY:
        return AnySELinux()
    raise StrategyError(f"Unrecognized SELinuxContext strategy type {options.type}")
