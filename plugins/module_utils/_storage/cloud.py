# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the object stores have in common: options, Secrets, a private CA, and several sets of credentials in one pod.

Triton keeps one client for each set of credentials, bound to the endpoint of the first path that it was used for. So buckets that differ
in credentials or endpoint need Triton's cloud credential file, which has an entry for each; where it is given, Triton reads no
credentials from the environment (core, src/filesystem/api.cc).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .._errors import TritonError
from .._fingerprint import contents, fingerprint
from .._names import DNS_SUBDOMAIN
from .base import CloudAccess, Object, Plan, Target

CREDENTIALS_PATH = "/var/run/triton-cloud"
CREDENTIALS_KEY = "credentials.json"
CREDENTIALS_VARIABLE = "TRITON_CLOUD_CREDENTIAL_PATH"
# The bundle that the libcurl in Triton's image was built to read; it looks at no variable, and the SDKs set none (AWS_CA_BUNDLE
# and CURL_CA_BUNDLE do not occur in Triton 2.51, and SSL_CERT_FILE counts only without a bundle).
CA_PATH = "/etc/ssl/certs/ca-certificates.crt"
IN_ADDRESS = re.compile(r"//([^/@]+)@|\?(.+)")
SECRET_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
# A way to credentials: the plan for a repository's name and bucket.
Way: TypeAlias = Callable[[str, CloudAccess, Target], Plan]


@dataclass(frozen=True, slots=True)
class Store:
    """Options that every object store has.

    ``uri`` is the repository as Triton takes it; ``existing_secret`` a Secret that is there, with the credentials; ``credentials_file`` a
    Secret with Triton's cloud credential file; ``scratch`` the room that the models take in /tmp.
    """

    uri: str = ""
    prefix: str = ""
    existing_secret: str = ""
    credentials_file: Mapping[str, Any] | None = None
    ca: Mapping[str, Any] | None = None
    scratch: str = ""

    def planned(
        self, name: str, kind: str, cloud: CloudAccess, ways: Mapping[str, tuple[object, Way]], target: Target
    ) -> Plan:
        """The plan for one bucket.

        :param cloud: the URI, and what holds whatever the credentials are.
        :param ways: option to its value and what it means; "" is the way without any of them.
        :raises TritonError: two ways to credentials, or what the chosen one refuses.
        """
        volumes, mounts, authority = ca(name, self.ca, target)
        every = {**ways, "credentials_file": (self.credentials_file, self._of_file)}
        chosen = exactly_one(name, kind, {option: value for option, (value, _way) in every.items()})
        access = every[chosen][1](name, cloud, target)
        return replace(
            access,
            entry={"name": name, "uri": cloud.uri},
            digest=joined(access.digest, authority),
            volumes=(*volumes, *access.volumes),
            mounts=(*mounts, *access.mounts),
            scratch=self.scratch,
        )

    def _of_file(self, name: str, cloud: CloudAccess, target: Target) -> Plan:
        secret_name, key, fingerprint = given_file(name, self.credentials_file, target)
        return Plan((), {}, fingerprint, cloud=CloudAccess(cloud.uri, cloud.client, file=(secret_name, key)))


def clash(first: str, second: str, what: str) -> TritonError:
    """The sentence for two repositories that cannot share a pod."""
    return TritonError(
        f"Repositories {first} and {second} want the {what} of one pod to be two different things; give both the same, or serve them "
        "by two releases."
    )


def exactly_one(name: str, kind: str, choices: Mapping[str, object]) -> str:
    """The choice that was made among options that exclude each other, "" for none.

    :raises TritonError: more than one.
    """
    given = [option for option, value in choices.items() if value]
    if len(given) > 1:
        raise TritonError(
            f"Repository {name}: {kind} has {' and '.join(given)}, which exclude each other; keep one of them."
        )
    return given[0] if given else ""


def credentials_in(address: str) -> list[str]:
    """What may be secret in a URI or URL that it does not belong into: a user with a password, and a query (a token)."""
    return [part for found in IN_ADDRESS.findall(address) for part in found if part]


def shown(address: str) -> str:
    """A URI or URL as it may be shown."""
    for part in credentials_in(address):
        address = address.replace(part, "***")
    return repr(address)


def variable(name: str, value: str) -> dict[str, Any]:
    """An environment variable."""
    return {"name": name, "value": value}


def variable_of_secret(name: str, secret: str, key: str) -> dict[str, Any]:
    """An environment variable that the kubelet takes from a Secret."""
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def secret(target: Target, name: str, values: Mapping[str, str]) -> dict[str, Any]:
    """A Secret with the values; as data, since stringData would differ from the live object on every run."""
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": target.metadata(name), "type": "Opaque", "data": data}


def digest(*values: object) -> str:
    """Changes with the values: environment variables of a running pod do not follow their Secret, so the pods have to roll."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def joined(*digests: str) -> str:
    """One digest of several, of which those that are "" say nothing."""
    said = [one for one in digests if one]
    return digest(*said) if said[1:] else "".join(said)


def check_there(name: str, kind: str, wanted: str, keys: Sequence[str], target: Target) -> str:
    """Refuse a Secret or ConfigMap that the pods would wait for in vain; else a fingerprint of what they read from it.

    The fingerprint is "" where nothing is known.

    :raises TritonError: it is no name, it is not there, or it lacks a key.
    """
    if not DNS_SUBDOMAIN.fullmatch(wanted):
        raise TritonError(
            f"Repository {name}: {wanted!r} is no name of a {kind}; use lower-case letters, digits, hyphens and dots."
        )
    wrong = [key for key in keys if not SECRET_KEY.fullmatch(key)]
    if wrong:
        raise TritonError(
            f"Repository {name}: {wrong[0]!r} is no key of a {kind}; use letters, digits, hyphens, underscores and dots."
        )
    found = target.find(kind, wanted)
    if target.preparing or not found.known:
        return ""
    if found.live is None:
        raise TritonError(
            f"Repository {name} needs {kind} {wanted}, which is not there in namespace {target.namespace}; make it with "
            f"the keys {', '.join(keys)}, or correct its name."
        )
    there = contents(found.live)
    missing = [key for key in keys if key not in there]
    if missing:
        raise TritonError(
            f"{kind} {wanted} of repository {name} has no key {missing[0]}; it has: {', '.join(sorted(there)) or 'none'}. Add the key, "
            "or name the one that it has."
        )
    return fingerprint(found.live, {key: there[key] for key in keys})


def given_file(name: str, options: Mapping[str, Any] | None, target: Target) -> tuple[str, str, str]:
    """Secret and key of a cloud credential file that is there, and a fingerprint of it."""
    named = options or {}
    secret_name, key = str(named.get("secret") or ""), str(named.get("key") or "credentials.json")
    return secret_name, key, check_there(name, "Secret", secret_name, [key], target)


def ca(
    name: str, options: Mapping[str, Any] | None, target: Target
) -> tuple[tuple[Object, ...], tuple[Object, ...], str]:
    """The volume and the mount of a private CA, in the place of the image's own bundle, and a fingerprint of it.

    A file that is mounted alone (subPath) stays as it was when the container started, so new pods have to come when it changes.

    :raises TritonError: neither or both of config_map and secret, or one that is not there.
    """
    if not options:
        return (), (), ""
    kind = exactly_one(name, "ca", {"config_map": options.get("config_map"), "secret": options.get("secret")})
    if not kind:
        raise TritonError(f"Repository {name}: ca names neither config_map nor secret; give the one that holds the CA.")
    key, path = options.get("key") or "ca.crt", options.get("path") or CA_PATH
    if not path.startswith("/"):
        raise TritonError(f"Repository {name}: the path {path!r} of ca is not absolute; begin it with a slash.")
    fingerprint = check_there(name, "ConfigMap" if kind == "config_map" else "Secret", options[kind], [key], target)
    source = (
        {"configMap": {"name": options[kind]}} if kind == "config_map" else {"secret": {"secretName": options[kind]}}
    )
    # Named by its content, so that repositories with the same CA share it.
    volume = f"ca-{hashlib.sha256(f'{kind}/{options[kind]}'.encode()).hexdigest()[:8]}"
    mount = {"name": volume, "mountPath": path, "subPath": key, "readOnly": True}
    return ({"name": volume, **source},), (mount,), fingerprint


def united(plans: Sequence[Plan], target: Target) -> Plan | None:
    """What gives the pod the credentials of all buckets: variables, or the cloud credential file; None without a bucket.

    :raises TritonError: several sets of credentials of which one is not known here.
    """
    buckets = [(str(plan.entry["name"]), plan.cloud) for plan in plans if plan.cloud]
    if not buckets:
        return None
    given = {access.file for _name, access in buckets if access.file}
    if given:
        return _given_file(buckets, given)
    for scheme in ("s3", "gs", "as"):
        sets = [(name, access) for name, access in buckets if access.scheme == scheme]
        if any((access.client, access.env) != (sets[0][1].client, sets[0][1].env) for _name, access in sets):
            return _made_file(buckets, target)
    env = {item["name"]: item for _name, access in buckets for item in access.env}
    return Plan((), {"name": buckets[0][0]}, env=tuple(env.values()))


def _given_file(buckets: Sequence[tuple[str, CloudAccess]], given: set[tuple[str, str]]) -> Plan:
    first = next(name for name, access in buckets if access.file)
    for name, access in buckets:
        if access.file is None and access.env:
            raise TritonError(
                f"Repository {first} brings a cloud credential file, so Triton would not read the credentials of repository {name}; put "
                "them into that file, and give both repositories the same credentials_file."
            )
    if len(given) > 1:
        owners = [name for name, access in buckets if access.file]
        raise clash(owners[0], owners[-1], "cloud credential file")
    ((secret_name, key),) = given
    return _with_file(first, secret_name, key, ())


def _made_file(buckets: Sequence[tuple[str, CloudAccess]], target: Target) -> Plan:
    hidden = [name for name, access in buckets if access.credentials is None]
    if hidden:
        raise TritonError(
            f"Repositories {' and '.join(name for name, _access in buckets)} differ in credentials or endpoint, which takes Triton's cloud "
            f"credential file, but the credentials of {' and '.join(hidden)} lie in a Secret. Give all of them as values, or make a "
            "Secret with the whole file and name it as credentials_file of each, or serve them by two releases."
        )
    content: dict[str, dict[str, Any]] = {}
    for _name, access in buckets:
        content.setdefault(access.scheme, {})[access.uri] = access.credentials
    name = f"{target.release}-cloud-credentials"
    definition = secret(target, name, {CREDENTIALS_KEY: json.dumps(content, sort_keys=True)})
    return _with_file(buckets[0][0], name, CREDENTIALS_KEY, (definition,), digest(content))


def _with_file(owner: str, secret_name: str, key: str, definitions: tuple[Object, ...], changed: str = "") -> Plan:
    return Plan(
        definitions,
        {"name": owner},
        changed,
        env=(variable(CREDENTIALS_VARIABLE, f"{CREDENTIALS_PATH}/{key}"),),
        volumes=({"name": "cloud-credentials", "secret": {"secretName": secret_name}},),
        mounts=({"name": "cloud-credentials", "mountPath": CREDENTIALS_PATH, "readOnly": True},),
    )
