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
from dataclasses import dataclass, field, replace

from .._errors import TritonError
from .base import CloudAccess, Object, Plan, Target
from .cloud import Store, check_there, digest, secret, shown, variable, variable_of_secret

HOST = ".blob.core.windows.net"
ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
CONTAINER = re.compile(r"(?=.{3,63}\Z)[a-z0-9]+(-[a-z0-9]+)*|\$root|\$web")
PREFIX = re.compile(r"[^/\s?]+(/[^/\s?]+)*")
URI = re.compile(r"as://([^/]+)/([^/?]+)(?:/([^?]*))?")
CLIENT_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
KEY = "AZURE_STORAGE_KEY"


@dataclass(frozen=True, slots=True)
class Azure(Store):
    """``uri`` or ``account``, ``container`` and ``prefix``.

    Credentials: ``existing_secret`` with the key that holds the account's key, or ``account_key`` itself, or ``client_id`` (of a managed
    identity that trusts the service account, for Azure's workload identity), or ``credentials_file``; else the container is public.
    """

    account: str = ""
    container: str = ""
    account_key_name: str = KEY
    account_key: str = field(default="", repr=False)
    client_id: str = ""

    def plan(self, name: str, target: Target) -> Plan:
        """The URI, the credentials, and room for the copy that Triton makes."""
        account, uri = self._uri(name)
        # Triton prefers this variable to the account in the URI, so it always says the same.
        owner = variable("AZURE_STORAGE_ACCOUNT", account)
        return self.planned(
            name,
            "azure",
            CloudAccess(uri, env=(owner,), credentials={"account_str": account}),
            {
                "existing_secret": (self.existing_secret, self._of_secret),
                "account_key": (self.account_key, self._of_values),
                "client_id": (self.client_id, self._of_identity),
                "": (None, _of_nothing),
            },
            target,
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

    def _of_secret(self, name: str, cloud: CloudAccess, target: Target) -> Plan:
        fingerprint = check_there(name, "Secret", self.existing_secret, [self.account_key_name], target)
        key = variable_of_secret(KEY, self.existing_secret, self.account_key_name)
        return Plan((), {}, fingerprint, cloud=replace(cloud, env=(*cloud.env, key), credentials=None))

    def _of_values(self, name: str, cloud: CloudAccess, target: Target) -> Plan:
        own = f"{target.release}-{name}-azure"
        definition = secret(target, own, {KEY: self.account_key})
        access = _with(cloud, variable_of_secret(KEY, own, KEY), account_key=self.account_key)
        return Plan((definition,), {}, digest(self.account_key), cloud=access)

    def _of_identity(self, name: str, cloud: CloudAccess, _target: Target) -> Plan:
        if not CLIENT_ID.fullmatch(self.client_id):
            raise TritonError(
                f"Repository {name}: client_id {self.client_id!r} is no ID of a managed identity; write it like "
                "00000000-0000-0000-0000-000000000000."
            )
        warning = (
            f"Repository {name}: older releases of Triton (2.51, for one) do not know AZURE_STORAGE_AUTH_TYPE and would read the container as "
            "a public one."
        )
        return Plan(
            (),
            {},
            service_account_annotations={"azure.workload.identity/client-id": self.client_id},
            pod_labels={"azure.workload.identity/use": "true"},
            # The webhook of Azure's workload identity gives the pod its token; the default chain of credentials finds it.
            cloud=_with(cloud, variable("AZURE_STORAGE_AUTH_TYPE", "default"), auth_type="default"),
            warnings=(warning,),
        )


def _of_nothing(name: str, cloud: CloudAccess, _target: Target) -> Plan:
    note = f"Repository {name} names no credentials: Triton reads a public container."
    return Plan((), {}, cloud=cloud, notes=(note,))


def _with(cloud: CloudAccess, item: Object, **content: str) -> CloudAccess:
    """The account's access with one variable more, and the same in the terms of the cloud credential file."""
    known = cloud.credentials if isinstance(cloud.credentials, Mapping) else {}
    return replace(cloud, env=(*cloud.env, item), credentials={**known, **content})
