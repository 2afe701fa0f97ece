"""What the standard asks for and mosquitto 2.0.11, which is Debian's, does otherwise.

It grants no-local on shared subscriptions (MQTT 5.0, [MQTT-3.8.3-4]), takes subscription
identifiers from publishers ([MQTT-3.3.4-6]), lets a delayed will outlive its session
([MQTT-3.1.3-9]), and sends retained messages to new members of a group (section 4.8.2).
"""

from __future__ import annotations

import pytest

from tests.behaviour.conftest import Open
from tests.behaviour.wire import Closed, Will, text

VERSIONS = ("5",)
BROKERS = ("memory",)


def test_no_local_on_a_shared_subscription_is_an_error(join: Open, name: str):
    wire = join()
    with pytest.raises(Closed):
        wire.subscribe(f"$share/g/{name}/a", no_local=True)


def test_a_client_may_not_send_subscription_identifiers(join: Open, name: str):
    wire = join()
    wire.send(0x30, text(f"{name}/a") + b"\2\x0b\1" + b"x")
    wire.closed()


def test_the_end_of_the_session_sets_a_delayed_will_free(join: Open, name: str):
    witness = join()
    witness.subscribe(f"{name}/will")
    will = Will(f"{name}/will", properties={"WillDelayInterval": 1000})
    join(will=will).close()
    assert witness.message().payload == b"will"


def test_retained_messages_are_not_for_groups(join: Open, name: str):
    join().publish(f"{name}/a", b"state", retain=True)
    member = join()
    member.subscribe(f"$share/workers/{name}/a")
    assert member.pending() == []
