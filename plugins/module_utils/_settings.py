# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of what users set for the playbooks, checked before a cluster is asked and told in the users' own names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ._adapt.choices import ALLOWABLE
from ._names import DNS_LABEL, DNS_SUBDOMAIN, RELEASE
from ._scc.privileges import TO_BE_NAMED
from ._triton.control import EXPLICIT, LOADED, RELOADED, UNLOADED

LONGEST_VALUE = 120
_LAST_PORT = 65535
_BOOLEANS = ("true", "false", "yes", "no", "on", "off", "1", "0")
# Settings that say something of a chart that is not the collection's.
_OF_CHARTS = (
    "triton_chart_version",
    "triton_chart_repository",
    "triton_chart_allow",
    "triton_chart_volumes",
)
# Options of the module triton_model that an item of triton_models may have.
OF_A_MODEL = ("model", "state", "version", "config", "unload_dependents")
# Settings that may hold credentials.
CONFIDENTIAL = ("triton_model_repository",)


@dataclass(frozen=True, slots=True)
class Form:
    """What a setting has to be: in words, and as a test."""

    words: str
    fits: Callable[[Any], bool]


def _text(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _each(value: Any, *keys: str) -> bool:
    """Whether the value is a list of dictionaries that have these keys."""
    return isinstance(value, list) and all(
        isinstance(one, Mapping) and all(key in one for key in keys) for one in value
    )


def _names(value: Any) -> bool:
    """Whether the value is a list of names, each once; "*" stands for all and so alone."""
    return (
        isinstance(value, list)
        and all(isinstance(one, str) and one.strip() for one in value)
        and len(set(value)) == len(value)
        and ("*" not in value or len(value) == 1)
    )


def _models(value: Any) -> bool:
    """Whether the value says of models what they are to be, of each once."""
    return (
        _each(value, "model")
        and all(isinstance(one["model"], str) and set(one) <= set(OF_A_MODEL) for one in value)
        and all(one.get("state", LOADED) in (LOADED, UNLOADED, RELOADED) for one in value)
        and len({one["model"] for one in value}) == len(value)
    )


def _back_end(value: Any) -> bool:
    """Whether the value is a claim or an nfs export with its options."""
    kinds = list(value) if isinstance(value, Mapping) else []
    return kinds in (["claim"], ["nfs"]) and (value[kinds[0]] is None or isinstance(value[kinds[0]], Mapping))


def _port(value: Any) -> bool:
    """Whether the value is a port's name or number, or "" for none; surveys and the command line give text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    text = str(value)
    if re.fullmatch(r"-?[0-9]+", text):
        return re.fullmatch(r"[1-9][0-9]{0,4}", text) is not None and int(text) <= _LAST_PORT
    return text == "" or DNS_LABEL.fullmatch(text) is not None


def _dictionary(value: Any) -> bool:
    return isinstance(value, Mapping)


FORMS: Mapping[str, Form] = {
    "triton_namespace": Form(
        "a namespace's name: 1 to 63 lower-case letters, digits and hyphens, a letter or digit at either end",
        _text(DNS_LABEL),
    ),
    "triton_release": Form(
        "a release's name: 1 to 53 lower-case letters, digits and hyphens, a letter at the beginning and no hyphen at the end",
        _text(RELEASE),
    ),
    "triton_namespace_labels": Form("a dictionary of labels", _dictionary),
    "triton_deployers": Form(
        "a list of subjects, each with kind (User or Group) and name",
        lambda value: _each(value, "kind", "name") and all(one["kind"] in ("User", "Group") for one in value),
    ),
    "triton_scc_allow": Form(
        f"a list of privileges, each one of {', '.join(TO_BE_NAMED)}",
        lambda value: isinstance(value, list) and set(map(str, value)) <= set(TO_BE_NAMED),
    ),
    "triton_model_repository": Form(
        "a repository such as {configmap: {path: models}}, {claim: {size: 10Gi}} or {s3: {bucket: models}}, or a list of such",
        lambda value: _dictionary(value) or _each(value),
    ),
    "triton_image_mirrors": Form(
        "a dictionary from registries (or the beginnings of repositories' paths) to mirrors, such as {docker.io: mirror.example.com/docker}",
        lambda value: (
            _dictionary(value) and all(isinstance(text, str) and text for pair in value.items() for text in pair)
        ),
    ),
    "triton_values": Form("a dictionary of the chart's values", _dictionary),
    "triton_chart": Form(
        "a chart: a directory, an archive, a reference such as oci://registry.example.com/charts/triton, or a name in triton_chart_repository",
        lambda value: isinstance(value, str),
    ),
    "triton_chart_version": Form("a version of triton_chart", lambda value: isinstance(value, str)),
    "triton_chart_repository": Form("the URL of a repository of charts", lambda value: isinstance(value, str)),
    "triton_chart_adapt": Form("true or false", lambda value: str(value).lower() in _BOOLEANS),
    "triton_chart_drop_missing": Form("true or false", lambda value: str(value).lower() in _BOOLEANS),
    "triton_chart_allow": Form(
        f"a list of what may be taken away, each one of {', '.join(ALLOWABLE)}",
        lambda value: isinstance(value, list) and set(map(str, value)) <= set(ALLOWABLE),
    ),
    "triton_chart_volumes": Form(
        "a dictionary from volumes of the chart to what takes their place, such as {models: {claim: {size: 10Gi}}}",
        lambda value: _dictionary(value) and all(map(_back_end, value.values())),
    ),
    "triton_workload": Form(
        'a workload\'s name: lower-case letters, digits, hyphens and dots, a letter or digit at either end; or "" to have it found',
        lambda value: value == "" or _text(DNS_SUBDOMAIN)(value),
    ),
    "triton_service": Form(
        'a Service\'s name: 1 to 63 lower-case letters, digits and hyphens, a letter or digit at either end; or "" to have it found',
        lambda value: value == "" or _text(DNS_LABEL)(value),
    ),
    "triton_port": Form('a port\'s name, a number from 1 to 65535, or "" to have it found', _port),
    "triton_style": Form("auto, omit or explicit", lambda value: value in ("auto", "omit", "explicit")),
    "triton_strategy": Form("auto, surge or recreate", lambda value: value in ("auto", "surge", "recreate")),
    "triton_model_control": Form(
        "none (all models are loaded at start) or explicit (those of triton_load_models, and others on request); poll is not offered, since "
        "repositories do not change below a running pod here, and replicas that poll serve different versions for a time",
        lambda value: value in ("none", EXPLICIT),
    ),
    "triton_load_models": Form('a list of models, each once, or ["*"] for all', _names),
    "triton_models": Form(
        f"a list of models, each once, as {{model: double, state: {LOADED}}} with state {LOADED} (the default), {UNLOADED} or {RELOADED} and "
        "the options version, config and unload_dependents",
        _models,
    ),
    "triton_inferences": Form(
        "a list of inferences, each with model and inputs", lambda value: _each(value, "model", "inputs")
    ),
    # Surveys and the command line give text.
    "triton_revision": Form(
        "the number of a revision, or 0 for the last one that was verified before",
        lambda value: re.fullmatch(r"\d+", str(value)) is not None,
    ),
    "triton_timeout": Form("a number of seconds", lambda value: re.fullmatch(r"\d+", str(value)) is not None),
}


def wrong(settings: Mapping[str, Any]) -> list[str]:
    """One sentence for each setting that does not have its form.

    :param settings: names of FORMS, with their values.
    :raises KeyError: a name that is none of FORMS.
    """
    sentences = [
        f"{name} is {_kind(value) if name in CONFIDENTIAL else _shown(value)}, but has to be {FORMS[name].words}."
        for name, value in settings.items()
        if not FORMS[name].fits(value)
    ]
    return sentences or _contradictions(settings)


def _contradictions(settings: Mapping[str, Any]) -> list[str]:
    """What each setting may be, but not all of them together."""
    chart = settings.get("triton_chart")
    given = [name for name in _OF_CHARTS if settings.get(name)]
    if "triton_chart" in settings and not chart and given:
        return [
            f"{given[0]} is given without triton_chart, of which it says something; name the chart, or leave it out."
        ]
    strategy = settings.get("triton_strategy", "auto")
    if chart and strategy != "auto":
        return [
            f"triton_strategy is {strategy}, which the chart {_shown(chart)} does not know; leave it out, and give a strategy in its own values."
        ]
    if chart and settings.get("triton_model_control") == EXPLICIT:
        return [
            f"triton_model_control is explicit, which the chart {_shown(chart)} does not know; give tritonserver's options in its own values."
        ]
    adapted = str(settings.get("triton_chart_adapt", True)).lower() not in ("false", "no", "off", "0")
    if chart and not adapted and settings.get("triton_model_repository"):
        sentence = (
            f"triton_model_repository gets into the chart {_shown(chart)} by adapting it, which triton_chart_adapt: false forbids; set that to "
            "true, or say in its own values where the models are."
        )
        return [sentence]
    load = settings.get("triton_load_models")
    if load and settings.get("triton_model_control") == "none":
        sentence = (
            f"triton_load_models is {_shown(load)}, but triton_model_control is none, which loads all models; set it to explicit, or leave "
            "triton_load_models out."
        )
        return [sentence]
    return []


def _kind(value: Any) -> str:
    """What a value is that may hold credentials; a mere name or path holds none."""
    if isinstance(value, str) and re.fullmatch(r"[\w./~-]{1,120}", value):
        return _shown(value)
    return f"no such thing (a value of type {type(value).__name__}, not shown since it may hold credentials)"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"
