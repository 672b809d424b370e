# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster of the user's own: how it is reached, and the question that comes before anything is done there."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from common import ToolError, run
from provide import kubectl


@dataclass(frozen=True)
class Target:
    """A cluster as one user: how kubectl, helm and the playbooks reach it."""

    namespace: str
    kubeconfig: Path | None
    context: str | None

    def kubectl(self, *words: str | Path) -> str:
        options = [f"--kubeconfig={self.kubeconfig}"] if self.kubeconfig else []
        options += [f"--context={self.context}"] if self.context else []
        return run([kubectl(), *options, *words]).stdout

    @property
    def variables(self) -> dict[str, str]:
        """The same credentials as variables of the collection's playbooks."""
        given = {"triton_kubeconfig": self.kubeconfig and str(self.kubeconfig), "triton_context": self.context}
        return {name: value for name, value in given.items() if value}

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return self._setting("clusters[0].cluster.server")

    @property
    def own_namespace(self) -> str:
        """The namespace that the context names, "" for none."""
        return self._setting("contexts[0].context.namespace")

    def _setting(self, path: str) -> str:
        return self.kubectl("config", "view", "--minify", "-o", f"jsonpath={{.{path}}}")


def user_name(target: Target) -> str:
    """The user as the API server sees him."""
    name: str = json.loads(target.kubectl("auth", "whoami", "-o", "json"))["status"]["userInfo"]["username"]
    return name


def keep_kubeconfig() -> None:
    """Make the paths in KUBECONFIG absolute: modules run in another directory, where relative ones lead nowhere."""
    if os.environ.get("KUBECONFIG"):
        paths = os.environ["KUBECONFIG"].split(os.pathsep)
        os.environ["KUBECONFIG"] = os.pathsep.join(str(Path(path).resolve()) for path in paths if path)


def agree(target: Target, question: str, remark: str = "") -> None:
    """Show where it goes and ask, unless YES=1 answers; raises ToolError where the answer is no.

    :param remark: to the namespace.
    """
    where = f"{target.namespace}{f' ({remark})' if remark else ''}"
    print(f"API server  {target.server}\nuser        {user_name(target)}\nnamespace   {where}", flush=True)
    if os.environ.get("YES") != "1" and not _answered(question):
        raise ToolError("nothing was done.")


def _answered(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
