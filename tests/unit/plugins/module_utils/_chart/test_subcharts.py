# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._chart.subcharts import Dependency, without_missing


def packed(name: str) -> bytes:
    """A chart as helm package makes it."""
    content = f"name: {name}\nversion: 1.0.0\n".encode()
    result = io.BytesIO()
    with tarfile.open(fileobj=result, mode="w:gz") as archive:
        info = tarfile.TarInfo(f"{name}/Chart.yaml")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return result.getvalue()


def chart(*dependencies: Any, values: str = "", **more: bytes) -> dict[str, bytes]:
    metadata = {"apiVersion": "v2", "name": "c", "version": "1.0.0", "dependencies": list(dependencies)}
    return {"Chart.yaml": json.dumps(metadata).encode(), "values.yaml": values.encode(), **more}


def kept(files: dict[str, bytes], values: Any = None, place: str = "Chart.yaml") -> tuple[list[str], list[str]]:
    """Names of the dependencies that stay, and of those that are missing."""
    found, missing = without_missing(files, values or {})
    listed = json.loads(found[place]).get("dependencies") or []
    return [one["name"] for one in listed], [one.name for one in missing]


DB: dict[str, Any] = {"name": "db", "version": "~1.0", "repository": "https://example.com/charts"}


@pytest.mark.parametrize(
    ("condition", "values", "given", "enabled"),
    [
        ("", "", {}, True),
        ("db.enabled", "", {}, True),
        ("db.enabled", "db: {enabled: false}", {}, False),
        ("db.enabled", "db: {enabled: false}", {"db": {"enabled": True}}, True),
        ("db.enabled", "db: {enabled: true}", {"db": {"enabled": False}}, False),
        # The first path that holds a boolean decides.
        ("db.enabled,global.db", "global: {db: false}", {}, False),
        ("db.enabled,global.db", "db: {enabled: true}\nglobal: {db: false}", {}, True),
        (" global.db,db.enabled ", "db: {enabled: false}", {}, False),
        # A space inside is a part of the path, which leads nowhere then.
        ("db.enabled, global.db", "global: {db: false}", {}, True),
        ("global.db , db.enabled", "db: {enabled: false}", {}, True),
        # What is no boolean is passed over, and null takes a default away.
        ("db.enabled", 'db: {enabled: "false"}', {}, True),
        ("db.enabled", "db: {enabled: false}", {"db": {"enabled": None}}, True),
        ("db.enabled", "db: {enabled: false}", {"db": None}, True),
        ("db", "db: false", {}, False),
    ],
)
def test_conditions_decide_as_in_helm(condition: str, values: str, given: Any, enabled: bool) -> None:
    files = chart({**DB, "condition": condition}, values=values)
    assert kept(files, given) == ((["db"], ["db"]) if enabled else ([], []))


@pytest.mark.parametrize(
    ("values", "enabled"),
    [
        ("", True),
        ("tags: {back: false}", False),
        ("tags: {back: false, front: true}", True),
        ("tags: {back: true, front: false}", True),
        ("tags: {other: false}", True),
        ("tags:", True),
        ("tags: {back: null}", True),
        # Conditions overrule tags.
        ("tags: {back: false}\ndb: {enabled: true}", True),
        ("tags: {back: true}\ndb: {enabled: false}", False),
    ],
)
def test_tags_decide_where_no_condition_does(values: str, enabled: bool) -> None:
    files = chart({**DB, "condition": "db.enabled", "tags": ["back", "front"]}, values=values)
    assert kept(files)[1] == (["db"] if enabled else [])


@pytest.mark.parametrize(
    "there",
    [
        {"charts/db/Chart.yaml": b"name: db\nversion: 1.0.0\n"},
        {"charts/other-folder/Chart.yaml": b"name: db\nversion: 1.0.0\n"},
        {"charts/db-1.0.0.tgz": packed("db")},
    ],
)
def test_what_is_there_is_not_missing(there: dict[str, bytes]) -> None:
    files = {**chart(DB, values="db: {enabled: false}"), **there}
    assert without_missing(files, {}) == (files, [])


@pytest.mark.parametrize(
    "there",
    [
        {"charts/db/charts/db/Chart.yaml": b"name: db"},
        {"charts/db.tgz": b"broken"},
        {"charts/db.tgz": b""},
        {"charts/db.tgz": packed("db")[:60]},
        {"charts/db/Chart.yaml": b"a: b: c"},
        {"charts/README.md": b"db"},
    ],
)
def test_what_is_not_there_is_missing(there: dict[str, bytes]) -> None:
    assert kept({**chart(DB), **there}) == (["db"], ["db"])


def test_an_alias_is_another_name_of_what_is_there() -> None:
    aliases = [{**DB, "alias": "main", "condition": "main.enabled"}, {**DB, "alias": "log", "condition": "log.enabled"}]
    assert kept(chart(*aliases, values="log: {enabled: false}")) == (["db"], ["db"])
    there = {**chart(*aliases), "charts/db.tgz": packed("db")}
    assert without_missing(there, {}) == (there, [])


def test_dependencies_that_are_there_stay_though_others_go() -> None:
    files = {**chart(DB, {**DB, "name": "off", "condition": "x"}, values="x: false"), "charts/db.tgz": packed("db")}
    # The lock would not fit any more.
    files |= {"Chart.lock": b"l", "requirements.lock": b"l"}
    found, missing = without_missing(files, {})
    assert kept(files) == (["db"], [])
    assert set(found) == {"Chart.yaml", "values.yaml", "charts/db.tgz"}
    assert missing == []


def test_requirements_of_charts_of_the_first_kind() -> None:
    requirements = json.dumps({"dependencies": [{**DB, "condition": "db.enabled"}]}).encode()
    files = {
        "Chart.yaml": b"name: c\nversion: 1.0.0\n",
        "requirements.yaml": requirements,
        "values.yaml": b"db: {enabled: false}",
    }
    assert kept(files, place="requirements.yaml") == ([], [])
    assert kept(files, {"db": {"enabled": True}}, "requirements.yaml") == (["db"], ["db"])


@pytest.mark.parametrize(
    ("more", "switch"),
    [
        ({}, ""),
        ({"condition": "db.enabled"}, "db.enabled"),
        ({"condition": "a.b, c.d"}, "a.b"),
        ({"tags": ["back"]}, "tags.back"),
        ({"condition": "", "tags": None}, ""),
    ],
)
def test_what_is_missing_is_told_with_the_way_to_switch_it_off(more: Any, switch: str) -> None:
    _found, missing = without_missing(chart({**DB, **more}), {})
    assert missing == [Dependency("db", "~1.0", "https://example.com/charts", switch)]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"Chart.yaml": b""},
        {"Chart.yaml": b"a: b: c"},
        {"Chart.yaml": b"\xff"},
        {"Chart.yaml": b"[]"},
        {"Chart.yaml": b"dependencies:"},
        {"Chart.yaml": b"dependencies: [null, x]"},
        {"Chart.yaml": b"dependencies: x"},
        {"Chart.yaml": b"dependencies: 5"},
        {"Chart.yaml": b"a: 1", "requirements.yaml": b"b: c: d"},
    ],
)
def test_helm_has_better_words_for_what_is_malformed(files: dict[str, bytes]) -> None:
    assert without_missing(files, {}) == (files, [])


@pytest.mark.parametrize("tags", [5, "back", {"back": 1}, [None]])
def test_malformed_tags_and_conditions_switch_nothing_off(tags: Any) -> None:
    assert kept(chart({**DB, "tags": tags, "condition": 5}, values="tags: {other: false}"))[1] == ["db"]


def test_values_that_cannot_be_read_are_none() -> None:
    assert kept(chart(DB, values="a: b: c"), {})[1] == ["db"]
