# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test needs around it: a tree of collections with the project's own files, and a home directory."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

from common import cache_dir, copy_project, locked, run
from provide import TOOLS, kubernetes_core, venv

# What the collection's build leaves out as well, but for tests/unit and the tools: no part of it runs under Ansible.
LEFT_OUT = ("tests/cluster/", ".ci/")
# Asks a pinned ansible-core which pip it puts into its environments (the name of the bootstrap script says it).
_ASK_PIP = """
import json, sys, types
from ansible_test._internal.python_requirements import get_venv_packages
print(json.dumps(get_venv_packages(types.SimpleNamespace(version="%d.%d" % sys.version_info[:2]))))
"""


def make_tree(target: Path) -> Path:
    """Make TARGET/ansible_collections with kubernetes.core and the project's files; returns the collection's folder."""
    peer = target / "ansible_collections" / "kubernetes" / "core"
    peer.mkdir(parents=True)
    with tarfile.open(kubernetes_core()) as archive:
        archive.extractall(peer)
    own = target / "ansible_collections" / "inferops" / "triton"
    copy_project(own, leave_out=LEFT_OUT)
    return own


def environment(core: str) -> Mapping[str, str]:
    """Environment variables to run the ansible-test of the virtual environment CORE with, apart from the user's home."""
    bin_dir = venv(core) / "bin"
    home = _home()
    packages = json.loads(run([bin_dir / "python", "-c", _ASK_PIP]).stdout)
    script = home / ".ansible" / "test" / "cache" / f"get_pip_{packages['pip'].replace('.', '_')}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TOOLS / "get_pip.py", script)
    return {"HOME": str(home), "PATH": f"{bin_dir}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}


def _home() -> Path:
    """A home directory in the cache whose pip goes where the user's pip goes.

    ansible-test hands no PIP_* variable on, so those become a configuration file; the user's own file is linked.
    """
    home = cache_dir() / "ansible-test"
    with locked("ansible-test"):
        settings = {
            name.removeprefix("PIP_").lower().replace("_", "-"): value
            for name, value in os.environ.items()
            if name.startswith("PIP_") and name != "PIP_CONFIG_FILE" and value
        }
        config = home / ".config" / "pip" / "pip.conf"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(
            "\n".join(["[global]", "quiet = 1", *(f"{name} = {value}" for name, value in sorted(settings.items())), ""])
        )
        _link(home / ".pip", _first_existing(Path.home() / ".config" / "pip", Path.home() / ".pip"))
        _link(home / ".cache", Path.home() / ".cache")
    return home


def _first_existing(*paths: Path) -> Path:
    return next((path for path in paths if path.exists()), paths[-1])


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        link.unlink()
    if target.exists():
        link.symlink_to(target)
