# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model repositories for a Triton of any chart: in the place of the volume from which it would read its models."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

from .._errors import TritonError
from .._release.values import by_name
from .._triton.serving import place, server
from .settle import at
from .step import Step
from .templates import CONTAINERS, name_of, step, template

_OPTION = re.compile(r"--model-(?:repository|store)(?:=|\s+)(?P<path>[^\s;&|]+)")
_ALONE = ("--model-repository", "--model-store")
_REASON = "triton_model_repository says where the models are"


def with_models(
    objects: Iterable[Mapping[str, Any]], values: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[Step]]:
    """The objects with the repositories in each pod that runs tritonserver.

    :param values: of the bundled chart, as the storage back ends give them; {} for repositories of the chart's own.
    :raises TritonError: no pod runs tritonserver, or one does in a way that has no place for the repositories.
    """
    if not values.get("modelRepositories"):
        return [dict(item) for item in objects], []
    result, steps = [], []
    for given in objects:
        item = deepcopy(dict(given))
        found = template(item)
        if found is not None:
            pod, base = found
            container = server(pod["spec"].get("containers"))
            if container is not None and _well_formed(container):
                before = deepcopy(pod)
                if not _put(pod, container, values):
                    kind, name = name_of(item)
                    raise TritonError(
                        f"{kind} {name}: container {container.get('name')} starts Triton in a way that shows no place for the options of "
                        "triton_model_repository; name the models' place in the chart's own values, and leave triton_model_repository out."
                    )
                index = next(i for i, one in enumerate(pod["spec"]["containers"]) if one is container)
                steps += _steps(item, base, before, pod, index)
        result.append(item)
    if not steps:
        raise TritonError(
            "The chart has no container that runs tritonserver, so triton_model_repository has nowhere to go; leave it out, or correct the chart."
        )
    return _with_identity(result, values, steps), steps


def _put(pod: dict[str, Any], container: dict[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether the command line has a place for the repositories, which are in the pod then."""
    repositories: Sequence[Mapping[str, Any]] = values["modelRepositories"]
    spec = pod["spec"]
    former = _arguments(container, [f"--model-repository={_place(one)}" for one in repositories])
    if former is None:
        return False
    before = container.get("volumeMounts") or []
    mounts = [mount for mount in before if not _holds(mount, former)]
    own_mounts = [_mount(one) for one in repositories if one.get("volume")]
    more = values.get("extraVolumeMounts") or ()
    container["volumeMounts"] = by_name(by_name(mounts, own_mounts, "mountPath"), more, "mountPath")
    volumes = list(spec.get("volumes") or ())
    used = {mount.get("name") for one in _every(spec) for mount in one.get("volumeMounts") or ()}
    # What nobody mounted before may be there for something else, such as a block device.
    gone = {mount.get("name") for mount in before} - used
    own = [{"name": f"models-{one['name']}", **one["volume"]} for one in repositories if one.get("volume")]
    wanted = [volume for volume in volumes if volume.get("name") not in gone]
    spec["volumes"] = by_name(by_name(wanted, own, "name"), values.get("extraVolumes") or (), "name")
    if values.get("env"):
        container["env"] = by_name(container.get("env") or [], values["env"], "name")
    if values.get("initContainers"):
        spec["initContainers"] = by_name(spec.get("initContainers") or [], values["initContainers"], "name")
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
    return True


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


def _arguments(container: dict[str, Any], wanted: Sequence[str]) -> list[str] | None:
    """Replace the options that name repositories; returns the former paths, None where there is no place for options."""
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
    if not given and not _added(container, wanted):
        return None
    return [path.strip("'\"") for path in former]


def _added(container: dict[str, Any], wanted: Sequence[str]) -> bool:
    """Put the options behind the program: in a shell's script, where those behind the script would be the script's own, or at the end."""
    found = place(container)
    if found is not None and found.end is not None:
        script = str(container[found.field][found.index])
        container[found.field][found.index] = " ".join([script[: found.end], *wanted]) + script[found.end :]
        return True
    if found is None:
        # Whatever else is run may take no options, or start something else.
        if container.get("command") or not str((container.get("args") or ["-"])[0]).startswith("-"):
            return False
        container["args"] = container.get("args") or ["tritonserver"]
    container["args" if container.get("args") else "command"] += wanted
    return True


def _without_options(text: str, start: int) -> str:
    """The command line without the options that name repositories, from a place on."""
    return text[:start] + _OPTION.sub("", text[start:])


def _holds(mount: Mapping[str, Any], former: Iterable[str]) -> bool:
    """Whether a mount is where the models were, or below; one above may hold other things as well."""
    where = posixpath.normpath(str(mount.get("mountPath") or ""))
    return any(f"{where}/".startswith(f"{posixpath.normpath(path)}/") for path in former if path.startswith("/"))


def _steps(
    item: Mapping[str, Any], base: str, before: Mapping[str, Any], after: Mapping[str, Any], index: int
) -> list[Step]:
    found = []
    for field in ("command", "args"):
        path = f"spec.containers[{index}].{field}"
        where, old, new = _differing(at(before, path), at(after, path))
        if old != new:
            found.append(step(item, f"{base}{path}{where}", old, new, _REASON))
    places = [f"spec.containers[{index}].{field}" for field in ("env", "volumeMounts")]
    places += ["spec.volumes", "spec.initContainers", "spec.securityContext", "metadata.annotations", "metadata.labels"]
    for path in places:
        old, new = at(before, path), at(after, path)
        if old != new:
            found.append(step(item, f"{base}{path}", old, new, _REASON))
    return found


def _differing(old: Any, new: Any) -> tuple[str, Any, Any]:
    """The words that go and those that come; with the index where one word takes the place of another, of a script its own words."""
    if not old or old == new:
        return "", old or None, new or None
    first, second = [str(word) for word in old], [str(word) for word in new]
    found = [one for one in SequenceMatcher(None, first, second, False).get_opcodes() if one[0] != "equal"]
    gone = [word for _kind, start, end, _start, _end in found for word in first[start:end]]
    come = [word for _kind, _start, _end, start, end in found for word in second[start:end]]
    if len(gone) == len(come) == len(found) == 1:
        inside = re.search(r"\s", gone[0]) is not None
        where = f"[{found[0][1]}]"
        return (where, *_differing(gone[0].split(), come[0].split())[1:]) if inside else (where, gone[0], come[0])
    return "", gone or None, come or None


def _with_identity(objects: list[dict[str, Any]], values: Mapping[str, Any], steps: list[Step]) -> list[dict[str, Any]]:
    """Annotations of service accounts with which a cloud knows the pods; the accounts have to be the chart's own."""
    wanted = (values.get("serviceAccount") or {}).get("annotations")
    if not wanted:
        return objects
    accounts = set()
    for item in objects:
        found = template(item)
        spec = found[0]["spec"] if found is not None else {}
        if server(spec.get("containers")) is not None:
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
