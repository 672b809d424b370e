# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole module, between a double of the API server and a double of helm."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._release import stored
from ansible_collections.inferops.triton.plugins.module_utils._release.objects import owned
from ansible_collections.inferops.triton.plugins.module_utils._run.helm_release import run
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import Answer, FakeApi, Seen, path_of
from ansible_collections.inferops.triton.tests.unit.plugins.fake_helm import FakeHelm

LABEL = "inferops.triton/fingerprint"
SECRETS = "/api/v1/namespaces/ns/secrets"
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"a": "1"}}
KEYS = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "stringData": {"a": "canary"}}
HOOK = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "h", "annotations": {"helm.sh/hook": "pre-upgrade"}}}
OPTIONS = {
    "name": "triton",
    "namespace": "ns",
    "state": "present",
    "chart_version": "",
    "chart_repository": "",
    "values": {"a": 1},
    "timeout": 30,
    "wait": False,
    "history_max": 10,
    "purge": True,
    "namespace_missing": False,
    "pending_timeout": 60,
    "adapt": None,
    "plan": None,
}


def text(*objects: dict[str, Any]) -> str:
    return "".join(f"---\n{yaml.safe_dump(item)}" for item in objects)


class Scene:
    """A chart, a helm that renders it, and a cluster."""

    def __init__(self, folder: Path, api: FakeApi, connection: dict[str, Any]) -> None:
        self.api, self.helm = api, FakeHelm.made(folder / "helm")
        self.chart = folder / "chart"
        (self.chart / "templates").mkdir(parents=True)
        self.template("x.yaml", "a: b")
        (self.chart / "Chart.yaml").write_text("name: c\nversion: 1.0.0\n")
        self.options = {**OPTIONS, **connection, "chart": str(self.chart), "helm_binary": str(self.helm.binary)}
        self.renders(CONFIG)
        api.add("v1", "Namespace", "ns")

    def template(self, name: str, content: str) -> None:
        (self.chart / "templates" / name).write_text(content)

    def renders(self, *objects: dict[str, Any]) -> None:
        self.helm.says("template", text(*objects))

    def live(self, *objects: dict[str, Any]) -> None:
        for item in objects:
            made = owned(item, "triton", "ns", namespaced=True)
            self.api.objects[path_of(made)] = made

    def keep(
        self,
        revision: int,
        status: str,
        *objects: dict[str, Any],
        fingerprint: str = "",
        created: str = "",
        **more: Any,
    ) -> None:
        """Put a revision there, as helm keeps it."""
        release = {
            "name": "triton",
            "namespace": "ns",
            "version": revision,
            "info": {"status": status},
            "manifest": text(*objects),
            "config": {"a": 1},
            "chart": {"metadata": {"name": "c", "version": "1.0.0"}},
            **more,
        }
        packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
        labels = {"owner": "helm", "name": "triton", "status": status, "version": str(revision)}
        labels |= {LABEL: f"{fingerprint}.{revision}"} if fingerprint else {}
        self.api.add(
            "v1",
            "Secret",
            f"sh.helm.release.v1.triton.v{revision}",
            "ns",
            metadata={"labels": labels, **({"creationTimestamp": created} if created else {})},
            data={"release": packed},
        )

    def run(self, check: bool = False, **options: Any) -> dict[str, Any]:
        return run({**self.options, **options}, check)

    def settle(self, *objects: dict[str, Any], **more: Any) -> None:
        """A deployed revision with the fingerprint that the chart has now, and its objects."""
        self.live(*objects)
        fingerprint = self.run(check=True)["plan"]["fingerprint"]
        self.keep(1, "deployed", *objects, fingerprint=fingerprint, **more)
        (self.helm.folder / "calls").unlink()
        self.api.seen.clear()


@pytest.fixture
def scene(tmp_path: Path, api: FakeApi, connection: dict[str, Any]) -> Scene:
    return Scene(tmp_path, api, connection)


def changes(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(change["method"], change["name"]) for change in result["changes"]]


def test_first_check_mode_then_the_plan_then_nothing(scene: Scene) -> None:
    planned = scene.run(check=True)
    assert (planned["changed"], planned["action"], planned["revision"]) == (True, "install", None)
    assert scene.helm.commands == ["template"]
    assert scene.api.writes == []

    done = scene.run(plan=planned["plan"])
    assert (done["changed"], done["action"], done["revision"]) == (True, "install", 7)
    assert (done["diff"], done["changes"]) == (planned["diff"], planned["changes"])
    # Rendered once for both.
    assert scene.helm.commands == ["template", "upgrade"]
    assert f"--labels={LABEL}={planned['plan']['fingerprint']}.1" in scene.helm.calls[1]
    assert scene.helm.values == {"a": 1}


def test_the_same_fingerprint_needs_no_helm_and_reads_each_object_once(scene: Scene) -> None:
    scene.settle(CONFIG, HOOK)
    result = scene.run()
    assert (result["changed"], result["action"], result["revision"]) == (False, "none", 1)
    assert scene.helm.calls == []
    read = [seen.path for seen in scene.api.seen if "/namespaces/" in seen.path]
    assert sorted(read) == ["/api/v1/namespaces/ns/configmaps/config", SECRETS]
    assert {seen.method for seen in scene.api.seen} == {"GET"}


def test_drift_is_healed_without_rendering(scene: Scene) -> None:
    scene.settle(CONFIG)
    scene.api.objects["/api/v1/namespaces/ns/configmaps/config"]["data"]["a"] = "2"
    planned = scene.run(check=True)
    assert (planned["action"], changes(planned)) == ("heal", [("update", "config")])
    assert "a: '2'" in planned["diff"][0]["before"] and "a: '1'" in planned["diff"][0]["after"]
    done = scene.run(plan=planned["plan"])
    assert (done["action"], done["diff"]) == ("heal", planned["diff"])
    assert scene.helm.commands == ["upgrade"]


@pytest.mark.parametrize(
    "change, action, reason",
    [
        ({"rendered": {**CONFIG, "data": {"a": "2"}}}, "upgrade", "manifests"),
        ({"values": {"a": 2}}, "upgrade", "values"),
        ({"values": {}}, "upgrade", "values"),
        ({"version": "1.0.1"}, "upgrade", "chart version"),
        # A comment in the chart makes no difference to anybody.
        ({}, "none", ""),
    ],
)
def test_another_fingerprint_is_rendered_and_compared(
    scene: Scene, change: dict[str, Any], action: str, reason: str
) -> None:
    scene.settle(CONFIG)
    scene.template("x.yaml", "a: b # and a comment")
    if "rendered" in change:
        scene.renders(change["rendered"])
    if "version" in change:
        (scene.chart / "Chart.yaml").write_text(f"name: c\nversion: {change['version']}\n")
    options = {"values": change["values"]} if "values" in change else {}
    result = scene.run(**options)
    assert (result["action"], result["changed"]) == (action, action != "none")
    assert reason in result["msg"]
    assert scene.helm.commands == (["template", "upgrade"] if action != "none" else ["template"])
    assert scene.api.writes == []


def test_an_object_that_the_chart_has_no_more(scene: Scene) -> None:
    scene.settle(CONFIG, KEYS)
    scene.template("x.yaml", "changed: true")
    result = scene.run()
    assert (result["action"], changes(result)) == ("upgrade", [("delete", "keys")])


def test_secrets_are_shown_nowhere(scene: Scene) -> None:
    scene.renders(CONFIG, KEYS)
    planned = scene.run(check=True)
    hidden = ("canary", base64.b64encode(b"canary").decode())
    assert not [word for word in hidden if word in json.dumps(planned)]
    assert "sha256" in planned["diff"][1]["after"]


@pytest.mark.parametrize("status", ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"])
def test_a_release_that_was_broken_off(scene: Scene, status: str) -> None:
    scene.keep(1, status, CONFIG)
    result = scene.run()
    assert (result["action"], result["changed"]) == ("recover", True)
    assert scene.api.writes == [("PUT", f"{SECRETS}/sh.helm.release.v1.triton.v1")]
    marked = stored.decode(scene.api.objects[f"{SECRETS}/sh.helm.release.v1.triton.v1"])
    assert (marked.status, marked.manifest) == ("failed", text(CONFIG))
    assert scene.helm.commands == ["template", "upgrade"]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def test_another_helm_that_is_at_work_is_waited_for(scene: Scene) -> None:
    scene.settle(CONFIG)
    deployed = scene.api.objects[f"{SECRETS}/sh.helm.release.v1.triton.v1"]
    scene.keep(1, "pending-upgrade", CONFIG, created=now())
    looks = 0

    def list_secrets(_seen: Seen) -> Answer:
        nonlocal looks
        looks += 1
        if looks == 3:
            scene.api.objects[f"{SECRETS}/sh.helm.release.v1.triton.v1"] = deployed
        return 200, {"items": [scene.api.objects[f"{SECRETS}/sh.helm.release.v1.triton.v1"]]}

    scene.api.answers["GET", SECRETS] = list_secrets
    result = scene.run(check=True)
    assert (result["action"], looks) == ("none", 3)


@pytest.mark.parametrize(
    ("status", "begun"),
    [
        ("pending-upgrade", {"created": "2026-01-02T03:04:05Z"}),
        (
            "uninstalling",
            {"created": now(), "info": {"status": "uninstalling", "deleted": "2026-01-02T03:04:05.123456789+01:00"}},
        ),
    ],
)
def test_who_began_long_ago_was_killed(scene: Scene, status: str, begun: dict[str, Any]) -> None:
    scene.keep(1, status, CONFIG, **begun)
    assert scene.run(check=True)["action"] == "recover"
    assert len([seen for seen in scene.api.seen if seen.path == SECRETS]) == 1


def test_a_helm_that_does_not_end_was_killed(scene: Scene) -> None:
    # The API server's clock goes ahead.
    scene.keep(1, "pending-upgrade", CONFIG, created="2999-01-02T03:04:05Z")
    assert scene.run(check=True, pending_timeout=0.3)["action"] == "recover"
    assert len([seen for seen in scene.api.seen if seen.path == SECRETS]) > 1


def test_another_helm_after_the_other_is_told(scene: Scene) -> None:
    scene.keep(1, "pending-upgrade", CONFIG, created="2999-01-02T03:04:05Z")

    def list_secrets(_seen: Seen) -> Answer:
        items = [item for path, item in scene.api.objects.items() if path.startswith(SECRETS)]
        scene.keep(2, "pending-upgrade", CONFIG, created="2999-01-02T03:04:05Z")
        return 200, {"items": items}

    scene.api.answers["GET", SECRETS] = list_secrets
    with pytest.raises(TritonError, match=r"Another helm is at work on release triton .*revision 2 is pending-upgrade"):
        scene.run(pending_timeout=0.3)
    assert scene.api.writes == []


def test_a_release_that_failed(scene: Scene) -> None:
    scene.keep(1, "failed", CONFIG)
    assert scene.run()["action"] == "recover"
    assert scene.api.writes == []
    assert scene.helm.commands == ["template", "upgrade"]


def test_what_only_the_revision_that_was_broken_off_made_goes(scene: Scene) -> None:
    scene.live(CONFIG, KEYS)
    scene.keep(1, "deployed", CONFIG)
    scene.keep(2, "pending-upgrade", CONFIG, KEYS)
    result = scene.run()
    assert (result["action"], changes(result)) == ("recover", [("delete", "keys")])
    # helm compares with the deployed revision, and would leave it.
    assert ("DELETE", f"{SECRETS}/keys") in scene.api.writes


@pytest.mark.parametrize("whose", [None, "other"])
def test_what_somebody_else_made_in_place_of_a_broken_off_revision_stays(scene: Scene, whose: str | None) -> None:
    scene.live(CONFIG)
    foreign = (
        owned(KEYS, whose, "ns", namespaced=True)
        if whose
        else {**KEYS, "metadata": {**KEYS["metadata"], "namespace": "ns"}}
    )
    scene.api.objects[f"{SECRETS}/keys"] = foreign
    scene.keep(1, "deployed", CONFIG)
    scene.keep(2, "failed", CONFIG, KEYS)
    result = scene.run()
    assert (result["action"], changes(result)) == ("recover", [])
    assert ("DELETE", f"{SECRETS}/keys") not in scene.api.writes


def test_a_revision_that_somebody_made_by_hand_is_not_taken_for_ours(scene: Scene) -> None:
    scene.settle(CONFIG)
    labels = scene.api.objects[f"{SECRETS}/sh.helm.release.v1.triton.v1"]["metadata"]["labels"]
    by_hand = {**CONFIG, "data": {"a": "by hand"}}
    scene.keep(2, "deployed", by_hand)
    # Helm hands the labels of a revision on.
    scene.api.objects[f"{SECRETS}/sh.helm.release.v1.triton.v2"]["metadata"]["labels"][LABEL] = labels[LABEL]
    scene.live(by_hand)
    result = scene.run()
    assert (result["action"], changes(result)) == ("upgrade", [("update", CONFIG["metadata"]["name"])])


def test_a_release_with_kept_history_is_installed_again(scene: Scene) -> None:
    scene.keep(3, "uninstalled", CONFIG)
    assert scene.run()["action"] == "install"


@pytest.mark.parametrize("changed", ["chart", "release"])
def test_a_plan_that_no_longer_holds_is_made_again(scene: Scene, changed: str) -> None:
    scene.keep(1, "deployed", CONFIG)
    scene.live(CONFIG)
    scene.renders({**CONFIG, "data": {"a": "2"}})
    planned = scene.run(check=True)
    assert planned["action"] == "upgrade"
    if changed == "chart":
        scene.template("x.yaml", "other: true")
    else:
        scene.keep(2, "deployed", {**CONFIG, "data": {"a": "2"}})
        scene.live({**CONFIG, "data": {"a": "2"}})
    result = scene.run(plan=planned["plan"])
    assert scene.helm.commands.count("template") == 2
    assert result["action"] == ("upgrade" if changed == "chart" else "none")


def test_random_values_make_no_change(scene: Scene) -> None:
    kept = {**KEYS, "stringData": {"a": "first"}}
    scene.settle(CONFIG, kept)
    scene.template("x.yaml", "a: {{ randAlphaNum 8 }}")
    # Another value each time.
    scene.helm.does(
        "template", f"cat template.out; printf -- '---\n'; cat <<E\n{yaml.safe_dump(KEYS).replace('canary', '$$')}E\n"
    )
    result = scene.run()
    assert (result["action"], result["changed"]) == ("none", False)
    assert scene.helm.commands == ["template", "template"]
    assert [sentence for sentence in result["undecidable"] if "Secret keys has random values" in sentence]


def test_hooks_and_looks_at_the_cluster_are_told(scene: Scene) -> None:
    scene.template("x.yaml", '{{ lookup "v1" "Secret" "ns" "x" }}')
    scene.renders(CONFIG, HOOK)
    first = scene.run(check=True)
    assert ["Hook Pod h (pre-upgrade)" in first["undecidable"][0], "templates/x.yaml" in first["undecidable"][1]] == [
        True
    ] * 2
    assert [item["metadata"]["name"] for item in first["objects"]] == ["config", "h"]
    template = {"name": "templates/x.yaml", "data": base64.b64encode(b'{{ lookup "v1" }}').decode()}
    scene.settle(CONFIG, hooks=[{"manifest": text(HOOK)}], chart={"templates": [template]})
    settled = scene.run()
    assert (settled["changed"], settled["undecidable"]) == (False, first["undecidable"])
    assert scene.helm.calls == []


def test_a_namespace_that_is_not_there(scene: Scene) -> None:
    with pytest.raises(TritonError, match='Namespace "absent" does not exist'):
        scene.run(check=True, namespace="absent")
    assert scene.helm.calls == []
    # Who may not look has to try.
    scene.api.refuse("GET", "/api/v1/namespaces/ns", 403, "Forbidden", "no")
    assert scene.run(check=True)["action"] == "install"


def test_a_namespace_that_is_not_there_yet(scene: Scene) -> None:
    planned = scene.run(check=True, namespace_missing=True)
    assert (planned["action"], changes(planned)) == ("install", [("create", "config")])
    assert "--kube-version=v1.35.4" in scene.helm.calls[0]
    assert not [seen.path for seen in scene.api.seen if "/namespaces/" in seen.path]
    with pytest.raises(TritonError, match="namespace_missing is for check mode only"):
        scene.run(namespace_missing=True)


def test_a_chart_that_helm_has_to_fetch(scene: Scene) -> None:
    reference = "oci://registry.example.com/charts/c"
    scene.helm.does(
        "pull", f"tar -czf \"${{4#--destination=}}/c-1.tgz\" -C '{scene.chart.parent}' chart; touch pull.out"
    )
    scene.helm.says("pull", "")
    scene.run(check=True, chart=reference, chart_version="1.0.0")
    pull, template = scene.helm.calls
    assert pull.startswith(f"pull {reference} --version=1.0.0 --destination=")
    assert template.split()[2].endswith("/c-1.tgz")


def test_a_chart_that_is_named_by_its_digest_is_not_fetched_again(scene: Scene) -> None:
    scene.options["chart"] = f"oci://registry.example.com/charts/c@sha256:{'0' * 64}"
    scene.helm.does(
        "pull", f"tar -czf \"${{3#--destination=}}/c-1.tgz\" -C '{scene.chart.parent}' chart; touch pull.out"
    )
    scene.settle(CONFIG)
    assert scene.run()["changed"] is False
    assert scene.helm.calls == []


@pytest.mark.parametrize(
    "said, words",
    [
        (
            "Error: values don't meet the specifications of the schema(s)\n- at '/a': got string\n",
            "Correct triton_values.",
        ),
        ("Error: Chart.yaml file is missing\n", "is no chart that helm can read"),
    ],
)
def test_what_helm_refuses_to_render(scene: Scene, said: str, words: str) -> None:
    scene.helm.fails("template", said)
    with pytest.raises(TritonError) as caught:
        scene.run()
    assert words in caught.value.message
    assert caught.value.message.endswith("Nothing was written.")
    assert scene.api.writes == []


def test_a_chart_that_brings_its_kinds_along(scene: Scene) -> None:
    unknown = 'Error: unable to build kubernetes objects: no matches for kind "Thing" in version "example.com/v1"'
    scene.helm.does("template", f"case \"$*\" in *--dry-run=server*) echo '{unknown}' >&2; exit 1;; esac")
    with pytest.raises(TritonError, match='no matches for kind "Thing"'):
        scene.run(check=True)
    (scene.chart / "crds").mkdir()
    (scene.chart / "crds" / "thing.yaml").write_text("kind: CustomResourceDefinition")
    scene.renders(CONFIG, {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}})
    assert changes(scene.run(check=True)) == [("create", "config"), ("create", "x")]


def test_what_helm_fails_to_carry_out(scene: Scene) -> None:
    scene.helm.fails("upgrade", "Error: UPGRADE FAILED: timed out\n")
    with pytest.raises(TritonError, match="Helm cannot install release triton: UPGRADE FAILED: timed out. "):
        scene.run()


def test_absent(scene: Scene) -> None:
    assert scene.run(state="absent")["changed"] is False
    assert scene.helm.calls == []
    scene.live(CONFIG)
    scene.keep(1, "deployed", CONFIG, KEYS)
    checked = scene.run(check=True, state="absent")
    assert (checked["action"], changes(checked)) == ("uninstall", [("delete", "config")])
    assert scene.helm.calls == []
    done = scene.run(state="absent")
    assert (done["changed"], done["diff"]) == (True, checked["diff"])
    assert scene.helm.calls == ["uninstall triton --namespace=ns --timeout=30s --wait"]


def test_absent_with_its_history(scene: Scene) -> None:
    scene.keep(1, "deployed", CONFIG)
    scene.run(state="absent", purge=False)
    assert "--keep-history" in scene.helm.calls[0]
    scene.keep(1, "uninstalled", CONFIG)
    assert scene.run(state="absent", purge=False)["changed"] is False


def test_helm_4(tmp_path: Path, scene: Scene) -> None:
    helm = FakeHelm.made(tmp_path / "helm4", 4)
    helm.says("template", text(CONFIG))
    scene.keep(1, "deployed", KEYS)
    scene.run(helm_binary=str(helm.binary))
    assert "--server-side=true --force-conflicts" in helm.calls[1]
    helm.says("uninstall", "")
    scene.run(helm_binary=str(helm.binary), state="absent")
    assert "--wait=legacy" in helm.calls[2]
