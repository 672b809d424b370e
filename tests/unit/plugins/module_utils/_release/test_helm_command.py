# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release import helm_command
from ansible_collections.inferops.triton.plugins.module_utils._release.helm_command import Target

TARGET = Target("triton", "ns", "/charts/triton")
REMOTE = Target("triton", "ns", "triton", "1.2.3", "https://example.com/charts")


@pytest.mark.parametrize(
    "text, version",
    [
        ("v3.21.4\n", (3, 21)),
        ("v4.3.1+g123", (4, 3)),
        ("v3.13", (3, 13)),
        ("", None),
        ("3.1", None),
        ("BusyBox v1.36.1", None),
    ],
)
def test_version_of(text: str, version: tuple[int, int] | None) -> None:
    assert helm_command.version_of(text) == version


@pytest.mark.parametrize("major, validates", [(3, True), (4, False)])
def test_rendering_asks_the_cluster(major: int, validates: bool) -> None:
    command = helm_command.template(TARGET, major, False, None)
    assert "--dry-run=server" in command
    # Helm 4 has another meaning of it.
    assert ("--validate" in command) is validates
    assert "--is-upgrade" not in command
    assert "--is-upgrade" in helm_command.template(TARGET, major, True, None)


def test_rendering_without_the_cluster() -> None:
    command = helm_command.template(TARGET, 3, False, ("v1.36.0", {"": ["v1"], "apps": ["v1"]}))
    assert {"--kube-version=v1.36.0", "--api-versions=v1,apps/v1"} <= set(command)
    assert not [word for word in command if word.startswith("--dry-run")]


@pytest.mark.parametrize("major, forced", [(3, False), (4, True)])
def test_upgrade_sets_exactly_what_is_given(major: int, forced: bool) -> None:
    command = helm_command.upgrade(TARGET, major, "abc", ["--timeout=5s"])
    wanted = {
        "--install",
        "--reset-values",
        "--values=-",
        "--labels=inferops.triton/fingerprint=abc",
        "--timeout=5s",
        "--namespace=ns",
    }
    assert wanted <= set(command)
    assert ("--force-conflicts" in command) is ("--server-side=true" in command) is forced


def test_a_chart_of_a_repository() -> None:
    command = helm_command.pull(REMOTE, "/tmp/x")
    assert command == ["pull", "triton", "--version=1.2.3", "--repo=https://example.com/charts", "--destination=/tmp/x"]


@pytest.mark.parametrize("keep", [True, False])
def test_uninstall(keep: bool) -> None:
    assert ("--keep-history" in helm_command.uninstall(TARGET, keep, ["--wait"])) is keep
