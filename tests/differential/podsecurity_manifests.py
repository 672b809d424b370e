# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the collection reads manifests, checks types and fills in defaults, against Kubernetes' own code.

Where both read a text, they have to read the same. What one side alone refuses has to be one of these; the collection refuses

- on purpose: a key that is there twice, null and the like as a key, text behind the end of a document, and what is too large;
- since libyaml, the parser in C, does: odd tags, a colon before a comma, an escaped ' in "", the character DEL. Go's is laxer.

Kubernetes alone refuses JSON with a mistake that is no mistake in YAML, in YAML \\/ and the word 1? in brackets, and a text
of nothing but tabs.

Of types the collection looks at those that a rule reads. It refuses null as an item of a list, which Kubernetes takes for an
empty container, volume or text.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from podsecurity_oracle import Answer, Question, ask, report
from podsecurity_pods import VOLUMES, Generator, Json

from plugins.module_utils._errors import TritonError
from plugins.module_utils._podsecurity.evaluate import evaluate
from plugins.module_utils._scc.defaults import admission_defaults
from plugins.module_utils._scc.shape import check_pod
from plugins.module_utils._scc.yamltext import documents

TOKEN_PATH, TOKEN_PREFIX = "/var/run/secrets/kubernetes.io/serviceaccount", "kube-api-access-"
ON_PURPOSE = re.compile(r"is there twice|nested deeper|cannot be a key|JSON|base64|follows the end")
# What libyaml alone refuses.
STRICTER = re.compile(
    r"expected whitespace or line break|expected tag URI|unexpected ':'|alphabetic or numeric|unknown escape|control characters"
)
# What Kubernetes alone refuses.
LAXER = re.compile(r"^json: offset|^unexpected EOF$|cannot start any token|unknown escape")
QUESTION_MARK = "did not find expected ',' or"
# To Go a comma is part of a tag, to the parser in C it ends one inside of brackets.
COMMA_IN_TAG = re.compile(r"!\S*,")
NULL_ITEM = re.compile(r"\[\d+\] is null|\[[^]]*None")
WHOLE_FLOAT = re.compile(r"[-+]?[0-9_]*(\.[0_]*|(\.[0-9_]*)?[eE][-+]?[0-9_]+|[89][0-9_]*)")
CHARACTERS = "0123456789abcefnoxyNOTYSU+-._:~ '\"\\#&*!|>%@`{}[],?<=\t\n/\u00e9\U0001f600"
WORDS = (
    "yes", "No", "on", "OFF", "y", "N", "true", "~", "null", "Null", "", "12", "-7", "+5", "017", "0o17", "0b101", "-0b11",
    "0b-1", "0x1F", "08", "09.5", "1_000", "1__0", "_1", "12:30", "12:30:45", "1e3", "1E3", "1.5e-3", "1.", ".5", ".5_5", ".5_",
    "-.5", "1e400", ".inf", "-.INF", ".nan", "2001-01-01", "2001-01-01T00:00:00Z", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
    "1152921504606846976.0", "1e20", "1e21", "1e22", "123456789012345678901234567890", "0xFFFFFFFFFFFFFFFFF", "00", "-0", "0.1",
    "1234567.5", "1234567.0", "0.00001", "3.4e39", "1e-50", "<<", "=", "!!str 12", "!!int 12", '!!int "12"', "!!float 1",
    "!!bool yes", "!!null ''", "!foo bar", "! 12", "'12'", '"yes"', '"\\u00e9\\x41\\n"', "!!binary aGk=", "!!binary a", "a b",
    "a: b", "&x 1", "*x", "text", "é", "0777", "1.2.3", "-", "+", "- a", "|-\n  x", ">\n  x\n  y", "{a: 1}", "[1, 2]", "0o8",
    "0x", "1e", "e1", "1e+03", "+.5", "+1.5", "0_7", "0b_1", "0b2", "NaN", "Infinity", "1,000", "0.0", "-0.0", "1e-400", "{}",
)  # fmt: skip
# Values to be put into places of any type; and fields whose types no rule needs.
ODD = (
    None, True, 0, -1, 1.5, 2.0, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, "", "1000", "true", "x", [], {}, [None], ["a"], [1],
    {"a": 1}, {"a": None}, {"nonsense": 1}, [{}], [[]],
)  # fmt: skip
UNREAD = frozenset(("image", "exec", "port", "foo", "unheardOf", "resourceFieldRef", "hostIP"))
ERRORS = ("!!null ''", "!!int 12", "!!binary a", "a: b", "*x", "- a", ".inf", "-.INF", ".nan", ">\n  x\n  y", "|-\n  x")


class Texts:
    """Random manifests, near and far from what is right."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pods = Generator(seed)
        self.anchors: set[str] = set()  # of the document at hand

    def one(self, values: Sequence[Any]) -> Any:
        return self.random.choice(values)

    def word(self) -> str:
        if self.random.random() < 0.8:
            word = str(self.one(WORDS))
            # What mostly is an error would spoil most texts.
            return word if word not in ERRORS or self.random.random() < 0.1 else str(self.one(WORDS[:20]))
        alphabet = "0123456789" * 3 + "xXoObBeE._+-"
        return "".join(self.random.choices(alphabet, k=self.random.randint(1, 8)))

    def mapping(self, indent: int, depth: int) -> str:
        lines = []
        for index in range(self.random.randint(1, 4)):
            plain = self.random.random() < 0.8
            key = f"k{index}" if plain else self.one(("a", "b", f"k{index}", self.word())).split("\n")[0]
            # Of 1000 and 1e3, or of 12 and "12", as keys of one object Go takes either, by chance: no such pairs.
            if key in ("!!str 12", "'12'") or WHOLE_FLOAT.fullmatch(key):
                key = self.one(("k", "98765.0", "4567e3"))
            lines.append(" " * indent + f"{key or 'e'}:" + self.value(indent, depth))
        return "\n".join(lines)

    def value(self, indent: int, depth: int) -> str:
        choice = self.random.random()
        if depth and choice < 0.25:
            return "\n" + self.mapping(indent + 2, depth - 1)
        if depth and choice < 0.4:
            return "".join(
                f"\n{' ' * indent}-{self.value(indent + 2, depth - 1)}" for _time in range(self.random.randint(1, 3))
            )
        if depth and choice < 0.45:
            text = self.mapping(indent + 2, depth - 1)
            name = self.one("xy")
            self.anchors.add(name)
            return f" &{name}\n{text}"
        if depth and choice < 0.55 and self.anchors:
            return self.merged(indent, depth)
        if choice < 0.6 and self.anchors:
            return f" *{self.alias()}"
        return " " + self.word()

    def alias(self) -> str:
        """The name of an anchor that is there, mostly."""
        return str(self.one(sorted(self.anchors) if self.anchors and self.random.random() < 0.97 else "xyz"))

    def merged(self, indent: int, depth: int) -> str:
        """An object with a merge, before, between or after its own keys."""
        one, other = self.alias(), self.alias()
        sources = (f"*{one}", f"*{one}", f"[*{one}, *{other}]", "{k1: 1, b: 2}", f"[{{k0: 1}}, *{one}]", self.word())
        lines = [f"{' ' * indent}  <<: {self.one(sources)}"]
        if self.random.random() < 0.7:
            lines.append(self.mapping(indent + 2, depth - 1))
        if self.random.random() < 0.5:
            lines.insert(0, f"{' ' * indent}  {self.one(('a', 'b', 'k9'))}: 1")
        return "\n" + "\n".join(lines)

    def text(self) -> str:
        kind = self.random.random()
        if kind < 0.5:
            documents = [self.document() for _time in range(self.random.randint(1, 3))]
            separator = self.one(
                (
                    "\n---\n",
                    "\n---\n",
                    "\n--- # comment\n# Source: x/y.yaml\n",
                    "\n---\n---\n",
                    "\n...\n---\n",
                    "\r\n---\r\n",
                    "\n--- \t\n",
                    f"\n---{self.one((' text', 'x', ' {a: 1}', ' |', '-'))}\n",
                )
            )
            return str(self.one(("", "---\n", "# first\n", "\n"))) + separator.join(documents) + self.one(("", "\n"))
        if kind < 0.65:
            text = self.json()
            return self.mutated(text) if self.pods.flag() else text
        if kind < 0.9:
            return self.mutated(self.document())
        return "".join(self.random.choices(CHARACTERS, k=self.random.randint(0, 30)))

    def document(self) -> str:
        self.anchors = set()
        return self.mapping(0, 3)

    def json(self) -> str:
        """Objects one after the other, with blanks that YAML would not allow, and halves of characters."""
        text = str(self.one(("", "", "\n", "\n \t", "\t\n\r\n")))
        for _time in range(self.one((1, 1, 1, 2, 3))):
            pod = json.dumps(self.pods.pod(), indent=self.one((None, 2)), ensure_ascii=self.pods.flag())
            odd = self.one(
                ('"name": "\\ud83d\\ude00\\ud800"', '"name": "\\u00e9\\/"', '"name": 1e400', '"name": 1000.0')
            )
            text += pod.replace('"name": "a"', odd) + self.one(("", "\n", " \t\n", "\n---\n"))
        return text

    def mutated(self, text: str) -> str:
        for _time in range(self.random.randint(1, 3)):
            at = self.random.randint(0, len(text))
            text = text[:at] + self.one(CHARACTERS) + text[at + self.random.randint(0, 2) :]
        return text

    def pod(self) -> Json:
        """A pod with what defaults depend on."""
        generator = self.pods
        pod = generator.pod()
        spec = pod["spec"]
        spec.pop("ephemeralContainers", None)
        generator.put(spec, "serviceAccountName", 0.3, lambda: generator.one(("", "sa")))
        generator.put(spec, "serviceAccount", 0.3, lambda: generator.one(("", "other")))
        generator.put(spec, "automountServiceAccountToken", 0.3, generator.flag)
        for kind in ("initContainers", "containers"):
            for container in spec.get(kind) or ():
                generator.put(container, "volumeMounts", 0.3, self.mounts)
        if generator.chance(0.3):
            spec["volumes"] = [*(spec.get("volumes") or ()), *(self.volume() for _time in range(2))]
        if generator.chance(0.03):
            pod["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
            spec["serviceAccountName"] = spec["serviceAccount"] = None
        return pod

    def mounts(self) -> list[Json]:
        return [
            {"name": "v", "mountPath": self.one(("/x", TOKEN_PATH, TOKEN_PATH + "/"))}
            for _time in range(self.random.randint(0, 2))
        ]

    def volume(self) -> Json:
        items = [
            self.one(
                (
                    {"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}},
                    {"path": "p", "fieldRef": {"apiVersion": "v2", "fieldPath": "x"}},
                    {"path": "q", "resourceFieldRef": {"resource": "limits.cpu"}},
                    {"path": "r", "fieldRef": {"apiVersion": "", "fieldPath": "y"}},
                )
            )
            for _time in range(2)
        ]
        return self.one(
            (
                {"name": "d", "downwardAPI": {"items": items}},
                {
                    "name": "kube-api-access-own",
                    "projected": {"sources": [{"downwardAPI": {"items": items}}, {"secret": {}}]},
                },
                {"name": "kube-api-access-", "emptyDir": None},
                {"name": "e", self.one(VOLUMES): None},
                {"name": "f"},
            )
        )

    def odd_pod(self) -> Json:
        """A pod in which one value is another one, in a place that a rule reads."""
        pod = self.pod()
        places = [(pod["spec"], "containers"), *_places(pod["spec"]), *_places(pod["metadata"])]
        parent, key = self.one(places)
        parent[key] = self.one(ODD)
        return pod


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place inside of a value: what holds it, and its key or index."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        if key not in UNREAD:
            yield value, key
            yield from _places(value[key])


def questions(cases: int, seed: int) -> Iterator[Question]:
    texts = Texts(seed)
    for index in range(cases):
        if index % 4:
            yield {"op": "read", "text": texts.text()}
        elif texts.pods.chance(0.3):
            yield {"op": "prepare", "pod": texts.odd_pod(), "namespace": "n", "automount": None, "types": True}
        elif texts.pods.flag():
            yield {"op": "prepare", "pod": texts.pod(), "namespace": "n", "automount": texts.one((None, True, False))}
        else:
            # The whole way: defaults first, then the review.
            policy = dict.fromkeys(("enforce", "audit", "warn"), "restricted")
            latest = dict.fromkeys(("enforceversion", "auditversion", "warnversion"), "latest")
            asked = {"labels": {}, "default": policy | latest, "defaults": True, "template": False}
            yield {"op": "review", "pod": texts.pod(), **asked}


def _same_numbers(value: Any) -> Any:
    """Beyond 64 bits Go has floats where the collection keeps integers that no field takes anyway."""
    if isinstance(value, dict):
        return {key: _same_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_same_numbers(item) for item in value]
    if type(value) is int and not -(2**63) <= value < 2**63:
        return float(value)
    return value


def _reading(question: Question, answer: Answer) -> tuple[Any, Any]:
    if COMMA_IN_TAG.search(question["text"]):
        return None, None
    refused = answer.get("error", "")
    try:
        found: Any = [_same_numbers(document) for document in documents(question["text"], "it")]
    except TritonError as error:
        said = str(error)
        known: object = ON_PURPOSE.search(said) or STRICTER.search(said)
        return (None, None) if refused or known else (answer, said)
    if refused:
        known = LAXER.search(refused) or (QUESTION_MARK in refused and "?" in question["text"])
        return (None, None) if known else (refused, found)
    return json.dumps(_same_numbers(answer["documents"]), sort_keys=True), json.dumps(found, sort_keys=True)


def _types(question: Question, answer: Answer) -> tuple[Any, Any]:
    """Whether the pod can be decoded."""
    said = ""
    try:
        check_pod(question["pod"], "it")
    except TritonError as error:
        said = str(error)
    if NULL_ITEM.search(said):
        return None, None
    refused = answer.get("error", "")
    # By then the pod was decoded.
    return bool(refused) and not refused.startswith("service account admission"), bool(said)


def _decisive(pod: Json) -> Any:
    """The fields that defaults decide on, in a form without null and without the random end of a name."""
    text = re.sub(rf"{TOKEN_PREFIX}[a-z0-9]{{5}}\b", f"{TOKEN_PREFIX}xxxxx", json.dumps(pod))
    pod = json.loads(text)
    spec = pod["spec"]
    containers = {
        kind: [
            [
                [(port.get("hostPort") or 0, port["containerPort"]) for port in container.get("ports") or ()],
                [
                    [mount["name"], mount["mountPath"], mount.get("readOnly", False)]
                    for mount in container.get("volumeMounts") or ()
                ],
            ]
            for container in spec.get(kind) or ()
        ]
        for kind in ("initContainers", "containers")
    }
    return [
        containers,
        [_volume(volume) for volume in spec.get("volumes") or ()],
        spec.get("securityContext") is not None,
        [spec.get(key) or "" for key in ("serviceAccountName", "serviceAccount")],
        pod["metadata"]["namespace"],
    ]


def _volume(volume: Json) -> Any:
    sources = {key: value for key, value in volume.items() if value is not None and key not in ("name", "unheardOf")}
    details = {}
    for key in ("downwardAPI", "projected"):
        if key in sources:
            details[key] = _without_empty(sources[key])
            details[key].pop("defaultMode", None)
            details[key].pop("foo", None)
    return [volume.get("name") or "", sorted(sources), details]


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_empty(item)
            for key, item in value.items()
            if item not in (None, "") and key not in ("divisor",)
        }
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def compared(question: Question, answer: Answer) -> tuple[Any, Any]:
    if question["op"] == "read":
        return _reading(question, answer)
    if question.get("types"):
        return _types(question, answer)
    if "error" in answer:
        return answer["error"], None
    if question["op"] == "review":
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        return answer["message"], evaluate(admission_defaults(question["pod"], "n"), labels).message
    filled = admission_defaults(question["pod"], question["namespace"], question["automount"])
    return _decisive(answer), _decisive(filled)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    answered = ask(questions(options.cases, options.seed))
    return report(
        "podsecurity_manifests",
        options.cases,
        ((question, *compared(question, answer)) for question, answer in answered),
    )


if __name__ == "__main__":
    sys.exit(main())
