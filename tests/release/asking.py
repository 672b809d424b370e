# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that never stops to ask: one inference after the other, each counted by its answer."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kubernetes import config
from urllib3.exceptions import HTTPError

INPUT = [1.5, 2.5]


@dataclass
class Answers:
    """The answers so far, each with how often it came; ``failures`` are those that were none."""

    counts: Counter[tuple[float, ...]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, status: int, body: bytes) -> None:
        """Count one answer."""
        with self.changed:
            try:
                assert status == 200
                self.counts[tuple(json.loads(body)["outputs"][0]["data"])] += 1
            except (AssertionError, ValueError, LookupError):
                self.failures.append(f"{status} {body[:300]!r}")
            self.changed.notify_all()

    def total(self) -> int:
        """How many there were, failures among them."""
        return sum(self.counts.values()) + len(self.failures)

    def await_more(self, number: int, timeout: float = 60) -> None:
        """Wait until so many more have come."""
        with self.changed:
            goal = self.total() + number
            assert self.changed.wait_for(lambda: self.total() >= goal, timeout), "the client gets no answers"


@contextmanager
def asking(kubeconfig: Path, namespace: str, model: str) -> Iterator[Answers]:
    """Ask the model behind Service triton through the API server, as the user of a kubeconfig, until the end of the with statement."""
    api = config.new_client_from_config(str(kubeconfig))
    pool = api.rest_client.pool_manager
    path = f"/api/v1/namespaces/{namespace}/services/http:triton:http/proxy/v2/models/{model}/infer"
    request = {"inputs": [{"name": "INPUT", "datatype": "FP32", "shape": [len(INPUT)], "data": INPUT}]}
    answers, over = Answers(), threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                # No second attempt: a failure is to be seen.
                answer = pool.request(
                    "POST",
                    api.configuration.host + path,
                    body=json.dumps(request).encode(),
                    headers={"Content-Type": "application/json"},
                    retries=False,
                    timeout=30,
                )
                answers.note(answer.status, answer.data)
            except (HTTPError, OSError) as error:
                answers.note(0, repr(error).encode())
            over.wait(0.05)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join(60)
        api.close()
