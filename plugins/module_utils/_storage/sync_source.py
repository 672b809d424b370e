# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An object store as rclone reads it, from the same options with which Triton would read it itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .azure import KEY as AZURE_KEY
from .azure import Azure
from .base import Backend, CloudAccess, Object, Plan, Target
from .cloud import exactly_one, variable
from .gcs import Gcs
from .s3 import S3

REMOTE = "source"
CA_FILE = "/var/run/triton-sync/ca.crt"


@dataclass(frozen=True, slots=True)
class Source:
    """``uri``: the source for people; ``remote``: for rclone, as ``env`` describes it.

    ``anonymous``: the variable and value that make rclone ask without credentials, where none are named. ``access`` is the plan of the
    object store's own back end: its objects, volumes, identity and warnings.
    """

    uri: str
    remote: str
    env: tuple[Object, ...]
    access: Plan
    anonymous: str = ""

    @property
    def mounts(self) -> tuple[Object, ...]:
        """Mounts for the copying container: the CA lies where rclone is told, not in the place of the image's bundle."""
        return tuple({**mount, "mountPath": CA_FILE} if _is_ca(mount) else mount for mount in self.access.mounts)


def source_of(name: str, stores: Mapping[str, Mapping[str, Any] | None], target: Target) -> Source:
    """The one object store among s3, gcs and azure that is given.

    :raises TritonError: none or several, or what the store's back end refuses.
    """
    kind = exactly_one(name, "sync", stores)
    if not kind:
        raise TritonError(f"Repository {name}: sync names no source; give one of {', '.join(_READERS)}.")
    options = {key: value for key, value in (stores[kind] or {}).items() if value is not None}
    if options.get("scratch"):
        raise TritonError(
            f"Repository {name}: sync copies the models before Triton starts, so its source takes no scratch; leave it out."
        )
    if options.get("credentials_file"):
        raise TritonError(
            f"Repository {name}: sync does not read Triton's cloud credential file; give existing_secret, or values, in place of "
            "credentials_file."
        )
    return source_from(kind, _BACKENDS[kind](**options).plan(name, target), options)


def source_from(kind: str, access: Plan, options: Mapping[str, Any]) -> Source:
    """The object store (s3, gcs or azure) that has been planned from these options."""
    if access.cloud is None:
        raise ValueError("the plan of an object store has no bucket")
    return _READERS[kind](access, access.cloud, options)


def _s3(access: Plan, cloud: CloudAccess, options: Mapping[str, Any]) -> Source:
    path = cloud.uri.removeprefix("s3://").removeprefix(f"{cloud.client}/") if cloud.client else cloud.uri[5:]
    settings = {"TYPE": "s3", "PROVIDER": "Other" if cloud.client else "AWS", "ENV_AUTH": "true"}
    if cloud.client:
        settings["ENDPOINT"] = cloud.client
    if options.get("region"):
        settings["REGION"] = options["region"]
    anonymous = "" if _named(access, cloud, "AWS_ACCESS_KEY_ID") else f"{_name('ENV_AUTH')}=false"
    env = {item["name"]: item for item in (*access.env, *cloud.env)}
    return _source(access, cloud, path, settings, tuple(env.values()), anonymous)


def _gcs(access: Plan, cloud: CloudAccess, options: Mapping[str, Any]) -> Source:
    emulator = options.get("emulator")
    settings = {"TYPE": "google cloud storage"}
    settings |= {"ANONYMOUS": "true", "ENDPOINT": f"{emulator}/storage/v1/"} if emulator else {"ENV_AUTH": "true"}
    anonymous = (
        "" if emulator or _named(access, cloud, "GOOGLE_APPLICATION_CREDENTIALS") else f"{_name('ANONYMOUS')}=true"
    )
    return _source(access, cloud, cloud.uri.removeprefix("gs://"), settings, cloud.env, anonymous)


def _azure(access: Plan, cloud: CloudAccess, _options: Mapping[str, Any]) -> Source:
    account, _slash, path = cloud.uri.removeprefix("as://").partition("/")
    settings = {"TYPE": "azureblob", "ACCOUNT": account}
    if access.service_account_annotations:
        settings["ENV_AUTH"] = "true"
    # rclone knows the key by a name of its own.
    env = tuple({**item, "name": _name("KEY")} for item in cloud.env if item["name"] == AZURE_KEY)
    return _source(access, cloud, path, settings, env, "")


_READERS: Mapping[str, Callable[[Plan, CloudAccess, Mapping[str, Any]], Source]] = {
    "s3": _s3,
    "gcs": _gcs,
    "azure": _azure,
}
_BACKENDS: Mapping[str, type[Backend]] = {"s3": S3, "gcs": Gcs, "azure": Azure}


def _source(
    access: Plan, cloud: CloudAccess, path: str, settings: Mapping[str, str], env: tuple[Object, ...], anonymous: str
) -> Source:
    named = tuple(variable(_name(key), value) for key, value in settings.items())
    ca = (variable("RCLONE_CA_CERT", CA_FILE),) if any(map(_is_ca, access.mounts)) else ()
    return Source(cloud.uri, f"{REMOTE}:{path}", (*named, *ca, *env), access, anonymous)


def _is_ca(mount: Object) -> bool:
    return str(mount["name"]).startswith("ca-")


def _named(access: Plan, cloud: CloudAccess, credentials: str) -> bool:
    """Whether credentials or an identity are named; a public bucket is not to hide that they do not work."""
    return bool(access.service_account_annotations) or any(item["name"] == credentials for item in cloud.env)


def _name(setting: str) -> str:
    return f"RCLONE_CONFIG_{REMOTE.upper()}_{setting}"
