# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._triton.request import build


def tensor(data: Any, datatype: str = "FP32", **more: Any) -> dict[str, Any]:
    (built,) = build([{"name": "X", "datatype": datatype, "data": data, **more}])["inputs"]
    return built


def refusal(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(TritonError) as caught:
        tensor(*args, **kwargs)
    return caught.value.message


@pytest.mark.parametrize(
    "data, shape, flat",
    [
        ([1.5, 2.5], [2], [1.5, 2.5]),
        ([[1, 2, 3], [4, 5, 6]], [2, 3], [1, 2, 3, 4, 5, 6]),
        ([[[1], [2]], [[3], [4]]], [2, 2, 1], [1, 2, 3, 4]),
        (7, [1], [7]),
        ([], [0], []),
        ([[], []], [2, 0], []),
    ],
)
def test_shape_of_nested_lists(data: Any, shape: list[int], flat: list[float]) -> None:
    built = tensor(data)
    assert (built["shape"], built["data"]) == (shape, flat)


def test_flat_data_with_a_shape() -> None:
    built = tensor([1, 2, 3, 4], shape=[2, 2])
    assert (built["shape"], built["data"]) == ([2, 2], [1, 2, 3, 4])


def test_request_with_outputs_and_parameters() -> None:
    request = build([{"name": "X", "datatype": "INT32", "data": [1]}], ["Y", "Z"], {"sequence_id": 7})
    assert request == {
        "inputs": [{"name": "X", "datatype": "INT32", "shape": [1], "data": [1]}],
        "outputs": [{"name": "Y"}, {"name": "Z"}],
        "parameters": {"sequence_id": 7},
    }


def test_request_without_them_has_no_such_fields() -> None:
    assert set(build([{"name": "X", "datatype": "INT32", "data": [1]}])) == {"inputs"}


@pytest.mark.parametrize(
    "datatype, given, sent",
    [
        ("FP32", "1.5", 1.5),
        ("FP64", 2, 2.0),
        ("INT64", "9007199254740993", 9007199254740993),
        ("INT32", 3.0, 3),
        ("UINT8", "255", 255),
        ("UINT8", 0, 0),
        ("INT8", -128, -128),
        ("INT8", 127, 127),
        ("UINT64", 2**64 - 1, 2**64 - 1),
        ("BOOL", "true", True),
        ("BOOL", "False", False),
        ("BOOL", 1, True),
        ("BOOL", "0", False),
        ("BOOL", False, False),
        ("BYTES", "text", "text"),
        ("BYTES", 7, "7"),
    ],
)
def test_values_may_arrive_as_text(datatype: str, given: Any, sent: Any) -> None:
    (value,) = tensor([given], datatype)["data"]
    assert value == sent
    assert type(value) is type(sent)


@pytest.mark.parametrize(
    "datatype, value",
    [
        ("INT32", "x"),
        ("INT32", 1.5),
        ("INT32", "1.5"),
        ("INT32", None),
        ("INT32", {}),
        ("INT32", float("inf")),
        ("INT32", float("nan")),
        ("FP32", "x"),
        ("FP32", None),
        ("FP32", {"a": 1}),
        pytest.param("FP32", 10**400, id="huge"),
        ("BOOL", "yes!"),
        ("BOOL", 2),
        ("BOOL", None),
    ],
)
def test_a_value_that_is_none_of_its_datatype_is_named(datatype: str, value: Any) -> None:
    assert refusal([value], datatype) == f"Input X: {value!r} is no {datatype}."


@pytest.mark.parametrize(
    "datatype, value",
    [
        ("UINT8", 256),
        ("UINT8", -1),
        ("INT8", 128),
        ("INT8", -129),
        ("UINT32", 2**32),
        ("INT64", 2**63),
        ("UINT64", 2**64),
    ],
)
def test_a_number_that_its_datatype_cannot_hold(datatype: str, value: int) -> None:
    assert refusal([value], datatype).startswith(f"Input X: {value} is no {datatype}")


@pytest.mark.parametrize(
    "datatype",
    [
        "BOOL",
        "UINT8",
        "UINT16",
        "UINT32",
        "UINT64",
        "INT8",
        "INT16",
        "INT32",
        "INT64",
        "FP16",
        "FP32",
        "FP64",
        "BF16",
        "BYTES",
    ],
)
def test_datatypes_of_the_protocol(datatype: str) -> None:
    assert tensor(["1"], datatype)["datatype"] == datatype


def test_unknown_datatype_is_named_with_the_known_ones() -> None:
    message = refusal([1], "FLOAT")
    assert message.startswith("Input X: 'FLOAT' is no datatype; choose from BOOL, ")
    assert "FP32" in message


def test_datatypes_are_case_sensitive_as_the_protocol_is() -> None:
    assert "'fp32' is no datatype" in refusal([1], "fp32")


@pytest.mark.parametrize("data", [[[1, 2], [3]], [[1], 2], [[[1]], [[1, 2]]]])
def test_ragged_rows(data: Any) -> None:
    assert (
        refusal(data) == "Input X: the rows of data have different lengths; give equal rows, or flat data with a shape."
    )


@pytest.mark.parametrize("shape, held", [([3], 3), ([2, 2], 4), ([0], 0), ([-1, -2], 2)])
def test_a_shape_that_does_not_hold_the_data(shape: list[int], held: int) -> None:
    assert refusal([1, 2], shape=shape) == f"Input X: shape {shape} holds {held} values, but data has 2."


def test_no_input() -> None:
    with pytest.raises(TritonError, match="at least one input"):
        build([])


def test_nesting_without_end_is_no_traceback() -> None:
    data: Any = 1
    for _level in range(5000):
        data = [data]
    assert "nested" in refusal(data)
