# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts are those of Helm 3.21 and Helm 4.3 under kubernetes.core's helm_template."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release.helm_failure import explain

SCHEMA = (
    "Error: values don't meet the specifications of the schema(s) in the following chart(s):\ntriton:\n"
    "- at '/replicas': got string, want integer\n- at '/image/repository': got number, want string\n"
    "- at '': additional properties 'nosuch' not allowed\n\n"
)
HINT = "\n\nUse --debug flag to render out invalid YAML\n"


def helm(stderr: str) -> dict[str, Any]:
    """The result of a task whose helm failed."""
    message = f"Failure when executing Helm command. Exited 1.\nstdout: \nstderr: {stderr}"
    return {"failed": True, "msg": message, "stderr": stderr, "stdout": "", "command": "helm template t ./chart"}


def test_report_of_earlier_releases() -> None:
    report = "specifications of the schema(s) in the following chart(s):\ntriton:\n- replicas: Invalid type. Expected: integer.\n"
    assert "these values: replicas: Invalid type. Expected: integer. Correct" in explain(helm(report), "chart")


def test_schema_names_every_value() -> None:
    assert explain(helm(SCHEMA), "chart") == (
        "The chart's schema refuses these values: at '/replicas': got string, want integer; at '/image/repository': got number, "
        "want string; at '': additional properties 'nosuch' not allowed. Correct triton_values. Nothing was written."
    )


@pytest.mark.parametrize(
    "chart, stderr, reason",
    [
        ("./empty", "Error: Chart.yaml file is missing\n", "Chart.yaml file is missing"),
        (
            "./empty",
            "Error: unable to detect chart at ./empty/Chart.yaml: open ./empty/Chart.yaml: no such file or directory\n",
            "open ./empty/Chart.yaml: no such file or directory",
        ),
        ("./missing", 'Error: path "./missing" not found\n', 'path "./missing" not found'),
        (
            "missing",
            "Error: non-absolute URLs should be in form of repo_name/path_to_chart, got: missing\n",
            "got: missing",
        ),
        ("repo/missing", "Error: repo repo not found\n", "repo repo not found"),
        (
            "./bad",
            "Error: cannot load Chart.yaml: error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'\n",
            "did not find expected ',' or ']'",
        ),
    ],
)
def test_what_is_no_chart(chart: str, stderr: str, reason: str) -> None:
    sentence = explain(helm(stderr), chart)
    assert sentence.startswith(f"{chart} is no chart that helm can read: ")
    assert sentence.endswith(f"{reason}. Correct release_chart. Nothing was written.")


@pytest.mark.parametrize(
    "stderr, reason",
    [
        (
            'Error: template: a/templates/a.yaml:1:13: executing "a/templates/a.yaml" at <.Values.x.y>: nil pointer'
            + HINT,
            'template: a/templates/a.yaml:1:13: executing "a/templates/a.yaml" at <.Values.x.y>: nil pointer',
        ),
        # Helm 4 breaks the line.
        (
            'Error: a/templates/a.yaml:1:13\n  executing "a/templates/a.yaml" at <.Values.x.y>:\n    nil pointer'
            + HINT,
            'a/templates/a.yaml:1:13 executing "a/templates/a.yaml" at <.Values.x.y>: nil pointer',
        ),
        (
            "Error: execution error at (a/templates/a.yaml:1:3): give modelRepositories" + HINT,
            "execution error at (a/templates/a.yaml:1:3): give modelRepositories",
        ),
        (
            "Error: You may need to run 'helm dependency build': found in Chart.yaml, but missing in charts/ directory: traefik\n",
            "You may need to run 'helm dependency build': found in Chart.yaml, but missing in charts/ directory: traefik",
        ),
        (
            'WARNING: something else\nError: Get "https://127.0.0.1:1/x.tgz": dial tcp 127.0.0.1:1: connect: connection refused\n',
            'Get "https://127.0.0.1:1/x.tgz": dial tcp 127.0.0.1:1: connect: connection refused',
        ),
        ("Error: one line.\n", "one line"),
        ("first\nkilled.\n", "killed"),
    ],
)
def test_reason_in_helms_words(stderr: str, reason: str) -> None:
    assert explain(helm(stderr), "./a") == f"Helm cannot render chart ./a: {reason}. Nothing was written."


@pytest.mark.parametrize("errno, words", [(2, "No such file or directory"), (13, "Permission denied")])
@pytest.mark.parametrize("message", ["Error executing command.", "[Errno 2] No such file or directory: b'/opt/helm'"])
def test_helm_that_cannot_be_run(errno: int, words: str, message: str) -> None:
    result = {"msg": message, "rc": errno, "cmd": "/opt/helm template t ./a", "stdout": "", "stderr": ""}
    sentence = explain(result, "./a")
    assert sentence.startswith(f"/opt/helm cannot be run ({words}); ")
    assert "triton_helm_binary" in sentence


def test_no_helm() -> None:
    message = 'Failed to find required executable "helm" in paths: /usr/local/bin:/usr/bin'
    sentence = explain({"msg": message}, "./a")
    assert sentence.startswith("There is no helm where this task runs; ")
    assert "triton_helm_binary" in sentence


def test_old_helm() -> None:
    sentence = explain({"msg": "Helm version must be >= 3.0.0, current version is 2.17.0"}, "./a")
    assert sentence == (
        "Helm version must be >= 3.0.0, current version is 2.17.0; give the path of a newer one as triton_helm_binary. "
        "Nothing was written."
    )


@pytest.mark.parametrize("binary, subject", [("/bin/true", "/bin/true"), ("", "The helm on PATH")])
def test_something_else_called_helm(binary: str, subject: str) -> None:
    sentence = explain({"msg": "Unable to determine Helm version"}, "./a", binary)
    assert sentence.startswith(f"{subject} does not tell its version, so it is no helm; ")
    assert "triton_helm_binary" in sentence


@pytest.mark.parametrize("result", [{}, {"msg": None}, {"msg": "", "stderr": "\n"}])
def test_no_reason(result: dict[str, Any]) -> None:
    assert explain(result, "./a") == "Helm cannot render chart ./a: no reason given. Nothing was written."
