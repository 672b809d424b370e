# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring up, take down or look at a local cluster: `cluster.py up|down|status|storage --name NAME`. Needs root and Linux.

`storage` brings the images for tests of model storage into a cluster that is up.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from localcluster import lifecycle
from localcluster.build import ToolError
from localcluster.settings import Cluster, ClusterError, check_name


def main() -> int:
    """Exit code 0: done (status: ready). 1: it could not be done, with the reason on stderr (status: not ready)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status", "storage"])
    parser.add_argument("--name", help="name of the cluster (default: the profile)")
    parser.add_argument("--profile", choices=["openshift", "kubernetes"], default="openshift")
    parser.add_argument("--node", choices=["real", "simulated"], default="real")
    options = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # after a plain `su` they are missing
    try:
        cluster = Cluster(check_name(options.name or options.profile), options.profile, options.node)
        if options.command == "status":
            report = lifecycle.status(cluster)
            print(json.dumps(report, indent=2))
            return 0 if report["ready"] else 1
        {"up": lifecycle.up, "down": lifecycle.down, "storage": lifecycle.bring_storage}[options.command](cluster)
    except (ClusterError, ToolError) as error:
        print(f"cluster: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cluster: interrupted; the next `up` goes on from here, `down` removes everything", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
