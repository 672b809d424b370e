# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What helm says when it fails, as one sentence with a way out."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

_CURE = "install helm 3 or 4 (https://helm.sh), or give its path as triton_helm_binary. Nothing was written."
_NO_CHART = re.compile(
    r"Chart\.yaml file is missing|unable to detect chart at|cannot load Chart\.yaml|non-absolute URLs"
    r'|^Error: (?:repo \S+|path ".*"|chart ".*") not found',
    re.MULTILINE,
)


def explain(result: Mapping[str, Any], chart: str, binary: str = "") -> str:
    """Explain the failed result of one of kubernetes.core's helm modules.

    :param result: the module's result, with ``msg`` and, where helm ran, ``stderr``; where it could not be run, ``cmd`` and
        the error number as ``rc``.
    :param chart: the chart as the user named it.
    :param binary: the path of helm as the user named it, "" for the one on PATH.
    """
    message, stderr = str(result.get("msg") or ""), str(result.get("stderr") or "")
    text = stderr or message
    if 'required executable "helm"' in message:
        return f"There is no helm where this task runs; {_CURE}"
    if result.get("cmd") and not stderr:
        return f"{_program(result['cmd'])} cannot be run ({os.strerror(int(result.get('rc') or 0))}); {_CURE}"
    if "determine Helm version" in message:
        return f"{binary or 'The helm on PATH'} does not tell its version, so it is no helm; {_CURE}"
    if "Helm version" in message:
        return f"{message.rstrip('.')}; give the path of a newer one as triton_helm_binary. Nothing was written."
    if "specifications of the schema" in text:
        return f"The chart's schema refuses these values: {'; '.join(_findings(text))}. Correct triton_values. Nothing was written."
    if _NO_CHART.search(text):
        return f"{chart} is no chart that helm can read: {_reason(text)}. Correct release_chart. Nothing was written."
    return f"Helm cannot render chart {chart}: {_reason(text)}. Nothing was written."


def _program(command: Any) -> str:
    return str(command if isinstance(command, str) else command[0]).split(" ", 1)[0]


def _findings(text: str) -> list[str]:
    """The lines of the schema's report: ``- at '/replicas': got string, want integer`` or ``- replicas: Invalid type.``"""
    lines = [line.strip().removeprefix("- ").rstrip(".") for line in text.splitlines() if line.strip().startswith("- ")]
    return lines or [_reason(text)]


def _reason(text: str) -> str:
    """The last error as one line; Helm 4 indents what belongs to it below."""
    errors = re.findall(r"^Error: (.*(?:\n[ \t]+\S.*)*)", text, re.MULTILINE)
    lines = [line.strip() for line in (errors[-1] if errors else text).splitlines() if line.strip()]
    if errors:
        return " ".join(lines).rstrip(".")
    return lines[-1].rstrip(".") if lines else "no reason given"
