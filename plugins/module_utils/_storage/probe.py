# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short-lived pod that reads buckets as Triton is going to, before the release: when it is needed, its definition, what it found out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import TritonError
from .._release.rollout import complete
from .base import Object, Plan
from .cloud import variable
from .combine import DIGEST_ANNOTATION
from .image import PULL_POLICIES, REFERENCE
from .probe_script import BAD, GOOD, ODD, PERHAPS, SCRIPT, UNKNOWN
from .sync import IMAGE
from .sync_source import source_from

BUCKETS = ("s3", "gcs", "azure")
PURPOSE = "reads buckets before the release"
LABEL = "triton.inferops/probe"
# Names of its containers begin with this.
CONTAINER = "probe-"
# A condition that nobody sets: the pod has the labels of Triton's pods, whose network policies count for it, but is to get none of their requests.
NEVER_READY = "triton.inferops/never-ready"
# Volumes that cost nothing to mount once more: credentials and CAs.
_LIGHT = ("secret", "configMap", "projected")
_NEEDED = ("repository", "uri", "source", "remote", "image", "env")


def wanted(
    name: str, kind: str, plan: Plan, options: Mapping[str, Any], given: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """What the pod needs to know about a repository, None where there is nothing to read.

    :param options: those of the back end.
    :param given: the repository's option probe.
    :raises TritonError: a probe of something else than a bucket, or no image.
    """
    asked = {key: value for key, value in (given or {}).items() if value is not None}
    if kind not in BUCKETS:
        if asked:
            raise TritonError(
                f"Repository {name}: probe is for repositories that Triton reads by itself ({', '.join(BUCKETS)}), not for {kind}; leave it out."
            )
        return None
    if not asked.get("enabled", True):
        return None
    image, policy = asked.get("image") or IMAGE, asked.get("pull_policy") or ""
    if not REFERENCE.fullmatch(image):
        raise TritonError(f"Repository {name}: image of probe is {image!r}; write it like {IMAGE}.")
    if policy and policy not in PULL_POLICIES:
        raise TritonError(
            f"Repository {name}: pull_policy of probe is {policy!r}; choose from {', '.join(PULL_POLICIES)}."
        )
    source = source_from(kind, plan, options)
    emulator = options.get("emulator")
    _bucket, _slash, prefix = source.remote.partition(":")[2].partition("/")
    entry: dict[str, Any] = {
        "repository": name,
        "uri": source.uri,
        "source": f"{source.uri} at {emulator}" if emulator else source.uri,
        "remote": source.remote,
        # Without a prefix Triton asks for the bucket only, and an empty one will do.
        "prefix": prefix,
        "anonymous": source.anonymous,
        "env": [*source.env, *([variable("RCLONE_S3_LIST_CHUNK", "100")] if kind == "s3" else ())],
        "identity": dict(plan.service_account_annotations),
        "image": image,
        "pull_policy": policy,
    }
    return entry


def check(probes: Iterable[Object]) -> None:
    """Refuse what does not come from a plan.

    :raises TritonError: an item lacks something.
    """
    for number, probe in enumerate(probes, 1):
        lacking = [key for key in _NEEDED if not isinstance(probe.get(key), list if key == "env" else str)]
        if lacking:
            raise TritonError(
                f"Item {number} of probes has no {lacking[0]}; give the list that model_repository returns as probes."
            )


@dataclass(frozen=True, slots=True)
class Account:
    """The service account of Triton's pods: its name, and its annotations, None before it is there."""

    name: str
    annotations: Mapping[str, str] | None = None


def fullname(values: Mapping[str, Any], release: str) -> str:
    """The name of the release's Deployment, as the playbooks have the chart call it."""
    return str(values.get("fullnameOverride") or release)


def account_name(values: Mapping[str, Any], release: str) -> str:
    """The name of its service account, as the chart finds it."""
    given = values.get("serviceAccount") or {}
    return str(given.get("name") or (fullname(values, release) if given.get("create", True) else "default"))


def converged(probes: Iterable[Object], values: Mapping[str, Any], deployment: Object | None) -> bool:
    """Whether a Deployment that is available has these very repositories, credentials and CAs, so that they need not be read again."""
    if deployment is None or not complete(deployment):
        return False
    template = deployment["spec"]["template"]
    containers = [one for one in template["spec"]["containers"] if one["name"] == "triton"]
    if not containers:
        return False
    live = containers[0]
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    digest = (values.get("podAnnotations") or {}).get(DIGEST_ANNOTATION)
    volumes, mounts = _light(values)
    return (
        {f"--model-repository={probe['uri']}" for probe in probes} <= set(live.get("args") or ())
        and annotations.get(DIGEST_ANNOTATION) == digest
        and _within(values.get("env") or (), live.get("env") or ())
        and _within(values.get("envFrom") or (), live.get("envFrom") or ())
        and _within(volumes, template["spec"].get("volumes") or ())
        and _within(mounts, live.get("volumeMounts") or ())
    )


def _within(planned: Iterable[Any], live: Sequence[Any]) -> bool:
    """Whether each item is there; the API server adds defaults to some."""
    return all(any(_covered(item, other) for other in live) for item in planned)


def _covered(planned: Any, live: Any) -> bool:
    if isinstance(planned, Mapping):
        return isinstance(live, Mapping) and all(_covered(value, live.get(key)) for key, value in planned.items())
    if isinstance(planned, (list, tuple)):
        return isinstance(live, list) and len(planned) == len(live) and all(map(_covered, planned, live))
    # An empty value is not stored.
    return bool(planned == live or (live is None and planned in ("", False)))


def _light(values: Mapping[str, Any]) -> tuple[list[Object], list[Object]]:
    """Volumes with credentials and CAs, and their mounts."""
    volumes = [one for one in values.get("extraVolumes") or () if any(one.get(kind) is not None for kind in _LIGHT)]
    names = {one["name"] for one in volumes}
    return volumes, [one for one in values.get("extraVolumeMounts") or () if one["name"] in names]


def divided(probes: Iterable[Object], account: Account) -> tuple[list[Object], list[str]]:
    """The repositories that a pod can read now, and a sentence about each that only Triton can."""
    ready: list[Object] = []
    left_out = []
    for probe in probes:
        why = probe.get("left_out") or _no_identity(probe, account)
        if why:
            left_out.append(f"Repository {probe['repository']} is not read before the release: {why}.")
        else:
            ready.append(probe)
    return ready, left_out


def _no_identity(probe: Object, account: Account) -> str:
    """Why the pod would not be who Triton's pods are going to be, "" if it would."""
    identity = probe.get("identity") or {}
    # Without credentials, too: the surroundings may know the pod by its service account.
    if not identity and not probe.get("anonymous"):
        return ""
    if account.annotations is None:
        return f"it names no credentials, and the service account {account.name}, which may have some, comes with the release"
    if any(account.annotations.get(key) != value for key, value in identity.items()):
        return f"the service account {account.name} gets its identity with the release"
    return ""


def name_of(release: str) -> str:
    """The pod's name: one a release."""
    return f"probe-{release}"


def pod(
    namespace: str,
    release: str,
    probes: Sequence[Object],
    values: Mapping[str, Any],
    context: Mapping[str, Any],
    resources: Mapping[str, Any],
    account: Account,
    deadline: int,
) -> dict[str, Any]:
    """The pod's definition: one container after another, so that it takes no more than one of them.

    :param values: of the bundled chart, as the release is going to have them.
    :param context: chart values of the security context that the namespace allows.
    :param deadline: seconds after which it ends by itself, should nobody remove it.
    """
    volumes, mounts = _light(values)
    containers = [
        _container(number, probe, values, mounts, context, resources) for number, probe in enumerate(probes, 1)
    ]
    labels = {
        **(values.get("commonLabels") or {}),
        **(values.get("podLabels") or {}),
        "app.kubernetes.io/name": str(values.get("nameOverride") or "triton"),
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/managed-by": "inferops.triton",
        LABEL: "true",
    }
    annotations = {**(values.get("podAnnotations") or {}), **(context.get("podAnnotations") or {})}
    annotations.pop(DIGEST_ANNOTATION, None)
    spec: dict[str, Any] = {
        "restartPolicy": "Never",
        "activeDeadlineSeconds": deadline,
        "terminationGracePeriodSeconds": 1,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "readinessGates": [{"conditionType": NEVER_READY}],
        "securityContext": dict(context.get("podSecurityContext") or {}),
        "containers": containers[-1:],
        "volumes": [{"name": "probe-tmp", "emptyDir": {}}, *volumes],
    }
    optional = {
        "initContainers": containers[:-1],
        "serviceAccountName": account.name if account.annotations is not None else "",
        "imagePullSecrets": list(values.get("imagePullSecrets") or ()),
        "nodeSelector": dict(values.get("nodeSelector") or {}),
        "tolerations": list(values.get("tolerations") or ()),
    }
    spec.update({key: value for key, value in optional.items() if value})
    metadata = {"name": name_of(release), "namespace": namespace, "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _container(
    number: int,
    probe: Object,
    values: Mapping[str, Any],
    mounts: Sequence[Object],
    context: Mapping[str, Any],
    resources: Mapping[str, Any],
) -> dict[str, Any]:
    settings = {
        "SYNC_SOURCE": probe["source"],
        "PROBE_REMOTE": probe["remote"],
        "PROBE_ANONYMOUS": probe.get("anonymous") or "",
        "PROBE_MAY_BE_EMPTY": "" if probe.get("prefix") else "yes",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
    }
    given = [variable(key, value) for key, value in settings.items() if value]
    # The variables of Triton itself as well: there may be a proxy among them.
    env = {item["name"]: item for item in (*(values.get("env") or ()), *probe["env"], *given)}
    ca = [mount["mountPath"] for mount in mounts if str(mount["name"]).startswith("ca-")]
    if ca:
        env["RCLONE_CA_CERT"] = variable("RCLONE_CA_CERT", ca[0])
    else:
        env.pop("RCLONE_CA_CERT", None)
    container: dict[str, Any] = {
        "name": f"{CONTAINER}{number}",
        "image": probe["image"],
        "command": ["sh", "-c", SCRIPT],
        "env": list(env.values()),
        "resources": dict(resources),
        "securityContext": {**(context.get("securityContext") or {}), "readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "probe-tmp", "mountPath": "/tmp"}, *mounts],
    }
    optional = {"envFrom": list(values.get("envFrom") or ()), "imagePullPolicy": probe.get("pull_policy")}
    container.update({key: value for key, value in optional.items() if value})
    return container


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one repository: GOOD, ODD, UNKNOWN or BAD, and the sentence."""

    repository: str
    code: int
    text: str

    def summary(self) -> dict[str, str]:
        """For the result."""
        words = {GOOD: "readable", ODD: "readable", UNKNOWN: "unknown"}
        return {"repository": self.repository, "verdict": words.get(self.code, "unreadable"), "message": self.text}


def verdicts(probes: Sequence[Object], live: Object, why: str, seconds: int) -> list[Verdict]:
    """What the pod's containers said last.

    :param why: why the pod does not run, where it does not.
    :param seconds: after which a container that still runs got no answer.
    """
    status = live.get("status") or {}
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    states = {one["name"]: one.get("state") or {} for one in containers}
    return [
        _verdict(probe, states.get(f"{CONTAINER}{number}") or {}, why, seconds)
        for number, probe in enumerate(probes, 1)
    ]


def _verdict(probe: Object, state: Mapping[str, Any], why: str, seconds: int) -> Verdict:
    name = probe["repository"]
    if "running" in state:
        text = f"{probe['source']} was not listed within {seconds} s; correct the endpoint, or let the namespace's pods reach it."
        return Verdict(name, BAD, f"Repository {name}: {text}")
    ended = state.get("terminated") or {}
    code, _space, text = str(ended.get("message") or "").partition(" ")
    if code in map(str, (GOOD, ODD, BAD, PERHAPS)):
        return Verdict(name, BAD if code == str(PERHAPS) else int(code), f"Repository {name}: {text}")
    reason = text if code == str(UNKNOWN) else _ending(ended) or why or "the pod ended before it was its turn"
    return Verdict(
        name,
        UNKNOWN,
        f"Whether repository {name} can be read was not found out before the release: {reason.rstrip('.')}. Correct that, or set enabled "
        "of its probe to false.",
    )


def _ending(ended: Mapping[str, Any]) -> str:
    """How a container ended that said nothing, "" if it never ran."""
    if not ended:
        return ""
    said = f" {ended['message']}" if ended.get("message") else ""
    return f"the pod that {PURPOSE} ended with code {ended.get('exitCode')} ({ended.get('reason', 'Error')}){said}"
