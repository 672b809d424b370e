# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A double of helm: a script that keeps what it is called with, and prints what it is told to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCRIPT = """#!/bin/sh
# path\thelm.sh/helm/v{major}/cmd/helm
cd '{folder}'
[ "$1" = version ] || echo "$*" >> calls
[ "$1" = version ] || cat > values
cat "$KUBECONFIG" > kubeconfig
env > environment
if [ -f "$1.err" ]; then cat "$1.err" >&2; exit 1; fi
if [ -f "$1.do" ]; then . "./$1.do"; fi
cat "$1.out"
"""


@dataclass
class FakeHelm:
    """The script in a folder of its own."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, major: int = 3) -> FakeHelm:
        """A helm that renders nothing and upgrades to revision 7."""
        folder.mkdir()
        helm = cls(folder)
        helm.binary.write_text(_SCRIPT.format(major=major, folder=folder))
        helm.binary.chmod(0o755)
        helm.says("version", f"v{major}.21.0")
        helm.says("template", "")
        helm.says("upgrade", json.dumps({"version": 7}))
        helm.says("uninstall", "")
        return helm

    @property
    def binary(self) -> Path:
        """What to run."""
        return self.folder / "helm"

    def says(self, command: str, text: str) -> None:
        """Let a command print something."""
        (self.folder / f"{command}.out").write_text(text)

    def fails(self, command: str, text: str) -> None:
        """Let a command fail."""
        (self.folder / f"{command}.err").write_text(text)

    def does(self, command: str, script: str) -> None:
        """Let a command run some more lines of shell."""
        (self.folder / f"{command}.do").write_text(script)

    @property
    def calls(self) -> list[str]:
        """The command lines so far, but for those that ask for the version."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def commands(self) -> list[str]:
        """Their first words."""
        return [call.split()[0] for call in self.calls]

    @property
    def values(self) -> Any:
        """The values of the last call."""
        return json.loads((self.folder / "values").read_text())

    @property
    def kubeconfig(self) -> Any:
        """The kubeconfig of the last call."""
        return json.loads((self.folder / "kubeconfig").read_text())

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the last call."""
        lines = (self.folder / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)
