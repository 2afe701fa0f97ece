"""CONNECT, CONNACK, DISCONNECT and keep-alive."""

from __future__ import annotations

import pytest

from tests.behaviour.conftest import Open
from tests.behaviour.wire import (
    CONNACK,
    CONNECT,
    PINGREQ,
    SUBSCRIBE,
    Closed,
    binary,
    text,
)
from tests.broker import Version


def connect_with_flags(version: Version, flags: int) -> bytes:
    head = text("MQTT") + bytes([5 if version == "5" else 4, flags, 0, 0])
    return head + (b"\0" if version == "5" else b"") + text("x")


def test_a_new_client_has_no_session(bare: Open):
    answer = bare().connect()
    assert (answer.code, answer.present) == (0, False)


def test_a_client_without_an_id_gets_one(bare: Open, version: Version):
    answer = bare().connect("")
    assert answer.code == 0
    if version == "5":
        assert answer.properties.AssignedClientIdentifier


def test_two_clients_without_an_id_do_not_meet(bare: Open):
    first, second = bare(), bare()
    first.connect("")
    second.connect("")
    first.ping()


def test_a_ping_is_answered(join: Open):
    join().ping()


def test_the_first_packet_has_to_be_connect(bare: Open):
    wire = bare()
    wire.send(PINGREQ)
    wire.closed()


def test_a_second_connect_ends_the_connection(join: Open):
    wire = join()
    wire.send(CONNECT, wire.connect_body(None))
    wire.closed()


def test_another_protocol_is_not_let_in(bare: Open):
    wire = bare()
    wire.send(CONNECT, text("HTTP") + b"\4\2\0\0" + text("x"))
    wire.closed()


def test_a_future_version_is_refused(bare: Open):
    wire = bare()
    wire.send(CONNECT, text("MQTT") + b"\x09\2\0\0\0" + text("x"))
    try:
        assert wire.expect(CONNACK)[1] != 0
    except Closed:
        pass  # which is allowed as well
    wire.closed()


def test_a_reserved_flag_ends_the_connection(bare: Open, version: Version):
    wire = bare()
    properties = b"\0" if version == "5" else b""
    wire.send(
        CONNECT,
        text("MQTT") + bytes([5 if version == "5" else 4, 3, 0, 0]) + properties + text("x"),
    )
    wire.closed()


def test_a_will_flag_without_a_will_is_refused(bare: Open, version: Version):
    wire = bare()
    properties = b"\0" if version == "5" else b""
    wire.send(
        CONNECT,
        text("MQTT") + bytes([5 if version == "5" else 4, 6, 0, 0]) + properties + text("x"),
    )
    wire.closed()


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff\xff", b"\x10\xff\xff\xff\xff\x7f"])
def test_what_is_not_mqtt_ends_the_connection(bare: Open, data: bytes):
    wire = bare()
    wire._sock.sendall(data)
    wire.closed()


def test_a_session_that_is_not_kept_is_gone(join: Open, bare: Open, name: str):
    join(name).disconnect()
    assert not bare().connect(name, keep=True).present


def test_a_session_that_is_kept_is_there(join: Open, bare: Open, name: str):
    join(name, keep=True).disconnect()
    assert bare().connect(name, keep=True).present


def test_a_clean_start_discards_the_session(join: Open, bare: Open, name: str):
    join(name, keep=True).disconnect()
    assert not bare().connect(name, clean=True).present
    assert not bare().connect(name, keep=True).present


def test_a_broken_connection_leaves_a_session_that_is_kept(join: Open, bare: Open, name: str):
    join(name, keep=True).close()
    assert bare().connect(name, keep=True).present


def test_the_same_client_id_takes_over(join: Open, bare: Open, name: str):
    first = join(name)
    second = bare()
    assert second.connect(name).code == 0
    first.closed()
    second.ping()


def test_a_takeover_keeps_the_session(join: Open, name: str, bare: Open):
    first = join(name, keep=True)
    first.subscribe(f"{name}/a", qos=1)
    second = bare()
    assert second.connect(name, keep=True).present
    join().publish(f"{name}/a", b"kept", 1)
    assert second.message().payload == b"kept"


def test_a_subscribe_packet_with_wrong_flags_ends_the_connection(
    join: Open, name: str, version: Version
):
    wire = join()
    wire.send(SUBSCRIBE, b"\0\1" + (b"\0" if version == "5" else b"") + text(name) + b"\0")
    wire.closed()


def test_a_text_that_is_not_utf8_ends_the_connection(join: Open, version: Version):
    wire = join()
    wire.send(0x30, binary(b"a\xff") + (b"\0" if version == "5" else b"") + b"x")
    wire.closed()
