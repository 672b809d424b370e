# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A double of the API server on 127.0.0.1: keeps objects, applies, deletes and lists them, and remembers every request."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

TOKEN = "secret-token"
# Plural, API version, kind, whether it lives in a namespace.
KINDS = [
    ("namespaces", "v1", "Namespace", False),
    ("configmaps", "v1", "ConfigMap", True),
    ("secrets", "v1", "Secret", True),
    ("persistentvolumeclaims", "v1", "PersistentVolumeClaim", True),
    ("persistentvolumes", "v1", "PersistentVolume", False),
    ("nodes", "v1", "Node", False),
    ("pods", "v1", "Pod", True),
    ("events", "v1", "Event", True),
    ("limitranges", "v1", "LimitRange", True),
    ("resourcequotas", "v1", "ResourceQuota", True),
    ("services", "v1", "Service", True),
    ("deployments", "apps/v1", "Deployment", True),
    ("replicasets", "apps/v1", "ReplicaSet", True),
    ("statefulsets", "apps/v1", "StatefulSet", True),
    ("daemonsets", "apps/v1", "DaemonSet", True),
    ("jobs", "batch/v1", "Job", True),
    ("roles", "rbac.authorization.k8s.io/v1", "Role", True),
    ("rolebindings", "rbac.authorization.k8s.io/v1", "RoleBinding", True),
    ("storageclasses", "storage.k8s.io/v1", "StorageClass", False),
    ("clusterversions", "config.openshift.io/v1", "ClusterVersion", False),
    ("roles", "rbac.authorization.k8s.io/v1", "Role", True),
    ("rolebindings", "rbac.authorization.k8s.io/v1", "RoleBinding", True),
    ("securitycontextconstraints", "security.openshift.io/v1", "SecurityContextConstraints", False),
]
REVIEWS = (
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
)
# Behind the path of the namespace.
OTHERS_REVIEW = "/localsubjectaccessreviews"


@dataclass(frozen=True)
class Seen:
    """One request as it came in; header names are in lower case, and each value is kept."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    headers: list[tuple[str, str]]

    def header(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for key, value in self.headers if key == name.lower()]


Answer = tuple[int, Any]


def status(code: int, reason: str, message: str) -> Answer:
    """A Status object, as the API server refuses."""
    return code, {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "message": message,
        "code": code,
    }


def base_of(api_version: str) -> str:
    """The path of an API version."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def path_of(definition: Mapping[str, Any]) -> str:
    """The path of an object."""
    plural, namespaced = next(
        (plural, namespaced)
        for plural, version, kind, namespaced in KINDS
        if (version, kind) == (definition["apiVersion"], definition["kind"])
    )
    metadata = definition["metadata"]
    where = f"/namespaces/{metadata['namespace']}" if namespaced else ""
    return f"{base_of(definition['apiVersion'])}{where}/{plural}/{metadata['name']}"


def merged(live: Any, wanted: Any, before: Any) -> Any:
    """Server-side apply in small: what was applied before and is not wanted any more goes; lists are replaced."""
    if not (isinstance(live, dict) and isinstance(wanted, dict)):
        return deepcopy(wanted)
    gone = set(before) - set(wanted) if isinstance(before, dict) else set()
    result = {key: deepcopy(value) for key, value in live.items() if key not in gone}
    for key, value in wanted.items():
        result[key] = merged(live.get(key), value, before.get(key) if isinstance(before, dict) else None)
    return result


def merge_patched(live: Any, change: Any) -> Any:
    """RFC 7386."""
    if not isinstance(change, dict):
        return deepcopy(change)
    result = dict(live) if isinstance(live, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patched(result.get(key), value)
    return result


@dataclass
class FakeApi:
    """State of the double; ``answers`` overrule it by method and path, ``denied`` are (verb, resource) pairs.

    ``usable``: who may use which SCCs, by the name of a user or of a group.
    """

    url: str = ""
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    applied: dict[str, Any] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answer | Callable[[Seen], Answer]] = field(default_factory=dict)
    denied: set[tuple[str, str]] = field(default_factory=set)
    groups: list[str] = field(default_factory=lambda: ["apps", "batch", "rbac.authorization.k8s.io", "storage.k8s.io"])
    user: dict[str, Any] = field(default_factory=lambda: {"username": "deployer", "groups": ["system:authenticated"]})
    usable: dict[str, list[str]] = field(default_factory=dict)
    git_version: str = "v1.35.4"
    seen: list[Seen] = field(default_factory=list)
    versions: int = 0

    def add(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Put an object there; ``metadata`` among the fields is added to name and namespace."""
        metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **fields.pop("metadata", {})}
        definition = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}
        path = path_of(definition)
        self.objects[path] = self._stored(path, definition)
        return self.objects[path]

    def openshift(self) -> None:
        """Serve the API groups of OpenShift."""
        self.groups += ["config.openshift.io", "security.openshift.io"]

    def refuse(self, method: str, path: str, code: int, reason: str, message: str) -> None:
        """Answer with a Status object."""
        self.answers[method, path] = status(code, reason, message)

    def triton(self, base: str, index: list[dict[str, str]], ready: bool = True) -> None:
        """A Triton server behind a path, such as that of a service's proxy; ``index`` is its repository index."""
        self.answers["GET", f"{base}/v2/health/ready"] = (200 if ready else 400, b"")
        self.answers["POST", f"{base}/v2/repository/index"] = (200, index)
        self.answers["GET", f"{base}/v2"] = (200, {"name": "triton", "version": "2.51.0"})
        self.answers["GET", f"{base}/v2/models/stats"] = (
            200,
            {"model_stats": [{"name": "double", "inference_count": 3}]},
        )
        for model in index:
            path = f"{base}/v2/models/{model['name']}"
            self.answers["GET", path] = (200, {"name": model["name"], "inputs": []})
            self.answers["GET", f"{path}/config"] = (200, {"name": model["name"], "max_batch_size": 8})

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Method and path of the requests that changed something."""
        return [
            (seen.method, seen.path)
            for seen in self.seen
            if seen.method != "GET"
            and not seen.path.startswith(("/apis/authorization.k8s.io/", "/apis/authentication.k8s.io/"))
            and "dryRun" not in seen.query
            and "/proxy" not in seen.path
        ]

    def respond(self, seen: Seen) -> Answer:
        """The answer to one request."""
        self.seen.append(seen)
        if seen.header("authorization") != [f"Bearer {TOKEN}"]:
            return status(401, "Unauthorized", "Unauthorized")
        fixed = self.answers.get((seen.method, seen.path))
        if fixed is not None:
            return fixed(seen) if callable(fixed) else fixed
        handler: Callable[[Seen], Answer] = getattr(self, f"_{seen.method.lower()}")
        return handler(seen)

    def _get(self, seen: Seen) -> Answer:
        if seen.path == "/version":
            major, minor, *_rest = [*self.git_version.removeprefix("v").split("."), ""]
            return 200, {"gitVersion": self.git_version, "major": major, "minor": minor}
        if seen.path == "/apis":
            versions = {name: [{"groupVersion": f"{name}/v1", "version": "v1"}] for name in self.groups}
            return 200, {"groups": [{"name": name, "versions": listed} for name, listed in versions.items()]}
        if seen.path in self.objects:
            return 200, self.objects[seen.path]
        for plural, version, _kind, _namespaced in KINDS:
            if seen.path == base_of(version):
                return 200, {"resources": [self._resource(*entry) for entry in KINDS if entry[1] == version]}
            if seen.path.startswith(base_of(version)) and seen.path.endswith(f"/{plural}"):
                found = [item for path, item in self.objects.items() if self._listed(path, item, seen)]
                # The items of a list name neither kind nor version.
                return 200, {
                    "items": [{key: item[key] for key in item if key not in ("kind", "apiVersion")} for item in found]
                }
        return status(404, "NotFound", f'"{seen.path}" not found')

    @staticmethod
    def _resource(plural: str, _version: str, kind: str, namespaced: bool) -> dict[str, Any]:
        return {"name": plural, "kind": kind, "namespaced": namespaced}

    @staticmethod
    def _listed(path: str, item: Mapping[str, Any], seen: Seen) -> bool:
        labels = item["metadata"].get("labels") or {}
        wanted = dict(pair.split("=") for pair in seen.query.get("labelSelector", "").split(",") if pair)
        involved = item.get("involvedObject") or {}
        known = {"involvedObject.uid": involved.get("uid"), "reason": item.get("reason")}
        fields = dict(pair.split("=") for pair in seen.query.get("fieldSelector", "").split(",") if pair)
        return (
            path.rpartition("/")[0] == seen.path
            and all(labels.get(key) == value for key, value in wanted.items())
            and all(known.get(key) == value for key, value in fields.items())
        )

    def _post(self, seen: Seen) -> Answer:
        if seen.path == REVIEWS[0]:
            asked = seen.body["spec"]["resourceAttributes"]
            name = "/".join(filter(None, (asked["resource"], asked.get("subresource"))))
            return 201, {"status": {"allowed": (asked["verb"], name) not in self.denied}}
        if seen.path == REVIEWS[1]:
            return 201, {"status": {"userInfo": self.user}}
        if seen.path == REVIEWS[2]:
            return 201, {"status": {"resourceRules": self._rules(), "incomplete": False}}
        if seen.path.endswith(OTHERS_REVIEW):
            spec = seen.body["spec"]
            names = self._usable(spec["user"], spec["groups"])
            return 201, {"status": {"allowed": spec["resourceAttributes"]["name"] in names}}
        return 201, seen.body

    def _usable(self, user: str, groups: list[str]) -> list[str]:
        return [name for who in (user, *groups) for name in self.usable.get(who, ())]

    def _rules(self) -> list[dict[str, Any]]:
        """The user's own right to use SCCs; a rule without names would grant them all."""
        names = self._usable(self.user["username"], self.user["groups"])
        use = {"apiGroups": ["security.openshift.io"], "resources": ["securitycontextconstraints"], "verbs": ["use"]}
        return [{**use, "resourceNames": names}] if names else []

    def _put(self, seen: Seen) -> Answer:
        self.objects[seen.path] = self._stored(seen.path, seen.body)
        return 200, self.objects[seen.path]

    def _merge(self, seen: Seen) -> Answer:
        live = self.objects.get(seen.path)
        if live is None:
            return status(404, "NotFound", f'"{seen.path}" not found')
        after = self._stored(seen.path, merge_patched(live, seen.body))
        if "dryRun" not in seen.query:
            self.objects[seen.path] = after
        return 200, after

    def _patch(self, seen: Seen) -> Answer:
        if seen.header("content-type") == ["application/merge-patch+json"]:
            return self._merge(seen)
        if seen.header("content-type") != ["application/apply-patch+yaml"]:
            return status(415, "UnsupportedMediaType", "unexpected content type")
        live = self.objects.get(seen.path)
        parts = seen.path.split("/namespaces/")
        if len(parts) == 2 and "/" in parts[1] and f"/api/v1/namespaces/{parts[1].split('/')[0]}" not in self.objects:
            return status(404, "NotFound", f'namespaces "{parts[1].split("/")[0]}" not found')
        after = merged(live or {}, seen.body, self.applied.get(seen.path))
        if seen.body["kind"] == "PersistentVolumeClaim":
            after["spec"].setdefault("volumeMode", "Filesystem")
        if seen.query.get("dryRun") == "All":
            return 200, self._stored(seen.path, after)
        if after != live:
            self.objects[seen.path] = self._stored(seen.path, after)
        self.applied[seen.path] = seen.body
        return 200, self.objects[seen.path]

    def _stored(self, path: str, definition: Mapping[str, Any]) -> dict[str, Any]:
        self.versions += 1
        metadata = {"uid": f"uid-of-{path}", **definition["metadata"], "resourceVersion": str(self.versions)}
        metadata["managedFields"] = [{"time": self.versions}]
        return {**deepcopy(dict(definition)), "metadata": metadata}

    def _delete(self, seen: Seen) -> Answer:
        live = self.objects.get(seen.path)
        if live is None:
            return status(404, "NotFound", f'"{seen.path}" not found')
        if live["metadata"].get("finalizers"):
            live["metadata"]["deletionTimestamp"] = "2026-11-23T08:00:00Z"
        else:
            del self.objects[seen.path]
        return 200, live


class Running:
    """The double behind a socket, for the time of a with statement."""

    def __init__(self, api: FakeApi) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._api = api

    def __enter__(self) -> FakeApi:
        self._api.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread.start()
        return self._api

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(api: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Buffered: head and body in one packet, so that no acknowledgement is waited for.
        wbufsize = -1

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            url = urlsplit(self.path)
            headers = [(name.lower(), value) for name, value in self.headers.items()]
            query = dict(parse_qsl(url.query))
            code, answer = api.respond(
                Seen(self.command, unquote(url.path), query, json.loads(body) if body else None, headers)
            )
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler
