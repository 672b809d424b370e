# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models in a container of Azure Storage; Triton reads it itself.

Triton asks https://ACCOUNT.blob.core.windows.net and no other host, so neither other clouds of Azure nor an emulator can be read (core,
src/filesystem/implementations/as.h).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import TritonError
from .base import CloudAccess, Plan, Target
from .cloud import ca, check_there, digest, exactly_one, given_file, secret, shown, variable, variable_of_secret

HOST = ".blob.core.windows.net"
ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
CONTAINER = re.compile(r"(?=.{3,63}\Z)[a-z0-9]+(-[a-z0-9]+)*|\$root|\$web")
PREFIX = re.compile(r"[^/\s?]+(/[^/\s?]+)*")
URI = re.compile(r"as://([^/]+)/([^/?]+)(?:/([^?]*))?")
CLIENT_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
KEY = "AZURE_STORAGE_KEY"


@dataclass(frozen=True, slots=True)
class Azure:
    """``uri`` or ``account``, ``container`` and ``prefix``.

    Credentials: ``existing_secret`` with the key that holds the account's key, or ``account_key`` itself, or ``client_id`` (of a managed
    identity that trusts the service account, for Azure's workload identity), or ``credentials_file``; else the container is public.
    """

    uri: str = ""
    account: str = ""
    container: str = ""
    prefix: str = ""
    existing_secret: str = ""
    account_key_name: str = KEY
    account_key: str = field(default="", repr=False)
    client_id: str = ""
    credentials_file: Mapping[str, Any] | None = None
    ca: Mapping[str, Any] | None = None
    scratch: str = ""

    def plan(self, name: str, target: Target) -> Plan:
        """The URI, the credentials, and room for the copy that Triton makes."""
        account, uri = self._uri(name)
        volumes, mounts = ca(name, self.ca, target)
        kind = exactly_one(
            name,
            "azure",
            {
                "existing_secret": self.existing_secret,
                "account_key": self.account_key,
                "client_id": self.client_id,
                "credentials_file": self.credentials_file,
            },
        )
        access = self._access(kind, name, account, uri, target)
        return Plan(
            access.definitions,
            {"name": name, "uri": uri},
            access.digest,
            volumes=volumes,
            mounts=mounts,
            service_account_annotations=access.service_account_annotations,
            pod_labels=access.pod_labels,
            scratch=self.scratch,
            cloud=access.cloud,
            notes=access.notes,
            warnings=access.warnings,
        )

    def _uri(self, name: str) -> tuple[str, str]:
        """The account and the URI.

        :raises TritonError: Triton would not read it, or read it as something else.
        """
        fields = {"account": self.account, "container": self.container}
        if (
            bool(self.uri) == any(fields.values())
            or (self.uri and self.prefix)
            or (not self.uri and not all(fields.values()))
        ):
            raise TritonError(
                f"Repository {name}: azure takes either uri, or account and container with prefix; given are uri={shown(self.uri)}, "
                f"account={self.account!r}, container={self.container!r} and prefix={self.prefix!r}."
            )
        account, container, prefix = self.account, self.container, self.prefix
        if self.uri:
            matched = URI.fullmatch(self.uri)
            if not matched:
                raise TritonError(
                    f"Repository {name}: {shown(self.uri)} is no URI of Azure Storage; write it like as://account/container/models, without "
                    "a token, which Triton would not use."
                )
            account, container, prefix = matched[1], matched[2], matched[3] or ""
        account, prefix = account.removesuffix(HOST), prefix.strip("/")
        if not ACCOUNT.fullmatch(account):
            raise TritonError(
                f"Repository {name}: {account!r} is no storage account (3 to 24 lower-case letters and digits); Triton reads accounts of "
                f"*{HOST} only."
            )
        if not CONTAINER.fullmatch(container):
            raise TritonError(
                f"Repository {name}: {container!r} is no container; Azure takes 3 to 63 lower-case letters, digits and single hyphens."
            )
        if prefix and not PREFIX.fullmatch(prefix):
            raise TritonError(
                f"Repository {name}: Triton does not read the prefix {prefix!r}; use no spaces, question marks or empty segments."
            )
        return account, f"as://{account}/{container}{f'/{prefix}' if prefix else ''}"

    def _access(self, kind: str, name: str, account: str, uri: str, target: Target) -> Plan:
        # Triton prefers this variable to the account in the URI, so it always says the same.
        owner = variable("AZURE_STORAGE_ACCOUNT", account)
        content = {"account_str": account}
        if kind == "existing_secret":
            check_there(name, "Secret", self.existing_secret, [self.account_key_name], target)
            key = variable_of_secret(KEY, self.existing_secret, self.account_key_name)
            return Plan((), {}, cloud=CloudAccess(uri, env=(owner, key)))
        if kind == "account_key":
            own = f"{target.release}-{name}-azure"
            key = variable_of_secret(KEY, own, KEY)
            access = CloudAccess(uri, env=(owner, key), credentials={**content, "account_key": self.account_key})
            return Plan((secret(target, own, {KEY: self.account_key}),), {}, digest(self.account_key), cloud=access)
        if kind == "credentials_file":
            return Plan((), {}, cloud=CloudAccess(uri, file=given_file(name, self.credentials_file, target)))
        if kind == "client_id":
            return self._by_identity(name, uri, owner, content)
        note = f"Repository {name} names no credentials: Triton reads a public container."
        return Plan((), {}, cloud=CloudAccess(uri, env=(owner,), credentials=content), notes=(note,))

    def _by_identity(self, name: str, uri: str, owner: dict[str, Any], content: dict[str, str]) -> Plan:
        if not CLIENT_ID.fullmatch(self.client_id):
            raise TritonError(
                f"Repository {name}: client_id {self.client_id!r} is no ID of a managed identity; write it like "
                "00000000-0000-0000-0000-000000000000."
            )
        # The webhook of Azure's workload identity gives the pod its token; the default chain of credentials finds it.
        env = (owner, variable("AZURE_STORAGE_AUTH_TYPE", "default"))
        warning = (
            f"Repository {name}: older releases of Triton (2.51, for one) do not know AZURE_STORAGE_AUTH_TYPE and would read the container as "
            "a public one."
        )
        return Plan(
            (),
            {},
            service_account_annotations={"azure.workload.identity/client-id": self.client_id},
            pod_labels={"azure.workload.identity/use": "true"},
            cloud=CloudAccess(uri, env=env, credentials={**content, "auth_type": "default"}),
            warnings=(warning,),
        )
