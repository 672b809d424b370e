# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model repositories generated from a seed: many small models, or a large one.

Each model knows the digest of its weights and does not load with any others, so that a model that answers is a whole one.
It multiplies INPUT (FP32, any length) by a factor of its own into OUTPUT.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

MIB = 1 << 20
SMALL_MODELS = 200
SMALL_WEIGHTS = 16 << 10
LARGE_WEIGHTS = 1 << 30

CONFIG = """\
name: "{name}"
backend: "python"
max_batch_size: 0
input [ {{ name: "INPUT" data_type: TYPE_FP32 dims: [ -1 ] }} ]
output [ {{ name: "OUTPUT" data_type: TYPE_FP32 dims: [ -1 ] }} ]
parameters {{ key: "factor" value: {{ string_value: "{factor}" }} }}
parameters {{ key: "weights_sha256" value: {{ string_value: "{sha256}" }} }}
instance_group [ {{ kind: KIND_CPU count: 1 }} ]
"""

MODEL = """\
import hashlib
import json
import pathlib

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        parameters = json.loads(args["model_config"])["parameters"]
        self._factor = int(parameters["factor"]["string_value"])
        weights = pathlib.Path(args["model_repository"], args["model_version"], "weights.bin")
        with weights.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
        if found != parameters["weights_sha256"]["string_value"]:
            raise RuntimeError(f"{weights} is not the file that the model was made with: its SHA-256 is {found}")

    def execute(self, requests):
        return [pb_utils.InferenceResponse(output_tensors=[self._times(request)]) for request in requests]

    def _times(self, request):
        values = pb_utils.get_input_tensor_by_name(request, "INPUT").as_numpy()
        return pb_utils.Tensor("OUTPUT", values * values.dtype.type(self._factor))
"""


def many_small(
    target: Path, *, models: int = SMALL_MODELS, seed: int = 1, weights: int = SMALL_WEIGHTS
) -> dict[str, int]:
    """Write a repository of many models, by default with weights of 16 KiB; returns each model's factor."""
    source = random.Random(seed)
    return {name: _write(target / name, source, weights) for name in (f"small_{number:03}" for number in range(models))}


def one_large(target: Path, *, size: int = LARGE_WEIGHTS, seed: int = 1) -> dict[str, int]:
    """Write a repository of one model, called large, with weights of 1 GiB; returns its factor."""
    return {"large": _write(target / "large", random.Random(seed), size)}


def _write(folder: Path, source: random.Random, size: int) -> int:
    """Write one model and return its factor."""
    version = folder / "1"
    version.mkdir(parents=True)
    factor = source.randrange(2, 100)
    state = hashlib.sha256()
    with (version / "weights.bin").open("wb") as file:
        for block in _blocks(source, size):
            state.update(block)
            file.write(block)
    (version / "model.py").write_text(MODEL)
    (folder / "config.pbtxt").write_text(CONFIG.format(name=folder.name, factor=factor, sha256=state.hexdigest()))
    return factor


def _blocks(source: random.Random, size: int) -> Iterator[bytes]:
    """Random bytes, which neither a file system nor a network can make smaller."""
    while size > 0:
        block = min(size, MIB)
        yield source.randbytes(block)
        size -= block
