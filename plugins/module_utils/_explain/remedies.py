# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways out for a refused pod, in order of privilege: change the pod, use an SCC that is there, make one.

Each is tried on the engine before it is offered: with it, the pod is admitted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._errors import TritonError
from .._scc.access import Either, Grants, Rights, service_account
from .._scc.admission import REQUIRED_SCC, Admission, Decision, Request
from .._scc.changes import Change
from .._scc.least import Least, Wanted, least, object_name, words
from .._scc.mend import mend
from .._scc.model import SCC, parse
from .._scc.privileges import BY_NAME, grave, privileges, weight
from .._scc.standard import CLUSTER_ROLE, standard
from .._scc.strategies.base import StrategyError
from .._scc.view import Pod

POD, EXISTING, GENERATED = "pod", "existing", "generated"
_SHOWN = 3
_SHOWN_EXCESSIVE = 2
RBAC = "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused request, with what else would have to say yes: ``accepts`` judges the admitted pod (Pod Security).

    ``written``: the pod as its author wrote it; ``fill``: what the API server makes of such a pod before admission; ``name``: of
    the workload; ``base``: path of the pod inside its manifest, with a dot at its end.
    """

    admission: Admission
    request: Request
    decision: Decision
    accepts: Callable[[Mapping[str, Any]], bool]
    written: Mapping[str, Any]
    fill: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    name: str
    base: str = ""

    @property
    def account(self) -> str:
        """Name of the service account that would get a grant."""
        return Pod(self.request.pod).service_account or "default"

    def admits(self, admission: Admission, request: Request) -> Decision | None:
        """The decision if everybody says yes."""
        decision = admission.admit(request)
        return decision if decision.allowed and decision.pod is not None and self.accepts(decision.pod) else None


def remedies(refused: Refused) -> list[dict[str, Any]]:
    """All ways out; empty where the refusal is about something else than this pod (a broken namespace).

    An SCC that is there comes before one that has to be made, unless it grants grave privileges that the pod does not need.
    """
    if not refused.decision.attempts and not _is_pinned_to_nothing(refused):
        return []
    own = _least(refused)
    needed = {grant.privilege for grant in own.grants} if own else set()
    fitting: list[dict[str, Any]] = []
    excessive: list[dict[str, Any]] = []
    for remedy in _existing(refused, needed):
        (excessive if remedy["excess"] else fitting).append(remedy)
    generated = list(_generated(refused, own)) if own else []
    return [*_changed_pods(refused), *fitting[:_SHOWN], *generated, *excessive[:_SHOWN_EXCESSIVE]]


def _is_pinned_to_nothing(refused: Refused) -> bool:
    return "failed to retrieve the required SCC" in refused.decision.message


def _rights(refused: Refused) -> Rights:
    request = refused.request
    name = Pod(request.pod).service_account
    account = service_account(request.namespace, name) if name else None
    return Rights(account, request.user, request.authorizer)


def _changed_pods(refused: Refused) -> Iterator[dict[str, Any]]:
    """For each SCC that may be used already: the changes after which it admits the pod."""
    rights, seen = _rights(refused), set()
    found = 0
    for scc in sorted(refused.admission.sccs, key=weight):
        if found == _SHOWN or not rights.subject(scc):
            continue
        pod, unpinned = _without_pin(refused.written, scc.name)
        try:
            mended = mend(pod, refused.admission.provider(refused.request, scc.name), refused.fill)
        except StrategyError:
            continue
        if mended is None:
            continue
        changes = (*unpinned, *mended.changes)
        decision = refused.admits(refused.admission, replace(refused.request, pod=refused.fill(mended.pod)))
        key = tuple((change.path, str(change.after)) for change in changes)
        if decision is None or decision.scc != scc.name or not changes or key in seen:
            continue
        seen.add(key)
        found += 1
        yield pod_remedy(changes, refused.base, decision.scc)


def pod_remedy(changes: Sequence[Change], base: str, scc: str) -> dict[str, Any]:
    """Changes of the pod as a way out; ``scc`` admits it then, "" where there are no SCCs."""
    return {
        "kind": POD,
        "scc": scc or None,
        "text": f"{_sentence(changes, base)}; {scc + ' then admits the pod' if scc else 'the pod is then admitted'}.",
        "changes": [_change(change, base) for change in changes],
    }


def _without_pin(pod: Mapping[str, Any], scc: str) -> tuple[Mapping[str, Any], tuple[Change, ...]]:
    """The pod without an annotation that demands another SCC."""
    metadata = pod.get("metadata") or {}
    annotations = metadata.get("annotations") or {}
    pinned = annotations.get(REQUIRED_SCC)
    if not pinned or pinned == scc:
        return pod, ()
    kept = {key: value for key, value in annotations.items() if key != REQUIRED_SCC}
    change = Change(f"metadata.annotations[{REQUIRED_SCC}]", pinned)
    return {**pod, "metadata": {**metadata, "annotations": kept}}, (change,)


def _change(change: Change, base: str) -> dict[str, Any]:
    return {"path": base + change.path, "before": change.before, "after": change.after, "storage": change.storage}


def _sentence(changes: Sequence[Change], base: str) -> str:
    parts = []
    for change in changes:
        path = base + change.path
        if change.storage:
            name = change.after["name"]
            parts.append(f"replace volume {name} at {path} by a PersistentVolumeClaim")
        elif change.after is None:
            parts.append(f"remove {path}{_shown(change.before)}")
        else:
            parts.append(f"set {path} to {_plain(change.after)}")
    text = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
    return text[:1].upper() + text[1:]


def _shown(value: Any) -> str:
    text = _plain(value)
    return f" ({text})" if len(text) <= 40 else ""


def _plain(value: Any, inside: bool = False) -> str:
    """A value as YAML has it in one line."""
    if isinstance(value, list):
        text = ", ".join(_plain(item, True) for item in value)
        return f"[{text}]" if inside else text
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(item, True)}" for key, item in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _existing(refused: Refused, needed: Collection[str]) -> Iterator[dict[str, Any]]:
    """SCCs that are there, admit the pod as it is, and may not be used yet; those with the least privilege first."""
    rights = _rights(refused)
    for scc in sorted(refused.admission.sccs, key=weight):
        if rights.subject(scc):
            continue
        decision = refused.admits(refused.admission, _granting(refused.request, refused.account, scc.name))
        # Another one could come first: then the grant is not what makes the difference.
        if decision is not None and decision.scc == scc.name:
            yield _grant(refused, scc, [name for name in grave(scc) if name not in needed])


def _grant(refused: Refused, scc: SCC, excess: Sequence[str]) -> dict[str, Any]:
    namespace, account = refused.request.namespace, refused.account
    typed = command(scc.name, account, namespace)
    more = (
        f"; beyond what the pod needs it allows {', '.join(BY_NAME[name].words for name in excess)}" if excess else ""
    )
    return {
        "kind": EXISTING,
        "scc": scc.name,
        "text": f"An administrator lets service account {account} use SCC {scc.name} ({typed}){more}.",
        "command": typed,
        "objects": use(scc.name, account, namespace),
        "privileges": privileges(scc),
        "excess": list(excess),
    }


def command(scc: str, account: str, namespace: str) -> str:
    """What an administrator types."""
    return f"oc adm policy add-scc-to-user {scc} -z {account} -n {namespace}"


def use(scc: str, account: str, namespace: str) -> list[dict[str, Any]]:
    """Objects that let one service account use an SCC: the cluster role that OpenShift ships with it, or a role of its own."""
    name = f"use-scc-{scc}-{account}" if scc in standard() else f"use-scc-{scc.removeprefix(f'{namespace}.')}"
    metadata = {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/managed-by": "inferops.triton"}}
    role: dict[str, Any] = {"apiGroup": RBAC, "kind": "ClusterRole", "name": CLUSTER_ROLE + scc}
    objects: list[dict[str, Any]] = []
    if scc not in standard():
        role = {"apiGroup": RBAC, "kind": "Role", "name": name}
        rule = {
            "apiGroups": ["security.openshift.io"],
            "resources": ["securitycontextconstraints"],
            "resourceNames": [scc],
            "verbs": ["use"],
        }
        objects.append({"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": metadata, "rules": [rule]})
    subjects = [{"kind": "ServiceAccount", "name": account, "namespace": namespace}]
    binding = {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", "metadata": metadata}
    return [*objects, {**binding, "roleRef": role, "subjects": subjects}]


def _granting(request: Request, account: str, scc: str) -> Request:
    """The request once the service account may use the SCC."""
    name = service_account(request.namespace, account).name
    pod = request.pod
    if not Pod(pod).service_account:
        pod = {**pod, "spec": {**(pod.get("spec") or {}), "serviceAccountName": account}}
    return replace(request, pod=pod, authorizer=Either(request.authorizer, Grants({name: [scc]})))


def _least(refused: Refused) -> Least | None:
    """The SCC of its own for this workload, None where there is none."""
    request = refused.request
    if _annotation(request.pod, REQUIRED_SCC) or request.annotations is None:
        return None
    wanted = Wanted((request.pod,), request.namespace, request.annotations)
    try:
        return least(wanted, object_name(request.namespace, refused.name))
    except TritonError:
        return None


def _generated(refused: Refused, found: Least) -> Iterator[dict[str, Any]]:
    """The SCC of its own, tried on the cluster as it would be then."""
    request, account, scc = refused.request, refused.account, parse(found.scc)
    admission = Admission([*(other for other in refused.admission.sccs if other.name != scc.name), scc])
    decision = refused.admits(admission, _granting(request, account, scc.name))
    if decision is None or decision.scc != scc.name:
        return
    yield {
        "kind": GENERATED,
        "scc": scc.name,
        "text": _own(found, account),
        "objects": [found.scc, *use(scc.name, account, request.namespace)],
        "privileges": words(found.grants),
        "allow": sorted({grant.privilege for grant in found.unnamed(())}),
    }


def _own(found: Least, account: str) -> str:
    named = sorted({grant.privilege for grant in found.unnamed(())})
    asks = f" (it grants {', '.join(named)}, which have to be named)" if named else ""
    return (
        f"An administrator makes SCC {found.scc['metadata']['name']} for service account {account} alone, with nothing but "
        f"{', '.join(words(found.grants)) or 'the namespace values'}: module inferops.triton.scc does so{asks}."
    )


def _annotation(pod: Mapping[str, Any], key: str) -> str:
    return ((pod.get("metadata") or {}).get("annotations") or {}).get(key) or ""
