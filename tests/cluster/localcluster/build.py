# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is built or fetched once and kept in the cache: programs, definitions, Debian binaries, images."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .images import Content, one_program, write_archive
from .settings import (
    COREDNS_IMAGE,
    FAKE_GCS_IMAGE,
    KUBERNETES_VERSION,
    PAUSE_IMAGE,
    RCLONE_IMAGE,
    RCLONE_VERSION,
    ROOT,
    SOURCES,
    VERSITYGW_IMAGE,
    ClusterError,
)

sys.path.insert(0, str(ROOT / "tests" / "tools"))

import provide
from common import ToolError, digest, entry, run, say

# Installed on the machine where missing: they start no service.
PACKAGES = ("conntrack", "containernetworking-plugins", "iproute2", "iptables", "mount", "socat", "util-linux")
# Only unpacked: to install them would start services, and would push out another runc.
UNPACKED = ("etcd-server", "runc")
BUSYBOX = ("busybox-static",)

BUILD_ENV = {
    "CGO_ENABLED": "0",
    "GOFLAGS": "-trimpath -buildvcs=false -mod=readonly",
    "GOTOOLCHAIN": "local",
    "GOWORK": "off",
}
OPENSHIFT_API = "github.com/openshift/api"
DEFINITIONS = (
    "payload-manifests/crds/0000_03_config-operator_01_securitycontextconstraints.crd.yaml",
    "payload-manifests/crds/0000_10_config-operator_01_infrastructures-Default.crd.yaml",
    "payload-manifests/crds/0000_10_config-operator_01_ingresses.crd.yaml",
    "config/v1/zz_generated.crd-manifests/0000_00_cluster-version-operator_01_clusterversions-Default.crd.yaml",
    "route/v1/zz_generated.crd-manifests/routes.crd.yaml",
)


@dataclass(frozen=True, slots=True)
class Built:
    """Where the built things are; the names of the directories change whenever their sources do."""

    programs: Path
    definitions: Path
    debian: Path
    runtime: Path | None  # containerd, its shim and ctr, where there is a real node
    images: dict[str, Path]  # reference -> OCI archive


def everything(*, real_node: bool) -> Built:
    """Build or fetch what the cache does not have yet. The first time takes some ten minutes."""
    provide.apt(PACKAGES)
    programs = _program("cluster", SOURCES, _version_flags())
    images = {}
    if real_node:
        images = {
            PAUSE_IMAGE: _image(PAUSE_IMAGE, _program("pause", SOURCES / "pause", "") / "pause"),
            COREDNS_IMAGE: _image(COREDNS_IMAGE, _program("coredns", SOURCES / "coredns", "") / "coredns"),
        } | _triton_image()
    runtime = provide.go_program("containerd").parent if real_node else None
    return Built(programs, _definitions(), _debian("node", UNPACKED), runtime, images)


def storage_images() -> dict[str, Path]:
    """Images for tests of model storage, by reference: object stores, and what copies from them. Built when asked for."""
    stores = {VERSITYGW_IMAGE: "versitygw", FAKE_GCS_IMAGE: "fake-gcs-server"}
    images = {reference: _image(reference, provide.go_program(name)) for reference, name in stores.items()}
    return images | {RCLONE_IMAGE: _rclone_image()}


def rclone() -> Path:
    """rclone, with the storages and commands that rclone/main.go names."""
    version = f"-X github.com/rclone/rclone/fs.Version=v{RCLONE_VERSION}"
    return _program("rclone", SOURCES / "rclone", version) / "rclone"


def busybox() -> Path:
    """A shell with the usual tools, in one static program."""
    return _debian("busybox", BUSYBOX) / "bin/busybox"


def _rclone_image() -> Path:
    """Laid out like rclone's own image: rclone as the entry point, a shell and its usual tools beside it."""
    program = rclone()
    shell = busybox()

    def build(path: Path) -> None:
        tools = run([shell, "--list"]).stdout.split()
        content = Content(
            {"usr/local/bin/rclone": program, "bin/busybox": shell},
            {f"bin/{tool}": "busybox" for tool in tools if tool != "busybox"},
            ("config", "data"),
            {
                "Entrypoint": ["rclone"],
                "Env": ["PATH=/usr/local/bin:/bin", "XDG_CONFIG_HOME=/config"],
                "WorkingDir": "/data",
            },
        )
        write_archive(path / "image.tar", RCLONE_IMAGE, content)

    sources = [Path(__file__).with_name(name).read_bytes() for name in ("images.py", "build.py")]
    key = digest(RCLONE_IMAGE, program.parent.name, shell.parents[1].name, *sources)
    return entry("images", f"rclone-{key}", build) / "image.tar"


def _go(*arguments: str, cwd: Path) -> str:
    return run([provide.go(), *arguments], env=BUILD_ENV, cwd=cwd).stdout


def _sources(folder: Path) -> list[Path]:
    """The Go files of one package with the nearest go.mod and go.sum; tests do not change the program."""
    module = folder if (folder / "go.mod").exists() else folder.parent
    files = [path for path in folder.glob("*.go") if not path.name.endswith("_test.go")]
    return sorted([*files, module / "go.mod", module / "go.sum"])


def _program(name: str, folder: Path, link_flags: str) -> Path:
    """The cache's directory with the program NAME, built from the package in folder."""
    contents = [part for path in _sources(folder) for part in (path.name, path.read_bytes())]
    key = digest(link_flags, *contents)

    def build(path: Path) -> None:
        say(f"building {name} (the first time takes minutes)")
        _go("build", "-ldflags", f"-s -w {link_flags}".strip(), "-o", str(path / name), ".", cwd=folder)

    return entry("programs", f"{name}-{key}", build)


def _version_flags() -> str:
    """Linker flags that make every component report its true version: charts and clients compare versions."""
    _, minor, _ = KUBERNETES_VERSION.split(".")
    values = {
        "gitVersion": KUBERNETES_VERSION,
        "gitMajor": "1",
        "gitMinor": minor,
        "gitCommit": "",
        "gitTreeState": "clean",
    }
    return " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in values.items())


def _definitions() -> Path:
    """The CustomResourceDefinitions that lie as YAML in the module openshift/api."""
    version = next(
        line.split()[-1]
        for line in (SOURCES / "go.mod").read_text().splitlines()
        if line.split()[:1] == [OPENSHIFT_API]
    )

    def build(path: Path) -> None:
        module = json.loads(_go("mod", "download", "-json", f"{OPENSHIFT_API}@{version}", cwd=SOURCES))
        for name in DEFINITIONS:
            shutil.copyfile(Path(module["Dir"]) / name, path / Path(name).name)

    return entry("definitions", f"openshift-{digest(version, *DEFINITIONS)}", build)


def _debian(name: str, packages: Sequence[str]) -> Path:
    """Programs out of Debian packages, unpacked instead of installed."""

    def build(path: Path) -> None:
        say(f"fetching {', '.join(packages)} from Debian")
        download = ["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", *packages]
        if subprocess.run(download, cwd=path, capture_output=True, check=False).returncode != 0:
            run(["apt-get", "update", "-q", "-o", "DPkg::Lock::Timeout=600"])
            run(download, cwd=path)
        for package in path.glob("*.deb"):
            run(["dpkg-deb", "--extract", package, path])
            package.unlink()

    return entry("debian", f"{name}-{digest(*packages)}", build)


def _image(reference: str, program: Path) -> Path:
    def build(path: Path) -> None:
        write_archive(path / "image.tar", reference, one_program(program))

    key = digest(reference, program.parent.name, Path(__file__).with_name("images.py").read_bytes())
    return entry("images", f"{program.name}-{key}", build) / "image.tar"


def _triton_image() -> dict[str, Path]:
    """The Triton image from its own build script."""
    script = SOURCES / "image" / "build.py"
    if not script.exists():
        return {}
    done = subprocess.run([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, check=False, env=os.environ)
    lines = done.stdout.split()
    if done.returncode != 0 or not lines:
        raise ClusterError("The Triton image could not be built; see the messages above.")
    return {"inferops.local/tritonserver:2.51.0": Path(lines[-1])}


def image_keys(images: Mapping[str, Path]) -> dict[str, str]:
    """What identifies each image's content: the place in the cache, which is named by its sources."""
    return {reference: f"{archive.parent.name}/{archive.name}" for reference, archive in images.items()}


def fingerprint(parts: Sequence[str | bytes]) -> str:
    """A short hash over everything that a running cluster was started with."""
    return digest(*parts)


__all__ = ["Built", "ToolError", "everything", "fingerprint", "image_keys"]
