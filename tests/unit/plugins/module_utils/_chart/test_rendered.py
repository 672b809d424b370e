# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._chart.rendered import NOTES_SOURCE, NOTES_TEMPLATE, read
from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError

CRD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: {}\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n"
FILE = "postrenderer.helm.sh/postrender-filename"


def printed(*files: tuple[str, str], gap: str = "") -> str:
    """As helm template prints it; Helm 4 has an empty line more between two."""
    return "".join(f"---\n# Source: {path}\n{text}{gap}" for path, text in files)


def names(objects: Any) -> list[str]:
    return [item["metadata"]["name"] for item in objects]


@pytest.mark.parametrize("gap", ["", "\n"])
def test_objects_and_definitions_of_kinds_are_told_apart_by_their_files(gap: str) -> None:
    found = read(
        printed(
            ("c/crds/a.yaml", f"{CRD.format('a')}---\n{CRD.format('b')}"),
            ("c/charts/s/crds/deep/c.yaml", CRD.format("c")),
            ("c/templates/crds/d.yaml", CRD.format("d")),
            ("c/templates/m.yaml", MAP.format("m")),
            gap=gap,
        ),
        "x",
    )
    assert (names(found.crds), names(found.objects), found.notes) == (["a", "b", "c"], ["d", "m"], "")


def test_definitions_that_were_printed_by_helm_for_another_chart_stay_definitions() -> None:
    pasted = f"---\n# Source: other/templates/crds.yaml\n{CRD.format('a')}---\n# Source: other/templates/crds.yaml\n{CRD.format('b')}"
    found = read(printed(("c/crds/a.yaml", pasted), ("c/templates/m.yaml", MAP.format("m"))), "x")
    assert (names(found.crds), names(found.objects)) == (["a", "b"], ["m"])


def test_texts_in_objects_are_no_marks() -> None:
    data = "data:\n  a: |\n    ---\n    # Source: c/crds/a.yaml\n    kind: X\n"
    (item,) = read(printed(("c/templates/m.yaml", MAP.format("m") + data)), "x").objects
    assert item["data"]["a"] == "---\n# Source: c/crds/a.yaml\nkind: X\n"


def test_comments_alone_and_empty_files_are_nothing() -> None:
    text = printed(
        ("c/templates/a.yaml", "# only a comment\n"), ("c/templates/b.yaml", "\n"), ("c/templates/c.yaml", "null\n")
    )
    assert read(text, "x").objects == ()
    assert read("", "x").objects == ()


def test_notes_are_those_of_our_template_only() -> None:
    text = "a\n---\n# Source: c/crds/x\n"
    notes = f"{MAP.format('inferops-triton-notes')}data:\n  notes: {json.dumps(text)}\n"
    own = f"{MAP.format('inferops-triton-notes')}data:\n  notes: own\n"
    found = read(printed((f"c/{NOTES_TEMPLATE}", notes), ("c/templates/own.yaml", own)), "x")
    assert found.notes == text
    assert [item["data"] for item in found.objects] == [{"notes": "own"}]


@pytest.mark.parametrize("data", ["", "data:\n", "data:\n  notes:\n"])
def test_notes_may_be_nothing(data: str) -> None:
    found = read(printed((f"c/{NOTES_TEMPLATE}", MAP.format("inferops-triton-notes") + data)), "x")
    assert (found.notes, found.objects) == ("", ())


def test_the_template_of_the_notes_is_an_object_that_includes_them() -> None:
    assert NOTES_SOURCE.endswith('  notes: {{ include (print .Template.BasePath "/NOTES.txt") . | toJson }}\n')


def kept(path: str, name: str, comment: str = "", more: str = "", data: str = "") -> str:
    """As helm 4 hands it to a post-renderer."""
    annotations = f"  annotations:\n    {FILE}: '{path}'\n{more}"
    return f"{comment}{MAP.format(name)}{annotations}{data}"


def test_what_a_post_renderer_got_is_as_the_chart_has_it() -> None:
    text = "---\n".join(
        [
            kept("c/templates/a.yaml", "a", more="    helm.sh/hook: pre-install\n"),
            kept("c/templates/b.yaml", "b"),
            kept(f"c/{NOTES_TEMPLATE}", "inferops-triton-notes", data="data:\n  notes: hello\n"),
            kept("c/templates/o.yaml", "inferops-triton-notes"),
        ]
    )
    found = read(text, "x")
    assert found.notes == "hello"
    assert [item["metadata"] for item in found.objects] == [
        {"name": "a", "annotations": {"helm.sh/hook": "pre-install"}},
        {"name": "b"},
        {"name": "inferops-triton-notes"},
    ]


def test_comments_that_look_like_marks_hide_nothing_from_a_post_renderer() -> None:
    source = "# Source: c/templates/x.yaml\n"
    text = "---\n".join(kept("c/templates/a.yaml", name, comment) for name, comment in (("a", ""), ("b", source)))
    found = read(text, "x")
    assert [item["metadata"] for item in found.objects] == [{"name": "a"}, {"name": "b"}]


@pytest.mark.parametrize("metadata", ["", "metadata:\n", "metadata:\n  annotations:\n", "metadata:\n  name:\n"])
def test_objects_with_nothing_in_their_metadata_are_objects(metadata: str) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\n{metadata}"
    assert len(read(printed(("c/templates/a.yaml", text)), "x").objects) == 1
    assert len(read(text, "x").objects) == 1


def test_what_is_no_object_is_said_with_its_file() -> None:
    with pytest.raises(TritonError, match=r"^Document 1 of c/templates/a.yaml is .*, no object; "):
        read(printed(("c/templates/a.yaml", "just text\n")), "the rendered chart")
    with pytest.raises(TritonError, match=r"^c/templates/a.yaml cannot be read: line \d+: "):
        read(printed(("c/templates/a.yaml", "a: b: c\n")), "the rendered chart")
