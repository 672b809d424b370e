# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Object stores in a local cluster: S3 (versitygw, http and https with a private CA) and GCS (fake-gcs-server).

    with s3_store("storage") as store:
        store.fill(folder, "models", "production")
        store.uri("models", "production", tls=True)

Each store lives in a namespace of its own, which goes with the store, also after a failure. The machine reaches it through
rclone in the cluster's network, so that what it copies does not pass through the API server.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("tools", "cluster")]

from common import run
from localcluster import build, lifecycle
from localcluster.record import load
from localcluster.settings import FAKE_GCS_IMAGE, RCLONE_IMAGE, STATE, VERSITYGW_IMAGE, Cluster, ClusterError
from provide import kubectl

__all__ = [
    "RCLONE_IMAGE",
    "ClusterError",
    "GcsStore",
    "Place",
    "S3Store",
    "Store",
    "gcs_store",
    "private_authority",
    "s3_store",
]

NAME = "objectstore"
HTTP, HTTPS = 8080, 8443
PATIENCE_S = 120
REGION = "us-east-1"


@dataclass(frozen=True)
class Place:
    """Where in which cluster a store is: its namespace, its name and address there, and a process of that network."""

    kubeconfig: Path
    namespace: str
    process: int
    address: str = ""

    @property
    def host(self) -> str:
        """The name by which pods reach it."""
        return f"{NAME}.{self.namespace}.svc.cluster.local"

    def kubectl(self, *words: str, text: str | None = None) -> str:
        """Call kubectl as the administrator."""
        command = [str(kubectl()), "--kubeconfig", str(self.kubeconfig), *words]
        done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise ClusterError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout


@dataclass(frozen=True)
class Store:
    """A running store. ``remote``: the settings of rclone's remote ``store:``; ``env``: what Triton needs to read from it."""

    place: Place
    remote: Mapping[str, str] = field(repr=False)
    env: Mapping[str, str] = field(repr=False)

    def command(self, *words: str) -> list[str]:
        """rclone in the cluster's network, where ``store:BUCKET/PREFIX`` is in this store; it takes `environment`."""
        network = ["nsenter", f"--target={self.place.process}", "--net", "--"]
        return [*network, str(build.rclone()), "--config=", "--retries=1", *words]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of `command`, with the credentials that no argument may show."""
        settings = {f"RCLONE_CONFIG_STORE_{name.upper()}": value for name, value in self.remote.items()}
        return {**os.environ, **settings}

    def rclone(self, *words: str) -> str:
        """Call rclone and return what it prints. Raises ToolError."""
        return run(self.command(*words), env=self.environment).stdout

    def fill(self, folder: Path, bucket: str, prefix: str) -> None:
        """Make the bucket unless it is there, and make what is below the prefix the same as what is in the folder."""
        self.rclone("mkdir", f"store:{bucket}")
        self.rclone("sync", str(folder), f"store:{bucket}/{prefix}")


@dataclass(frozen=True)
class S3Store(Store):
    """An S3 store. ``ca``: the certificate (PEM) of the authority behind https, which nobody knows."""

    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    ca: str = ""
    region: str = REGION

    def endpoint(self, *, tls: bool = False) -> str:
        """The URL, as pods see it."""
        return f"https://{self.place.host}:{HTTPS}" if tls else f"http://{self.place.host}:{HTTP}"

    def uri(self, bucket: str, prefix: str, *, tls: bool = False) -> str:
        """A folder in a bucket as Triton's model repository."""
        return f"s3://{self.endpoint(tls=tls)}/{bucket}/{prefix}"


@dataclass(frozen=True)
class GcsStore(Store):
    """A store that speaks Google's protocol, without credentials."""

    @property
    def endpoint(self) -> str:
        """The URL, as pods see it."""
        return f"http://{self.place.host}:{HTTP}"

    def uri(self, bucket: str, prefix: str) -> str:
        """A folder in a bucket as Triton's model repository."""
        return f"gs://{bucket}/{prefix}"


@contextlib.contextmanager
def s3_store(cluster: str, *, tls: bool = True) -> Iterator[S3Store]:
    """An S3 store in a local cluster of this clone that is up; without tls, http only. Raises ClusterError and ToolError."""
    access_key, secret_key = f"AK{secrets.token_hex(9).upper()}", secrets.token_urlsafe(30)
    account = {"ROOT_ACCESS_KEY": access_key, "ROOT_SECRET_KEY": secret_key, "VGW_REGION": REGION}
    files: dict[str, str] = {}
    common = ["--health=/health", "--quiet", "posix", "/data"]
    containers = [_container("http", VERSITYGW_IMAGE, [f"--port=:{HTTP}", *common], HTTP, "/health")]
    ca = ""
    with _place(cluster) as place:
        if tls:
            ca, certificate, key = private_authority([place.host, f"{NAME}.{place.namespace}.svc"], [place.address])
            files = {"tls.crt": certificate, "tls.key": key}
            arguments = [f"--port=:{HTTPS}", "--cert=/tls/tls.crt", "--key=/tls/tls.key", *common]
            containers.append(_container("https", VERSITYGW_IMAGE, arguments, HTTPS, "/health"))
        _start(place, containers, account, files)
        remote = {
            "type": "s3",
            "provider": "Other",
            "endpoint": f"http://{place.address}:{HTTP}",
            "region": REGION,
            "access_key_id": access_key,
            "secret_access_key": secret_key,
        }
        env = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key, "AWS_DEFAULT_REGION": REGION}
        yield S3Store(place, remote, env, access_key, secret_key, ca)


@contextlib.contextmanager
def gcs_store(cluster: str) -> Iterator[GcsStore]:
    """A store of Google's kind in a local cluster of this clone that is up. Raises ClusterError and ToolError."""
    with _place(cluster) as place:
        arguments = ["-scheme=http", f"-port={HTTP}", "-filesystem-root=/data", f"-public-host={place.host}:{HTTP}"]
        _start(place, [_container("http", FAKE_GCS_IMAGE, arguments, HTTP, "/_internal/healthcheck")], {}, {})
        remote = {
            "type": "googlecloudstorage",
            "anonymous": "true",
            "endpoint": f"http://{place.address}:{HTTP}/storage/v1/",
            "project_number": "1",
            "bucket_policy_only": "true",
        }
        yield GcsStore(place, remote, {"CLOUD_STORAGE_EMULATOR_ENDPOINT": f"http://{place.host}:{HTTP}"})


def private_authority(names: Sequence[str], addresses: Sequence[str]) -> tuple[str, str, str]:
    """A new authority's certificate, and the certificate and key of a server that it vouches for (PEM)."""
    # Only https needs it: ansible-core's environments have this package, a bare Python has not.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def certificate(subject: str, public: Any, signer: Any, *extensions: tuple[Any, bool]) -> Any:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Private test authority")]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=7))
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256())

    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _number in range(2))
    alternatives = [
        *map(x509.DNSName, names),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses),
    ]
    is_authority = (x509.BasicConstraints(ca=True, path_length=0), True)
    of_authority = certificate("Private test authority", authority.public_key(), authority, is_authority)
    of_server = certificate(NAME, server.public_key(), authority, (x509.SubjectAlternativeName(alternatives), False))
    pem = serialization.Encoding.PEM
    key = server.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return of_authority.public_bytes(pem).decode(), of_server.public_bytes(pem).decode(), key.decode()


@contextlib.contextmanager
def _place(name: str) -> Iterator[Place]:
    """A new namespace with the store's Service, in a cluster that has the images."""
    known = load(STATE / name)
    if known is None:
        raise ClusterError(f"There is no local cluster {name}: start it first.")
    lifecycle.bring_storage(Cluster(name, known.profile, known.node))  # type: ignore[arg-type]
    place = Place(STATE / name / "kubeconfig", f"store-{secrets.token_hex(4)}", known.inner.pid)
    try:
        place.kubectl("create", "namespace", place.namespace)
        ports = [{"name": scheme, "port": port} for scheme, port in (("http", HTTP), ("https", HTTPS))]
        _apply(place, _object("Service", {"spec": {"selector": {"app": NAME}, "ports": ports}}))
        address = place.kubectl("get", "service", NAME, "-n", place.namespace, "-o", "jsonpath={.spec.clusterIP}")
        yield Place(place.kubeconfig, place.namespace, place.process, address)
    finally:
        place.kubectl("delete", "namespace", place.namespace, "--ignore-not-found", "--wait=false")


def _start(
    place: Place, containers: Sequence[Mapping[str, Any]], account: Mapping[str, str], files: Mapping[str, str]
) -> None:
    """Start the store's pod and wait until it answers."""
    pod = {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "containers": list(containers),
        "volumes": [
            {"name": "data", "emptyDir": {}},
            {"name": "tls", "secret": {"secretName": f"{NAME}-files"}},
        ],
    }
    deployment = {
        "selector": {"matchLabels": {"app": NAME}},
        "template": {"metadata": {"labels": {"app": NAME}}, "spec": pod},
    }
    _apply(
        place,
        _object("Secret", {"stringData": dict(account)}, f"{NAME}-account"),
        _object("Secret", {"stringData": dict(files)}, f"{NAME}-files"),
        _object("Deployment", {"apiVersion": "apps/v1", "spec": deployment}),
    )
    wait = ["--for=condition=Available", f"--timeout={PATIENCE_S}s"]
    place.kubectl("wait", f"deployment/{NAME}", "-n", place.namespace, *wait)


def _container(name: str, image: str, arguments: Sequence[str], port: int, health: str) -> dict[str, Any]:
    scheme = "HTTPS" if port == HTTPS else "HTTP"
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "Never",
        "args": list(arguments),
        "envFrom": [{"secretRef": {"name": f"{NAME}-account"}}],
        "ports": [{"containerPort": port}],
        "readinessProbe": {"httpGet": {"path": health, "port": port, "scheme": scheme}, "periodSeconds": 1},
        "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "data", "mountPath": "/data"},
            {"name": "tls", "mountPath": "/tls", "readOnly": True},
        ],
    }


def _object(kind: str, content: Mapping[str, Any], name: str = NAME) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}


def _apply(place: Place, *objects: Mapping[str, Any]) -> None:
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    place.kubectl("apply", "-n", place.namespace, "-f", "-", text=text)
