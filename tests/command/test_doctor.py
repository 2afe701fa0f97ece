"""`doctor` finds what is wrong with real brokers, and says what to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from topicwire import KeyRing
from topicwire._greeting import Greeting
from topicwire.brokers import KNOWN
from topicwire.command._access import Access
from topicwire.command._catalogue import Catalogue
from topicwire.command._doctor.examination import Examination
from topicwire.command._doctor.profile import check_profile
from topicwire.raw import RawClient, RawMessage

from tests.broker import free_port
from tests.certificates import make_authority, make_certificate, make_certificates
from tests.command.conftest import PACKAGE, Ended, Run, feeding, run_command
from tests.keys import ED25519_PUBLIC, HMAC, SHARED, write_ring
from tests.mosquitto import Mosquitto
from tests.nats import Nats

Start = Callable[..., Mosquitto]


def findings(ended: Ended, check: str, state: str) -> list[dict[str, Any]]:
    return [one for one in ended.lines if (one["check"], one["state"]) == (check, state)]


def problem(ended: Ended, check: str) -> dict[str, Any]:
    assert ended.status == 1
    (found,) = findings(ended, check, "problem")
    assert found["remedy"]
    return found


def examine(url: str, *arguments: str, **environment: str) -> Ended:
    return run_command(
        "doctor", "--json", "--listen", "0.1", *arguments, TOPICWIRE_URL=url, **environment
    )


def test_nothing_is_wrong_with_a_broker_on_this_machine(broker: Mosquitto):
    ended = examine(broker.url, "--app", "gui", "--publish")
    assert ended.status == 0, ended.out
    texts = " ".join(one["text"] for one in ended.lines)
    for text in (
        "suspension-protocol 1.0.0", "the runtime fits", "takes connections", "MQTT 5 is spoken",
        "MQTT 3.1.1 is spoken", "20 unacknowledged, QoS up to 2", "subscriptions of what app 'gui'",
        "let through: systemStatus, ",
    ):  # fmt: skip
        assert text in texts
    assert "no keys; unsigned on this broker" in texts


def test_a_broker_that_only_speaks_3_1_1(nats: Nats):
    ended = examine(nats.url, "--app", "gui")
    assert ended.status == 0, ended.out
    assert [one["text"] for one in findings(ended, "broker", "ok")] == ["MQTT 3.1.1 is spoken"]
    (older,) = findings(ended, "broker", "note")
    assert older["text"].startswith("MQTT 5 is not spoken: ")


def test_a_broker_that_is_not_recognised_is_taken_at_its_word(broker: Mosquitto, nats: Nats):
    (newer,) = findings(examine(broker.url), "profile", "note")
    assert newer["text"] == "not recognised, so taken at its word; not promised: nothing"
    assert newer["remedy"].startswith("TOPICWIRE_BROKER=mosquitto|nats|rabbitmq|")
    (older,) = findings(examine(nats.url), "profile", "note")
    assert older["text"].endswith("over 3.1.1 is nothing; not promised: shared subscriptions")


def test_what_the_app_needs_and_a_known_broker_does_not_do(nats: Nats):
    ended = examine(nats.url, "--app", "backend", TOPICWIRE_BROKER="nats")
    (known,) = findings(ended, "profile", "ok")
    assert known["text"] == (
        "nats, as the settings say; not promised: shared subscriptions, "
        "expiry of what waits in sessions"
    )
    lost = findings(ended, "profile", "problem")
    assert any("'systemCommand' are to expire after 30 s, but would wait" in one["text"]
               for one in lost)  # fmt: skip
    assert ended.status == 1
    assert all("session_expiry=0" in one["remedy"] for one in lost)
    by_nobody = examine(nats.url, TOPICWIRE_BROKER="nats")
    assert len(findings(by_nobody, "profile", "note")) >= len(lost)
    assert by_nobody.status == 0, "without an app nothing is asked for"
    mended = examine(
        nats.url, "--app", "backend", TOPICWIRE_BROKER="nats", TOPICWIRE_SESSION_EXPIRY="0"
    )
    assert mended.status == 0, mended.out


def test_a_broker_that_is_recognised_and_several_of_them():
    access = Access(url="mqtt://127.0.0.1:1,127.0.0.1:2")
    found = Examination(PACKAGE, access, "gui", listen=0, may_publish=False, timeout=1)
    greeting = KNOWN["ejabberd"].correct(Greeting(0, False))
    known, *lost = check_profile(found, {"5": greeting})
    assert known.text.startswith("ejabberd, recognised by its greeting; not promised: shared ")
    assert {one.state for one in lost} == {"problem"}
    remedies = " ".join(one.remedy for one in lost)
    assert "give one address, or keep no session" in remedies
    texts = " ".join(one.text for one in lost)
    assert "retained messages of channel 'hardwareStatus'" in texts


def test_people_read_marks_and_remedies(run: Run):
    ended = run("doctor", "--listen", "0.1")
    assert ended.status == 0
    assert "ok      broker: MQTT 5 is spoken\n" in ended.out
    assert "note    clocks: nobody sent" in ended.out
    assert "\n          -> --listen SECONDS" in ended.out


def test_nobody_listens():
    ended = examine(f"mqtt://127.0.0.1:{free_port()}")
    assert "Connection refused" in problem(ended, "port")["text"]
    assert findings(ended, "access", "note"), "the rest is left out"
    assert not findings(ended, "may receive", "ok")


def test_the_name_is_not_known():
    assert "is not known" in problem(examine("mqtt://broker.invalid"), "address")["text"]


def test_a_package_of_another_generator(broker: Mosquitto):
    ended = run_command(
        "doctor", "--json", "--listen", "0", catalogue=Catalogue("suspension_protocol", "0.9.0"),
        TOPICWIRE_URL=broker.url,
    )  # fmt: skip
    assert "topicwire-codegen 0.9.0, the runtime is" in problem(ended, "versions")["text"]


def test_a_wrong_password_and_none(start_mosquitto: Start, tmp_path):
    passwords = tmp_path / "passwords"
    passwords.write_text("")
    broker = start_mosquitto(f"password_file {passwords}", anonymous=False)
    ended = examine(broker.url, "--username", "gui", TOPICWIRE_PASSWORD="wrong")
    assert ended.status == 1
    found = findings(ended, "broker", "problem")
    assert len(found) == 2, "over both versions"
    assert all("user name and password" in one["remedy"] for one in found)


def test_what_the_document_asks_for(broker: Mosquitto):
    # The name leads nowhere, but what is missing is found all the same, and first.
    ended = examine("mqtt://broker.invalid")
    assert ended.status == 1
    ended = run_command("tail", TOPICWIRE_URL="mqtt://broker.invalid")
    assert ended.status == 2
    assert "--allow-anonymous" in ended.err


@pytest.fixture
def start_tls(start_mosquitto: Start, tmp_path) -> Callable[..., str]:
    """Start a broker with a certificate; return its address for a host."""

    def start(name: str, host: str = "localhost") -> str:
        port = free_port()
        start_mosquitto(
            f"listener {port} 127.0.0.1", f"certfile {tmp_path}/{name}.pem",
            f"keyfile {tmp_path}/{name}.key", "allow_anonymous true",
        )  # fmt: skip
        return f"mqtts://{host}:{port}"

    return start


def test_certificates(start_tls: Callable[..., str], tmp_path):
    make_certificates(tmp_path)
    make_authority(tmp_path, "stranger")
    make_certificate(tmp_path, "expired", ends=-timedelta(hours=1))
    make_certificate(tmp_path, "lasting", ends=timedelta(days=300))
    address = start_tls("lasting")
    ca = ("--ca", str(tmp_path / "ca.pem"))
    good = examine(address, *ca)
    assert good.status == 0, good.out
    first, second = findings(good, "tls", "ok")
    assert first["text"].startswith("TLSv1.3, ")
    assert "for localhost, from CN=ca, valid until " in second["text"]
    stranger = examine(address, "--ca", str(tmp_path / "stranger.pem"))
    assert "not trusted" in findings(stranger, "tls", "problem")[0]["text"]
    assert stranger.status == 1
    elsewhere = examine(address.replace("localhost", "127.0.0.1"), *ca)
    assert "not for this address" in findings(elsewhere, "tls", "problem")[0]["text"]
    insecure = examine(address, "--tls-insecure")
    assert "may be anybody's" in problem(insecure, "tls")["text"]
    soon = examine(start_tls("server"), *ca)
    assert "renew it soon" in problem(soon, "tls")["remedy"]
    over = examine(start_tls("expired"), *ca)
    assert "has expired" in findings(over, "tls", "problem")[0]["text"]


def test_a_port_without_tls(broker: Mosquitto):
    ended = examine(broker.url.replace("mqtt://127.0.0.1", "mqtts://localhost"), "--timeout", "2")
    assert "no TLS there" in findings(ended, "tls", "problem")[0]["text"]


def test_access_rules_that_refuse(start_mosquitto: Start, tmp_path):
    rules = tmp_path / "acl"
    rules.write_text("topic readwrite suspension/system/#\n")
    broker = start_mosquitto(f"acl_file {rules}")
    ended = examine(broker.url, "--app", "gui", "--publish", "--timeout", "2")
    assert ended.status == 1
    refused = {one["text"].split(":")[1].strip() for one in findings(ended, "may send", "problem")}
    assert {"testStart", "testStop", "guiCommand"} <= refused
    assert not refused & {"systemStatus", "systemHeartbeat", "systemCommand"}
    (through,) = findings(ended, "may send", "ok")
    assert "systemStatus, systemHeartbeat, systemCommand" in through["text"]
    by_nobody = examine(broker.url, "--publish", "--timeout", "2")
    assert by_nobody.status == 0, "without an app nothing is asked for"


def test_keys(broker: Mosquitto, tmp_path):
    keys = write_ring(tmp_path / "keys.json", SHARED)
    good = examine(broker.url, "--app", "gui", "--keys", str(keys))
    assert good.status == 0, good.out
    assert any("testStart" in one["text"] for one in findings(good, "keys", "ok"))
    verifies = write_ring(tmp_path / "public.json", KeyRing([ED25519_PUBLIC]))
    mute = examine(broker.url, "--app", "gui", "--keys", str(verifies), "--client-id", "gui-7")
    assert "no key signs as 'gui-7' now on: " in problem(mute, "keys")["text"]
    ending = replace(HMAC, not_after=time.time() + 3600)
    short = write_ring(tmp_path / "short.json", KeyRing([ending]))
    assert "ends in 0.0 days" in problem(examine(broker.url, "--keys", str(short)), "keys")["text"]
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert "cannot be used" in problem(examine(broker.url, "--keys", str(broken)), "keys")["text"]


@pytest.mark.parametrize(("ahead", "state"), [(0.0, "ok"), (90.0, "problem")])
def test_clocks(broker: Mosquitto, raw: RawClient, ahead: float, state: str):
    made = (
        ("sid", "bridge-1"),
        ("ep", "1"),
        ("seq", "1"),
        ("ts", str(round((time.time() + ahead) * 1_000_000))),
    )
    body = RawMessage(topic="suspension/test/completed", payload=b"{}", qos=1, user_properties=made)
    with feeding(raw, body):
        ended = run_command("doctor", "--json", "--listen", "0.5", TOPICWIRE_URL=broker.url)
    (found,) = [one for one in findings(ended, "clocks", state) if "bridge-1" in one["text"]]
    if state == "problem":
        assert "s ahead of this one" in found["text"]
        assert ended.status == 1
