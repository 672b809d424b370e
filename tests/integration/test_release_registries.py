# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts from a registry (OCI, with a login and a private CA) and from a repository: fetched by helm itself, and noticed when they change."""

from __future__ import annotations

import dataclasses
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, Cluster

sys.path[:0] = [str(ROOT / "tests" / name) for name in ("storage", "cluster")]

from objectstore import private_authority
from provide import go_program

VERSION = "1.2.3"
# "open-sesame", as the registry wants it.
PASSWORD, HASHED = "open-sesame", "$2b$05$A15KpfcI31/76MzAEVdIZu7uT6Dn81iXwbbgZAQThYOqjPN0iIXJu"


def packed(helm: str, folder: Path, word: str) -> Path:
    """An archive of a chart; another word is another content of the same version."""
    chart = folder / "settings"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text(yaml.safe_dump({"apiVersion": "v2", "name": "settings", "version": VERSION}))
    content = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"word": word}}
    (chart / "templates" / "settings.yaml").write_text(yaml.safe_dump(content))
    subprocess.run([helm, "package", chart, "--destination", folder], check=True, capture_output=True)
    return folder / f"settings-{VERSION}.tgz"


@dataclass
class Registry:
    """A registry that is up, and a machine that trusts its CA."""

    cluster: Cluster
    address: str
    log: Path

    def helm(self, *arguments: str, text: str = "") -> str:
        command = [self.cluster.env["INFEROPS_HELM"], *arguments]
        done = subprocess.run(command, env=self.cluster.env, input=text, text=True, capture_output=True, check=True)
        return done.stdout + done.stderr

    def login(self) -> None:
        self.helm("registry", "login", self.address, "--username=team", "--password-stdin", text=PASSWORD)

    def push(self, archive: Path) -> str:
        """The digest of what was pushed."""
        said = self.helm("push", str(archive), f"oci://{self.address}/charts")
        return re.search(r"sha256:[0-9a-f]{64}", said)[0]

    def requests(self) -> int:
        """How many requests the registry has answered."""
        return self.log.read_text().count("http.request.uri")


@pytest.fixture
def registry(cluster: Cluster, tmp_path: Path) -> Iterator[Registry]:
    authority, certificate, key = private_authority(["localhost"], ["127.0.0.1"])
    for name, content in (("ca.crt", authority), ("tls.crt", certificate), ("tls.key", key)):
        (tmp_path / name).write_text(content)
    (tmp_path / "htpasswd").write_text(f"team:{HASHED}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "version": 0.1,
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(tmp_path / "blobs")}},
        "http": {
            "addr": f"127.0.0.1:{port}",
            "tls": {"certificate": str(tmp_path / "tls.crt"), "key": str(tmp_path / "tls.key")},
        },
        "auth": {"htpasswd": {"realm": "test", "path": str(tmp_path / "htpasswd")}},
    }
    (tmp_path / "config.yml").write_text(yaml.safe_dump(settings))
    env = {
        **cluster.env,
        "SSL_CERT_FILE": str(tmp_path / "ca.crt"),
        "HELM_REGISTRY_CONFIG": str(tmp_path / "logins.json"),
    }
    log = tmp_path / "registry.log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [go_program("registry"), "serve", tmp_path / "config.yml"], stdout=file, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 30
        while f"listening on 127.0.0.1:{port}" not in log.read_text():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield Registry(dataclasses.replace(cluster, env=env), f"127.0.0.1:{port}", log)
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served, and its URL."""
    folder = tmp_path / "repository"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def options(cluster: Cluster, namespace: str, major: str, chart: str, **more: Any) -> dict[str, Any]:
    binary = cluster.env["INFEROPS_HELM" if major == "3" else "INFEROPS_HELM4"]
    return {"name": "settings", "namespace": namespace, "helm_binary": binary, "chart": chart, **more}


def word(cluster: Cluster, namespace: str) -> str:
    return str(cluster.get("configmap/settings", "-n", namespace)["data"]["word"])


def assert_refused(result: Mapping[str, Any], writes: tuple[str, ...]) -> None:
    """One sentence, and nothing done."""
    print(result["msg"])
    assert "action" not in result
    assert "Nothing was written." in result["msg"]
    assert "\n" not in result["msg"]
    assert writes == ()


@pytest.mark.parametrize("major", ["3", "4"])
def test_a_chart_of_a_registry(registry: Registry, fresh_name: Callable[[], str], tmp_path: Path, major: str) -> None:
    cluster, namespace = registry.cluster, fresh_name()
    cluster.kubectl("create", "namespace", namespace)
    asked = options(cluster, namespace, major, f"oci://{registry.address}/charts/settings", chart_version=VERSION)
    offset = cluster.audit_offset()
    refused = cluster.module("helm_release", asked)
    assert asked["chart"] in refused["msg"]
    assert f"helm registry login {registry.address}," in refused["msg"]
    assert_refused(refused, cluster.writes(offset))

    registry.login()
    registry.push(packed(cluster.env["INFEROPS_HELM"], tmp_path, "first"))
    distrusting = dataclasses.replace(cluster, env={**cluster.env, "SSL_CERT_FILE": "/dev/null"})
    refused = distrusting.module("helm_release", asked)
    assert "Let this machine trust the CA" in refused["msg"]
    assert_refused(refused, cluster.writes(offset))
    assert cluster.module("helm_release", asked)["action"] == "install"
    assert word(cluster, namespace) == "first"
    offset = cluster.audit_offset()
    again = cluster.module("helm_release", asked)
    assert (again["changed"], again["action"], cluster.writes(offset)) == (False, "none", ())

    # The same version, and another content.
    registry.push(packed(cluster.env["INFEROPS_HELM"], tmp_path, "second"))
    assert cluster.module("helm_release", asked)["action"] == "upgrade"
    assert word(cluster, namespace) == "second"

    offset = cluster.audit_offset()
    refused = cluster.module("helm_release", {**asked, "chart_version": "7.7.7"})
    assert "7.7.7" in refused["msg"]
    assert_refused(refused, cluster.writes(offset))


def test_a_chart_that_is_named_by_its_digest_is_not_fetched_again(
    registry: Registry, fresh_name: Callable[[], str], tmp_path: Path
) -> None:
    cluster, namespace = registry.cluster, fresh_name()
    cluster.kubectl("create", "namespace", namespace)
    registry.login()
    digest = registry.push(packed(cluster.env["INFEROPS_HELM"], tmp_path, "first"))
    asked = options(cluster, namespace, "3", f"oci://{registry.address}/charts/settings@{digest}")
    # Somebody else's newer content is not what was asked for.
    registry.push(packed(cluster.env["INFEROPS_HELM"], tmp_path, "second"))
    assert cluster.module("helm_release", asked)["action"] == "install"
    assert word(cluster, namespace) == "first"
    before = registry.requests()
    assert before > 0
    assert cluster.module("helm_release", asked)["changed"] is False
    assert registry.requests() == before


@pytest.mark.parametrize("major", ["3", "4"])
def test_a_chart_of_a_repository(
    cluster: Cluster, fresh_name: Callable[[], str], repository: tuple[Path, str], tmp_path: Path, major: str
) -> None:
    (folder, url), namespace, helm = repository, fresh_name(), cluster.env["INFEROPS_HELM"]
    cluster.kubectl("create", "namespace", namespace)

    def publish(text: str) -> None:
        packed(helm, tmp_path, text).rename(folder / f"settings-{VERSION}.tgz")
        subprocess.run([helm, "repo", "index", folder, "--url", url], check=True, capture_output=True)

    publish("first")
    asked = options(cluster, namespace, major, "settings", chart_repository=url)
    assert cluster.module("helm_release", asked)["action"] == "install"
    assert word(cluster, namespace) == "first"
    offset = cluster.audit_offset()
    again = cluster.module("helm_release", asked)
    assert (again["changed"], cluster.writes(offset)) == (False, ())
    publish("second")
    assert cluster.module("helm_release", asked)["action"] == "upgrade"
    assert word(cluster, namespace) == "second"

    offset = cluster.audit_offset()
    refused = cluster.module("helm_release", {**asked, "chart": "missing"})
    assert "missing" in refused["msg"]
    assert_refused(refused, cluster.writes(offset))
