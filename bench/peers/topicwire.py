"""topicwire on the channel of the spec; `unbatched` is the same channel without its batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from suspension_protocol.channels import MEASUREMENTS_LIVE
from suspension_protocol.models import LiveMeasurement
from topicwire import Channel, Client, Context, Publisher, QoS, Subscriber


def make_channel(qos: int, *, batched: bool) -> Channel[LiveMeasurement]:
    """Return the spec's channel with another QoS, and without its batch if not `batched`."""
    batch = MEASUREMENTS_LIVE.batch if batched else None
    return replace(MEASUREMENTS_LIVE, qos=QoS(qos), receive_qos=QoS(qos), batch=batch)


def publish(
    port: int,
    messages: list[LiveMeasurement],
    qos: int,
    begin: Callable[[], None],
    wait: Callable[[], object],
    *,
    batched: bool = True,
) -> None:
    class Live(Publisher[LiveMeasurement]):
        channel = make_channel(qos, batched=batched)

    with Client(f"mqtt://127.0.0.1:{port}") as client:
        send = Live(client)._publish
        begin()
        for message in messages:
            send(message)
        client.flush()
        wait()


def receive(
    port: int,
    qos: int,
    ready: Callable[[], None],
    handle: Callable[[list[LiveMeasurement]], None],
    wait: Callable[[], object],
    *,
    batched: bool = True,
) -> None:
    class Live(Subscriber[LiveMeasurement]):
        channel = make_channel(qos, batched=batched)

    def take(message: LiveMeasurement, _context: Context) -> None:
        handle([message])

    # QoS 0 messages are dropped beyond this; other clients have no such limit.
    with Client(f"mqtt://127.0.0.1:{port}", max_pending=1_000_000) as client:
        Live(client).subscribe(take)
        ready()
        wait()
