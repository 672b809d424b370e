# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules triton_info and triton_infer do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import TritonError
from .._expression import Expression
from .._kube import replicas, wait, workload
from .._kube.client import Client, connect, passing
from .._kube.triton import Direct, PodProxy, ServiceProxy
from .._kube.workload import pod_log
from .._release import rollout
from .._triton.client import Server, Transport, Unanswered, failed, states
from .._triton.log import errors
from .._triton.request import build
from .._triton.statistics import totals

HTTP_PORT = "http"
LOG_LINES = 500
LONGEST_VALUES = 1000


def info(params: Mapping[str, Any], _check_mode: bool) -> dict[str, Any]:
    """Read a server's state, on request after waiting for it; nothing is ever changed."""
    query = Expression(params["query"], "query") if params["query"] else None
    target = reach(params)
    if params["wait"]:
        failed = Failed()
        seen = wait.until(
            lambda: _patient(lambda: _look(target, params["models"], failed, params.get("only_models", False)), failed),
            lambda seen: seen.final,
            params["wait_timeout"],
        )
        if seen.problem:
            raise TritonError(seen.problem, **seen.details)
        if not seen.final:
            raise TritonError(
                f"{target.server.where} is not ready after {params['wait_timeout']} s: {seen.waiting_for}"
            )
    result = _gather(target.server, params["gather"])
    if "replicas" in params["gather"]:
        result["replicas"] = _each(target, params["timeout"])
        result["totals"] = totals(result["replicas"])
    if query:
        result["result"] = query.search(result)
    return result


def infer(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Send one inference and judge the answer; in check mode only the request and the expressions are checked."""
    expect = Expression(params["expect"], "expect") if params["expect"] else None
    query = Expression(params["query"], "query") if params["query"] else None
    request = build(params["inputs"], params["outputs"], params["parameters"])
    if check_mode:
        return {"sent": False, "request": request}
    server = reach(params).server
    answer = server.infer(params["model"], request, params["version"] or "")
    outcome: dict[str, Any] = {
        "sent": True,
        "request": request,
        "model": answer.get("model_name", params["model"]),
        "version": answer.get("model_version", ""),
        "outputs": answer.get("outputs") or [],
    }
    if expect:
        outcome["accepted"] = bool(expect.search(answer))
        if not outcome["accepted"]:
            raise TritonError(
                f"Model {params['model']} answered, but the answer is not what was expected: {expect.text} is not true of "
                f"outputs {_values(outcome['outputs'])}.",
                **outcome,
            )
    if query:
        outcome["result"] = query.search(answer)
    return outcome


def _values(outputs: Any) -> str:
    """The outputs' values for a message; an image or a long text is cut."""
    named = [output for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    text = str({output.get("name"): output.get("data") for output in named})
    return text if len(text) <= LONGEST_VALUES else f"{text[:LONGEST_VALUES]} …"


@dataclass(frozen=True, slots=True)
class Target:
    """A server, and the cluster it is in; ``client`` is None when it is reached by URL."""

    server: Server
    client: Client | None = None
    namespace: str = ""
    workload: str = ""
    port: str = HTTP_PORT


def reach(params: Mapping[str, Any]) -> Target:
    """The server that the options of the fragment server name.

    :raises TritonError: no time to answer, or a URL that is none.
    """
    timeout = params["timeout"]
    if timeout < 1:
        raise TritonError(f"timeout is {timeout}; give the seconds to wait for one answer, from 1 on.")
    if params["url"]:
        transport: Transport = Direct(
            params["url"], params["url_ca_cert"], params["url_validate_certs"], params["url_headers"] or {}
        )
        return Target(Server(transport, timeout))
    client = connect(params)
    port = params["port"] or HTTP_PORT
    server = Server(ServiceProxy(client, params["namespace"], params["name"], port), timeout)
    return Target(server, client, params["namespace"], params.get("workload") or params["name"], port)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: ``final`` when waiting has an end, with ``problem`` when it is a bad one."""

    final: bool
    waiting_for: str = ""
    problem: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Failed:
    """What was so when the waiting began: ``times``, how often init containers had failed, since what they said then may be put right by
    now; ``answered``, whether the API server has answered."""

    times: dict[str, int] | None = None
    answered: bool = False

    def final(self, failures: Iterable[rollout.Failure]) -> str:
        """What a container said that ended since then and for which no other attempt can help, "" for none."""
        listed = list(failures)
        if self.times is None:
            self.times = {failure.container: failure.times for failure in listed}
        new = [failure for failure in listed if failure.times > self.times.get(failure.container, 0)]
        return next((failure.text for failure in new if failure.final), "")


def _patient(look: Callable[[], Seen], earlier: Failed) -> Seen:
    """A look that goes on when the API server, which has answered before, does not answer for a moment."""
    try:
        seen = look()
    except TritonError as error:
        if not earlier.answered or not passing(error):
            raise
        return Seen(False, error.message)
    earlier.answered = True
    return seen


def _look(target: Target, wanted: list[str], earlier: Failed, only: bool = False) -> Seen:
    """One look at rollout and models; with ``only``, at the wanted models alone, whatever became of others."""
    if target.client is not None:
        live = workload.read(target.client, target.namespace, "Deployment", target.workload)
        if live is not None and not rollout.complete(live.live):
            return _hindered(target, target.client, live, earlier)
    try:
        # A model that failed on request leaves Triton unready, while it serves the others.
        if not only and not target.server.ready():
            return _not_ready(target.server)
        models = states(target.server.index())
    except Unanswered as error:
        if error.details.get("status") == 404:
            return Seen(True, problem=f"{error.message}; deploy it first, or correct the name.")
        return Seen(False, error.message)
    return _models_seen(target.server.where, models, wanted, only)


def _models_seen(where: str, models: list[dict[str, Any]], wanted: list[str], only: bool) -> Seen:
    problem = _model_problem(where, [model for model in models if not only or model["name"] in wanted])
    if problem:
        return problem
    ready = {model["name"] for model in models if model["ready"]}
    absent = [name for name in wanted if name not in ready]
    unknown = [name for name in absent if name not in {model["name"] for model in models}]
    if unknown:
        known = ", ".join(sorted({model["name"] for model in models})) or "none"
        return Seen(
            True, problem=f"{where} has no model {', '.join(unknown)}; the models of its repositories are: {known}."
        )
    if absent:
        return Seen(False, f"models {', '.join(absent)} are not ready")
    return Seen(True)


def _model_problem(where: str, models: list[dict[str, Any]]) -> Seen | None:
    broken = failed(models)
    if not broken:
        return None
    # Triton's reasons may have several lines, such as the place in a Python model.
    reasons = "; ".join(
        f"{model['name']}{' version ' + model['version'] if model['version'] else ''}: {' '.join(model['reason'].split())}"
        for model in broken
    )
    return Seen(
        True, problem=f"{where} cannot load {len(broken)} of its models: {reasons}", details={"failed_models": broken}
    )


def _not_ready(server: Server) -> Seen:
    try:
        return _model_problem(server.where, states(server.index())) or Seen(
            False, "a model that it does not list is not ready"
        )
    except TritonError as error:
        return Seen(False, error.message)


def _pod_not_ready(target: Target, client: Client, pod: Mapping[str, Any]) -> Seen:
    """Ask a pod that runs; what it does not say over HTTP it may say in its log.

    Triton opens its port when loading is over: a server that answers and is not ready will not become ready by itself.
    """
    name = pod["metadata"]["name"]
    server = Server(PodProxy(client, target.namespace, name, rollout.container_port(pod, target.port)))
    try:
        if server.ready():
            return Seen(False, f"pod {name} has just become ready")
    except TritonError as error:
        return Seen(False, error.message)
    seen = _not_ready(server)
    if seen.problem:
        return seen
    reasons = errors(pod_log(client, target.namespace, name, LOG_LINES))
    if reasons:
        return Seen(True, problem=f"{server.where} runs but does not get ready: {'; '.join(reasons)}")
    return seen


def _hindered(target: Target, client: Client, live: workload.Workload, earlier: Failed) -> Seen:
    """Why the rollout is not complete: refused, a model that does not load, or simply not yet."""
    # A server that runs needs no engine that explains refusals.
    from .diagnose import refused, without_pods

    outcome = refused(client, target.namespace, live)
    if outcome:
        return Seen(
            True, problem=f"{outcome['msg']} The playbook inferops.triton.diagnose lists the ways out.", details=outcome
        )
    hindrances = [hindrance for pod in live.pods for hindrance in rollout.hindrances(pod)]
    final = earlier.final(failure for pod in live.pods for failure in rollout.failures(pod))
    hopeless = [text for reason, text in hindrances if reason in rollout.HOPELESS] + ([final] if final else [])
    if hopeless:
        return Seen(
            True, problem=f"Deployment {target.workload} in namespace {target.namespace} cannot start: {hopeless[0]}"
        )
    for pod in live.pods:
        if rollout.running(pod):
            seen = _pod_not_ready(target, client, pod)
            if seen.problem:
                return seen
    missing, lasting = without_pods(client, target.namespace, live)
    if lasting:
        return Seen(True, problem=missing)
    texts = [text for _reason, text in hindrances]
    if any("PersistentVolumeClaim" in text for text in texts):
        texts = [*workload.unbound_claims(client, target.namespace, live.pods), *texts]
    waiting = "; ".join([*texts, *([missing] if missing else [])])
    return Seen(False, waiting or f"the rollout of Deployment {target.workload} is not complete")


def _gather(server: Server, subsets: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {"ready": server.ready(), "models": states(server.index())}
    result["models_ready"] = sorted({model["name"] for model in result["models"] if model["ready"]})
    if "server" in subsets:
        result["server"] = server.metadata()
    if "metadata" in subsets:
        result["metadata"] = {name: server.model(name) for name in result["models_ready"]}
    if "config" in subsets:
        result["config"] = {name: server.config(name) for name in result["models_ready"]}
    if "statistics" in subsets:
        result["statistics"] = server.statistics().get("model_stats", [])
    return result


def _each(target: Target, timeout: float) -> list[dict[str, Any]]:
    """Every replica by itself: a Service leads to one of them."""
    servers = [(target.server.where, target.server)]
    if target.client is not None:
        found = replicas.read(target.client, target.namespace, target.workload, target.port, timeout)
        servers = [(replica.name, replica.server) for replica in found.servers]
    return [
        {
            "pod": name,
            "ready": server.ready(),
            "models": states(server.index()),
            "statistics": server.statistics().get("model_stats", []),
        }
        for name, server in servers
    ]
