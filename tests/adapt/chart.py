# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts of many shapes, each with what adapting has to make of it.

    sys.path.insert(0, str(ROOT / "tests" / "adapt"))
    from chart import cases, write

They are written to disk from Python, since templates are no YAML for a linter. Each module of the folder charts has one, as CASE.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The release for which the paths of changes are given.
RELEASE = "demo"


@dataclass(frozen=True, slots=True)
class Case:
    """A chart of a shape of its own, and what adapting has to make of it.

    ``name``: of the case, and of the chart's folder; ``title``: a short phrase for a table.
    ``files``: texts by their paths in the chart's folder.
    ``values``: the user's; ``changed_values``: the same for an upgrade that changes something visible, {} for none.
    ``adapt``: options of adapting: allow, drop_missing, volumes.
    ``changes``: what has to be among the changes, as "Kind name path" for the release RELEASE; an object that is left out has no path.
    ``refusal``: regular expression of a refusal's reason, "" for a chart that is admitted in the end.
    ``right``: nothing may be changed.
    ``ready``: "Kind/name" of workloads that become ready on OpenShift: available, or for a Job complete.
    ``test``: it has a test hook, which has to succeed.
    """

    name: str
    title: str
    files: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)
    changed_values: Mapping[str, Any] = field(default_factory=dict)
    adapt: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    refusal: str = ""
    right: bool = False
    ready: tuple[str, ...] = ()
    test: bool = False


def about(name: str, more: str = "") -> str:
    """A Chart.yaml, with more lines at its end."""
    return f'apiVersion: v2\nname: {name}\ndescription: A chart for tests\nversion: 1.2.3\nappVersion: "4.5.6"\n{more}'


def write(case: Case, folder: Path) -> Path:
    """Write the chart into a folder of its name below this one, and return that."""
    chart = folder / case.name
    for path, text in case.files.items():
        file = chart / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # Line ends are part of some cases.
        file.write_bytes(text.encode())
    return chart


def cases() -> tuple[Case, ...]:
    """All charts, by name."""
    package = importlib.import_module("charts")
    modules = [importlib.import_module(f"charts.{found.name}") for found in pkgutil.iter_modules(package.__path__)]
    return tuple(sorted((module.CASE for module in modules), key=lambda case: case.name))
