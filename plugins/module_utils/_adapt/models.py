# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model repositories for a Triton of any chart: in the place of the volume from which it would read its models."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from .._errors import TritonError
from .._triton.serving import serves
from .settle import at
from .step import Step
from .templates import CONTAINERS, name_of, step, template

_OPTION = re.compile(r"--model-(?:repository|store)(?:=|\s+)(?P<path>[^\s;&|]+)")
_PROGRAM = re.compile(r"(?:^|(?<=[\s/;&|(]))tritonserver(?=\s|$)")
_ALONE = ("--model-repository", "--model-store")
_REASON = "triton_model_repository says where the models are"


def with_models(
    objects: Iterable[Mapping[str, Any]], values: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[Step]]:
    """The objects with the repositories in each pod that runs tritonserver.

    :param values: of the bundled chart, as the storage back ends give them; {} for repositories of the chart's own.
    :raises TritonError: no pod runs tritonserver.
    """
    if not values.get("modelRepositories"):
        return [dict(item) for item in objects], []
    result, steps = [], []
    for given in objects:
        item = deepcopy(dict(given))
        found = template(item)
        if found is not None:
            pod, base = found
            for index, container in enumerate(pod["spec"].get("containers") or ()):
                if isinstance(container, dict) and serves(container) and _well_formed(container):
                    before = deepcopy(pod)
                    _put(pod, container, values)
                    steps += _steps(item, base, before, pod, index)
        result.append(item)
    if not steps:
        raise TritonError(
            "The chart has no container that runs tritonserver, so triton_model_repository has nowhere to go; leave it out, or correct the chart."
        )
    return _with_identity(result, values, steps), steps


def _put(pod: dict[str, Any], container: dict[str, Any], values: Mapping[str, Any]) -> None:
    repositories: Sequence[Mapping[str, Any]] = values["modelRepositories"]
    spec = pod["spec"]
    former = _arguments(container, [f"--model-repository={_place(one)}" for one in repositories])
    before = container.get("volumeMounts") or []
    mounts = [mount for mount in before if not _holds(mount, former)]
    own_mounts = [_mount(one) for one in repositories if one.get("volume")]
    container["volumeMounts"] = _named(
        _named(mounts, own_mounts, "mountPath"), values.get("extraVolumeMounts"), "mountPath"
    )
    volumes = list(spec.get("volumes") or ())
    used = {mount.get("name") for one in _every(spec) for mount in one.get("volumeMounts") or ()}
    # What nobody mounted before may be there for something else, such as a block device.
    gone = {mount.get("name") for mount in before} - used
    own = [{"name": f"models-{one['name']}", **one["volume"]} for one in repositories if one.get("volume")]
    wanted = [volume for volume in volumes if volume.get("name") not in gone]
    spec["volumes"] = _named(_named(wanted, own, "name"), values.get("extraVolumes"), "name")
    if values.get("env"):
        container["env"] = _named(container.get("env") or [], values["env"], "name")
    if values.get("initContainers"):
        spec["initContainers"] = _named(spec.get("initContainers") or [], values["initContainers"], "name")
    groups = (values.get("podSecurityContext") or {}).get("supplementalGroups")
    if groups:
        context = dict(spec.get("securityContext") or {})
        listed = [*(context.get("supplementalGroups") or ())]
        spec["securityContext"] = {
            **context,
            "supplementalGroups": [*listed, *(one for one in groups if one not in listed)],
        }
    for field, key in (("annotations", "podAnnotations"), ("labels", "podLabels")):
        if values.get(key):
            metadata = pod.setdefault("metadata", {})
            metadata[field] = {**(metadata.get(field) or {}), **values[key]}
    for field in ("volumes", "initContainers"):
        if field in spec and not spec[field]:
            del spec[field]


def _well_formed(container: Mapping[str, Any]) -> bool:
    """Whether the fields that are changed are lists; what is not is refused with its pod, in better words."""
    fields = {field: container.get(field) or [] for field in ("command", "args", "volumeMounts", "env")}
    return all(isinstance(value, list) for value in fields.values()) and all(
        isinstance(one, Mapping) for field in ("volumeMounts", "env") for one in fields[field]
    )


def _every(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for field in CONTAINERS for one in spec.get(field) or () if isinstance(one, Mapping)]


def _place(repository: Mapping[str, Any]) -> str:
    return str(repository.get("uri") or repository.get("mountPath") or f"/models/{repository['name']}")


def _mount(repository: Mapping[str, Any]) -> dict[str, Any]:
    sub_path = {"subPath": repository["subPath"]} if repository.get("subPath") else {}
    read_only = repository.get("readOnly", True)
    return {"name": f"models-{repository['name']}", "mountPath": _place(repository), "readOnly": read_only, **sub_path}


def _named(first: Sequence[Any], second: Sequence[Any] | None, key: str) -> list[Any]:
    names = [one.get(key) for one in second or ()]
    return [*(one for one in first if one.get(key) not in names), *(second or ())]


def _arguments(container: dict[str, Any], wanted: Sequence[str]) -> list[str]:
    """Replace the options that name repositories; returns the former paths."""
    former: list[str] = []
    given = False
    for field in ("command", "args"):
        words = container.get(field)
        if not isinstance(words, list):
            continue
        new: list[Any] = []
        skip = False
        for index, word in enumerate(words):
            text = str(word)
            if skip:
                skip = False
                former.append(text)
                continue
            found = _OPTION.search(text)
            if text in _ALONE and index + 1 < len(words):
                new += [] if given else wanted
                given = skip = True
            elif found and found[0] == text:
                former.append(found["path"])
                new += [] if given else wanted
                given = True
            elif found:
                former += [one["path"] for one in _OPTION.finditer(text)]
                # All but one would name a repository twice.
                once = text if given else text[: found.start()] + " ".join(wanted) + text[found.end() :]
                new.append(_without_options(once, found.start() if given else found.start() + len(" ".join(wanted))))
                given = True
            else:
                new.append(word)
        container[field] = new
    if not given and not _in_script(container, wanted):
        if not container.get("command") and not container.get("args"):
            container["args"] = ["tritonserver"]
        container["args" if container.get("args") or not container.get("command") else "command"] += wanted
    return [path.strip("'\"") for path in former]


def _in_script(container: dict[str, Any], wanted: Sequence[str]) -> bool:
    """Put the options behind the program in a shell's script, where those behind the script would be the script's own."""
    for field in ("command", "args"):
        for index, word in enumerate(container.get(field) or ()):
            found = _PROGRAM.search(str(word))
            if found and str(word).strip() != found[0] and re.search(r"\s", str(word)):
                container[field][index] = " ".join([word[: found.end()], *wanted]) + word[found.end() :]
                return True
    return False


def _without_options(text: str, start: int) -> str:
    """The command line without the options that name repositories, from a place on."""
    return text[:start] + _OPTION.sub("", text[start:])


def _holds(mount: Mapping[str, Any], former: Iterable[str]) -> bool:
    """Whether a mount is where the models were."""
    place = posixpath.normpath(str(mount.get("mountPath") or ""))
    return any(f"{posixpath.normpath(path)}/".startswith(f"{place}/") for path in former if path.startswith("/"))


def _steps(
    item: Mapping[str, Any], base: str, before: Mapping[str, Any], after: Mapping[str, Any], index: int
) -> list[Step]:
    places = [f"spec.containers[{index}].{field}" for field in ("command", "args", "env", "volumeMounts")]
    places += ["spec.volumes", "spec.initContainers", "spec.securityContext", "metadata.annotations", "metadata.labels"]
    found = []
    for place in places:
        old, new = at(before, place), at(after, place)
        if old != new:
            found.append(step(item, f"{base}{place}", old, new, _REASON))
    return found


def _with_identity(objects: list[dict[str, Any]], values: Mapping[str, Any], steps: list[Step]) -> list[dict[str, Any]]:
    """Annotations of service accounts with which a cloud knows the pods; the accounts have to be the chart's own."""
    wanted = (values.get("serviceAccount") or {}).get("annotations")
    if not wanted:
        return objects
    accounts = set()
    for item in objects:
        found = template(item)
        spec = found[0]["spec"] if found is not None else {}
        if any(isinstance(one, Mapping) and serves(one) for one in spec.get("containers") or ()):
            # The second one is the field's old name.
            accounts.add(str(spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"))
    there = {name_of(item)[1] for item in objects if item.get("kind") == "ServiceAccount"}
    if accounts - there:
        missing = ", ".join(sorted(accounts - there))
        raise TritonError(
            f"The repository wants annotations of service account {missing}, which the chart does not make; let the chart make one for Triton, or "
            "give credentials in a Secret."
        )
    result = []
    for item in objects:
        kind, name = name_of(item)
        if kind == "ServiceAccount" and name in accounts:
            metadata = item["metadata"]
            before = metadata.get("annotations")
            item = {**item, "metadata": {**metadata, "annotations": {**(before or {}), **wanted}}}
            steps.append(step(item, "metadata.annotations", before, item["metadata"]["annotations"], _REASON))
        result.append(item)
    return result
