# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of all containers at mirrors of their registries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from .._mirrors import mirrored
from .step import Step
from .templates import containers, pods, step


def at_mirrors(
    objects: Iterable[Mapping[str, Any]], mirrors: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[Step]]:
    """The objects with their images at the mirrors.

    :param mirrors: from registries, or the beginnings of repositories' paths, to what replaces them.
    """
    result, steps = [], []
    for given in objects:
        item = deepcopy(dict(given)) if mirrors else dict(given)
        found = [one for pod in pods(item) for one in containers(*pod)] if mirrors else []
        for container, path in found:
            image = container.get("image")
            if isinstance(image, str) and image and mirrored(image, mirrors) != image:
                container["image"] = mirrored(image, mirrors)
                steps.append(step(item, f"{path}.image", image, container["image"], "its registry has a mirror"))
        result.append(item)
    return result, steps
