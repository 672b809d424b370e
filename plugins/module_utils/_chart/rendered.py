# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What helm printed when it rendered a chart: its objects, the definitions of kinds that it brings along, and its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._scc.manifests import objects_of

Object = Mapping[str, Any]

# A template of ours, which is rendered beside the chart's own, since helm does not print what NOTES.txt comes to.
NOTES_TEMPLATE = "templates/inferops-triton-notes.yaml"
_NOTES_NAME = "inferops-triton-notes"
NOTES_SOURCE = f"""apiVersion: v1
kind: ConfigMap
metadata:
  name: {_NOTES_NAME}
data:
  notes: {{{{ include (print .Template.BasePath "/NOTES.txt") . | toJson }}}}
"""
_MARK = re.compile(r"^---[ \t]*\n# Source: (?P<path>.+)$", re.MULTILINE)
_CRDS = re.compile(r"(?:^|/)crds/")
_FILE_NAME = "postrenderer.helm.sh/postrender-filename"


@dataclass(frozen=True, slots=True)
class Rendered:
    """Objects (hooks among them), the definitions in folders called crds, and the notes for people."""

    objects: tuple[Object, ...]
    crds: tuple[Object, ...] = ()
    notes: str = ""


def read(text: str, where: str) -> Rendered:
    """Take apart what ``helm template --include-crds`` printed, or what helm handed to a post-renderer.

    :raises TritonError: it holds something else than objects.
    """
    marks = list(_MARK.finditer(text))
    if not marks:
        return _sorted_out(map(_unmarked, objects_of(text, where)), ())
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    objects: list[Object] = []
    crds: list[Object] = []
    for mark, end in zip(marks, ends, strict=True):
        path = mark["path"].strip()
        of_crds = _CRDS.search(path) and "/templates/" not in path
        (crds if of_crds else objects).extend(objects_of(text[mark.end() : end], path))
    return _sorted_out(objects, crds)


def _sorted_out(objects: Iterable[Object], crds: Iterable[Object]) -> Rendered:
    notes, rest = "", []
    for item in objects:
        if item.get("kind") == "ConfigMap" and (item.get("metadata") or {}).get("name") == _NOTES_NAME:
            notes = str((item.get("data") or {}).get("notes") or "")
        else:
            rest.append(item)
    return Rendered(tuple(rest), tuple(crds), notes)


def _unmarked(item: Object) -> Object:
    """The object without the name of its file, which helm gives to what it hands to a post-renderer."""
    metadata = item.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(metadata, Mapping) or not isinstance(annotations, Mapping) or _FILE_NAME not in annotations:
        return item
    kept = {key: text for key, text in annotations.items() if key != _FILE_NAME}
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**item, "metadata": {**rest, **({"annotations": kept} if kept else {})}}
