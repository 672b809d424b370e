# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.inferops.triton.plugins.filter import (
    loads_on_request,
    mirrored_values,
    models_at_start,
    security_context,
    uid_range,
    wrong_settings,
)

ANNOTATIONS = {"openshift.io/sa.scc.uid-range": "1000900000/10000", "openshift.io/sa.scc.mcs": "s0:c30,c5"}


def context(annotations: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    result: dict[str, Any] = security_context.FilterModule().filters()["security_context"](annotations, *args, **kwargs)
    return result


def refusal(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(AnsibleFilterError) as caught:
        context(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize("text", ["1000900000/10000", "1000900000-1000909999", " 1000900000/10000,5-6"])
def test_uid_range(text: str) -> None:
    read = uid_range.FilterModule().filters()["uid_range"]
    assert read(text) == {"first": 1000900000, "last": 1000909999, "size": 10000}


@pytest.mark.parametrize(
    "text, words",
    [
        ("abc", "'abc' is no range that OpenShift can read (expected integer)"),
        ("", "'' is no range"),
        (5, "not 5"),
        (None, "not None"),
    ],
)
def test_what_is_no_uid_range(text: Any, words: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        uid_range.FilterModule().filters()["uid_range"](text)
    assert words in str(caught.value)
    assert "1000900000/10000" in str(caught.value)


def test_security_context_as_the_module() -> None:
    result = context(ANNOTATIONS)
    assert (result["platform"], result["style"]) == ("openshift", "omit")
    assert context(ANNOTATIONS, style="explicit")["pod_security_context"]["runAsUser"] == 1000900000


def test_platform_may_be_given_by_position() -> None:
    assert context({}, "kubernetes")["pod_security_context"]["runAsUser"] == 1000


def test_options_of_the_module() -> None:
    result = context(ANNOTATIONS, style="explicit", scc="nonroot-v2", run_as_user=1000900007, supplemental_groups=[5])
    assert result["pod_annotations"] == {"openshift.io/required-scc": "nonroot-v2"}
    assert result["pod_security_context"]["runAsUser"] == 1000900007
    assert result["pod_security_context"]["supplementalGroups"] == [5]


@pytest.mark.parametrize(
    "arguments, options, words",
    [
        (("text",), {}, "wants the annotations of a namespace as a dictionary, not str"),
        ((None,), {}, "not NoneType"),
        ((ANNOTATIONS, "openshif"), {}, "platform is 'openshif'; choose from openshift, kubernetes."),
        ((ANNOTATIONS, "auto"), {}, "platform is 'auto'"),
        ((ANNOTATIONS,), {"style": "loud"}, "style is 'loud'; choose from auto, omit, explicit."),
        ((ANNOTATIONS,), {"uid": 5}, "security_context has no option uid."),
        (({},), {}, "There is no annotation openshift.io/sa.scc.uid-range"),
        (
            ({**ANNOTATIONS, "openshift.io/sa.scc.uid-range": "x"},),
            {},
            "which OpenShift cannot read (expected integer)",
        ),
        ((ANNOTATIONS,), {"style": "explicit", "run_as_user": 7}, "run_as_user is 7, but the namespace allows"),
        ((ANNOTATIONS,), {"style": "explicit", "run_as_user": "seven"}, "run_as_user is 'seven'"),
        ((ANNOTATIONS,), {"style": "explicit", "fs_group": 1.5}, "fs_group is 1.5"),
        ((ANNOTATIONS,), {"supplemental_groups": "5"}, "supplemental_groups is '5'"),
        ((ANNOTATIONS,), {"supplemental_groups": ["a"]}, "supplemental_groups is 'a'; give a number"),
        ((ANNOTATIONS,), {"supplemental_groups": 5}, "supplemental_groups is 5"),
        ((ANNOTATIONS,), {"scc": 5}, "scc is 5"),
    ],
)
def test_bad_input_gets_one_sentence(arguments: tuple[Any, ...], options: dict[str, Any], words: str) -> None:
    assert words in refusal(*arguments, **options)


def test_numbers_may_arrive_as_text_from_templates() -> None:
    result = context(ANNOTATIONS, style="explicit", run_as_user="1000900007", supplemental_groups=["5", 6])
    assert result["pod_security_context"]["runAsUser"] == 1000900007
    assert result["pod_security_context"]["supplementalGroups"] == [5, 6]


def test_models_at_start() -> None:
    started = models_at_start.FilterModule().filters()["models_at_start"]
    assert started({"models": {"controlMode": "explicit", "load": ["double"]}}, ["add", "double"]) == ["double"]


def test_loads_on_request() -> None:
    asked = loads_on_request.FilterModule().filters()["loads_on_request"]
    assert asked({"models": {"controlMode": "explicit", "load": ["double"]}}) is True
    assert asked({"models": {"controlMode": "explicit", "load": ["*"]}}) is False
    assert asked({}) is False


def test_mirrored_values() -> None:
    found = mirrored_values.FilterModule().filters()["mirrored_values"]
    assert found({}, {"a.io": "b.io"}, {"image": {"repository": "a.io/x"}}) == {"image": {"repository": "b.io/x"}}


def test_wrong_settings() -> None:
    check = wrong_settings.FilterModule().filters()["wrong_settings"]
    assert check({"triton_timeout": 600, "triton_style": "loud"}) == [
        'triton_style is "loud", but has to be auto, omit or explicit.'
    ]


@pytest.mark.parametrize(
    "settings, words",
    [
        ("x", "wants a dictionary of settings, not str"),
        ({"triton_stile": 5}, "does not know 'triton_stile'; it knows triton_namespace, "),
    ],
)
def test_settings_that_nobody_knows(settings: Any, words: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        wrong_settings.FilterModule().filters()["wrong_settings"](settings)
    assert words in str(caught.value)
