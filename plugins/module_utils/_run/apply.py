# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module apply does."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

try:
    import yaml
except ImportError:
    # The package kubernetes brings it, and connect() names that where it is missing.
    pass

from .._kube.apply import Change, carry_out, plan_absent, plan_present
from .._kube.client import connect
from .._kube.resources import Discovery

SHORTEST_SECRET = 4


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Plan all definitions, then write those that differ."""
    client = connect(params)
    discovery = Discovery(client)
    planner = plan_present if params["state"] == "present" else plan_absent
    changes = planner(client, discovery, params["definitions"])
    changed = any(change.method != "none" for change in changes)
    if changed and not check_mode:
        carry_out(client, changes, params["wait_timeout"])
    return {"changed": changed, "changes": [change.summary() for change in changes], "diff": diff(changes)}


def hidden(params: Mapping[str, Any]) -> Iterable[str]:
    """The contents of the Secrets, as they were given and decoded; a few letters are none, and stand in every name."""
    return {text for text in _contents(params.get("definitions")) if len(text) >= SHORTEST_SECRET}


def _contents(definitions: Any) -> Iterator[str]:
    for definition in definitions if isinstance(definitions, list) else ():
        if isinstance(definition, Mapping) and definition.get("kind") == "Secret":
            for field in ("data", "stringData"):
                content = definition.get(field)
                for value in map(str, content.values() if isinstance(content, Mapping) else ()):
                    yield from (value, _decoded(value) if field == "data" else "")


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except ValueError:
        return ""


def diff(changes: Sequence[Change]) -> list[dict[str, str]]:
    """What changes, one entry an object, in the form that Ansible prints."""
    return [
        {
            "before_header": _header(change),
            "after_header": _header(change),
            "before": _text(change.before),
            "after": _text(change.after),
        }
        for change in changes
        if change.method != "none"
    ]


def _header(change: Change) -> str:
    return f"{change.resource.kind} {change.namespace + '/' if change.namespace else ''}{change.name}"


def _text(shown: Mapping[str, Any] | None) -> str:
    """YAML, with texts of several lines as blocks, so that a diff shows them line by line."""
    if shown is None:
        return ""

    class Dumper(yaml.SafeDumper):
        """A dumper of our own, so that no other user of the library is affected."""

    def block(dumper: Any, text: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Dumper.add_representer(str, block)
    return str(yaml.dump(shown, Dumper=Dumper, allow_unicode=True, width=1000))
