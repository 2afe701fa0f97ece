"""Encrypted connections, with authorities and certificates made for the test."""

import logging
import shutil
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from topicwire import CertificateInvalid, Client, ConnectionFailed, ReconnectPolicy, TlsFiles

from tests.certificates import (
    DAY,
    make_authority,
    make_certificate,
    make_certificates,
    make_revocation_list,
)
from tests.channels import PlainPublisher, PlainSubscriber, Reading
from tests.inbox import Inbox
from tests.mosquitto import Mosquitto, free_port

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
    with pytest.raises(
        CertificateInvalid, match=r"an authority that is not trusted.*TlsFiles"
    ) as e:
        client.connect(timeout=0.5)
    assert e.value.problem == "unknown_authority"


def test_another_host_name_is_refused_and_named(port: int, certificates: Path):
    tls = TlsFiles(ca=certificates / "ca.pem")
    client = Client(f"mqtts://127.0.0.1:{port}", tls=tls, reconnect=QUICK)
    with pytest.raises(CertificateInvalid, match=r"not for this address.*IP address mismatch") as e:
        client.connect(timeout=0.5)
    assert e.value.problem == "wrong_host"


@pytest.fixture
def listening(start_mosquitto, certificates: Path) -> Callable[[str], int]:
    """Start brokers with certificates of the folder."""

    def listen(name: str) -> int:
        port = free_port()
        start_mosquitto(
            f"listener {port} 127.0.0.1",
            f"certfile {certificates / name}.pem",
            f"keyfile {certificates / name}.key",
            "allow_anonymous true",
        )
        return port

    return listen


@pytest.mark.parametrize(
    ("name", "settings", "problem", "text"),
    [
        ("expired", {"ends": -DAY}, "expired", "has expired; it has to be renewed"),
        ("elsewhere", {"host": "elsewhere.example"}, "wrong_host", "is for another host"),
        ("alone", {"authority": "alone"}, "self_signed", "is signed by itself"),
        ("foreign", {"authority": "other"}, "unknown_authority", "comes from an authority"),
        ("revoked", {}, "revoked", "was revoked by its authority"),
    ],
)
def test_a_certificate_that_is_not_to_be_trusted_is_refused_and_says_why(
    certificates: Path, listening: Callable[[str], int], name, settings, problem, text
):
    make_authority(certificates, "other")
    certificate = make_certificate(certificates, name, **settings)
    revoked = [certificate] if name == "revoked" else []
    crl = make_revocation_list(certificates, f"{name}-list", *revoked)
    tls = TlsFiles(ca=certificates / "ca.pem", crl=crl)
    client = Client(f"mqtts://localhost:{listening(name)}", tls=tls, reconnect=QUICK)
    with pytest.raises(CertificateInvalid, match=text) as caught:
        client.connect(timeout=0.5)
    assert caught.value.problem == problem


def test_a_revocation_list_of_another_authority_is_no_reason_to_trust(
    certificates: Path, listening: Callable[[str], int]
):
    tls = TlsFiles(ca=certificates / "ca.pem", crl=certificates / "ca.pem")
    client = Client(f"mqtts://localhost:{listening('server')}", tls=tls, reconnect=QUICK)
    with pytest.raises(CertificateInvalid) as caught:
        client.connect(timeout=0.5)
    assert caught.value.problem == "no_revocation_list"


def test_a_certificate_that_is_not_revoked_passes(
    certificates: Path, listening: Callable[[str], int]
):
    other = make_certificate(certificates, "unlucky")
    crl = make_revocation_list(certificates, "list", other)
    tls = TlsFiles(ca=certificates / "ca.pem", crl=crl)
    with Client(f"mqtts://localhost:{listening('server')}", tls=tls) as client:
        assert client.is_connected


def test_not_checking_certificates_is_loud(
    certificates: Path, listening: Callable[[str], int], caplog
):
    make_certificate(certificates, "alone", authority="alone")
    url = f"mqtts://127.0.0.1:{listening('alone')}"
    with pytest.warns(UserWarning, match="tls_insecure: whoever is on the way can be mqtts://"):
        client = Client(url, tls_insecure=True)
    with client:
        assert "tls_insecure: the broker's certificate is not checked" in caplog.text
    with pytest.raises(ValueError, match="tls_insecure goes with mqtts://"):
        Client("mqtt://127.0.0.1:1", tls_insecure=True)


def test_a_missing_client_certificate_is_among_the_causes(port: int, certificates: Path):
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    client = Client(f"mqtts://localhost:{port}", tls=context, reconnect=QUICK)
    with pytest.raises(ConnectionFailed, match=r"missing client certificate|certificate required"):
        client.connect(timeout=1)


def test_certificates_that_change_are_read_again_before_the_next_connection(
    start_mosquitto, certificates: Path, tmp_path: Path, caplog
):
    caplog.set_level(logging.INFO, "topicwire")
    port = free_port()
    broker: Mosquitto = start_mosquitto(
        f"listener {port} 127.0.0.1",
        f"cafile {certificates / 'ca.pem'}",
        f"certfile {certificates / 'server.pem'}",
        f"keyfile {certificates / 'server.key'}",
        "require_certificate true",
        "use_identity_as_username true",
    )
    for name in ("client.pem", "client.key"):
        shutil.copy(certificates / name, tmp_path / name)
    tls = TlsFiles(
        ca=certificates / "ca.pem", certificate=tmp_path / "client.pem", key=tmp_path / "client.key"
    )
    with Client(f"mqtts://localhost:{port}", tls=tls, reconnect=QUICK) as client:

        def connect_again() -> None:
            before = client.stats().reconnects
            broker.restart()
            while client.stats().reconnects == before or not client.is_connected:
                time.sleep(0.01)

        assert seen_as(broker, 1) == "client"
        make_certificate(certificates, "renewed")
        shutil.copy(certificates / "renewed.pem", tmp_path / "client.pem")
        connect_again()
        assert "cannot be used, going on without" in caplog.text, "its key is not there yet"
        assert seen_as(broker, 2) == "client"
        shutil.copy(certificates / "renewed.key", tmp_path / "client.key")
        connect_again()
        assert seen_as(broker, 3) == "renewed"
        assert "TLS files were read again" in caplog.text


def seen_as(broker: Mosquitto, connection: int) -> str:
    """Return the user name under which the broker let a client in, the first being 1."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        lines = [line for line in broker.log().splitlines() if "New client connected" in line]
        if len(lines) >= connection:
            return lines[connection - 1].rpartition("u'")[2].partition("'")[0]
        time.sleep(0.01)  # the log is written by another process
    raise AssertionError(f"there was no connection {connection}: {broker.log()}")
