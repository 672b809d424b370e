# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._kube.wait import until


class Clock:
    """A clock that only pauses move."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def read(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def wait(timeout: float, good_at: float, slow: float = 0.0) -> tuple[bool, Clock, int]:
    """Wait for a state that is good from a moment on (seconds after the start); each look takes ``slow`` seconds."""
    clock = Clock()
    looks = 0

    def look() -> bool:
        nonlocal looks
        looks += 1
        clock.now += slow
        return clock.now - 1000.0 >= good_at

    return until(look, bool, timeout, clock.read, clock.pause), clock, looks


def test_a_good_state_is_returned_at_once() -> None:
    result, clock, looks = wait(30, good_at=0)
    assert (result, clock.pauses, looks) == (True, [], 1)


@pytest.mark.parametrize("timeout", [0, -5])
def test_no_time_means_one_look(timeout: float) -> None:
    result, clock, looks = wait(timeout, good_at=1)
    assert (result, clock.pauses, looks) == (False, [], 1)


def test_a_state_that_gets_good_in_time() -> None:
    result, clock, _looks = wait(30, good_at=7)
    assert result is True
    assert 1007 <= clock.now < 1009.1


def test_the_last_look_is_made_when_the_time_is_over() -> None:
    result, clock, _looks = wait(30, good_at=30)
    assert result is True
    assert clock.now == 1030


def test_time_is_bounded() -> None:
    result, clock, _looks = wait(30, good_at=31)
    assert result is False
    assert clock.now == 1030


def test_pauses_grow_up_to_two_seconds() -> None:
    _result, clock, _looks = wait(60, good_at=61)
    assert clock.pauses[0] == pytest.approx(0.1)
    assert clock.pauses[:-1] == sorted(clock.pauses[:-1])
    assert max(clock.pauses) == 2.0
    assert len(clock.pauses) < 50


def test_looks_that_take_longer_than_the_timeout() -> None:
    result, _clock, looks = wait(5, good_at=100, slow=10)
    assert result is False
    assert looks <= 2


def test_the_last_state_is_returned_even_if_it_is_bad() -> None:
    clock = Clock()
    states = iter(["first", "second", "third", "fourth"])
    assert until(lambda: next(states), lambda _state: False, 0.3, clock.read, clock.pause) == "fourth"
