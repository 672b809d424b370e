# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""runAsUser: which user a container gets, and which it may ask for."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.model import UserOptions
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.base import StrategyError
from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.user import user_strategy


@pytest.mark.parametrize(
    ("options", "default", "marks"),
    [
        (UserOptions("RunAsAny"), None, False),
        (UserOptions("MustRunAs", uid=7), 7, False),
        # Zero is a user as any other, not "no user".
        (UserOptions("MustRunAs", uid=0), 0, False),
        (UserOptions("MustRunAsRange", first=0, last=9), 0, False),
        (UserOptions("MustRunAsRange", first=5, last=9), 5, False),
        (UserOptions("MustRunAsNonRoot"), None, True),
    ],
)
def test_what_is_written_where_nothing_stands(options: UserOptions, default: int | None, marks: bool) -> None:
    strategy = user_strategy(options)
    assert (strategy.default, strategy.asks_non_root) == (default, marks)


@pytest.mark.parametrize(
    ("options", "user", "non_root", "refusal"),
    [
        (UserOptions("RunAsAny"), 0, False, None),
        (UserOptions("MustRunAs", uid=7), 7, None, None),
        (UserOptions("MustRunAs", uid=7), 8, None, (".runAsUser", 8, "must be: 7")),
        (UserOptions("MustRunAs", uid=0), 0, None, None),
        (UserOptions("MustRunAsRange", first=5, last=9), 4, None, (".runAsUser", 4, "must be in the ranges: [5, 9]")),
        (UserOptions("MustRunAsRange", first=5, last=9), 5, None, None),
        (UserOptions("MustRunAsRange", first=5, last=9), 9, None, None),
        (UserOptions("MustRunAsRange", first=5, last=9), 10, None, (".runAsUser", 10, "must be in the ranges: [5, 9]")),
        (UserOptions("MustRunAs", uid=0), 7, True, (".runAsUser", 7, "must be: 0")),
        # A range that wrapped is empty.
        (UserOptions("MustRunAsRange", first=5, last=4), 5, None, (".runAsUser", 5, "must be in the ranges: [5, 4]")),
        (UserOptions("MustRunAsNonRoot"), None, True, None),
        (UserOptions("MustRunAsNonRoot"), 1, True, None),
        (UserOptions("MustRunAsNonRoot"), 1, False, (".runAsNonRoot", False, "must be true")),
        (UserOptions("MustRunAsNonRoot"), 1, None, None),
        (UserOptions("MustRunAsNonRoot"), None, False, (".runAsNonRoot", False, "must be true")),
        (UserOptions("MustRunAsNonRoot"), 0, None, (".runAsUser", 0, "running with the root UID is forbidden")),
        # One refusal, the first.
        (UserOptions("MustRunAsNonRoot"), 0, False, (".runAsNonRoot", False, "must be true")),
    ],
)
def test_what_is_refused(options: UserOptions, user: int | None, non_root: bool | None, refusal: object) -> None:
    assert user_strategy(options).check(user, non_root) == refusal


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (UserOptions("MustRunAs"), "MustRunAs requires a UID"),
        (UserOptions("MustRunAs", first=1, last=2), "MustRunAs requires a UID"),
        (UserOptions("runAsAny"), "Unrecognized RunAsUser strategy type runAsAny"),
        (UserOptions("MustRunAsRange", last=9), "MustRunAsRange requires a UIDRangeMin"),
        (UserOptions("MustRunAsRange", first=9), "MustRunAsRange requires a UIDRangeMax"),
        (UserOptions("Whatever"), "Unrecognized RunAsUser strategy type Whatever"),
        (UserOptions(""), "Unrecognized RunAsUser strategy type "),
    ],
)
def test_what_cannot_be_made(options: UserOptions, words: str) -> None:
    with pytest.raises(StrategyError) as caught:
        user_strategy(options)
    assert str(caught.value) == words
