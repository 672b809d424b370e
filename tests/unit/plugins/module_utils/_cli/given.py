# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command give it, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@dataclass(frozen=True)
class Said:
    """What the command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output as JSON; NaN and its like are none."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


Command = Callable[..., Said]
PROGRAM = Path(__file__).resolve().parents[5] / "bin" / "scc-explain"


def _program() -> ModuleType:
    loader = SourceFileLoader("scc_explain_program", str(PROGRAM))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


# The program's own way to carry helm out.
run = _program().run


def workload(name: str = "triton", **spec: Any) -> dict[str, Any]:
    """A Deployment with one container."""
    template = {"spec": {"containers": [{"name": "server"}], **spec}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {"template": template}}


def write(folder: Path, name: str, *objects: Any) -> str:
    """A file of YAML documents, each in JSON's way; returns its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n---\n".join(json.dumps(item) for item in objects))
    return str(path)


def executable(path: Path, script: str) -> str:
    """A program of a shell script; returns its path."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)
