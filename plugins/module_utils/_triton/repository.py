# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layout of a model repository on disk: ``REPOSITORY/MODEL/[config.pbtxt]``, ``REPOSITORY/MODEL/VERSION/FILES``.

Source of the rules: Triton's documentation, "Model Repository". A version directory is named by a positive number without
leading zero; others are ignored by the server, which then finds no version to load. Triton itself wants no file in it (core,
model_lifecycle.cc: AsyncLoad counts directories): for ensembles, and backends that load nothing from there, it is empty.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from .._errors import TritonError

VERSION_NAME = re.compile(r"[1-9][0-9]*")
# Stands for an empty version directory where only files can be kept; no other file with a dot is part of a repository.
PLACEHOLDER = ".keep"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of the repository: its path relative to the repository, with slashes, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Model:
    """A model with its version numbers, ascending; an empty version has one file, the placeholder, which is not there on disk."""

    name: str
    versions: tuple[int, ...]
    files: tuple[ModelFile, ...]

    def contents(self, version: int) -> set[str]:
        """What lies in a version directory on disk."""
        start = f"{self.name}/{version}/"
        names = {file.path.removeprefix(start).split("/")[0] for file in self.files if file.path.startswith(start)}
        return names - {PLACEHOLDER}


def scan(root: Path) -> tuple[Model, ...]:
    """Read the layout of a repository; no file is opened.

    :raises TritonError: no such directory, no model in it, a model without a version directory, or entries that cannot be read (dead
        links, links in a circle, no right to, pipes).
    """
    if not root.is_dir():
        raise TritonError(
            f"The model repository {root} is no directory here; give the path of one on the machine that runs the task."
        )
    try:
        models = tuple(_model(path) for path in _entries(root) if path.is_dir())
    except OSError as error:
        raise unreadable(error) from error
    if not models:
        raise TritonError(
            f"The model repository {root} has no model; a model is a directory {root}/NAME with {root}/NAME/1/ in it."
        )
    _check(root, models)
    return models


def unreadable(error: OSError) -> TritonError:
    """The sentence for a file or directory of a repository that cannot be read."""
    return TritonError(
        f"{error.filename} cannot be read ({error.strerror}); correct it, or take it out of the repository."
    )


def _entries(path: Path) -> list[Path]:
    # Hidden entries (.git, .DS_Store) are no part of a repository.
    return sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))


def _model(path: Path) -> Model:
    versions = sorted(
        int(entry.name) for entry in _entries(path) if entry.is_dir() and VERSION_NAME.fullmatch(entry.name)
    )
    model = Model(path.name, tuple(versions), tuple(_files(path, path.parent)))
    empty = [version for version in versions if not model.contents(version)]
    placeholders = [ModelFile(f"{path.name}/{version}/{PLACEHOLDER}", 0) for version in empty]
    return replace(model, files=(*model.files, *placeholders))


def _files(path: Path, root: Path) -> Iterable[ModelFile]:
    for entry in _entries(path):
        if entry.name == "__pycache__":
            continue
        mode = entry.stat().st_mode
        if stat.S_ISDIR(mode):
            yield from _files(entry, root)
        elif stat.S_ISREG(mode):
            yield ModelFile(entry.relative_to(root).as_posix(), entry.stat().st_size)
        else:
            raise TritonError(f"{entry} is neither a file nor a directory; take it out of the repository.")


def _check(root: Path, models: Iterable[Model]) -> None:
    for model in models:
        if not model.versions:
            others = sorted({file.path.split("/")[1] for file in model.files if file.path.count("/") > 1})
            found = f"it has {', '.join(others)}" if others else "it has no directory at all"
            raise TritonError(
                f"Model {model.name} in {root} has no version directory ({found}); put its files into {root}/{model.name}/1/, which stays "
                "empty for an ensemble.",
                model=model.name,
            )
