# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._fleet.contexts import (
    Context,
    chosen,
    hosts,
    read,
)


def config(*contexts: tuple[str, str], **cluster: Any) -> bytes:
    """A kubeconfig with contexts and the namespaces that they name."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": "https://api:6443", **cluster}}],
            "contexts": [
                {"name": name, "context": {"cluster": "c", "user": "u", "namespace": namespace}}
                for name, namespace in contexts
            ],
        }
    ).encode()


def nothing(name: str) -> bytes:
    raise FileNotFoundError(2, "No such file", name)


def context(name: str, file: str = "/k/config.yaml") -> Context:
    return Context(file, name, "https://api:6443")


def test_every_context_leads_to_its_server() -> None:
    found = read(config(("a", "x"), ("b", "")), "/k/config", nothing)
    assert found == [
        Context("/k/config", "a", "https://api:6443", "", "x"),
        Context("/k/config", "b", "https://api:6443", "", ""),
    ]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("ca")
    options = ["-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=ca", "-days", "1"]
    command = ["openssl", "req", *options, "-keyout", str(folder / "key"), "-out", str(folder / "crt")]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "crt").read_text()


@pytest.mark.parametrize("inline", [True, False])
def test_the_ca_is_told_by_its_digest(certificate: str, inline: bool) -> None:
    der = base64.b64decode("".join(certificate.split("-----")[2].split()))
    given = (
        {"certificate-authority-data": base64.b64encode(certificate.encode()).decode()}
        if inline
        else {"certificate-authority": "ca.crt"}
    )
    (found,) = read(config(("a", ""), **given), "/k/config", lambda name: {"ca.crt": certificate.encode()}[name])
    assert found.ca_sha256 == hashlib.sha256(der).hexdigest()


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "is no kubeconfig, since it has no contexts"),
        (b"- a", "is no kubeconfig, since it has no contexts"),
        (b"kind: Secret", "is no kubeconfig, since it has no contexts"),
        (config(("a", ""), server=None), "Context a of /k/config names cluster c, which has no server there"),
        (b'{"contexts": [{"name": "a", "context": {"cluster": "gone"}}]}', "names cluster gone, which has no server"),
        (config(("a", ""), **{"certificate-authority": "gone.crt"}), "The CA of https://api:6443 in /k/config cannot"),
        (config(("a", ""), **{"certificate-authority-data": "!"}), "The CA of https://api:6443 in /k/config cannot"),
    ],
)
def test_what_is_no_kubeconfig(content: bytes, words: str) -> None:
    with pytest.raises(TritonError, match=words):
        read(content, "/k/config", nothing)


def test_contexts_are_chosen_by_patterns() -> None:
    every = [context("prod-a"), context("prod-b"), context("test")]
    assert [one.name for one in chosen(every, ["prod-*"])] == ["prod-a", "prod-b"]
    with pytest.raises(TritonError, match="'stage-\\*', which fits no context; those of kubeconfigs are prod-a"):
        chosen(every, ["prod-*", "stage-*"])


def test_names_of_hosts() -> None:
    # A slash, a colon, or a comma would mean something in --limit.
    assert list(hosts([context("default/api-prod:6443/admin"), context("b")], lambda _file: "x")) == [
        "default-api-prod-6443-admin",
        "b",
    ]


def test_files_tell_contexts_of_one_name_apart() -> None:
    every = [context("admin", "/k/one.yaml"), context("admin", "/k/two.yaml"), context("other", "/k/two.yaml")]
    found = hosts(every, lambda file: Path(file).stem)
    assert list(found) == ["one.admin", "two.admin", "other"]
    with pytest.raises(TritonError, match="would both be host one.admin; rename one of them"):
        hosts([context("admin", "/k/one.yaml"), context("admin", "/l/one.yaml")], lambda file: Path(file).stem)
