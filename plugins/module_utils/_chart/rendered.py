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
NOTES_SOURCE = """apiVersion: v1
kind: ConfigMap
metadata:
  name: inferops-triton-notes
data:
  notes: {{ include (print .Template.BasePath "/NOTES.txt") . | toJson }}
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
    # What a post-renderer gets has no marks of helm's, but may have comments of the chart's that look like some.
    first = _MARK.match(text.lstrip())
    if first is None:
        return _sorted_out(map(_unmarked, objects_of(text, where)))
    # All are of one chart; manifests that somebody printed and put into its crds are marked as those of another.
    chart = first["path"].partition("/")[0]
    marks = [mark for mark in _MARK.finditer(text) if mark["path"].partition("/")[0] == chart]
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return _sorted_out(
        (mark["path"].strip(), item)
        for mark, end in zip(marks, ends, strict=True)
        for item in objects_of(text[mark.end() : end], mark["path"].strip())
    )


def _sorted_out(found: Iterable[tuple[str, Object]]) -> Rendered:
    notes, objects, crds = "", [], []
    for path, item in found:
        if path.endswith(f"/{NOTES_TEMPLATE}"):
            notes = str((item.get("data") or {}).get("notes") or "")
        elif _CRDS.search(path) and "/templates/" not in path:
            crds.append(item)
        else:
            objects.append(item)
    return Rendered(tuple(objects), tuple(crds), notes)


def _unmarked(item: Object) -> tuple[str, Object]:
    """The name of its file, which helm gives to what it hands to a post-renderer, and the object without it."""
    metadata = item.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if not isinstance(metadata, Mapping) or not isinstance(annotations, Mapping) or _FILE_NAME not in annotations:
        return "", item
    kept = {key: text for key, text in annotations.items() if key != _FILE_NAME}
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    return str(annotations[_FILE_NAME]), {**item, "metadata": {**rest, **({"annotations": kept} if kept else {})}}
