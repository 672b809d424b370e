# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program bin/scc-explain as a process of its own: without Ansible, from any folder, with whatever it is connected to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._cli.given import PROGRAM, workload, write

# None of these may be needed; a module that is None cannot be imported.
WITHOUT = """
import runpy, sys
sys.modules.update(dict.fromkeys(["ansible", "ansible_collections", "kubernetes", "urllib3", "jmespath", "pytest"]))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(folder: Path, *arguments: str, encoding: str = "utf-8", **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the program isolated: no PYTHONPATH, nothing of the current folder or of the user's own packages."""
    command = [sys.executable, "-I", "-c", WITHOUT, str(PROGRAM), *arguments]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run(command, cwd=folder, encoding=encoding, check=False, timeout=120, **streams)


def test_the_folder_counts_for_the_paths_alone(tmp_path: Path) -> None:
    write(tmp_path, "d.yaml", workload(hostPID=True))
    # Neither may be taken for what the program brings itself.
    write(tmp_path, "plugins/__init__.py", "wrong")
    write(tmp_path, "json.py", "wrong")
    done = run(tmp_path, "d.yaml", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    (verdict,) = json.loads(done.stdout)
    assert (verdict["verdict"], verdict["causes"][0]["where"]) == ("refused", "spec.template.spec.hostPID")


def test_standard_input_with_letters_of_any_language(tmp_path: Path) -> None:
    done = run(tmp_path, "-", stdin=None, input=json.dumps(workload("größe"), ensure_ascii=False))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Deployment größe (namespace example,")


def test_an_output_that_knows_fewer_letters(tmp_path: Path) -> None:
    write(tmp_path, "d.yaml", workload("größe"))
    program = f"import sys; sys.stdout.reconfigure(encoding='ascii', errors='strict')\n{WITHOUT}"
    command = [sys.executable, "-I", "-c", program, str(PROGRAM), "d.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Deployment gr\\xf6\\xdfe (namespace")


def test_wrong_input_ends_in_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, "gone.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "scc-explain: gone.yaml cannot be read (No such file or directory); correct the path.\n"


def test_help_names_the_exit_codes(tmp_path: Path) -> None:
    done = run(tmp_path, "--help")
    assert done.returncode == 0
    assert "exit code: 0 all pods are admitted, 1 some are refused, 2 the input is broken" in done.stdout


@pytest.mark.parametrize("arguments", [["-"], ["--batch", "-", "--sccs", "sccs.json"]])
def test_a_standard_input_that_is_closed(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "sccs.json").write_text("{}")
    done = run(tmp_path, *arguments, stdin=None, preexec_fn=lambda: os.close(0))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "scc-explain: Standard input is closed, so there is nothing to read from -; give a file.\n"


def test_an_output_that_is_full(tmp_path: Path) -> None:
    write(tmp_path, "d.yaml", workload())
    with Path("/dev/full").open("w") as full:
        done = run(tmp_path, "d.yaml", stdout=full)
    assert done.returncode == 2
    assert done.stderr == "scc-explain: The output cannot be written (No space left on device).\n"


def test_an_output_whose_reader_has_seen_enough(tmp_path: Path) -> None:
    write(tmp_path, "d.yaml", workload())
    reader, writer = os.pipe()
    os.close(reader)
    done = run(tmp_path, "d.yaml", stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (2, "")
