# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images from mirrors, for clusters that reach no registry of the internet.

The rule is that of OpenShift's ImageDigestMirrorSet and of ``registries.conf``: a source is a registry or the beginning of a repository's
path, and the longest one that fits is replaced. Names are completed as container runtimes do it: without a registry they are of docker.io,
and there of ``library`` without a path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_DOCKER = "docker.io"
# Lists of containers among the values of the bundled chart.
_CONTAINERS = ("initContainers",)


def mirrored(reference: str, mirrors: Mapping[str, str]) -> str:
    """The same image at the mirror, or the reference as it is where no source fits.

    :param reference: an image, with or without tag or digest.
    :param mirrors: from sources such as ``nvcr.io`` or ``docker.io/rclone`` to what replaces them.
    """
    full = _completed(reference)
    fitting = [
        source for source in mirrors if full == source or full.startswith((f"{source}/", f"{source}:", f"{source}@"))
    ]
    source = max(fitting, key=len, default=None)
    return reference if source is None else mirrors[source].rstrip("/") + full[len(source) :]


def _completed(reference: str) -> str:
    first, slash, _rest = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return reference
    return f"{_DOCKER}/{reference}" if slash else f"{_DOCKER}/library/{reference}"


def mirrored_values(
    values: Mapping[str, Any], mirrors: Mapping[str, str] | None, default_values: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Values of the bundled chart with the images of all containers that they name at the mirrors: ``image.repository``, and ``image`` of containers.

    :param values: those that are given.
    :param mirrors: as for :func:`mirrored`; None for none.
    :param default_values: the chart's own, for what the values leave out.
    """
    if not mirrors:
        return dict(values)
    found = dict(values)
    for name in _CONTAINERS:
        if isinstance(values.get(name), list):
            found[name] = mirrored_containers(values[name], mirrors)
    image = values.get("image", {})
    default = (default_values or {}).get("image")
    repository = (
        {**(default if isinstance(default, Mapping) else {}), **image}.get("repository")
        if isinstance(image, Mapping)
        else None
    )
    if isinstance(repository, str) and mirrored(repository, mirrors) != repository:
        found["image"] = {**image, "repository": mirrored(repository, mirrors)}
    return found


def mirrored_repositories(
    repositories: Sequence[Mapping[str, Any]], mirrors: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """Model repositories with the images of all that they bring at the mirrors.

    :param repositories: with the defaults of all options.
    :param mirrors: as for :func:`mirrored`; None for none.
    """

    def found(kind: str, options: Any) -> Any:
        # A probe may have its image from nobody; its plan has one.
        if kind == "probe":
            return options
        return _with_image(options, mirrors or {}, "reference" if kind == "image" else "image")

    return [{kind: found(kind, options) for kind, options in repository.items()} for repository in repositories]


def mirrored_containers(
    containers: Iterable[Mapping[str, Any]], mirrors: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """Whatever has an ``image``, with that at the mirrors."""
    return [_with_image(container, mirrors or {}) for container in containers]


def _with_image(container: Any, mirrors: Mapping[str, str], field: str = "image") -> Any:
    image = container.get(field) if isinstance(container, Mapping) else None
    return {**container, field: mirrored(image, mirrors)} if isinstance(image, str) and image else container
