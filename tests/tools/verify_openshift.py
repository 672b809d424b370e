# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the SCC engine decide as an OpenShift of yours does? `make verify-openshift CONTEXT=name [NAMESPACE=name]`.

About 200 pods of many shapes are sent to the cluster as dry runs, which store nothing, as you yourself and, where you may
impersonate them, as the controllers of ReplicaSets and Jobs; the engine answers for the same pods by the cluster's SCCs and rights.
It asks first (YES=1 answers). NAMES=1 puts server, user and namespace into the report.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from common import ROOT, ToolError
from own import Target, agree, keep_kubeconfig
from provide import TOOLS, collections, venv

CORE = "core219"
NO_NAMESPACE = "the context names no namespace: give NAMESPACE=name, one that exists."


def verify(options: argparse.Namespace) -> int:
    if not options.context:
        raise ToolError("give CONTEXT=name of your kubeconfig (and NAMESPACE=name, by default the context's).")
    keep_kubeconfig()
    target = Target(options.namespace, None, options.context)
    remark = ""
    if not target.namespace:
        target, remark = Target(target.own_namespace, None, options.context), "that of the context"
    if not target.namespace:
        raise ToolError(NO_NAMESPACE)
    agree(target, f"Send {options.pods} pods there as dry runs, up to three times each? Nothing is written.", remark)
    command = [venv(CORE) / "bin" / "python", TOOLS / "verify" / "run.py", "--context", options.context]
    command += ["--namespace", target.namespace, "--pods", str(options.pods), "--seed", str(options.seed)]
    command += ["--output", options.output.resolve(), *(["--names"] if options.names else [])]
    # What Ansible's users set for other clusters does not count here.
    env = {name: value for name, value in os.environ.items() if not name.startswith("K8S_AUTH_")}
    env |= {"PYTHONPATH": str(collections(CORE)), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([str(word) for word in command], env=env, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--context", default=os.environ.get("CONTEXT", ""))
    parser.add_argument("--namespace", default=os.environ.get("NAMESPACE", ""))
    parser.add_argument("--pods", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--names", action="store_true", default=os.environ.get("NAMES") == "1")
    parser.add_argument("--output", type=Path, default=ROOT / ".cluster" / "own")
    try:
        return verify(parser.parse_args())
    except ToolError as error:
        print(f"verify-openshift: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("verify-openshift: interrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
