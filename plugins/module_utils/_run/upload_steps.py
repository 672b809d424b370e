# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of an upload: a pod that the namespace allows, what the volume lacks, checks, the new version, and old ones removed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .._errors import TritonError
from .._kube import exec as remote
from .._kube import security, uploading
from .._kube.client import ApiError, Client, path_of
from .._kube.facts import no_namespace
from .._room import no_room
from .._storage import fitting, tarstream, uploader, versions
from . import scc_explain, security_context
from .stopping import stoppable

STOPPED = "The upload was stopped ({}); run it again, and it goes on where it was."
# A volume that is full to the last byte helps nobody.
_SPARE = 1 << 20
_TELL_EVERY = 0.2
_POD = "the pod that uploads models"
# A file of this size is worth a command of its own, which computes its checksum while it comes.
LARGE = 16 << 20


class Upload:
    """One upload: what it needs of the cluster, and its steps."""

    def __init__(
        self, client: Client, params: Mapping[str, Any], repository: versions.Repository, live: Mapping[str, Any] | None
    ) -> None:
        self._client = client
        self._params = params
        self._repository = repository
        self._live = live
        self._namespace: str = params["namespace"]
        self._claim: str = params["claim"]
        self._progress = Progress(params.get("progress_file"))
        self._ends_input = True

    def judged(self) -> Mapping[str, Any] | None:
        """The pod, found good by the SCC engine and by a dry run; None where its namespace is yet to be made.

        :raises TritonError: the namespace does not admit it, or the claim cannot be mounted.
        """
        try:
            if self._client.get(path_of("v1", "namespaces", name=self._namespace)) is None:
                if self._live is not None:
                    raise no_namespace(self._client, self._namespace)
                return None
        except ApiError as error:
            if error.status != 403:
                raise
        pods = uploading.listed(self._client, "v1", "pods", self._namespace) or []
        node = ""
        if self._live is not None:
            uploading.check_class(self._client, self._live)
            node = uploading.node_of(self._live, pods)
        limit_ranges = uploading.listed(self._client, "v1", "limitranges", self._namespace) or []
        quotas = uploading.listed(self._client, "v1", "resourcequotas", self._namespace) or []
        resources = fitting.fitted(fitting.WANTED, limit_ranges, quotas).spec()
        context = security_context.run({**_CONTEXT, **self._params, "annotations": None}, True)["chart_values"]
        uid = self._live["metadata"]["uid"] if self._live else ""
        pod = uploader.pod(self._wish(), context, resources, uid, node)
        self._check_admission(pod)
        return pod

    def _wish(self) -> uploader.Wish:
        values = self._params.get("chart_values") or {}
        image, policy = uploader.image_of(values)
        if self._params.get("image"):
            image = self._params["image"]
        if not image:
            raise TritonError(
                "No image for the pod that uploads models; give image, or chart_values with image.repository and image.tag."
            )
        return uploader.Wish(
            self._namespace,
            self._claim,
            image,
            self._params.get("pull_policy") or policy or "IfNotPresent",
            values.get("imagePullSecrets") or (),
            values.get("nodeSelector") or {},
            values.get("tolerations") or (),
            self._params.get("supplemental_groups") or (),
            self._params["timeout"],
        )

    def _check_admission(self, pod: Mapping[str, Any]) -> None:
        asked = {**_EXPLAIN, **self._params, "definitions": [pod], "confirm": True, "offline": False}
        outcome = scc_explain.run(asked, True)
        verdict = outcome["pods"][0]
        confirmed = verdict["confirmed"]
        if confirmed["answer"] == security.REFUSED:
            raise TritonError(
                no_room(confirmed["message"], _POD) or f"The cluster refuses {_POD}: {confirmed['message']}"
            )
        if confirmed["answer"] == security.UNCONFIRMED and not outcome["admitted"] and not verdict["notes"]:
            raise TritonError(f"The pod that uploads models would be refused. {outcome['msg']}")

    def carry_out(self, pod: Mapping[str, Any] | None) -> tuple[versions.Outcome, list[str]]:
        """Send what is missing and publish the version; also the digests of all versions that are there then, the newest first."""
        if pod is None:
            raise no_namespace(self._client, self._namespace)
        outcome = versions.Outcome()
        with stoppable(STOPPED), uploading.running(self._client, pod, self._params["pod_timeout"]) as place:
            there = self._in(place, outcome)
        return outcome, there

    def record(self, there: list[str]) -> None:
        """Note on the claim which versions it holds."""
        uploading.write_versions(self._client, self._namespace, self._claim, versions.annotation(there))

    def _in(self, place: remote.Place, outcome: versions.Outcome) -> list[str]:
        digest = self._repository.digest
        volume = self._look(place)
        outcome.removed = self._superfluous(volume, outcome)
        there = [digest, *(each for each in volume.versions if each not in {digest, *outcome.removed})]
        if volume.finished:
            outcome.unchanged = len(self._repository.sums)
            self._do(place, uploader.REUSE, digest, *outcome.removed)
            return there
        work = self._work(volume)
        need = sum(self._repository.sizes[path] for path in work.send) + _SPARE
        if need > volume.free and outcome.removed:
            self._do(place, uploader.REMOVE, *outcome.removed)
            volume = self._look(place)
            work = self._work(volume)
            need = sum(self._repository.sizes[path] for path in work.send) + _SPARE
        if need > volume.free:
            raise self._full(f"{volume.free} bytes are free, and the upload takes {need}")
        if not volume.links and work.link:
            lines = "".join(f"{source}\t{path}\n" for path, source in work.link.items()).encode()
            self._clean(place, work)
            self._do(place, uploader.COPY, digest, data=lines)
        else:
            self._clean(place, work)
        self._send(place, work, volume.links, outcome)
        return there

    def _look(self, place: remote.Place) -> uploader.Volume:
        done = remote.run(self._client, place, uploader.command(uploader.LOOK, self._repository.digest))
        self._ends_input = done.ends_input
        if done.code == 3:
            raise TritonError(
                f"The pod that uploads models cannot write to claim {self._claim}: {' '.join(done.stderr.split())}. On NFS give "
                "supplemental_groups, the group that may write there; a volume that is mounted read-only takes no uploads."
            )
        self._check(done)
        return uploader.volume(done.stdout)

    def _work(self, volume: uploader.Volume) -> versions.Work:
        own = self._repository
        return versions.work(own.root, own.sums, own.sizes, volume.parts, volume.earlier)

    def _superfluous(self, volume: uploader.Volume, outcome: versions.Outcome) -> list[str]:
        """Versions to remove; none where the user may not see what mounts them."""
        kinds = (("v1", "pods"), ("apps/v1", "deployments"), ("apps/v1", "statefulsets"))
        specs: list[Mapping[str, Any]] = []
        for api_version, plural in kinds:
            items = uploading.listed(self._client, api_version, plural, self._namespace)
            if items is None:
                outcome.notes.append(
                    f"No earlier version is removed, since {plural} cannot be listed and may mount one."
                )
                return []
            for item in items:
                spec = item.get("spec") or {}
                specs.append(spec if plural == "pods" else (spec.get("template") or {}).get("spec") or {})
        pinned = uploader.pinned(specs, self._claim) | volume.used
        return versions.superfluous(volume.versions, self._repository.digest, pinned, self._params["keep"])

    def _clean(self, place: remote.Place, work: versions.Work) -> None:
        if work.remove:
            data = "".join(f"{path}\n" for path in work.remove).encode()
            self._do(place, uploader.CLEAN, self._repository.digest, data=data)

    def _send(self, place: remote.Place, work: versions.Work, links: bool, outcome: versions.Outcome) -> None:
        own, folder = self._repository, f".incoming-{self._repository.digest}"
        begun = dict([work.append] if work.append else [])
        large = {**begun, **{path: 0 for path in work.send if own.sizes[path] >= LARGE}}
        small = [path for path in work.send if path not in large]
        total = sum(own.sizes[path] for path in (*large, *small)) - sum(begun.values())
        self._progress.begin(total)
        for path, there in large.items():
            self._take(place, path, there)
        sums = [
            tarstream.Member(f".{versions.directory(own.digest)}.sums", data=own.lines.encode()),
            tarstream.Member(".check", data="".join(f"{own.sums[path]}  {path}\n" for path in small).encode()),
        ]
        linked = (
            [tarstream.Member(f"{folder}/{path}", link=source) for path, source in work.link.items()] if links else []
        )
        members = [*sums, *linked, *tarstream.members(own.root, small, folder, own.sizes)]
        arguments = (own.digest, str(len(own.sums)), *outcome.removed)
        bounded = None if self._ends_input else tarstream.length(members)

        def feed(sink: remote.Sink) -> None:
            tarstream.write(self._progress.through(sink), members)

        done = self._fed(place, uploader.command(uploader.RECEIVE, *arguments, bounded=bounded), feed)
        if done.code == 22:
            raise self._damaged(versions.parsed(done.stdout), small)
        if done.code == 23:
            raise TritonError(
                f"The unfinished version on claim {self._claim} has {done.stdout.strip()} files in place of {len(own.sums)}; somebody else "
                "writes there. Run it again when nobody does."
            )
        self._check(done)
        outcome.sent = sorted([*large, *small])
        outcome.unchanged, outcome.bytes_sent = len(own.sums) - len(outcome.sent), total
        self._progress.end()

    def _take(self, place: remote.Place, path: str, there: int) -> None:
        """Send a large file, of which the beginning may be there."""
        own = self._repository
        bounded = None if self._ends_input else own.sizes[path] - there
        mode = "775" if os.access(own.root / path, os.X_OK) else "664"

        def feed(sink: remote.Sink) -> None:
            tarstream.copy(self._progress.through(sink), own.root / path, there, own.sizes[path])

        done = self._fed(place, uploader.command(uploader.TAKE, own.digest, path, mode, bounded=bounded), feed)
        self._check(done)
        if done.stdout[:64] != own.sums[path]:
            if done.stderr:
                self._check(replace(done, code=1))
            raise self._damaged({path: done.stdout[:64]}, [path])

    def _fed(self, place: remote.Place, command: list[str], feed: Callable[[remote.Sink], None]) -> remote.Done:
        try:
            return remote.run(self._client, place, command, feed)
        except remote.Lost:
            # What a command says at its end can get lost when it ends in the middle of its input.
            if self._look(place).free < _SPARE:
                raise self._full("nothing is free any more") from None
            raise

    def _do(self, place: remote.Place, script: str, *arguments: str, data: bytes | None = None) -> None:
        """Run a script that says nothing when it succeeds."""
        if data is None:
            self._check(remote.run(self._client, place, uploader.command(script, *arguments)))
            return
        content, bounded = data, None if self._ends_input else len(data)

        def feed(sink: remote.Sink) -> None:
            tarstream.put(sink, content)

        self._check(remote.run(self._client, place, uploader.command(script, *arguments, bounded=bounded), feed))

    def _check(self, done: remote.Done) -> None:
        if done.code == 0:
            return
        said = " ".join((done.stderr or done.stdout).split())[-2000:]
        if "No space left" in said or "quota exceeded" in said.lower():
            raise self._full(said)
        if done.code == 137:
            raise TritonError(
                "The upload was killed in its pod, for want of memory or since the pod was deleted; run it again."
            )
        raise TritonError(
            f"Writing to claim {self._claim} failed (exit code {done.code}): {said or 'nothing was said'}"
        )

    def _full(self, why: str) -> TritonError:
        return TritonError(
            f"The volume of claim {self._claim} is full ({why}); ask for a larger size, or keep fewer versions than keep={self._params['keep']}."
        )

    def _damaged(self, arrived: Mapping[str, str], checked: list[str]) -> TritonError:
        """Files whose content is not the planned one: somebody wrote to them, or they came to harm on the way."""
        own = self._repository
        paths = [path for path in checked if arrived.get(path) != own.sums[path]]
        for path in paths:
            if versions.file_sum(own.root / path) != own.sums[path]:
                return tarstream.changed(own.root / path)
        return TritonError(
            f"Files arrived damaged on claim {self._claim}: {', '.join(paths)[:1000]}; run it again, and they are sent again."
        )


class Progress:
    """Tells in a file how far the upload is, a few times a second; a line of JSON that is replaced as a whole."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None
        self._total = self._sent = 0
        self._started = self._told = 0.0

    def begin(self, total: int) -> None:
        """So many bytes are to be sent."""
        self._total, self._started = total, time.monotonic()
        self._tell()

    def through(self, sink: remote.Sink) -> remote.Sink:
        """The same sink, counted."""
        return _Counted(sink, self._count)

    def end(self) -> None:
        """All is sent."""
        self._sent = self._total
        self._tell()

    def _count(self, count: int) -> None:
        self._sent += count
        if time.monotonic() - self._told >= _TELL_EVERY:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        if self._path is None:
            return
        figures = {
            "bytes_sent": min(self._sent, self._total),
            "bytes": self._total,
            "seconds": round(self._told - self._started, 1),
        }
        try:
            draft = self._path.with_name(self._path.name + ".new")
            draft.write_text(json.dumps(figures) + "\n")
            os.replace(draft, self._path)
        except OSError as error:
            raise TritonError(f"progress_file {self._path} cannot be written ({error.strerror}).") from error


@dataclass(frozen=True, slots=True)
class _Counted:
    sink: remote.Sink
    count: Callable[[int], None]

    def room(self) -> memoryview:
        return self.sink.room()

    def filled(self, count: int) -> None:
        self.sink.filled(count)
        self.count(count)


# What the modules of the same names take besides the connection.
_CONTEXT: Mapping[str, Any] = {"platform": "auto", "wait_timeout": 30, "scc": None, "style": "auto"}
_EXPLAIN: Mapping[str, Any] = {"platform": "auto", "wait_timeout": 30}
