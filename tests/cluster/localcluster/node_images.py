# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images in the node's containerd."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from . import build, components
from .api import wait_until
from .record import Record, replace_file
from .settings import CONTAINERD_SOCKET, INSIDE_RUNTIME, Cluster, ClusterError

CONTAINERD_PATIENCE_S = 60


def missing_images(cluster: Cluster, images: Mapping[str, Path]) -> dict[str, str]:
    """The images, with their keys, that the node does not have in the version at hand."""
    path = cluster.state / "data" / "images.json"
    have: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return {name: key for name, key in build.image_keys(images).items() if have.get(name) != key}


def import_images(cluster: Cluster, started: Record, images: Mapping[str, Path], say: Callable[[str], None]) -> None:
    """Bring the images into the node's containerd, each once."""
    path = cluster.state / "data" / "images.json"
    missing = missing_images(cluster, images)
    if not missing:
        return
    inside = ["nsenter", f"--target={started.inner.pid}", "--mount", "--net", "--"]
    ctr = [*inside, str(INSIDE_RUNTIME / "ctr"), f"--address={CONTAINERD_SOCKET}", "--namespace=k8s.io"]
    answers = [*ctr, "version"]
    wait_until(
        lambda: subprocess.run(answers, capture_output=True, check=False).returncode == 0,
        "containerd",
        CONTAINERD_PATIENCE_S,
        started.alive,
    )
    for name, key in missing.items():
        with images[name].open("rb") as archive:
            done = subprocess.run(
                [*ctr, "images", "import", "-"], stdin=archive, capture_output=True, text=True, check=False
            )
        if done.returncode != 0:
            raise ClusterError(f"The image {name} could not be imported: {done.stderr.strip()}")
        have: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        replace_file(path, components.to_json(have | {name: key}))
        say(f"the image {name} is imported")
