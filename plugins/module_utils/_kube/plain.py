# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of the common forms, read without the Kubernetes client, whose import takes longer than most tasks.

A URL with a token or a client certificate, or one kubeconfig file with tokens or certificates in it. They come to what
kubernetes.core would make of them (a unit test compares the two); whatever is not plainly one of these forms, a mistake
as well, is left to library.py.
"""

from __future__ import annotations

import base64
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .credentials import Credentials, absolute

try:
    import urllib3
    import yaml
    from urllib3.util.ssl_ import create_urllib3_context

    HAS_LIBRARIES = True
except ImportError:
    # The package kubernetes brings them, and library.py names that where it is missing.
    HAS_LIBRARIES = False

from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC

_KNOWN = ("kubeconfig", "context", "host", "api_key", "ca_cert", "client_cert", "client_key", "validate_certs")
_CLUSTER = {"server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "extensions"}
_USER = {"token", "client-certificate", "client-certificate-data", "client-key", "client-key-data"}
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class _NotPlain(Exception):
    """Something that this file does not know."""


def credentials(params: Mapping[str, Any]) -> Credentials | None:
    """The credentials of kubernetes.core's connection options, None where library.py has to find them.

    :param params: a module's parameters.
    """
    given = {option for option in AUTH_ARG_SPEC if params.get(option) not in (None, "", [], {})}
    if not HAS_LIBRARIES or given - set(_KNOWN) or _environment_decides():
        return None
    try:
        if {"host", "api_key"} <= given or {"host", "client_cert", "client_key"} <= given:
            return _of_options(params)
        # What an option says beside a kubeconfig is the library's to weigh up.
        if given & {"host", "api_key", "client_cert", "client_key"}:
            return None
        return _of_kubeconfig(params)
    except (_NotPlain, yaml.YAMLError, OSError, ValueError, TypeError, AttributeError, LookupError):
        return None


def _environment_decides() -> bool:
    return any(name.startswith("K8S_AUTH_") or name.lower() in _PROXIES for name in os.environ)


def _of_options(params: Mapping[str, Any]) -> Credentials:
    certificate, key = params.get("client_cert"), params.get("client_key")
    if bool(certificate) != bool(key):
        raise _NotPlain
    token = params.get("api_key")
    return _made(
        server=params["host"],
        token=f"Bearer {token}" if token else "",
        verify=params.get("validate_certs") is not False,
        ca_file=params.get("ca_cert"),
        ca_data=None,
        chain=(certificate, key) if certificate and key else None,
    )


def _of_kubeconfig(params: Mapping[str, Any]) -> Credentials:
    given = params.get("kubeconfig")
    if not given and not params.get("context") and os.environ.get("KUBERNETES_SERVICE_HOST"):
        # In a cluster, its own token comes first.
        raise _NotPlain
    if isinstance(given, Mapping):
        config, base = given, ""
    else:
        path = os.path.expanduser(given or os.environ.get("KUBECONFIG", "~/.kube/config"))
        if os.pathsep in path:
            raise _NotPlain
        config = yaml.load(Path(path).read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        base = os.path.abspath(os.path.dirname(path))
    context = _named(config, "context", params.get("context") or config["current-context"])
    cluster, user = _named(config, "cluster", context["cluster"]), _named(config, "user", context["user"])
    if set(cluster) - _CLUSTER or set(user) - _USER:
        raise _NotPlain
    insecure = cluster.get("insecure-skip-tls-verify", False)
    ca_data = cluster.get("certificate-authority-data")
    ca_file = None if "certificate-authority-data" in cluster else _file(base, cluster, "certificate-authority")
    option = params.get("ca_cert")
    token = user.get("token")
    return _made(
        server=cluster["server"],
        token=f"Bearer {token}" if token else "",
        verify=params["validate_certs"] if params.get("validate_certs") is not None else not insecure,
        ca_file=option or ca_file,
        ca_data=base64.standard_b64decode(ca_data).decode() if ca_data and not option else None,
        chain=_chain(base, user),
    )


def _named(config: Mapping[str, Any], kind: str, name: str) -> Mapping[str, Any]:
    entries = [entry for entry in config[f"{kind}s"] if entry["name"] == name]
    if len(entries) != 1 or not isinstance(entries[0][kind], Mapping):
        raise _NotPlain
    found: Mapping[str, Any] = entries[0][kind]
    return found


def _file(base: str, section: Mapping[str, Any], field: str) -> str | None:
    return os.path.normpath(os.path.join(base, section[field])) if section.get(field) else None


def _chain(base: str, user: Mapping[str, Any]) -> tuple[str | bytes, str | bytes] | None:
    """A client's certificate and its key, as paths (text) or contents (bytes)."""
    parts = []
    for field in ("client-certificate", "client-key"):
        data = user.get(f"{field}-data")
        part = base64.standard_b64decode(data) if data else _file(base, user, field)
        if part is not None:
            parts.append(part)
    if len(parts) == 1 or len({type(part) for part in parts}) > 1:
        raise _NotPlain
    return (parts[0], parts[1]) if parts else None


def _made(
    server: Any,
    token: str,
    verify: bool,
    ca_file: str | None,
    ca_data: str | None,
    chain: tuple[str | bytes, str | bytes] | None,
) -> Credentials:
    server = server.rstrip("/")
    if not server.startswith(("https://", "http://")) or not urllib3.util.parse_url(server).host:
        raise _NotPlain
    secure = server.startswith("https://")
    # Which CAs the system has is the library's to say.
    if secure and verify and not (ca_file or ca_data):
        raise _NotPlain
    tls: dict[str, Any] = {}
    if secure:
        demand = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
        context = create_urllib3_context(cert_reqs=demand)
        if ca_file or ca_data:
            context.load_verify_locations(cafile=ca_file, cadata=ca_data)
        if chain:
            _load_chain(context, chain)
        tls = {"ssl_context": context, "cert_reqs": demand}
    authorization = {"authorization": token} if token else {}
    cluster = {
        "server": server,
        "insecure-skip-tls-verify": not verify,
        "certificate-authority": absolute(ca_file) if verify and not ca_data else None,
        "certificate-authority-data": base64.b64encode(ca_data.encode()).decode() if verify and ca_data else None,
    }
    user: dict[str, Any] = {"token": token.partition(" ")[2]}
    for field, part in zip(("client-certificate", "client-key"), chain or (), strict=False):
        if isinstance(part, bytes):
            user[f"{field}-data"] = base64.b64encode(part).decode()
        else:
            user[field] = absolute(part)
    return Credentials(
        server,
        urllib3.PoolManager(num_pools=4, maxsize=4, **tls),
        lambda: authorization,
        lambda: (cluster, user),
        # A CA that nothing is checked with says nothing about the server.
        ca_file if verify else None,
        ca_data if verify else None,
    )


def _load_chain(context: ssl.SSLContext, chain: tuple[str | bytes, str | bytes]) -> None:
    certificate, key = chain
    # An empty password: a key that has one is an error then, and no question at the terminal.
    if isinstance(certificate, str) and isinstance(key, str):
        context.load_cert_chain(certificate, key, password="")
        return
    if not hasattr(os, "memfd_create") or not isinstance(certificate, bytes) or not isinstance(key, bytes):
        raise _NotPlain
    # OpenSSL reads files only; this one lies in memory, and nobody else sees it.
    descriptor = os.memfd_create("client")
    try:
        os.write(descriptor, certificate.rstrip() + b"\n" + key)
        context.load_cert_chain(f"/proc/self/fd/{descriptor}", password="")
    finally:
        os.close(descriptor)
