# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that runs helm."""

from __future__ import annotations

import json
import mmap
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from .._errors import TritonError
from .._release import helm_command, helm_failure

# Seconds for a command that does not say how long it may take.
TIME = 300.0
# What a user has set for helm elsewhere must not lead it to another cluster, storage driver or output.
_KEPT = frozenset({"HELM_REGISTRY_CONFIG", "HELM_REPOSITORY_CONFIG", "HELM_REPOSITORY_CACHE", "HELM_PLUGINS"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a finished command printed."""

    code: int
    output: str
    errors: str


class Program:
    """The helm that a user named, "" for the one on PATH; each call has a home of its own, so that no two of them meet.

    :param kubeconfig: whom to ask as whom; it never gets a name in the file system where the system allows that.
    """

    def __init__(self, named: str, kubeconfig: Mapping[str, Any], home: Path) -> None:
        self.named = named
        self._kubeconfig = kubeconfig
        self._home = home

    @cached_property
    def path(self) -> str:
        """The executable.

        :raises TritonError: there is none.
        """
        if self.named:
            return str(Path(self.named).expanduser())
        found = shutil.which("helm")
        if found is None:
            raise TritonError(helm_failure.missing())
        return found

    @cached_property
    def major(self) -> str:
        """The major version, read from the executable, which is quicker than to run it.

        :raises TritonError: it is no helm.
        """
        try:
            seen = os.stat(self.path)
            found = _built_from(self.path, seen.st_mtime_ns, seen.st_size)
        except OSError as error:
            raise TritonError(helm_failure.not_runnable(self.path, error.errno or 0)) from error
        return found or str(self.version[0])

    @cached_property
    def version(self) -> tuple[int, int]:
        """Major and minor version, as it says itself.

        :raises TritonError: it is no helm, or too old.
        """
        said = self._run(["version", "--short"], "", TIME, {})
        version = helm_command.version_of(said.output)
        if version is None:
            raise TritonError(helm_failure.no_helm(self.named))
        if version < helm_command.OLDEST:
            oldest = ".".join(map(str, helm_command.OLDEST))
            raise TritonError(helm_failure.too_old(self.named, ".".join(map(str, version)), oldest))
        return version

    def run(
        self,
        arguments: Sequence[str],
        values: Mapping[str, Any] | None = None,
        seconds: float = TIME,
        more: Mapping[str, str] | None = None,
    ) -> Said:
        """Run a command.

        :param values: the chart's values, for a command that reads them from its standard input.
        :param seconds: how long it may take.
        :param more: variables of the environment.
        :raises TritonError: it cannot be run, is too old, or takes too long.
        """
        # Raises where it is too old.
        _version = self.version
        return self._run(arguments, "" if values is None else json.dumps(values), seconds, more or {})

    def folder(self, name: str) -> Path:
        """A folder for files of this call."""
        path = self._home / name
        path.mkdir(exist_ok=True)
        return path

    def _run(self, arguments: Sequence[str], text: str, seconds: float, more: Mapping[str, str]) -> Said:
        with _unnamed(self._kubeconfig, self._home) as (path, descriptors):
            command = [self.path, *arguments]
            try:
                # run_command is a method of modules that are programs, and this may be Ansible's own process.
                done = subprocess.run(  # pylint: disable=ansible-bad-function
                    command,
                    input=text,
                    capture_output=True,
                    text=True,
                    errors="replace",
                    check=False,
                    timeout=seconds,
                    pass_fds=descriptors,
                    env={**environment(os.environ, self._home), **more, "KUBECONFIG": path},
                )
            except OSError as error:
                raise TritonError(helm_failure.not_runnable(self.path, error.errno or 0)) from error
            except subprocess.TimeoutExpired as error:
                raise TritonError(
                    f"helm {arguments[0]} was still running after {seconds:g} s and was ended; look at what it waits for, or give it more time."
                ) from error
        return Said(done.returncode, done.stdout, done.stderr)


@lru_cache(maxsize=4)
def _built_from(path: str, _changed: int, _size: int) -> str:
    """The major version that stands in an executable, "" for none; read once for as long as the file stays as it is."""
    try:
        with open(path, "rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
            start = content.find(helm_command.BUILT_FROM)
            # The end is given, too: a slice without one would copy the rest of the file.
            after = start + len(helm_command.BUILT_FROM)
            found = re.match(rb"\d+", content[after : after + 3]) if start >= 0 else None
    except ValueError:
        # An empty file cannot be mapped.
        return ""
    return found[0].decode() if found else ""


@contextmanager
def opened(named: str, kubeconfig: Mapping[str, Any]) -> Iterator[Program]:
    """A helm for the time of a with statement."""
    with tempfile.TemporaryDirectory(prefix="inferops-helm-") as home:
        yield Program(named, kubeconfig, Path(home))


def environment(given: Mapping[str, str], home: Path) -> dict[str, str]:
    """The environment of helm: caches of its own, logins, repositories and plugins of the user."""
    user = Path(given.get("HOME") or "~").expanduser()
    mac = sys.platform == "darwin"
    base = {
        "CONFIG": given.get("XDG_CONFIG_HOME") or user / ("Library/Preferences" if mac else ".config"),
        "CACHE": given.get("XDG_CACHE_HOME") or user / ("Library/Caches" if mac else ".cache"),
        "DATA": given.get("XDG_DATA_HOME") or user / ("Library" if mac else ".local/share"),
    }
    homes = {name: Path(given.get(f"HELM_{name}_HOME") or Path(path) / "helm") for name, path in base.items()}
    users = {
        "HELM_REGISTRY_CONFIG": homes["CONFIG"] / "registry" / "config.json",
        "HELM_REPOSITORY_CONFIG": homes["CONFIG"] / "repositories.yaml",
        "HELM_PLUGINS": homes["DATA"] / "plugins",
    }
    return {
        **{name: value for name, value in given.items() if not name.startswith("HELM_") or name in _KEPT},
        **{name: str(path) for name, path in users.items() if name not in given},
        # The index of a repository that the user added lies in his cache, and is only read there.
        "HELM_REPOSITORY_CACHE": given.get("HELM_REPOSITORY_CACHE") or str(homes["CACHE"] / "repository"),
        **{f"HELM_{name}_HOME": str(home / name.lower()) for name in homes},
        "HELM_DRIVER": "secret",
        "KUBECACHEDIR": str(home / "kube"),
    }


@contextmanager
def _unnamed(kubeconfig: Mapping[str, Any], home: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A path under which a child finds the kubeconfig, and the descriptors it needs for that; nothing is left of it even by a kill."""
    content = json.dumps(kubeconfig).encode()
    if not hasattr(os, "memfd_create"):
        path = home / "kubeconfig"
        path.touch(0o600)
        path.write_bytes(content)
        yield str(path), ()
        return
    descriptor = os.memfd_create("kubeconfig")
    try:
        # helm warns of one that others may read.
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, content)
        yield f"/dev/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)
