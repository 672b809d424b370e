# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several tests need: no connection settings of the machine, a double of the API server, a way to run a module."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kubernetes.client
import pytest
from _pytest.runner import runtestprotocol
from ansible.module_utils import basic
from ansible.module_utils.ansible_release import __version__

from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import TOKEN, FakeApi, Running


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run each test in this process: ansible-test would fork for each, which takes several times as long as the tests."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    runtestprotocol(item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor a kubeconfig of whoever runs the tests counts."""
    for name in os.environ:
        if name.startswith(("K8S_AUTH_", "KUBERNETES_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    # What an earlier connection of the same process left.
    kubernetes.client.Configuration.set_default(None)
    # The Kubernetes client reads that variable when it is imported.
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "no-kubeconfig"))


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A running double of the API server."""
    with Running(FakeApi()) as running:
        yield running


@pytest.fixture
def connection(api: FakeApi) -> dict[str, Any]:
    """Options that reach the double."""
    return {"host": api.url, "api_key": TOKEN, "validate_certs": False}


RunModule = Callable[..., dict[str, Any]]


@pytest.fixture
def run_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> RunModule:
    """Run a module's main() with arguments as Ansible does, and return what it prints."""

    def run(
        main: Callable[[], None], arguments: dict[str, Any], check: bool = False, diff: bool = False
    ) -> dict[str, Any]:
        internal: dict[str, Any] = {
            "_ansible_check_mode": check,
            "_ansible_diff": diff,
            "_ansible_remote_tmp": str(tmp_path),
        }
        # As at high verbosity; older releases always show how a module was called.
        if tuple(int(part) for part in __version__.split(".")[:2]) >= (2, 21):
            internal["_ansible_inject_invocation"] = True
        payload = json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, **internal}}).encode()
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", payload)
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit):
            main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        return result

    return run
