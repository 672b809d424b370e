# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no comparison of manifests can decide, as sentences: hooks, looks at the cluster, and random values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .objects import Key, Object, hook_of

# Functions of helm and sprig whose results differ from one rendering to the next.
_RANDOM = (
    "randAlphaNum|randAlpha|randAscii|randNumeric|randBytes|randInt|shuffle|uuidv4|genPrivateKey|genCA|genCAWithKey|"
    "genSelfSignedCert|genSelfSignedCertWithKey|genSignedCert|genSignedCertWithKey|htpasswd|bcrypt|encryptAES|now|ago"
)
_ACTION = re.compile(r"\{\{(?!-?\s*/\*)(.*?)\}\}", re.DOTALL)
_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_RANDOM_CALL = re.compile(rf"(?<![\w.$])(?:{_RANDOM})\b")
_LOOKUP_CALL = re.compile(r"(?<![\w.$])(?:lookup|getHostByName)\b")


def random_templates(templates: Iterable[tuple[str, str]]) -> list[str]:
    """The templates that may render something else each time."""
    return [path for path, text in templates if _calls(text, _RANDOM_CALL)]


def looking_templates(templates: Iterable[tuple[str, str]]) -> list[str]:
    """The templates that look at the cluster."""
    return [path for path, text in templates if _calls(text, _LOOKUP_CALL)]


def _calls(text: str, function: re.Pattern[str]) -> bool:
    return any(function.search(_STRINGS.sub('""', action[1])) for action in _ACTION.finditer(text))


def unstable(first: Any, second: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where two renderings of the same differ."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        for key in {**first, **second}:
            if key in first and key in second:
                yield from unstable(first[key], second[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for number, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from unstable(one, other, (*path, number))
    elif first != second:
        yield path


def settled(rendered: Any, stored: Any, paths: Iterable[tuple[Any, ...]]) -> Any:
    """A rendering whose random values are those that the release has already."""
    result = rendered
    for path in paths:
        result = _with(result, stored, path)
    return result


def _with(value: Any, source: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return source
    key, rest = path[0], path[1:]
    if isinstance(value, Mapping) and isinstance(source, Mapping) and key in source:
        return {**value, key: _with(value.get(key), source[key], rest)}
    if (
        isinstance(value, list)
        and isinstance(source, list)
        and isinstance(key, int)
        and key < min(len(value), len(source))
    ):
        return [*value[:key], _with(value[key], source[key], rest), *value[key + 1 :]]
    return value


def _runs_by_itself(hook: Object) -> bool:
    """Whether helm runs a hook when the release changes; tests run when somebody asks for them."""
    return any(not event.strip().startswith("test") for event in hook_of(hook).split(","))


def sentences(
    hooks: Iterable[Object],
    looking: Iterable[str],
    random: Mapping[Key, Iterable[tuple[Any, ...]]],
    unrendered: Iterable[str] = (),
) -> list[str]:
    """What a user is told of all this.

    :param looking: templates that look at the cluster.
    :param random: where two renderings differ, by object.
    :param unrendered: templates that may have random values, where they were not rendered.
    """
    found = []
    for item in hooks:
        if not _runs_by_itself(item):
            continue
        name = (item.get("metadata") or {}).get("name")
        found.append(
            f"Hook {item.get('kind')} {name} ({hook_of(item)}): what it does when the release changes cannot be told beforehand."
        )
    found += [
        f"Template {path} looks at the cluster: what it finds is part of no comparison, and a change of that alone goes unnoticed."
        for path in looking
    ]
    for (_group, kind, _namespace, name), paths in random.items():
        where = ", ".join(sorted({".".join(map(str, path)) or "the whole object" for path in paths}))
        found.append(
            f"{kind} {name} has random values ({where}): they count as unchanged, and are made anew when the release changes."
        )
    found += [
        f"Template {path} may have random values: they are made anew when the release changes." for path in unrendered
    ]
    return found
