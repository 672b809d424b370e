# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart's manifests, rendered by helm without a cluster."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._chart.subcharts import without_missing
from .._errors import TritonError
from .._release import chart as charts
from .._release.values import merged
from .._scc.yamltext import documents

TIMEOUT_S = 120
# Runs a command for so many seconds at most (else TimeoutError): exit code, output, errors.
Runner = Callable[[Sequence[str], int], tuple[int, str, str]]
# Helm knows versions by itself, but no kinds, for which charts ask as well.
KUBERNETES_APIS = (
    "autoscaling/v2/HorizontalPodAutoscaler",
    "batch/v1/CronJob",
    "networking.k8s.io/v1/Ingress",
    "policy/v1/PodDisruptionBudget",
)
# Charts look for these to find out whether they are on OpenShift, and what they find there.
OPENSHIFT_APIS = (
    "apps.openshift.io/v1",
    "config.openshift.io/v1",
    "monitoring.coreos.com/v1",
    "monitoring.coreos.com/v1/PodMonitor",
    "monitoring.coreos.com/v1/PrometheusRule",
    "monitoring.coreos.com/v1/ServiceMonitor",
    "project.openshift.io/v1",
    "route.openshift.io/v1",
    "security.openshift.io/v1",
    "security.openshift.io/v1/SecurityContextConstraints",
)
_ARCHIVES = (".tgz", ".tar.gz")


@dataclass(frozen=True, slots=True)
class Rendering:
    """How a chart is rendered; ``values`` are files, ``sets`` as helm's --set; ``whole``: with its tests and the kinds that it brings."""

    helm: str = "helm"
    release: str = "release"
    namespace: str = "default"
    values: Sequence[str] = ()
    sets: Sequence[str] = ()
    openshift: bool = True
    kube_version: str = ""
    whole: bool = False


def is_chart(path: Path) -> bool:
    """A directory with a Chart.yaml, or an archive."""
    return os.path.isfile(path / "Chart.yaml") or (path.name.endswith(_ARCHIVES) and os.path.isfile(path))


def render(path: Path, how: Rendering, run: Runner) -> str:
    """The chart's manifests, tests and CRDs left out unless the whole is wanted; charts that it depends on need not be there where they are switched off.

    :raises TritonError: helm is missing, or does not render the chart.
    """
    helm = shutil.which(how.helm)
    if helm is None:
        raise TritonError(
            f"{path} is a chart, and helm, which renders it, is not at {how.helm!r}; install it, or give --helm."
        )
    with tempfile.TemporaryDirectory(prefix="scc-explain-") as folder:
        return _rendered(helm, _complete(path, how, Path(folder)), path, how, run)


def _complete(path: Path, how: Rendering, folder: Path) -> Path:
    """The chart, or a copy without the charts that it names, does not have and does not need."""
    files = charts.read(str(path))
    found, _needed = without_missing(files, merged([*map(_values, how.values), *map(_set, how.sets)]))
    if found == files:
        return path
    for name, content in found.items():
        place = folder / "chart" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder / "chart"


def _values(name: str) -> Mapping[str, Any]:
    """A file of values; {} for what helm has better words for."""
    try:
        found = documents(Path(name).read_bytes(), name)
    except (OSError, TritonError):
        return {}
    return found[0] if found and isinstance(found[0], Mapping) else {}


def _set(text: str) -> Mapping[str, Any]:
    """What --set switches on and off; nothing else says whether a chart is needed."""
    result: dict[str, Any] = {}
    for part in text.split(","):
        path, _equals, value = part.partition("=")
        if value not in ("true", "false"):
            continue
        place = result
        *folders, last = path.strip().split(".")
        for one in folders:
            # A value that is set before may be none that has parts.
            place[one] = place[one] if isinstance(place.get(one), dict) else {}
            place = place[one]
        place[last] = value == "true"
    return result


def _rendered(helm: str, chart: Path, path: Path, how: Rendering, run: Runner) -> str:
    command = [helm, "template", how.release, str(chart), "--namespace", how.namespace]
    command.append("--include-crds" if how.whole else "--skip-tests")
    command += [word for name in how.values for word in ("--values", name)]
    command += [word for text in how.sets for word in ("--set", text)]
    served = (*KUBERNETES_APIS, *(OPENSHIFT_APIS if how.openshift else ()))
    command += [word for name in served for word in ("--api-versions", name)]
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
