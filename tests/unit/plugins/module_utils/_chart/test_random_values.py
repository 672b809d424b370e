# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random values: each test has what a chart renders to twice, and what the release has."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._chart.random_values import Settled, settle
from ansible_collections.inferops.triton.plugins.module_utils._release.objects import key_of

from .test_certificates import A as CERT_A
from .test_certificates import B as CERT_B
from .test_certificates import C as CERT_FOR_ANOTHER_HOST

# A random value in the two renderings, and in the release.
NEW, NEXT, OLD = "x7Gq2LmZp0Rt4VbN", "Hs91kDwQe6YuT3Ac", "oLd5Pa8sWoRd1Zz9"
NEW2, NEXT2, OLD2 = "aaBBccDDeeFFgg11", "hhIIjjKKllMMnn22", "ooPPqqRRssTTuu33"
NOW = datetime(2026, 12, 2, tzinfo=UTC)
Values = tuple[str, ...]
Chart = Callable[..., list[dict[str, Any]]]


def item(kind: str, name: Any, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def secret(name: str = "s", **data: str) -> dict[str, Any]:
    return item("Secret", name, data={key: b64(text) for key, text in data.items()})


def config(text: str, name: str = "c") -> dict[str, Any]:
    return item("ConfigMap", name, data={"k": text})


def by_key(objects: list[dict[str, Any]]) -> Mapping[Any, Any]:
    return {key_of(one, "ns"): one for one in objects}


def run(
    first: list[dict[str, Any]], second: list[dict[str, Any]], stored: list[dict[str, Any]], **more: Any
) -> Settled:
    return settle(first, second, by_key(stored), "ns", now=NOW, **more)


def text_of(new: str, old: str) -> tuple[str, list[str]]:
    """A text of a ConfigMap with the marks 1 and 2 for random values; the release had another one."""
    filled = [new.replace("<1>", one).replace("<2>", two) for one, two in ((NEW, NEW2), (NEXT, NEXT2))]
    stored = old.replace("<1>", OLD).replace("<2>", OLD2)
    found = run([config(filled[0])], [config(filled[1])], [config(stored)])
    return found.objects[0]["data"]["k"], [".".join(map(str, path)) for _key, path in found.fresh]


def filled(text: str) -> str:
    return text.replace("<1>", OLD).replace("<2>", OLD2)


def test_what_is_not_random_is_as_the_chart_says() -> None:
    found = run([config("new")], [config("new")], [config("old")])
    assert found == Settled(({**config("new")},), (), ())


@pytest.mark.parametrize(
    "text",
    [
        "<1>",
        "postgres://app:<1>@db:5432/app",
        "PASSWORD=<1>",
        "A=1\nPASSWORD=<1>\nB=2\n",
        '{"user": "admin", "password": "<1>"}',
        "[a]\nx = <1>\n[b]\ny = <2>\n",
        "<1>:<2>",
        "https://example.com/hooks/<1>",
        "release-<1>",
    ],
)
def test_random_values_stay_where_nothing_else_has_changed(text: str) -> None:
    assert text_of(text, text) == (filled(text), [])


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("postgres://app:<1>@new-host:5432/app", "postgres://app:<1>@old-host:5432/app"),
        ("postgres://app:<1>@db:5432/app", "postgres://app:<1>@db:5432/app?sslmode=disable"),
        ("postgres://other:<1>@db:5432/app", "postgres://app:<1>@db:5432/app"),
        ("a=2\nPASSWORD=<1>\nb=3\n", "a=1\nPASSWORD=<1>\n"),
        ("b=1\nPASSWORD=<1>", "PASSWORD=<1>\na=1"),
        ('{"user": "root", "password": "<1>"}', '{"user": "admin", "password": "<1>"}'),
        ("[a]\nx = <1>\n[c]\nz = 1\n[b]\ny = <2>\n", "[b]\ny = <2>\n[a]\nx = <1>\n"),
        ("https://new.example.com/hooks/<1>", "https://old.example.com/hooks/<1>"),
    ],
)
def test_random_values_stay_where_something_around_them_has_changed(new: str, old: str) -> None:
    assert text_of(new, old) == (filled(new), [])


@pytest.mark.parametrize(
    ("new", "old"),
    [
        # The old key had another meaning, as far as anybody can tell.
        ("token = <1>\n", "password = <1>\n"),
        ("user = a\npassword = <1>\n", "user = b\n"),
        # It is not told which of the two is meant.
        ("password = <1>\nx = 1\n", "[a]\npassword = <1>\n[b]\npassword = <2>\n"),
    ],
)
def test_what_cannot_be_told_is_made_anew_and_said(new: str, old: str) -> None:
    assert text_of(new, old) == (new.replace("<1>", NEW), ["data.k"])


def test_a_format_that_somebody_changes_is_not_taken_for_a_part_of_the_password() -> None:
    assert text_of("<1>@host", "user:<1>@host")[0] != f"user:{OLD}@host"
    url = "https://{}.example.com/<1>"
    assert text_of(url.format("new"), url.format("old"))[0] != url.format("old").replace("<1>", OLD)


@pytest.mark.parametrize("chosen", ["p@ss w0rd!", "p:a/s@s", "geheim"])
def test_a_password_that_somebody_chose_stays_when_it_is_no_longer_given(chosen: str) -> None:
    url = "postgres://app:{}@db/x"
    both = [[secret(p=one), config(url.format(one))] for one in (NEW, NEXT, chosen)]
    assert list(run(*both).objects) == both[2]
    assert run(*[[one[1]] for one in both]).objects[0] == both[2][1]


def test_what_is_known_from_one_place_is_put_into_others() -> None:
    def chart(password: str) -> list[dict[str, Any]]:
        url = f"redis://:{password}@redis:6379"
        return [
            secret(password=password),
            config(url, "new-config"),
            secret("new-secret", url=url, login=f'{{"auth": "{b64(f"user:{password}")}"}}'),
            item("Deployment", "d", spec={"args": ["--token", password]}),
        ]

    found = run(chart(NEW), chart(NEXT), [chart(OLD)[0]])
    assert list(found.objects) == chart(OLD)
    assert found.fresh == ()


def test_values_that_the_release_has_not_are_new() -> None:
    found = run([secret(p=NEW)], [secret(p=NEXT)], [])
    assert found.objects == (secret(p=NEW),)
    assert found.fresh == ((("", "Secret", "ns", "s"), ("data", "p")),)
    found = run([secret(p=NEW, q=NEW2)], [secret(p=NEXT, q=NEXT2)], [secret(p=OLD)])
    assert found.objects == (secret(p=OLD, q=NEW2),)
    assert [path for _key, path in found.fresh] == [("data", "q")]


def test_values_that_are_not_random_any_more_are_as_the_chart_says() -> None:
    found = run([secret(p="chosen")], [secret(p="chosen")], [secret(p=OLD)])
    assert found.objects == (secret(p="chosen"),)


def test_two_secrets_do_not_swap() -> None:
    chart: Chart = lambda one, two: [secret("a", p=one), secret("b", p=two)]
    assert list(run(chart(NEW, NEW2), chart(NEXT, NEXT2), chart(OLD, OLD2)).objects) == chart(OLD, OLD2)
    # Whose order is another one now.
    found = run(chart(NEW, NEW2), chart(NEXT, NEXT2), chart(OLD, OLD2)[::-1])
    assert list(found.objects) == chart(OLD, OLD2)


def test_short_ones_are_not_put_into_longer_ones_by_chance() -> None:
    def chart(pin: str, word: str) -> list[dict[str, Any]]:
        return [secret(pin=pin), secret("new", p=word)]

    found = run(chart("7Gq", NEW), chart("912", NEXT), [secret(pin="111")])
    assert found.objects == (secret(pin="111"), secret("new", p=NEW))
    assert [key[3] for key, _path in found.fresh] == ["new"]


def test_lists_and_numbers() -> None:
    chart: Chart = lambda port, words: [item("Service", "s", spec={"ports": [{"nodePort": port}], "l": words})]
    found = run(chart(1, ["a", NEW]), chart(2, ["a", NEXT]), chart(3, ["a", OLD]))
    assert list(found.objects) == chart(3, ["a", OLD])
    # One that is longer each time is random as a whole.
    found = run(chart(1, ["a"]), chart(1, ["a", "b"]), chart(1, ["x", "y", "z"]))
    assert list(found.objects) == chart(1, ["x", "y", "z"])
    # The release has fewer.
    found = run(chart(1, ["a", NEW]), chart(1, ["a", NEXT]), chart(1, []))
    assert list(found.objects) == chart(1, ["a", NEW])


def test_random_keys_are_new_and_nothing_is_said_of_those_that_are_not_there() -> None:
    found = run([secret(**{NEW: "x"})], [secret(**{NEXT: "x"})], [secret(**{OLD: "x"})])
    assert found.objects == (secret(**{NEW: "x"}),)
    assert [path for _key, path in found.fresh] == [("data", NEW)]


@pytest.mark.parametrize(
    ("new", "second", "old"),
    [
        ("2026-12-02T10:00:00Z", "2026-12-02T10:00:01Z", "2025-01-31T23:59:59Z"),
        (
            "2026-12-02 10:00:00.1 +0000 UTC m=+0.4",
            "2026-12-02 10:00:01.285499804 +0000 UTC m=+0.46",
            "2025-01-31 23:59:59.9 +0100 CET m=+1.0",
        ),
        ("1796202000", "1796202001", "1738364399"),
        ("20261202100000", "20261202100001", "20250131235959"),
    ],
)
@pytest.mark.parametrize("text", ["{}", "made at {} by helm", "x=1\ntime={}\n"])
def test_times_are_random_as_a_whole(new: str, second: str, old: str, text: str) -> None:
    first, other, stored = ([config(text.format(one))] for one in (new, second, old))
    found = run(first, other, stored)
    assert (list(found.objects), found.fresh) == (stored, ())


def test_annotations_of_pods_are_to_be_summed_up_and_others_stay() -> None:
    def chart(value: str) -> list[dict[str, Any]]:
        made = {"metadata": {"name": "d", "annotations": {"random": value}}}
        template = {"metadata": {"annotations": {"checksum/x": value, "fixed": "1"}, "labels": {"l": value}}}
        job = {"spec": {"jobTemplate": {"spec": {"template": template}}}}
        return [{"kind": "Deployment", **made, "spec": {"template": template}}, {"kind": "CronJob", **made, **job}]

    found = run(chart(NEW), chart(NEXT), chart(OLD))
    assert found.to_sum == (
        (("", "Deployment", "ns", "d"), ("spec", "template", "metadata", "annotations", "checksum/x")),
        (
            ("", "CronJob", "ns", "d"),
            ("spec", "jobTemplate", "spec", "template", "metadata", "annotations", "checksum/x"),
        ),
    )
    template = found.objects[0]["spec"]["template"]["metadata"]
    assert (template["labels"], found.objects[0]["metadata"]["annotations"]) == ({"l": OLD}, {"random": OLD})
    assert found.fresh == ()


def pem(kind: str, text: str) -> str:
    return f"-----BEGIN {kind}-----\n{text}\n{text[::-1]}\n-----END {kind}-----\n"


def certified(value: str, more: bool = False, hook: bool = True) -> list[dict[str, Any]]:
    """A chart with an authority, a certificate of it, and a webhook that knows the authority."""
    ca, cert, key = (
        pem(kind, value + word)
        for kind, word in (("CERTIFICATE", "ca"), ("CERTIFICATE", "crt"), ("RSA PRIVATE KEY", "key"))
    )
    found = [
        secret(**{"ca.crt": ca, "tls.crt": cert, "tls.key": key}),
        secret("jwt", key=pem("RSA PRIVATE KEY", value)),
    ]
    if hook:
        found.append(item("ValidatingWebhookConfiguration", "w", webhooks=[{"clientConfig": {"caBundle": b64(ca)}}]))
    if more:
        found.append(secret("client", **{"tls.crt": pem("CERTIFICATE", f"{value}client")}))
    return found


def test_certificates_stay_with_their_keys() -> None:
    assert list(run(certified(NEW), certified(NEXT), certified(OLD)).objects) == certified(OLD)


def test_an_authority_is_known_to_a_webhook_that_is_new() -> None:
    found = run(certified(NEW), certified(NEXT), certified(OLD, hook=False))
    assert (list(found.objects), found.fresh) == (certified(OLD), ())


def test_one_certificate_that_is_new_fits_to_new_ones_only() -> None:
    found = run(certified(NEW, more=True), certified(NEXT, more=True), certified(OLD))
    new, old = certified(NEW, more=True), certified(OLD)
    # A key without a certificate has nothing to fit to.
    assert list(found.objects) == [new[0], old[1], new[2], new[3]]
    assert {key[3] for key, _path in found.fresh} == {"s", "w", "client"}


def test_a_certificate_in_a_text_whose_other_lines_change() -> None:
    def text(value: str, level: str) -> list[dict[str, Any]]:
        return [config(f"level: {level}\ncert: |\n{pem('CERTIFICATE', value)}end: 1\n")]

    found = run(text(NEW, "new"), text(NEXT, "new"), text(OLD, "old"))
    assert (list(found.objects), found.fresh) == (text(OLD, "new"), ())


@pytest.mark.parametrize("encoded", [True, False])
def test_a_certificate_is_made_anew_for_other_names_or_when_its_time_comes(encoded: bool) -> None:
    def chart(cert: str) -> list[dict[str, Any]]:
        return (
            [secret(crt=cert, key=pem("EC PRIVATE KEY", cert[40:60]))]
            if encoded
            else [item("W", "w", caBundle=b64(cert))]
        )

    assert list(run(chart(CERT_A), chart(CERT_A), chart(CERT_B)).objects) == chart(CERT_A)
    other = CERT_A.replace("MIIBnDCC", "MIIBnDCD")
    same = run(chart(CERT_B), chart(other), chart(CERT_A))
    assert (list(same.objects), same.fresh) == (chart(CERT_A), ())
    renamed = run(chart(CERT_FOR_ANOTHER_HOST), chart(other), chart(CERT_A))
    assert list(renamed.objects) == chart(CERT_FOR_ANOTHER_HOST)
    late = settle(chart(CERT_B), chart(other), by_key(chart(CERT_A)), "ns", now=datetime(2027, 9, 1, tzinfo=UTC))
    assert list(late.objects) == chart(CERT_B)
    assert late.fresh


def hashed(value: str) -> str:
    return f"admin:$2a$10${(value * 4)[:53]}"


def test_hashes_stay_and_are_made_anew_where_the_password_may_be_another_one() -> None:
    first, second, stored = ([secret(auth=hashed(one))] for one in (NEW, NEXT, OLD))
    assert list(run(first, second, stored).objects) == stored
    again = run(first, second, stored, rehash=True)
    # The password is the user's, so nothing is lost.
    assert (list(again.objects), again.fresh) == (first, ())


def test_a_hash_of_a_random_password_stays_with_it() -> None:
    first, second, stored = ([secret(auth=hashed(one), password=one)] for one in (NEW, NEXT, OLD))
    assert list(run(first, second, stored, rehash=True).objects) == stored


def named(name: str, kind: str = "Secret") -> list[dict[str, Any]]:
    return [
        item(kind, name, data={}),
        item("Deployment", "d", spec={"secretName": name, "args": [f"--secret={name}", f"{name}-other"]}),
    ]


def test_objects_with_random_names_stay_those_of_the_release() -> None:
    found = run(named("app-x7gq2"), named("app-hs91k"), named("app-old5p"))
    assert list(found.objects) == named("app-old5p")


@pytest.mark.parametrize("stored", [[], named("other-x1"), [*named("app-old5p"), item("Secret", "app-old6p")]])
def test_who_names_an_object_with_a_new_random_name_names_that_one(stored: list[dict[str, Any]]) -> None:
    found = run(named("app-x7gq2"), named("app-hs91k"), stored)
    assert found.objects[0]["metadata"]["name"] == found.objects[1]["spec"]["secretName"] == "app-x7gq2"


def test_contents_of_objects_with_random_names_stay_as_well() -> None:
    found = run([secret("app-x7gq2", p=NEW)], [secret("app-hs91k", p=NEXT)], [secret("app-old5p", p=OLD)])
    assert found.objects == (secret("app-old5p", p=OLD),)


def test_a_job_with_a_random_name_runs_once_more() -> None:
    found = run(named("migrate-x7gq2", "Job"), named("migrate-hs91k", "Job"), named("migrate-old5p", "Job"))
    assert found.objects[0]["metadata"]["name"] == found.objects[1]["spec"]["secretName"] == "migrate-x7gq2"


def test_objects_of_the_same_random_name_have_the_same_one_again() -> None:
    def chart(name: str, *kinds: str) -> list[dict[str, Any]]:
        return [item(kind, name) for kind in kinds]

    kinds: tuple[str, ...] = ("ConfigMap", "Secret", "Service")
    found = run(chart("a-x1x1", *kinds), chart("a-x2x2", *kinds), chart("a-x3x3", "Secret"))
    assert list(found.objects) == chart("a-x3x3", *kinds)
    # The job could not be changed.
    kinds = ("ConfigMap", "Job")
    found = run(chart("a-x1x1", *kinds), chart("a-x2x2", *kinds), chart("a-x3x3", *kinds))
    assert list(found.objects) == chart("a-x1x1", *kinds)


def test_several_random_names_of_a_kind() -> None:
    def chart(one: str, two: str) -> list[dict[str, Any]]:
        return [secret(f"a-{one}", p="a"), secret(f"b-{two}-end", p="b")]

    # Helm sorts by name, so that their order may be another one.
    found = run(chart("x1x1", "y1y1"), chart("x2x2", "y2y2")[::-1], chart("x3x3", "y3y3"))
    assert list(found.objects) == chart("x3x3", "y3y3")


def test_objects_whose_names_the_cluster_makes_do_not_get_mixed_up() -> None:
    def chart(value: str) -> list[dict[str, Any]]:
        jobs = [{"kind": "Job", "metadata": {"generateName": f"{one}-"}, "spec": {"a": one}} for one in "ab"]
        return [*jobs, {"kind": "Job", "metadata": {"generateName": "c-"}, "spec": {"a": value}}]

    found = run(chart(NEW), chart(NEXT), chart(OLD))
    assert list(found.objects) == chart(NEW)


@pytest.mark.parametrize("metadata", [None, {}, {"name": None}, {"name": "n", "annotations": None}])
def test_objects_with_nothing_in_their_metadata(metadata: Any) -> None:
    first, second = ([{"kind": "X", "metadata": metadata, "data": {"a": one, "n": None}}] for one in (NEW, NEXT))
    assert list(settle(first, second, {}, "ns").objects) == first


def test_what_the_release_has_there_may_be_nothing_or_something_else() -> None:
    for stored in (None, {}, {"data": None}, {"data": []}, {"data": {"p": None}}):
        found = settle([secret(p=NEW)], [secret(p=NEXT)], {("", "Secret", "ns", "s"): stored or {}}, "ns")
        assert found.objects == (secret(p=NEW),)


ASCII = "".join(sign for sign in map(chr, range(33, 127)) if sign not in '"\\')


@pytest.mark.parametrize("signs", [string.ascii_letters + string.digits, string.ascii_letters + "+/", ASCII])
@pytest.mark.parametrize("length", [12, 16, 32])
@pytest.mark.parametrize(
    "text", ["{}", "postgres://app:{}@db:5432/x", 'user: admin\npassword: "{}"\nlevel: 5\n', "A=1\nPASSWORD={}\nB=2\n"]
)
def test_no_password_is_lost_by_chance(signs: str, length: int, text: str) -> None:
    chosen = random.Random(length)
    for _round in range(300):
        words = ["".join(chosen.choice(signs) for _sign in range(length)) for _rendering in range(3)]
        first, second, stored = ([config(text.format(word))] for word in words)
        assert list(run(first, second, stored).objects) == stored


@pytest.mark.parametrize("more", ["", "\nextra line of the second"])
def test_a_random_value_in_a_long_text(more: str) -> None:
    lines = [f"option {number} of many = {number}" for number in range(20_000)]
    first, second = (
        "\n".join([*lines[:9_000], f"password = {value}", *lines[9_000:]]) for value in (NEW, f"{NEXT}{more}")
    )
    stored = "\n".join([*lines[:9_000], f"password = {OLD}", *lines[9_000:-1], "option of long ago"])
    found = run([config(first)], [config(second)], [config(stored)])
    text = found.objects[0]["data"]["k"]
    assert lines[-1] in text and "of long ago" not in text
    assert f"password = {OLD}" in text and NEW not in text
