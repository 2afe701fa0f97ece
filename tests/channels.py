"""Hand-written stubs of the shape that the generator writes, for tests of the runtime alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import MISSING, JsonValue
from topicwire import (
    Batch,
    Channel,
    Client,
    Compression,
    Delivery,
    Message,
    Parameter,
    Partitions,
    Payload,
    Publisher,
    QoS,
    Requester,
    Responder,
    Subscriber,
    aio,
)


class Reading(Payload):
    """A number, with a text that may be absent and one that may be null."""

    model_config = {"extra": "forbid"}
    number: int
    text: str | MISSING = MISSING
    note: str | MISSING | None = MISSING


class Other(Payload):
    model_config = {"extra": "allow"}
    other: dict[str, JsonValue]


PLAIN = Channel[Reading](
    name="plain",
    address="plain",
    messages=(Message(name="reading", payload=Reading),),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
)
FAST = Channel[Reading](
    name="fast",
    address="fast/{rig}",
    messages=(Message(name="reading", payload=Reading),),
    parameters=(Parameter(name="rig"),),
    batch=Batch(linger=0.02),
    categories=("measurements",),
)
STATE = Channel[Reading](
    name="state",
    address="state/{rig}/{side}",
    messages=(Message(name="reading", payload=Reading),),
    parameters=(Parameter(name="rig"), Parameter(name="side", enum=("left", "right"))),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
    retain=True,
    delivery="retained",
)
SIGNED = Channel[Reading](
    name="signed",
    address="signed/{rig}",
    messages=(Message(name="reading", payload=Reading),),
    parameters=(Parameter(name="rig"),),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
    signing="required",
    batch=Batch(linger=0.02),
)
OPTIONAL = replace(SIGNED, name="optional", address="optional/{rig}", signing="optional")
SIGNED_DURABLE = replace(
    SIGNED,
    name="signed_durable",
    address="signed_durable/{rig}",
    delivery="durable",
    compression=Compression(codec="gzip", threshold=100),
)
SIGNED_STATE = replace(
    SIGNED,
    name="signed_state",
    address="signed_state/{rig}",
    delivery="retained",
    retain=True,
    batch=None,
)
BATCHED = replace(
    SIGNED,
    name="batched",
    address="batched/{rig}",
    signing="off",
    batch=Batch(max_messages=5, max_bytes=500, linger=60.0),
)
LINGERING = replace(BATCHED, name="lingering", address="lingering/{rig}", batch=Batch(linger=0.05))
SIGNED_BATCHED = replace(
    BATCHED,
    name="signed_batched",
    address="signed_batched/{rig}",
    signing="required",
    compression=Compression(codec="zstd", threshold=60),
)
PACKED = replace(
    SIGNED,
    name="packed",
    address="packed/{rig}",
    signing="off",
    compression=Compression(codec="zstd", threshold=100),
)
DURABLE = Channel[Reading](
    name="durable",
    address="durable/{rig}",
    messages=(Message(name="reading", payload=Reading),),
    parameters=(Parameter(name="rig"),),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
    delivery="durable",
)
PARTITIONS = Partitions(count=16, by="number")
JOBS = Channel[Reading](
    name="jobs",
    address="jobs/{rig}",
    messages=(Message(name="reading", payload=Reading),),
    parameters=(Parameter(name="rig"),),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
    partitions=PARTITIONS,
)
EITHER = Channel[Reading | Other](
    name="either",
    address="either",
    messages=(Message(name="reading", payload=Reading), Message(name="other", payload=Other)),
    qos=QoS.EXACTLY_ONCE,
    receive_qos=QoS.EXACTLY_ONCE,
    message_expiry=30,
    categories=("measurements",),
)

ADD = Channel[Reading](
    name="add",
    address="add/{rig}",
    messages=(Message(name="reading", payload=Reading),),
    parameters=(Parameter(name="rig"),),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
)
SUM = Channel[Other](
    name="sum",
    address="sum/{rig}/{requester}",
    messages=(Message(name="other", payload=Other),),
    parameters=(Parameter(name="rig"), Parameter(name="requester")),
    qos=QoS.AT_LEAST_ONCE,
    receive_qos=QoS.AT_LEAST_ONCE,
)

Side = Literal["left", "right"]


class PlainPublisher(Publisher[Reading]):
    channel = PLAIN

    def publish(self, message: Reading, /) -> Delivery:
        return self._publish(message)


class RigPublisher(Publisher[Reading]):
    """Base of publishers whose address has a rig."""

    def publish(self, message: Reading, /, *, rig: str) -> Delivery:
        return self._publish(message, {"rig": rig})


class FastPublisher(RigPublisher):
    channel = FAST


class StatePublisher(Publisher[Reading]):
    channel = STATE

    def publish(self, message: Reading, /, *, rig: str, side: Side) -> Delivery:
        return self._publish(message, {"rig": rig, "side": side})


class DurablePublisher(RigPublisher):
    channel = DURABLE


class JobsPublisher(RigPublisher):
    channel = JOBS


class SignedPublisher(RigPublisher):
    channel = SIGNED


class OptionalPublisher(RigPublisher):
    channel = OPTIONAL


class SignedDurablePublisher(RigPublisher):
    channel = SIGNED_DURABLE


class SignedStatePublisher(RigPublisher):
    channel = SIGNED_STATE


class PackedPublisher(RigPublisher):
    channel = PACKED


class BatchedPublisher(RigPublisher):
    channel = BATCHED


class LingeringPublisher(RigPublisher):
    channel = LINGERING


class SignedBatchedPublisher(RigPublisher):
    channel = SIGNED_BATCHED


class EitherPublisher(Publisher[Reading | Other]):
    channel = EITHER

    def publish(self, message: Reading | Other, /) -> Delivery:
        return self._publish(message)


class PlainSubscriber(Subscriber[Reading]):
    channel = PLAIN


class RigSubscriber(Subscriber[Reading]):
    """Base of subscribers whose address has a rig."""

    def __init__(self, client: Client, /, *, rig: str | None = None) -> None:
        super().__init__(client, {"rig": rig})


class FastSubscriber(RigSubscriber):
    channel = FAST


class StateSubscriber(Subscriber[Reading]):
    channel = STATE

    def __init__(
        self, client: Client, /, *, rig: str | None = None, side: Side | None = None
    ) -> None:
        super().__init__(client, {"rig": rig, "side": side})


class DurableSubscriber(RigSubscriber):
    channel = DURABLE


class JobsSubscriber(RigSubscriber):
    channel = JOBS


class SignedSubscriber(RigSubscriber):
    channel = SIGNED


class OptionalSubscriber(RigSubscriber):
    channel = OPTIONAL


class SignedDurableSubscriber(RigSubscriber):
    channel = SIGNED_DURABLE


class SignedStateSubscriber(RigSubscriber):
    channel = SIGNED_STATE


class PackedSubscriber(RigSubscriber):
    channel = PACKED


class BatchedSubscriber(RigSubscriber):
    channel = BATCHED


class LingeringSubscriber(RigSubscriber):
    channel = LINGERING


class SignedBatchedSubscriber(RigSubscriber):
    channel = SIGNED_BATCHED


class EitherSubscriber(Subscriber[Reading | Other]):
    channel = EITHER


class AsyncPlainPublisher(aio.Publisher[Reading]):
    channel = PLAIN

    async def publish(self, message: Reading, /) -> Delivery:
        return await self._publish(message)


class AsyncPlainSubscriber(aio.Subscriber[Reading]):
    channel = PLAIN


class AsyncBatchedPublisher(aio.Publisher[Reading]):
    channel = BATCHED

    async def publish(self, message: Reading, /, *, rig: str) -> Delivery:
        return await self._publish(message, {"rig": rig})


class AsyncJobsSubscriber(aio.Subscriber[Reading]):
    channel = JOBS


class AsyncBatchedSubscriber(aio.Subscriber[Reading]):
    channel = BATCHED


class AsyncDurablePublisher(aio.Publisher[Reading]):
    channel = DURABLE

    async def publish(self, message: Reading, /, *, rig: str) -> Delivery:
        return await self._publish(message, {"rig": rig})


class AddRequester(Requester[Reading, Other]):
    channel = ADD
    reply_channel = SUM

    def request(self, message: Reading, /, *, rig: str, timeout: float = 10) -> Other:
        return self._request(message, {"rig": rig}, timeout=timeout)


class AddResponder(Responder[Reading, Other]):
    channel = ADD
    reply_channel = SUM

    def __init__(self, client: Client, /, *, rig: str | None = None) -> None:
        super().__init__(client, {"rig": rig})


class AsyncAddRequester(aio.Requester[Reading, Other]):
    channel = ADD
    reply_channel = SUM

    async def request(self, message: Reading, /, *, rig: str, timeout: float = 10) -> Other:
        return await self._request(message, {"rig": rig}, timeout=timeout)


class AsyncAddResponder(aio.Responder[Reading, Other]):
    channel = ADD
    reply_channel = SUM


class AsyncDurableSubscriber(aio.Subscriber[Reading]):
    channel = DURABLE
