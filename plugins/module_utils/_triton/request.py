# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a user writes to an inference request of the KServe v2 protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import TritonError

DATATYPES = (
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BF16", "BYTES",
)  # fmt: skip


def build(
    inputs: Sequence[Mapping[str, Any]], outputs: Sequence[str] = (), parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Build and check the request.

    :param inputs: each with name, datatype, data (nested or flat list, or a single value) and optionally shape.
    :raises TritonError: an unknown datatype, a value that is none of it, ragged data, or a shape that does not hold the data.
    """
    if not inputs:
        raise TritonError("An inference needs at least one input; give inputs with name, datatype and data.")
    request: dict[str, Any] = {"inputs": [_tensor(entry) for entry in inputs]}
    if outputs:
        request["outputs"] = [{"name": name} for name in outputs]
    if parameters:
        request["parameters"] = dict(parameters)
    return request


def _tensor(entry: Mapping[str, Any]) -> dict[str, Any]:
    name, datatype, data = entry["name"], entry["datatype"], entry["data"]
    if datatype not in DATATYPES:
        raise TritonError(f"Input {name}: {datatype!r} is no datatype; choose from {', '.join(DATATYPES)}.")
    nested = data if isinstance(data, list) else [data]
    try:
        flat = flatten(nested)
        shape = list(entry["shape"]) if entry.get("shape") else shape_of(nested, name)
    except RecursionError as error:
        raise TritonError(f"Input {name}: data is nested too deeply; give flat data with a shape.") from error
    count = 1
    for length in shape:
        count *= length
    if count != len(flat) or any(length < 0 for length in shape):
        raise TritonError(f"Input {name}: shape {shape} holds {count} values, but data has {len(flat)}.")
    return {
        "name": name,
        "datatype": datatype,
        "shape": shape,
        "data": [_value(name, datatype, value) for value in flat],
    }


def _value(name: str, datatype: str, value: Any) -> Any:
    """Numbers may arrive as text from templates and surveys."""
    if datatype == "BYTES":
        return value if isinstance(value, str) else str(value)
    try:
        if datatype == "BOOL":
            return _boolean(value)
        if datatype.startswith(("INT", "UINT")):
            return _integer(datatype, value)
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise TritonError(f"Input {name}: {value!r} is no {datatype}.") from error


def _integer(datatype: str, value: Any) -> int:
    number = int(value)
    bits = int(datatype.lstrip("UINT"))
    low, high = (0, 2**bits) if datatype.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1))
    if not low <= number < high or isinstance(value, float) and number != value:
        raise ValueError(value)
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "false": False, "1": True, "0": False}
    if str(value).lower() not in known:
        raise ValueError(value)
    return known[str(value).lower()]


def flatten(data: Any) -> list[Any]:
    """Nested lists in row-major order."""
    if not isinstance(data, list):
        return [data]
    return [value for item in data for value in flatten(item)]


def shape_of(data: Any, name: str) -> list[int]:
    """The shape of nested lists.

    :raises TritonError: rows of different lengths.
    """
    if not isinstance(data, list):
        return []
    shapes = [shape_of(item, name) for item in data]
    if any(shape != shapes[0] for shape in shapes):
        raise TritonError(
            f"Input {name}: the rows of data have different lengths; give equal rows, or flat data with a shape."
        )
    return [len(data), *(shapes[0] if shapes else [])]
