"""What the spec's servers ask for, with a broker that asks for it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from topicwire import (
    Client,
    ClientOptions,
    ConnectionFailed,
    Protocol,
    SecurityRequired,
    SecurityScheme,
    Server,
)

from tests.broker import Version
from tests.channels import PlainPublisher, Reading
from tests.mosquitto import Mosquitto

PASSWORD = SecurityScheme(type="userPassword")
PROTOCOL = Protocol(
    title="",
    version="",
    servers=(Server(name="plain", protocol="mqtt", host="{host}:1883", security=(PASSWORD,)),),
)


def test_a_password_that_the_spec_asks_for_is_asked_for_before_the_broker_is(
    start_mosquitto: Callable[..., Mosquitto], version: Version, tmp_path: Path
):
    passwords = tmp_path / "passwords"
    command = ["mosquitto_passwd", "-b", "-c", str(passwords), "gui", "secret"]
    subprocess.run(command, check=True)
    broker = start_mosquitto(f"password_file {passwords}", anonymous=False)
    options: ClientOptions = {"protocol": PROTOCOL, "mqtt_version": version}
    # The same listener under a name that is none of loopback's.
    url = f"mqtt://0.0.0.0:{broker.port}"
    with pytest.raises(SecurityRequired, match=r"server 'plain' .* asks for a user name and"):
        Client(url, **options)
    with pytest.raises(ConnectionFailed) as refused:
        Client(url, **options, allow_anonymous=True).connect(timeout=5)
    assert refused.value.fatal, "the broker has been asked, and has refused it for good"
    with pytest.raises(ConnectionFailed):
        Client(broker.url, **options).connect(timeout=5)
    with Client(url, **options, username="gui", password="secret") as client:
        PlainPublisher(client).publish(Reading(number=1)).wait(5)
