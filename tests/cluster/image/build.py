# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the image of a real Triton server (CPU, Python backend) as an OCI archive and print its path.

A minimal Debian with Python and numpy, and the tritonserver that the wheel nvidia-pytriton carries, laid out like the
official image: everything under /opt/tritonserver, `tritonserver` on PATH, no entry point. It runs under any user ID with
a read-only root file system; only TMPDIR and /dev/shm have to be writable. Needs root, on amd64 Linux.

The archive lies in the cache under a hash of this file, so that a second call only prints the path.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import provide
from common import ToolError, digest, entry, run, say

IMAGE = "inferops.local/tritonserver:2.51.0"
WHEEL = "nvidia-pytriton==0.7.0"
WHEEL_SHA256 = "21f063ff93bb426d0c06b7a55e7eb9efcfe62c0dddd9a908e9877e18710128df"

DEBIAN = "bookworm"
PACKAGES = ("usr-is-merged", "python3-minimal", "python3-numpy", "libpython3.11", "libstdc++6", "ca-certificates")
# Documentation and translations are never unpacked; the rest is needed to configure packages, not to run Triton.
NOT_UNPACKED = ("doc", "info", "locale", "man", "lintian")
NOT_KEPT = (
    "usr/lib/python3/dist-packages/numpy/*/tests",
    "usr/lib/python3.11/dist-packages/numpy/*/tests",
    "usr/lib/python3.11/pydoc_data",
    "usr/lib/python3.11/lib2to3",
    "usr/share/zoneinfo",
    "var/cache/*",
    "var/log/*",
)
TRITON = "opt/tritonserver"
# What is taken from the wheel: folder in the wheel -> folder below /opt/tritonserver. The stub runs the models' Python.
FROM_WHEEL = {
    "pytriton/tritonserver/bin/": "bin",
    "pytriton/tritonserver/backends/": "backends",
    "pytriton/tritonserver/python_backend_stubs/3.11/": "backends/python",
    "pytriton/tritonserver/caches/": "caches",
    "nvidia_pytriton.libs/": "lib",
}
# 32 MB that only the stub for Python 3.13 links.
NOT_FROM_WHEEL = "nvidia_pytriton.libs/libpython3"
PATH = f"/{TRITON}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Every file gets this date (2025-01-01), so that the same packages give the same image.
EPOCH = "1735689600"


def archive() -> Path:
    """The image's OCI archive, built unless the cache has it. Raises ToolError."""
    key = digest(Path(__file__).read_bytes())
    return entry("images", f"tritonserver-{key}", _build) / "image.tar"


def _build(path: Path) -> None:
    if os.geteuid() != 0:
        raise ToolError("the Triton image is built as root (debootstrap needs it): run the command as root.")
    if platform.machine() != "x86_64":
        raise ToolError(f"the Triton server is there for x86_64 only, and this machine is {platform.machine()}.")
    provide.apt(["mmdebstrap", "buildah", "debian-archive-keyring"])
    with tempfile.TemporaryDirectory(dir=path, ignore_cleanup_errors=True) as scratch_name:
        scratch = Path(scratch_name)
        triton = _triton_tree(scratch)
        root = _root_tar(scratch, triton)
        _commit(scratch, root, path / "image.tar")


def _triton_tree(scratch: Path) -> Path:
    """The part of the root file system that comes from the wheel."""
    say(f"downloading {WHEEL} (55 MB)")
    requirements = scratch / "requirements.txt"
    requirements.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
    choice = ["--no-deps", "--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_35_x86_64"]
    run([*provide._pip(), "download", "-q", "--require-hashes", *choice, "-d", scratch, "-r", requirements])
    (wheel,) = scratch.glob("*.whl")
    tree = scratch / "triton"
    with zipfile.ZipFile(wheel) as content:
        for name in content.namelist():
            target = _target(name)
            if target is not None:
                path = tree / target
                path.parent.mkdir(parents=True, exist_ok=True)
                with content.open(name) as source, path.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
                path.chmod(0o644 if path.suffix == ".py" else 0o755)
    wheel.unlink()
    linker = tree / "etc/ld.so.conf.d/tritonserver.conf"
    linker.parent.mkdir(parents=True)
    linker.write_text(f"/{TRITON}/lib\n")
    return tree


def _target(name: str) -> str | None:
    """Where a file of the wheel belongs in the image; None when it is not needed."""
    if name.endswith("/") or name.startswith(NOT_FROM_WHEEL):
        return None
    for prefix, folder in FROM_WHEEL.items():
        if name.startswith(prefix):
            return f"{TRITON}/{folder}/{name.removeprefix(prefix)}"
    return None


def _root_tar(scratch: Path, triton: Path) -> Path:
    """The whole root file system as a tar archive."""
    say("building a minimal Debian with Python and numpy (about a minute)")
    root = scratch / "root.tar"
    run(
        [
            "mmdebstrap",
            "--mode=root",
            "--variant=essential",
            "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
            f"--include={','.join(PACKAGES)}",
            "--aptopt=APT::Install-Recommends false",
            *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in NOT_UNPACKED),
            f"--customize-hook=sync-in {triton} /",
            '--customize-hook=chroot "$1" ldconfig',
            '--customize-hook=cd "$1" && rm -rf ' + " ".join(NOT_KEPT),
            DEBIAN,
            root,
        ],
        env={"SOURCE_DATE_EPOCH": EPOCH, "TMPDIR": str(scratch)},
    )
    return root


def _commit(scratch: Path, root: Path, target: Path) -> None:
    """Write root as a single-layer image to the OCI archive target."""
    say("writing the image")
    # Storage of its own, kept apart from the machine's images; overlay would need a kernel that stacks it on any disk.
    buildah = ["buildah", "--root", scratch / "storage", "--runroot", scratch / "run", "--storage-driver", "vfs"]
    container = run([*buildah, "from", "scratch"]).stdout.strip()
    run([*buildah, "add", "--quiet", container, root, "/"])
    root.unlink()
    settings = ["--env", f"PATH={PATH}", "--workingdir", f"/{TRITON}", "--entrypoint", "[]", "--cmd", ""]
    labels = [
        "--label",
        "org.opencontainers.image.version=2.51.0",
        "--label",
        "org.opencontainers.image.title=tritonserver",
    ]
    run([*buildah, "config", *settings, *labels, container])
    run([*buildah, "commit", "--quiet", "--rm", "--timestamp", EPOCH, container, f"oci-archive:{target}:{IMAGE}"])


def main() -> int:
    try:
        print(archive())
    except ToolError as error:
        print(f"image: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
