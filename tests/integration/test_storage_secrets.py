# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets go into the one Secret that is meant for them, and into nothing else that a run says, writes or leaves behind.

Each way in which a secret can be given is one inventory host. All playbooks run at -vvvv with --diff, and are watched meanwhile.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import secrets
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster, Played, namespace_names

sys.path[:0] = [str(ROOT / "tests" / name) for name in ("storage", "cluster")]

from canaries import Watch, forms, holding
from objectstore import RCLONE_IMAGE, S3Store, s3_store
from repositories import many_small

# What is given to a callback plugin goes into logs and databases.
CALLBACK = """
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME, CALLBACK_NEEDS_ENABLED = 2.0, "aggregate", "told", True

    def _tell(self, result, *_more, **_options):
        with open({path!r}, "a") as handle:
            handle.write(repr(result._result) + "\\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = v2_runner_item_on_ok = v2_runner_item_on_failed = _tell
    v2_runner_on_unreachable = v2_on_file_diff = _tell
"""
# Characters that base64, JSON and URLs write in ways of their own.
SPECIAL = '+/&"é='


def failed(played: Played) -> set[str]:
    """The hosts that failed, by the recap: at this verbosity results take many lines."""
    return {
        host
        for host, number in re.findall(r"^(\S+)\s+: ok=.*?failed=(\d+)", played.output, re.MULTILINE)
        if number != "0"
    }


def canary(name: str, special: str = SPECIAL) -> str:
    """A secret of its own."""
    return f"{name}{special}{secrets.token_hex(12)}"


@pytest.fixture(scope="module")
def s3(cluster: Cluster) -> Iterator[S3Store]:
    with s3_store(cluster.name, tls=False) as store:
        yield store


class Scene:
    """The hosts, what is secret in their variables, and where runs of playbooks leave what they say."""

    def __init__(self, cluster: Cluster, store: S3Store, folder: Path, namespaces: list[str]) -> None:
        self.cluster, self.folder = cluster, folder
        self.namespaces = namespaces
        # Those of the store are real, so that a release gets ready with them.
        self.canaries = {"synced access_key": store.access_key, "synced secret_key": store.secret_key}
        clouds, both, synced, local, misspelt = namespaces
        factors = many_small(folder / "bucket", models=1, seed=3)
        store.fill(folder / "bucket", "models", synced)
        assert factors
        repositories = {
            clouds: [self.s3("clouds", session=True), self.gcs(), self.azure()],
            both: [self.s3("one", endpoint="http://127.0.0.1:1"), self.s3("two", endpoint="http://127.0.0.1:2")],
            synced: {
                "sync": {
                    "image": RCLONE_IMAGE,
                    "pull_policy": "Never",
                    "size": "50Mi",
                    "s3": {
                        "bucket": "models",
                        "prefix": synced,
                        "endpoint": store.endpoint(),
                        "region": store.region,
                        "access_key": store.access_key,
                        "secret_key": store.secret_key,
                    },
                }
            },
            local: [{"secret": {"path": str(self.files())}}, {"upload": {"path": str(self.files()), "size": "64Mi"}}],
            misspelt: {"s3": {"bucket": "models", "access_key": self.new("id"), "secretkey": self.new("misspelt")}},
        }
        self.hosts: dict[str, dict[str, Any]] = {
            namespace: {
                "triton_namespace": namespace,
                "triton_values": VALUES,
                "triton_timeout": 60 if namespace in (synced, local) else 5,
                "triton_model_repository": repository,
            }
            for namespace, repository in repositories.items()
        }
        callbacks = folder / "callbacks"
        callbacks.mkdir()
        self.told = folder / "told"
        (callbacks / "told.py").write_text(CALLBACK.format(path=str(self.told)))
        self.env = {
            "ANSIBLE_CALLBACK_PLUGINS": str(callbacks),
            "ANSIBLE_CALLBACKS_ENABLED": "told",
            "ANSIBLE_LOG_PATH": str(folder / "log"),
        }

    def new(self, name: str, special: str = SPECIAL) -> str:
        """A canary that is looked for."""
        self.canaries[name] = canary(name, special)
        return self.canaries[name]

    def s3(self, name: str, *, session: bool = False, **more: str) -> dict[str, Any]:
        """A bucket that nobody has."""
        token = {"session_token": self.new(f"{name} session_token")} if session else {}
        keys = {option: self.new(f"{name} {option}") for option in ("access_key", "secret_key")}
        return {"s3": {"bucket": "models", "prefix": name, "endpoint": "http://127.0.0.1:1", **keys, **token, **more}}

    def gcs(self) -> dict[str, Any]:
        key = f"-----BEGIN PRIVATE KEY-----\n{self.new('private_key', '+/')}\n-----END PRIVATE KEY-----\n"
        content = {
            "type": "service_account",
            "client_email": "a@b",
            "private_key": key,
            "private_key_id": self.new("key id"),
        }
        return {"gcs": {"bucket": "models", "service_account_json": json.dumps(content)}}

    def azure(self) -> dict[str, Any]:
        return {"azure": {"account": "store", "container": "models", "account_key": self.new("account_key", "+/")}}

    def files(self) -> Path:
        """A model whose code holds a secret."""
        name = f"local-{secrets.token_hex(2)}"
        many_small(self.folder / name, models=1, seed=len(self.canaries))
        # Two repositories of one pod have no model of the same name.
        (folder,) = (self.folder / name).iterdir()
        config = folder / "config.pbtxt"
        config.write_text(config.read_text().replace(folder.name, f"{folder.name}_{name[6:]}"))
        folder = folder.rename(f"{folder}_{name[6:]}")
        (model,) = folder.rglob("model.py")
        model.write_text(f"{model.read_text()}\n# {self.new(name, '+/')}\n")
        return self.folder / name

    def play(self, playbook: str, *arguments: str) -> tuple[Played, list[str]]:
        """Run a playbook for all hosts; also where a canary was seen."""
        folder = self.folder / f"run-{secrets.token_hex(2)}"
        offset = self.cluster.audit_offset()
        with Watch(folder) as watch:
            temporary = str(watch.temporary)
            # Modules that run in Ansible's own process leave none; one of ours shows that the watch sees what there is.
            (watch.temporary / "of-the-test").write_text("seen")
            env = {
                **self.env,
                **dict.fromkeys(
                    ("TMPDIR", "ANSIBLE_LOCAL_TEMP", "ANSIBLE_REMOTE_TEMP", "ANSIBLE_REMOTE_TMP"), temporary
                ),
            }
            played = self.cluster.play_hosts(playbook, self.hosts, "-vvvv", "--diff", "--forks=5", *arguments, env=env)
        # A watch that sees nothing would find nothing.
        assert any("of-the-test" in name for name in watch.files) and any(
            f"inferops.triton.{playbook}" in command for command in watch.commands
        )
        places = {
            "output": played.output.encode(),
            "log": (self.folder / "log").read_bytes(),
            "callback": self.told.read_bytes(),
            # Its level is Metadata: no bodies, in which Secrets may rightly be.
            "audit log": (self.cluster.state / "audit.log").read_bytes()[offset:],
        }
        seen = [f"{place}: {name}" for place, content in places.items() for name in holding(content, self.canaries)]
        return played, seen + watch.found(self.canaries)

    def in_the_cluster(self) -> tuple[list[str], set[str]]:
        """Objects and logs of the namespaces that hold a canary though they should not, and the canaries that are where they belong."""
        kinds = self.cluster.kubectl("api-resources", "--verbs=list", "--namespaced", "-o", "name").split()
        wrong, right = [], set[str]()
        for namespace in self.namespaces:
            listed = ["get", ",".join(kinds), "-n", namespace, "-o", "json", "--show-managed-fields"]
            for item in json.loads(self.cluster.kubectl(*listed))["items"]:
                labels = item["metadata"].get("labels") or {}
                meant = item["kind"] == "Secret" and labels.get("app.kubernetes.io/managed-by") == "inferops.triton"
                data = item.pop("data", None) if meant else None
                wrong += [f"{item['kind']} {item['metadata']['name']}: {name}" for name in self.held(item)]
                right |= {
                    name for value in (data or {}).values() for name in holding(base64.b64decode(value), self.canaries)
                }
                if item["kind"] == "Pod":
                    log = ["logs", "-n", namespace, item["metadata"]["name"], "--all-containers"]
                    said = self.cluster.kubectl(*log, check=False).encode()
                    wrong += [f"log of {item['metadata']['name']}: {name}" for name in holding(said, self.canaries)]
        return wrong, right

    def held(self, item: Mapping[str, Any]) -> list[str]:
        """The canaries in an object; a release of Helm's is unpacked."""
        content = json.dumps(item).encode()
        if item.get("type") == "helm.sh/release.v1":
            packed = base64.b64decode(base64.b64decode(item["data"]["release"]))
            content += gzip.decompress(packed)
            assert b"modelRepositories" in content
        return holding(content, self.canaries)


@pytest.fixture
def scene(cluster: Cluster, s3: S3Store, tmp_path: Path) -> Iterator[Scene]:
    with namespace_names(cluster) as fresh_name:
        yield Scene(cluster, s3, tmp_path, [fresh_name() for _number in range(5)])


@pytest.mark.parametrize("text", ['a+/&"é=b', "x" * 30])
def test_a_canary_is_found_in_every_form(text: str) -> None:
    written = [
        text,
        json.dumps({"key": f"a{text}b"}),
        json.dumps(json.dumps({"key": text})) if '"' not in text else "",
        repr({"key": text}),
        *(base64.b64encode(f"{'.' * offset}{text}..".encode()).decode() for offset in range(3)),
    ]
    for form in filter(None, written):
        assert holding(form.encode(), {"it": text}) == ["it"], form
    assert holding(b"something else", {"it": text}) == []
    assert all(len(form) >= 8 for form in forms(text))


def test_secrets_are_nowhere_but_where_they_belong(scene: Scene) -> None:
    clouds, both, synced, local, misspelt = scene.namespaces
    checked, seen = scene.play("deploy", "--check")
    assert seen == []
    assert failed(checked) == {misspelt}, checked.output

    deployed, seen = scene.play("deploy")
    assert seen == []
    assert failed(deployed) == {clouds, both, misspelt}, deployed.output
    wrong, right = scene.in_the_cluster()
    assert wrong == []
    # Without those that were given nowhere or only to the pod that uploads.
    assert {name.split()[0] for name in scene.canaries} - {name.split()[0] for name in right} - {"id", "misspelt"} <= {
        name for name in scene.canaries if name.startswith("local-")
    }
    assert len([name for name in right if name.startswith("local-")]) == 1

    del scene.hosts[misspelt]
    for playbook in ("verify", "diagnose", "remove"):
        played, seen = scene.play(playbook)
        assert seen == []
        assert not failed(played) & {synced, local}, played.output
    assert scene.in_the_cluster() == ([], set())
