# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command scc-explain: say what OpenShift will decide about pods, and why, without a cluster and without Ansible."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from .._adapt.choices import ALLOWABLE, EXPLICIT, OMIT
from .._adapt.pods import Wish
from .._adapt.served import serves
from .._adapt.whole import Wishes, adapt_whole
from .._errors import TritonError
from .._explain.each import each
from .._explain.explain import explain, refused
from .._explain.offline_facts import Given, Offline
from .._names import DNS_LABEL
from .._scc.access import Subject
from .._scc.admission import Request
from .._scc.batch import Batch
from .._scc.defaults import admission_defaults
from .._scc.manifests import PodSource, no_pods, objects_of, pod_sources
from .._scc.standard import AUTHENTICATED
from .._storage.base import Target
from .adapted import adapted, plain
from .chart import Rendering, Runner, is_chart, render
from .text import each_table, report

ADMITTED, REFUSED, BROKEN = 0, 1, 2
_EPILOG = """
exit code: 0 all pods are admitted, 1 some are refused, 2 the input is broken

examples:
  scc-explain deployment.yaml
  scc-explain charts/triton --values values.yaml --namespace namespace.yaml
  helm template triton charts/triton | scc-explain - --namespace triton --format json
  scc-explain deployment.yaml --grant nonroot-v2 --each
  scc-explain charts/triton --adapt
"""


def main(arguments: Sequence[str], run: Runner) -> int:
    """Run the command; returns its exit code.

    :param run: carries helm out, for charts.
    """
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal need not know every letter of a manifest.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _batch(options) if options.batch else _explain(options, run)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except TritonError as error:
        sys.stderr.write(f"scc-explain: {error.message}\n")
    except OSError as error:
        # Files are read elsewhere: what fails here is the output. Python would write what is left of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # Whoever closes a pipe has seen enough.
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"scc-explain: The output cannot be written ({error.strerror}).\n")
    return BROKEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scc-explain",
        description="Say what OpenShift will decide about pods, why, and what can be done. No cluster is asked.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "manifests", nargs="*", help="files of YAML or JSON, folders of them, charts, or - for standard input"
    )
    where = parser.add_argument_group("the cluster (default: as OpenShift 4.20 is installed)")
    where.add_argument("--namespace", default="example", help="a file with the Namespace object, or just a name")
    where.add_argument("--sccs", help="a file with the cluster's SCCs: YAML, JSON, or oc get scc -o yaml")
    where.add_argument(
        "--grant",
        action="append",
        default=[],
        metavar="SCC[:SERVICEACCOUNT]",
        help="a right to use an SCC, beside what every cluster grants; without a service account everybody has it",
    )
    where.add_argument("--user", default="you", help="who creates bare pods (default: an ordinary user)")
    where.add_argument("--group", action="append", default=[], help="a group of that user, beside system:authenticated")
    where.add_argument("--platform", choices=["openshift", "kubernetes"], default="openshift")
    where.add_argument(
        "--kubernetes-version", metavar="1.MINOR", help="of the cluster, for Pod Security (default: the newest)"
    )
    charts = parser.add_argument_group("charts")
    charts.add_argument("--values", action="append", default=[], metavar="FILE", help="as helm's")
    charts.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as helm's")
    charts.add_argument("--release", default="release", help="name of the release")
    charts.add_argument("--helm", default="helm", help="path of helm, version 3 or 4")
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=["text", "json"], default="text")
    output.add_argument("--each", action="store_true", help="show each pod under every SCC, as if it might be used")
    change = parser.add_argument_group("adapting")
    change.add_argument(
        "--adapt",
        action="store_true",
        help="show what would have to change, and why; --format json also shows the changed objects",
    )
    change.add_argument(
        "--to", default="restricted-v2", metavar="SCC", help="the SCC to be admitted by (default: restricted-v2)"
    )
    change.add_argument(
        "--style",
        choices=[OMIT, EXPLICIT],
        default=OMIT,
        help="fixed IDs go, or the namespace's take their place (default: omit)",
    )
    change.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=ALLOWABLE,
        help="take that away, though the workload may fail without",
    )
    change.add_argument("--drop-missing", action="store_true", help="leave out kinds that the cluster does not serve")
    lines = parser.add_argument_group("JSON lines")
    lines.add_argument(
        "--batch", metavar="CASES.jsonl", help="judge one case a line, with the SCCs of --sccs (an object, id to SCC)"
    )
    return parser


def _batch(options: argparse.Namespace) -> int:
    """One result a line; exit code 2 where a case could not be judged."""
    if not options.sccs:
        raise TritonError("--batch needs --sccs: a JSON file with an object, id -> SCC.")
    try:
        sccs = json.loads(_read(options.sccs))
    except (ValueError, RecursionError) as error:
        raise TritonError(f"{options.sccs} is no JSON that can be read ({error}).") from error
    if not isinstance(sccs, Mapping):
        raise TritonError(f"{options.sccs} is no JSON object; give one from ids to SCCs.")
    batch, code = Batch(sccs), ADMITTED
    for result in batch.results(_lines(options.batch)):
        sys.stdout.write(json.dumps(result, separators=(",", ":")) + "\n")
        if "error" in result:
            code = BROKEN
    return code


def _lines(path: str) -> Iterator[str]:
    if path == "-":
        yield from (line.decode("utf-8", errors="replace") for line in _stdin())
        return
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            yield from handle
    except OSError as error:
        raise _unreadable(path, error) from error


def _explain(options: argparse.Namespace, run: Runner) -> int:
    if not options.manifests:
        raise TritonError("There is nothing to explain; give a file, a folder, a chart, or - for standard input.")
    namespace, given = _namespace(options.namespace)
    version = _version(options.kubernetes_version)
    objects = [item for name in options.manifests for item in _objects(name, namespace, options, run)]
    sources = pod_sources(objects, namespace)
    # What has no pods may have an API version to be adapted.
    if not sources and not (options.adapt and objects):
        raise no_pods(objects)
    known = Offline(
        Given(
            objects=tuple(objects),
            namespaces={namespace: given} if given is not None else None,
            sccs=_sccs(options.sccs),
            granted=_granted(options.grant, namespace),
            platform=options.platform,
            user=Subject(options.user, (*options.group, AUTHENTICATED)),
            version=version,
        )
    )
    results = [explain(source, known.facts(source.namespace)) for source in sources]
    if options.adapt:
        return _adapt(objects, namespace, known, results, options)
    if options.each:
        _show_each(sources, known, options.format)
    elif options.format == "json":
        _say(json.dumps(results, indent=2))
    else:
        _say(report(results))
    return REFUSED if refused(results) else ADMITTED


def _adapt(
    objects: Sequence[Any],
    namespace: str,
    known: Offline,
    before: Sequence[Mapping[str, Any]],
    options: argparse.Namespace,
) -> int:
    """Adapt the manifests, and judge them once more; exit code 1 where something is refused still."""
    wish = Wish(options.to, options.style, tuple(options.allow))
    found = adapt_whole(
        objects,
        Target(namespace, options.release),
        known,
        lambda version, kind: serves(options.platform, version, kind),
        Wishes(wish, options.drop_missing),
    )
    sources = pod_sources(found.objects, namespace)
    after = [explain(source, known.facts(source.namespace)) for source in sources]
    if options.format == "json":
        _say(json.dumps(plain(before, found, after), indent=2))
    else:
        _say(adapted(before, found, after))
    return REFUSED if found.refusals or refused(after) else ADMITTED


def _show_each(sources: Sequence[PodSource], known: Offline, form: str) -> None:
    found: list[dict[str, Any]] = []
    for source in sources:
        facts = known.facts(source.namespace)
        if facts.admission is None:
            raise TritonError("There are no SCCs outside OpenShift; leave --each out.")
        pod = admission_defaults(source.pod, source.namespace, source.automount)
        request = Request(pod, source.namespace, facts.annotations, facts.user, facts.authorizer)
        rows = each(facts.admission, request, f"{source.path}." if source.path else "")
        found.append({"kind": source.kind, "name": source.name, "namespace": source.namespace, "sccs": rows})
    if form == "json":
        _say(json.dumps(found, indent=2))
        return
    for one in found:
        _say(f"{one['kind']} {one['name']} (namespace {one['namespace']})\n{each_table(one['sccs'])}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _read(path: str) -> bytes:
    try:
        return _stdin().read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise TritonError("Standard input is closed, so there is nothing to read from -; give a file.")
    return sys.stdin.buffer


def _unreadable(path: str, error: OSError) -> TritonError:
    return TritonError(f"{path} cannot be read ({error.strerror}); correct the path.")


def _objects(name: str, namespace: str, options: argparse.Namespace, run: Runner) -> list[Any]:
    path = Path(name)
    if name != "-" and is_chart(path):
        how = Rendering(
            helm=options.helm,
            release=options.release,
            namespace=namespace,
            values=options.values,
            sets=options.set,
            openshift=options.platform == "openshift",
            kube_version=options.kubernetes_version or "",
            whole=options.adapt,
        )
        return objects_of(render(path, how, run), f"chart {name}")
    if name != "-" and os.path.isdir(path):
        files = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml", ".json") and file.is_file())
        if not files:
            raise TritonError(f"{name} holds neither manifests (*.yaml, *.yml, *.json) nor a chart (Chart.yaml).")
        return [item for file in files for item in objects_of(_read(str(file)), str(file))]
    return objects_of(_read(name), name)


def _namespace(text: str) -> tuple[str, Mapping[str, Any] | None]:
    """Name and object, None for an object of which only the name is known."""
    if not os.path.isfile(text):
        if "/" in text or text.endswith((".yaml", ".yml", ".json")):
            raise TritonError(f"--namespace is {text!r}, but there is no such file; correct the path, or give a name.")
        if not DNS_LABEL.fullmatch(text):
            raise TritonError(
                f"--namespace is {text!r}, which is neither a file nor the name of a namespace: those have small letters, digits "
                "and hyphens, at most 63."
            )
        return text, None
    found = [
        item
        for item in objects_of(_read(text), text)
        if isinstance(item, Mapping) and item.get("kind") in ("Namespace", "Project")
    ]
    metadata = found[0].get("metadata") if len(found) == 1 else None
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(name, str):
        raise TritonError(f"{text} holds {len(found)} Namespace objects with a name; give a file with one.")
    return name, found[0]


def _sccs(path: str | None) -> tuple[Mapping[str, Any], ...] | None:
    if path is None:
        return None
    objects = objects_of(_read(path), path)
    found = tuple(
        item for item in objects if isinstance(item, Mapping) and item.get("kind") == "SecurityContextConstraints"
    )
    if not found:
        raise TritonError(f"{path} holds no SecurityContextConstraints; get them by: oc get scc -o yaml")
    return found


def _granted(texts: Sequence[str], namespace: str) -> dict[str, list[str] | str]:
    granted: dict[str, list[str]] = {}
    for text in texts:
        scc, colon, account = text.partition(":")
        if not scc or (colon and not account):
            raise TritonError(f"--grant is {text!r}; give SCC or SCC:SERVICEACCOUNT, such as nonroot-v2:triton.")
        granted.setdefault(f"system:serviceaccount:{namespace}:{account}" if account else "*", []).append(scc)
    return dict(granted)


def _version(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"v?(\d{1,3})\.(\d{1,4})(?:\.\d+)?", text)
    if match is None:
        raise TritonError(f"--kubernetes-version is {text!r}; give it like 1.33.")
    return int(match[1]), int(match[2])
