# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounded waiting for a state of the cluster."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

State = TypeVar("State")

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0


def until(
    look: Callable[[], State],
    good: Callable[[State], bool],
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
    longest: float = LONGEST_PAUSE,
) -> State:
    """Look until the state is good or the time is over; return the last state seen, good or not.

    :param timeout: seconds; 0 looks once. The last look is made when the time is over, not before.
    :param longest: seconds between two looks at most.
    """
    end = clock() + timeout
    wait = FIRST_PAUSE
    while True:
        left = end - clock()
        state = look()
        if good(state) or left <= 0:
            return state
        pause(min(wait, left))
        wait = min(wait * 1.5, longest)
