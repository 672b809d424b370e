# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/adapted-charts.md: the test charts, what is refused of them, what adapting changes, and the verdict after.

With --check only say whether it is up to date.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "adapt"))

from chart import RELEASE, Case, cases, write
from provide import helm

from plugins.module_utils._adapt.pods import Wish
from plugins.module_utils._adapt.served import serves
from plugins.module_utils._adapt.step import Refusal, Step
from plugins.module_utils._adapt.whole import Whole, Wishes, adapt_whole
from plugins.module_utils._cli.chart import Rendering, render
from plugins.module_utils._explain.explain import ADMITTED, explain
from plugins.module_utils._explain.offline_facts import Given, Offline
from plugins.module_utils._scc.manifests import objects_of, pod_sources
from plugins.module_utils._storage.base import Target

PAGE = ROOT / "docs" / "adapted-charts.md"
NAMESPACE = "serving"
ANNOTATIONS = {
    "openshift.io/sa.scc.uid-range": "1000900000/10000",
    "openshift.io/sa.scc.supplemental-groups": "1000900000/10000",
    "openshift.io/sa.scc.mcs": "s0:c30,c5",
}
_INDEX = re.compile(r"\[\d+\]")


def page() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [row(case, Path(folder)) for case in cases()]
    return "\n".join([*_head(), "| Chart | Refused before | Changes | After |", "| --- | --- | --- | --- |", *rows, ""])


def _head() -> Iterator[str]:
    yield "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->"
    yield "# Charts of many shapes, adapted"
    yield ""
    yield "The charts in `tests/adapt/charts` were written for the purpose. This is what `restricted-v2` and the API server of a cluster as it is"
    yield "installed refuse of each, what adapting changes, and what the SCC engine says then; `bin/scc-explain CHART --adapt` says the same of any"
    yield "chart. The table is made by `make chart-table`. `make test-adapt` installs, upgrades, rolls back and tests the same charts on a real control"
    yield "plane with OpenShift's admission, under Helm 3 and Helm 4; those that are refused here are refused there with the same reason."
    yield ""


def row(case: Case, folder: Path) -> str:
    """The line of one chart."""
    objects = rendered(case, folder)
    known = Offline(
        Given(
            objects=tuple(objects),
            namespaces={NAMESPACE: {"metadata": {"name": NAMESPACE, "annotations": ANNOTATIONS}}},
        )
    )
    wish = Wish(allow=tuple(case.adapt.get("allow", ())))
    wishes = Wishes(wish, bool(case.adapt.get("drop_missing")), case.adapt.get("volumes", {}))
    found = adapt_whole(objects, Target(NAMESPACE, RELEASE), known, _serves, wishes)
    before = list(_refused_before(objects, known))
    cells = (f"{case.name}: {case.title}", "; ".join(before) or "nothing", _changes(found), _after(found, known))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def rendered(case: Case, folder: Path) -> list[Any]:
    """The chart's objects, its tests and definitions of kinds among them."""
    values = folder / f"{case.name}.json"
    values.write_text(json.dumps(dict(case.values)))
    how = Rendering(str(helm("3")), RELEASE, NAMESPACE, [str(values)], whole=True, kube_version="1.33")
    return objects_of(render(write(case, folder), how, _run), case.name)


def _run(command: Sequence[str], seconds: int) -> tuple[int, str, str]:
    done = subprocess.run(command, text=True, capture_output=True, check=False, timeout=seconds)
    return done.returncode, done.stdout, done.stderr


def _serves(version: str, kind: str) -> bool:
    # The local cluster has no monitoring, which is what makes charts trip over it elsewhere.
    return not version.startswith("monitoring.coreos.com") and serves("openshift", version, kind)


def _refused_before(objects: Sequence[Mapping[str, Any]], known: Offline) -> Iterator[str]:
    fields: dict[str, list[str]] = {}
    for source in pod_sources(objects, NAMESPACE):
        result = explain(source, known.facts(source.namespace))
        if result["verdict"] == ADMITTED:
            continue
        own = [cause for cause in result["causes"] if any(one["scc"] == "restricted-v2" for one in cause["refused_by"])]
        fields.setdefault(source.kind, []).extend(f"{cause['field']} {_short(cause['value'])}" for cause in own)
    for kind, found in fields.items():
        yield f"{kind}: {', '.join(dict.fromkeys(found))}"
    brought = {
        ((item.get("spec") or {}).get("group"), ((item.get("spec") or {}).get("names") or {}).get("kind"))
        for item in objects
        if item.get("kind") == "CustomResourceDefinition"
    }
    gone = [
        f"{item.get('kind')} of {item.get('apiVersion')}"
        for item in objects
        if not _serves(str(item.get("apiVersion")), str(item.get("kind")))
        and (str(item.get("apiVersion")).rpartition("/")[0], item.get("kind")) not in brought
    ]
    if gone:
        yield f"not served: {', '.join(dict.fromkeys(gone))}"


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return "with " + ", ".join(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _changes(found: Whole) -> str:
    if found.refusals:
        return "none"
    counts = Counter(map(_what, found.steps))
    return "; ".join(f"{what}{f' ({number})' if number > 1 else ''}" for what, number in counts.items()) or "none"


def _what(step: Step) -> str:
    if step.path == "":
        return f"{step.kind} {'made' if step.before is None else 'left out'}"
    field = _INDEX.sub("", step.path).rpartition(".")[2]
    if field == "apiVersion":
        return f"{step.kind}: {step.before} becomes {step.after}"
    if field in ("volumes", "initContainers", "env", "ports", "imagePullSecrets") and isinstance(step.before, Mapping):
        source = next((key for key in step.before if key != "name"), "")
        name = f"{source} volume" if field == "volumes" else f"{field} entry"
        return f"{name} {'goes' if step.after is None else 'becomes a claim'}"
    return f"{field} {'goes' if step.after is None else 'is set'}"


def _after(found: Whole, known: Offline) -> str:
    if found.refusals:
        return "; ".join(map(_refusal, found.refusals))
    results = [explain(source, known.facts(source.namespace)) for source in pod_sources(found.objects, NAMESPACE)]
    refused = [result for result in results if result["verdict"] != ADMITTED]
    if refused:
        return "REFUSED: " + "; ".join(str(result["msg"]) for result in refused)
    return f"admitted by {_listed(dict.fromkeys(str(result['scc']) for result in results))}"


def _refusal(refusal: Refusal) -> str:
    reasons = [reason.rpartition(": ")[2] for reason in refusal.reasons]
    return f"**refused**: {refusal.kind}: {', '.join(dict.fromkeys(reasons))}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = page()
    if options.check:
        if not PAGE.is_file() or PAGE.read_text() != text:
            print(f"{PAGE.relative_to(ROOT)} is not what is made now; run make chart-table")
            return 1
        return 0
    PAGE.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
