# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/official-chart.md: the official chart's pod under every SCC. With --check only say whether it is up to date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from plugins.module_utils._explain.each import each
from plugins.module_utils._scc.access import Grants, Subject
from plugins.module_utils._scc.admission import Admission, Request
from plugins.module_utils._scc.least import Wanted, least, object_name, words
from plugins.module_utils._scc.model import parse
from plugins.module_utils._scc.privileges import PRIVILEGES, weight
from plugins.module_utils._scc.standard import standard
from plugins.module_utils._scc.stored import stored

PAGE = ROOT / "docs" / "official-chart.md"
NAMESPACE = "triton"
ANNOTATIONS = {
    "openshift.io/sa.scc.uid-range": "1000900000/10000",
    "openshift.io/sa.scc.supplemental-groups": "1000900000/10000",
    "openshift.io/sa.scc.mcs": "s0:c30,c5",
}
SHOWN = 4
# The token that the API server mounts into each pod.
TOKEN = {
    "name": "kube-api-access",
    "projected": {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {
                "downwardAPI": {
                    "items": [
                        {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
                    ]
                }
            },
        ]
    },
}
# Facts of deploy/k8s-onprem in triton-inference-server/server: one container, an inline NFS volume, user and group 1000.
POD: dict[str, Any] = {
    "metadata": {"generateName": "triton-", "namespace": NAMESPACE},
    "spec": {
        "serviceAccountName": "triton",
        "securityContext": {"runAsUser": 1000, "fsGroup": 1000},
        "containers": [{"name": "triton", "ports": [{"containerPort": port} for port in (8000, 8001, 8002)]}],
        "volumes": [{"name": "models", "nfs": {"server": "nfs.example.org", "path": "/models"}}, TOKEN],
    },
}
# Facts of the SCC that the chart's tag `openshift` makes (templates/rbac.yaml, since 2025), named after the release.
UPSTREAM = {
    **standard()["restricted-v2"],
    "metadata": {"name": "chart's own (tag openshift)"},
    "runAsUser": {"type": "MustRunAsNonRoot"},
    "fsGroup": {"type": "RunAsAny"},
    "volumes": sorted({*standard()["restricted-v2"]["volumes"], "nfs"} - {"image"}),
}


def page() -> str:
    """The whole page."""
    generated = least(Wanted((POD,), NAMESPACE, ANNOTATIONS), object_name(NAMESPACE, "triton"))
    sccs = [*standard().values(), stored(UPSTREAM), generated.scc]
    admission = Admission([parse(scc) for scc in sccs])
    request = Request(POD, NAMESPACE, ANNOTATIONS, Subject(""), Grants("*"))
    rows = each(admission, request)
    return "\n".join(
        [
            *_head(),
            *_table(rows, generated.scc["metadata"]["name"]),
            *_comparison(generated.scc, words(generated.grants)),
            "",
        ]
    )


def _head() -> Iterator[str]:
    yield "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->"
    yield "# The official chart's pod under every SCC"
    yield ""
    yield (
        "Triton's official Helm chart for on-premises clusters mounts its models from an inline NFS volume and runs as user and\n"
        "group 1000. This is what each SCC says to that pod in a namespace with the range "
        f"{ANNOTATIONS['openshift.io/sa.scc.uid-range']}, if it may be used.\n"
        "The table is made by `make scc-table`; the engine behind it agrees with OpenShift's own admission code\n"
        "(`make test-differential`)."
    )
    yield ""


def _table(rows: list[dict[str, Any]], generated: str) -> Iterator[str]:
    yield "| SCC | Admits | Refuses | It allows, gravest first |"
    yield "| --- | --- | --- | --- |"
    for row in rows:
        refused = "; ".join(dict.fromkeys(_refusal(one) for one in row["refused"]))
        name = f"{row['scc']} (generated)" if row["scc"] == generated else row["scc"]
        yield f"| {name} | {'**yes**' if row['admits'] else 'no'} | {refused} | {_gravest(row['privileges'])} |"
    yield ""


def _gravest(privileges: list[str]) -> str:
    more = len(privileges) - SHOWN
    return ", ".join(privileges[:SHOWN]) + (f", and {more} more" if more > 0 else "")


def _refusal(one: Mapping[str, Any]) -> str:
    field = one["where"].rsplit(".", 1)[-1]
    return f"`{field}`: {one['why']}"


def _comparison(generated: Mapping[str, Any], grants: list[str]) -> Iterator[str]:
    own, upstream = parse(generated), parse(stored(UPSTREAM))
    yield "## The generated SCC beside the chart's own"
    yield ""
    yield f"The generated one allows {', '.join(grants)}, each of which the pod needs, and nothing else."
    yield ""
    yield "| | Chart's own | Generated |"
    yield "| --- | --- | --- |"
    yield "| Name | the release's: two namespaces with the same release collide | namespace and name |"
    yield f"| User | any but 0 | {generated['runAsUser']['uid']} alone |"
    yield f"| Group of volumes | any, 0 included | {generated['fsGroup']['ranges'][0]['min']} alone |"
    yield "| Supplemental groups | any, 0 included | those of the namespace |"
    yield f"| Capabilities that may be added | {', '.join(upstream.allowed_capabilities)} | none |"
    yield f"| Types of volumes | {', '.join(upstream.volumes)} | {', '.join(own.volumes)} |"
    yield ""
    wider = [
        privilege.words
        for privilege, ours, theirs in zip(PRIVILEGES, weight(own), weight(upstream), strict=True)
        if theirs > ours
    ]
    assert not any(ours > theirs for ours, theirs in zip(weight(own), weight(upstream), strict=True))
    yield f"In nothing is it wider; it is narrower in: {', '.join(wider)}, and in what the two last lines show."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    text = page()
    if parser.parse_args().check:
        if PAGE.read_text() == text:
            return 0
        print(f"{PAGE.relative_to(ROOT)} is out of date; run make scc-table.", file=sys.stderr)
        return 1
    PAGE.write_text(text)
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
