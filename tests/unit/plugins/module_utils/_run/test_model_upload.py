# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads against a double of the cluster whose pods are a directory: the commands that run in a pod run there, by the shell of this machine."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._kube import exec as remote
from ansible_collections.inferops.triton.plugins.module_utils._kube import short_lived
from ansible_collections.inferops.triton.plugins.module_utils._run import upload_steps
from ansible_collections.inferops.triton.plugins.module_utils._run.model_upload import run
from ansible_collections.inferops.triton.plugins.module_utils._storage.uploader import MOUNT, RECEIVE
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import Answer, FakeApi, Seen
from ansible_collections.inferops.triton.tests.unit.plugins.module_utils._run.openshift import install

PODS = "/api/v1/namespaces/ns/pods"
CLAIM = "/api/v1/namespaces/ns/persistentvolumeclaims/models"
NOTE = "triton.inferops/versions"


class Lost(Exception):
    """The controller dies: nothing of it goes on."""


class Cluster:
    """The double, with one claim whose volume is a directory, and the pods that were made."""

    def __init__(self, api: FakeApi, connection: dict[str, Any], folder: Path) -> None:
        self.api, self.connection = api, connection
        self.volume, self.repository = folder / "volume", folder / "models"
        self.volume.mkdir()
        self.pods: list[Mapping[str, Any]] = []
        self.commands: list[str] = []
        # In one upload, over all its commands.
        self.dies_after: int | None = None
        self.fed = 0
        self.ends_input = True
        self.edit: Callable[[], None] | None = None
        self.state: Mapping[str, Any] = {"containerStatuses": [{"name": "upload", "state": {"running": {}}}]}
        api.answers["POST", PODS] = self._make_pod
        api.answers["PATCH", CLAIM] = self._note
        self.claim()
        self.write(
            {"double/config.pbtxt": b"a", "double/1/model.py": b"b" * 3000, "double/1/large.bin": os.urandom(300_000)}
        )

    def claim(self, **metadata: Any) -> None:
        spec = {"accessModes": ["ReadWriteOnce"], "volumeName": "pv"}
        self.api.add("v1", "PersistentVolumeClaim", "models", "ns", spec=spec, metadata=metadata)

    def write(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def upload(self, check: bool = False, **options: Any) -> dict[str, Any]:
        defaults: dict[str, Any] = {"keep": 3, "force": False, "pod_timeout": 0, "timeout": 600, "image": "triton:1"}
        self.fed = 0
        named = {"namespace": "ns", "claim": "models", "path": str(self.repository)}
        return run({**defaults, **named, **self.connection, **options}, check)

    def note(self) -> list[str]:
        text = (self.api.objects[CLAIM]["metadata"].get("annotations") or {}).get(NOTE)
        return text.split(",") if text else []

    def served(self, digest: str) -> dict[str, bytes]:
        root = self.volume / f"sha256-{digest}"
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def local(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.repository).as_posix(): path.read_bytes()
            for path in self.repository.rglob("*")
            if path.is_file()
        }

    def _make_pod(self, seen: Seen) -> Answer:
        if "dryRun" not in seen.query:
            self.pods.append(seen.body)
            path = f"{PODS}/{seen.body['metadata']['name']}"
            metadata = {**seen.body["metadata"], "uid": f"uid-{len(self.pods)}"}
            self.api.objects[path] = {**seen.body, "metadata": metadata, "status": self.state}
            return 201, self.api.objects[path]
        return 201, seen.body

    def _note(self, seen: Seen) -> Answer:
        assert seen.header("content-type") == ["application/merge-patch+json"]
        assert not [path for path in self.api.objects if path.startswith(PODS)], "noted before the pod is gone"
        self.api.objects[CLAIM]["metadata"].setdefault("annotations", {}).update(seen.body["metadata"]["annotations"])
        return 200, self.api.objects[CLAIM]

    def run(
        self, _client: Any, place: remote.Place, command: Sequence[str], feed: Any = None, limit: float = 0
    ) -> remote.Done:
        assert f"{PODS}/{place.pod}" in self.api.objects
        self.commands.append(" ".join(command))
        given = [part.replace(MOUNT, str(self.volume)) for part in command]
        process = subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        content, died = self._fed(feed) if feed else (b"", False)
        out, err = process.communicate(content)
        if died:
            raise Lost
        return remote.Done(process.returncode, out.decode(), err.decode(), self.ends_input)

    def _fed(self, feed: Any) -> tuple[bytes, bool]:
        """The input, up to where the controller dies; a server that cannot end it goes on with what nobody should read."""
        sink = Collected(None if self.dies_after is None else self.dies_after - self.fed)
        if self.edit:
            self.edit()
        try:
            feed(sink)
        except Lost:
            return bytes(sink.content), True
        finally:
            self.fed += len(sink.content)
        return bytes(sink.content) + (b"" if self.ends_input else b"x" * 1000), False


class Collected:
    """A sink in memory, whose reader dies after so many bytes."""

    def __init__(self, dies_after: int | None) -> None:
        self.content, self._dies_after = bytearray(), dies_after
        self._room = memoryview(bytearray(1000))

    def room(self) -> memoryview:
        return self._room

    def filled(self, count: int) -> None:
        self.content += self._room[:count]
        if self._dies_after is not None and len(self.content) >= self._dies_after:
            raise Lost


@pytest.fixture
def cluster(api: FakeApi, connection: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    install(api)
    made = Cluster(api, connection, tmp_path)
    monkeypatch.setattr(remote, "run", made.run)
    return made


def digest_in(files: Mapping[str, bytes]) -> str:
    """The digest that content has, by the definition in the documentation."""
    lines = sorted(f"{hashlib.sha256(content).hexdigest()}  {path}\n".encode() for path, content in files.items())
    return hashlib.sha256(b"".join(lines)).hexdigest()


def test_a_stream_that_is_cut_off_between_two_files_publishes_nothing(cluster: Cluster) -> None:
    """The end of the one file that is missing has come only in part, and nothing of what follows it."""
    cluster.dies_after = 200_000
    with pytest.raises(Lost):
        cluster.upload()
    cluster.dies_after = 100
    with pytest.raises(Lost):
        cluster.upload()
    (unfinished,) = cluster.volume.glob(".incoming-*")
    digest = unfinished.name.removeprefix(".incoming-")
    script = RECEIVE.replace(MOUNT, str(cluster.volume))
    for stream in (b"", bytes(10240)):
        assert subprocess.run(["sh", "-c", script, "sh", digest, "3"], input=stream, check=False).returncode == 21
    assert unfinished.is_dir() and not list(cluster.volume.glob("sha256-*"))


def refused(cluster: Cluster, **options: Any) -> str:
    with pytest.raises(TritonError) as caught:
        cluster.upload(**options)
    assert "\n" not in caught.value.message
    assert not [path for path in cluster.api.objects if path.startswith(f"{PODS}/upload-")], "the pod stays"
    return caught.value.message


def test_the_first_upload_brings_all_and_the_second_asks_one_question(cluster: Cluster) -> None:
    first = cluster.upload()
    assert (first["changed"], first["files_sent"], first["files_unchanged"], first["bytes_sent"]) == (
        True,
        3,
        0,
        303_001,
    )
    assert cluster.served(first["digest"]) == cluster.local()
    assert cluster.note() == first["versions"] == [first["digest"]]
    assert sorted(path.name for path in cluster.volume.iterdir()) == [
        f".sha256-{first['digest']}.sums",
        f"sha256-{first['digest']}",
    ]
    assert not [path for path in cluster.api.objects if path.startswith(PODS)]

    before = len(cluster.api.seen)
    again = cluster.upload(digest=first["digest"])
    assert (again["changed"], again["files_sent"], again["bytes_sent"]) == (False, 0, 0)
    assert [(seen.method, seen.path) for seen in cluster.api.seen[before:]] == [("GET", CLAIM)]


def test_the_pod_is_one_that_restricted_v2_admits(cluster: Cluster) -> None:
    cluster.upload()
    (pod,) = cluster.pods
    (container,) = pod["spec"]["containers"]
    assert pod["metadata"]["annotations"] == {"openshift.io/required-scc": "restricted-v2"}
    assert pod["metadata"]["ownerReferences"][0]["name"] == "models"
    assert pod["spec"]["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert pod["spec"]["automountServiceAccountToken"] is False
    assert pod["spec"]["activeDeadlineSeconds"] == 600


def test_only_a_changed_file_is_sent_and_the_old_version_stays_as_it_was(cluster: Cluster) -> None:
    first = cluster.upload()
    before = cluster.served(first["digest"])
    cluster.write({"double/1/model.py": b"changed"})
    second = cluster.upload()
    assert (second["files"], second["files_unchanged"], second["bytes_sent"]) == (["double/1/model.py"], 2, 7)
    assert cluster.served(second["digest"]) == cluster.local()
    assert cluster.served(first["digest"]) == before
    assert cluster.note() == [second["digest"], first["digest"]]
    same = [cluster.volume / f"sha256-{one['digest']}/double/1/large.bin" for one in (first, second)]
    assert same[0].stat().st_ino == same[1].stat().st_ino


def test_a_version_that_somebody_else_made_is_used_as_well(cluster: Cluster) -> None:
    first = cluster.upload()
    (cluster.volume / f".sha256-{first['digest']}.sums").unlink()
    cluster.write({"double/config.pbtxt": b"changed"})
    assert cluster.upload()["files"] == ["double/config.pbtxt"]


def test_going_back_to_an_earlier_version_sends_nothing(cluster: Cluster) -> None:
    first = cluster.upload()
    cluster.write({"double/config.pbtxt": b"changed"})
    second = cluster.upload()
    cluster.write({"double/config.pbtxt": b"a"})
    cluster.api.objects[CLAIM]["metadata"]["annotations"] = {}
    third = cluster.upload()
    assert (third["digest"], third["files_sent"], third["files_unchanged"]) == (first["digest"], 0, 3)
    assert cluster.note() == [first["digest"], second["digest"]]


def test_check_mode_looks_and_writes_nothing(cluster: Cluster) -> None:
    planned = cluster.upload(check=True)
    assert planned["changed"] and planned["files"] == sorted(cluster.local())
    assert "double/1/model.py" in planned["diff"]["after"]
    assert (cluster.api.writes, cluster.pods, list(cluster.volume.iterdir())) == ([], [], [])


def test_check_mode_before_there_is_a_claim_or_a_namespace(cluster: Cluster) -> None:
    del cluster.api.objects[CLAIM]
    assert cluster.upload(check=True)["changed"]
    del cluster.api.objects["/api/v1/namespaces/ns"]
    assert cluster.upload(check=True)["changed"]
    assert cluster.api.writes == []


def test_a_missing_claim(cluster: Cluster) -> None:
    del cluster.api.objects[CLAIM]
    assert refused(cluster) == "Claim models is not there in namespace ns; make it first, or correct its name."


@pytest.mark.parametrize("dies_after", [1, 600, 2000, 4000, 100_000, 250_000, 300_600, 303_000])
@pytest.mark.parametrize("other_content", [False, True])
@pytest.mark.parametrize("large", [1, 10_000, 1 << 20])
def test_a_run_that_dies_anywhere_is_taken_up_by_the_next(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, dies_after: int, other_content: bool, large: int
) -> None:
    monkeypatch.setattr(upload_steps, "LARGE", large)
    first = cluster.upload()
    cluster.write({"double/1/large.bin": os.urandom(300_000), "double/1/another.bin": os.urandom(500)})
    cluster.dies_after = dies_after
    with pytest.raises(Lost):
        cluster.upload()
    # What a pod of a killed controller leaves.
    cluster.api.objects[f"{PODS}/upload-models"] = {"metadata": {"name": "upload-models"}, "spec": {}, "status": {}}
    # It may have died when all was done; what is published is whole.
    published = {path.name.removeprefix("sha256-") for path in cluster.volume.glob("sha256-*")}
    assert all(digest_in(cluster.served(digest)) == digest for digest in published | {first["digest"]})
    if other_content:
        cluster.write({"double/config.pbtxt": b"another"})
    cluster.dies_after = None
    second = cluster.upload()
    assert cluster.served(second["digest"]) == cluster.local()
    assert not list(cluster.volume.glob(".incoming-*"))
    # What has arrived is not sent again.
    assert second["bytes_sent"] <= 300_000 + 500 + 7 - max(0, dies_after - 10_000)


def test_a_stray_file_in_an_unfinished_version_is_not_published(cluster: Cluster) -> None:
    cluster.dies_after = 2000
    with pytest.raises(Lost):
        cluster.upload()
    (unfinished,) = cluster.volume.glob(".incoming-*")
    (unfinished / "stray model" / "1").mkdir(parents=True)
    (unfinished / "stray model" / "1" / "x y").write_text("x")
    cluster.dies_after = None
    done = cluster.upload()
    assert cluster.served(done["digest"]) == cluster.local()
    assert [path.name for path in (cluster.volume / done["directory"]).iterdir()] == ["double"]


def test_the_unfinished_work_of_others_is_left_alone(cluster: Cluster) -> None:
    (cluster.volume / ".incoming-0123456789abcdef" / "x").mkdir(parents=True)
    cluster.upload()
    assert (cluster.volume / ".incoming-0123456789abcdef" / "x").is_dir()


def test_a_file_that_changes_while_it_is_sent_is_not_published(cluster: Cluster) -> None:
    cluster.edit = lambda: cluster.write({"double/1/model.py": b"c" * 3000})
    assert refused(cluster) == (
        f"{cluster.repository}/double/1/model.py changed while it was read; wait until nobody writes to the repository, and run it again."
    )
    assert not list(cluster.volume.glob("sha256-*")) and cluster.note() == []
    cluster.edit = None
    assert cluster.served(cluster.upload()["digest"]) == cluster.local()


@pytest.mark.parametrize("large", [1, 1 << 20])
def test_files_that_run_can_be_run_there_and_others_not(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(upload_steps, "LARGE", large)
    (cluster.repository / "double/1/model.py").chmod(0o700)
    root = cluster.volume / cluster.upload()["directory"]
    modes = {path.name: path.stat().st_mode & 0o777 for path in root.rglob("*.*")}
    assert modes == {"model.py": 0o775, "config.pbtxt": 0o664, "large.bin": 0o664}


def test_a_large_file_that_changes_while_it_is_sent_is_not_published(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_steps, "LARGE", 10_000)
    cluster.edit = lambda: cluster.write({"double/1/large.bin": b"c" * 300_000})
    assert f"{cluster.repository}/double/1/large.bin changed while it was read" in refused(cluster)
    cluster.edit = None
    done = cluster.upload()
    assert cluster.served(done["digest"]) == cluster.local() and digest_in(cluster.local()) == done["digest"]


def test_a_large_file_that_a_full_volume_does_not_take(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tee goes on when it cannot write, and only its own exit code tells."""
    monkeypatch.setattr(upload_steps, "LARGE", 10_000)
    (tmp_path / "bin").mkdir()
    script = "#!/bin/sh\necho 'tee: x: No space left on device' >&2\ncat\nexit 1\n"
    (tmp_path / "bin" / "tee").write_text(script)
    (tmp_path / "bin" / "tee").chmod(0o755)
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{path}")
    assert refused(cluster).startswith("The volume of claim models is full (tee: x: No space left on device)")
    (tmp_path / "bin" / "tee").write_text(script.replace("echo", "true"))
    assert "arrived damaged on claim models: double/1/large.bin; run it again" in refused(cluster)
    monkeypatch.setenv("PATH", path)
    assert cluster.served(cluster.upload()["digest"]) == cluster.local()


def test_a_repository_that_is_not_the_planned_one_any_more(cluster: Cluster) -> None:
    assert "changed while it was read" in refused(cluster, digest="a" * 64)
    assert cluster.pods == []


def test_old_versions_go_and_those_in_use_stay(cluster: Cluster) -> None:
    digests = []
    for number in range(4):
        cluster.write({"double/config.pbtxt": str(number).encode()})
        digests.append(cluster.upload(keep=2)["digest"])
        os.utime(cluster.volume / f"sha256-{digests[-1]}", (number, number))
        if number == 0:
            mount = {"name": "models", "mountPath": "/models", "subPath": f"sha256-{digests[0]}"}
            volume = {"name": "models", "persistentVolumeClaim": {"claimName": "models"}}
            template = {"spec": {"containers": [{"name": "c", "volumeMounts": [mount]}], "volumes": [volume]}}
            cluster.api.add("apps/v1", "Deployment", "triton", "ns", spec={"replicas": 0, "template": template})
    assert {path.name for path in cluster.volume.glob("sha256-*")} == {f"sha256-{digests[0]}", f"sha256-{digests[3]}"}
    assert cluster.note() == [digests[3], digests[0]]
    assert not list(cluster.volume.glob(".removed-*"))


def test_versions_that_syncs_use_stay(cluster: Cluster) -> None:
    first = cluster.upload(keep=1)["digest"]
    (cluster.volume / ".used").mkdir()
    (cluster.volume / ".used" / "other.triton.models").write_text(f"sha256-{first}\n")
    cluster.write({"double/config.pbtxt": b"2"})
    second = cluster.upload(keep=1)["digest"]
    assert {path.name for path in cluster.volume.glob("sha256-*")} == {f"sha256-{first}", f"sha256-{second}"}


def test_nothing_is_removed_where_it_is_not_known_what_is_in_use(cluster: Cluster) -> None:
    cluster.upload(keep=1)
    cluster.api.refuse("GET", "/apis/apps/v1/namespaces/ns/deployments", 403, "Forbidden", "no")
    cluster.write({"double/config.pbtxt": b"2"})
    done = cluster.upload(keep=1)
    assert len(list(cluster.volume.glob("sha256-*"))) == 2
    assert done["notes"] == ["No earlier version is removed, since deployments cannot be listed and may mount one."]


def test_a_server_that_cannot_end_the_input(cluster: Cluster) -> None:
    cluster.ends_input = False
    cluster.dies_after = 200_000
    with pytest.raises(Lost):
        cluster.upload()
    cluster.dies_after = None
    done = cluster.upload()
    assert cluster.served(done["digest"]) == cluster.local()


def test_a_volume_without_links(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.upload()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ln").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "ln").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    cluster.write(
        {"double/config.pbtxt": b"2", "double/1/new name.bin": (cluster.repository / "double/1/large.bin").read_bytes()}
    )
    done = cluster.upload()
    assert done["files"] == ["double/config.pbtxt"]
    assert cluster.served(done["digest"]) == cluster.local()


def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *kibibytes: int) -> None:
    """A df that tells so much room, one figure a call, the last for ever."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "figures").write_text("".join(f"{number}\n" for number in kibibytes))
    script = f"""#!/bin/sh
echo header
echo "/dev/x 9 9 $(head -n 1 {tmp_path}/figures) 1% /x"
if [ "$(wc -l < {tmp_path}/figures)" -gt 1 ]; then sed -i 1d {tmp_path}/figures; fi
"""
    (tmp_path / "bin" / "df").write_text(script)
    (tmp_path / "bin" / "df").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")


def test_a_volume_without_room_is_told_before_anything_is_sent(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room(tmp_path, monkeypatch, 100)
    assert refused(cluster) == (
        "The volume of claim models is full (102400 bytes are free, and the upload takes 1351577); ask for a larger size, or keep fewer "
        "versions than keep=3."
    )
    assert len(cluster.commands) == 1


def test_versions_that_would_go_anyway_make_room_first(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.upload()
    cluster.write({"double/1/large.bin": os.urandom(300_000)})
    room(tmp_path, monkeypatch, 100, 100_000)
    done = cluster.upload(keep=1)
    assert [path.name for path in cluster.volume.glob("sha256-*")] == [f"sha256-{done['digest']}"]
    assert cluster.served(done["digest"]) == cluster.local()


def test_a_quota_without_room_for_the_pod(cluster: Cluster) -> None:
    cluster.api.add(
        "v1",
        "ResourceQuota",
        "small",
        "ns",
        spec={"hard": {"pods": "1"}},
        status={"hard": {"pods": "1"}, "used": {"pods": "1"}},
    )
    assert "Quota small leaves no room for the pod that uploads models: pods is 1, 1 are used" in refused(cluster)
    with pytest.raises(TritonError):
        cluster.upload(check=True)
    assert cluster.api.writes == []


def test_a_cluster_that_refuses_the_pod(cluster: Cluster) -> None:
    text = 'pods "upload-models" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'
    cluster.api.refuse("POST", PODS, 403, "Forbidden", text)
    assert refused(cluster) == (
        "Quota q leaves no room for the pod that uploads models: pods is 1, of which 1 is used, and it takes 1. Ask for a larger quota, or "
        "for less, or remove something."
    )


@pytest.mark.parametrize(
    "state, words",
    [
        (
            {
                "containerStatuses": [
                    {"name": "upload", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}}
                ]
            },
            (
                "The image triton:1 of the pod that uploads models cannot be had: container upload of pod upload-models waits: "
                "ImagePullBackOff not found. Correct image, or imagePullSecrets in triton_values."
            ),
        ),
        (
            {
                "containerStatuses": [
                    {"name": "upload", "state": {"terminated": {"reason": "StartError", "message": "no sh"}}}
                ]
            },
            "The pod that uploads models does not run with image triton:1: StartError no sh",
        ),
        (
            {
                "conditions": [
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "message": "pod has unbound immediate PersistentVolumeClaims",
                    }
                ]
            },
            (
                "The pod that uploads models does not run after 0 s: pod upload-models is not scheduled: pod has unbound immediate "
                "PersistentVolumeClaims."
            ),
        ),
    ],
)
def test_a_pod_that_does_not_run(cluster: Cluster, state: Mapping[str, Any], words: str) -> None:
    cluster.state = state
    assert refused(cluster) == words


def test_a_claim_of_a_class_that_is_not_there(cluster: Cluster) -> None:
    cluster.api.objects[CLAIM].update(
        spec={"accessModes": ["ReadWriteOnce"], "storageClassName": "fast"}, status={"phase": "Pending"}
    )
    assert 'Claim models names storage class "fast", which the cluster does not have' in refused(cluster)
    assert cluster.pods == []


def test_where_triton_has_the_disk_the_pod_goes(cluster: Cluster) -> None:
    volume = {"name": "models", "persistentVolumeClaim": {"claimName": "models"}}
    spec = {"nodeName": "node-7", "containers": [], "volumes": [volume]}
    cluster.api.add("v1", "Pod", "triton", "ns", spec=spec, status={"phase": "Running"})
    cluster._note = lambda seen: (200, {})  # type: ignore[method-assign]
    cluster.api.answers["PATCH", CLAIM] = (200, {})
    cluster.upload()
    assert json.dumps(cluster.pods[0]["spec"]["affinity"]).count("node-7") == 1
    cluster.api.objects[CLAIM]["spec"]["accessModes"] = ["ReadWriteOncePod"]
    assert "is ReadWriteOncePod, and pod triton has it; stop that pod" in refused(cluster, force=True)
    cluster.api.objects[CLAIM]["spec"]["accessModes"] = ["ReadWriteMany"]
    cluster.upload(force=True)
    assert "affinity" not in cluster.pods[-1]["spec"]


def test_image_secrets_and_place_are_those_of_the_release(cluster: Cluster) -> None:
    values = {
        "image": {"repository": "registry/triton", "tag": "1", "digest": "sha256:abc", "pullPolicy": "Always"},
        "imagePullSecrets": [{"name": "pull"}],
        "nodeSelector": {"gpu": "yes"},
        "tolerations": [{"key": "gpu", "operator": "Exists"}],
    }
    cluster.upload(image=None, chart_values=values)
    spec = cluster.pods[0]["spec"]
    assert spec["containers"][0]["image"] == "registry/triton@sha256:abc"
    assert spec["containers"][0]["imagePullPolicy"] == "Always"
    assert {key: spec[key] for key in ("imagePullSecrets", "nodeSelector", "tolerations")} == {
        key: values[key] for key in ("imagePullSecrets", "nodeSelector", "tolerations")
    }


def test_a_run_that_is_told_to_stop_deletes_its_pod(cluster: Cluster) -> None:
    before = signal.getsignal(signal.SIGTERM)
    cluster.edit = lambda: os.kill(os.getpid(), signal.SIGTERM)
    assert refused(cluster) == "The upload was stopped (SIGTERM); run it again, and it goes on where it was."
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_volume_that_cannot_be_written(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_arguments: Any, **_options: Any) -> remote.Done:
        return remote.Done(3, "", "sh: 4: cannot create .upload-probe: Permission denied\n", True)

    monkeypatch.setattr(remote, "run", denied)
    assert (
        "cannot write to claim models: sh: 4: cannot create .upload-probe: Permission denied. On NFS give supplemental_groups"
        in (refused(cluster))
    )


def test_a_full_volume_in_the_middle(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(client: Any, place: Any, command: Sequence[str], feed: Any = None, limit: float = 0) -> remote.Done:
        if feed is None:
            return cluster.run(client, place, command)
        return remote.Done(21, "", "tar: .incoming-x/large.bin: Cannot write: No space left on device", True)

    monkeypatch.setattr(remote, "run", full)
    assert refused(cluster).startswith(
        "The volume of claim models is full (tar: .incoming-x/large.bin: Cannot write: No space left"
    )


def test_progress_is_told_in_a_file(cluster: Cluster, tmp_path: Path) -> None:
    cluster.upload(progress_file=str(tmp_path / "progress"))
    told = json.loads((tmp_path / "progress").read_text())
    assert told["bytes_sent"] == told["bytes"] == 303_001


def test_no_second_upload_at_the_same_time(cluster: Cluster) -> None:
    cluster.api.answers["POST", PODS] = lambda seen: (
        (201, seen.body) if "dryRun" in seen.query else (409, {"message": "already exists", "reason": "AlreadyExists"})
    )
    assert refused(cluster) == (
        "Pod upload-models in namespace ns has just been made by another upload; run it again later."
    )


def test_a_pod_that_another_run_has_put_in_its_place_is_not_deleted(cluster: Cluster) -> None:
    cluster.upload()
    (seen,) = [seen for seen in cluster.api.seen if seen.method == "DELETE"]
    assert seen.body["preconditions"] == {"uid": "uid-1"}


def test_a_left_pod_that_does_not_go(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_lived, "_GONE_SECONDS", 0)
    left = {"metadata": {"name": "upload-models", "finalizers": ["stuck"]}, "spec": {}, "status": {}}
    cluster.api.objects[f"{PODS}/upload-models"] = left
    with pytest.raises(TritonError) as caught:
        cluster.upload()
    assert "Pod upload-models in namespace ns of an earlier upload does not go away; delete it." in caught.value.message
