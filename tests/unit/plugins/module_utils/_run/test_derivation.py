# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts that are made of others, with doubles of helm and of the cluster."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._adapt.step import Refusal, Step
from ansible_collections.inferops.triton.plugins.module_utils._errors import TritonError
from ansible_collections.inferops.triton.plugins.module_utils._helm.program import opened
from ansible_collections.inferops.triton.plugins.module_utils._kube.client import Client, connect
from ansible_collections.inferops.triton.plugins.module_utils._release.helm_command import Target
from ansible_collections.inferops.triton.plugins.module_utils._release.stored import Stored
from ansible_collections.inferops.triton.plugins.module_utils._run import derivation, rendering
from ansible_collections.inferops.triton.plugins.module_utils._run.derivation import Derived
from ansible_collections.inferops.triton.tests.unit.plugins.fake_api import FakeApi
from ansible_collections.inferops.triton.tests.unit.plugins.fake_helm import FakeHelm

from .openshift import deployment, install

CHART = {"Chart.yaml": b"apiVersion: v2\nname: c\nversion: 1.0.0\n", "values.yaml": b"a: 1\n"}
RANDOM = {**CHART, "templates/s.yaml": b"{{ randAlphaNum 16 }}"}
LOOKING = {**CHART, "templates/s.yaml": b'{{ lookup "v1" "Secret" "ns" "s" }}'}


@pytest.fixture
def helm(tmp_path: Path) -> FakeHelm:
    return FakeHelm.made(tmp_path / "helm")


def secret(password: str) -> dict[str, Any]:
    data = {"password": base64.b64encode(password.encode()).decode()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": data}


def renders(helm: FakeHelm, *renderings: Sequence[Mapping[str, Any]]) -> None:
    """Let each call of helm template print something else; the last one is printed from then on."""
    (helm.folder / "count").unlink(missing_ok=True)
    for number, objects in enumerate(renderings, 1):
        text = "".join(f"---\n# Source: c/templates/a.yaml\n{json.dumps(item)}\n" for item in objects)
        (helm.folder / f"rendering{number}").write_text(text)
    count = "n=$(($(cat count 2> /dev/null || echo 0) + 1)); echo $n > count"
    helm.does("template", f"{count}; if [ -f rendering$n ]; then cp rendering$n template.out; fi")


def connected(api: FakeApi, **labels: str) -> Client:
    install(api, **labels)
    api.answers["GET", "/api"] = (200, {"kind": "APIVersions", "versions": ["v1"]})
    return connect({"host": api.url, "api_key": "secret-token", "validate_certs": False})


def derived(
    api: FakeApi,
    helm: FakeHelm,
    files: Mapping[str, bytes],
    former: Sequence[Any] = (),
    values: Mapping[str, Any] | None = None,
    **more: Any,
) -> Derived:
    client = connected(api)
    metadata = {"name": "c", "version": "1.0.0"}
    wanted = derivation.adapting(client, {"scc": None, "drop_missing": True}, "ns", False)
    given = {"upgrade": bool(former), "missing": False, **more}
    with opened(str(helm.binary), client.kubeconfig()) as program:
        target = Target("r", "ns", "/charts/c")
        return derivation.derive(
            client, program, target, files, metadata, values or {}, "v1.36.0", wanted, former, **given
        )


def test_a_chart_is_rendered_adapted_and_made_a_chart_again(api: FakeApi, helm: FakeHelm) -> None:
    renders(helm, [deployment(securityContext={"runAsUser": 5})])
    made = derived(api, helm, CHART, values={"x": "y"})
    assert helm.commands == ["template"]
    assert helm.values == {"x": "y"}
    assert "--kube-version=v1.36.0" in helm.calls[0] and "--is-upgrade" not in helm.calls[0]
    assert [change["path"] for change in made.report["changes"]] == ["spec.template.spec.securityContext.runAsUser"]
    (item,) = made.manifest.objects
    assert json.loads(made.files["templates/deployment-server.json"]) == item
    assert made.metadata["version"].startswith("1.0.0+adapted.")
    assert made.undecided == []


def test_random_values_stay_those_of_the_release(api: FakeApi, helm: FakeHelm) -> None:
    renders(helm, [secret("x7Gq2LmZp0Rt4VbN")], [secret("Hs91kDwQe6YuT3Ac")])
    made = derived(api, helm, RANDOM, [secret("oLd5Pa8sWoRd1Zz9")])
    assert helm.commands == ["template", "template"]
    assert "--is-upgrade" in helm.calls[0]
    assert list(made.manifest.objects) == [secret("oLd5Pa8sWoRd1Zz9")]
    assert made.undecided == []


def test_a_random_value_that_cannot_be_kept_is_told(api: FakeApi, helm: FakeHelm) -> None:
    first, second = secret("x7Gq2LmZp0Rt4VbN"), secret("Hs91kDwQe6YuT3Ac")
    renders(helm, [first], [second])
    made = derived(api, helm, RANDOM, [{**secret("x"), "data": {}}])
    (said,) = made.undecided
    assert said.startswith("Secret s has a random value (data.password) that is made anew")


@pytest.mark.parametrize("rehash", [True, False])
def test_a_hash_of_the_users_password_is_made_anew_with_other_values(
    api: FakeApi, helm: FakeHelm, rehash: bool
) -> None:
    new, second, old = (secret(f"admin:$2a$10${sign * 53}") for sign in "abc")
    renders(helm, [new], [second])
    made = derived(api, helm, RANDOM, [old], rehash=rehash)
    assert list(made.manifest.objects) == [new if rehash else old]


def test_helm_4_looks_at_the_cluster_through_a_post_renderer(api: FakeApi, tmp_path: Path) -> None:
    helm = FakeHelm.made(tmp_path / "helm4", 4)
    kept = json.dumps(secret("x"))
    helm.does("template", f"""echo '{kept}' > "$INFEROPS_TRITON_KEPT"; ls "$HELM_PLUGINS/keep" > plugin""")
    helm.says("template", "Error: what it says does not count")
    made = derived(api, helm, LOOKING)
    assert list(made.manifest.objects) == [secret("x")]
    assert "--post-renderer=keep" in helm.calls[0]
    assert (helm.folder / "plugin").read_text() == "plugin.yaml\n"
    assert "looks at the cluster" in made.undecided[0]


def test_helm_3_looks_at_the_cluster_by_itself(api: FakeApi, helm: FakeHelm) -> None:
    renders(helm, [secret("x")])
    derived(api, helm, LOOKING)
    assert "--dry-run=server" in helm.calls[0] and "--post-renderer" not in helm.calls[0]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", "; fetch it with helm dependency build. Nothing was written."),
        (
            "condition: db.enabled",
            "helm dependency build, or switch it off by db.enabled: false in the values. Nothing was written.",
        ),
    ],
)
def test_a_subchart_that_is_missing(api: FakeApi, helm: FakeHelm, more: str, words: str) -> None:
    files = {
        **CHART,
        "Chart.yaml": f"name: c\nversion: 1.0.0\ndependencies: [{{name: db, version: '1', repository: 'https://x', {more}}}]".encode(),
    }
    with pytest.raises(TritonError) as caught:
        derived(api, helm, files)
    assert caught.value.message.startswith(
        "Chart /charts/c needs chart db 1 (https://x), which is not in its folder charts; "
    )
    assert caught.value.message.endswith(words)
    assert helm.calls == []


def test_a_chart_that_cannot_be_adapted(api: FakeApi, helm: FakeHelm) -> None:
    renders(helm, [deployment(hostNetwork=True)])
    with pytest.raises(TritonError) as caught:
        derived(api, helm, CHART)
    assert caught.value.message.startswith("Chart /charts/c cannot be adapted safely. Deployment server: ")
    assert "Nothing was written" in caught.value.message
    assert [one["name"] for one in caught.value.details["refusals"]] == ["server"]


def test_a_refusal_names_each_object_its_reasons_and_the_scc() -> None:
    scc = {"metadata": {"name": "r-d"}}
    error = derivation.refused([Refusal("Deployment", "d", ("a.", "b."), scc), Refusal("Job", "j", ())], "c")
    assert error.message.startswith(
        "Chart c cannot be adapted safely. Deployment d: a.; b. Job j: it is admitted as it is, but not as asked. "
    )
    assert "(Deployment d: r-d)" in error.message
    assert error.details["refusals"][0]["scc"] == scc


def test_helm_refuses_the_chart(api: FakeApi, helm: FakeHelm) -> None:
    helm.fails("template", "Error: parse error in c/templates/a.yaml")
    with pytest.raises(TritonError, match="parse error"):
        derived(api, helm, CHART)


def stored(**release: Any) -> Stored:
    return Stored({"metadata": {}}, {"version": 1, "info": {"status": "deployed"}, **release})


def test_the_chart_that_helm_keeps_with_a_release_is_the_one_that_was_made(api: FakeApi, helm: FakeHelm) -> None:
    renders(helm, [secret("x"), deployment(securityContext={"runAsUser": 5})])
    made = derived(api, helm, CHART)
    parts = [{"name": path, "data": base64.b64encode(content).decode()} for path, content in made.files.items()]
    own = ("Chart.yaml", "values.yaml")
    kept = {
        "metadata": json.loads(made.files["Chart.yaml"]),
        "templates": [one for one in parts if one["name"].startswith("templates/")],
        "files": [one for one in parts if not one["name"].startswith("templates/") and one["name"] not in own],
        "values": {"a": 1},
    }
    found = derivation.stored_chart(stored(chart=kept))
    assert {path: found[path] for path in found if path not in own} == {
        path: made.files[path] for path in made.files if path not in own
    }
    assert json.loads(found["Chart.yaml"]) == made.metadata
    assert json.loads(found["values.yaml"]) == {"a": 1}
    assert derivation.stored_report(stored(chart=kept)) == made.report


@pytest.mark.parametrize("chart", [None, {}, {"templates": None, "files": None, "values": None, "metadata": None}])
def test_a_release_without_a_chart(chart: Any) -> None:
    assert derivation.stored_chart(stored(chart=chart)) == {"Chart.yaml": b"{}", "values.yaml": b"{}"}
    assert derivation.stored_report(stored(chart=chart)) == {}


@pytest.mark.parametrize("content", [b"no JSON", b"[]", b"\xff", b""])
def test_a_report_that_cannot_be_read(content: bytes) -> None:
    kept = {"files": [{"name": "adapted.json", "data": base64.b64encode(content).decode()}]}
    assert derivation.stored_report(stored(chart=kept)) == {}
    assert derivation.stored_report(None) == {}


def test_former_objects_are_those_of_a_release_that_is_there() -> None:
    hook = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "h", "annotations": {"helm.sh/hook": "test"}}}
    release = {"manifest": json.dumps(secret("x")), "hooks": [{"manifest": json.dumps(hook)}]}
    assert derivation.former_objects(stored(**release)) == [secret("x"), hook]
    assert derivation.former_objects(stored(**release, info={"status": "uninstalled"})) == []
    assert derivation.former_objects(None) == []


def test_a_mark_tells_wishes_apart_and_not_their_order() -> None:
    def mark(**params: Any) -> Any:
        return derivation.adapting(None, params, "ns", True).mark

    assert mark() == mark(scc="restricted-v2", style="omit", allow=[], volumes={}, change_pods=True, prepared=True)
    assert mark(allow=["root", "sysctls"]) == mark(allow=["sysctls", "root"])
    assert mark(change_pods=False) != mark() != mark(drop_missing=True)


@pytest.mark.parametrize("style", ["omit", "explicit"])
def test_the_namespaces_numbers_count_where_they_are_written_down(api: FakeApi, style: str) -> None:
    client = connected(api, **{"pod-security.kubernetes.io/enforce": "baseline", "other": "x"})
    facts = derivation.adapting(client, {"style": style}, "ns", False).facts
    assert facts["pod-security.kubernetes.io/enforce"] == "baseline"
    assert "other" not in facts
    assert ("openshift.io/sa.scc.uid-range" in facts) is (style == "explicit")


def test_files_are_written_below_a_folder(tmp_path: Path) -> None:
    assert rendering.write({"a/b": b"1", "c": b"2"}, tmp_path) == tmp_path
    assert (tmp_path / "a" / "b").read_bytes() == b"1"


def test_a_change_for_results() -> None:
    found = derivation.plain(Step("K", "n", "p", 1, None, "r", "w"))
    assert found == {
        "kind": "K",
        "name": "n",
        "namespace": "",
        "path": "p",
        "before": 1,
        "after": None,
        "reason": "r",
        "warning": "w",
    }
