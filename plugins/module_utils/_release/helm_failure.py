# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What helm says when it fails, as one sentence with a way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def explain(result: Mapping[str, Any], chart: str) -> str:
    """Explain the failed result of one of kubernetes.core's helm modules.

    :param result: the module's result, with ``msg`` and, where helm ran, ``stderr``.
    :param chart: the chart as the user named it.
    """
    message, stderr = str(result.get("msg") or ""), str(result.get("stderr") or "")
    text = stderr or message
    if 'required executable "helm"' in message or "No such file or directory" in message and "helm" in message:
        return (
            "There is no helm where this task runs; install helm 3 or 4 (https://helm.sh), or give its path as triton_helm_binary. "
            "Nothing was written."
        )
    if "Helm version" in message:
        return f"{message.rstrip('.')}; give the path of a newer one as triton_helm_binary. Nothing was written."
    if "specifications of the schema" in text:
        return f"The chart's schema refuses these values: {'; '.join(_findings(text))}. Correct triton_values. Nothing was written."
    if "Chart.yaml file is missing" in text or ("not found" in text and chart in text):
        return f"{chart} is no chart that helm can read: {_last_line(text)}. Correct triton_chart. Nothing was written."
    return f"Helm cannot render chart {chart}: {_last_line(text)}. Nothing was written."


def _findings(text: str) -> list[str]:
    """The lines of the schema's report: ``- at '/replicas': got string, want integer`` or ``- replicas: Invalid type.``"""
    lines = [line.strip().removeprefix("- ").rstrip(".") for line in text.splitlines() if line.strip().startswith("- ")]
    return lines or [_last_line(text)]


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error:")]
    return (errors or lines or ["no reason given"])[-1].removeprefix("Error: ").rstrip(".")
