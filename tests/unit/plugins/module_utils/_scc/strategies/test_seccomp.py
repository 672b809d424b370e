# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seccomp profiles in the form of annotations."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._scc.strategies.seccomp import (
    Seccomp,
    annotation_of,
    profile_of,
    same,
)


@pytest.mark.parametrize(
    ("profile", "text", "back"),
    [
        ({"type": "Unconfined"}, "unconfined", {"type": "Unconfined"}),
        ({"type": "RuntimeDefault"}, "runtime/default", {"type": "RuntimeDefault"}),
        (
            {"type": "Localhost", "localhostProfile": "a/b.json"},
            "localhost/a/b.json",
            {"type": "Localhost", "localhostProfile": "a/b.json"},
        ),
        ({"type": "Localhost", "localhostProfile": ""}, "localhost/", None),
        ({"type": "Localhost"}, "", None),
        ({"type": "Localhost", "localhostProfile": None}, "", None),
        ({"type": "Whatever"}, "", None),
        # Case counts, and a profile without a type is none.
        ({"type": "runtimeDefault"}, "", None),
        ({"localhostProfile": "a"}, "", None),
        ({}, "", None),
    ],
)
def test_fields_as_text_and_back(profile: dict[str, str], text: str, back: Any) -> None:
    assert annotation_of(profile) == text
    assert profile_of(text) == back


def test_the_old_name_of_the_default() -> None:
    assert profile_of("docker/default") == {"type": "RuntimeDefault"}


def test_the_prefix_of_a_file_is_taken_off_once() -> None:
    assert profile_of("localhost/localhost/x") == {"type": "Localhost", "localhostProfile": "localhost/x"}


@pytest.mark.parametrize("text", ["localhost", "*", "Unconfined", "RuntimeDefault", " unconfined"])
def test_text_that_names_no_profile(text: str) -> None:
    assert profile_of(text) is None


DEFAULTS = ["runtime/default", "docker/default"]


@pytest.mark.parametrize(
    ("profiles", "default", "accepted", "refused"),
    [
        ([], "", [""], {"unconfined": "seccomp may not be set", "runtime/default": "seccomp may not be set"}),
        (["*"], "", ["", "unconfined", "anything"], {}),
        # The first but the wildcard is written, wherever that stands.
        (["*", "unconfined"], "unconfined", ["", "localhost/x"], {}),
        (["runtime/default", "*"], "runtime/default", ["", "unconfined"], {}),
        (["*", "localhost/a", "runtime/default"], "localhost/a", ["unconfined"], {}),
        # Two names of one profile, either way.
        (["localhost/a", "runtime/default"], "localhost/a", [*DEFAULTS, "localhost/a"], {}),
        (
            ["docker/default"],
            "docker/default",
            DEFAULTS,
            {"": " is not an allowed seccomp profile. Valid values are [docker/default]"},
        ),
        (
            ["unconfined", "localhost/a"],
            "unconfined",
            ["unconfined", "localhost/a"],
            {
                name: f"{name} is not an allowed seccomp profile. Valid values are [unconfined localhost/a]"
                for name in ("runtime/default", "localhost/ab", "Unconfined")
            },
        ),
        # Members are no patterns.
        (
            ["localhost/*"],
            "localhost/*",
            [],
            {"localhost/a": "localhost/a is not an allowed seccomp profile. Valid values are [localhost/*]"},
        ),
    ],
)
def test_what_an_scc_allows(profiles: list[str], default: str, accepted: list[str], refused: dict[str, str]) -> None:
    strategy = Seccomp(profiles)
    assert strategy.default == default
    assert [strategy.refusal(profile) for profile in accepted] == [""] * len(accepted)
    assert {profile: strategy.refusal(profile) for profile in refused} == refused


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (None, None, True),
        (None, {}, False),
        ({}, {"type": None}, True),
        ({"type": "RuntimeDefault"}, {"type": "RuntimeDefault", "localhostProfile": None}, True),
        ({"type": "RuntimeDefault"}, {"type": "RuntimeDefault", "localhostProfile": ""}, False),
        ({"type": "Unconfined"}, {"type": "RuntimeDefault"}, False),
        ({"type": "Localhost", "localhostProfile": "a"}, {"type": "Localhost", "localhostProfile": "b"}, False),
        ({"type": "Localhost", "localhostProfile": "a"}, {"type": "Unconfined", "localhostProfile": "a"}, False),
    ],
)
def test_when_two_profiles_are_the_same(one: Any, other: Any, wanted: bool) -> None:
    assert same(one, other) is same(other, one) is wanted
