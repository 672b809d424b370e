# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The oracle (tests/cluster/oracle): build it, and talk to one that serves.

Two builds: "plain" is as fast as the code is; "covered" notes which statements of the admission code were run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "tools"), str(ROOT / "tests" / "cluster")]

import provide
from common import ToolError, digest, entry, run, say
from localcluster.build import BUILD_ENV

SOURCES = ROOT / "tests" / "cluster" / "oracle"
MODULE = SOURCES.parent
ADMISSION = "github.com/openshift/apiserver-library-go/pkg/securitycontextconstraints"
Build = Literal["plain", "covered"]
# The main package is covered too: without it the program would not write what it noted.
FLAGS: dict[Build, tuple[str, ...]] = {
    "plain": (),
    "covered": ("-cover", f"-coverpkg={ADMISSION}/...,inferops.local/cluster/oracle"),
}


def go(*arguments: str | Path) -> str:
    """Run the go command in the module of the cluster, with the settings of its builds."""
    return run([provide.go(), *arguments], env=BUILD_ENV, cwd=MODULE).stdout


def program(build: Build) -> Path:
    """The oracle's program out of the cache, built from the sources as they are now."""
    files = [path for path in sorted(SOURCES.glob("*.go")) if not path.name.endswith("_test.go")]
    contents = [
        part for path in [*files, MODULE / "go.mod", MODULE / "go.sum"] for part in (path.name, path.read_bytes())
    ]

    def make(path: Path) -> None:
        say(f"building the oracle ({build}; the first time takes minutes)")
        go("build", *FLAGS[build], "-ldflags", "-s -w", "-o", path / "oracle", "./oracle")

    return entry("programs", f"oracle-{build}-{digest(*FLAGS[build], *contents)}", make) / "oracle"


class Oracle:
    """An oracle that serves: orders go in and replies come out, one JSON line each."""

    def __init__(self, binary: Path, coverage: Path | None = None) -> None:
        env = {**os.environ, "GOCOVERDIR": str(coverage)} if coverage else None
        self._process = subprocess.Popen(
            [binary, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def order(self, **fields: Any) -> dict[str, Any]:
        """Send one order and return its reply; raises ToolError where it could not be carried out."""
        self.send(**fields)
        return self.receive()

    def send(self, **fields: Any) -> None:
        """Send one order; the caller does something else before it calls receive."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(fields) + "\n")
        self._process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ToolError("the oracle ended; its message stands above.")
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise ToolError(f"the oracle: {reply['error']}")
        return reply

    def ask(self, case: dict[str, Any]) -> dict[str, Any]:
        """The answer to one case, by the SCCs that were last set."""
        answer: dict[str, Any] = self.order(case=case)["answer"]
        return answer

    def close(self) -> None:
        """End it, so that it writes its coverage."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def main() -> int:
    build: Build = "covered" if sys.argv[1:] == ["covered"] else "plain"
    try:
        print(program(build))
    except ToolError as error:
        print(f"oracle: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
