"""What happens by itself when time passes.

A real broker has to be waited for, so all these stories are told at once: each up to its `yield`,
then time passes, then each to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.behaviour.conftest import Open, Subject
from tests.behaviour.wire import Will
from tests.broker import Version

Story = Callable[[Open, Open, str], Iterator[None]]


def silence_ends_the_connection_and_sets_the_will_free(
    join: Open, _bare: Open, name: str
) -> Iterator[None]:
    witness = join()
    witness.subscribe(f"{name}/will")
    silent = join(keep_alive=1, will=Will(f"{name}/will"))
    yield
    assert witness.message().payload == b"will"
    silent.closed()


def without_keep_alive_silence_is_allowed(join: Open, _bare: Open, _name: str) -> Iterator[None]:
    wire = join(keep_alive=0)
    yield
    wire.ping()


def a_message_expires_while_it_waits(join: Open, _bare: Open, name: str) -> Iterator[None]:
    receiver, sender = join(name, keep=True), join()
    receiver.subscribe(f"{name}/a", qos=1)
    receiver.disconnect()
    sender.publish(f"{name}/a", b"late", 1, more={"MessageExpiryInterval": 1})
    sender.publish(f"{name}/a", b"kept", 1, more={"MessageExpiryInterval": 100})
    yield
    again = join(name, keep=True)
    message = again.message()
    assert message.payload == b"kept"
    assert 90 <= message.MessageExpiryInterval <= 99
    assert again.pending() == []


def a_retained_message_expires(join: Open, _bare: Open, name: str) -> Iterator[None]:
    join().publish(f"{name}/a", b"state", retain=True, more={"MessageExpiryInterval": 1})
    yield
    receiver = join()
    receiver.subscribe(f"{name}/a")
    assert receiver.pending() == []


def a_session_expires(join: Open, bare: Open, name: str) -> Iterator[None]:
    join(name, keep=True, expiry=1).disconnect()
    yield
    assert not bare().connect(name, keep=True).present


def a_session_does_not_expire_while_connected(join: Open, bare: Open, name: str) -> Iterator[None]:
    wire = join(name, keep=True, expiry=1)
    yield
    wire.ping()
    wire.close()
    assert bare().connect(name, keep=True).present


def a_will_can_be_delayed(join: Open, _bare: Open, name: str) -> Iterator[None]:
    witness = join()
    witness.subscribe(f"{name}/will")
    will = Will(f"{name}/will", properties={"WillDelayInterval": 1})
    join(keep=True, will=will).close()
    assert witness.pending() == []
    yield
    assert witness.message().payload == b"will"


def who_comes_back_in_time_has_no_will(join: Open, _bare: Open, name: str) -> Iterator[None]:
    witness = join()
    witness.subscribe(f"{name}/will")
    will = Will(f"{name}/will", properties={"WillDelayInterval": 1})
    join(name, keep=True, will=will).close()
    join(name, keep=True)
    yield
    assert witness.pending() == []


BOTH: list[Story] = [
    silence_ends_the_connection_and_sets_the_will_free,
    without_keep_alive_silence_is_allowed,
]
MQTT_5: list[Story] = [
    a_message_expires_while_it_waits,
    a_retained_message_expires,
    a_session_expires,
    a_session_does_not_expire_while_connected,
    a_will_can_be_delayed,
    who_comes_back_in_time_has_no_will,
]


def test_time_passes(
    subject: Subject,
    version: Version,
    join: Open,
    bare: Open,
    name: str,
    subtests: pytest.Subtests,
):
    told = [*BOTH, *(MQTT_5 if version == "5" else [])]
    begun = [(each, each(join, bare, f"{name}-{number}")) for number, each in enumerate(told)]
    for _, story in begun:
        next(story)
    subject.pass_time(1.6)
    for each, story in begun:
        with subtests.test(each.__name__):
            assert next(story, "told") == "told"
