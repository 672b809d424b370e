# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models in a bucket of S3 or what speaks its protocol; Triton reads it itself.

The rules of paths are those of Triton (core, src/filesystem/implementations/s3.h): an endpoint is HOST:PORT, and a path that does not fit
is not refused there but read as a bucket of AWS; buckets are asked for by path, never by host name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from .._errors import TritonError
from .base import CloudAccess, Object, Plan, Target
from .cloud import Store, check_there, digest, secret, shown, variable, variable_of_secret

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[^/\s?#]+(/[^/\s?#]+)*")
# What Triton reads below an endpoint; other characters make it take the host for the bucket.
PREFIX_OF_ENDPOINT = re.compile(r"[0-9a-zA-Z._-]+(/[0-9a-zA-Z._-]+)*")
ENDPOINT = re.compile(r"(https?://)?([0-9a-zA-Z.-]+)(?::([0-9]{1,5}))?/?")
URI = re.compile(r"s3://(?:(https?://)?([0-9a-zA-Z.-]+:[0-9]{1,5})/)?([^/:]+)(?:/(.*))?")
ROLE = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:role/.+")
REGION = re.compile(r"[a-z0-9-]+")
PORTS = {"http://": "80", "https://": "443"}
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True, slots=True)
class S3(Store):
    """``uri``, or ``bucket`` with ``prefix`` and ``endpoint`` (HOST, HOST:PORT or a URL).

    Credentials: ``existing_secret`` with the names of its keys, or values, or ``role_arn`` (a role for the service account), or
    ``credentials_file``; else what the pod gets from its surroundings.
    """

    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    path_style: bool = True
    access_key_name: str = KEYS[0]
    secret_key_name: str = KEYS[1]
    session_token_name: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    role_arn: str = ""

    def plan(self, name: str, target: Target) -> Plan:
        """The URI, the credentials, and room for the copy that Triton makes."""
        uri, endpoint = self._uri(name)
        if not self.path_style:
            raise TritonError(
                f"Repository {name}: Triton asks for buckets by path only (https://HOST/BUCKET), so path_style cannot be false; leave it out."
            )
        if self.region and not REGION.fullmatch(self.region):
            raise TritonError(f"Repository {name}: {self.region!r} is no region; write it like eu-central-1.")
        if self.ca and endpoint.startswith("http://"):
            raise TritonError(
                f"Repository {name} has a ca, but its endpoint {endpoint} is read without TLS; write it with https://."
            )
        values = self.access_key or self.secret_key or self.session_token
        plan = self.planned(
            name,
            "s3",
            CloudAccess(uri, endpoint),
            {
                "existing_secret": (self.existing_secret, self._of_secret),
                "access_key and secret_key": (values, self._of_values),
                "role_arn": (self.role_arn, self._of_role),
                "": (None, self._of_surroundings),
            },
            target,
        )
        return replace(plan, warnings=self._warnings(name, uri, endpoint))

    def _uri(self, name: str) -> tuple[str, str]:
        """The URI, and its endpoint: a URL, "" for AWS itself.

        :raises TritonError: Triton would read it as something else.
        """
        if bool(self.uri) == bool(self.bucket) or (self.uri and (self.prefix or self.endpoint)):
            raise TritonError(
                f"Repository {name}: s3 takes either uri, or bucket with prefix and endpoint; given are uri={shown(self.uri)}, "
                f"bucket={self.bucket!r}, prefix={self.prefix!r} and endpoint={shown(self.endpoint)}."
            )
        if self.uri:
            matched = URI.fullmatch(self.uri)
            if not matched:
                raise TritonError(
                    f"Repository {name}: Triton does not read {shown(self.uri)} as s3://BUCKET/PREFIX or s3://https://HOST:PORT/BUCKET/PREFIX; the "
                    "port has to be there."
                )
            scheme, host, bucket, prefix = matched[1] or "http://", matched[2], matched[3], matched[4] or ""
            endpoint = f"{scheme}{host}" if host else ""
        else:
            bucket, prefix, endpoint = self.bucket, self.prefix, self._endpoint(name)
        return _checked(name, bucket, prefix.strip("/"), endpoint), endpoint

    def _endpoint(self, name: str) -> str:
        """The endpoint as SCHEME://HOST:PORT; TLS is the default, as it is for AWS."""
        if not self.endpoint:
            return ""
        matched = ENDPOINT.fullmatch(self.endpoint)
        if not matched:
            raise TritonError(
                f"Repository {name}: {shown(self.endpoint)} is no endpoint; write it like https://minio.example.com:9000, without a path."
            )
        scheme = matched[1] or "https://"
        return f"{scheme}{matched[2]}:{matched[3] or PORTS[scheme]}"

    def _warnings(self, name: str, uri: str, endpoint: str) -> tuple[str, ...]:
        first = uri.removeprefix("s3://").partition("/")
        if self.uri and not endpoint and "." in first[0] and first[2]:
            warning = (
                f"Repository {name}: Triton takes {first[0]} in {uri} for a bucket of AWS; if it is a host, write "
                f"s3://https://{first[0]}:443/{first[2]}."
            )
            return (warning,)
        return ()

    def _region(self) -> tuple[Object, ...]:
        return (variable("AWS_DEFAULT_REGION", self.region),) if self.region else ()

    def _of_secret(self, name: str, cloud: CloudAccess, target: Target) -> Plan:
        named = [self.access_key_name, self.secret_key_name, *filter(None, [self.session_token_name])]
        fingerprint = check_there(name, "Secret", self.existing_secret, named, target)
        env = tuple(variable_of_secret(key, self.existing_secret, own) for key, own in zip(KEYS, named, strict=False))
        return Plan((), {}, fingerprint, cloud=replace(cloud, env=(*env, *self._region())))

    def _of_values(self, name: str, cloud: CloudAccess, target: Target) -> Plan:
        if not (self.access_key and self.secret_key):
            raise TritonError(
                f"Repository {name}: s3 has only one of access_key and secret_key, or a session_token without them; give both keys."
            )
        values = {"access": self.access_key, "secret": self.secret_key, "session": self.session_token}
        own = f"{target.release}-{name}-s3"
        named = dict(zip(KEYS, values.values(), strict=True))
        definition = secret(target, own, {key: value for key, value in named.items() if value})
        env = tuple(variable_of_secret(key, own, key) for key, value in named.items() if value)
        content = {
            "key_id": self.access_key,
            "secret_key": self.secret_key,
            "session_token": self.session_token,
            "region": self.region,
            "profile": "",
        }
        access = replace(cloud, env=(*env, *self._region()), credentials=content)
        return Plan((definition,), {}, digest(values), cloud=access)

    def _of_role(self, name: str, cloud: CloudAccess, _target: Target) -> Plan:
        if not ROLE.fullmatch(self.role_arn):
            raise TritonError(
                f"Repository {name}: {self.role_arn!r} is no role; write it like arn:aws:iam::123456789012:role/triton-models."
            )
        if not self.region:
            raise TritonError(
                f"Repository {name}: with role_arn Triton learns the region of the bucket from nowhere else; give region."
            )
        annotations = {"eks.amazonaws.com/role-arn": self.role_arn}
        access = replace(cloud, credentials={})
        return Plan((), {}, env=self._region(), service_account_annotations=annotations, cloud=access)

    def _of_surroundings(self, name: str, cloud: CloudAccess, _target: Target) -> Plan:
        note = (
            f"Repository {name} names no credentials: Triton uses those of its surroundings (EKS Pod Identity, the node's role) or reads a "
            "public bucket."
        )
        return Plan((), {}, env=self._region(), cloud=replace(cloud, credentials={}), notes=(note,))


def _checked(name: str, bucket: str, prefix: str, endpoint: str) -> str:
    if not BUCKET.fullmatch(bucket) or ".." in bucket:
        raise TritonError(
            f"Repository {name}: {bucket!r} is no bucket; S3 takes 3 to 63 lower-case letters, digits, hyphens and dots."
        )
    rule = PREFIX_OF_ENDPOINT if endpoint else PREFIX
    if prefix and not rule.fullmatch(prefix):
        allowed = "letters, digits, dots, hyphens and underscores" if endpoint else "neither spaces nor empty segments"
        raise TritonError(
            f"Repository {name}: Triton does not read the prefix {prefix!r}; use {allowed} between its slashes."
        )
    where = f"{endpoint}/" if endpoint else ""
    return f"s3://{where}{bucket}{f'/{prefix}' if prefix else ''}"
