# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart's manifests, rendered by helm without a cluster."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .._errors import TritonError

TIMEOUT_S = 120
# Runs a command for so many seconds at most (else TimeoutError): exit code, output, errors.
Runner = Callable[[Sequence[str], int], tuple[int, str, str]]
# Charts look for these to find out whether they are on OpenShift.
OPENSHIFT_APIS = (
    "apps.openshift.io/v1",
    "config.openshift.io/v1",
    "project.openshift.io/v1",
    "route.openshift.io/v1",
    "security.openshift.io/v1",
    "security.openshift.io/v1/SecurityContextConstraints",
)
_ARCHIVES = (".tgz", ".tar.gz")


@dataclass(frozen=True, slots=True)
class Rendering:
    """How a chart is rendered; ``values`` are files, ``sets`` as helm's --set."""

    helm: str = "helm"
    release: str = "release"
    namespace: str = "default"
    values: Sequence[str] = ()
    sets: Sequence[str] = ()
    openshift: bool = True
    kube_version: str = ""


def is_chart(path: Path) -> bool:
    """A directory with a Chart.yaml, or an archive."""
    return os.path.isfile(path / "Chart.yaml") or (path.name.endswith(_ARCHIVES) and os.path.isfile(path))


def render(path: Path, how: Rendering, run: Runner) -> str:
    """The chart's manifests, tests and CRDs left out.

    :raises TritonError: helm is missing, or does not render the chart.
    """
    helm = shutil.which(how.helm)
    if helm is None:
        raise TritonError(
            f"{path} is a chart, and helm, which renders it, is not at {how.helm!r}; install it, or give --helm."
        )
    command = [helm, "template", how.release, str(path), "--namespace", how.namespace, "--skip-tests"]
    command += [word for name in how.values for word in ("--values", name)]
    command += [word for text in how.sets for word in ("--set", text)]
    if how.openshift:
        command += [word for name in OPENSHIFT_APIS for word in ("--api-versions", name)]
    if how.kube_version:
        command += ["--kube-version", how.kube_version]
    try:
        code, output, errors = run(command, TIMEOUT_S)
    except TimeoutError as error:
        raise TritonError(f"helm did not render {path} within {TIMEOUT_S} s; does a template loop?") from error
    except OSError as error:
        raise TritonError(f"{helm} cannot be run ({error.strerror}); give --helm another one.") from error
    if code != 0:
        raise TritonError(f"helm does not render {path}: {' '.join(errors.split())[:2000]}")
    return output
