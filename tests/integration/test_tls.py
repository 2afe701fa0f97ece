"""Encrypted connections, with authorities and certificates made for the test."""

import shutil
import ssl
from pathlib import Path

import pytest
from topicwire import Client, ConnectionFailed, ReconnectPolicy

from tests.certificates import make_certificates
from tests.channels import PlainPublisher, PlainSubscriber, Reading
from tests.inbox import Inbox
from tests.mosquitto import Mosquitto, free_port

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command")
QUICK = ReconnectPolicy(base=0.05, cap=0.1)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


@pytest.fixture
def port(start_mosquitto, certificates: Path) -> int:
    """The port of a broker that asks for client certificates."""
    tls = free_port()
    broker: Mosquitto = start_mosquitto(
        f"listener {tls} 127.0.0.1",
        f"cafile {certificates / 'ca.pem'}",
        f"certfile {certificates / 'server.pem'}",
        f"keyfile {certificates / 'server.key'}",
        "require_certificate true",
        "allow_anonymous true",
    )
    assert broker.port != tls
    return tls


def test_mutual_tls(port: int, certificates: Path):
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    context.load_cert_chain(certificates / "client.pem", certificates / "client.key")
    inbox = Inbox()
    with Client(f"mqtts://localhost:{port}", tls=context) as client:
        PlainSubscriber(client).subscribe(inbox)
        for number in range(200):
            PlainPublisher(client).publish(Reading(number=number, text="x" * 500))
        inbox.wait_for(200)


def test_an_unknown_authority_is_refused_and_named(port: int):
    client = Client(f"mqtts://localhost:{port}", reconnect=QUICK)
    with pytest.raises(ConnectionFailed, match="certificate verify failed"):
        client.connect(timeout=0.5)


def test_another_host_name_is_refused_and_named(port: int, certificates: Path):
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    client = Client(f"mqtts://127.0.0.1:{port}", tls=context, reconnect=QUICK)
    with pytest.raises(ConnectionFailed, match="IP address mismatch"):
        client.connect(timeout=0.5)


def test_a_missing_client_certificate_is_among_the_causes(port: int, certificates: Path):
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    client = Client(f"mqtts://localhost:{port}", tls=context, reconnect=QUICK)
    with pytest.raises(ConnectionFailed, match=r"missing client certificate|certificate required"):
        client.connect(timeout=1)
