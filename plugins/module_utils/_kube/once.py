# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection for a whole look at a cluster, in which each object is read once.

The parts of such a look read what they need by themselves, and some need the same. What was read is remembered until the look is
over: it sees one state of the cluster, and none of its parts may write or wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Key = tuple[str, str, str, bytes]
_SHARED: ContextVar[Any] = ContextVar("shared", default=None)


@contextmanager
def shared(client: Any) -> Iterator[None]:
    """Let every ``connect()`` in the block return this client."""
    token = _SHARED.set(client)
    try:
        yield
    finally:
        _SHARED.reset(token)


def current() -> Any:
    """The client that is shared, None outside such a block."""
    return _SHARED.get()


class Memory:
    """Answers by what was asked."""

    def __init__(self) -> None:
        self._answers: dict[Key, tuple[int, bytes]] = {}

    @staticmethod
    def key(path: str, query: Mapping[str, Any] | None, accept: str, body: bytes | None) -> Key:
        """What makes two questions the same."""
        return path, repr(sorted((query or {}).items())), accept, body or b""

    def get(self, key: Key) -> tuple[int, bytes] | None:
        """The answer, None where that was not asked yet."""
        return self._answers.get(key)

    def keep(self, key: Key, answer: tuple[int, bytes]) -> tuple[int, bytes]:
        """Remember an answer, and return it."""
        self._answers[key] = answer
        return answer
