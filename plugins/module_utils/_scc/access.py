# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use which SCC. Source: apiserver-library-go, sccadmission/scc_authz_check.go and sccmatching/matcher.go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .._errors import TritonError
from .model import ANY, SCC

SERVICE_ACCOUNT = "serviceaccount"
USER = "user"
GROUP_PREFIX = "group:"


@dataclass(frozen=True, slots=True)
class Subject:
    """A user as the API server knows it."""

    name: str
    groups: tuple[str, ...] = ()


def service_account(namespace: str, name: str) -> Subject:
    """A service account as SCC admission takes it: without the group system:authenticated, unlike in requests of its own."""
    return Subject(
        f"system:serviceaccount:{namespace}:{name}",
        ("system:serviceaccounts", f"system:serviceaccounts:{namespace}"),
    )


class Authorizer(Protocol):
    """Who may use what in the pod's namespace by the authorizer's word, beside the lists in the SCCs themselves."""

    def granted(self, subject: Subject) -> frozenset[str] | None:
        """Names of the SCCs for which verb use is granted, None for all of them."""


class Grants:
    """What the authorizer grants, given in full.

    :param usable: "*" or a list of SCC names, both for everyone; or an object from user name, "group:NAME" or "*" to
        either of them; what matches a subject adds up.
    :raises TritonError: it is none of these.
    """

    def __init__(self, usable: Any) -> None:
        entries = usable if isinstance(usable, Mapping) else {ANY: usable if usable is not None else []}
        self._granted = {name: _names(name, granted) for name, granted in entries.items()}

    def granted(self, subject: Subject) -> frozenset[str] | None:
        """All that the entries which match the subject grant."""
        found: frozenset[str] = frozenset()
        for key in (ANY, subject.name, *(GROUP_PREFIX + group for group in subject.groups)):
            if key in self._granted:
                names = self._granted[key]
                if names is None:
                    return None
                found |= names
        return found


@dataclass(frozen=True, slots=True)
class Either:
    """Two authorizers, of which one is enough."""

    one: Authorizer
    other: Authorizer

    def granted(self, subject: Subject) -> frozenset[str] | None:
        """What either grants."""
        mine, more = self.one.granted(subject), self.other.granted(subject)
        return None if mine is None or more is None else mine | more


def _names(key: str, granted: Any) -> frozenset[str] | None:
    """Names of SCCs, None for all of them."""
    if granted == ANY:
        return None
    if (
        isinstance(granted, Sequence)
        and not isinstance(granted, str)
        and all(isinstance(name, str) for name in granted)
    ):
        return frozenset(granted)
    raise TritonError(f'usable of {key} is {str(granted)[:60]!r}; it must be "*" or a list of names of SCCs.')


class Rights:
    """By whom a pod's SCCs may be used: its service account is asked first (None for none), then who asks for the pod."""

    __slots__ = ("_asked",)

    def __init__(self, account: Subject | None, requester: Subject, authorizer: Authorizer) -> None:
        user = (USER, requester, authorizer.granted(requester))
        self._asked = [user] if account is None else [(SERVICE_ACCOUNT, account, authorizer.granted(account)), user]

    def subject(self, scc: SCC) -> str:
        """serviceaccount or user, "" for nobody."""
        for kind, subject, granted in self._asked:
            listed = subject.name in scc.users or not scc.groups.isdisjoint(subject.groups)
            if listed or granted is None or scc.name in granted:
                return kind
        return ""
