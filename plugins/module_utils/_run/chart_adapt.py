# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module chart_adapt does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._chart import derived
from .._errors import TritonError
from .._helm.program import opened
from .._kube import releases
from .._kube.client import connect
from .._kube.facts import check_namespace
from .._release.helm_command import Target
from .._release.objects import parse
from .._release.stored import UNINSTALLED
from . import derivation
from .helm_release_wanted import Chart
from .rendering import write

NOTES = "templates/NOTES.txt"


def run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Write a chart that the cluster admits, made of another one."""
    client = connect(params)
    dest = Path(params["dest"]).expanduser()
    before = _earlier(dest)
    missing = params["namespace_missing"]
    newest = None
    if not missing:
        newest = releases.read(client, params["name"], params["namespace"]).newest
        if newest is None:
            check_namespace(client, params["namespace"])
    with opened(params["helm_binary"], client.kubeconfig()) as helm:
        target = Target(
            params["name"], params["namespace"], params["chart"], params["chart_version"], params["chart_repository"]
        )
        chart = Chart(helm, target)
        if not chart.metadata.get("name"):
            raise TritonError(
                f"{params['chart']} is no chart: it has no Chart.yaml that names one. Correct the path. Nothing was written."
            )
        wanted = derivation.adapting(client, params, target.namespace, missing)
        version = str(client.request("GET", "/version").get("gitVersion", ""))
        made = derivation.derive(
            client,
            helm,
            target,
            chart.files,
            chart.metadata,
            params["values"],
            version,
            wanted,
            derivation.former_objects(newest) or _objects(before),
            upgrade=newest is not None and newest.status != UNINSTALLED,
            missing=missing,
            rehash=newest is not None and dict(newest.values) != dict(params["values"]),
        )
    files = dict(made.files)
    if made.random_notes and NOTES in before:
        files[NOTES] = before[NOTES]
    changed = before != files
    if changed and not check_mode:
        _write(files, before, dest)
    return {
        "changed": changed,
        "dest": str(dest),
        "version": made.metadata["version"],
        "changes": made.report["changes"],
        "cluster_definitions": made.report["cluster_definitions"],
        "undecidable": made.undecided,
        "diff": [_difference(path, before, files) for path in _differing(before, files)],
        "msg": _sentence(chart.metadata, made, dest, changed, check_mode),
    }


def _earlier(dest: Path) -> dict[str, bytes]:
    """The files of the chart that an earlier run wrote, {} for none; what else lies there is somebody else's.

    :raises TritonError: something else is there.
    """
    if not dest.exists():
        return {}
    found = [place for place in dest.rglob("*") if place.is_file()] if dest.is_dir() else []
    names = {place.relative_to(dest).as_posix(): place for place in found}
    if dest.is_dir() and (derived.CHANGES in names or not any(dest.iterdir())):
        return {name: place.read_bytes() for name, place in names.items() if derived.is_own(name)}
    raise TritonError(
        f"dest is {dest}, which is there and is no chart that this module wrote; give a folder of its own. Nothing was written."
    )


def _objects(files: Mapping[str, bytes]) -> list[Mapping[str, Any]]:
    found = [
        parse([content.decode()], path)
        for path, content in files.items()
        if path.startswith("templates/") and path.endswith(".json")
    ]
    return [item for manifest in found for item in (*manifest.objects, *manifest.hooks)]


def _differing(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    return sorted(path for path in {**before, **after} if before.get(path) != after.get(path))


def _difference(path: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, str]:
    """A file's texts; those of Secrets stay hidden, and notes, which often say passwords."""
    hidden = derived.is_secret(path) or path.endswith("NOTES.txt")

    def text(files: Mapping[str, bytes]) -> str:
        content = files.get(path, b"").decode(errors="replace")
        return "(not shown, since it may hold passwords)\n" if hidden and content else content

    return {"before_header": path, "after_header": path, "before": text(before), "after": text(after)}


def _write(after: Mapping[str, bytes], before: Mapping[str, bytes], dest: Path) -> None:
    try:
        for path in set(before) - set(after):
            (dest / path).unlink()
        write({path: after[path] for path in after if after[path] != before.get(path)}, dest)
    except OSError as error:
        raise TritonError(
            f"The chart cannot be written to {dest} ({error.strerror}); give a folder that this user may write to."
        ) from error


def _sentence(
    metadata: Mapping[str, Any], made: derivation.Derived, dest: Path, changed: bool, check_mode: bool
) -> str:
    number = len(made.report["changes"])
    what = f"{number} change{'' if number == 1 else 's'}" if number else "it was right already"
    where = f"{'to be written' if check_mode else 'written'} to {dest}" if changed else f"{dest} has it already"
    return f"Chart {metadata['name']} {metadata.get('version', '')} was adapted: {what}; {where}."
