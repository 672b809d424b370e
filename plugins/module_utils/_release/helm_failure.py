# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What helm says when it fails, as one sentence with a way out."""

from __future__ import annotations

import os
import re

UNWRITTEN = "Nothing was written."
_CURE = f"install helm 3 or 4 (https://helm.sh), or give its path as triton_helm_binary. {UNWRITTEN}"
_NO_CHART = re.compile(
    r"Chart\.yaml file is missing|unable to detect chart at|cannot load Chart\.yaml|non-absolute URLs"
    r'|^Error: (?:repo \S+|path ".*"|chart ".*") not found',
    re.MULTILINE,
)
_LOGIN = re.compile(r"credential|unauthorized|denied|\b401\b|\b403\b", re.IGNORECASE)
_FOREIGN = re.compile(
    r'(?P<kind>\w+) "(?P<name>[^"]*)" in namespace "(?P<namespace>[^"]*)" exists and cannot be imported into the current release'
    r'(?:.*?"meta\.helm\.sh/release-name" must equal "[^"]*": current value is "(?P<release>[^"]*)")?',
    re.DOTALL,
)


def missing() -> str:
    """There is no helm on PATH."""
    return f"There is no helm where this task runs; {_CURE}"


def not_runnable(binary: str, number: int) -> str:
    """The program cannot be run.

    :param number: the error number of the system.
    """
    return f"{binary} cannot be run ({os.strerror(number)}); {_CURE}"


def no_helm(binary: str) -> str:
    """The program is something else."""
    return f"{binary or 'The helm on PATH'} does not tell its version, so it is no helm; {_CURE}"


def too_old(binary: str, version: str, oldest: str) -> str:
    """The program is a helm that lacks what is needed."""
    return (
        f"{binary or 'The helm on PATH'} is helm {version}, but {oldest} or later is needed; give the path of a newer one as "
        f"triton_helm_binary. {UNWRITTEN}"
    )


def foreign(kind: str, name: str, namespace: str, release: str | None) -> str:
    """An object of the release belongs to somebody else.

    :param release: the release that it belongs to, None where it belongs to none.
    """
    whose = f'belongs to release "{release}"' if release else "is managed by no release"
    if kind == "PersistentVolumeClaim":
        # Nobody is to be told to delete data.
        way_out = f"name it as an existing claim (existing: {name}), or choose another release name"
    else:
        way_out = "choose another release name, or delete it"
    return f"{kind} {name} in namespace {namespace} is there already and {whose}; {way_out}. {UNWRITTEN}"


def unrendered(stderr: str, chart: str) -> str:
    """Why a chart cannot be rendered.

    :param stderr: what helm said.
    :param chart: the chart as the user named it.
    """
    if "specifications of the schema" in stderr:
        return f"The chart's schema refuses these values: {'; '.join(_findings(stderr))}. Correct triton_values. {UNWRITTEN}"
    if _NO_CHART.search(stderr):
        return f"{chart} is no chart that helm can read: {_reason(stderr)}. Correct the path or name of the chart. {UNWRITTEN}"
    if found := _FOREIGN.search(stderr):
        return foreign(found["kind"], found["name"], found["namespace"], found["release"])
    return f"Helm cannot render chart {chart}: {_reason(stderr)}. {UNWRITTEN}"


def unfetched(stderr: str, chart: str) -> str:
    """Why a chart that is not on this machine cannot be fetched.

    :param stderr: what helm said.
    :param chart: the chart as the user named it.
    """
    if _NO_CHART.search(stderr):
        return unrendered(stderr, chart)
    registry = chart.removeprefix("oci://").partition("/")[0]
    if chart.startswith("oci://") and _LOGIN.search(stderr):
        way_out = f"Log in with helm registry login {registry}, as the user who runs this task. "
    elif "certificate" in stderr:
        way_out = "Let this machine trust the CA, or give it in SSL_CERT_FILE. "
    else:
        way_out = ""
    return f"Helm cannot fetch chart {chart}: {_reason(stderr)}. {way_out}{UNWRITTEN}"


def lacks_kinds(stderr: str) -> bool:
    """Whether helm failed because the cluster does not serve a kind."""
    return "ensure CRDs are installed first" in stderr or "no matches for kind" in stderr


def unwritten(stderr: str, what: str) -> str:
    """Why helm could not carry out what was planned.

    :param what: such as ``upgrade release triton``.
    """
    return (
        f"Helm cannot {what}: {_reason(stderr)}. Correct that and run again: the next run goes on from what there is."
    )


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
