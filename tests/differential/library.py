# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OpenShift's library says beside admission: who may use which SCC, in which order, and how restrictive each is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from common import run
from generate import Files, lines

from plugins.module_utils._scc.access import Grants, Rights, Subject, service_account
from plugins.module_utils._scc.model import parse
from plugins.module_utils._scc.order import by_priority
from plugins.module_utils._scc.points import points
from plugins.module_utils._scc.view import Pod


def compare_library(covered: Path, files: Files, coverage: Path) -> dict[str, int]:
    """Compare the listings of the cases of one chunk; and let the library answer what admission never asks."""
    env = {"GOCOVERDIR": str(coverage)}
    run([covered, "library"], env=env)
    listed = run([covered, "list", "-sccs", files.sccs, files.cases], env=env).stdout.splitlines()
    sccs = {name: parse(scc) for name, scc in json.loads(files.sccs.read_text(encoding="utf-8")).items()}
    pairs = zip(lines(files.cases), map(json.loads, listed), strict=True)
    differed = [case["id"] for case, wanted in pairs if not _agrees(case, wanted, sccs)]
    return {"compared": len(listed), "differed": len(differed)}


def _agrees(case: dict[str, Any], wanted: dict[str, Any], catalogue: dict[str, Any]) -> bool:
    present = list({catalogue[name].name: catalogue[name] for name in case["sccs"]}.values())
    user = case.get("user") or {}
    # The library is asked with the namespace object's name, as the rights are.
    namespace = ((case.get("namespace") or {}).get("metadata") or {}).get("name") or ""
    name = Pod(case["pod"]).service_account
    account = service_account(namespace, name) if name else None
    requester = Subject(user.get("name") or "", tuple(user.get("groups") or ()))
    rights = Rights(account, requester, Grants(case.get("usable")))
    usable = [scc.name for scc in by_priority(present) if rights.subject(scc)]
    scores = {scc.name: points(scc) for scc in present}
    restrictions = [scores[scc] for scc in wanted["restrictions"]]
    nfs = {scc.name for scc in present if {"nfs", "*"} & set(scc.volumes)}
    return usable == wanted["usable"] and restrictions == sorted(restrictions) and nfs == set(wanted["nfs"] or ())
