# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to say about a local repository before it is shipped: layout, configurations, sizes.

Rules of configurations: Triton's core, src/model_config_utils.cc and model_repository_manager.cc. What a backend completes by itself may
be missing, down to the whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .._errors import TritonError
from .config import NoDefinition, NotParsed, Parse, load
from .repository import PLACEHOLDER, Model, scan, unreadable

CONFIG = "config.pbtxt"
SEVERITIES = ("error", "warning", "note")
# The file by which Triton knows the backend where a configuration names none, and which that backend then loads.
FILES = {
    "tensorrt": "model.plan",
    "onnxruntime": "model.onnx",
    "openvino": "model.xml",
    "pytorch": "model.pt",
    "python": "model.py",
}
# Known to older and newer releases only.
OTHER_FILES = ("model.savedmodel", "model.graphdef", "model.pt2")
# Backends by the older way to name them; all of them load files.
PLATFORMS = {
    "tensorrt_plan": "tensorrt",
    "onnxruntime_onnx": "onnxruntime",
    "pytorch_libtorch": "pytorch",
    "tensorflow_graphdef": "tensorflow",
    "tensorflow_savedmodel": "tensorflow",
}
# Backends that load no other file than that one.
STRICT = ("tensorrt", "onnxruntime", "openvino", "python")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one path; ``severity`` is error (Triton would not load the model), warning or note."""

    path: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class Inspected:
    """A repository that can be shipped."""

    models: tuple[Model, ...]
    findings: tuple[Finding, ...]


def inspect(root: Path, definition: Callable[[], Parse] = load) -> Inspected:
    """Read a repository's layout and configurations.

    :param definition: gives the parser of configurations.
    :raises TritonError: something that Triton would not load, with all findings as details.
    """
    models = scan(root)
    findings = sorted(_findings(root, models, definition), key=lambda one: (SEVERITIES.index(one.severity), one.path))
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        others = f" {len(errors) - 1} more of its files or models cannot be loaded either." if errors[1:] else ""
        raise TritonError(
            f"{errors[0].path}: {errors[0].message}{others}", findings=[asdict(finding) for finding in findings]
        )
    return Inspected(models, tuple(findings))


def _findings(root: Path, models: Sequence[Model], definition: Callable[[], Parse]) -> Iterator[Finding]:
    configured = [model for model in models if any(file.path == f"{model.name}/{CONFIG}" for file in model.files)]
    parse = None
    if configured:
        try:
            parse = definition()
        except NoDefinition as error:
            yield Finding(str(root), "warning", str(error))
    for model in models:
        if model not in configured:
            yield from _backend(root / model.name, model, None)
        elif parse:
            yield from _config(root, model, parse, {other.name for other in models})
        there = [file.size for file in model.files if not file.path.endswith(f"/{PLACEHOLDER}")]
        versions = ", ".join(map(str, model.versions))
        yield Finding(
            str(root / model.name), "note", f"Versions: {versions}; files: {len(there)}; bytes: {sum(there)}."
        )


def _config(root: Path, model: Model, parse: Parse, models: set[str]) -> Iterator[Finding]:
    path = root / model.name / CONFIG
    try:
        config = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise unreadable(error) from error
    except UnicodeDecodeError:
        yield Finding(str(path), "error", "It is no text in UTF-8.")
        return
    except NotParsed as error:
        yield Finding(str(path), "error", f"Triton cannot read it: {error}")
        return
    if config.name and config.name != model.name:
        yield Finding(
            str(path),
            "error",
            f"It names the model {config.name}, but its directory is {model.name}; both have to be the same.",
        )
    if config.platform == "ensemble" or config.HasField("ensemble_scheduling"):
        yield from _ensemble(path, config, models)
    else:
        yield from _backend(path, model, config)
    yield from _batching(path, config)
    yield from _labels(path, model, config)
    yield from _versions(path, model, config)


def _ensemble(path: Path, config: Any, models: set[str]) -> Iterator[Finding]:
    if config.platform != "ensemble" or config.backend:
        yield Finding(str(path), "error", 'An ensemble has platform: "ensemble" and no backend.')
    if not config.ensemble_scheduling.step:
        yield Finding(str(path), "error", "An ensemble needs ensemble_scheduling with at least one step.")
    for name in sorted({step.model_name for step in config.ensemble_scheduling.step} - models):
        yield Finding(
            str(path),
            "warning",
            f"It calls the model {name or '(without a name)'}, which another repository would have to bring.",
        )


def _backend(path: Path, model: Model, config: Any) -> Iterator[Finding]:
    """Whether Triton finds the backend, and the backend its file; without a configuration both are known by the file alone."""
    contents = {version: model.contents(version) for version in model.versions}
    first = contents[min(contents, key=str)]
    backend = config.backend if config else ""
    named = (config.default_model_filename or config.platform) if config else ""
    if not backend and not named:
        backend = next((known for known, file in FILES.items() if file in first), "")
        if not backend and not first & set(OTHER_FILES) and "." not in model.name:
            yield Finding(
                str(path),
                "error",
                "Triton cannot tell its backend: name it in config.pbtxt (backend: ...), or name the model's file as its backend expects "
                f"({', '.join(FILES.values())}).",
            )
            return
    # What other backends load is theirs to know; some load nothing.
    loading = backend or (PLATFORMS.get(config.platform, "") if config else "")
    if loading in FILES or loading in PLATFORMS.values():
        for version in sorted(version for version, there in contents.items() if not there):
            yield Finding(
                str(path),
                "error",
                f"Version {version} is an empty directory, but the backend {loading} loads a file from there; put the model's files into it, "
                "or remove it.",
            )
        contents = {version: there for version, there in contents.items() if there}
    # File names that depend on the GPU are for Triton to choose.
    if backend not in STRICT or (config and config.cc_model_filenames):
        return
    wanted = (config.default_model_filename if config else "") or FILES[backend]
    missing = [version for version, there in contents.items() if wanted not in there]
    for version in missing:
        severity = "error" if len(missing) == len(contents) else "warning"
        yield Finding(str(path), severity, f"Version {version} has no {wanted}, which the backend {backend} loads.")


def _batching(path: Path, config: Any) -> Iterator[Finding]:
    if config.max_batch_size < 0:
        yield Finding(str(path), "error", f"max_batch_size is {config.max_batch_size}; it cannot be negative.")
        return
    for size in config.dynamic_batching.preferred_batch_size:
        if not 0 < size <= config.max_batch_size:
            yield Finding(
                str(path),
                "error",
                f"dynamic_batching prefers batches of {size}, but they have to be between 1 and max_batch_size ({config.max_batch_size}).",
            )


def _labels(path: Path, model: Model, config: Any) -> Iterator[Finding]:
    files = {file.path for file in model.files}
    for output in config.output:
        if output.label_filename and f"{model.name}/{output.label_filename}" not in files:
            yield Finding(
                str(path),
                "error",
                f"Output {output.name} names the label file {output.label_filename}, which is not there.",
            )


def _versions(path: Path, model: Model, config: Any) -> Iterator[Finding]:
    wanted = set(config.version_policy.specific.versions)
    missing = sorted(wanted - set(model.versions))
    if missing:
        severity = "error" if len(missing) == len(wanted) else "warning"
        numbers = ", ".join(map(str, missing))
        yield Finding(str(path), severity, f"version_policy asks for version {numbers}, which is not there.")
