# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules by which OpenShift admits pods, each with a test that recognises it in a case and the oracle's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .view import View

Test = Callable[[View], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its test yields each outcome that a case shows. Outcomes that cannot be carry the reason why."""

    name: str
    sentence: str
    outcomes: tuple[str, ...]
    test: Test
    impossible: dict[str, str] = field(default_factory=dict)


RULES: list[Rule] = []


def rule(name: str, sentence: str, *outcomes: str, **impossible: str) -> Callable[[Test], Test]:
    """Enter the decorated test into the table."""

    def enter(test: Test) -> Test:
        RULES.append(Rule(name, sentence, outcomes, test, impossible))
        return test

    return enter
