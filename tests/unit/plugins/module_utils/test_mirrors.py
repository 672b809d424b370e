# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._mirrors import (
    mirrored,
    mirrored_containers,
    mirrored_repositories,
    mirrored_values,
)

MIRRORS = {
    "docker.io": "mirror.example.com/docker",
    "nvcr.io/nvidia": "mirror.example.com:5000/nv/",
    "nvcr.io/nvidia/tritonserver": "triton.example.com/server",
    "registry.example.com:5000": "mirror.example.com",
}
DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("docker.io/rclone/rclone:1.76.0", "mirror.example.com/docker/rclone/rclone:1.76.0"),
        ("rclone/rclone", "mirror.example.com/docker/rclone/rclone"),
        ("busybox:1.36", "mirror.example.com/docker/library/busybox:1.36"),
        ("nvcr.io/nvidia/tritonserver", "triton.example.com/server"),
        ("nvcr.io/nvidia/tritonserver:26.08-py3", "triton.example.com/server:26.08-py3"),
        (f"nvcr.io/nvidia/tritonserver@{DIGEST}", f"triton.example.com/server@{DIGEST}"),
        ("nvcr.io/nvidia/tritonserver-pb:1", "mirror.example.com:5000/nv/tritonserver-pb:1"),
        ("nvcr.io/nvidia-labs/x", "nvcr.io/nvidia-labs/x"),
        ("registry.example.com:5000/a/b:1", "mirror.example.com/a/b:1"),
        ("registry.example.com/a/b:1", "registry.example.com/a/b:1"),
        ("localhost/a:1", "localhost/a:1"),
        ("quay.io/a/b", "quay.io/a/b"),
    ],
)
def test_the_longest_source_counts(reference: str, expected: str) -> None:
    assert mirrored(reference, MIRRORS) == expected
    assert mirrored(reference, {}) == reference


def test_a_mirror_is_not_replaced_once_more() -> None:
    assert mirrored("a.io/x", {"a.io": "b.io", "b.io": "c.io"}) == "b.io/x"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"image": {"repository": "triton.example.com/server"}}),
        ({"image": {"tag": "1"}}, {"image": {"tag": "1", "repository": "triton.example.com/server"}}),
        ({"image": {"repository": "quay.io/a/b"}}, {"image": {"repository": "quay.io/a/b"}}),
        # The schema refuses these.
        ({"image": "nvcr.io/nvidia/x"}, {"image": "nvcr.io/nvidia/x"}),
        ({"image": None}, {"image": None}),
        ({"image": {"repository": 5}}, {"image": {"repository": 5}}),
    ],
)
def test_values(values: dict[str, Any], expected: dict[str, Any]) -> None:
    defaults = {"image": {"repository": "nvcr.io/nvidia/tritonserver", "tag": "2"}}
    assert mirrored_values(values, MIRRORS, defaults) == expected
    assert mirrored_values(values, None, defaults) == values


def test_init_containers_of_the_values() -> None:
    values = {"initContainers": [{"name": "a", "image": "busybox"}, {"name": "b"}, "c"], "replicas": 2}
    assert mirrored_values(values, MIRRORS) == {
        "initContainers": [
            {"name": "a", "image": "mirror.example.com/docker/library/busybox"},
            {"name": "b"},
            "c",
        ],
        "replicas": 2,
    }


def test_repositories() -> None:
    repositories = [
        {"name": "a", "image": {"reference": "nvcr.io/nvidia/models:1"}, "sync": None},
        {"name": "b", "sync": {"image": "docker.io/rclone/rclone:1", "s3": {"bucket": "docker.io/x"}}, "image": None},
        {"upload": {"image": "", "path": "docker.io/x"}, "probe": {"image": "docker.io/x"}},
    ]
    assert mirrored_repositories(repositories, MIRRORS) == [
        {"name": "a", "image": {"reference": "mirror.example.com:5000/nv/models:1"}, "sync": None},
        {
            "name": "b",
            "sync": {"image": "mirror.example.com/docker/rclone/rclone:1", "s3": {"bucket": "docker.io/x"}},
            "image": None,
        },
        repositories[2],
    ]
    assert mirrored_repositories(repositories, None) == repositories


def test_containers() -> None:
    assert mirrored_containers([{"image": "quay.io/a", "x": 1}, {"image": "b"}], MIRRORS) == [
        {"image": "quay.io/a", "x": 1},
        {"image": "mirror.example.com/docker/library/b"},
    ]
