# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of each back end, as a module's argument spec takes them; what several have in common is written once.

``no_log: False`` stands at names that are no secrets, though Ansible would take them for some.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from .sync import IMAGE

Spec: TypeAlias = dict[str, Any]


def text(default: str = "") -> Spec:
    """An option that is a text."""
    return {"type": "str", "default": default}


def shown(default: str = "") -> Spec:
    """A text that is no secret, whatever its name says."""
    return {**text(default), "no_log": False}


def hidden() -> Spec:
    """A text that is a secret."""
    return {**text(), "no_log": True}


def needed(kind: str = "str") -> Spec:
    """An option that has to be there."""
    return {"type": kind, "required": True}


def several(elements: str, *default: str) -> Spec:
    """An option that is a list."""
    return {"type": "list", "elements": elements, "default": list(default)}


def nested(options: Spec) -> Spec:
    """An option with options of its own."""
    return {"type": "dict", "options": options}


def backends() -> Spec:
    """The options of each back end."""
    stores = {"s3": _s3(), "gcs": _gcs(), "azure": _azure()}
    claim = {**_claim(), "sub_path": text()}
    options = {
        "claim": claim,
        "configmap": _local(),
        "secret": _local(),
        "nfs": {**_nfs(), "size": text("1Gi"), "mount_options": several("str")},
        "nfs_inline": _nfs(),
        **stores,
        "upload": _upload(),
        "image": _image(),
        "sync": _sync({**stores, "claim": claim}),
    }
    return {name: {**nested(given), "no_log": False} for name, given in options.items()}


def probe() -> Spec:
    """The option that says how a bucket is read before the release."""
    return nested({"enabled": {"type": "bool", "default": True}, "image": text(IMAGE), "pull_policy": _pull_policy()})


def _local() -> Spec:
    return {"path": needed("path")}


def _claim() -> Spec:
    return {
        **{name: {"type": "str"} for name in ("existing", "name", "size", "storage_class")},
        "access_modes": several("str", "ReadWriteOnce"),
    }


def _nfs() -> Spec:
    return {"server": needed(), "path": needed(), "sub_path": text(), "supplemental_groups": several("int")}


def _upload() -> Spec:
    return {
        **_local(),
        **_claim(),
        "keep": {"type": "int", "default": 3},
        "image": text(),
        "supplemental_groups": several("int"),
    }


def _store() -> Spec:
    """What all object stores have in common."""
    file = {"secret": {**needed(), "no_log": False}, "key": shown("credentials.json")}
    ca = {
        "config_map": {"type": "str"},
        "secret": {"type": "str", "no_log": False},
        "key": shown("ca.crt"),
        "path": text("/etc/ssl/certs/ca-certificates.crt"),
    }
    return {
        "uri": text(),
        "prefix": text(),
        "existing_secret": shown(),
        "credentials_file": {**nested(file), "no_log": False},
        "ca": nested(ca),
        "scratch": text(),
    }


def _s3() -> Spec:
    return {
        **_store(),
        "bucket": text(),
        "endpoint": text(),
        "region": text(),
        "path_style": {"type": "bool", "default": True},
        "access_key_name": shown("AWS_ACCESS_KEY_ID"),
        "secret_key_name": shown("AWS_SECRET_ACCESS_KEY"),
        "session_token_name": shown(),
        # Hidden by the module as well, unless it is a word that stands in a name.
        "access_key": shown(),
        "secret_key": hidden(),
        "session_token": hidden(),
        "role_arn": text(),
    }


def _gcs() -> Spec:
    return {
        **_store(),
        "bucket": text(),
        "emulator": text(),
        "key_name": shown("key.json"),
        # Hidden by the module: no_log would hide every word of the file wherever it stands.
        "service_account_json": {"type": "json", "no_log": False},
        "service_account": text(),
    }


def _azure() -> Spec:
    return {
        **_store(),
        "account": text(),
        "container": text(),
        "account_key_name": shown("AZURE_STORAGE_KEY"),
        "account_key": hidden(),
        "client_id": text(),
    }


def _pull_policy() -> Spec:
    return {"type": "str", "choices": ["Always", "IfNotPresent", "Never"]}


def _image() -> Spec:
    return {
        "reference": needed(),
        "path": text("/models"),
        "mode": {**text("auto"), "choices": ["auto", "volume", "copy"]},
        "pull_policy": _pull_policy(),
        "size": text(),
        "resources": {"type": "dict"},
    }


def _sync(others: Spec) -> Spec:
    return {
        **{name: nested(options) for name, options in others.items()},
        "size": text(),
        "keep": {"type": "int", "default": 3},
        "digest": text(),
        "image": text(IMAGE),
        "pull_policy": _pull_policy(),
        "transfers": {"type": "int", "default": 8},
        "bandwidth": text(),
        "env": {"type": "dict"},
        "resources": {"type": "dict"},
    }


def repositories() -> dict[str, Any]:
    """The option repositories; documented by the fragment of that name."""
    one = {"name": {"type": "str"}, "probe": probe(), **backends()}
    return {"type": "list", "elements": "dict", "required": True, "options": one}
