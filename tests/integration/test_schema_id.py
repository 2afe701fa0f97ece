"""A receiver of another version of the document says so, instead of only that nothing fits."""

from dataclasses import replace

import pytest
from topicwire import Batch, Compression, Message, PayloadInvalid

from tests.channels import DURABLE, Reading, RigPublisher, RigSubscriber
from tests.inbox import Errors, Inbox
from tests.keys import SHARED

OLD = replace(DURABLE, name="versions", address="versions/{rig}", schema_id="OLD")


class NewReading(Reading):
    unit: str


NEW = replace(OLD, messages=(Message(name="reading", payload=NewReading),), schema_id="NEW")
MISMATCH = "the sender speaks another schema of this channel (NEW) than this package (OLD)"
SETTINGS = {
    "durable": {},
    "batched": {"batch": Batch(linger=0.02)},
    "signed": {"signing": "required", "delivery": "live"},
    "compressed": {"delivery": "live", "compression": Compression(codec="gzip", threshold=10)},
}


def stubs(channel):
    publisher = type("VersionsPublisher", (RigPublisher,), {"channel": channel})
    return publisher, type("VersionsSubscriber", (RigSubscriber,), {"channel": channel})


@pytest.mark.parametrize("kind", [*SETTINGS, "outbox"])
def test_the_mismatch_is_named(kind, connect, rig, tmp_path):
    settings = SETTINGS.get(kind, {})
    signing = {"signing": SHARED} if kind == "signed" else {}
    outbox = {"outbox": tmp_path / "outbox.sqlite"} if kind == "outbox" else {}
    errors, inbox = Errors(), Inbox()
    _, subscriber = stubs(replace(OLD, **settings))
    publisher, _ = stubs(replace(NEW, **settings))
    subscriber(connect(on_error=errors, **signing), rig=rig)(inbox)
    sender = connect(**signing, **outbox)
    message = NewReading(number=1, unit="N", text="a" * 40)
    publisher(sender).publish(message, rig=rig).wait(10)
    [(error, _)] = errors.wait_for(1)
    assert isinstance(error, PayloadInvalid)
    assert error.schema_ids == ("NEW", "OLD")
    assert MISMATCH in str(error)
    assert [field.path for field in error.errors] == ["/unit"]
    assert inbox.messages == []


def test_what_fits_all_the_same_is_handled(connect, rig):
    """Another schema is no error: only what does not fit is."""
    inbox = Inbox()
    _, subscriber = stubs(replace(OLD, messages=NEW.messages))
    publisher, _ = stubs(NEW)
    subscriber(connect(), rig=rig)(inbox)
    message = NewReading(number=1, unit="N")
    publisher(connect()).publish(message, rig=rig).wait(10)
    inbox.wait_for(1)
    assert inbox.messages == [message]


def test_a_plain_message_stays_what_it_is(connect, rig):
    """It needs no header, so it does not get one for this; the error does not name a schema."""
    errors = Errors()
    live = {"delivery": "live"}
    _, subscriber = stubs(replace(OLD, **live))
    publisher, _ = stubs(replace(NEW, **live))
    subscriber(connect(on_error=errors), rig=rig)(Inbox())
    publisher(connect()).publish(NewReading(number=1, unit="N"), rig=rig).wait(10)
    [(error, context)] = errors.wait_for(1)
    assert isinstance(error, PayloadInvalid)
    assert error.schema_ids is None
    assert "speaks another schema" not in str(error)
    assert context is not None
