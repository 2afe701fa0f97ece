"""What the broker says for a client that has disappeared."""

from __future__ import annotations

from tests.behaviour.conftest import Open
from tests.behaviour.wire import SUBSCRIBE, Will


def test_a_broken_connection_sets_it_free(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will", qos=1)
    join(will=Will(f"{name}/will", b"gone", qos=1)).close()
    message = witness.message()
    assert (message.payload, message.qos, message.retain) == (b"gone", 1, False)


def test_a_disconnect_does_not(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    join(will=Will(f"{name}/will")).disconnect()
    assert witness.pending() == []


def test_a_broken_rule_sets_it_free(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    join(will=Will(f"{name}/will")).send(SUBSCRIBE, b"")
    assert witness.message().payload == b"will"


def test_a_takeover_sets_it_free(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    join(name, will=Will(f"{name}/will", b"first"))
    join(name, will=Will(f"{name}/will", b"second"))
    assert witness.message().payload == b"first"


def test_it_can_be_retained(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    join(will=Will(f"{name}/will", b"gone", retain=True)).close()
    assert not witness.message().retain
    late = join()
    late.subscribe(f"{name}/will")
    assert late.message().retain


def test_it_can_be_empty(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    join(will=Will(f"{name}/will", b"")).close()
    assert witness.message().payload == b""


def test_it_is_of_one_connection(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    join(name, keep=True, will=Will(f"{name}/will", b"first")).disconnect()
    join(name, keep=True).close()
    assert witness.pending() == []
