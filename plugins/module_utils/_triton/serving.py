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
        template = _mapping(_mapping(item.get("spec")).get("template"))
        for container in _mappings(_mapping(template.get("spec")).get("containers")):
            if serves(container):
                labels = _mapping(_metadata(template).get("labels"))
                for service, port in _leading(items, labels, container):
                    return {"workload": str(_metadata(item).get("name")), "service": service, "port": port}
    return None


def _mapping(value: Any) -> Object:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Object]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _metadata(item: Object) -> Object:
    return _mapping(item.get("metadata"))


def _line(container: Object) -> str:
    words = [container.get(field) for field in ("command", "args")]
    return " ".join(str(word) for listed in words if isinstance(listed, list) for word in listed)


def _leading(items: Iterable[Object], labels: Object, container: Object) -> Iterator[tuple[str, str]]:
    """Services of pods with these labels, with the port that leads to Triton's HTTP."""
    said = _PORT.search(_line(container))
    number = int(said[1]) if said else HTTP
    names = {port.get("name") for port in _mappings(container.get("ports")) if port.get("containerPort") == number}
    for item in items:
        spec = _mapping(item.get("spec"))
        selector = _mapping(spec.get("selector"))
        if (
            item.get("kind") != "Service"
            or not selector
            or any(key not in labels or labels[key] != text for key, text in selector.items())
        ):
            continue
        for port in _mappings(spec.get("ports")):
            target = port.get("targetPort") or port.get("port")
            if target == number or (target in names and target is not None):
                yield str(_metadata(item).get("name")), str(port.get("name") or port.get("port"))
