# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.inferops.triton.plugins.module_utils._adapt.served import serves
from ansible_collections.inferops.triton.plugins.module_utils._adapt.whole import Whole, Wishes, adapt_whole
from ansible_collections.inferops.triton.plugins.module_utils._adapt.words import told, words
from ansible_collections.inferops.triton.plugins.module_utils._explain.offline_facts import Given, Offline
from ansible_collections.inferops.triton.plugins.module_utils._storage.base import Target

ENV = [{"name": "DBPW", "value": "hunter1"}, {"name": "DBPW", "value": "hunter2"}]


def whole(item: dict[str, Any], **wishes: Any) -> Whole:
    known = Offline(Given(objects=(item,)))
    return adapt_whole(
        [item],
        Target("ns", "triton"),
        known,
        lambda version, kind: serves("openshift", version, kind),
        Wishes(**wishes),
    )


def test_changes_show_no_values_of_variables() -> None:
    chown = {
        "name": "own",
        "image": "i",
        "command": ["chown", "1", "/data"],
        "securityContext": {"runAsUser": 0},
        "env": ENV[:1],
    }
    spec = {
        "initContainers": [chown],
        "containers": [{"name": "t", "image": "tritonserver:1", "env": ENV, "args": ["tritonserver", "--x=y"]}],
    }
    item = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d"},
        "spec": {"selector": {}, "template": {"spec": spec}},
    }
    models = {
        "modelRepositories": [{"name": "main", "uri": "s3://b/m"}],
        "env": [{"name": "KEY", "value": "hunter3"}],
        "initContainers": [{"name": "fetch", "image": "i", "env": [{"name": "K", "value": "hunter4"}]}],
    }
    found = whole(item, models=models)
    assert found.refusals == ()
    places = {step.path.removeprefix("spec.template.spec.") for step in found.steps}
    assert {"containers[0].env", "containers[0].env[0]", "initContainers", "initContainers[0]"} <= places
    plain = [
        {"kind": one.kind, "name": one.name, "path": one.path, "before": one.before, "after": one.after}
        for one in found.steps
    ]
    assert "hunter" not in repr(found.steps)
    assert "hunter" not in " ".join([*map(words, found.steps), *told({**one, "reason": "r"} for one in plain)])
    # The objects have them.
    assert all(text in repr(found.objects) for text in ("hunter2", "hunter3", "hunter4"))
