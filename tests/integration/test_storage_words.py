# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with storage and with the room that a namespace has for it: one clear sentence each, before anything is written
where it can be known before.

Each case is one inventory host; all cases that were asked for run in one call of the playbook. What is wrong with the options alone
stands in test_bad_input.py, and what a sync says in test_storage_sync.py.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALUES, Cluster, Played, namespace_names
from test_bad_input import RAW, Place, check, configmap

sys.path.insert(0, str(ROOT / "tests" / "cluster"))

from localcluster.record import load

MODELS = ROOT / "tests" / "models"
# What helm writes.
RELEASE = ("secrets", "serviceaccounts", "services", "deployments")
# Free space that an upload leaves.
SPARE = 1 << 20
UPLOAD = {"upload": {"path": str(MODELS), "size": "64Mi"}}


@dataclass(frozen=True)
class Case:
    """Variables of a run, what its one sentence has to contain, and the kinds of objects that were written before it was known."""

    variables: Mapping[str, Any]
    says: tuple[str, ...]
    wrote: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Scene(Place):
    """A place with what storage needs."""

    def deploy_as(self, user: str, *says: str, wrote: Sequence[str] = (), **variables: Any) -> Case:
        """A good deployment but for these variables, by a user of the cluster; deployer has the ClusterRole edit, no more."""
        kubeconfig = self.cluster.kubeconfig if user == "admin" else self.cluster.user(user)
        made = self.deploy(*says, kubeconfig=str(kubeconfig), **variables)
        return Case(made.variables, made.says, frozenset(wrote))

    def deployed_by(self, user: str) -> None:
        """Make the namespace, and let the user work in it."""
        self.make()
        bind = ["create", "rolebinding", user, "--clusterrole=edit", f"--user={user}"]
        self.cluster.kubectl(*bind, "-n", self.namespace)

    def storage_class(self, name: str, provisioner: str, **more: Any) -> str:
        """A storage class, called after the namespace, so that it can be removed with it."""
        full = f"{self.namespace}-{name}"
        self.cluster.apply(
            {
                "apiVersion": "storage.k8s.io/v1",
                "kind": "StorageClass",
                "metadata": {"name": full, "labels": {"test": self.namespace}},
                "provisioner": provisioner,
                **more,
            }
        )
        return full

    def claim(self, name: str, size: str = "64Mi", **spec: Any) -> None:
        """A claim, as somebody else would have made it."""
        wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **spec}
        self.put("PersistentVolumeClaim", name, spec=wanted)

    def small_volume(self, claim: str, size: int) -> Path:
        """A claim with a file system of so many bytes of its own; returns where its files are seen from here."""
        name = f"{self.namespace}-{claim}"
        process = load(self.cluster.state).inner.pid
        folder = f"/run/{name}"
        script = f"mkdir -p {folder} && mount -t tmpfs -o size={size} none {folder}"
        subprocess.run(["nsenter", f"--target={process}", "--mount", "--", "sh", "-c", script], check=True)
        node = self.cluster.get("nodes")["items"][0]["metadata"]["name"]
        term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}
        self.cluster.apply(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolume",
                "metadata": {"name": name, "labels": {"test": self.namespace}},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "capacity": {"storage": "1Gi"},
                    "claimRef": {"namespace": self.namespace, "name": claim},
                    "local": {"path": folder},
                    "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
                    "storageClassName": "",
                },
            }
        )
        self.claim(claim, "1Gi", storageClassName="", volumeName=name)
        bound = ["wait", f"pvc/{claim}", "-n", self.namespace, "--for=jsonpath={.status.phase}=Bound", "--timeout=30s"]
        self.cluster.kubectl(*bound)
        return Path(f"/proc/{process}/root{folder}")

    def put(self, kind: str, name: str, **content: Any) -> None:
        """An object of the namespace."""
        self.cluster.apply(
            {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": self.namespace}, **content}
        )

    def quota(self, **hard: str) -> None:
        """A quota, counted; double underscores in a name are slashes or dots."""
        self.put("ResourceQuota", "small", spec={"hard": {name.replace("__", "."): hard[name] for name in hard}})
        written = "--for=jsonpath={.status.used}"
        self.cluster.kubectl("wait", "resourcequota/small", "-n", self.namespace, written, "--timeout=30s")


Prepare = Callable[[Scene], Case]
CASES: dict[str, Prepare] = {}


def case(prepare: Prepare) -> Prepare:
    """Register a case under its function's name."""
    CASES[prepare.__name__] = prepare
    return prepare


# Storage classes and claims.


@case
def unknown_class_of_an_upload(scene: Scene) -> Case:
    repository = {"upload": {**UPLOAD["upload"], "storage_class": "gold"}}
    return scene.deploy_as("admin", 'storage class "gold"', "standard, standard-immediate", model_repository=repository)


@case
def shared_disk(scene: Scene) -> Case:
    """Volumes of this class are made when a pod wants them, so the API server would never say a word."""
    name = scene.storage_class("ebs", "ebs.csi.aws.com", volumeBindingMode="WaitForFirstConsumer")
    repository = {"claim": {"size": "1Gi", "storage_class": name, "access_modes": ["ReadWriteMany"]}}
    return scene.deploy_as(
        "admin", "ReadWriteMany", f'"{name}"', "ebs.csi.aws.com", "ask for ReadWriteOnce", model_repository=repository
    )


@case
def shared_disk_for_a_sync(scene: Scene) -> Case:
    name = scene.storage_class("ceph", "openshift-storage.rbd.csi.ceph.com")
    claim = {"size": "1Gi", "storage_class": name, "access_modes": ["ReadWriteMany"]}
    repository = {"sync": {"s3": {"bucket": "models"}, "claim": claim}}
    return scene.deploy_as("admin", "ReadWriteMany", f'"{name}"', "shared file system", model_repository=repository)


@case
def growth_that_the_class_forbids(scene: Scene) -> Case:
    scene.make()
    name = scene.storage_class("rigid", "inferops.local/directory", volumeBindingMode="WaitForFirstConsumer")
    scene.claim("triton-models", "64Mi", storageClassName=name)
    repository = {"claim": {"size": "1Gi", "storage_class": name}}
    return scene.deploy_as(
        "admin",
        "triton-models has 64Mi and cannot grow to 1Gi",
        f'"{name}" does not allow it',
        "ask for 64Mi",
        model_repository=repository,
    )


@case
def other_access_mode_than_the_claim_has(scene: Scene) -> Case:
    scene.make()
    scene.claim("triton-models")
    repository = {"claim": {"size": "64Mi", "access_modes": ["ReadWriteMany"]}}
    return scene.deploy_as(
        "admin", "triton-models", "ReadWriteOnce", "cannot be changed to ReadWriteMany", model_repository=repository
    )


@case
def existing_claim_of_a_class_that_is_gone(scene: Scene) -> Case:
    scene.make()
    scene.claim("theirs", storageClassName="fast")
    return scene.deploy_as(
        "admin",
        'Claim theirs names storage class "fast", which the cluster does not have',
        "gets no volume",
        model_repository={"claim": {"existing": "theirs"}},
    )


@case
def existing_claim_without_any_class(scene: Scene) -> Case:
    """No class at all, and no volume made by hand either."""
    scene.make()
    scene.claim("theirs", storageClassName="")
    return scene.deploy_as(
        "admin",
        "Claim theirs",
        "no storage class",
        "PersistentVolume",
        model_repository={"claim": {"existing": "theirs"}},
    )


@case
def existing_claim_that_lost_its_volume(scene: Scene) -> Case:
    scene.make()
    scene.claim("theirs", storageClassName="", volumeName=f"{scene.namespace}-gone")
    binding = {"pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes"}
    words = [f"{key}={value}" for key, value in binding.items()]
    scene.cluster.kubectl("annotate", "pvc", "theirs", "-n", scene.namespace, *words)
    scene.cluster.kubectl(
        "wait", "pvc/theirs", "-n", scene.namespace, "--for=jsonpath={.status.phase}=Lost", "--timeout=60s"
    )
    return scene.deploy_as(
        "admin",
        "Claim theirs",
        f"{scene.namespace}-gone",
        "is gone",
        model_repository={"claim": {"existing": "theirs"}},
    )


@case
def existing_claim_on_its_way_out(scene: Scene) -> Case:
    scene.make()
    scene.claim("theirs")
    scene.cluster.kubectl(
        "patch", "pvc", "theirs", "-n", scene.namespace, "-p", '{"metadata":{"finalizers":["a.b/c"]}}'
    )
    scene.cluster.kubectl("delete", "pvc", "theirs", "-n", scene.namespace, "--wait=false")
    return scene.deploy_as("admin", "Claim theirs", "being deleted", model_repository={"claim": {"existing": "theirs"}})


@case
def secret_of_a_sync_without_the_key(scene: Scene) -> Case:
    scene.make()
    scene.put("Secret", "keys", stringData={"AWS_ACCESS_KEY_ID": "x"})
    repository = {"sync": {"s3": {"bucket": "models", "existing_secret": "keys"}, "size": "1Gi"}}
    return scene.deploy_as(
        "admin", "keys", "no key AWS_SECRET_ACCESS_KEY", "it has: AWS_ACCESS_KEY_ID", model_repository=repository
    )


# NFS, which takes an administrator.


@case
def no_volume_that_a_deployer_could_see(scene: Scene) -> Case:
    """He may not read PersistentVolumes: the claim, which comes first, stays alone."""
    scene.deployed_by("deployer")
    return scene.deploy_as(
        "deployer",
        f"{scene.namespace}.triton.models",
        "inferops.triton.prepare",
        "nothing else was written",
        wrote=["persistentvolumeclaims"],
        model_repository=[{"nfs": {"server": "nfs", "path": "/exports"}}, configmap(MODELS)],
    )


@case
def inline_nfs_of_a_deployer(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    return scene.deploy_as(
        "deployer",
        "nfs volumes are not allowed",
        "restricted-v2",
        "by a PersistentVolumeClaim",
        "triton_scc: generated",
        "inferops.triton.prepare",
        "Nothing of the release was written",
        model_repository={"nfs_inline": {"server": "nfs", "path": "/exports"}},
    )


# Quotas and limit ranges.


@case
def quota_of_claims(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.claim("other")
    scene.quota(persistentvolumeclaims="1")
    return scene.deploy_as(
        "deployer",
        "claim triton-models",
        "Quota small",
        "persistentvolumeclaims is 1, of which 1 is used",
        "larger quota",
        model_repository={"claim": {"size": "64Mi"}},
    )


@case
def quota_of_claims_that_takes_one_of_two(scene: Scene) -> Case:
    """Each of the claims alone would fit."""
    scene.deployed_by("deployer")
    scene.quota(persistentvolumeclaims="1")
    return scene.deploy_as(
        "deployer",
        "Quota small",
        "persistentvolumeclaims",
        model_repository=[{"claim": {"size": "64Mi"}}, {"claim": {"size": "64Mi"}}],
    )


@case
def quota_of_storage(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.quota(requests__storage="100Mi")
    return scene.deploy_as(
        "deployer",
        "claim triton-models",
        "Quota small",
        "requests.storage is 100Mi",
        "1Gi",
        model_repository={"claim": {"size": "1Gi"}},
    )


@case
def limit_range_of_claims(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.put("LimitRange", "narrow", spec={"limits": [{"type": "PersistentVolumeClaim", "max": {"storage": "100Mi"}}]})
    return scene.deploy_as(
        "deployer",
        "claim triton-models",
        "allows a claim 100Mi at most",
        "1Gi",
        "Limit range narrow",
        model_repository={"claim": {"size": "1Gi"}},
    )


@case
def quota_of_pods_for_an_upload(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.quota(pods="0")
    return scene.deploy_as(
        "deployer", "Quota small", "pods is 0", "uploads models", "larger quota", model_repository=UPLOAD
    )


@case
def quota_of_cpu_for_an_upload(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.quota(requests__cpu="20m")
    return scene.deploy_as("deployer", "Quota small", "requests.cpu is 20m", "uploads models", model_repository=UPLOAD)


@case
def limit_range_for_an_upload(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.put("LimitRange", "narrow", spec={"limits": [{"type": "Container", "max": {"memory": "16Mi"}}]})
    return scene.deploy_as("deployer", "Limit range narrow", "16Mi", "uploads models", model_repository=UPLOAD)


@case
def quota_of_pods_for_triton(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.quota(pods="0")
    return scene.deploy_as("deployer", "Quota small", "pods is 0", "larger quota")


@case
def quota_of_memory_for_triton(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.quota(requests__memory="64Mi")
    return scene.deploy_as("deployer", "Quota small", "requests.memory is 64Mi", "128Mi")


@case
def quota_that_demands_limits_of_triton(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.quota(limits__memory="4Gi")
    return scene.deploy_as("deployer", "Quota small", "limits.memory", "resources")


@case
def limit_range_for_triton(scene: Scene) -> Case:
    scene.deployed_by("deployer")
    scene.put("LimitRange", "narrow", spec={"limits": [{"type": "Container", "max": {"memory": "64Mi"}}]})
    return scene.deploy_as("deployer", "requests 128Mi of memory, but its limit is 64Mi", "limit range")


# Volumes that are full, which shows when the files come.


@case
def upload_larger_than_its_new_claim(scene: Scene) -> Case:
    path = scene.file("models/large/1/model.onnx", bytes(3 << 20))
    repository = {"upload": {"path": str(Path(path).parents[2]), "size": "2Mi"}}
    return scene.deploy_as(
        "admin", f"{3 << 20} bytes", "the 2Mi of its claim", "larger size", model_repository=repository
    )


@case
def upload_beside_versions_that_are_kept(scene: Scene) -> Case:
    """The files would fit, were it not for an earlier version."""
    scene.make()
    volume = scene.small_volume("small", 4 << 20)
    (volume / f"sha256-{'a' * 64}").mkdir()
    (volume / f"sha256-{'a' * 64}" / "weights.bin").write_bytes(bytes(3 << 20))
    scene.file("models/large/1/model.onnx", bytes(2 << 20))
    repository = {"upload": {"path": str(scene.folder / "models"), "existing": "small", "keep": 2}}
    return scene.deploy_as(
        "admin",
        "The volume of claim small is full",
        f"the upload takes {(2 << 20) + SPARE}",
        "larger size",
        "fewer versions than keep=2",
        wrote=["pods"],
        model_repository=repository,
    )


@case
def upload_into_a_full_volume(scene: Scene) -> Case:
    scene.make()
    scene.small_volume("small", 1 << 20)
    repository = {"upload": {"path": str(MODELS), "existing": "small"}}
    return scene.deploy_as(
        "admin", "The volume of claim small is full", "bytes are free", wrote=["pods"], model_repository=repository
    )


@case
def volume_that_nobody_provides(scene: Scene) -> Case:
    """The class is there, but what makes its volumes is not: its word is the claim's last event."""
    scene.make()
    name = scene.storage_class("ebs", "ebs.csi.aws.com")
    return scene.deploy_as(
        "admin",
        f"claim triton-models of storage class {name} has no volume (Pending)",
        "Waiting for a volume to be created",
        "ebs.csi.aws.com",
        wrote=["persistentvolumeclaims", *RELEASE],
        model_repository={"claim": {"size": "64Mi", "storage_class": name}},
    )


@dataclass(frozen=True)
class Tried:
    """The one run of all cases: what was prepared, and what came of it."""

    cases: Mapping[str, Case]
    scenes: Mapping[str, Scene]
    played: Played


@pytest.fixture(scope="module")
def tried(
    cluster: Cluster, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tried]:
    """Run the cases that were selected, all at once."""
    wanted = [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.function is test_one_sentence
    ]
    with namespace_names(cluster) as fresh_name:
        scenes = {name: Scene(cluster, tmp_path_factory.mktemp(name), fresh_name()) for name in wanted}
        try:
            cases = {name: CASES[name](scene) for name, scene in scenes.items()}
            played = cluster.play_hosts(
                "deploy", {name: one.variables for name, one in cases.items()}, "--forks", str(len(cases))
            )
            yield Tried(cases, scenes, played)
        finally:
            names = ",".join(scene.namespace for scene in scenes.values())
            cluster.kubectl("delete", "storageclass,persistentvolume", "-l", f"test in ({names})", "--wait=false")


@pytest.mark.parametrize("name", CASES)
def test_one_sentence(tried: Tried, name: str) -> None:
    check(tried.played.hosts[name], tried.cases[name].says)
    namespace = tried.scenes[name].namespace
    written = {
        write.split(f"/{namespace}/")[-1].split("?")[0].split("/")[0]
        for write in tried.played.writes
        if namespace in write
    }
    assert written == tried.cases[name].wrote


def test_nothing_raw_is_said(tried: Tried) -> None:
    assert not RAW.search(tried.played.output), tried.played.output


@contextmanager
def no_default_class(cluster: Cluster) -> Iterator[None]:
    """A cluster whose default storage class is none for a while."""
    key = "storageclass.kubernetes.io/is-default-class"
    classes = cluster.get("storageclasses")["items"]
    (default,) = [
        one["metadata"]["name"] for one in classes if one["metadata"].get("annotations", {}).get(key) == "true"
    ]
    cluster.kubectl("annotate", "storageclass", default, f"{key}-")
    try:
        yield
    finally:
        cluster.kubectl("annotate", "storageclass", default, f"{key}=true")


def test_no_class_is_named_and_none_is_the_default(cluster: Cluster, fresh_name: Callable[[], str]) -> None:
    variables = {"triton_namespace": fresh_name(), "triton_values": VALUES, "triton_timeout": 20}
    with no_default_class(cluster):
        played = cluster.play("deploy", {**variables, "triton_model_repository": {"claim": {"size": "64Mi"}}})
    check(played.failures, ("triton-models", "no default one", "standard, standard-immediate", "storage_class"))
    assert played.writes == ()


def test_claims_do_not_shrink_and_classes_may_wait_for_a_pod(cluster: Cluster, fresh_name: Callable[[], str]) -> None:
    """Asked for less, the claim stays as it is, and the run says so; a volume that is made when a pod wants it is no failure."""
    variables = {"triton_namespace": fresh_name(), "triton_values": VALUES}
    (waits,) = [
        one["metadata"]["name"]
        for one in cluster.get("storageclasses")["items"]
        if one["volumeBindingMode"] == "WaitForFirstConsumer" and "test" not in one["metadata"].get("labels", {})
    ]
    claim = {"size": "64Mi", "storage_class": waits}
    first = cluster.play("deploy", {**variables, "triton_model_repository": {"claim": claim}})
    assert first.code == 0, first.output
    less = cluster.play("deploy", {**variables, "triton_model_repository": {"claim": {**claim, "size": "32Mi"}}})
    assert (less.code, less.changed, less.writes) == (0, 0, ()), less.output
    assert "Claim triton-models stays at 64Mi: claims do not shrink to 32Mi." in less.output
