# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask a cluster about many pods by dry runs, ask the SCC engine about the same, and compare. Nothing is written to the cluster.

Started by tests/tools/verify_openshift.py, with the collection on PYTHONPATH. Exit code 0: they agree; 1: they do not; 2: no
comparison was possible, with the reason on stderr.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from verify.compare import compare, predict
from verify.pods import Shape, Values, shapes
from verify.report import Compared, Report, markdown, table

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._explain.exempt import exemption
from ansible_collections.inferops.triton.plugins.module_utils._kube.access import whoami
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import ApiError, Client, connect, path_of
from ansible_collections.inferops.triton.plugins.module_utils._kube.facts import Unread, api_groups, platform_facts
from ansible_collections.inferops.triton.plugins.module_utils._kube.security import (
    ASKED,
    UNCONFIRMED,
    Access,
    Confirmation,
    confirm,
    namespace,
    sccs,
)
from ansible_collections.inferops.triton.plugins.module_utils._platform.detect import detect
from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Subject, service_account
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Admission, Request
from ansible_collections.inferops.triton.plugins.module_utils._scc.defaults import admission_defaults
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.namespace import read
from ansible_collections.inferops.triton.plugins.module_utils._scc.requesters import JOBS, REPLICA_SETS, signed_in
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import standard

ANNOTATIONS_PATIENCE_S = 10
AT_ONCE = 4
ACCOUNTS_AT_MOST = 8
SCCS_AT_MOST = 20


@dataclass(frozen=True)
class Cluster:
    """What was read once."""

    client: Client
    namespace: str
    annotations: Mapping[str, str]
    sccs: Sequence[Mapping[str, Any]]
    me: Subject
    access: Access
    unread: Unread
    accounts: Sequence[str]


@dataclass
class Asked:
    """Who is asked as, or why not."""

    requesters: dict[str, Subject] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def read_cluster(client: Client, name: str) -> Cluster:
    """Read what the verdicts rest on.

    :raises TritonError: without the SCCs or the namespace's values there is nothing to compare with.
    """
    unread = Unread()
    found = sccs(client, unread)
    if found is None:
        raise TritonError(
            f"{unread.sentences[0]}. The engine decides by the cluster's SCCs: ask for the right to list "
            "securitycontextconstraints.security.openshift.io, which the ClusterRole cluster-reader has."
        )
    if not found:
        raise TritonError(f"{client.server} has no SecurityContextConstraints; it is no OpenShift.")
    live = namespace(client, name, ANNOTATIONS_PATIENCE_S, unread)
    if live is None:
        raise TritonError(
            f"{unread.sentences[0]}. The engine needs its annotations: ask for the ClusterRole view in it."
        )
    why = exemption(name, live["metadata"].get("labels") or {})
    if why:
        raise TritonError(f'OpenShift applies no SCCs in namespace "{name}", since {why}; give another NAMESPACE.')
    user = whoami(client)
    me = Subject(user.name, user.groups)
    access = Access(client, name, me, [scc["metadata"]["name"] for scc in found], unread)
    annotations = live["metadata"].get("annotations") or {}
    return Cluster(client, name, annotations, found, me, access, unread, accounts(client, name))


def accounts(client: Client, name: str) -> list[str]:
    """Service accounts of the namespace: the default one, and others where they may be listed."""
    try:
        listed = client.request("GET", path_of("v1", "serviceaccounts", name)).get("items") or ()
    except ApiError as error:
        if error.status != 403:
            raise
        listed = ()
    names = {item["metadata"]["name"] for item in listed} - {"default"}
    return ["default", *sorted(names)][:ACCOUNTS_AT_MOST]


def values_of(cluster: Cluster, seed: int) -> Values:
    """Numbers and names for the pods."""
    allowed = read(cluster.annotations, cluster.namespace)
    names = sorted(scc["metadata"]["name"] for scc in cluster.sccs)
    shipped = [name for name in names if name in standard()]
    others = [name for name in names if name not in standard()]
    chosen = [*shipped, *random.Random(seed).sample(others, min(len(others), SCCS_AT_MOST - len(shipped)))]
    return Values(allowed.uids.first, allowed.uids.last, allowed.fs_group, allowed.mcs, chosen, cluster.accounts)


def requesters(cluster: Cluster, plain: Shape) -> Asked:
    """As whom the cluster can be asked: the user, and controllers where they may be impersonated."""
    asked = Asked()
    wanted = {"user": cluster.me, "replicaset-controller": signed_in(REPLICA_SETS), "job-controller": signed_in(JOBS)}
    for name, subject in wanted.items():
        tried = answer(cluster, subject, plain)
        if tried.verdict == UNCONFIRMED:
            asked.left_out[name] = tried.reason
        else:
            asked.requesters[name] = subject
    return asked


def answer(cluster: Cluster, subject: Subject, shape: Shape) -> Confirmation:
    """The cluster's verdict; a request that fails leaves it open."""
    try:
        requester = None if subject == cluster.me else subject
        return confirm(cluster.client, shape.pod, cluster.namespace, requester)
    except TritonError as error:
        return Confirmation(UNCONFIRMED, reason=error.message)


def comparisons(cluster: Cluster, pods: Sequence[Shape], asked: Asked) -> Iterator[Compared]:
    """Each pod, as each requester."""
    admission = Admission([parse(scc) for scc in cluster.sccs])
    pairs = [(shape, name, subject) for shape in pods for name, subject in asked.requesters.items()]
    for _shape, _name, subject in pairs[: len(asked.requesters)]:
        cluster.access.granted(subject)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda pair: answer(cluster, pair[2], pair[0]), pairs)
        for (shape, name, subject), answered in zip(pairs, answers, strict=True):
            seen = admission_defaults(shape.pod, cluster.namespace)
            account = service_account(cluster.namespace, seen["spec"]["serviceAccountName"])
            request = Request(seen, cluster.namespace, cluster.annotations, subject, cluster.access)
            predicted = predict(admission, request)
            certain = all(cluster.access.usable(one).source == ASKED for one in (subject, account))
            yield Compared(shape, name, seen, predicted, answered, compare(predicted, answered, seen), certain)


def version_of(client: Client) -> str:
    """Distribution and versions, as far as they may be read."""
    facts = platform_facts(client, api_groups(client), Unread())
    platform = detect(facts)
    return f"{' '.join(filter(None, (platform.distribution, platform.version)))}, Kubernetes {facts.git_version}"


def report_of(cluster: Cluster, found: Sequence[Compared], asked: Asked, options: argparse.Namespace) -> Report:
    return Report(
        seed=options.seed,
        version=version_of(cluster.client),
        names={
            "server": cluster.client.server,
            "context": options.context or "",
            "user": cluster.me.name,
            "namespace": cluster.namespace,
        },
        with_names=options.names,
        annotations=cluster.annotations,
        sccs=cluster.sccs,
        grants=cluster.access,
        subjects=asked.requesters,
        left_out=asked.left_out,
        unread=list(cluster.unread.sentences),
        compared=found,
    )


def tell(message: str) -> None:
    """Progress and failures, on stderr: stdout belongs to the result."""
    print(f"verify-openshift: {message}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubeconfig")
    parser.add_argument("--context")
    parser.add_argument("--namespace", required=True)
    parser.add_argument("--pods", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--names", action="store_true")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    try:
        cluster = read_cluster(
            connect({"kubeconfig": options.kubeconfig, "context": options.context}), options.namespace
        )
        pods = shapes(values_of(cluster, options.seed), options.seed, options.pods)
        asked = requesters(cluster, pods[0])
        if not asked.requesters:
            raise TritonError(f"Nobody can ask for pods here: {' '.join(asked.left_out.values())}")
        tell(f"asking about {len(pods)} pods as {', '.join(asked.requesters)}")
        report = report_of(cluster, list(comparisons(cluster, pods, asked)), asked, options)
    except TritonError as error:
        tell(error.message)
        return 2
    options.output.mkdir(parents=True, exist_ok=True)
    files = {
        "verify-openshift.json": json.dumps(report.as_dict(), indent=2) + "\n",
        "verify-openshift.md": markdown(report),
    }
    for name, text in files.items():
        (options.output / name).write_text(text)
    print(table(report), flush=True)
    for name in files:
        print(f"report  {options.output / name}", flush=True)
    print(
        json.dumps({"suite": "verify-openshift", "cases": len(report.judged), "failed": len(report.failed)}), flush=True
    )
    if not report.judged:
        tell("SCC admission judged none of the pods.")
        return 2
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
