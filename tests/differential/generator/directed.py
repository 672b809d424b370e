# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small cases that are written down, not drawn: one for each odd form of a value, so that no run misses any.

An entry is a case with the SCCs that it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import Any

from .namespaces import BLOCKS, USUAL
from .quantities import AMOUNTS
from .texts import names_of_characters
from .values import GROUPS_RANGE, UID_RANGE, Json, copied

# Plain fields by their path in a spec, and values any two of which are compared in an update.
ABSENT: Any = object()
PROBE = ("containers", 0, "livenessProbe")
VALUES: tuple[tuple[tuple[str | int, ...], tuple[Any, ...]], ...] = (
    (("terminationGracePeriodSeconds",), (ABSENT, None, 0, 1, 2, -1, -2)),
    ((*PROBE, "httpGet", "port"), (ABSENT, None, 0, 80, 443, "", "0", "80", "http")),
    ((*PROBE, "tcpSocket", "port"), (ABSENT, None, 0, "")),
    # What Kubernetes does not know.
    (("notYetKnown",), (ABSENT, None, 0, 1, "x", {})),
    (("securityContext", "notYetKnown"), (ABSENT, "x")),
    (("containers", 0, "notYetKnown"), (ABSENT, "x")),
    (("containers", 0, "resources", "notYetKnown"), (ABSENT, "x")),
)
# Each with points like the next one's, by other ways; malformed, so that the messages show their order.
FLAWED_TWINS: tuple[tuple[Json, Json], ...] = (
    ({"seLinuxContext": {"type": "MustRunAs"}, "runAsUser": {"type": "x"}},
     {"seLinuxContext": {"type": "x"}, "runAsUser": {"type": "MustRunAs"}}),
    ({"seLinuxContext": {"type": "MustRunAsRange"}, "runAsUser": {"type": "MustRunAsRange"}},
     {"seLinuxContext": {"type": "x"}, "runAsUser": {"type": "RunAsAny"}}),
    ({"seLinuxContext": {"type": "MustRunAsRange"}, "runAsUser": {"type": "MustRunAsRange"}},
     {"seLinuxContext": {"type": "MustRunAsNonRoot"}, "runAsUser": {"type": "MustRunAs"}}),
    ({"seLinuxContext": {"type": "MustRunAsNonRoot"}, "runAsUser": {"type": "x"}},
     {"seLinuxContext": {"type": "x"}, "runAsUser": {"type": "MustRunAsNonRoot"}}),
    ({"seLinuxContext": {"type": "MustRunAsNonRoot"}, "runAsUser": {"type": "x"}},
     {"seLinuxContext": {"type": "MustRunAsRange"}, "runAsUser": {"type": "MustRunAs"}}),
)  # fmt: skip


def entries(standard: dict[str, Json]) -> Iterator[Json]:
    """All of them; STANDARD are OpenShift's SCCs with defaults."""
    yield from ({"case": case, "sccs": {}} for case in (*_updates(), *_quantities(), *names_of_characters()))
    yield from _blocks(standard)
    yield from _nameless(standard)
    yield from _flawed(standard)


def _case(name: str, pod: Json, **more: Any) -> Json:
    return {
        "id": name,
        "pod": pod,
        "namespace": {"metadata": {"name": "demo"}},
        "sccs": [],
        "user": {"name": "alice"},
    } | more


def _pod(spec: Json | None = None) -> Json:
    return {"metadata": {"name": "p", "namespace": "demo"}, "spec": {"containers": [{"name": "c"}], **(spec or {})}}


def _updates() -> Iterator[Json]:
    for place, values in VALUES:
        for number, (new, old) in enumerate(product(values, values)):
            name = f"directed-{'.'.join(map(str, place))}-{number}"
            yield _case(name, _with(place, new), oldPod=_with(place, old), operation="UPDATE")


def _with(place: Sequence[str | int], value: Any) -> Json:
    pod = _pod()
    holder: Any = pod["spec"]
    for step in place[:-1]:
        holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
    if value is not ABSENT:
        holder[place[-1]] = copied(value)
    return pod


def _quantities() -> Iterator[Json]:
    """Each amount beside the next one: of its own row, or of the next row."""
    for number, (new, old) in enumerate(pairwise(amount for row in AMOUNTS for amount in row)):
        pods = [_pod() for _time in range(2)]
        for pod, amount in zip(pods, (new, old), strict=True):
            pod["spec"]["containers"][0]["resources"] = {"limits": {"cpu": amount}}
        yield _case(f"directed-quantity-{number}", pods[0], oldPod=pods[1], operation="UPDATE")


def _blocks(standard: dict[str, Json]) -> Iterator[Json]:
    """Every form of a block as the namespace's users and groups, and as its groups alone."""
    for number, block in enumerate(BLOCKS):
        for letter, notes in (("a", {UID_RANGE: block, GROUPS_RANGE: block}), ("b", {GROUPS_RANGE: block})):
            case = _case(f"directed-block-{number}{letter}", _pod(), usable=["restricted-v2"], sccs=list(standard))
            case["namespace"]["metadata"]["annotations"] = {**USUAL, **notes}
            yield {"case": case, "sccs": standard}


def _nameless(standard: dict[str, Json]) -> Iterator[Json]:
    """A pod that does not say where it is, and a service account that is one of its namespace."""
    usable = {"system:serviceaccount:demo:triton": ["restricted-v2"]}
    for number, namespace in enumerate(("demo", "", None)):
        pod = _pod({"serviceAccountName": "triton"})
        pod["metadata"]["namespace"] = namespace
        case = _case(f"directed-namespace-{number}", pod, usable=usable, sccs=list(standard))
        case["namespace"]["metadata"]["annotations"] = USUAL
        yield {"case": case, "sccs": standard}


def _flawed(standard: dict[str, Json]) -> Iterator[Json]:
    for number, pair in enumerate(FLAWED_TWINS):
        # Both orders of the names, which decide where points are equal.
        for letters in ("ab", "ba"):
            twins = {
                f"{letter}-flawed-twin": {**copied(fields), "metadata": {"name": f"{letter}-flawed-twin"}}
                for letter, fields in zip(letters, pair, strict=True)
            }
            sccs = {**standard, **twins}
            case = _case(f"directed-flawed-{number}-{letters}", _pod(), usable="*", sccs=list(sccs))
            case["namespace"]["metadata"]["annotations"] = USUAL
            yield {"case": case, "sccs": sccs}
