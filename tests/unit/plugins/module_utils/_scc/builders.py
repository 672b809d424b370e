# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCCs, pods and requests for the tests of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._scc.access import Grants, Subject
from ansible_collections.inferops.triton.plugins.module_utils._scc.admission import Admission, Decision, Request
from ansible_collections.inferops.triton.plugins.module_utils._scc.model import SCC, parse
from ansible_collections.inferops.triton.plugins.module_utils._scc.standard import AUTHENTICATED, standard

FIRST, LAST = 1000900000, 1000909999
ANNOTATIONS = {
    "openshift.io/sa.scc.uid-range": "1000900000/10000",
    "openshift.io/sa.scc.supplemental-groups": "1000900000/10000,5000-5009",
    "openshift.io/sa.scc.mcs": "s0:c30,c5",
}
USER = Subject("jane", (AUTHENTICATED,))
# What every authenticated user of an installed cluster may use.
USUAL = {f"group:{AUTHENTICATED}": ["restricted-v2", "restricted-v3"]}


def scc(name: str = "own", **fields: Any) -> SCC:
    """An SCC like restricted-v2 with other fields."""
    return parse({**standard()["restricted-v2"], "metadata": {"name": name}, **fields})


def pod(*containers: Mapping[str, Any], annotations: Mapping[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    """A pod with these containers, by default one without a security context."""
    made = [{"name": f"c{number}", **container} for number, container in enumerate(containers or ({},))]
    metadata = {"name": "p", "annotations": dict(annotations or {})}
    return {"metadata": metadata, "spec": {"containers": made, **spec}}


def request(of: Mapping[str, Any], usable: Any = None, **fields: Any) -> Request:
    """The creation of a pod by an ordinary user."""
    given = {"annotations": ANNOTATIONS, "user": USER, **fields}
    return Request(of, "ns", authorizer=Grants(USUAL if usable is None else usable), **given)


def admission(*more: SCC, without: Iterable[str] = ()) -> Admission:
    """The standard SCCs, some more, some not."""
    return Admission([*(parse(one) for name, one in standard().items() if name not in set(without)), *more])


def admit(of: Mapping[str, Any], *more: SCC, usable: Any = None, **fields: Any) -> Decision:
    """The decision about a pod over the standard SCCs and some more."""
    return admission(*more).admit(request(of, usable, **fields))
