# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python engine in this process: its modules compiled once, loaded anew with or without a mutant in one of them."""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from oracle import ROOT

PREFIX = "plugins.module_utils"
ENTRY = f"{PREFIX}._scc.batch"
# They refuse input that is malformed, of which a comparison with the oracle has none; unit tests are there for them.
NOT_DECIDING = {f"{PREFIX}._errors", f"{PREFIX}._scc.typed", f"{PREFIX}._scc.shape"}


@dataclass(frozen=True, slots=True)
class Sources:
    """The engine's modules as they are on disk, by name."""

    paths: Mapping[str, Path]
    codes: Mapping[str, CodeType]

    @classmethod
    def read(cls) -> Sources:
        """Whatever the entry imports out of the collection."""
        sys.path.insert(0, str(ROOT))
        importlib.import_module(ENTRY)
        paths = {
            name: Path(module.__file__)
            for name, module in sys.modules.items()
            if name.startswith(f"{PREFIX}.") and module.__file__
        }
        codes = {name: compile(path.read_text(encoding="utf-8"), str(path), "exec") for name, path in paths.items()}
        forget()
        return cls(paths, codes)

    def deciding(self) -> list[str]:
        """Names of the modules that decide, in the order of their import."""
        return [name for name, path in self.paths.items() if name not in NOT_DECIDING and path.stat().st_size]


def forget() -> None:
    """Unload the engine."""
    for name in [name for name in sys.modules if name.startswith(PREFIX)]:
        del sys.modules[name]


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the engine's modules from compiled code."""

    def __init__(self, sources: Sources, changed: Mapping[str, CodeType]) -> None:
        self.sources = sources
        self.codes = {**sources.codes, **changed}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self.codes:
            return None
        package = self.sources.paths[name].name == "__init__.py"
        spec = importlib.machinery.ModuleSpec(name, self, origin=str(self.sources.paths[name]), is_package=package)
        spec.has_location = True
        if package and spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(str(self.sources.paths[name].parent))
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(self.codes[module.__name__], module.__dict__)  # noqa: S102 - this is what a loader does


def load(sources: Sources, changed: Mapping[str, CodeType]) -> Callable[[Mapping[str, Any]], Any]:
    """Import the engine with some modules changed; returns its class Batch."""
    sys.meta_path.insert(0, _Loader(sources, changed))
    batch: Callable[[Mapping[str, Any]], Any] = importlib.import_module(ENTRY).Batch
    return batch


class Corpus:
    """Cases with the SCCs of their chunks and the answers that the engine has to give, as text until they are needed."""

    def __init__(self) -> None:
        self.sccs: list[str] = []
        self.cases: list[tuple[int, str, str]] = []

    def add_chunk(self, sccs: str, cases: Sequence[tuple[str, str]]) -> None:
        number = len(self.sccs)
        self.sccs.append(sccs)
        self.cases += [(number, case, answer) for case, answer in cases]

    def judge(self, batches: dict[int, Any], make: Callable[[Mapping[str, Any]], Any], index: int) -> Any:
        """The engine's answer to one case; BATCHES keeps what was made for each chunk."""
        number, case, _answer = self.cases[index]
        if number not in batches:
            batches[number] = make(json.loads(self.sccs[number]))
        (answer,) = batches[number].results([case])
        return answer


class Tracer:
    """Notes which lines of the engine are executed, as bits of one number: offset of the file plus number of the line."""

    def __init__(self, sources: Sources) -> None:
        self.offsets: dict[str, int] = {}
        total = 0
        for path in sources.paths.values():
            self.offsets[str(path)] = total
            total += len(path.read_text(encoding="utf-8").splitlines()) + 1
        self.lines: set[int] = set()

    def bit(self, path: Path, number: int) -> int:
        return self.offsets[str(path)] + number

    def span(self, path: Path) -> int:
        """The bits of all lines of a file."""
        count = len(path.read_text(encoding="utf-8").splitlines()) + 1
        return (1 << count) - 1 << self.offsets[str(path)]

    def run(self, do: Callable[[], Any]) -> int:
        """Call DO and return what it executed."""
        self.lines.clear()
        sys.settrace(self._call)
        try:
            do()
        finally:
            sys.settrace(None)
        mask = 0
        for number in self.lines:
            mask |= 1 << number
        return mask

    def _call(self, frame: FrameType, event: str, argument: Any) -> Any:
        offset = self.offsets.get(frame.f_code.co_filename)
        if offset is None:
            return None
        lines = self.lines
        lines.add(offset + frame.f_lineno)

        def inner(inside: FrameType, event: str, argument: Any) -> Any:
            lines.add(offset + inside.f_lineno)
            return inner

        return inner


def executed(sources: Sources, corpus: Corpus, indices: Sequence[int]) -> tuple[int, list[int]]:
    """What is executed while modules are imported and SCCs are read, and what by each case."""
    tracer = Tracer(sources)
    made: list[Any] = []
    start = tracer.run(lambda: made.append(load(sources, {})))
    batches: dict[int, Any] = {}

    def read(number: int) -> None:
        batches[number] = made[0](json.loads(corpus.sccs[number]))

    for number in range(len(corpus.sccs)):
        start |= tracer.run(functools.partial(read, number))
    return start, [tracer.run(functools.partial(corpus.judge, batches, made[0], index)) for index in indices]
