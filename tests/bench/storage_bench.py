# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench of model storage: uploads and syncs of 200 small models and of one of 1 GiB (upload_bench.py, sync_bench.py).

By itself it runs on a local cluster that is up: `storage_bench.py --cluster NAME`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / name) for name in ("tools", "storage"))]

import sync_bench
import upload_bench
from common import ROOT, ToolError, run
from objectstore import ClusterError, s3_store
from provide import collections, kubectl
from repositories import many_small, one_large

DATA = {"small": many_small, "large": one_large}
KINDS = ("sync", "upload")
# What a bench ends with that cannot be carried out.
FAILURES = (ToolError, ClusterError)


def lines(
    rounds: int, cluster: str, kinds: tuple[str, ...] = KINDS, data: tuple[str, ...] = tuple(DATA)
) -> Iterator[dict[str, Any]]:
    """All lines, each as soon as it is known; the namespace and the store go in the end. Raises FAILURES."""
    state = ROOT / ".cluster" / cluster
    namespace = f"bench-storage-{uuid.uuid4().hex[:6]}"
    installed = collections(upload_bench.CORE)
    admin = [kubectl(), "--kubeconfig", state / "kubeconfig"]
    with tempfile.TemporaryDirectory(prefix="inferops-bench-") as folder, s3_store(cluster, tls=False) as store:
        run([*admin, "create", "namespace", namespace])
        try:
            range_known = r"--for=jsonpath={.metadata.annotations.openshift\.io/sa\.scc\.uid-range}"
            run([*admin, "wait", range_known, f"namespace/{namespace}", "--timeout=30s"])
            run([*admin, "wait", "--for=create", "serviceaccount/default", "-n", namespace, "--timeout=30s"])
            for name in data:
                models = Path(folder, name)
                DATA[name](models)
                store.fill(models, "models", name)
                if "sync" in kinds:
                    sync = sync_bench.Bench(state / "kubeconfig", namespace, name, store, installed)
                    sync.make_secret()
                    yield from sync.measure(rounds)
                if "upload" in kinds:
                    yield from upload_bench.Bench(state, namespace, name, models, store, installed).measure(rounds)
        finally:
            run([*admin, "delete", "namespace", namespace, "--wait", "--timeout=180s"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds to take the median of (default: 5)")
    parser.add_argument("--cluster", default="bench", help="local cluster that is up (default: bench)")
    parser.add_argument("--kind", choices=KINDS, help="only these lines")
    parser.add_argument("--data", choices=tuple(DATA), help="only this data")
    arguments = parser.parse_args()
    kinds = (arguments.kind,) if arguments.kind else KINDS
    data = (arguments.data,) if arguments.data else tuple(DATA)
    try:
        for line in lines(arguments.rounds, arguments.cluster, kinds, data):
            print(json.dumps(line), flush=True)
    except FAILURES as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
