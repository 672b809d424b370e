# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts are those of Helm 3.21 and Helm 4.3."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._release import helm_failure
from ansible_collections.inferops.triton.plugins.module_utils._release.helm_failure import unfetched, unrendered

SCHEMA = (
    "Error: values don't meet the specifications of the schema(s) in the following chart(s):\ntriton:\n"
    "- at '/replicas': got string, want integer\n- at '/image/repository': got number, want string\n"
    "- at '': additional properties 'nosuch' not allowed\n\n"
)
HINT = "\n\nUse --debug flag to render out invalid YAML\n"


def test_report_of_earlier_releases() -> None:
    report = "specifications of the schema(s) in the following chart(s):\ntriton:\n- replicas: Invalid type. Expected: integer.\n"
    assert "these values: replicas: Invalid type. Expected: integer. Correct" in unrendered(report, "chart")


def test_schema_names_every_value() -> None:
    assert unrendered(SCHEMA, "chart") == (
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
    sentence = unrendered(stderr, chart)
    assert sentence.startswith(f"{chart} is no chart that helm can read: ")
    assert sentence.endswith(f"{reason}. Correct the path or name of the chart. Nothing was written.")


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
    assert unrendered(stderr, "./a") == f"Helm cannot render chart ./a: {reason}. Nothing was written."


FOREIGN = (
    'Error: unable to continue with install: Service "triton" in namespace "ns" exists and cannot be imported into the current release: '
    "invalid ownership metadata; "
)


@pytest.mark.parametrize(
    "reason, whose",
    [
        (
            'annotation validation error: key "meta.helm.sh/release-name" must equal "triton": current value is "other"',
            'belongs to release "other"',
        ),
        (
            'label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: ...',
            "is managed by no release",
        ),
    ],
)
def test_objects_of_somebody_else(reason: str, whose: str) -> None:
    assert unrendered(FOREIGN + reason, "./a") == (
        f"Service triton in namespace ns is there already and {whose}; choose another release name, or delete it. Nothing was written."
    )


@pytest.mark.parametrize("number, words", [(2, "No such file or directory"), (13, "Permission denied")])
def test_helm_that_cannot_be_run(number: int, words: str) -> None:
    sentence = helm_failure.not_runnable("/opt/helm", number)
    assert sentence.startswith(f"/opt/helm cannot be run ({words}); ")
    assert "triton_helm_binary" in sentence


def test_no_helm() -> None:
    sentence = helm_failure.missing()
    assert sentence.startswith("There is no helm where this task runs; ")
    assert "triton_helm_binary" in sentence


def test_old_helm() -> None:
    assert helm_failure.too_old("/opt/helm", "3.12", "3.13") == (
        "/opt/helm is helm 3.12, but 3.13 or later is needed; give the path of a newer one as triton_helm_binary. Nothing was written."
    )


@pytest.mark.parametrize("binary, subject", [("/bin/true", "/bin/true"), ("", "The helm on PATH")])
def test_something_else_called_helm(binary: str, subject: str) -> None:
    sentence = helm_failure.no_helm(binary)
    assert sentence.startswith(f"{subject} does not tell its version, so it is no helm; ")
    assert "triton_helm_binary" in sentence


@pytest.mark.parametrize("stderr", ["", "\n"])
def test_no_reason(stderr: str) -> None:
    assert unrendered(stderr, "./a") == "Helm cannot render chart ./a: no reason given. Nothing was written."


def test_what_could_not_be_carried_out() -> None:
    said = "Error: UPGRADE FAILED: timed out waiting for the condition\n"
    assert helm_failure.unwritten(said, "upgrade release triton").startswith(
        "Helm cannot upgrade release triton: UPGRADE FAILED: timed out waiting for the condition. "
    )


@pytest.mark.parametrize(
    ("stderr", "chart", "way_out"),
    [
        (
            "Error: GET ...: basic credential not found",
            "oci://a.example.com:5000/b/c",
            "Log in with helm registry login a.example.com:5000,",
        ),
        (
            "Error: response status code 403: denied",
            "oci://a.example.com/b/c",
            "Log in with helm registry login a.example.com,",
        ),
        (
            "Error: x509: certificate signed by unknown authority",
            "https://a.example.com/c.tgz",
            "Let this machine trust the CA",
        ),
        ("Error: dial tcp: lookup a.example.com: no such host", "oci://a.example.com/b/c", "no such host. Nothing"),
    ],
)
def test_a_chart_that_cannot_be_fetched(stderr: str, chart: str, way_out: str) -> None:
    sentence = unfetched(stderr, chart)
    assert sentence.startswith(f"Helm cannot fetch chart {chart}: {stderr.removeprefix('Error: ')}. ")
    assert way_out in sentence
    assert sentence.endswith("Nothing was written.")
