# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: one failed task, one clear sentence that names the value and the way out, no traceback, nothing written.

Each case is one inventory host; all cases that were asked for run in one call of the playbook.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import certifi
import pytest
import yaml
from conftest import DOUBLE, ROOT, VALUES, Cluster, Played, namespace_names

MODELS = ROOT / "tests" / "models"
BROKEN = ROOT / "tests" / "models_broken"
UID_RANGE, GROUPS = "openshift.io/sa.scc.uid-range", "openshift.io/sa.scc.supplemental-groups"
RAW = re.compile(r"Traceback|Exception|NoneType|Errno|object has no attribute|<class '|0x[0-9a-f]{8}")


@dataclass(frozen=True)
class Case:
    """Variables of a run, and what its one sentence has to contain."""

    variables: Mapping[str, Any]
    says: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a case is prepared: a namespace (not there unless ``make`` is called) and a directory of its own."""

    cluster: Cluster
    folder: Path
    namespace: str

    def make(self, **annotations: str) -> None:
        """Make the namespace, with annotations written over OpenShift's."""
        self.cluster.kubectl("create", "namespace", self.namespace)
        written = r"--for=jsonpath={.metadata.annotations.openshift\.io/sa\.scc\.uid-range}"
        self.cluster.kubectl("wait", written, f"namespace/{self.namespace}", "--timeout=30s")
        for key, value in annotations.items():
            self.cluster.kubectl("annotate", "--overwrite", f"namespace/{self.namespace}", f"{key}={value}")

    def kubeconfig(self, cluster: Mapping[str, Any]) -> str:
        """A copy of the administrator's kubeconfig with other settings of the cluster."""
        content = yaml.safe_load(self.cluster.kubeconfig.read_text())
        content["clusters"][0]["cluster"] |= cluster
        return self.file("kubeconfig", yaml.safe_dump(content))

    def file(self, name: str, content: str | bytes = b"") -> str:
        """A file in the directory."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def deploy(self, *says: str, **variables: Any) -> Case:
        """A good deployment but for these variables (without their prefix triton_)."""
        good = {
            "namespace": self.namespace,
            "values": VALUES,
            "model_repository": configmap(MODELS),
            "helm_binary": self.cluster.env["INFEROPS_HELM"],
            # A case that is not refused is not to keep the others waiting.
            "timeout": 20,
        }
        return Case({f"triton_{key}": value for key, value in {**good, **variables}.items()}, says)


Prepare = Callable[[Place], Case]
CASES: dict[str, Prepare] = {}


def case(prepare: Prepare) -> Prepare:
    """Register a case under its function's name."""
    CASES[prepare.__name__] = prepare
    return prepare


# The way to the cluster.


@case
def unreachable_by_token(place: Place) -> Case:
    host = "https://127.0.0.1:1"
    return place.deploy(host, "cannot be reached", "check the URL", host=host, api_key="token")


@case
def unreachable_by_kubeconfig(place: Place) -> Case:
    kubeconfig = place.kubeconfig({"server": "https://127.0.0.1:2"})
    return place.deploy("https://127.0.0.1:2", "cannot be reached", "check the URL", kubeconfig=kubeconfig)


@case
def wrong_context(place: Place) -> Case:
    known = f"{place.cluster.name}/admin"
    return place.deploy("staging", known, kubeconfig=str(place.cluster.kubeconfig), context="staging")


@case
def missing_kubeconfig(place: Place) -> Case:
    path = str(place.folder / "absent.kubeconfig")
    return place.deploy(path, "is not there", "correct the path", kubeconfig=path)


@case
def kubeconfig_is_no_yaml(place: Place) -> Case:
    path = place.file("broken.kubeconfig", "clusters: [\n  not: closed\n")
    return place.deploy(path, "line 1, column 11", "correct it", kubeconfig=path)


@case
def kubeconfig_is_another_file(place: Place) -> Case:
    path = place.file("notes.txt", "remember the milk\n")
    return place.deploy(path, "no kubeconfig", "correct it", kubeconfig=path)


@case
def expired_token(place: Place) -> Case:
    return place.deploy("401", "expired", "log in again", kubeconfig=str(place.cluster.user("expired")))


@case
def wrong_ca(place: Place) -> Case:
    server = yaml.safe_load(place.cluster.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    return place.deploy(server, "CA", "ca_cert", kubeconfig=str(place.cluster.kubeconfig), ca_cert=certifi.where())


@case
def missing_ca_file(place: Place) -> Case:
    path = str(place.folder / "absent.pem")
    return place.deploy(path, "ca_cert", kubeconfig=str(place.cluster.kubeconfig), ca_cert=path)


@case
def ca_file_is_no_certificate(place: Place) -> Case:
    path = place.file("notes.pem", "no certificate\n")
    return place.deploy(path, "ca_cert", kubeconfig=str(place.cluster.kubeconfig), ca_cert=path)


@case
def wrong_expected_server(place: Place) -> Case:
    expected = "https://production.example:6443"
    return place.deploy(expected, "https://198.", "admin", expected_server=expected)


@case
def wrong_expected_user(place: Place) -> Case:
    return place.deploy("robot", "admin", expected_user="robot")


# The namespace and the rights in it.


@case
def missing_namespace_not_to_be_created(place: Place) -> Case:
    return place.deploy(place.namespace, "does not exist", "inferops.triton.prepare", create_namespace=False)


@case
def missing_namespace_of_the_deployer(place: Place) -> Case:
    kubeconfig = str(place.cluster.user("deployer"))
    return place.deploy("deployer", place.namespace, "administrator", "--user=deployer", kubeconfig=kubeconfig)


@case
def no_right_to_read_the_namespace(place: Place) -> Case:
    place.make()
    grant = f"--clusterrole=edit --user=nobody --namespace={place.namespace}"
    return place.deploy("nobody", "get namespaces", grant, kubeconfig=str(place.cluster.user("nobody")))


@case
def namespace_on_its_way_out(place: Place) -> Case:
    place.make()
    keep = {"name": "keep", "namespace": place.namespace, "finalizers": ["example.com/keep"]}
    place.cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": keep})
    place.cluster.kubectl("delete", "namespace", place.namespace, "--wait=false")
    return place.deploy(place.namespace, "being deleted", "wait until it is gone")


@case
def invalid_namespace_name(place: Place) -> Case:
    return place.deploy("triton_namespace", '"Not_A_Name"', "lower-case letters", namespace="Not_A_Name")


@case
def namespace_name_with_a_line_feed(place: Place) -> Case:
    name = place.namespace + "\n"
    return place.deploy("triton_namespace", json.dumps(name), "lower-case letters", namespace=name)


@case
def namespace_is_no_text(place: Place) -> Case:
    return place.deploy("triton_namespace", '["a", "b"]', "lower-case letters", namespace=["a", "b"])


@case
def malformed_range(place: Place) -> Case:
    place.make(**{UID_RANGE: "abc"})
    return place.deploy(place.namespace, UID_RANGE, '"abc"', "START/SIZE")


@case
def range_without_any_id(place: Place) -> Case:
    place.make(**{UID_RANGE: "5/0"})
    return place.deploy(place.namespace, UID_RANGE, '"5/0"', "no user ID", "START/SIZE")


@case
def empty_groups(place: Place) -> Case:
    place.make(**{GROUPS: ""})
    return place.deploy(place.namespace, GROUPS, "empty", "START/SIZE")


@case
def malformed_second_block_of_groups(place: Place) -> Case:
    place.make(**{GROUPS: "1000000000/10000,many"})
    return place.deploy(place.namespace, GROUPS, "many", "START/SIZE")


# The model repository.


@case
def repository_without_version(place: Place) -> Case:
    repository = place.folder / "repository"
    shutil.copytree(BROKEN / "no_version", repository / "no_version")
    where = f"{repository}/no_version/1/"
    return place.deploy("no_version", "no version directory", where, model_repository=configmap(repository))


@case
def empty_repository(place: Place) -> Case:
    return place.deploy(str(place.folder), "has no model", model_repository=configmap(place.folder))


@case
def repository_that_is_not_there(place: Place) -> Case:
    path = place.folder / "absent"
    return place.deploy(str(path), "no directory", model_repository=configmap(path))


@case
def file_too_large_for_a_configmap(place: Place) -> Case:
    path = place.file("repository/large/1/model.onnx", bytes(1024 * 1024 + 1))
    repository = configmap(place.folder / "repository")
    return place.deploy(path, "1048577 bytes", "1048576", "claim", model_repository=repository)


@case
def two_back_ends(place: Place) -> Case:
    repository = {**configmap(MODELS), "claim": {"size": "1Gi"}}
    return place.deploy("models", "claim and configmap", "exactly one", model_repository=repository)


@case
def unknown_back_end(place: Place) -> Case:
    return place.deploy("s4", "claim", "configmap", model_repository={"s4": {"bucket": "models"}})


@case
def unknown_option_of_a_back_end(place: Place) -> Case:
    repository = {"claim": {"size": "1Gi", "storageclass": "fast"}}
    return place.deploy("storageclass", "storage_class", model_repository=repository)


@case
def repository_is_a_path(place: Place) -> Case:
    path = "/srv/models"
    return place.deploy("triton_model_repository", path, "configmap", "claim", model_repository=path)


@case
def unknown_storage_class(place: Place) -> Case:
    repository = {"claim": {"size": "1Gi", "storage_class": "gold"}}
    return place.deploy('"gold"', "standard", "standard-immediate", model_repository=repository)


@case
def bad_claim_name(place: Place) -> Case:
    repository = {"claim": {"size": "1Gi", "name": "My_Models"}}
    return place.deploy("'My_Models'", "lower-case letters", model_repository=repository)


@case
def broken_configuration(place: Place) -> Case:
    path = place.file("repository/a/config.pbtxt", 'name: "a"\nbakend: "python"\n')
    place.file("repository/a/1/model.py")
    return place.deploy(path, "2:", "bakend", model_repository=configmap(place.folder / "repository"))


@case
def configuration_of_another_model(place: Place) -> Case:
    path = place.file("repository/a/config.pbtxt", 'name: "b" backend: "python"')
    place.file("repository/a/1/model.py")
    return place.deploy(
        path, "names the model b", "directory is a", model_repository=configmap(place.folder / "repository")
    )


@case
def model_whose_backend_nobody_can_tell(place: Place) -> Case:
    place.file("repository/a/1/weights.bin")
    repository = {"secret": {"path": str(place.folder / "repository")}}
    return place.deploy("repository/a", "backend", "model.onnx", model_repository=repository)


@case
def bucket_behind_a_host_without_a_port(place: Place) -> Case:
    uri = "s3://https://minio.example.com/models"
    return place.deploy(uri, "s3://https://HOST:PORT/BUCKET", model_repository={"s3": {"uri": uri}})


@case
def secret_that_is_not_there(place: Place) -> Case:
    place.make()
    repository = {"s3": {"bucket": "models", "existing_secret": "minio-keys"}}
    return place.deploy(
        "minio-keys", "not there", place.namespace, "AWS_SECRET_ACCESS_KEY", model_repository=repository
    )


@case
def secret_without_the_key(place: Place) -> Case:
    place.make()
    place.cluster.kubectl("create", "secret", "generic", "keys", "--from-literal=id=x", "-n", place.namespace)
    repository = {"azure": {"account": "store", "container": "models", "existing_secret": "keys"}}
    return place.deploy("keys", "no key AZURE_STORAGE_KEY", "it has: id", model_repository=repository)


@case
def ca_that_is_not_there(place: Place) -> Case:
    place.make()
    repository = {"s3": {"bucket": "models", "endpoint": "https://minio", "ca": {"config_map": "company-ca"}}}
    return place.deploy("ConfigMap company-ca", "ca.crt", model_repository=repository)


@case
def half_of_the_credentials(place: Place) -> Case:
    repository = {"s3": {"bucket": "models", "secret_key": "canary-half"}}
    return place.deploy("access_key", "secret_key", "both", model_repository=repository)


@case
def credentials_that_are_part_of_a_name(place: Place) -> Case:
    repository = {"s3": {"bucket": "my-models", "access_key": "me", "secret_key": "models"}}
    return place.deploy("secret_key", "part of a name", "existing_secret", model_repository=repository)


@case
def key_file_of_an_unknown_type(place: Place) -> Case:
    content = json.dumps({"type": "external_account", "token": "canary-token"})
    return place.deploy(
        "authorized_user", model_repository={"gcs": {"bucket": "models", "service_account_json": content}}
    )


@case
def two_identities_in_one_pod(place: Place) -> Case:
    accounts = [f"{name}@project.iam.gserviceaccount.com" for name in ("one", "two")]
    repositories = [{"gcs": {"bucket": "models", "service_account": account}} for account in accounts]
    return place.deploy("models and models-2", "iam.gke.io", "two releases", model_repository=repositories)


@case
def relative_path_of_an_export(place: Place) -> Case:
    return place.deploy("'exports'", "absolute", model_repository={"nfs": {"server": "nfs", "path": "exports"}})


@case
def claim_that_is_not_there(place: Place) -> Case:
    place.make()
    return place.deploy("theirs", "not there", place.namespace, model_repository={"claim": {"existing": "theirs"}})


@case
def volume_that_nobody_made(place: Place) -> Case:
    repository = {"nfs": {"server": "nfs", "path": "/exports"}}
    volume = f"{place.namespace}.triton.models"
    return place.deploy(f"PersistentVolume {volume}", "inferops.triton.prepare", model_repository=repository)


@case
def no_image(place: Place) -> Case:
    return place.deploy("'my models:1'", "image", model_repository={"image": {"reference": "my models:1"}})


@case
def bad_claim_size(place: Place) -> Case:
    return place.deploy("'10 GB'", "10Gi", model_repository={"claim": {"size": "10 GB"}})


# The chart, its values and helm.


@case
def value_that_the_chart_does_not_know(place: Place) -> Case:
    return place.deploy("replicaCount", "triton_values", values={**VALUES, "replicaCount": 2})


@case
def value_of_the_wrong_type(place: Place) -> Case:
    return place.deploy("replicas", "integer", "triton_values", values={**VALUES, "replicas": "two"})


@case
def values_are_no_dictionary(place: Place) -> Case:
    return place.deploy("triton_values", "replicas=2", "a dictionary", values=["replicas=2"])


@case
def release_name_in_capitals(place: Place) -> Case:
    return place.deploy("triton_release", '"UPPER"', "lower-case letters", release="UPPER")


@case
def release_name_too_long(place: Place) -> Case:
    return place.deploy("triton_release", "r" * 60, "1 to 53", release="r" * 60)


@case
def release_name_with_a_line_feed(place: Place) -> Case:
    return place.deploy("triton_release", r'"triton\n"', "lower-case letters", release="triton\n")


@case
def value_that_contradicts_another(place: Place) -> Case:
    values = {**VALUES, "models": {"load": ["double"]}}
    return place.deploy("models.load names double", '"explicit"', values=values)


@case
def no_helm_on_the_path(place: Place) -> Case:
    return place.deploy("no helm", "install helm 3 or 4", "triton_helm_binary", helm_binary="")


@case
def helm_that_is_not_there(place: Place) -> Case:
    path = str(place.folder / "helm")
    return place.deploy(path, "triton_helm_binary", helm_binary=path)


@case
def helm_that_is_no_helm(place: Place) -> Case:
    return place.deploy("/bin/true", "triton_helm_binary", helm_binary="/bin/true")


@case
def scc_with_numbers_of_its_own(place: Place) -> Case:
    place.make()
    return place.deploy("restricted-v3", "style: omit", scc="restricted-v3", style="explicit")


@case
def unknown_style(place: Place) -> Case:
    return place.deploy("triton_style", '"numbers"', "auto, omit or explicit", style="numbers")


@case
def chart_that_is_not_there(place: Place) -> Case:
    path = str(place.folder / "chart")
    good = place.deploy(path, "no chart", "Correct the path or name of the chart")
    return Case({**good.variables, "release_chart": path}, good.says)


# The inferences.


@case
def bad_expression(place: Place) -> Case:
    return place.deploy("expect", "outputs[0", "JMESPath", inferences=[{**DOUBLE, "expect": "outputs[0"}])


@case
def ragged_data(place: Place) -> Case:
    tensor = {"name": "INPUT", "datatype": "FP32", "data": [[1, 2], [3]]}
    return place.deploy("INPUT", "different lengths", "equal rows", inferences=[{**DOUBLE, "inputs": [tensor]}])


@case
def unknown_datatype(place: Place) -> Case:
    tensor = {"name": "INPUT", "datatype": "FLOAT", "data": [1]}
    return place.deploy("INPUT", "'FLOAT'", "FP32", inferences=[{**DOUBLE, "inputs": [tensor]}])


@case
def inference_without_inputs(place: Place) -> Case:
    return place.deploy("triton_inferences", '"double"', "model and inputs", inferences=[{"model": "double"}])


def tensor(name: str) -> dict[str, Any]:
    return {"name": name, "datatype": "FP32", "data": [1.5, 2.5]}


def configmap(path: Path) -> dict[str, Any]:
    return {"configmap": {"path": str(path)}}


@dataclass(frozen=True)
class Tried:
    """The one run of all cases: what was prepared, and what came of it."""

    cases: Mapping[str, Case]
    places: Mapping[str, Place]
    played: Played


@pytest.fixture(scope="module")
def tried(
    cluster: Cluster, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tried]:
    """Run the cases that were selected, all at once."""
    wanted = [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.function is test_one_sentence_and_nothing_written
    ]
    with namespace_names(cluster) as fresh_name:
        places = {name: Place(cluster, tmp_path_factory.mktemp(name), fresh_name()) for name in wanted}
        cases = {name: CASES[name](place) for name, place in places.items()}
        path = {"PATH": f"{cluster.env['INFEROPS_VENV']}/bin:/usr/bin:/bin"}  # no helm there
        played = cluster.play_hosts("deploy", {name: one.variables for name, one in cases.items()}, env=path)
        yield Tried(cases, places, played)


@pytest.mark.parametrize("name", CASES)
def test_one_sentence_and_nothing_written(tried: Tried, name: str) -> None:
    check(tried.played.hosts[name], tried.cases[name].says)
    namespace = tried.places[name].namespace
    assert [write for write in tried.played.writes if namespace in write] == []


def test_no_case_wrote_anything(tried: Tried) -> None:
    assert tried.played.writes == ()
    assert not RAW.search(tried.played.output), tried.played.output
    assert "canary" not in tried.played.output


def test_what_only_the_server_knows(cluster: Cluster, fresh_name: Callable[[], str], tmp_path: Path) -> None:
    shutil.copytree(BROKEN / "raises", tmp_path / "raises")
    right, wrong = "outputs[0].data == `[3.0, 5.0]`", "outputs[0].data == `[30, 50]`"
    hosts = {
        "model_that_cannot_be_loaded": {"triton_model_repository": configmap(tmp_path)},
        "answer_that_is_not_expected": {"triton_inferences": [{**DOUBLE, "expect": text} for text in (right, wrong)]},
        "input_that_the_model_does_not_have": {"triton_inferences": [{**DOUBLE, "inputs": [tensor("INPUT_0")]}]},
    }
    good = {"triton_values": VALUES, "triton_model_repository": configmap(MODELS)}
    spaces = {host: {"triton_namespace": fresh_name()} for host in hosts}
    played = cluster.play_hosts("deploy", {host: {**good, **spaces[host], **hosts[host]} for host in hosts})
    loading, expecting, asking = (played.hosts[host] for host in hosts)
    check(loading, ("cannot load 1 of its models: raises", "weights.bin is missing from the model's version directory"))
    check(expecting, ("Model double", wrong, "{'OUTPUT': [3.0, 5.0]}"))
    check(asking, ("double", "INPUT_0"))
    assert not RAW.search(played.output), played.output


def check(messages: tuple[str, ...], says: tuple[str, ...]) -> None:
    """One message, on one line, with these parts and nothing raw."""
    assert len(messages) == 1, messages
    (message,) = messages
    assert "\n" not in message.strip()
    assert not RAW.search(message), message
    missing = [part for part in says if part not in message]
    assert not missing, f"{missing} not in: {message}"


@pytest.mark.parametrize(
    "playbook, variables, says",
    [
        ("verify", {}, ("does not exist", "Correct the name.")),
        ("remove", {"triton_release": "UPPER"}, ("triton_release", '"UPPER"', "lower-case letters")),
        (
            "diagnose",
            {"triton_namespace": "default", "triton_workload": "absent"},
            ("no Deployment", '"absent"', "name"),
        ),
        (
            "diagnose",
            {"triton_namespace": "default", "triton_workload_kind": "Pot"},
            ("Pot", "Deployment", "StatefulSet"),
        ),
        (
            "prepare",
            {"triton_deployers": [{"kind": "Robot", "name": "r2"}]},
            ("triton_deployers", "Robot", "User or Group"),
        ),
    ],
)
def test_the_other_playbooks(
    cluster: Cluster, fresh_name: Callable[[], str], playbook: str, variables: dict[str, Any], says: tuple[str, ...]
) -> None:
    namespace = fresh_name()
    played = cluster.play(playbook, {"triton_namespace": namespace, **variables})
    assert played.code != 0
    check(played.failures, says)
    assert played.writes == ()
    assert not RAW.search(played.output), played.output
    assert cluster.kubectl("get", "namespace", namespace, "--ignore-not-found") == ""
