# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.inferops.triton.plugins.module_utils._triton.serving import found, server

IMAGE = "nvcr.io/nvidia/tritonserver:25.01-py3"


@pytest.mark.parametrize(
    ("container", "answer"),
    [
        ({"image": IMAGE}, True),
        ({"image": "registry.example.com:5000/a/tritonserver@sha256:00"}, True),
        ({"image": "tritonserver"}, True),
        ({"image": "example.com/tritonserver-gpu:1"}, True),
        ({"image": "corp/triton-exporter:1"}, False),
        ({"image": "corp/my-triton:1"}, False),
        ({"image": f"{IMAGE}-sdk"}, False),
        ({"image": "example.com/triton/redis:1"}, False),
        ({"image": "redis:1-triton"}, False),
        ({"image": "i", "command": ["tritonserver"]}, True),
        ({"image": "i", "command": ["/opt/tritonserver/bin/tritonserver", "--x"]}, True),
        ({"image": "i", "args": ["tritonserver", "--model-store=/m"]}, True),
        ({"image": "i", "command": ["sh", "-c", "sleep 1;tritonserver --x"]}, True),
        ({"image": "i", "args": ["--model-repository", "/m"]}, True),
        ({"image": "i", "args": ["--model-repository-poll", "/m"]}, False),
        ({"image": "i", "args": ["-u", "tritonserver", "--x"]}, False),
        ({"image": "i", "command": ["perf"], "args": ["-u", "tritonserver"]}, False),
        ({"image": "i", "command": ["sh", "-c", "perf -u tritonserver"]}, False),
        ({"image": "i", "command": ["sh", "-c", "chmod +x ${DIR}/tritonserver; P=/x/tritonserver ls"]}, False),
        ({"image": "i", "command": ["sh", "-c", "{ ${DIR}/tritonserver --x; }"]}, True),
        ({"image": "i", "command": ["sh", "-c", "# then tritonserver\n# ; tritonserver\nls"]}, False),
        ({"image": "i", "command": ["sh", "/start.sh"], "args": ["x"]}, False),
        ({"image": "i", "command": ["sh", "-c"]}, False),
        ({"image": "i", "command": ["/start.sh"], "args": ["tritonserver"]}, True),
        ({"image": "i", "command": ["tini", "-g", "--", "/usr/bin/tritonserver"]}, True),
        ({"image": "i", "command": ["env", "A=b", "numactl", "-N", "0", "tritonserver"]}, True),
        ({"image": "i", "args": ["bash", "-xc", "set -e\nA='b c' exec mpirun -n 1 tritonserver \\\n--x"]}, True),
        ({"image": "i", "command": ["sh", "-c", "if ! (cd /x && ./bin/tritonserver); then exit 1; fi"]}, True),
        ({"image": "i", "command": ["sh", "-c", "run.sh --model-store=/m"]}, True),
        ({"image": IMAGE, "command": ["sleep", "5"]}, False),
        ({"image": "i", "command": ["cp", "/opt/tritonserver-backends/x", "/x"]}, False),
        ({"image": None, "command": None, "args": None}, False),
        ({"image": 5, "command": 5, "args": "tritonserver"}, False),
        ({}, False),
    ],
)
def test_what_runs_triton(container: dict[str, Any], answer: bool) -> None:
    assert (server([container]) is container) is answer


@pytest.mark.parametrize("containers", [None, 5, [], [None], {"image": IMAGE}])
def test_no_container(containers: Any) -> None:
    assert server(containers) is None


COMMAND, TOLD = {"command": ["sh", "-c", "exec tritonserver"]}, {"args": ["--model-repository=/m"]}


@pytest.mark.parametrize(
    ("containers", "index"),
    [
        ([{"image": IMAGE}, COMMAND], 1),
        ([{"image": IMAGE}, TOLD, COMMAND], 2),
        ([{"image": IMAGE}, TOLD], 1),
        ([COMMAND, COMMAND], 0),
        ([{"image": "x"}, {"image": IMAGE}, {"image": IMAGE}], 1),
    ],
)
def test_one_of_several_is_triton(containers: list[dict[str, Any]], index: int) -> None:
    assert server(containers) is containers[index]


@pytest.mark.parametrize(
    "part", ["env -a ", "\\\n", "A=b ", "exec \\\n ", "exec -\\\n", "\n", "then\n", "env 5\n", "/", " "]
)
def test_scripts_of_any_length_are_read_at_once(part: str) -> None:
    begun = time.process_time()
    assert server([{"command": ["sh", "-c", part * 10000]}]) is None
    assert time.process_time() - begun < 2


def deployment(name: str = "d", labels: Any = None, **container: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "proxy", "image": "envoy"}, {"name": "t", "image": IMAGE, **container}]}
    metadata = {"labels": {"app": "t", "tier": "x"} if labels is None else labels}
    return {
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"template": {"metadata": metadata, "spec": spec}},
    }


def service(name: str = "s", selector: Any = None, ports: Any = None, **more: Any) -> dict[str, Any]:
    spec = {
        "selector": {"app": "t"} if selector is None else selector,
        "ports": [{"port": 8000}] if ports is None else ports,
        **more,
    }
    return {"kind": "Service", "metadata": {"name": name}, "spec": spec}


HTTP = {"ports": [{"containerPort": 8000, "name": "http"}, {"containerPort": 8001, "name": "grpc"}]}


@pytest.mark.parametrize(
    ("container", "ports", "port"),
    [
        ({}, [{"port": 8000}], "8000"),
        ({}, [{"port": 8000, "targetPort": None}], "8000"),
        ({}, [{"port": 80, "targetPort": 8000}], "80"),
        ({}, [{"port": 80, "targetPort": 8000, "name": "web"}], "web"),
        (HTTP, [{"port": 8001, "targetPort": "grpc"}, {"port": 80, "targetPort": "http"}], "80"),
        ({"args": ["--http-port=9000"]}, [{"port": 8000}, {"port": 81, "targetPort": 9000}], "81"),
        ({"args": ["--http-port", "9000"]}, [{"port": 9000}], "9000"),
        (
            {"command": ["sh", "-c", "tritonserver --http-port=9000"], "ports": [{"containerPort": 9000, "name": "h"}]},
            [{"port": 80, "targetPort": "h"}],
            "80",
        ),
    ],
)
def test_the_port_that_leads_to_http(container: Any, ports: Any, port: str) -> None:
    said = found([service(ports=ports), deployment(**container)], "ns")
    assert said == {"workload": "d", "service": "s", "port": port}


@pytest.mark.parametrize(
    "services",
    [
        [],
        [service(selector={})],
        [service(selector={"app": "other"})],
        [service(selector={"app": "t", "more": "x"})],
        [service(selector={"app": None})],
        [service(selector={"other": None})],
        [service(ports=[{"port": 8001}])],
        [service(ports=[{"port": 8000, "targetPort": 9000}])],
        [service(ports=[{"port": 8000, "targetPort": "http"}])],
        [service(ports=[])],
        [{**service(), "metadata": {"name": "s", "namespace": "other"}}],
        [{**service(), "kind": "Route"}],
        [{"kind": "Service"}, {"kind": "Service", "spec": None}, {"kind": "Service", "spec": {"selector": None}}],
        [{"kind": "Service", "spec": {"selector": ["app"], "ports": [None]}}],
        [service(ports=[None, 5])],
        [service(ports=5)],
    ],
)
def test_nothing_where_no_service_leads_to_it(services: list[dict[str, Any]]) -> None:
    assert found([deployment(), *services], "ns") is None


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "Deployment"},
        {"kind": "Deployment", "metadata": None, "spec": None},
        {"kind": "Deployment", "spec": {"template": None}},
        {"kind": "Deployment", "spec": {"template": {"spec": None}}},
        {"kind": "Deployment", "spec": {"template": {"spec": {"containers": None}}}},
        {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [None, 5]}}}},
        {**deployment(), "kind": "StatefulSet"},
        {**deployment(), "metadata": {"name": "d", "namespace": "other"}},
        deployment(command=["sleep"]),
    ],
)
def test_nothing_where_no_deployment_runs_it(item: dict[str, Any]) -> None:
    assert found([item, service()], "ns") is None
    # Another one is found behind it.
    assert found([item, deployment("e"), service()], "ns") == {"workload": "e", "service": "s", "port": "8000"}


def test_several_services_and_those_without_an_address() -> None:
    metrics = service("metrics", ports=[{"port": 8002}])
    headless = service("headless", clusterIP="None")
    assert found([deployment(**HTTP), metrics, headless, service("z")], "ns") == {
        "workload": "d",
        "service": "headless",
        "port": "8000",
    }


def test_pods_without_labels_are_nobodys() -> None:
    bare = deployment()
    bare["spec"]["template"]["metadata"] = None
    assert found([bare, service()], "ns") is None
    assert found([deployment(labels={}), service()], "ns") is None


def test_objects_may_name_the_namespace() -> None:
    named = {**service(), "metadata": {"name": "s", "namespace": "ns"}}
    assert found([deployment(), named], "ns") is not None
