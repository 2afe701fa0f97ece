"""topicwire: the generated stubs, on the spec's channel with the changes that a job asks for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace

from suspension_protocol.channels import MEASUREMENTS_LIVE
from suspension_protocol.publishers import MeasurementsLivePublisher
from suspension_protocol.subscribers import MeasurementsLiveSubscriber
from topicwire import (
    Channel,
    Client,
    ClientOptions,
    Compression,
    Delivery,
    Key,
    KeyRing,
    Message,
    Parameter,
    Publisher,
    QoS,
    Subscriber,
)

from bench.job import Job
from bench.messages import TOPIC, Block, Sent
from bench.peers import Begin, Handle, Wait

SHARED = KeyRing([Key(kid="bench", algorithm="hmac-sha256", key=bytes(range(32)))])


def channel_of(job: Job) -> Channel[Sent]:
    """Return the channel of a job."""
    channel: Channel[Sent] = replace(
        MEASUREMENTS_LIVE,
        qos=QoS(job.qos),
        receive_qos=QoS(job.qos),
        batch=MEASUREMENTS_LIVE.batch if job.batched else None,
        compression=Compression(codec=job.codec) if job.codec else None,
        signing="required" if job.signed else "off",
    )
    if job.size:
        channel = replace(channel, messages=(Message(name="block", payload=Block),))
    if job.topics:
        channel = replace(
            channel, address=f"{TOPIC}/{{number}}", parameters=(Parameter(name="number"),)
        )
    return channel


def options_of(job: Job) -> ClientOptions:
    """Return the settings of a client that loses nothing: the peers' queues have no limit."""
    options = ClientOptions(max_pending=10_000_000, max_pending_bytes=2**40)
    if job.signed:
        options["signing"] = SHARED
    return options


def publish(job: Job, messages: Iterable[Sent], begin: Begin, wait: Wait) -> None:
    class Live(MeasurementsLivePublisher):
        channel = channel_of(job)

    class Numbered(Publisher[Sent]):
        channel = channel_of(job)

        def publish(self, message: Sent, /, *, number: str) -> Delivery:
            return self._publish(message, {"number": number})

    with Client(f"mqtt://127.0.0.1:{job.port}", **options_of(job)) as client:
        if job.topics:
            numbers = [str(number) for number in range(job.topics)]
            send = Numbered(client).publish
            begin()
            for position, message in enumerate(messages):
                send(message, number=numbers[position % job.topics])
        else:
            publisher = Live(client)
            begin()
            for message in messages:
                publisher.publish(message)
        client.flush()
        wait()


def receive(job: Job, ready: Begin, handle: Handle, wait: Wait) -> None:
    class Live(MeasurementsLiveSubscriber):
        channel = channel_of(job)

    class Numbered(Subscriber[Sent]):
        channel = channel_of(job)

        def __init__(self, client: Client, /, *, number: str | None = None) -> None:
            super().__init__(client, {"number": number})

    with ExitStack() as stack:
        for _ in range(job.subscribers):
            client = Client(f"mqtt://127.0.0.1:{job.port}", **options_of(job))
            stack.enter_context(client)
            if job.exact:
                for number in range(job.topics):
                    Numbered(client, number=str(number)).subscribe(handle)
            elif job.topics:
                Numbered(client).subscribe(handle)
            elif job.lists:
                Live(client).subscribe_batches(handle)
            else:
                Live(client).subscribe(handle)
        ready()
        wait()
