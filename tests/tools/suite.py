# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's test suites: `suite.py unit`, `lint`, `differential`, `integration`, or `all` of them in this order.

`suite.py storage`, `release` and `adapt` are the parts of `integration` about model storage, releases and charts of others, and `soak-storage` is
what tests/storage/soak.py runs of it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import checks
from ansible_test import environment, make_tree
from common import ROOT, ToolError
from provide import VERSIONS, collections, helm, kubectl, python, venv
from runner import Case, Log, NotRun, Outcome, count_junit, run_suite, terminate_children

CORES = ("core219", "core216", "core221")


def _needs(core: str) -> str:
    """The Python of a supported ansible-core, as X.Y; NotRun when this machine has none."""
    version = str(VERSIONS["venvs"][core])
    if python(version) is None:
        raise NotRun(f"no Python {version} was found; put python{version} (with venv) on PATH or into pyenv.")
    return version


@contextlib.contextmanager
def _ansible_test(core: str, *arguments: str) -> Iterator[tuple[list[str | Path], Path]]:
    """A command of ansible-test, and the temporary tree to run it in."""
    version = _needs(core)
    with tempfile.TemporaryDirectory(prefix="inferops-tree-") as folder:
        tree = make_tree(Path(folder))
        yield [venv(core) / "bin" / "ansible-test", *arguments, "--python", version, "--color", "no"], tree


def unit(core: str, log: Log) -> Outcome:
    """The unit tests under one ansible-core."""
    with _ansible_test(core, "units") as (command, tree):
        junit = tree / "tests" / "output" / "junit"
        return log.counted(command, lambda _output: count_junit(junit.glob("*.xml")), env=environment(core), cwd=tree)


def sanity(core: str, log: Log) -> None:
    """ansible-test sanity under one ansible-core, without any ignore file."""
    with _ansible_test(core, "sanity", "--requirements", "--truncate", "0") as (command, tree):
        log.run(command, env=environment(core), cwd=tree)


def integration(core: str, pattern: str, log: Log, *, cluster: str = "test", but: str = "") -> Outcome:
    """Integration tests on a local cluster under one ansible-core: files by a pattern of names.

    :param cluster: name of the cluster; those that run side by side need one each.
    :param but: a pattern of files to leave out, "" for none.
    """
    _needs(core)
    env = {
        "INFEROPS_VENV": str(venv(core)),
        "INFEROPS_COLLECTIONS": str(collections(core)),
        "INFEROPS_HELM": str(helm("3")),
        "INFEROPS_HELM4": str(helm("4")),
        "INFEROPS_KUBECTL": str(kubectl()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "INFEROPS_CLUSTER": os.environ.get("INFEROPS_CLUSTER", cluster),
    }
    with tempfile.TemporaryDirectory(prefix="inferops-junit-") as folder:
        junit = Path(folder) / "junit.xml"
        command = [venv(core) / "bin" / "python", "-m", "pytest", "-v", "-p", "no:cacheprovider"]
        folder_of_tests = ROOT / "tests" / "integration"
        tests = sorted(set(folder_of_tests.glob(pattern)) - set(folder_of_tests.glob(but) if but else ()))
        return log.counted([*command, "--junit-xml", junit, *tests], lambda _output: count_junit([junit]), env=env)


def differential(script: str, log: Log, *more: str) -> Outcome:
    """A seeded sample of a comparison with the code that decides on real clusters; its last line has the counts."""
    return log.counted([sys.executable, ROOT / "tests" / "differential" / script, *more], _last_counts)


def _workloads(log: Log) -> Outcome:
    seed = os.environ.get("INFEROPS_SEED", "1")
    return differential("adapted.py", log, "--cases", "20000", "--seed", seed)


def _last_counts(output: str) -> Outcome:
    found = [line for line in output.splitlines() if line.startswith('{"suite": ')]
    if not found:
        raise ToolError("the comparison ended without a result.")
    counts = json.loads(found[-1])
    return Outcome(counts["cases"], counts["failed"])


def _lint_lanes() -> list[list[Case]]:
    quick = [
        Case("licence headers", checks.licence_headers),
        Case("ruff check", checks.ruff_check),
        Case("ruff format", checks.ruff_format),
        Case("mypy strict", checks.mypy),
        Case("gofmt", checks.gofmt),
        Case("collection build", checks.collection_build),
        Case("documentation", checks.documentation),
        Case("tables in documents", checks.tables),
        Case("ansible-lint production", checks.ansible_lint),
        Case("helm lint 3", partial(checks.helm_lint, "3")),
        Case("helm lint 4", partial(checks.helm_lint, "4")),
    ]
    # core216 and core219 share a Python, hence ansible-test's environments: never side by side.
    return [
        [Case(f"sanity {core}", partial(sanity, core)) for core in ("core219", "core216")],
        [*quick, Case("sanity core221", partial(sanity, "core221"))],
    ]


SUITES: dict[str, Callable[[], list[list[Case]]]] = {
    "unit": lambda: [[Case(f"unit {core}", partial(unit, core))] for core in CORES],
    "lint": _lint_lanes,
    "differential": lambda: [
        [
            Case("SCC admission", partial(differential, "differential.py")),
            Case("Pod Security Admission", partial(differential, "podsecurity.py")),
            Case("manifests and defaults", partial(differential, "podsecurity_manifests.py")),
            Case("adapted workloads", partial(differential, "adapted.py")),
            Case("comparisons broken on purpose", partial(differential, "podsecurity_faults.py")),
            Case("types of a pod's fields", checks.pod_types),
        ]
    ],
    # Most of their time is spent waiting for pods, so two clusters take little longer than one.
    "integration": lambda: [
        [
            Case(
                "storage core219",
                partial(integration, "core219", "test_storage*.py", cluster="test-storage"),
                live=True,
            ),
        ],
        [
            Case(
                "integration core219",
                partial(integration, "core219", "test_*.py", but="test_storage*.py"),
                live=True,
            ),
            Case("deploy core216", partial(integration, "core216", "test_deploy.py"), live=True),
            Case("deploy core221", partial(integration, "core221", "test_deploy.py"), live=True),
            # Last, when the build cache has the packages of the cluster's programs.
            Case("go vet and test", checks.go_tests),
        ],
    ],
}
# Parts of these, to be run alone.
PARTS: dict[str, Callable[[], list[list[Case]]]] = {
    "storage": lambda: [[Case("storage core219", partial(integration, "core219", "test_storage*.py"), live=True)]],
    "release": lambda: [[Case("release core219", partial(integration, "core219", "test_release*.py"), live=True)]],
    "adapt": lambda: [
        [
            Case("adapt core219", partial(integration, "core219", "test_adapt*.py"), live=True),
            Case("adapted workloads", partial(differential, "adapted.py")),
        ]
    ],
    # What `make soak-release` and `make soak-storage` carry out at full length.
    "soak-release": lambda: [
        [
            Case("kills", partial(integration, "core219", "test_release_kills.py"), live=True),
            Case("pairs of changes", partial(integration, "core219", "test_release_changes.py"), live=True),
        ]
    ],
    "soak-adapt": lambda: [
        [
            Case("charts", partial(integration, "core219", "test_adapt_charts.py"), live=True),
            Case("Triton's chart", partial(integration, "core219", "test_adapt_triton.py"), live=True),
            Case("workloads", _workloads),
        ]
    ],
    "soak-storage": lambda: [
        [
            Case("kills", partial(integration, "core219", "test_storage_kills.py"), live=True),
            Case("switches", partial(integration, "core219", "test_storage_backends.py"), live=True),
            Case("kills of the script", partial(integration, "core219", "test_storage_sync_script.py"), live=True),
        ]
    ],
}


def run_all(names: Sequence[str]) -> bool:
    """Run suites one after the other and sum them up; True when nothing failed."""
    results = {name: run_suite(name, (SUITES | PARTS)[name]()) for name in names}
    if len(names) > 1:
        print(f"\n{'suite':<14}{'cases':>7}{'failed':>8}{'not run':>9}")
        for name, one in results.items():
            print(f"{name:<14}{one.cases:>7}{one.failed:>8}{len(one.not_run):>9}")
        failed = sum(one.failed for one in results.values())
        print(f"\n{sum(one.cases for one in results.values()) - failed} passed, {failed} failed", flush=True)
    return not any(one.failed for one in results.values())


def _stop(number: int, _frame: object) -> None:
    terminate_children()
    # Threads wait for commands that were just ended; nothing is worth waiting for longer.
    os._exit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", choices=[*SUITES, "all", *PARTS])
    name = parser.parse_args().suite
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    os.chdir(ROOT)
    return 0 if run_all(list(SUITES) if name == "all" else [name]) else 1


if __name__ == "__main__":
    sys.exit(main())
