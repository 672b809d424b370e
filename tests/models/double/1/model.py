# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doubles each number of INPUT (FP32, any length) into OUTPUT."""

from __future__ import annotations

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests: list) -> list:
        return [pb_utils.InferenceResponse(output_tensors=[_double(request)]) for request in requests]


def _double(request: object) -> object:
    values = pb_utils.get_input_tensor_by_name(request, "INPUT").as_numpy()
    return pb_utils.Tensor("OUTPUT", values * values.dtype.type(2))
