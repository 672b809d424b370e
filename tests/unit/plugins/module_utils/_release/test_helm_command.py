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


KINDS = [f"group{number}.example.com/v1beta1/Kind{number}" for number in range(3000)]


@pytest.mark.parametrize("major", [3, 4])
def test_capturing_tells_helm_all_that_the_cluster_serves(major: int) -> None:
    command = helm_command.capture(TARGET, major, False, ("v1.36.0", KINDS), False)
    assert {"--kube-version=v1.36.0", "--include-crds", "--values=-", "--namespace=ns"} <= set(command)
    told = [word.partition("=")[2] for word in command if word.startswith("--api-versions=")]
    assert ",".join(told).split(",") == KINDS
    # Nor does it ask it anything.
    assert not [
        word for word in command if word.startswith(("--dry-run", "--post-renderer", "--is-upgrade", "--validate"))
    ]
    assert "--is-upgrade" in helm_command.capture(TARGET, major, True, ("v1.36.0", KINDS), False)


def test_no_argument_is_longer_than_linux_allows() -> None:
    # The longest group, version and kind that Kubernetes takes.
    longest = [f"{'g' * 253}/{'v' * 63}/{'K' * 63}"] * 3000
    command = helm_command.capture(TARGET, 3, False, ("v1.36.0", longest), False)
    assert max(len(word.encode()) for word in command) < 128 * 1024


def test_capturing_with_looks_at_the_cluster() -> None:
    command = helm_command.capture(TARGET, 3, False, ("v1.36.0", KINDS), True)
    # Helm 3 takes versions and kinds from the options even then.
    assert {"--dry-run=server", "--disable-openapi-validation", "--include-crds", "--kube-version=v1.36.0"} <= set(
        command
    )
    kept = helm_command.capture(TARGET, 4, True, ("v1.36.0", KINDS), True, "keep")
    assert {"--dry-run=server", "--post-renderer=keep", "--is-upgrade"} <= set(kept)
    # The cluster itself says what it serves.
    assert not [word for word in kept if word.startswith(("--kube-version", "--api-versions"))]


def test_capturing_in_a_cluster_that_serves_nothing() -> None:
    command = helm_command.capture(TARGET, 3, False, ("v1.36.0", []), False)
    assert not [word for word in command if word.startswith("--api-versions")]
