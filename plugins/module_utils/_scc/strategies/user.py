# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategies for the user of a container (runAsUser)."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ..model import MUST_RUN_AS, MUST_RUN_AS_NON_ROOT, MUST_RUN_AS_RANGE, RUN_AS_ANY, UserOptions
from .base import Finding, StrategyError


class UserStrategy(ABC):
    """``default`` is a user ID or None; ``asks_non_root`` marks containers without a user as runAsNonRoot."""

    default: int | None = None
    asks_non_root = False

    @abstractmethod
    def check(self, user: int | None, non_root: bool | None) -> Finding | None:
        """Judge the effective runAsUser and runAsNonRoot of a container, after filling."""


class AnyUser(UserStrategy):
    """RunAsAny."""

    def check(self, _user: int | None, _non_root: bool | None) -> Finding | None:
        return None


class OneUser(UserStrategy):
    """MustRunAs; filling leaves no container without a user."""

    def __init__(self, uid: int) -> None:
        self.default = uid

    def check(self, user: int | None, _non_root: bool | None) -> Finding | None:
        return None if user == self.default else Finding(".runAsUser", user, f"must be: {self.default}")


class UserRange(UserStrategy):
    """MustRunAsRange; filling leaves no container without a user."""

    def __init__(self, first: int, last: int) -> None:
        self.default = first
        self._first = first
        self._last = last

    def check(self, user: int | None, _non_root: bool | None) -> Finding | None:
        if user is None or self._first <= user <= self._last:
            return None
        return Finding(".runAsUser", user, f"must be in the ranges: [{self._first}, {self._last}]")


class NonRoot(UserStrategy):
    """MustRunAsNonRoot: the image's user may do, and the kubelet makes sure that it is not root."""

    asks_non_root = True

    def check(self, user: int | None, non_root: bool | None) -> Finding | None:
        if non_root is False:
            return Finding(".runAsNonRoot", False, "must be true")
        return Finding(".runAsUser", 0, "running with the root UID is forbidden") if user == 0 else None


def user_strategy(options: UserOptions) -> UserStrategy:
    """The strategy of an SCC whose range is resolved.

    :raises StrategyError: in OpenShift's words.
    """
    if options.type == MUST_RUN_AS:
        if options.uid is None:
            raise StrategyError("MustRunAs requires a UID")
        return OneUser(options.uid)
    if options.type == MUST_RUN_AS_RANGE:
        if options.first is None:
            raise StrategyError("MustRunAsRange requires a UIDRangeMin")
        if options.last is None:
            raise StrategyError("MustRunAsRange requires a UIDRangeMax")
        return UserRange(options.first, options.last)
    if options.type == MUST_RUN_AS_NON_ROOT:
        return NonRoot()
    if options.type == RUN_AS_ANY:
        return AnyUser()
    raise StrategyError(f"Unrecognized RunAsUser strategy type {options.type}")
