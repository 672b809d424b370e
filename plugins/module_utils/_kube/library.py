# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials as kubernetes.core and the Kubernetes Python client find them, for all that plain.py does not know."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .._errors import TritonError
from .credentials import Credentials, absolute

MISSING = "The Python package kubernetes is missing where this task runs; install it: pip install kubernetes"


def credentials(params: Mapping[str, Any]) -> tuple[Credentials, dict[str, Any]]:
    """The credentials of kubernetes.core's connection options, and the headers of impersonation.

    :raises TritonError: the Kubernetes Python client is missing, or the options contradict the kubeconfig.
    """
    try:
        from kubernetes import client as kubernetes_client
    except ImportError as error:
        raise TritonError(MISSING) from error
    from ansible_collections.kubernetes.core.plugins.module_utils.k8s.client import (
        _create_auth_spec,
        _create_configuration,
        _create_headers,
    )

    auth = _create_auth_spec(None, **params)
    _check_host(auth.get("host"))
    try:
        configuration = _create_configuration(auth)
    except _unusable() as error:
        raise TritonError(_bad_kubeconfig(params, error)) from error
    _check_host(configuration.host)
    # Only the pool and the configuration are used: the signatures of its request methods differ between releases.
    api = kubernetes_client.ApiClient(configuration)
    # A CA that nothing is checked with says nothing about the server.
    ca_file = configuration.ssl_ca_cert if configuration.verify_ssl else None
    ca_data = getattr(configuration, "ca_cert_data", None) if configuration.verify_ssl else None
    found = Credentials(
        configuration.host,
        api.rest_client.pool_manager,
        lambda: _authorization(configuration),
        partial(_sections, configuration, copy(configuration)),
        ca_file,
        ca_data.decode() if isinstance(ca_data, bytes) else ca_data,
    )
    return found, _create_headers(None, **params)


def _authorization(configuration: Any) -> dict[str, str]:
    settings = configuration.auth_settings().values()
    headers = {setting["key"]: setting["value"] for setting in settings if setting.get("value")}
    if configuration.username and configuration.password:
        headers["Authorization"] = configuration.get_basic_auth_token()
    return headers


def _sections(configuration: Any, made: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sections of a kubeconfig.

    :param made: the configuration as it was made: renewing a token overwrites it with what the kubeconfig says.
    """
    sent = {name.lower(): value for name, value in _authorization(configuration).items()}
    scheme, _space, token = sent.get("authorization", "").partition(" ")
    verify, inline = made.verify_ssl, getattr(made, "ca_cert_data", None)
    cluster = {
        "server": made.host,
        "insecure-skip-tls-verify": not verify,
        "certificate-authority": absolute(made.ssl_ca_cert) if verify and not inline else None,
        "certificate-authority-data": _in_base64(inline) if verify and inline else None,
        "proxy-url": made.proxy,
        "tls-server-name": getattr(made, "tls_server_name", None),
    }
    user = {
        "token": token if scheme == "Bearer" else None,
        "username": made.username,
        "password": made.password,
        "client-certificate": absolute(made.cert_file),
        "client-key": absolute(made.key_file),
    }
    return cluster, user


def _in_base64(data: str | bytes) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def _unusable() -> tuple[type[Exception], ...]:
    """What reading a kubeconfig comes to: kubernetes.core and the Kubernetes client check its shape by using it."""
    import yaml
    from kubernetes.config.config_exception import ConfigException

    return (ConfigException, yaml.YAMLError, OSError, ValueError, TypeError, AttributeError, LookupError)


def _check_host(host: Any) -> None:
    if not host:
        return
    try:
        parts = urlsplit(host if "//" in host else f"//{host}")
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise TritonError(f"The API server's URL is {host!r}; it must be like https://api.example.org:6443.")


def _bad_kubeconfig(params: Mapping[str, Any], error: Exception) -> str:
    kubeconfig, context = params.get("kubeconfig"), params.get("context")
    where = (
        kubeconfig
        if isinstance(kubeconfig, str)
        else "the given kubeconfig"
        if kubeconfig
        else "the default kubeconfig"
    )
    if context:
        known = _contexts(kubeconfig)
        if known and context not in known:
            return f'Context "{context}" is not in {where}; it has: {", ".join(known)}.'
    from kubernetes.config.config_exception import ConfigException

    if not isinstance(error, (ConfigException, OSError)):
        # Python's own words about a file that is something else would not help.
        cause = "its content is no kubeconfig" if isinstance(error, (TypeError, AttributeError)) else str(error)
        return f"No kubeconfig that can be read: {where} ({' '.join(cause.split())}); correct it, or give another one."
    if isinstance(kubeconfig, str) and not Path(kubeconfig).expanduser().exists():
        return f"The kubeconfig {where} is not there; correct the path, or log in so that it is written."
    return (
        f"No cluster to talk to from {where}: {str(error).strip().rstrip('.')}; give kubeconfig (and context), or host and "
        "api_key, or run inside a cluster."
    )


def _contexts(kubeconfig: Any) -> list[str]:
    """The names of the contexts, as far as they can be read; a kubeconfig need not have a current one."""
    import yaml
    from kubernetes import config as kubernetes_config

    try:
        if kubeconfig is None:
            entries: Any = kubernetes_config.list_kube_config_contexts()[0]
        else:
            given = isinstance(kubeconfig, Mapping)
            content = kubeconfig if given else yaml.safe_load(Path(kubeconfig).expanduser().read_text())
            entries = content.get("contexts") or ()
        return sorted(str(entry["name"]) for entry in entries)
    except _unusable():
        return []
