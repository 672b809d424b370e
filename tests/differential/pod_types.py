# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write plugins/module_utils/_scc/pod_types.py from Kubernetes' own types. With --check only say whether it is up to date."""

from __future__ import annotations

import argparse
import sys
import textwrap
from typing import Any

from oracle import ROOT, Oracle, ToolError, program

FILE = ROOT / "plugins" / "module_utils" / "_scc" / "pod_types.py"
HEAD = '''# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of all fields of a pod (v1, Kubernetes 1.35), made by `make pod-types` from Kubernetes' own; not to be edited.

A line is an object: its number, then each field with its type. The types: s text, i number, b truth value, q quantity, t time,
x number or text, r anything, oN object N, l list and m map of what follows; an asterisk where an absent field is not a zero.
"""

from __future__ import annotations

TYPES = """
'''
LETTERS = {
    "string": "s",
    "int32": "i",
    "int64": "i",
    "bool": "b",
    "quantity": "q",
    "time": "t",
    "microtime": "t",
    "intstr": "x",
    "raw": "r",
}


# A pointer in v1, but a plain number in the form in which admission compares pods.
PLAIN = {("serviceAccountToken", "expirationSeconds")}


class Table:
    """Objects by number; equal ones have one."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def type_of(self, shape: dict[str, Any], place: tuple[str, str] = ("", "")) -> str:
        """A shape of the oracle in letters; ``place``: the last two names of the path to it."""
        star = "*" if shape.get("pointer") and place not in PLAIN else ""
        if shape["kind"] == "object":
            fields = shape.get("fields") or {}
            line = " ".join(f"{name}={self.type_of(field, (place[1], name))}" for name, field in sorted(fields.items()))
            return f"{star}o{self._numbers.setdefault(line, len(self._numbers))}"
        if shape["kind"] in ("list", "map"):
            return star + shape["kind"][0] + self.type_of(shape["item"], place)
        return star + LETTERS[shape["kind"]]

    def lines(self) -> list[str]:
        """One line an object."""
        return [f"{number} {line}".rstrip() for line, number in self._numbers.items()]


def text() -> str:
    """The whole file."""
    with Oracle(program("plain")) as oracle:
        shape = oracle.order(shape=True)["shape"]
    table = Table()
    root = table.type_of(shape)
    wrapped = [
        piece
        for line in table.lines()
        for piece in textwrap.wrap(line, 118, subsequent_indent="  ", break_long_words=False)
    ]
    return HEAD + "\n".join(wrapped) + f'\n"""\nPOD = "{root}"\n'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    try:
        wanted = text()
    except ToolError as error:
        print(f"pod-types: {error}", file=sys.stderr)
        return 1
    if parser.parse_args().check:
        if FILE.read_text() == wanted:
            return 0
        print(f"{FILE.relative_to(ROOT)} is out of date; run make pod-types.", file=sys.stderr)
        return 1
    FILE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
