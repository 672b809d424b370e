# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A double of one Triton server with model control, as version 2.51 behaves: what loads, what stays, and in which words it refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import Answer, FakeApi, Seen

NOT_EXPLICIT = "explicit model load / unload is not allowed if polling is enabled"
LATEST = {"latest": {"num_versions": 1}}


@dataclass
class FakeTriton:
    """Behind a path of the double of the API server; ``models`` are the versions that the repository has of each model.

    ``broken`` are models, or model and version, that do not load; ``lingering`` how many looks an unload goes on for.
    """

    api: FakeApi
    base: str
    models: dict[str, list[int]]
    explicit: bool = True
    broken: set[str] = field(default_factory=set)
    lingering: int = 0
    loaded: dict[str, dict[str, Any]] = field(default_factory=dict)
    leaving: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[str, str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.api.answers["POST", f"{self.base}/v2/repository/index"] = self._index
        self.api.answers["GET", f"{self.base}/v2/health/ready"] = (200, b"")
        self.api.answers["GET", f"{self.base}/v2/models/stats"] = self._statistics
        for model in self.models:
            self.api.answers["GET", f"{self.base}/v2/models/{model}/config"] = lambda _seen, name=model: self._config(
                name
            )
            for verb, answer in (("load", self._load), ("unload", self._unload)):
                path = f"{self.base}/v2/repository/models/{model}/{verb}"
                self.api.answers["POST", path] = lambda seen, name=model, act=answer: act(name, seen)

    def versions(self, model: str) -> list[int]:
        """The versions that are ready."""
        if model not in self.loaded:
            return []
        policy, there = self.loaded[model]["version_policy"], self.models[model]
        if "specific" in policy:
            return [version for version in there if version in policy["specific"]["versions"]]
        return there[-1:]

    def serve(self, model: str, **config: Any) -> None:
        """Let a model be loaded already."""
        self.loaded[model] = {"name": model, "version_policy": LATEST, **config}

    def _index(self, _seen: Seen) -> Answer:
        entries: list[dict[str, str]] = []
        for model in self.models:
            left = self.leaving.get(model, 0)
            self.leaving[model] = max(0, left - 1)
            own = [{"name": model, "version": str(version), "state": "READY"} for version in self.versions(model)]
            gone = [{"name": model, "version": "99", "state": "UNLOADING"}] if left else []
            entries += [*own, *gone] or [{"name": model}]
        return 200, entries

    def _statistics(self, _seen: Seen) -> Answer:
        counts = [
            {"name": model, "version": str(version), "inference_count": 2, "execution_count": 1}
            for model in self.loaded
            for version in self.versions(model)
        ]
        return 200, {"model_stats": counts}

    def _config(self, model: str) -> Answer:
        if model not in self.loaded:
            return 404, {"error": f"Request for unknown model: '{model}' is not found"}
        return 200, self.loaded[model]

    def _load(self, model: str, seen: Seen) -> Answer:
        if not self.explicit:
            return 503, {"error": NOT_EXPLICIT}
        text = (seen.body.get("parameters") or {}).get("config") if seen.body else None
        config = {"version_policy": LATEST, **json.loads(text)} if text else None
        self.changes.append(("load", model, config))
        if config is None and model in self.loaded:
            # Unchanged files: Triton stays with what it has, an override included.
            return 200, b""
        before = self.loaded.get(model)
        self.loaded[model] = config or {"name": model, "version_policy": LATEST, "backend": "python"}
        wanted = self.versions(model)
        failing = next((version for version in wanted if {model, f"{model}:{version}"} & self.broken), None)
        if wanted and failing is None:
            return 200, b""
        del self.loaded[model]
        if before is not None:
            self.loaded[model] = before
        if not wanted:
            why = f"at least one version must be available under the version policy of model '{model}'\n"
        else:
            why = f"version {failing} is at UNAVAILABLE state: Internal: RuntimeError: no weights\n\nAt:\n  /m.py(1): <module>\n;\n"
        return 400, {"error": f"load failed for model '{model}': {why}"}

    def _unload(self, model: str, seen: Seen) -> Answer:
        if not self.explicit:
            return 503, {"error": NOT_EXPLICIT}
        self.changes.append(("unload", model, seen.body or None))
        if self.loaded.pop(model, None) is not None:
            self.leaving[model] = self.lingering
        return 200, b""
