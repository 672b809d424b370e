# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Deployment of some objects runs Triton, and which Service leads to its HTTP port."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

HTTP = 8000
_PORT = re.compile(r"--http-port(?:=|\s+)(\d+)")
_PROGRAM = re.compile(r"(?:^|[\s/;&|])tritonserver(?:\s|$)|--model-(?:repository|store)\b")
_IMAGE = re.compile(r"(?:^|/)[^/:@]*triton[^/:@]*(?::|@|$)")

Object = Mapping[str, Any]


def serves(container: Object) -> bool:
    """Whether a container runs tritonserver, by its command line or, where it has no command, by its image."""
    if _PROGRAM.search(_line(container)):
        return True
    return not container.get("command") and bool(_IMAGE.search(str(container.get("image") or "")))


def found(objects: Iterable[Object], namespace: str) -> dict[str, Any] | None:
    """The names with which a server is reached: ``workload`` (a Deployment), ``service`` and ``port`` of that, a name or a number as text.

    None where no Deployment runs Triton, or no Service leads to it.

    :param namespace: of objects that name none; those of others do not count.
    """
    items = [item for item in objects if (_metadata(item).get("namespace") or namespace) == namespace]
    for item in items:
        if item.get("kind") != "Deployment":
            continue
        template = (item.get("spec") or {}).get("template") or {}
        for container in (template.get("spec") or {}).get("containers") or ():
            if serves(container):
                labels = (template.get("metadata") or {}).get("labels") or {}
                for service, port in _leading(items, labels, container):
                    return {"workload": str(_metadata(item).get("name")), "service": service, "port": port}
    return None


def _metadata(item: Object) -> Object:
    found_ = item.get("metadata")
    return found_ if isinstance(found_, Mapping) else {}


def _line(container: Object) -> str:
    return " ".join(map(str, [*(container.get("command") or ()), *(container.get("args") or ())]))


def _leading(items: Iterable[Object], labels: Object, container: Object) -> Iterator[tuple[str, str]]:
    """Services of pods with these labels, with the port that leads to Triton's HTTP."""
    said = _PORT.search(_line(container))
    number = int(said[1]) if said else HTTP
    names = {port.get("name") for port in container.get("ports") or () if port.get("containerPort") == number}
    for item in items:
        spec = item.get("spec") or {}
        selector = spec.get("selector")
        if item.get("kind") != "Service" or not selector or not selector.items() <= labels.items():
            continue
        for port in spec.get("ports") or ():
            target = port.get("targetPort", port.get("port"))
            if target == number or (target in names and target is not None):
                yield str(_metadata(item).get("name")), str(port.get("name") or port.get("port"))
