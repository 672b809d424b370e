# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The weighted sum of each row: VALUES and WEIGHTS (FP32, [batch, n]) into SUM (FP32, [batch, 1])."""

from __future__ import annotations

import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests: list) -> list:
        return [_answer(request) for request in requests]


def _answer(request: object) -> object:
    values = pb_utils.get_input_tensor_by_name(request, "VALUES").as_numpy()
    weights = pb_utils.get_input_tensor_by_name(request, "WEIGHTS").as_numpy()
    if values.shape != weights.shape:
        # An error of one request leaves the others of its batch alone.
        message = f"VALUES has {values.shape[1]} numbers in a row, WEIGHTS {weights.shape[1]}: give as many of both."
        return pb_utils.InferenceResponse(error=pb_utils.TritonError(message))
    total = np.sum(values * weights, axis=1, keepdims=True, dtype=np.float32)
    return pb_utils.InferenceResponse(output_tensors=[pb_utils.Tensor("SUM", total)])
