# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user's values make pods read, and when they have to read it anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._release.references import (
    Known,
    Reference,
    digest,
    references,
)

VALUES: dict[str, Any] = {
    "imagePullSecrets": [{"name": "pull"}],
    "env": [
        {"name": "PLAIN", "value": "x"},
        {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "hub", "key": "token"}}},
        {"name": "USER_NAME", "valueFrom": {"secretKeyRef": {"name": "hub", "key": "user", "optional": True}}},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
    ],
    "envFrom": [{"configMapRef": {"name": "settings", "optional": True}}],
    "extraVolumes": [
        {"name": "a", "secret": {"secretName": "tls", "items": [{"key": "tls.crt", "path": "x"}]}},
        {"name": "b", "configMap": {"name": "tuning"}},
        {"name": "c", "projected": {"sources": [{"secret": {"name": "inner"}}, {"configMap": {"name": "ca"}}]}},
        {"name": "d", "emptyDir": {}},
    ],
    "initContainers": [{"name": "fetch", "envFrom": [{"secretRef": {"name": "fetching"}}]}],
    "modelRepositories": [{"name": "m", "volume": {"configMap": {"name": "models"}}, "subPath": "models"}],
}


def test_every_place_where_a_pod_names_one() -> None:
    assert references(VALUES) == [
        Reference("ConfigMap", "ca", None),
        Reference("ConfigMap", "models", None),
        Reference("ConfigMap", "settings", None, optional=True),
        Reference("ConfigMap", "tuning", None),
        Reference("Secret", "fetching", None),
        Reference("Secret", "hub", frozenset({"token", "user"})),
        Reference("Secret", "inner", None),
        Reference("Secret", "tls", frozenset({"tls.crt"})),
    ]


def test_values_of_another_form_name_nothing() -> None:
    for value in (5, "x", None, [5], {"a": 1}, [{"valueFrom": 5, "secret": 5, "projected": 5, "volume": 5}]):
        names = ("env", "envFrom", "extraVolumes", "initContainers", "modelRepositories")
        assert references(dict.fromkeys(names, value)) == []


class Cluster:
    """Objects by name."""

    def __init__(self, **objects: Mapping[str, Any] | None) -> None:
        self.objects = objects

    def digest(self, values: Mapping[str, Any]) -> tuple[str, list[str]]:
        return digest(references(values), lambda one: Known(one.name in self.objects, self.objects.get(one.name)))


def live(uid: str = "1", **data: str) -> dict[str, Any]:
    return {"metadata": {"uid": uid}, "data": data}


TOKEN = {"env": [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "hub", "key": "token"}}}]}
ALL = {"envFrom": [{"secretRef": {"name": "hub"}}]}


def test_it_changes_with_what_is_read_and_with_nothing_else() -> None:
    before = Cluster(hub=live(token="a", other="b"))
    same = live(token="a", other="c")
    same["metadata"] |= {"resourceVersion": "2", "labels": {"new": "label"}}
    assert before.digest(TOKEN) == Cluster(hub=same).digest(TOKEN)
    assert before.digest(TOKEN) != Cluster(hub=live(token="b", other="b")).digest(TOKEN)
    assert before.digest(ALL) != Cluster(hub=same).digest(ALL)
    assert before.digest(TOKEN) != Cluster(hub=live("2", token="a", other="b")).digest(TOKEN)


def test_nothing_named_nothing_said() -> None:
    assert Cluster().digest({}) == ("", [])


def test_what_is_not_there_yet() -> None:
    text, notes = Cluster(hub=None).digest(TOKEN)
    assert text == ""
    assert notes == ["Secret hub, which triton_values names, is not there yet: pods wait until somebody makes it."]
    optional = {"envFrom": [{"secretRef": {"name": "hub", "optional": True}}]}
    assert Cluster(hub=None).digest(optional) == ("", [])


def test_what_may_not_be_read() -> None:
    text, notes = Cluster().digest(TOKEN)
    assert text == "" and notes == [
        "Secret hub may not be read with these credentials: a change of it does not roll the pods."
    ]


def test_the_collections_own_have_digests_of_their_own() -> None:
    own = live(token="a")
    own["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "inferops.triton"}
    assert Cluster(hub=own).digest(TOKEN) == ("", [])
