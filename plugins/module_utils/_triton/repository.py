# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layout of a model repository on disk: ``REPOSITORY/MODEL/[config.pbtxt]``, ``REPOSITORY/MODEL/VERSION/FILES``.

Source of the rules: Triton's documentation, "Model Repository". A version directory is named by a positive number without
leading zero; others are ignored by the server, which then finds no version to load.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .._errors import TritonError

VERSION_NAME = re.compile(r"[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of the repository: its path relative to the repository, with slashes, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Model:
    """A model with its version numbers, ascending."""

    name: str
    versions: tuple[int, ...]
    files: tuple[ModelFile, ...]


def scan(root: Path) -> tuple[Model, ...]:
    """Read the layout of a repository; no file is opened.

    :raises TritonError: no such directory, no model in it, a model without a version directory or with an empty one, or
        entries that cannot be read (dead links, links in a circle, no right to, pipes).
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
    return Model(path.name, tuple(versions), tuple(_files(path, path.parent)))


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
                f"Model {model.name} in {root} has no version directory ({found}); put its files into {root}/{model.name}/1/.",
                model=model.name,
            )
        for version in model.versions:
            if not any(file.path.startswith(f"{model.name}/{version}/") for file in model.files):
                raise TritonError(
                    f"Version {version} of model {model.name} in {root} is an empty directory; put the model's files into it, or remove it.",
                    model=model.name,
                )
