# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container of the probing pod makes of rclone's answers, with a double of rclone and the shell of this machine."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._storage.probe_script import SCRIPT

SOURCE = "s3://https://minio.example.com:9000/models/prod"
FILE = '[\n{"Path":"double/config.pbtxt","Name":"config.pbtxt","Size":1,"IsDir":false}'
# As rclone 1.76 writes them.
SIGNATURE = (
    "2026/01/01 10:00:00 ERROR : error listing: operation error S3: ListObjectsV2, https response error StatusCode: 403, RequestID: , "
    "HostID: , api error SignatureDoesNotMatch: The request signature does not match.\n"
    "2026/01/01 10:00:00 NOTICE: Failed to lsjson with 2 errors: last error was: error in ListJSON: operation error S3: ListObjectsV2, "
    "https response error StatusCode: 403, RequestID: , HostID: , api error SignatureDoesNotMatch: The request signature does not match.\n"
)
REFUSED = (
    '2026/01/01 10:00:00 NOTICE: Failed to lsjson: error in ListJSON: operation error S3: ListObjectsV2, request send failed, Get "https://'
    'minio.example.com:9000/models": dial tcp 10.0.0.1:9000: connect: connection refused\n'
)
UNKNOWN = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
TRUST = (
    '2026/01/01 10:00:00 NOTICE: Failed to lsjson: error in ListJSON: request send failed, Get "https://minio.example.com:9000/models": '
    f'{UNKNOWN} (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority)\n'
)


class Pod:
    """A container: a directory with a double of rclone that answers what it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tools = folder, folder / "tools"
        self.tools.mkdir()
        self.answers("exit 0")
        self._tool("sleep", "exit 0")

    def _tool(self, name: str, text: str) -> None:
        path = self.tools / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def answers(self, text: str) -> None:
        self._tool("rclone", f'echo "$*" >>{shlex.quote(str(self.folder / "calls"))}\n{text}')

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def run(self, **settings: str) -> str:
        """The last words."""
        env = {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "TMPDIR": str(self.folder),
            "SYNC_SOURCE": SOURCE,
            "PROBE_REMOTE": "source:models/prod",
            "PROBE_MESSAGE": str(self.folder / "message"),
            **settings,
        }
        done = subprocess.run(["sh", "-c", SCRIPT], env=env, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, done.stderr
        return (self.folder / "message").read_text()


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    return Pod(tmp_path)


def said(text: str, code: int = 1) -> str:
    return f"printf %s {shlex.quote(text)} >&2; exit {code}"


def test_one_file_ends_the_listing(pod: Pod) -> None:
    """A bucket without end: who listed it to the end would never come back."""
    pod.answers(f"printf %s {shlex.quote(FILE)}\nwhile :; do printf ',\\n{{}}'; done")
    assert pod.run() == f"0 {SOURCE} can be read."


def test_one_file_is_enough(pod: Pod) -> None:
    pod.answers(f"printf '%s\\n]\\n' {shlex.quote(FILE)}")
    assert pod.run() == f"0 {SOURCE} can be read."
    assert len(pod.calls) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("echo '[]'", f"78 {SOURCE} has no files; put the model repository there, or correct the prefix."),
        (
            said(SIGNATURE),
            f"78 The credentials for {SOURCE} are refused (SignatureDoesNotMatch); correct them, or let them list and read the bucket.",
        ),
        (
            said("2026/01/01 10:00:00 ERROR : error listing: directory not found\n", 3),
            f"78 {SOURCE} is not there: the bucket does not exist, or its name, endpoint or access key is wrong.",
        ),
        (
            said(TRUST),
            f"78 The certificate of {SOURCE} is not trusted ({UNKNOWN}); give the CA that signed it as ca.",
        ),
        (said("Killed", 137), "2 rclone ended with code 137 (127: the image has none; 137: memory)."),
    ],
)
def test_what_another_attempt_does_not_cure(pod: Pod, answer: str, words: str) -> None:
    pod.answers(answer)
    assert pod.run() == words
    assert len(pod.calls) == 1


def test_who_cannot_be_reached_is_asked_again(pod: Pod) -> None:
    pod.answers(said(REFUSED))
    words = pod.run()
    assert words.startswith(f"75 {SOURCE} cannot be reached by a pod of this namespace: ")
    assert "dial tcp 10.0.0.1:9000: connect: connection refused; correct the endpoint" in words
    assert "\n" not in words
    assert len(pod.calls) == 3


def test_a_network_that_comes_late(pod: Pod) -> None:
    late = pod.folder / "late"
    pod.answers(
        f"if [ -e {late} ]; then printf '%s\\n]\\n' {shlex.quote(FILE)}; exit 0; fi; : >{late}; {said(REFUSED)}"
    )
    assert pod.run() == f"0 {SOURCE} can be read."


def test_without_credentials_it_may_be_public(pod: Pod) -> None:
    absent = said("failed to refresh cached credentials, no EC2 IMDS role found\n")
    pod.answers(f"if [ \"${{NO_KEYS:-}}\" = true ]; then printf '%s\\n]\\n' {shlex.quote(FILE)}; exit 0; fi; {absent}")
    assert pod.run(PROBE_ANONYMOUS="NO_KEYS=true") == f"0 {SOURCE} can be read."
    assert pod.run().startswith(f"78 There are no credentials for {SOURCE}")


def test_a_bucket_without_a_prefix_may_be_empty(pod: Pod) -> None:
    """Triton then starts and serves nothing."""
    pod.answers("echo '[]'")
    assert pod.run(PROBE_MAY_BE_EMPTY="yes").startswith(f"1 {SOURCE} has no files")
