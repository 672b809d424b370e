# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a chart that renders to given objects, whatever values it gets: Helm installs, upgrades and rolls it back as any other.

Manifests are JSON, which every reader of YAML takes for the same, one file an object, named by kind and name, since Helm 3 and 4 order
them differently otherwise. What could be taken for a template's action is escaped.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

Object = Mapping[str, Any]

# What was changed and why, kept with the release.
CHANGES = "adapted.json"
_DIGITS = 10
# File systems allow 255 bytes; a digest, a number and the ending follow.
_LONGEST = 200
_KEPT = (
    "name",
    "annotations",
    "appVersion",
    "description",
    "home",
    "icon",
    "keywords",
    "kubeVersion",
    "maintainers",
    "sources",
)
# Readers of YAML take these for the end of a line, or refuse them, where they are not escaped.
_SPECIAL = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_OWN = re.compile(r"Chart\.yaml|values\.yaml|adapted\.json|templates/NOTES\.txt|(?:templates|crds)/[^/]+\.json")
_NAME = re.compile(r"[^A-Za-z0-9.-]+")


def files(
    original: Mapping[str, bytes],
    metadata: Mapping[str, Any],
    objects: Sequence[Object],
    crds: Sequence[Object],
    notes: str,
    changes: Any,
) -> dict[str, bytes]:
    """The chart's files by path.

    :param original: files of the chart that it is made from.
    :param metadata: what its Chart.yaml says.
    :param notes: what its NOTES.txt came to.
    :param changes: what was changed, as JSON.
    """
    manifests = {f"templates/{name}.json": _manifest(item) for name, item in _named(objects)}
    found = {
        **manifests,
        **{f"crds/{name}.json": _text(item).encode() for name, item in _named(crds)},
        "templates/NOTES.txt": _notes(notes, str(metadata.get("name"))).encode(),
        CHANGES: json.dumps(changes, indent=1, ensure_ascii=False).encode(),
        **({"values.yaml": original["values.yaml"]} if "values.yaml" in original else {}),
    }
    state = hashlib.sha256()
    for path, content in sorted(found.items()):
        # Notes and comments are no change of what runs.
        if path.endswith(".json") and path != CHANGES:
            state.update(f"{path}\0{len(content)}\0".encode() + content)
    return {**found, "Chart.yaml": _chart(metadata, state.hexdigest()[:_DIGITS])}


def _chart(metadata: Mapping[str, Any], digest: str) -> bytes:
    version = str(metadata.get("version") or "0.0.0")
    said = {
        "apiVersion": "v2",
        "type": "application",
        **{key: metadata[key] for key in _KEPT if metadata.get(key) is not None},
        "version": f"{version}{'.' if '+' in version else '+'}adapted.{digest}",
    }
    return (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode()


def _named(objects: Iterable[Object]) -> list[tuple[str, Object]]:
    found: dict[str, Object] = {}
    for item in objects:
        metadata = item.get("metadata") or {}
        name = metadata.get("name") or metadata.get("generateName") or "unnamed"
        base = _NAME.sub("_", f"{item.get('kind')}-{name}".lower())
        if len(base) > _LONGEST:
            base = f"{base[:_LONGEST]}-{hashlib.sha256(base.encode()).hexdigest()[:_DIGITS]}"
        # Another object may have the name with the number already.
        numbered = (base if number == 1 else f"{base}-{number}" for number in count(1))
        found[next(one for one in numbered if one not in found)] = item
    return list(found.items())


def _manifest(item: Object) -> bytes:
    return _text(item).replace("{{", "{\\u007b").encode()


def _text(item: Object) -> str:
    text = json.dumps(item, indent=1, ensure_ascii=False)
    return _SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _notes(notes: str, name: str) -> str:
    said = (
        f"This release was made from chart {name}, adapted to the cluster: its manifests are fixed, and values that are given to helm by hand change "
        f"nothing. {CHANGES} in the chart says what was changed."
    )
    text = f"{notes.rstrip()}\n\n{said}\n" if notes.strip() else f"{said}\n"
    return text.replace("{{", '{{ "{{" }}')


def is_own(path: str) -> bool:
    """Whether a file is one of those that a derived chart is made of, by its path."""
    return bool(_OWN.fullmatch(path))


def is_secret(path: str) -> bool:
    """Whether a file is the manifest of a Secret, by its path."""
    return path.startswith("templates/secret-")
