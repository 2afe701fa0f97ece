"""A mosquitto with TLS and a password, and what services need to get in."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import pytest
from topicwire import ClientOptions, KeyRing, TlsFiles
from topicwire.keys import new_key, write_ring

from tests.certificates import make_certificates
from tests.mosquitto import Mosquitto, free_port

USER, PASSWORD = "bench", "s3cret of the bench"


class Arguments(TypedDict):
    """The arguments of the older handlers that lead to the broker."""

    host: str
    port: int
    username: str
    password: str
    use_tls: bool
    ca_cert_path: Path


@dataclass(frozen=True)
class Secure:
    """The broker as the older handlers (`old`) and as clients (`url`, `new`) get there."""

    broker: Mosquitto
    port: int
    folder: Path

    @property
    def old(self) -> Arguments:
        return {
            "host": "localhost", "port": self.port, "username": USER, "password": PASSWORD,
            "use_tls": True, "ca_cert_path": self.folder / "ca.pem",
        }  # fmt: skip

    @property
    def url(self) -> str:
        return f"mqtts://localhost:{self.port}"

    @property
    def new(self) -> ClientOptions:
        return {
            "username": USER, "password": PASSWORD, "tls": TlsFiles(ca=self.folder / "ca.pem"),
            "signing": self.keys,
        }  # fmt: skip

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"


@pytest.fixture(scope="session")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    folder, port = tmp_path_factory.mktemp("secure"), free_port()
    make_certificates(folder)
    write_ring(folder / "keys.json", KeyRing([new_key("hmac-sha256", "bench")]))
    passwords = folder / "passwords"
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", str(passwords), USER, PASSWORD], check=True, timeout=10
    )
    settings = (
        f"password_file {passwords}", f"listener {port} 127.0.0.1",
        f"cafile {folder / 'ca.pem'}", f"certfile {folder / 'server.pem'}",
        f"keyfile {folder / 'server.key'}",
    )  # fmt: skip
    with Mosquitto(folder, *settings, anonymous=False) as broker:
        yield Secure(broker, port, folder)
