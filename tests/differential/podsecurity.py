# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's Pod Security Admission against Kubernetes' own: verdict, messages, warnings, policy of the labels."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]

from podsecurity_oracle import Answer, Question, ask, report
from podsecurity_pods import Generator

from plugins.module_utils._podsecurity.evaluate import PodSecurityVerdict, evaluate, evaluate_template
from plugins.module_utils._podsecurity.policy import LevelVersion, Policy

POLICIES_PER_POD = 4


def questions(cases: int, seed: int) -> Iterator[Question]:
    """Random pods, each with a few namespaces and clusters; every tenth is the template of a workload."""
    generator = Generator(seed)
    pod: Mapping[str, Any] = {}
    for index in range(cases):
        if index % POLICIES_PER_POD == 0:
            pod = generator.pod()
        yield {
            "op": "review",
            "pod": pod,
            "labels": generator.labels(),
            "default": generator.default(),
            "minor": generator.one((0, 0, 30, 31, 32, 33, 34, 35, 36, 24)),
            "template": generator.chance(0.1),
        }


def _level(default: Mapping[str, str], mode: str) -> LevelVersion:
    version = default[f"{mode}version"]
    return LevelVersion(default[mode], None if version == "latest" else int(version.removeprefix("v1.")))


def _answer(verdict: PodSecurityVerdict) -> Answer:
    policy = verdict.policy
    return {
        "allowed": verdict.allowed,
        "message": verdict.message,
        "warning": verdict.warning,
        "audit": verdict.audit,
        "policy": f"{policy.enforce} {policy.audit} {policy.warn}",
        "labels": "".join(f"{error}\n" for error in verdict.label_errors),
    }


def ours(question: Question) -> Answer:
    """What the collection answers, in the oracle's form."""
    default = question["default"]
    judge = evaluate_template if question["template"] else evaluate
    verdict = judge(
        question["pod"],
        question["labels"],
        cluster_default=Policy(*(_level(default, mode) for mode in ("enforce", "audit", "warn"))),
        cluster_version=(1, question["minor"]) if question["minor"] else None,
    )
    return _answer(verdict)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    answered = ask(questions(options.cases, options.seed))
    return report("podsecurity", options.cases, ((question, answer, ours(question)) for question, answer in answered))


if __name__ == "__main__":
    sys.exit(main())
