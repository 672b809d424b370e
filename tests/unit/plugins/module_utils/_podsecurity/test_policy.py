# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of a namespace to its policy. Cases and results are those of k8s.io/pod-security-admission v0.35, api/helpers_test.go."""

from __future__ import annotations

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._podsecurity.policy import (
    BASELINE,
    PREFIX,
    PRIVILEGED,
    RESTRICTED,
    LevelVersion,
    Policy,
    policy_of,
)

FREE = LevelVersion(PRIVILEGED)
LEVEL_ERROR = "must be one of privileged, baseline, restricted"
VERSION_ERROR = 'must be "latest" or "v1.x"'


def labels(**values: str) -> dict[str, str]:
    named = {PREFIX + name.replace("_", "-"): value for name, value in values.items()}
    return {"other-label": "foo-bar", **named}


@pytest.mark.parametrize(
    ("given", "enforce", "warn", "audit"),
    [
        ({}, FREE, FREE, FREE),
        ({"enforce": "baseline"}, LevelVersion(BASELINE), LevelVersion(BASELINE), FREE),
        ({"warn": "restricted"}, FREE, LevelVersion(RESTRICTED), FREE),
        ({"audit": "baseline"}, FREE, FREE, LevelVersion(BASELINE)),
        ({"enforce": "baseline", "warn": "restricted"}, LevelVersion(BASELINE), LevelVersion(RESTRICTED), FREE),
        (
            {"enforce": "baseline", "enforce_version": "v1.22"},
            LevelVersion(BASELINE, 22),
            LevelVersion(BASELINE, 22),
            FREE,
        ),
        (
            {"enforce": "baseline", "enforce_version": "v1.22", "warn_version": "latest"},
            LevelVersion(BASELINE, 22),
            LevelVersion(BASELINE),
            FREE,
        ),
        ({"enforce": "baseline", "warn_version": "v1.23"}, LevelVersion(BASELINE), LevelVersion(BASELINE, 23), FREE),
        (
            {
                "enforce": "baseline",
                "enforce_version": "v1.20",
                "warn": "restricted",
                "warn_version": "v1.21",
                "audit": "restricted",
                "audit_version": "v1.22",
            },
            LevelVersion(BASELINE, 20),
            LevelVersion(RESTRICTED, 21),
            LevelVersion(RESTRICTED, 22),
        ),
        # Who says that nobody is to be warned warns nobody.
        ({"enforce": "baseline", "warn": "privileged"}, LevelVersion(BASELINE), FREE, FREE),
        ({"enforce_version": "v1.25"}, LevelVersion(PRIVILEGED, 25), FREE, FREE),
    ],
)
def test_the_policy_of_labels(
    given: dict[str, str], enforce: LevelVersion, warn: LevelVersion, audit: LevelVersion
) -> None:
    assert policy_of(labels(**given)) == (Policy(enforce, audit, warn), ())


@pytest.mark.parametrize(
    ("name", "value", "policy", "words"),
    [
        ("enforce", "foo", Policy(LevelVersion(RESTRICTED), FREE, FREE), LEVEL_ERROR),
        ("enforce", "Baseline", Policy(LevelVersion(RESTRICTED), FREE, FREE), LEVEL_ERROR),
        ("enforce", "", Policy(LevelVersion(RESTRICTED), FREE, FREE), LEVEL_ERROR),
        # For warnings and audit a wrong level is none.
        ("warn", "foo", Policy(FREE, FREE, FREE), LEVEL_ERROR),
        ("audit", "foo", Policy(FREE, FREE, FREE), LEVEL_ERROR),
        ("enforce-version", "v2.0", Policy(FREE, FREE, FREE), VERSION_ERROR),
        ("warn-version", "1.1", Policy(FREE, FREE, FREE), VERSION_ERROR),
        ("audit-version", "v1", Policy(FREE, FREE, FREE), VERSION_ERROR),
    ],
)
def test_a_label_that_is_wrong(name: str, value: str, policy: Policy, words: str) -> None:
    assert policy_of({PREFIX + name: value}) == (
        policy,
        (f'metadata.labels[{PREFIX}{name}]: Invalid value: "{value}": {words}',),
    )


def test_errors_come_in_kubernetes_order() -> None:
    names = ("enforce", "enforce-version", "audit", "audit-version", "warn", "warn-version")
    _policy, errors = policy_of({PREFIX + name: "x" for name in reversed(names)})
    assert [error.partition(PREFIX)[2].partition("]")[0] for error in errors] == list(names)


def test_a_wrong_level_that_is_enforced_warns_nobody() -> None:
    policy, errors = policy_of(labels(enforce="foo", enforce_version="v1.22"))
    assert (str(policy.enforce), str(policy.warn), len(errors)) == ("restricted:v1.22", "privileged:latest", 1)


@pytest.mark.parametrize(
    ("text", "minor"),
    [("latest", None), ("v1.0", 0), ("v1.1", 1), ("v1.20", 20), ("v1.10000", 10000), (f"v1.{2**63 - 1}", 2**63 - 1)],
)
def test_versions(text: str, minor: int | None) -> None:
    policy, errors = policy_of(labels(enforce="baseline", enforce_version=text))
    assert (policy.enforce, errors) == (LevelVersion(BASELINE, minor), ())
    assert str(policy.enforce) == f"baseline:{text}"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "foo",
            "",
            "v2.0",
            "v1",
            "1.1",
            "v1.",
            "v1.01",
            "v1.-1",
            "v1.+1",
            "v1.1.1",
            " v1.1",
            "v1.1\n",
            "Latest",
            "v1.١",
        ),
        f"v1.{2**63}",
        "v1." + "9" * 5000,
    ],
)
def test_what_is_no_version_means_the_latest(text: str) -> None:
    policy, errors = policy_of(labels(enforce="baseline", enforce_version=text))
    assert policy.enforce == LevelVersion(BASELINE)
    assert len(errors) == 1 and errors[0].endswith(VERSION_ERROR)


def test_the_clusters_own_defaults() -> None:
    default = Policy(LevelVersion(BASELINE, 30), LevelVersion(RESTRICTED), LevelVersion(RESTRICTED, 31))
    assert policy_of({}, default) == (default, ())
    # A level alone keeps the default's version, and a milder one than the default's warns as before.
    policy, _errors = policy_of(labels(enforce="privileged", audit_version="v1.28"), default)
    assert policy == Policy(LevelVersion(PRIVILEGED, 30), LevelVersion(RESTRICTED, 28), LevelVersion(RESTRICTED, 31))


def test_warnings_follow_what_is_enforced_only_upwards() -> None:
    default = Policy(FREE, FREE, LevelVersion(BASELINE, 31))
    policy, _errors = policy_of(labels(enforce="restricted", enforce_version="v1.30"), default)
    assert policy.warn == LevelVersion(RESTRICTED, 30)
    policy, _errors = policy_of(labels(enforce="baseline", enforce_version="v1.30"), default)
    assert policy.warn == LevelVersion(BASELINE, 31)
