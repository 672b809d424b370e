# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From kubeconfigs to inventory hosts: a host is a cluster as one context leads to it.

The form of a kubeconfig is that of client-go (``k8s.io/client-go/tools/clientcmd/api/v1``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from .._errors import TritonError
from .._scc.yamltext import documents

_SIGNS = re.compile(r"[^A-Za-z0-9_.-]+")
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Context:
    """One context: its file and name, the API server's URL, SHA-256 of its CA ("" where the system's count), the context's namespace."""

    file: str
    name: str
    server: str
    ca_sha256: str = ""
    namespace: str = ""


def read(content: bytes, file: str, other: Callable[[str], bytes]) -> list[Context]:
    """The contexts of a kubeconfig, in its order.

    :param file: its path, for messages and for the hosts.
    :param other: reads a file that it names (a CA), by a path relative to it.
    :raises TritonError: it is no kubeconfig, or one of its contexts leads nowhere.
    """
    found = documents(content, file)
    config = found[0] if len(found) == 1 else None
    if not isinstance(config, Mapping) or "contexts" not in config:
        raise TritonError(f"{file} is no kubeconfig, since it has no contexts; correct kubeconfigs.")
    clusters = _by_name(config, "cluster")
    result = []
    for name, context in _by_name(config, "context").items():
        cluster = clusters.get(str(context.get("cluster")))
        server = cluster.get("server") if cluster is not None else None
        if cluster is None or not isinstance(server, str):
            raise TritonError(
                f"Context {name} of {file} names cluster {context.get('cluster')}, which has no server there; correct it, or leave it out by contexts."
            )
        result.append(Context(file, name, server, _ca(cluster, file, other), str(context.get("namespace") or "")))
    return result


def _by_name(config: Mapping[str, Any], kind: str) -> dict[str, Mapping[str, Any]]:
    entries = config.get(f"{kind}s") or ()
    return {
        str(entry.get("name")): entry[kind]
        for entry in entries
        if isinstance(entry, Mapping) and isinstance(entry.get(kind), Mapping)
    }


def _ca(cluster: Mapping[str, Any], file: str, other: Callable[[str], bytes]) -> str:
    data, path = cluster.get("certificate-authority-data"), cluster.get("certificate-authority")
    if not data and not path:
        return ""
    try:
        text = (base64.b64decode(str(data), validate=True) if data else other(str(path))).decode()
        first = text[text.index(_BEGIN) : text.index(_END) + len(_END)]
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest()
    except (OSError, ValueError, binascii.Error) as error:
        raise TritonError(
            f"The CA of {cluster.get('server')} in {file} cannot be read ({error}); correct the kubeconfig."
        ) from error


def chosen(contexts: Iterable[Context], patterns: Sequence[str]) -> list[Context]:
    """Those whose names one of the patterns fits (``*`` and ``?`` as in a shell).

    :raises TritonError: a pattern that fits none.
    """
    listed = list(contexts)
    for pattern in patterns:
        if not any(fnmatchcase(one.name, pattern) for one in listed):
            known = ", ".join(one.name for one in listed) or "none"
            raise TritonError(f"contexts has {pattern!r}, which fits no context; those of kubeconfigs are {known}.")
    return [one for one in listed if any(fnmatchcase(one.name, pattern) for pattern in patterns)]


def hosts(contexts: Sequence[Context], stem: Callable[[str], str]) -> dict[str, Context]:
    """Names of hosts: those of contexts, and with the file's before them where two files have the same.

    Signs that mean something in Ansible's patterns become hyphens.

    :param stem: the name of a file without folder and ending.
    :raises TritonError: two hosts that would have one name.
    """
    counts = Counter(_plain(one.name) for one in contexts)
    result: dict[str, Context] = {}
    for one in contexts:
        name = _plain(one.name) if counts[_plain(one.name)] == 1 else f"{_plain(stem(one.file))}.{_plain(one.name)}"
        if name in result:
            raise TritonError(
                f"Contexts {result[name].name} of {result[name].file} and {one.name} of {one.file} would both be host {name}; rename one of them."
            )
        result[name] = one
    return result


def _plain(name: str) -> str:
    return _SIGNS.sub("-", name).strip("-") or "cluster"
