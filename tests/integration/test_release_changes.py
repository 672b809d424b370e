# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of change and drift of a release, alone and in pairs: found, shown in check mode as then done, put right, and done with.

Of all pairs `make test` takes a few, by a seed (INFEROPS_SEED), and `make soak-release` every one (INFEROPS_PAIRS=all), each of these under Helm 3 and Helm 4.
Each case is a release in a namespace of its own; all of them go through each step in one call of Ansible. Pods stay pending: what a release
says is judged here, not what runs.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Cluster, namespace_names

CHART = ROOT / "roles" / "release" / "files" / "triton"
# No node has this label.
VALUES: dict[str, Any] = {"fullnameOverride": "triton", "nodeSelector": {"example.com/absent": "yes"}}
EXTRA = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  level: {{ dig "level" "info" .Values.podLabels | quote }}
---
apiVersion: v1
kind: Secret
metadata:
  name: keys
stringData:
  key: canary-of-the-chart
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: models
  annotations:
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 1024Mi
"""
UNDECIDABLE = """
apiVersion: v1
kind: Secret
metadata:
  name: random
stringData:
  password: {{ randAlphaNum 16 }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: found
data:
  uid: {{ dig "metadata" "uid" "none" (lookup "v1" "ServiceAccount" .Release.Namespace "default") }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: hook
  annotations:
    helm.sh/hook: post-upgrade
"""
# `make soak-release` wants to know how many pairs there were.
RESULTS = os.environ.get("INFEROPS_RESULTS", "")
KINDS = "deployments,services,serviceaccounts,configmaps,secrets,persistentvolumeclaims"
Labels = tuple[str, str]


@dataclass
class Place:
    """A release of its own: namespace, chart and values, to be changed; ``calls`` is what helm was called with."""

    cluster: Cluster
    namespace: str
    folder: Path
    helm: Path
    values: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(VALUES)))
    archive: str = ""

    @property
    def chart(self) -> Path:
        return self.folder / "triton"

    @property
    def calls(self) -> list[str]:
        """The first words of helm's command lines."""
        log = self.folder.parent / "helm.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line.split()[0] for line in lines if f"--namespace={self.namespace}" in line.split()]

    def options(self) -> dict[str, Any]:
        """The options of the module."""
        return {
            "namespace": self.namespace,
            "chart": self.archive or str(self.chart),
            "values": self.values,
            "helm_binary": str(self.helm),
        }

    def edit(self, *arguments: str) -> None:
        """Let kubectl change something."""
        self.cluster.kubectl(*arguments, "-n", self.namespace)

    def patch(self, what: str, change: Any) -> None:
        self.edit("patch", what, "--type=merge", "-p", json.dumps(change))

    def template(self, name: str, old: str, new: str) -> None:
        """Change the chart, and not its version."""
        path = self.chart / "templates" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def status(self, status: str) -> None:
        """Make the newest revision look as a helm that was killed leaves it."""
        found = self.cluster.get("secrets", "-n", self.namespace, "-l", "owner=helm")["items"]
        secret = max(found, key=lambda item: int(item["metadata"]["labels"]["version"]))
        release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
        release["info"]["status"] = status
        packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
        change = {"metadata": {"labels": {"status": status}}, "data": {"release": packed}}
        self.patch(f"secret/{secret['metadata']['name']}", change)


@dataclass(frozen=True)
class Case:
    """What is changed, the action that follows, and the objects that change by it.

    ``restores``: all is as it was in the end; ``template`` is added to the chart before it is installed.
    """

    change: Callable[[Place], None]
    action: str
    objects: Mapping[str, str]
    restores: bool = True
    template: str = ""


def edited_image(place: Place) -> None:
    place.edit("set", "image", "deployment/triton", "triton=example.com/other:1")


def edited_replicas(place: Place) -> None:
    place.edit("scale", "deployment/triton", "--replicas=3")


def edited_env(place: Place) -> None:
    place.edit("set", "env", "deployment/triton", "HOME=/elsewhere")


def edited_config(place: Place) -> None:
    place.patch("configmap/settings", {"data": {"level": "debug"}})


def edited_secret(place: Place) -> None:
    place.patch("secret/keys", {"stringData": {"key": "canary-of-somebody"}})


def edited_port(place: Place) -> None:
    ports = place.cluster.get("service/triton", "-n", place.namespace)["spec"]["ports"]
    ports[0]["port"] = 9000
    place.patch("service/triton", {"spec": {"ports": ports}})


def deleted_service(place: Place) -> None:
    place.edit("delete", "service/triton")


def lost_marks(place: Place) -> None:
    place.edit("label", "service/triton", "app.kubernetes.io/managed-by-", "app.kubernetes.io/component-")


def added_by_others(place: Place) -> None:
    place.edit("annotate", "deployment/triton", "example.com/by=controller")
    place.edit("set", "env", "deployment/triton", "EXTRA=1")
    sidecar = {"name": "sidecar", "image": "example.com/sidecar:1"}
    place.edit(
        "patch", "deployment/triton", "-p", json.dumps({"spec": {"template": {"spec": {"containers": [sidecar]}}}})
    )


def other_values(place: Place) -> None:
    place.values["podLabels"] = {"team": "vision"}


def fewer_values(place: Place) -> None:
    del place.values["nodeSelector"]
    place.values["replicas"] = 0


def other_template(place: Place) -> None:
    place.template("deployment.tpl", "enableServiceLinks: false", "enableServiceLinks: true")


def only_a_comment(place: Place) -> None:
    place.template("service.tpl", "apiVersion: v1", "# A comment.\napiVersion: v1")


def packed_chart(place: Place) -> None:
    command = [place.cluster.env["INFEROPS_HELM"], "package", str(place.chart), "--destination", str(place.folder)]
    subprocess.run(command, env=place.cluster.env, check=True, capture_output=True)
    place.archive = str(next(place.folder.glob("*.tgz")))


def dropped_object(place: Place) -> None:
    place.template("extra.yaml", EXTRA.split("---", maxsplit=1)[0], "")


def stuck(status: str) -> Callable[[Place], None]:
    return lambda place: place.status(status)


def killed_first_install(place: Place) -> None:
    """Only some of the objects were made."""
    place.edit("delete", "deployment/triton", "service/triton")
    place.status("pending-install")


def killed_upgrade(place: Place) -> None:
    """The objects were changed already."""
    edited_image(place)
    place.status("pending-upgrade")


def both(*changes: Callable[[Place], None]) -> Callable[[Place], None]:
    def change(place: Place) -> None:
        for one in changes:
            one(place)

    return change


DEPLOYMENT = {"Deployment triton": "update"}
CASES: dict[str, Case] = {
    "image": Case(edited_image, "heal", DEPLOYMENT),
    "replicas": Case(edited_replicas, "heal", DEPLOYMENT),
    "env": Case(edited_env, "heal", DEPLOYMENT),
    "configmap": Case(edited_config, "heal", {"ConfigMap settings": "update"}),
    "secret": Case(edited_secret, "heal", {"Secret keys": "update"}),
    "port": Case(edited_port, "heal", {"Service triton": "update"}),
    "marks": Case(lost_marks, "heal", {"Service triton": "update"}),
    "service": Case(deleted_service, "heal", {"Service triton": "create"}),
    "additions": Case(added_by_others, "none", {}, restores=False),
    "comment": Case(only_a_comment, "none", {}),
    "undecidable": Case(only_a_comment, "none", {}, template=UNDECIDABLE),
    "undecidable_and_image": Case(edited_image, "heal", DEPLOYMENT, restores=False, template=UNDECIDABLE),
    "packed": Case(packed_chart, "none", {}),
    "values": Case(other_values, "upgrade", DEPLOYMENT, restores=False),
    "fewer_values": Case(fewer_values, "upgrade", DEPLOYMENT, restores=False),
    "template": Case(other_template, "upgrade", DEPLOYMENT, restores=False),
    "dropped": Case(dropped_object, "upgrade", {"ConfigMap settings": "delete"}, restores=False),
    "values_and_image": Case(both(other_values, edited_image), "upgrade", DEPLOYMENT, restores=False),
    "template_and_service": Case(
        both(other_template, deleted_service), "upgrade", {**DEPLOYMENT, "Service triton": "create"}, restores=False
    ),
    "configmap_and_service": Case(
        both(edited_config, deleted_service), "heal", {"ConfigMap settings": "update", "Service triton": "create"}
    ),
    "replicas_and_additions": Case(both(added_by_others, edited_replicas), "heal", DEPLOYMENT, restores=False),
    "pending_install": Case(
        killed_first_install, "recover", {"Deployment triton": "create", "Service triton": "create"}
    ),
    "pending_upgrade": Case(killed_upgrade, "recover", DEPLOYMENT),
    "pending_rollback": Case(stuck("pending-rollback"), "recover", {}),
    "failed": Case(both(stuck("failed"), edited_config), "recover", {"ConfigMap settings": "update"}),
}
# Those that helm 4, which applies on the server, treats in a way of its own.
CASES_4 = (
    "undecidable",
    "image",
    "env",
    "port",
    "service",
    "additions",
    "values",
    "dropped",
    "values_and_image",
    "pending_install",
    "pending_upgrade",
)
# Those that can meet another one, in the order in which they happen: a broken-off helm comes last, and a chart is packed as it is then.
SINGLE = {
    name: CASES[name]
    for name in (
        "comment",
        "undecidable",
        "values",
        "fewer_values",
        "template",
        "dropped",
        "packed",
        "image",
        "replicas",
        "env",
        "additions",
        "configmap",
        "secret",
        "marks",
        "port",
        "service",
        "pending_upgrade",
        "pending_rollback",
    )
} | {"failed": Case(stuck("failed"), "recover", {}), "pending_install": CASES["pending_install"]}
STATUSES = {"pending_install", "pending_upgrade", "pending_rollback", "failed"}
# The second undoes the first, or finds nothing any more to be done to.
EXCLUDED = {
    # Both say what the chart's templates are.
    frozenset({"dropped", "configmap"}),
    frozenset({"service", "port"}),
    frozenset({"service", "marks"}),
    frozenset({"values", "fewer_values"}),
    *(frozenset(pair) for pair in combinations(sorted(STATUSES), 2)),
    # Random values of a release that is recovered are new ones, each time that it is looked at.
    *(frozenset({"undecidable", status}) for status in STATUSES),
    # It deletes what the others edit.
    *(
        frozenset({"pending_install", other})
        for other in ("image", "replicas", "env", "additions", "service", "port", "marks")
    ),
}
RANK = ("none", "heal", "upgrade", "recover")
METHODS = ("update", "create", "delete")
# As many under each Helm.
SOME_PAIRS = 8


def paired(first: Case, second: Case) -> Case:
    """One after the other: the graver action, and the objects of both; helm makes random values anew whenever it has something to do."""
    objects = dict(first.objects)
    for name, method in second.objects.items():
        objects[name] = max(objects.get(name, method), method, key=METHODS.index)
    action, template = max(first.action, second.action, key=RANK.index), first.template + second.template
    restores = first.restores and second.restores and not (template and action != "none")
    return Case(both(first.change, second.change), action, objects, restores, template)


PAIRS = {
    f"{first}+{second}{helm}": paired(SINGLE[first], SINGLE[second])
    for first, second in combinations(SINGLE, 2)
    if frozenset({first, second}) not in EXCLUDED
    for helm in ("", "_helm4")
}


def chosen_pairs() -> list[str]:
    """All of them, or some by the seed."""
    if os.environ.get("INFEROPS_PAIRS") == "all":
        return list(PAIRS)
    dice = random.Random(int(os.environ.get("INFEROPS_SEED", "1")))
    by_helm = ([name for name in PAIRS if name.endswith("_helm4") is newer] for newer in (False, True))
    return [name for names in by_helm for name in dice.sample(names, SOME_PAIRS)]


NAMES = [*CASES, *(f"{name}_helm4" for name in CASES_4), "image_from_helm_3_to_4", *chosen_pairs()]


def case_of(name: str) -> Case:
    return PAIRS[name] if name in PAIRS else CASES[name.removesuffix("_helm4").removesuffix("_from_helm_3_to_4")]


def call(cluster: Cluster, places: Mapping[str, Place], *arguments: str, **options: Any) -> dict[str, Any]:
    """Call the module for all places at once; returns its results by the names of the cases."""
    hosts = {name: {"options": place.options()} for name, place in places.items()}
    inventory = cluster.folder / "release-inventory.json"
    common = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}))
    templated = {key: f"{{{{ options['{key}'] }}}}" for key in ("namespace", "chart", "values", "helm_binary")}
    # Those that are pending were broken off.
    given = {"name": "triton", "pending_timeout": 1, "kubeconfig": str(cluster.kubeconfig), **templated, **options}
    command = [
        f"{cluster.env['INFEROPS_VENV']}/bin/ansible",
        "all",
        "-i",
        str(inventory),
        "-m",
        "inferops.triton.helm_release",
    ]
    # The diff is part of the result where much is told.
    more = ["-vvv", "--forks=4", "-a", json.dumps(given), *arguments]
    done = subprocess.run([*command, *more], env=cluster.env, text=True, capture_output=True, check=False)
    results = {
        match[1]: {**json.JSONDecoder().raw_decode(done.stdout, match.end())[0], "failed": match[2] == "FAILED!"}
        for match in re.finditer(r"^([\w+]+) \| (\S+) => (?=\{)", done.stdout, re.MULTILINE)
    }
    assert set(results) == set(places), done.stdout + done.stderr
    return results


def objects(cluster: Cluster, places: Mapping[str, Place]) -> dict[str, dict[str, Any]]:
    """What users have set of the objects of each release, without what the server or controllers write."""
    listed = cluster.get(KINDS, "--all-namespaces")["items"]
    names = {place.namespace: name for name, place in places.items()}
    found: dict[str, dict[str, Any]] = {name: {} for name in places}
    for item in listed:
        metadata = item["metadata"]
        if metadata["namespace"] not in names or metadata["name"] in (
            "default",
            "builder",
            "deployer",
            "kube-root-ca.crt",
        ):
            continue
        if metadata["name"].startswith("sh.helm.release"):
            continue
        spec = {key: value for key, value in item.get("spec", {}).items() if key not in ("clusterIP", "clusterIPs")}
        kept = {"labels": metadata.get("labels"), "spec": spec, "data": item.get("data")}
        if item["kind"] != "PersistentVolumeClaim":
            found[names[metadata["namespace"]]][f"{item['kind']} {metadata['name']}"] = kept
        else:
            # A claim that was made anew would be another one.
            found[names[metadata["namespace"]]][f"Claim {metadata['name']}"] = metadata["uid"]
    return found


@dataclass(frozen=True)
class Tried:
    """The results of each step by case, the writes of each step by namespace, helm's calls, and the objects before and after."""

    places: Mapping[str, Place]
    results: Mapping[str, Mapping[str, Any]]
    writes: Mapping[str, tuple[str, ...]]
    calls: Mapping[str, Mapping[str, list[str]]]
    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]

    def writes_of(self, step: str, name: str) -> list[str]:
        return [write for write in self.writes[step] if self.places[name].namespace in write]

    def calls_of(self, step: str, name: str) -> list[str]:
        """What helm was called for in a step."""
        steps = list(self.calls)
        earlier = self.calls[steps[steps.index(step) - 1]][name] if step != steps[0] else []
        return self.calls[step][name][len(earlier) :]


def wrapper(folder: Path, binary: str, major: int) -> Path:
    """A helm that also tells what it is called with."""
    path = folder / f"helm{major}"
    path.write_text(
        f"#!/bin/sh\n# path\thelm.sh/helm/v{major}/cmd/helm\necho \"$@\" >> '{folder}/helm.log'\nexec '{binary}' \"$@\"\n"
    )
    path.chmod(0o755)
    return path


def make_chart(folder: Path, template: str = "") -> None:
    shutil.copytree(CHART, folder / "triton")
    (folder / "triton" / "templates" / "extra.yaml").write_text(EXTRA)
    (folder / "triton" / "templates" / "more.yaml").write_text(template)


@pytest.fixture(scope="module")
def tried(
    cluster: Cluster, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tried]:
    """Take the cases that were selected through all steps."""
    wanted = [
        item.callspec.params["name"]
        for item in request.session.items
        # Others have fixtures of that name, too.
        if isinstance(item, pytest.Function) and item.module is request.module and "tried" in item.fixturenames
    ]
    folder = tmp_path_factory.mktemp("releases")
    helms = {3: wrapper(folder, cluster.env["INFEROPS_HELM"], 3), 4: wrapper(folder, cluster.env["INFEROPS_HELM4"], 4)}
    with namespace_names(cluster) as fresh:
        places = {}
        for name in dict.fromkeys(wanted):
            (folder / name).mkdir()
            make_chart(folder / name, case_of(name).template)
            places[name] = Place(cluster, fresh(), folder / name, helms[4 if name.endswith("_helm4") else 3])
        cluster.apply(
            *(
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place.namespace}}
                for place in places.values()
            )
        )
        results, writes, calls = {}, {}, {}

        def step(title: str, *arguments: str) -> None:
            offset = cluster.audit_offset()
            results[title] = call(cluster, places, *arguments)
            writes[title] = cluster.writes(offset)
            calls[title] = {name: place.calls for name, place in places.items()}

        step("install")
        failed = {name: result for name, result in results["install"].items() if result["failed"]}
        assert not failed, failed
        before = objects(cluster, places)
        for name, place in places.items():
            case_of(name).change(place)
            if name.endswith("_to_4"):
                place.helm = helms[4]
        step("check", "--check", "--diff")
        step("run", "--diff")
        after = objects(cluster, places)
        step("again", "--diff")
        yield Tried(places, results, writes, calls, before, after)
    if RESULTS:
        Path(RESULTS, "pairs.json").write_text(json.dumps({"pairs": sum(name in PAIRS for name in places)}))


def changes(result: Mapping[str, Any]) -> dict[str, str]:
    return {f"{change['kind']} {change['name']}": change["method"] for change in result["changes"]}


@pytest.mark.parametrize("name", NAMES)
def test_found_shown_put_right_and_done_with(tried: Tried, name: str) -> None:
    case = case_of(name)
    installed, checked, done, again = (tried.results[step][name] for step in ("install", "check", "run", "again"))
    assert (installed["action"], installed["changed"]) == ("install", True), installed

    assert (checked["action"], changes(checked)) == (case.action, case.objects), checked
    assert checked["changed"] is (case.action != "none")
    assert tried.writes_of("check", name) == []

    assert (done["action"], done["changes"], done["diff"]) == (checked["action"], checked["changes"], checked["diff"])
    assert {entry["before_header"].split("/")[-1] for entry in done["diff"]} == {
        text.split()[1] for text in case.objects
    }
    assert "canary" not in json.dumps(checked["diff"])
    assert bool(tried.writes_of("run", name)) is (case.action != "none")
    assert [command for command in tried.calls_of("run", name) if command != "template"] == (
        ["upgrade"] if case.action != "none" else []
    )

    assert (again["action"], again["changed"], again["diff"]) == ("none", False, []), again
    assert tried.writes_of("again", name) == []
    if case.action != "none":
        # What makes no difference in a chart is no change, but takes a look each time.
        assert tried.calls_of("again", name) == []
    if case.restores:
        assert tried.after[name] == tried.before[name]
    assert tried.after[name]["Claim models"] == tried.before[name]["Claim models"]


@pytest.mark.parametrize("name", ["values_and_image"])
def test_a_change_and_drift_at_once_are_both_put_right(tried: Tried, name: str) -> None:
    pod = tried.after[name]["Deployment triton"]["spec"]["template"]
    assert pod["metadata"]["labels"]["team"] == "vision"
    former = tried.before[name]["Deployment triton"]["spec"]["template"]
    assert pod["spec"]["containers"][0]["image"] == former["spec"]["containers"][0]["image"]


@pytest.mark.parametrize("name", ["replicas_and_additions"])
def test_what_others_added_stays(tried: Tried, name: str) -> None:
    spec = tried.after[name]["Deployment triton"]["spec"]
    assert spec["replicas"] == 1
    assert [container["name"] for container in spec["template"]["spec"]["containers"]] == ["sidecar", "triton"]
    assert {"name": "EXTRA", "value": "1"} in spec["template"]["spec"]["containers"][1]["env"]


@pytest.mark.parametrize("name", ["undecidable", "undecidable_helm4", "undecidable_and_image"])
def test_what_nobody_can_decide_is_told(tried: Tried, name: str) -> None:
    for step in ("check", "run", "again"):
        told = " ".join(tried.results[step][name]["undecidable"])
        assert "Hook ConfigMap hook (post-upgrade)" in told
        assert "more.yaml looks at the cluster" in told
        assert "random values" in told


@pytest.fixture
def place(cluster: Cluster, tmp_path: Path, namespace: str) -> Place:
    make_chart(tmp_path)
    return Place(cluster, namespace, tmp_path, Path(cluster.env["INFEROPS_HELM"]))


def test_bad_input(cluster: Cluster, tmp_path: Path, fresh_name: Callable[[], str], namespace: str) -> None:
    """One sentence each that names the value and the way out; nothing written."""
    old = tmp_path / "old-helm"
    old.write_text("#!/bin/sh\necho v3.12.3\n")
    old.chmod(0o755)
    good = Path(cluster.env["INFEROPS_HELM"])
    changed: dict[str, tuple[Callable[[Place], None], tuple[str, ...]]] = {
        "unreadable": (
            lambda place: (place.chart / "Chart.yaml").write_text("name: [\n") and None,
            ("is no chart", "Correct the path or name of the chart"),
        ),
        "broken": (lambda place: place.template("service.tpl", "apiVersion: v1", "{{ nosuch }}"), ("nosuch",)),
        "schema": (
            lambda place: place.values.update(replicas="two"),
            ("at '/replicas'", "got string", "triton_values"),
        ),
        "old": (lambda place: setattr(place, "helm", old), ("helm 3.12", "3.13 or later", "triton_helm_binary")),
        "foreign": (
            lambda place: cluster.kubectl("create", "serviceaccount", "triton", "-n", place.namespace) and None,
            ("ServiceAccount triton", "is managed by no release", "another release name"),
        ),
    }
    places = {}
    for name, (change, _says) in changed.items():
        (tmp_path / name).mkdir()
        make_chart(tmp_path / name)
        places[name] = Place(cluster, fresh_name(), tmp_path / name, good)
        cluster.kubectl("create", "namespace", places[name].namespace)
        change(places[name])
    offset = cluster.audit_offset()
    results = call(cluster, places)
    assert cluster.writes(offset) == ()
    for name, (_change, says) in changed.items():
        message = results[name]["msg"]
        assert results[name]["failed"] and "\n" not in message and message.endswith("Nothing was written."), results[
            name
        ]
        assert not [part for part in says if part not in message], message


def test_a_release_whose_objects_belong_to_another(cluster: Cluster, place: Place) -> None:
    places = {"place": place}
    assert call(cluster, places)["place"]["action"] == "install"
    offset = cluster.audit_offset()
    refused = call(cluster, places, name="second")["place"]
    assert refused["failed"]
    assert 'belongs to release "triton"' in refused["msg"]
    assert cluster.writes(offset) == ()


def test_absent_leaves_what_is_to_be_kept(cluster: Cluster, place: Place) -> None:
    places = {"place": place}
    call(cluster, places)
    claim = objects(cluster, places)["place"]["Claim models"]
    checked = call(cluster, places, "--check", "--diff", state="absent")["place"]
    done = call(cluster, places, "--diff", state="absent")["place"]
    assert (done["action"], done["changes"], done["diff"]) == ("uninstall", checked["changes"], checked["diff"])
    assert objects(cluster, places)["place"] == {"Claim models": claim}
    again = call(cluster, places, state="absent")["place"]
    assert (again["changed"], again["action"]) == (False, "none")
    # The claim is taken up again.
    assert call(cluster, places)["place"]["action"] == "install"
    assert objects(cluster, places)["place"]["Claim models"] == claim
