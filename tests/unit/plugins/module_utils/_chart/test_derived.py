# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._chart.derived import CHANGES, files
from ansible_collections.inferops.triton.plugins.module_utils._scc.yamltext import documents

METADATA = {"name": "c", "version": "1.2.3"}


def item(name: Any = "n", kind: str = "ConfigMap", **data: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "data": data}


def made(*objects: dict[str, Any], notes: str = "", metadata: Any = None, **more: Any) -> dict[str, bytes]:
    given = {"original": {}, "crds": (), "changes": [], **more}
    return files(metadata=METADATA if metadata is None else metadata, objects=objects, notes=notes, **{**given, **more})


def rendered_by_go(text: str) -> str:
    """What Go's templates make of a text whose only action prints braces."""
    return re.sub(r'\{\{ "(.*?)" \}\}', r"\1", text)


def manifests(found: dict[str, bytes]) -> list[Any]:
    paths = [path for path in found if path.startswith("templates/") and not path.endswith("NOTES.txt")]
    return [json.loads(found[path]) for path in paths]


def version(given: Any) -> str:
    text: str = json.loads(made(item(), metadata={**METADATA, "version": given})["Chart.yaml"])["version"]
    return text


@pytest.mark.parametrize(
    "text",
    [
        "{{ .Values.x }}",
        "{{{",
        "{{{{",
        "{ {{- x -}} }}",
        "\\{{",
        "\u2028\u2029\u0085\ufeff\ufffe\uffff",
        "\x7f\x80\x9f",
        "\x00\x01\x1b\t\r\n",
        "---\n# Source: a\n---\n",
        "\U0001fffe\U0010ffff",
        "y",
        "12:30",
        "",
    ],
)
def test_texts_come_back_as_they_are(text: str) -> None:
    content = made(item(k=text, **{f"key {text}": "v"}))["templates/configmap-n.json"]
    assert b"{{" not in content
    # Line ends of YAML, and what its readers refuse.
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", content.decode())
    assert json.loads(content)["data"] == {"k": text, f"key {text}": "v"}
    # Helm reads it as YAML.
    assert documents(content, "x") == [json.loads(content)]


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, -(2**63), 1.5, 1e22, 1e-07, 5e-324, 0, -0.0, True, None])
def test_numbers_stay_what_they_are(number: Any) -> None:
    assert documents(made(item(k=number))["templates/configmap-n.json"], "x")[0]["data"]["k"] == number


@pytest.mark.parametrize(
    "names",
    [
        ["a", "a"],
        # The second of the same name must not take the place of the third.
        ["a", "a", "a-2"],
        ["a-2", "a", "a"],
        ["a:b", "a_b", "A:B"],
        ["system:x/y", "system_x_y"],
        ["x" * 253, "x" * 252 + "y", "x" * 253],
        [None, "", "unnamed"],
        ["{{ a }}", "../../a", "a/b"],
        [5, "5"],
    ],
)
def test_each_object_has_a_file_of_its_own(names: list[Any]) -> None:
    found = made(*(item(name, number=number) for number, name in enumerate(names)))
    assert [one["data"]["number"] for one in manifests(found)] == list(range(len(names)))
    for path in found:
        folder, _slash, name = path.rpartition("/")
        assert folder in ("", "templates")
        assert len(name.encode()) <= 255
        # Helm leaves out what begins so, and takes every file with this end for notes.
        assert not name.startswith((".", "_"))
        assert path == "templates/NOTES.txt" or not name.endswith("NOTES.txt")


def test_objects_of_generated_names_and_without_metadata() -> None:
    generated = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "j-"}}
    found = made(generated, generated, {"kind": "X", "metadata": None})
    assert sorted(path for path in found if path.endswith(".json")) == [
        CHANGES,
        "templates/job-j--2.json",
        "templates/job-j-.json",
        "templates/x-unnamed.json",
    ]


def test_long_names_keep_what_can_be_read_of_them() -> None:
    (path,) = [path for path in made(item("x" * 253, "CustomResourceDefinition")) if "custom" in path]
    assert path.startswith("templates/customresourcedefinition-xxxx")


def test_definitions_of_kinds_are_no_templates() -> None:
    crd = item("a.b", "CustomResourceDefinition", x="{{ x }}")
    found = made(crds=[crd])
    assert json.loads(found["crds/customresourcedefinition-a.b.json"]) == crd
    assert manifests(found) == []


@pytest.mark.parametrize("notes", ["a {{ b }}", "{{{ x", "{{{{ }}}}", "{{- x -}}", "{", "}}", ""])
def test_notes_come_to_what_they_came_to(notes: str) -> None:
    text = rendered_by_go(made(notes=notes)["templates/NOTES.txt"].decode())
    assert text.startswith(notes)
    assert "This release was made from chart c, adapted to the cluster" in text


@pytest.mark.parametrize(
    ("given", "beginning"),
    [
        ("1.2.3", "1.2.3+adapted."),
        ("v1.2.3", "v1.2.3+adapted."),
        ("1.2.3-rc.1", "1.2.3-rc.1+adapted."),
        # Build metadata begins with one plus sign, and its parts are separated by dots.
        ("1.2.3+build.7", "1.2.3+build.7.adapted."),
        (None, "0.0.0+adapted."),
        ("", "0.0.0+adapted."),
        ("1.2", "1.2+adapted."),
        (1.2, "1.2+adapted."),
        (1, "1+adapted."),
    ],
)
def test_the_version_says_what_it_was_made_of(given: Any, beginning: str) -> None:
    assert re.fullmatch(re.escape(beginning) + "[0-9a-f]{10}", version(given))


def test_the_version_is_another_one_where_an_object_is() -> None:
    same, other = {"x": "1"}, {"x": "2"}
    versions = {
        json.loads(one["Chart.yaml"])["version"]
        for one in (made(item(**same)), made(item(**other)), made(item("other", **same)))
    }
    assert len(versions) == 3


def test_notes_comments_and_reasons_are_no_other_version() -> None:
    versions = {
        json.loads(one["Chart.yaml"])["version"]
        for one in (
            made(item(x="1")),
            made(item(x="1"), notes="n"),
            made(item(x="1"), changes=["c"]),
            made(item(x="1"), original={"values.yaml": b"# a comment"}),
        )
    }
    assert len(versions) == 1


def test_the_metadata_is_that_of_the_chart_without_what_is_rendered_already() -> None:
    given = {
        "apiVersion": "v1",
        "name": "c",
        "version": "1.0.0",
        "appVersion": "2",
        "type": "library",
        "description": "ä",
        "icon": None,
        "dependencies": [{"name": "d"}],
    }
    found = json.loads(made(metadata=given)["Chart.yaml"])
    del found["version"]
    assert found == {"apiVersion": "v2", "type": "application", "name": "c", "appVersion": "2", "description": "ä"}


def test_the_files_of_the_chart_go_but_for_its_values() -> None:
    original = {"values.yaml": b"a: 1\n", "values.schema.json": b"{}", "templates/a.yaml": b"", "charts/b.tgz": b""}
    found = made(original=original, changes={"a": "{{ b }}"})
    assert sorted(found) == ["Chart.yaml", CHANGES, "templates/NOTES.txt", "values.yaml"]
    assert found["values.yaml"] == b"a: 1\n"
    assert json.loads(found[CHANGES]) == {"a": "{{ b }}"}
