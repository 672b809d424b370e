# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart rendered by helm for a cluster whose kinds are known, with all that it comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._chart import derived, rendered
from .._chart.subcharts import without_missing
from .._errors import TritonError
from .._helm.program import Program
from .._release import chart as charts
from .._release import helm_command, helm_failure, undecidable
from .._release.helm_command import Target

_KEEPER = "keep"
_KEPT = "INFEROPS_TRITON_KEPT"
_PLUGIN = {
    "apiVersion": "v1",
    "type": "postrenderer/v1",
    "name": _KEEPER,
    "version": "0.1.0",
    "runtime": "subprocess",
    "runtimeConfig": {"platformCommand": [{"command": "sh", "args": ["-c", f'cat > "${_KEPT}"']}]},
}


class Rendering:
    """How helm renders a chart for a cluster whose kinds are known."""

    def __init__(
        self,
        helm: Program,
        target: Target,
        files: Mapping[str, bytes],
        values: Mapping[str, Any],
        cluster: tuple[str, frozenset[tuple[str, str]]],
        upgrade: bool,
        missing: bool,
    ) -> None:
        self._helm, self._values, self._upgrade = helm, values, upgrade
        self._named = target.chart
        version, kinds = cluster
        served = sorted({api for api, _kind in kinds} | {f"{api}/{kind}" for api, kind in kinds})
        self._cluster = (version, served)
        self._lookup = not missing and bool(undecidable.looking_templates(charts.templates(files)))
        self._crds = charts.brings_kinds(files)
        prepared = self._prepared(files, values)
        folder = write(prepared, helm.folder("original"))
        self._target = Target(target.name, target.namespace, str(folder))

    def _prepared(self, files: Mapping[str, bytes], values: Mapping[str, Any]) -> dict[str, bytes]:
        found, needed = without_missing(files, values)
        if needed:
            one = needed[0]
            off = f", or switch it off by {one.switch}: false in the values" if one.switch else ""
            source = f" ({one.repository})" if one.repository else ""
            raise TritonError(
                f"Chart {self._named} needs chart {one.name} {one.version}{source}, which is not in its folder charts; fetch it with "
                f"helm dependency build{off}. {helm_failure.UNWRITTEN}"
            )
        if "templates/NOTES.txt" in found:
            found[rendered.NOTES_TEMPLATE] = rendered.NOTES_SOURCE.encode()
        return found

    def rendered(self) -> rendered.Rendered:
        """What the chart comes to; random values are others each time.

        :raises TritonError: helm cannot render it.
        """
        if not self._lookup or int(self._helm.major) == 3:
            return rendered.read(self._output(self._lookup), "the rendered chart")
        found = rendered.read(self._kept(), "the rendered chart")
        if not self._crds:
            return found
        plain_ = rendered.read(self._output(False), "the rendered chart")
        return rendered.Rendered(found.objects, plain_.crds, found.notes)

    def _output(self, lookup: bool) -> str:
        command = helm_command.capture(self._target, int(self._helm.major), self._upgrade, self._cluster, lookup)
        said = self._helm.run(command, self._values)
        if said.code:
            raise TritonError(helm_failure.unrendered(said.errors, self._named))
        return said.output

    def _kept(self) -> str:
        """What helm 4 hands to a post-renderer, before it asks the cluster whether it serves all kinds."""
        plugins = self._helm.folder("plugins")
        write({f"{_KEEPER}/plugin.yaml": json.dumps(_PLUGIN).encode()}, plugins)
        kept = self._helm.folder("kept") / "manifests"
        kept.unlink(missing_ok=True)
        command = helm_command.capture(self._target, int(self._helm.major), self._upgrade, self._cluster, True, _KEEPER)
        more = {"HELM_PLUGINS": str(plugins), _KEPT: str(kept)}
        said = self._helm.run(command, self._values, more=more)
        if not kept.is_file():
            raise TritonError(helm_failure.unrendered(said.errors, self._named))
        return kept.read_text(encoding="utf-8")


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write files by their paths below a folder, and return that."""
    for path, content in files.items():
        place = folder / path
        if not place.resolve().is_relative_to(folder.resolve()):
            raise TritonError(f"File {path!r} of the chart lies outside of the chart. {helm_failure.UNWRITTEN}")
        place.parent.mkdir(parents=True, exist_ok=True)
        if derived.is_secret(path):
            place.touch(0o600)
        place.write_bytes(content)
    return folder
