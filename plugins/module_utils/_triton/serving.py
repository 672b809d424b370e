# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which container of a pod and which Deployment of some objects runs Triton, and which Service leads to its HTTP port."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HTTP = 8000
_PORT = re.compile(r"--http-port(?:=|\s+)(\d+)")
_OPTION = re.compile(r"(?:^|\s)--model-(?:repository|store)(?=[=\s]|$)")
_NAME = "tritonserver"
_SHELLS = ("sh", "bash", "ash", "dash", "ksh", "zsh")
# They run the command behind them; the image's entrypoint does so as well.
_WRAPPERS = (
    *("exec", "env", "nohup", "time", "nice", "numactl", "taskset", "timeout", "mpirun", "tini", "dumb-init"),
    *("nvidia_entrypoint.sh", "entrypoint.sh", "docker-entrypoint.sh"),
)
_BEFORE = (
    r"(?:then|do|else|if|while|until|!|\{"
    rf"|(?:[^\s)=<>]*/)?(?:{'|'.join(map(re.escape, _WRAPPERS))})(?:\s+[-\d]\S*)*"
    r"""|\w+=(?:"[^"]*"|'[^']*'|[^\s"'])*)\s+"""
)
# As the word of a command that is run, neither a path's part nor what another program is told.
_COMMAND = re.compile(rf"\s*(?:{_BEFORE})*(?:[^\s)=<>]*/)?{_NAME}(?=[\s)<>]|$)")
_COMMANDS = re.compile(r"[^;&|(\n`]+")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*", re.MULTILINE)
_IN_FRONT = re.compile(r"[-\d].*|\w+=.*", re.DOTALL)
# The image of that tag has the clients.
_CLIENTS = "-sdk"

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a container's command line names the program: ``end`` is behind it in a shell's script, None where it is a word of its own."""

    field: str
    index: int
    end: int | None = None


def place(container: Object) -> Place | None:
    """Where a container's command line runs tritonserver, None where it does not."""
    words = [
        (field, index, str(word)) for field in ("command", "args") for index, word in enumerate(_list(container, field))
    ]
    # An entrypoint of any name gets the command as its arguments.
    return _place(words) or _place([word for word in words if word[0] == "args"], scripts=False)


def _place(words: list[tuple[str, int, str]], *, scripts: bool = True) -> Place | None:
    rest = list(words)
    while rest and _base(rest[0][2]) in _WRAPPERS:
        del rest[0]
        while rest and _IN_FRONT.fullmatch(rest[0][2]):
            del rest[0]
    if rest and _base(rest[0][2]) == _NAME:
        return Place(*rest[0][:2])
    if not scripts or not rest or _base(rest[0][2]) not in _SHELLS:
        return None
    # The script follows the option that ends with c: sh -c, sh -ec.
    behind = next((number + 1 for number, word in enumerate(rest) if re.fullmatch(r"-\w*c", word[2])), len(rest))
    for field, index, text in rest[behind : behind + 1]:
        # Of the same length, so that places stay true.
        plain = _COMMENT.sub(lambda comment: " " * len(comment[0]), text).replace("\\\n", "  ")
        for command in _COMMANDS.finditer(plain):
            if found := _COMMAND.match(plain, *command.span()):
                return Place(field, index, found.end())
    return None


def server(containers: Any) -> Any:
    """The container of a pod that is Triton, None where none is.

    One whose command line runs the program wins over one that is told of repositories, and that over an image that starts it by itself.
    """
    listed = _mappings(containers)
    for is_it in (place, _told, _by_image):
        for container in listed:
            if is_it(container):
                return container
    return None


def _told(container: Object) -> bool:
    return any(_OPTION.search(str(word)) for field in ("command", "args") for word in _list(container, field))


def _by_image(container: Object) -> bool:
    image = str(container.get("image") or "").rpartition("/")[2]
    return not container.get("command") and image.startswith(_NAME) and not image.endswith(_CLIENTS)


def _base(word: str) -> str:
    return word.rpartition("/")[2]


def _list(container: Object, field: str) -> list[Any]:
    words = container.get(field)
    return words if isinstance(words, list) else []


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
        container = server(_mapping(template.get("spec")).get("containers"))
        if container is not None:
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
    return " ".join(str(word) for field in ("command", "args") for word in _list(container, field))


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
