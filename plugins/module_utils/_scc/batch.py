# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine over JSON lines: one case in, one result out, in the same order.

A case: ``id``; ``pod``; ``namespace`` (object) or ``noNamespace: true``; ``sccs``: ids of those that exist; ``user``: name and
groups; ``usable``: what the authorizer grants (access.Grants); for an update ``operation: UPDATE``, ``oldPod`` and
``subresource``; ``phase: validate`` for the second phase alone.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from .._errors import TritonError
from .access import Grants, Subject
from .admission import CREATE, UPDATE, Admission, Decision, Request
from .model import SCC, parse
from .shape import check_pod
from .typed import Reader

VALIDATE = "validate"
_KEPT = 256
# Half of a surrogate pair, as JSON writes it and as Python has it: no character, Go reads JSON with U+FFFD in its place.
_PERHAPS_HALF = re.compile(r"\\u[dD]")
_HALF = re.compile("[\ud800-\udfff]")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond any number")
    return number


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")


# A case comes back in its result, which other readers of JSON have to understand.
_STRICT = json.JSONDecoder(parse_float=_finite, parse_constant=_no_number)


class Batch:
    """Judges cases over a fixed catalogue of SCCs, id -> object as stored.

    :raises TritonError: an SCC that cannot be read.
    """

    def __init__(self, sccs: Mapping[str, Any]) -> None:
        self._sccs: dict[str, SCC] = {name: parse(data) for name, data in sccs.items()}
        self._admissions: dict[tuple[str, ...], Admission] = {}

    def judge(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """The result of one case.

        :raises TritonError: the case is malformed.
        """
        read = Reader(f"Case {case.get('id')}", case)
        admission = self._admission(read.texts("sccs"))
        request = _request(read)
        phase = read.text("phase")
        if phase not in ("", "admit", VALIDATE):
            raise TritonError(f"{read.place}: phase is {phase!r}; it must be admit or validate.")
        decision = admission.validate(request) if phase == VALIDATE else admission.admit(request)
        return {"id": case.get("id"), **_result(decision)}

    def results(self, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
        """A result for each line that is not blank; a case that cannot be judged gives ``error`` instead of a verdict."""
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield self._line(number, line)

    def _line(self, number: int, line: str) -> dict[str, Any]:
        case: Any = None
        try:
            case = _loads(line)
            if not isinstance(case, dict):
                raise TritonError(f"Line {number} is no JSON object; give one case a line.")
            return self.judge(case)
        except (ValueError, RecursionError) as error:
            message = f"Line {number} is no JSON that can be read ({error}); give one case a line."
        except TritonError as error:
            message = error.message
        return {"id": case.get("id") if isinstance(case, dict) else None, "allowed": False, "error": message}

    def _admission(self, names: tuple[str, ...]) -> Admission:
        kept = self._admissions.get(names)
        if kept is None:
            unknown = [name for name in names if name not in self._sccs]
            if unknown:
                raise TritonError(f"SCC {unknown[0]} of sccs is not among the given ones; add it, or leave it out.")
            if len(self._admissions) >= _KEPT:
                self._admissions.clear()
            kept = self._admissions[names] = Admission([self._sccs[name] for name in names])
        return kept


def _loads(line: str) -> Any:
    case = _STRICT.decode(line)
    if _PERHAPS_HALF.search(line):
        return json.loads(_HALF.sub("\ufffd", json.dumps(case, ensure_ascii=False)))
    return case


def _request(read: Reader) -> Request:
    pod, namespace = read.object("pod"), read.object("namespace")
    metadata, user = namespace.object("metadata"), read.object("user")
    operation = read.text("operation") or CREATE
    if operation not in (CREATE, UPDATE):
        raise TritonError(f"{read.place}: operation is {operation!r}; it must be CREATE or UPDATE.")
    check_pod(pod.data, f"{read.place}: pod")
    old = read.object("oldPod").data if operation == UPDATE else None
    if old is not None:
        check_pod(old, f"{read.place}: oldPod")
    annotations = metadata.object("annotations")
    for key in annotations.data:
        annotations.text(key)
    return Request(
        pod=pod.data,
        namespace=metadata.text("name") or pod.object("metadata").text("namespace"),
        annotations=None
        if read.boolean("noNamespace")
        else {key: value or "" for key, value in annotations.data.items()},
        user=Subject(user.text("name"), user.texts("groups")),
        authorizer=Grants(read.data.get("usable")),
        operation=operation,
        old_pod=old,
        subresource=read.text("subresource"),
    )


def _result(decision: Decision) -> dict[str, Any]:
    result: dict[str, Any] = {"allowed": decision.allowed}
    if decision.scc:
        result |= {"scc": decision.scc, "subjectType": decision.subject}
    return result | ({"pod": decision.pod} if decision.allowed else {"message": decision.message})
