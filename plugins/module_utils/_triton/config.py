# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""config.pbtxt, parsed with Triton's own protobuf definition, which comes with its client for Python.

Of the package tritonclient one file is loaded, which needs protobuf alone: its packages import NumPy and gRPC. Both are optional here.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

Parse: TypeAlias = Callable[[str], Any]

MISSING = (
    "Files config.pbtxt were not checked, since the Python package {package} is missing where the task runs; "
    "pip install --no-deps tritonclient protobuf brings what is needed."
)


class NotParsed(Exception):
    """The text is no configuration of a model; the message says where and why, in one line."""


class NoDefinition(Exception):
    """The packages that bring the definition are missing, or do not fit together; the message says which, in one sentence."""


def load() -> Parse:
    """A function that parses the text of a config.pbtxt into a ModelConfig, or raises NotParsed.

    :raises NoDefinition: the definition cannot be loaded.
    """
    if importlib.util.find_spec("google") is None or importlib.util.find_spec("google.protobuf") is None:
        raise NoDefinition(MISSING.format(package="protobuf"))
    path = _definition()
    if path is None:
        raise NoDefinition(MISSING.format(package="tritonclient"))
    text_format = importlib.import_module("google.protobuf.text_format")
    try:
        config = _loaded(path).ModelConfig
    # The generated file refuses a protobuf that is older than itself by an error of protobuf's own.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise NoDefinition(
            f"Files config.pbtxt were not checked, since {path} does not work with the installed protobuf ({reason}); upgrade both."
        ) from error

    def parse(text: str) -> Any:
        try:
            return text_format.Parse(text, config())
        except text_format.ParseError as error:
            raise NotParsed(" ".join(str(error).split())) from error

    return parse


def _definition() -> Path | None:
    # Finding a package does not import it, as long as it has no parent.
    package = importlib.util.find_spec("tritonclient")
    places = [
        Path(place) / "grpc" / "model_config_pb2.py" for place in (package and package.submodule_search_locations) or ()
    ]
    return next((place for place in places if place.is_file()), None)


def _loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("inferops_triton_model_config", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
