# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models in a bucket of Google Cloud Storage; Triton reads it itself.

Triton takes a key file of an authorized user or a service account, else what the metadata server gives, else no credentials (core,
src/filesystem/implementations/gcs.h). Identity federation by a key file (external_account) it does not know.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace

from .._errors import TritonError
from .base import CloudAccess, Plan, Target
from .cloud import Store, check_there, digest, secret, shown, variable

BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
PREFIX = re.compile(r"[^/\s]+(/[^/\s]+)*")
URI = re.compile(r"gs://([^/]+)(?:/(.*))?")
EMULATOR = re.compile(r"https?://[^/\s]+")
ACCOUNT = re.compile(r"[^@\s]+@[^@\s]+\.gserviceaccount\.com")
KEY_TYPES = ("authorized_user", "service_account")
KEY = "key.json"


@dataclass(frozen=True, slots=True)
class Gcs(Store):
    """``uri`` or ``bucket`` with ``prefix``; ``emulator`` is the URL of a stand-in for the service.

    Credentials: ``existing_secret`` with the key that holds the JSON file, or ``service_account_json`` itself, or ``service_account`` (an
    e-mail address, for GKE's workload identity), or ``credentials_file``; else what the metadata server gives.
    """

    bucket: str = ""
    emulator: str = ""
    key_name: str = KEY
    service_account_json: str = field(default="", repr=False)
    service_account: str = ""

    def plan(self, name: str, target: Target) -> Plan:
        """The URI, the credentials, and room for the copy that Triton makes."""
        uri = self._uri(name)
        if self.emulator and not EMULATOR.fullmatch(self.emulator):
            raise TritonError(
                f"Repository {name}: {shown(self.emulator)} is no emulator; write it like http://fake-gcs:4443, without a path."
            )
        plan = self.planned(
            name,
            "gcs",
            # Where nothing else is said, Triton asks without naming any.
            CloudAccess(uri, credentials=""),
            {
                "existing_secret": (self.existing_secret, self._of_secret),
                "service_account_json": (self.service_account_json, self._of_values),
                "service_account": (self.service_account, self._of_account),
                "": (None, self._of_surroundings),
            },
            target,
        )
        emulator = (variable("CLOUD_STORAGE_EMULATOR_ENDPOINT", self.emulator),) if self.emulator else ()
        return replace(plan, env=emulator)

    def _uri(self, name: str) -> str:
        if bool(self.uri) == bool(self.bucket) or (self.uri and self.prefix):
            raise TritonError(
                f"Repository {name}: gcs takes either uri, or bucket with prefix; given are uri={shown(self.uri)}, bucket={self.bucket!r} and "
                f"prefix={self.prefix!r}."
            )
        bucket, prefix = self.bucket, self.prefix
        if self.uri:
            matched = URI.fullmatch(self.uri)
            if not matched:
                raise TritonError(
                    f"Repository {name}: {shown(self.uri)} is no URI of Google Cloud Storage; write it like gs://bucket/models."
                )
            bucket, prefix = matched[1], matched[2] or ""
        prefix = prefix.strip("/")
        if not BUCKET.fullmatch(bucket):
            raise TritonError(
                f"Repository {name}: {bucket!r} is no bucket; Google takes lower-case letters, digits, hyphens, underscores and dots."
            )
        if prefix and not PREFIX.fullmatch(prefix):
            raise TritonError(
                f"Repository {name}: Triton does not read the prefix {prefix!r}; use neither spaces nor empty segments between its slashes."
            )
        return f"gs://{bucket}{f'/{prefix}' if prefix else ''}"

    def _of_secret(self, name: str, cloud: CloudAccess, target: Target) -> Plan:
        fingerprint = check_there(name, "Secret", self.existing_secret, [self.key_name], target)
        return replace(_by_file(name, cloud, self.existing_secret, self.key_name), digest=fingerprint)

    def _of_values(self, name: str, cloud: CloudAccess, target: Target) -> Plan:
        check_key(name, self.service_account_json)
        own = f"{target.release}-{name}-gcs"
        definition = secret(target, own, {KEY: self.service_account_json})
        return replace(
            _by_file(name, cloud, own, KEY), definitions=(definition,), digest=digest(self.service_account_json)
        )

    def _of_account(self, name: str, cloud: CloudAccess, _target: Target) -> Plan:
        if not ACCOUNT.fullmatch(self.service_account):
            raise TritonError(
                f"Repository {name}: {self.service_account!r} is no service account of Google; write it like "
                "models@project.iam.gserviceaccount.com."
            )
        annotations = {"iam.gke.io/gcp-service-account": self.service_account}
        return Plan((), {}, service_account_annotations=annotations, cloud=cloud)

    def _of_surroundings(self, name: str, cloud: CloudAccess, _target: Target) -> Plan:
        note = (
            f"Repository {name} names no credentials: Triton uses those of the metadata server (GKE's workload identity, the node's account) "
            "or reads a public bucket."
        )
        return Plan((), {}, cloud=cloud, notes=() if self.emulator else (note,))


def _by_file(name: str, cloud: CloudAccess, secret_name: str, key: str) -> Plan:
    volume, directory = f"gcs-{name}", f"/var/run/triton-gcs/{name}"
    path = f"{directory}/{key}"
    env = (variable("GOOGLE_APPLICATION_CREDENTIALS", path),)
    return Plan(
        (),
        {},
        volumes=({"name": volume, "secret": {"secretName": secret_name}},),
        mounts=({"name": volume, "mountPath": directory, "readOnly": True},),
        cloud=replace(cloud, env=env, credentials=path),
    )


def check_key(name: str, text: str) -> None:
    """Refuse a key file that Triton would pass over in silence; nothing of it is said.

    :raises TritonError: no JSON object, or of a type that Triton does not read.
    """
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise TritonError(
            f"Repository {name}: service_account_json is no JSON object; give the content of the key file as it is."
        )
    if content.get("type") not in KEY_TYPES:
        raise TritonError(
            f"Repository {name}: service_account_json is of another type than {' and '.join(KEY_TYPES)}, the only ones that Triton reads; "
            "for identity federation use service_account."
        )
