# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projected volumes: the one that every pod gets for its service account, and ones that differ from it by one detail."""

from __future__ import annotations

from .values import Dice, Json, copied


def _token(path: str = "token", **fields: object) -> Json:
    return {"serviceAccountToken": {"path": path, "expirationSeconds": 3607, **fields}}


def _bundle(name: str = "kube-root-ca.crt", key: str = "ca.crt", path: str = "ca.crt", **fields: object) -> Json:
    return {"configMap": {"name": name, "items": [{"key": key, "path": path}], **fields}}


def _service_bundle(**fields: str) -> Json:
    return _bundle(**{"name": "openshift-service-ca.crt", "key": "service-ca.crt", "path": "service-ca.crt", **fields})


def _downward(*items: Json) -> Json:
    return {"downwardAPI": {"items": list(items)}}


def _namespace(path: str = "namespace", version: str = "v1", field: str = "metadata.namespace") -> Json:
    return {"path": path, "fieldRef": {"apiVersion": version, "fieldPath": field}}


STANDARD: tuple[Json, ...] = (_token(), _bundle(), _downward(_namespace()), _service_bundle())
VARIANTS: tuple[Json, ...] = (
    _token(path="other"),
    _token(audience="vault"),
    _token(audience=""),
    _token(expirationSeconds=60),
    {"serviceAccountToken": {"path": ""}},
    _bundle(name="other"),
    _bundle(key="other"),
    _bundle(path="other"),
    _bundle(optional=True),
    {"configMap": {"name": "kube-root-ca.crt"}},
    {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}] * 2}},
    {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    _service_bundle(key="ca.crt"),
    _service_bundle(path="ca.crt"),
    {"configMap": {"name": "openshift-service-ca.crt", "items": []}},
    {
        "configMap": {
            "name": "openshift-service-ca.crt",
            "items": [{"key": "service-ca.crt", "path": "service-ca.crt"}] * 2,
        }
    },
    _downward(_namespace(path="ns")),
    _downward(_namespace(version="")),
    _downward({"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}),
    _downward(_namespace(field="metadata.name")),
    _downward({"path": "namespace", "resourceFieldRef": {"containerName": "c", "resource": "limits.cpu"}}),
    _downward(_namespace(), _namespace()),
    _downward(_namespace(), _namespace(path="ns")),
    _downward(),
    {"secret": {"name": "s"}},
    {"clusterTrustBundle": {"name": "t", "path": "p"}},
    {},
    {**_token(), "secret": {"name": "s"}},
    {**_token(), **_bundle(name="other")},
)


def projected(dice: Dice) -> list[Json]:
    """Sources of a projected volume: half of them just the standard ones, in whatever order."""
    sources = list(STANDARD) if dice.chance(0.6) else dice.distinct(STANDARD, 0, 4)
    if dice.chance(0.5):
        return copied(sources)
    variant = dice.pick(VARIANTS)
    at = int(dice.random() * (len(sources) + 1))
    if at < len(sources) and dice.chance(0.7):
        sources[at] = variant
    else:
        sources.insert(at, variant)
    return copied(sources)
