# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals that end a run, for runs that have something to clean up."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .._errors import TritonError

STOPPING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Stopped(TritonError):
    """The run was told to end."""


@contextmanager
def stoppable(words: str) -> Iterator[None]:
    """Signals that end the run become failures, so that what it made is deleted; a second one is not heard.

    :param words: the failure's sentence, with {} for the signal.
    """

    def stop(number: int, _frame: Any) -> None:
        for each in STOPPING:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(words.format(signal.Signals(number).name))

    before = {each: signal.signal(each, stop) for each in STOPPING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
