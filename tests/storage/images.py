# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that hold a model repository, in the containerd of a local cluster.

model_image("storage", folder, "inferops.local/models:1")
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("tools", "cluster")]

from localcluster import build, lifecycle
from localcluster.images import Content, write_archive
from localcluster.record import load
from localcluster.settings import STATE, Cluster, ClusterError

REPOSITORY = "models"
# What the copying container calls.
TOOLS = ("sh", "cp")


def model_image(cluster: str, folder: Path, reference: str, *, tools: bool = False) -> str:
    """Make an image with the repository as /models and nothing else, and bring it into a local cluster of this clone that is up.

    With tools it has a shell and cp, too. Returns the same image's reference by digest. Raises ClusterError.
    """
    known = load(STATE / cluster)
    if known is None:
        raise ClusterError(f"There is no local cluster {cluster}: start it first.")
    files = {f"{REPOSITORY}/{path.relative_to(folder)}": path for path in sorted(folder.rglob("*")) if path.is_file()}
    links: dict[str, str] = {}
    if tools:
        files["bin/busybox"] = build.busybox()
        links = {f"bin/{tool}": "busybox" for tool in TOOLS}
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "image.tar"
        content = Content(files, links, config={"Env": ["PATH=/bin"]})
        pinned = write_archive(archive, reference, content, by_digest=True)
        lifecycle.bring(Cluster(cluster, known.profile, known.node), {reference: archive})  # type: ignore[arg-type]
    return pinned
