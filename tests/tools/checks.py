# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the lint suite, beside ansible-test sanity: each gets a Log and raises ToolError on a finding."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from ansible_test import make_tree
from common import ROOT, ToolError, project_files
from provide import TOOLS, build_collection, collections, go, helm, venv
from runner import Log

CHART = ROOT / "roles" / "release" / "files" / "triton"
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
LICENSED = (".py", ".go", ".sh", ".yml")


def licence_headers(log: Log) -> None:
    """Every source file names its licence in its first five lines; an empty __init__.py is none."""
    files = [name for name in project_files() if name.endswith(LICENSED) and (ROOT / name).stat().st_size]
    missing = [name for name in files if LICENCE not in "".join((ROOT / name).read_text().splitlines()[:5])]
    if missing:
        raise ToolError(f"no line '{LICENCE}' at the start of: {', '.join(missing)}")


def ruff_check(log: Log) -> None:
    log.run([venv("lint") / "bin" / "ruff", "check", "--no-cache", "."])


def ruff_format(log: Log) -> None:
    log.run([venv("lint") / "bin" / "ruff", "format", "--no-cache", "--check", "--diff", "."])


def mypy(log: Log) -> None:
    """mypy --strict on the collection's core, imported by its full name."""
    package = "ansible_collections.inferops.triton.plugins.module_utils"
    with tempfile.TemporaryDirectory(prefix="inferops-tree-") as folder:
        make_tree(Path(folder))
        config = ["--config-file", ROOT / "pyproject.toml", "--cache-dir", os.devnull]
        log.run([venv("lint") / "bin" / "mypy", "--strict", *config, "-p", package], cwd=Path(folder))


def gofmt(log: Log) -> None:
    files = [name for name in project_files() if name.endswith(".go")]
    unformatted = log.run([go().parent / "gofmt", "-l", *files]) if files else ""
    if any(line in files for line in unformatted.splitlines()):
        raise ToolError("gofmt would change the files above.")


def go_tests(log: Log) -> None:
    """Vet and test the local cluster's programs, with the build's settings so that its cache serves both."""
    env = {"CGO_ENABLED": "0", "GOFLAGS": "-trimpath -buildvcs=false -mod=readonly"}
    for module in sorted((ROOT / "tests" / "cluster").rglob("go.mod")):
        for command in (["vet", "./..."], ["test", "./..."]):
            log.run([go(), *command], env=env, cwd=module.parent)


def collection_build(log: Log) -> None:
    """The collection builds, and its tarball carries what users need and no test machinery."""
    with tempfile.TemporaryDirectory() as folder:
        built = build_collection(venv("core219") / "bin" / "ansible-galaxy", Path(folder))
        names = set(log.run(["tar", "-tzf", built]).split())
    needed = {"README.md", "LICENSE", "meta/runtime.yml", "roles/release/files/triton/Chart.yaml"}
    unwanted = [
        name
        for name in names
        if name.startswith(("tests/cluster/", "tests/differential/", "tests/tools/", ".cluster/", ".ci/"))
    ]
    if needed - names or unwanted:
        raise ToolError(f"the tarball lacks {sorted(needed - names)} and must not have {sorted(unwanted)}.")


def documentation(log: Log) -> None:
    """Every module, filter and role renders in ansible-doc, without a warning."""
    ansible_doc = venv("core219") / "bin" / "ansible-doc"
    env = {"ANSIBLE_CONFIG": str(TOOLS / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(collections("core219"))}
    for kind in ("module", "filter", "role"):
        listed = log.run([ansible_doc, "-t", kind, "--list", "--json", "inferops.triton"], env=env)
        names = sorted(json.loads(listed[listed.index("{") :]))
        if not names:
            raise ToolError(f"ansible-doc lists no {kind} of inferops.triton.")
        for name in names:
            text = log.run([ansible_doc, "-t", kind, name], env=env)
            if "[WARNING]" in text or "[ERROR]" in text or name not in text:
                raise ToolError(f"the documentation of {kind} {name} does not render cleanly.")


def ansible_lint(log: Log) -> None:
    """The production profile with an empty skip list, offline."""
    with tempfile.TemporaryDirectory(prefix="inferops-tree-") as folder:
        tree = make_tree(Path(folder))
        env = {
            "ANSIBLE_COLLECTIONS_PATH": folder,
            "PATH": f"{venv('lint') / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
        }
        log.run([venv("lint") / "bin" / "ansible-lint", "--offline", "--nocolor", "--strict"], env=env, cwd=tree)


def tables(log: Log) -> None:
    """Pages that are made by a command are as the command makes them."""
    for script in ("scc_table.py", "chart_table.py"):
        log.run([venv("lint") / "bin" / "python", ROOT / "tests" / "tools" / script, "--check"])


def pod_types(log: Log) -> None:
    """The table of a pod's fields is that of Kubernetes' own types."""
    log.run([sys.executable, ROOT / "tests" / "differential" / "pod_types.py", "--check"])


def helm_lint(major: str, log: Log) -> None:
    log.run([helm(major), "lint", "--strict", CHART])
