# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.tricks import tricks

ROOT = {"runAsUser": 0}


def pod(command: list[str], context: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    container = {"name": "first", "command": command, "securityContext": ROOT if context is None else context}
    return {"spec": {"initContainers": [{"name": "before"}, {**container, **more}]}}


@pytest.mark.parametrize(
    "command",
    [
        ["chown", "-R", "1001:1001", "/data"],
        ["/bin/chown", "1001", "/data"],
        ["sh", "-c", "chown -R 1001:1001 /data"],
        ["/bin/bash", "-ec", "set -e\nchown -R 1001 /data && chmod 770 /data\necho done"],
        ["sh", "-c", "find /data -mindepth 1 | xargs -r chown -R 1001:1001"],
        ["sh", "-c", "find /data -exec chown 1001 {} +; # all of it"],
        ["sh", "-c", "chown -R \\\n  1001:1001 /data"],
        ["sh", "-c", "chown -R 1001 /data 2>/dev/null || true"],
        ["sh", "-c", "chown 1001 /data > /dev/null 2>&1 & ls -l /data"],
    ],
)
def test_giving_files_away(command: list[str]) -> None:
    (found,) = tricks(pod(command))
    assert found.index == 1
    assert "fsGroup" in found.reason
    assert found.settings == ()


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        (["sysctl", "-w", "vm.max_map_count=262144"], ("vm.max_map_count=262144",)),
        (
            ["sh", "-c", "sysctl -q -w vm.max_map_count=262144; sysctl -w fs.file-max=65536"],
            ("vm.max_map_count=262144", "fs.file-max=65536"),
        ),
        (["sh", "-c", "echo never > /proc/sys/vm/x"], ("echo never > /proc/sys/vm/x",)),
        (
            ["sysctl", "-w", "net.core.somaxconn=511", "vm.swappiness=1"],
            ("net.core.somaxconn=511", "vm.swappiness=1"),
        ),
        (["sysctl", "-w", "net.ipv4.tcp_rmem=4096 87380 16"], ("net.ipv4.tcp_rmem=4096 87380 16",)),
        (["sh", "-c", 'sysctl -w kernel.sem="250 32000" vm.x=1'], ("kernel.sem=250 32000", "vm.x=1")),
    ],
)
def test_settings_of_the_node(command: list[str], settings: tuple[str, ...]) -> None:
    (found,) = tricks(pod(command, {"privileged": True}))
    assert found.settings == settings
    assert settings[0] in found.reason


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["sh", "-c", ""],
        ["sh", "/scripts/init.sh"],
        ["sh", "-c", "mkdir -p /data/x && chown 1001 /data/x"],
        ["sh", "-c", "chown 1001 /data; /app/migrate"],
        ["sh", "-c", "echo nothing"],
        ["sh", "-c", "chown 1001 /data; echo ready > /data/state"],
        ["cp", "/a", "/chown"],
        ["sh", "-c", "chown 1001 /data & /app/migrate"],
        ["sh", "-c", "chown 1001 /data | /app/migrate"],
        ["sh", "-c", "chown 1001 /data; echo yes | /app/migrate"],
        ["sh", "-c", "chown 1001 $(mkdir -p /data/x; echo /data/x)"],
        ["sh", "-c", "chown 1001 /data; echo `/app/migrate`"],
        ["sh", "-c", "chown 1001 /data > /data/state"],
        ["sh", "-c", "find /data -name x -delete -o -exec chown 1001 {} +"],
        ["sh", "-c", "find /data -exec /app/migrate {} + -exec chown 1001 {} +"],
        ["sh", "-c", "find /data -name x | xargs rm; chown 1001 /data"],
        ["sysctl", "-w", "vm.x=1", "&&", "/app/migrate"],
        ["sh", "-c", "sysctl -p /etc/sysctl.d/x"],
        ["sh", "-c", "sysctl -w 'vm.x=1"],
        ["sh", "-c", "chown 1001 /scripts && chmod +x /scripts/run.sh"],
        ["python", "-c", "chown -R 1 /data"],
    ],
)
def test_what_does_more_stays(command: list[str]) -> None:
    assert tricks(pod(command)) == []


def test_who_does_not_want_root_is_left_alone() -> None:
    chown = ["chown", "1001", "/data"]
    assert tricks(pod(chown, {})) == []
    assert tricks(pod(chown, {"runAsUser": 1001})) == []
    assert [one.index for one in tricks(pod(chown, {"capabilities": {"add": ["CHOWN"]}}))] == [1]
    inherited = pod(chown, {})
    inherited["spec"]["securityContext"] = ROOT
    assert [one.index for one in tricks(inherited)] == [1]
    assert tricks({"spec": {"containers": [{"name": "c"}]}}) == []
    assert tricks({"metadata": {}}) == []


def test_arguments_count_as_well() -> None:
    assert len(tricks(pod(["sh"], args=["-c", "chown 1 /data"]))) == 1
