# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release is to be: rendered where that is needed, else as its newest revision says."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._errors import TritonError
from .._helm.program import Program
from .._kube.client import Client
from .._kube.facts import api_groups
from .._release import chart, decision, helm_command, helm_failure, undecidable
from .._release.fingerprint import fingerprint
from .._release.helm_command import Target
from .._release.objects import Key, Manifest, Object, key_of, parse
from .._release.stored import DEPLOYED, UNINSTALLED, Stored
from .._scc.yamltext import documents

if TYPE_CHECKING:
    from .derivation import Adapting

_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


class Chart:
    """The chart that was named, fetched where it is not on this machine and has to be looked into."""

    def __init__(self, helm: Program, target: Target) -> None:
        self._helm = helm
        self.named = target

    @cached_property
    def local(self) -> Target:
        """The release with the chart on this machine.

        :raises TritonError: it cannot be fetched.
        """
        named = self.named
        if chart.is_local(named.chart, named.repository):
            path = str(Path(named.chart).expanduser())
            return Target(named.name, named.namespace, path, named.version)
        folder = self._helm.folder("chart")
        said = self._helm.run(helm_command.pull(named, str(folder)))
        fetched = sorted(folder.glob("*.tgz"))
        if said.code or not fetched:
            raise TritonError(helm_failure.unfetched(said.errors, named.chart))
        return Target(named.name, named.namespace, str(fetched[0]))

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Its files; none where there is no chart."""
        return chart.read(self.local.chart)

    @property
    def content(self) -> Mapping[str, bytes] | str:
        """What identifies it: its files, or the digest that it is named by, which needs no look."""
        found = _DIGEST.search(self.named.chart)
        return found[1] if found and not chart.is_local(self.named.chart, self.named.repository) else self.files

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What Chart.yaml says; {} where it cannot be read, which rendering tells better."""
        try:
            (found,) = documents(self.files.get("Chart.yaml", b""), "Chart.yaml")
        except (TritonError, ValueError):
            return {}
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the release is to be made of, and the fingerprint of all that; ``adapting`` is None for a chart that is installed as it is."""

    chart: Chart
    values: Mapping[str, Any]
    cluster: helm_command.Cluster
    fingerprint: str
    adapting: Adapting | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The release as it is to be; ``differs`` says in what from its newest revision, ``undecidable`` what nobody can tell.

    ``files``: of the chart to install, None for the one that was named; ``adapted``: what was changed in it.
    """

    manifest: Manifest
    differs: list[str]
    undecidable: list[str]
    files: Mapping[str, bytes] | None = None
    adapted: Mapping[str, Any] | None = None


def asked(client: Client, helm: Program, params: Mapping[str, Any]) -> Asked:
    """Take the fingerprint.

    :raises TritonError: a chart that cannot be fetched, or a helm that is none.
    """
    target = Target(
        params["name"], params["namespace"], params["chart"], params["chart_version"], params["chart_repository"]
    )
    chart_, values = Chart(helm, target), params["values"]
    cluster = (str(client.request("GET", "/version").get("gitVersion", "")), api_groups(client))
    adapting = None
    if params["adapt"] is not None:
        # Few releases are adapted, and it takes the whole engine.
        from . import derivation

        adapting = derivation.adapting(client, params["adapt"], target.namespace, params["namespace_missing"])
    mark = fingerprint(
        chart_.content,
        values,
        (target.name, target.namespace),
        cluster,
        helm.major,
        None if adapting is None else adapting.mark,
    )
    return Asked(chart_, values, cluster, mark, adapting)


def wanted_state(client: Client, helm: Program, ask: Asked, newest: Stored | None, offline: bool) -> Wanted:
    """Rendered by one helm process, unless the newest revision has the same fingerprint.

    :param offline: whether there is no namespace yet that could be looked into.
    :raises TritonError: the chart or its values are bad, or helm is, or the chart cannot be adapted.
    """
    if newest is not None and newest.status == DEPLOYED and newest.fingerprint == ask.fingerprint:
        manifest = _stored_manifest(newest)
        if ask.adapting is not None:
            from . import derivation

            # The very chart that helm keeps, with its random values.
            report = derivation.stored_report(newest)
            return Wanted(manifest, [], report.get("undecidable") or [], derivation.stored_chart(newest), report)
        templates = list(_stored_templates(newest))
        looking, random = undecidable.looking_templates(templates), undecidable.random_templates(templates)
        return Wanted(manifest, [], undecidable.sentences(manifest.hooks, looking, {}, random))
    if ask.adapting is not None:
        return _adapted(client, helm, ask, ask.adapting, newest, offline)
    return _rendered(helm, ask, newest, offline)


def _adapted(
    client: Client,
    helm: Program,
    ask: Asked,
    adapting: Adapting,
    newest: Stored | None,
    offline: bool,
) -> Wanted:
    if not ask.chart.metadata:
        # Helm has the words for what is no chart.
        return _rendered(helm, ask, newest, True)
    from . import derivation

    made = derivation.derive(
        client,
        helm,
        ask.chart.named,
        ask.chart.files,
        ask.chart.metadata,
        ask.values,
        ask.cluster[0],
        adapting,
        derivation.former_objects(newest),
        upgrade=newest is not None and newest.status != UNINSTALLED,
        missing=offline,
        rehash=newest is not None and dict(newest.values) != dict(ask.values),
    )
    differs: list[str] = []
    if newest is not None and newest.status == DEPLOYED:
        differs = decision.differences(newest, _stored_manifest(newest), made.manifest, ask.values, made.metadata)
    return Wanted(made.manifest, differs, made.undecided, made.files, made.report)


def target_of(helm: Program, ask: Asked, wanted: Wanted | None) -> Target:
    """The release with the chart to install on this machine: the one that was named, or the one that was made of it."""
    if wanted is None or wanted.files is None:
        return ask.chart.local
    from .rendering import write

    named = ask.chart.named
    return Target(named.name, named.namespace, str(write(wanted.files, helm.folder("adapted"))))


def _stored_manifest(newest: Stored) -> Manifest:
    return parse([newest.manifest, *newest.hooks], "the stored manifest")


def _stored_templates(newest: Stored) -> Iterator[tuple[str, str]]:
    """The templates of the chart as helm keeps them; those of charts inside it are not there."""
    for item in (newest.release.get("chart") or {}).get("templates") or ():
        yield str(item.get("name")), base64.b64decode(item.get("data") or "").decode(errors="replace")


def _rendered(helm: Program, ask: Asked, newest: Stored | None, offline: bool) -> Wanted:
    target, major = ask.chart.local, int(helm.major)
    there = newest is not None and newest.status != UNINSTALLED

    def render(cluster: helm_command.Cluster | None = ask.cluster if offline else None) -> Manifest:
        said = helm.run(helm_command.template(target, major, there, cluster), ask.values)
        if (
            said.code
            and cluster is None
            and helm_failure.lacks_kinds(said.errors)
            and chart.brings_kinds(ask.chart.files)
        ):
            # They are made before all else when the chart is installed, and not before.
            return render(ask.cluster)
        if said.code:
            raise TritonError(helm_failure.unrendered(said.errors, ask.chart.named.chart))
        return parse([said.output], "the rendered chart")

    manifest = render()
    templates = list(chart.templates(ask.chart.files))
    looking = undecidable.looking_templates(templates)
    # Only another rendering tells which values are random.
    random = _random(manifest, render(), target.namespace) if undecidable.random_templates(templates) else {}
    differs: list[str] = []
    if newest is not None and newest.status == DEPLOYED:
        kept = _stored_manifest(newest)
        manifest = _settled(manifest, kept, random, target.namespace)
        differs = decision.differences(newest, kept, manifest, ask.values, ask.chart.metadata)
    return Wanted(manifest, differs, undecidable.sentences(manifest.hooks, looking, random))


def _all(manifest: Manifest, namespace: str) -> dict[Key, Object]:
    return {key_of(item, namespace): item for item in (*manifest.objects, *manifest.hooks)}


def _random(first: Manifest, second: Manifest, namespace: str) -> dict[Key, list[tuple[Any, ...]]]:
    """Where two renderings of the same differ, by object."""
    others = _all(second, namespace)
    found = {
        key: list(undecidable.unstable(item, others[key]))
        for key, item in _all(first, namespace).items()
        if key in others
    }
    return {key: paths for key, paths in found.items() if paths}


def _settled(
    manifest: Manifest, kept: Manifest, random: Mapping[Key, Iterable[tuple[Any, ...]]], namespace: str
) -> Manifest:
    """The rendering with the random values that the release has."""
    former = _all(kept, namespace)

    def settle(items: Iterable[Object]) -> tuple[Object, ...]:
        result = []
        for item in items:
            key = key_of(item, namespace)
            paths = random.get(key, ())
            result.append(undecidable.settled(item, former[key], paths) if key in former else item)
        return tuple(result)

    return Manifest(settle(manifest.objects), settle(manifest.hooks))
