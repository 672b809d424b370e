# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates as openssl made them, for 300 days from 2026-12-01 on."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._chart.certificates import still_good

A = """-----BEGIN CERTIFICATE-----
MIIBnDCCAUKgAwIBAgIUPcTBzqz5VP3t2A9U17yChYiVdq0wCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGaG9zdC1hMB4XDTI2MTIwMTA0NTc0NVoXDTI3MDkyNzA0NTc0
NVowETEPMA0GA1UEAwwGaG9zdC1hMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
+SiuzvEIJRhVufHtPOX3JVrfUsU34uA0hOEnMC2IgPfsQXTM4AB/cUJHwnRfBijO
B3IiCaBDNzVE+9oD/TTrFqN4MHYwHQYDVR0OBBYEFOKCpcHAYIJDFkJO5rjkPQd0
vB+UMB8GA1UdIwQYMBaAFOKCpcHAYIJDFkJO5rjkPQd0vB+UMA8GA1UdEwEB/wQF
MAMBAf8wIwYDVR0RBBwwGoISaG9zdC1hLmV4YW1wbGUuY29thwQKAAABMAoGCCqG
SM49BAMCA0gAMEUCIQCaPbSFTuqBuX4WA9Y7+rW/N/sStoBZBpbiajcVowpUlQIg
dSHKIFzIQXmzpBX3XIfWbJ8ZYL4lXTZ5SXvCkSeYCzI=
-----END CERTIFICATE-----
"""
B = """-----BEGIN CERTIFICATE-----
MIIBnDCCAUKgAwIBAgIUdlsyQqY4Qykgd1bu7ITyfdJUkiQwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGaG9zdC1hMB4XDTI2MTIwMTA0NTc0NVoXDTI3MDkyNzA0NTc0
NVowETEPMA0GA1UEAwwGaG9zdC1hMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
fa0VhMaUP7rlZNcLkZfI7XYnyGKjbqmGNnMGv1k4cHXC+EOwey28XNgnhYe2jxL8
izc6/N3oqrsy3/dnttra46N4MHYwHQYDVR0OBBYEFFwH0D8RYQTTmYKz0BM1PS85
ZSFKMB8GA1UdIwQYMBaAFFwH0D8RYQTTmYKz0BM1PS85ZSFKMA8GA1UdEwEB/wQF
MAMBAf8wIwYDVR0RBBwwGoISaG9zdC1hLmV4YW1wbGUuY29thwQKAAABMAoGCCqG
SM49BAMCA0gAMEUCIQC0VlqJolXobiQCRbzkCUMO7vLKf5qElRSCyul5YaTH1AIg
MwfgMX6jHZTJMFVi/Pejgbkq/f2gppko5ROxCi1VuRs=
-----END CERTIFICATE-----
"""
C = """-----BEGIN CERTIFICATE-----
MIIBnDCCAUKgAwIBAgIUDRnEwyptObFmMWz0KLfpDV2xh4IwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGaG9zdC1hMB4XDTI2MTIwMTA0NTc0NVoXDTI3MDkyNzA0NTc0
NVowETEPMA0GA1UEAwwGaG9zdC1hMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
35q4naoZ5sdUNyhqmm0R7V8fDmr0jbdnjsApfOgzIvLmbg+t6ZdW0pI2rtibHev3
23+jqmIc6Q5IERC33fOga6N4MHYwHQYDVR0OBBYEFJ8B3Kt+4OoS6h8oB21pN8+s
XxdSMB8GA1UdIwQYMBaAFJ8B3Kt+4OoS6h8oB21pN8+sXxdSMA8GA1UdEwEB/wQF
MAMBAf8wIwYDVR0RBBwwGoISaG9zdC1iLmV4YW1wbGUuY29thwQKAAABMAoGCCqG
SM49BAMCA0gAMEUCIH7PKtCtTsk6fWFBWKhgBNmDsWfiP/KCTFD9LMbtXVFPAiEA
mbfOdMBTj5UNUqOfjKR5tpZ8wssIWQdx7V9U/s9b+MQ=
-----END CERTIFICATE-----
"""
D = """-----BEGIN CERTIFICATE-----
MIIBnDCCAUKgAwIBAgIUU3sJyB1nIWUKFAfcrXz0jglkAUAwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGaG9zdC1iMB4XDTI2MTIwMTA0NTc0NVoXDTI3MDkyNzA0NTc0
NVowETEPMA0GA1UEAwwGaG9zdC1iMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
GrTZfYQZl2MJFY+BN7vc+fMmX2zNCg6sDZuSbQAL2vIJJbtS9ewq3wtWdYVetb4J
jeRVA5vxNa4ZUS4VOipAYKN4MHYwHQYDVR0OBBYEFItOTcLehaFLhGvlqBuWz+z4
jFBgMB8GA1UdIwQYMBaAFItOTcLehaFLhGvlqBuWz+z4jFBgMA8GA1UdEwEB/wQF
MAMBAf8wIwYDVR0RBBwwGoISaG9zdC1hLmV4YW1wbGUuY29thwQKAAABMAoGCCqG
SM49BAMCA0gAMEUCIFwyT3USJmwiY5DLy0fJpBaax+T16uBsGw8fggByQQqGAiEA
qlFu+UJKaeZqhB+pYHravazOtd4otRsyVh0hFDSffU8=
-----END CERTIFICATE-----
"""
SOON = datetime(2026, 12, 2, tzinfo=UTC)


def test_another_certificate_for_the_same_names_is_as_good() -> None:
    assert still_good(A, A, SOON)
    assert still_good(A, B, SOON)
    assert still_good(f"ca:\n{A}", f"authority:\n{B}", SOON)


@pytest.mark.parametrize("wanted", [C, D, "", A + B])
def test_one_for_other_names_is_not(wanted: str) -> None:
    # C is for another host, D of another common name.
    assert not still_good(A, wanted, SOON)


@pytest.mark.parametrize(
    ("now", "good"),
    [
        (datetime(2026, 12, 1, 5, tzinfo=UTC), True),
        (datetime(2027, 6, 18, tzinfo=UTC), True),
        # Two thirds of 300 days later.
        (datetime(2027, 6, 20, tzinfo=UTC), False),
        (datetime(2028, 1, 1, tzinfo=UTC), False),
    ],
)
def test_one_that_runs_out_is_not(now: datetime, good: bool) -> None:
    assert still_good(A, B, now) is good


@pytest.mark.parametrize(
    "text",
    [
        "",
        "password",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----",
        f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(b'0').decode()}\n-----END CERTIFICATE-----",
        f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(bytes([0x30, 0x84, 255, 255])).decode()}\n-----END CERTIFICATE-----",
        f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(b'x' * 300).decode()}\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_certificate_says_nothing(text: str) -> None:
    assert still_good(text, text, SOON)
