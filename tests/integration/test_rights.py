# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deployer without cluster-admin: what an administrator prepares, what the deployer then does, and what is said before that."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import DOUBLE, ROOT, VALUES, Cluster


def settings(namespace: str) -> dict[str, Any]:
    return {
        "triton_namespace": namespace,
        "triton_model_repository": {"configmap": {"path": str(ROOT / "tests" / "models")}},
        "triton_values": VALUES,
        "triton_inferences": [DOUBLE],
    }


@pytest.fixture(scope="module")
def deployer(cluster: Cluster) -> str:
    """The deployer's name, as the API server sees it."""
    answer = cluster.kubectl("auth", "whoami", "-o", "json", user="deployer")
    name: str = json.loads(answer)["status"]["userInfo"]["username"]
    return name


def test_an_administrator_prepares_and_the_deployer_deploys(
    cluster: Cluster, fresh_name: Callable[[], str], deployer: str
) -> None:
    namespace = fresh_name()
    preparation = {"triton_namespace": namespace, "triton_deployers": [{"kind": "User", "name": deployer}]}

    refused = cluster.play("prepare", preparation, user="deployer")
    assert refused.code != 0
    assert refused.sentence.startswith(f'User {deployer} lacks rights for namespace "{namespace}": ')
    assert "create" in refused.sentence and "rolebindings.rbac.authorization.k8s.io" in refused.sentence
    assert refused.sentence.endswith("Nothing was written. Let an administrator run this playbook, once.")
    assert refused.writes == ()

    checked = cluster.play("prepare", preparation, "--check")
    assert (checked.code, checked.changed, checked.writes) == (0, 1, ()), checked.output
    assert cluster.kubectl("get", "namespace", namespace, "--ignore-not-found") == ""

    prepared = cluster.play("prepare", preparation)
    assert (prepared.code, prepared.changed) == (0, 1), prepared.output
    again = cluster.play("prepare", preparation)
    assert (again.code, again.changed, again.writes) == (0, 0, ()), again.output

    variables = settings(namespace)
    first = cluster.play("deploy", variables, user="deployer")
    assert first.code == 0, first.output
    assert first.writes
    second = cluster.play("deploy", variables, user="deployer")
    assert (second.code, second.changed, second.writes) == (0, 0, ()), second.output
    verified = cluster.play("verify", variables, user="deployer")
    assert (verified.code, verified.changed, verified.writes) == (0, 0, ()), verified.output
    removed = cluster.play("remove", variables, user="deployer")
    assert removed.code == 0, removed.output
    left = cluster.get("deployments,services,configmaps,secrets", "-n", namespace)["items"]
    assert not [item for item in left if item["metadata"]["name"].startswith(("triton", "sh.helm"))]


def test_the_grant_in_the_message_is_all_that_it_takes(cluster: Cluster, namespace: str, deployer: str) -> None:
    variables = settings(namespace)
    refused = cluster.play("deploy", variables, user="deployer")
    assert refused.code != 0
    assert refused.writes == ()
    assert f'User {deployer} lacks rights for namespace "{namespace}": ' in refused.sentence
    for right in ("get namespaces", "create services/proxy", "create, update, patch, delete secrets"):
        assert re.search(right.replace("create ", "create.* "), refused.sentence), right

    # A binding that an administrator made for somebody else is no hindrance.
    others = ["create", "rolebinding", "triton-deployer", "--clusterrole=view", "--user=somebody", "-n", namespace]
    cluster.kubectl(*others)
    grant(cluster, refused.sentence)
    granted = cluster.play("deploy", variables, user="deployer")
    assert granted.code == 0, granted.output
    assert granted.writes


def grant(cluster: Cluster, sentence: str) -> None:
    """Run the command with which the sentence ends, as the administrator."""
    found = re.search(r": (kubectl create rolebinding \S+ --clusterrole=edit .*)$", sentence)
    assert found, sentence
    cluster.kubectl(*shlex.split(found[1])[1:])


@pytest.fixture
def only_namespaces(cluster: Cluster) -> Iterator[None]:
    """User nobody may create namespaces, and do nothing in them."""
    name = "test-only-namespaces"
    cluster.kubectl("create", "clusterrole", name, "--verb=create,get,patch", "--resource=namespaces")
    cluster.kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", "--user=nobody")
    yield
    cluster.kubectl("delete", f"clusterrole/{name}", f"clusterrolebinding/{name}")


def test_one_missing_right_is_told_exactly(
    cluster: Cluster, fresh_name: Callable[[], str], deployer: str, only_namespaces: None
) -> None:
    edit = cluster.get("clusterrole", "edit")["rules"]
    lacking = {
        "create services/proxy": without(edit, "", "services/proxy", "create"),
        "get, list, create, update, patch, delete secrets": without(edit, "", "secrets"),
        "patch deployments.apps": without(edit, "apps", "deployments", "patch"),
        "list events": without(without(edit, "", "events", "list"), "events.k8s.io", "events"),
    }
    kubeconfig = {"triton_kubeconfig": str(cluster.user("deployer"))}
    hosts = {}
    for number, rules in enumerate(lacking.values()):
        namespace = fresh_name()
        cluster.kubectl("create", "namespace", namespace)
        metadata = {"name": "nearly-edit", "namespace": namespace}
        api = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": metadata}
        subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": deployer}
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "nearly-edit"}
        cluster.apply(
            {**api, "kind": "Role", "rules": rules},
            {**api, "kind": "RoleBinding", "roleRef": role, "subjects": [subject]},
        )
        hosts[f"lacking{number}"] = {**settings(namespace), **kubeconfig}
    new = fresh_name()
    hosts["only_namespaces"] = {**settings(new), "triton_kubeconfig": str(cluster.user("nobody"))}

    played = cluster.play_hosts("deploy", hosts)
    assert played.writes == ()
    for host, right in zip(hosts, lacking, strict=False):
        (sentence,) = played.hosts[host]
        namespace = hosts[host]["triton_namespace"]
        assert sentence == (
            f'User {deployer} lacks rights for namespace "{namespace}": {right}. Nothing was written. Ask an administrator to run '
            f"this: kubectl create rolebinding triton-deployer-{deployer} --clusterrole=edit --user={deployer} --namespace={namespace}"
        )
    (sentence,) = played.hosts["only_namespaces"]
    assert "User nobody lacks rights" in sentence and "create services/proxy" in sentence
    assert cluster.kubectl("get", "namespace", new, "--ignore-not-found") == ""


def without(rules: list[dict[str, Any]], group: str, resource: str, *verbs: str) -> list[dict[str, Any]]:
    """Rules of a role less a right: these verbs (or all) on one resource."""
    result = []
    for rule in rules:
        if group not in rule.get("apiGroups", ()) or resource not in rule.get("resources", ()):
            result.append(rule)
            continue
        others = [name for name in rule["resources"] if name != resource]
        kept = [verb for verb in rule["verbs"] if verbs and verb not in verbs]
        if others:
            result.append({**rule, "resources": others})
        if kept:
            result.append({**rule, "resources": [resource], "verbs": kept})
    return result
