# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects with random names: they stay those that the release has, and whoever names them names the same ones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._release.objects import Key, Object, key_of

# Each of them is to run once more, and cannot be changed.
_ONCE = ("Job", "Pod")
_BEFORE = re.compile(r".*[-.]", re.DOTALL)
_AFTER = re.compile(r"[-.].*", re.DOTALL)


def settled_names(
    first: Sequence[Object], second: Sequence[Object], stored: Mapping[Key, Object], namespace: str
) -> tuple[list[Object], list[Object]]:
    """Two renderings of the same, in which objects have the same names: those of the release, or of the first one where it has none.

    :param namespace: of objects that name none.
    """
    mine, others = ([key_of(item, namespace) for item in objects] for objects in (first, second))
    left = [key for key in others if key not in set(mine)]
    once = {key[3] for key in mine if key[1] in _ONCE}
    names: dict[str, str] = {}
    other_names: dict[str, str] = {}
    taken: set[Key] = set(mine)
    for key in mine:
        partners = [one for one in left if one[:3] == key[:3]] if key not in others else []
        if not partners:
            continue
        partner = max(partners, key=lambda one: len("".join(_ends(key[3], one[3]))))
        left.remove(partner)
        before, after = _ends(key[3], partner[3])
        shape = re.compile(re.escape(before) + r"[a-z0-9]+" + re.escape(after))
        found = [one for one in stored if one[:3] == key[:3] and one not in taken and shape.fullmatch(one[3])]
        taken.update(found)
        if len(found) == 1 and key[3] not in once:
            names[key[3]] = found[0][3]
        # Others may have the same name.
        other_names[partner[3]] = names.setdefault(key[3], key[3])
    if not names:
        return list(first), list(second)
    return _renamed(first, names), _renamed(second, other_names)


def _ends(one: str, two: str) -> tuple[str, str]:
    """What two names begin and end with, up to a sign that separates."""
    found = _BEFORE.match(os.path.commonprefix([one, two]))
    before = found[0] if found else ""
    rest = [name[len(before) :][::-1] for name in (one, two)]
    found = _AFTER.search(os.path.commonprefix(rest)[::-1])
    return before, found[0] if found else ""


def _renamed(objects: Iterable[Object], names: Mapping[str, str]) -> list[Object]:
    # Longer names may begin with shorter ones.
    pattern = re.compile(
        "|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(names, key=len, reverse=True))
    )

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda found: names[found[0]], value)
        if isinstance(value, Mapping):
            return {key: renamed(one) for key, one in value.items()}
        return [renamed(one) for one in value] if isinstance(value, list) else value

    return [renamed(item) for item in objects]
