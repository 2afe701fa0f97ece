"""`bench`: how fast messages go through the broker, on a topic that nobody else has."""

import json
import secrets
import threading
import time
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.table import Table

from topicwire._channel import Channel, Message, QoS
from topicwire._client import Client
from topicwire._context import Context
from topicwire._latency import Histogram, Latency
from topicwire._version import __version__
from topicwire.command._access import Access, connected, connecting
from topicwire.command._catalogue import Catalogue
from topicwire.command._failures import CommandError, Status, told
from topicwire.command._listing import page

_PATIENCE = 10.0  # seconds without any message until the rest counts as lost


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured with one QoS: times in seconds, rates a second."""

    qos: int
    size: int
    round_trip: Latency
    messages: int
    sent_per_second: float
    received_per_second: float
    lost: int


def add_bench(app: typer.Typer, catalogue: Catalogue) -> None:
    """Add the command."""

    def bench(
        access: Access,
        *,
        size: Annotated[int, typer.Option(min=8, help="Bytes of a body.")] = 200,
        count: Annotated[
            int, typer.Option("--count", "-n", min=1, help="Messages of each throughput.")
        ] = 5_000,
        trips: Annotated[int, typer.Option(min=1, help="Messages sent one after another.")] = 200,
        qos: Annotated[
            list[int] | None, typer.Option(min=0, max=2, help="Only this QoS; by default 0 and 1.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    ) -> None:
        """Measure round trips and throughput from this machine through the broker and back.

        The topic is topicwire/bench/ and a random word; nothing else is sent or asked for.
        """
        client = Client(access.address, **access.options(catalogue.protocol))
        with connected(client):
            results = [
                measure(client, QoS(level), size=size, count=count, trips=trips)
                for level in qos or [0, 1]
            ]
            version = client.mqtt_version
        if as_json:
            found = [_record(result) for result in results]
            print(json.dumps({"mqtt": version, "topicwire": __version__, "results": found}))
        else:
            page().print(_table(results, version))
        if any(result.lost for result in results):
            lost = ", ".join(f"{one.lost} of QoS {one.qos}" for one in results if one.lost)
            raise CommandError(f"messages did not come back: {lost}", Status.FAILED)

    app.command()(told(connecting(bench)))


def measure(client: Client, qos: QoS, *, size: int, count: int, trips: int) -> Result:
    """Measure with one QoS, on a new topic."""
    channel = Channel[bytes](
        name="bench",
        address=f"topicwire/bench/{secrets.token_hex(8)}",
        messages=(Message(name="bench", payload=bytes),),
        qos=qos,
        receive_qos=qos,
        content_type="application/octet-stream",
    )
    body = b"x" * size
    arrived = _Arrivals()
    subscription = client._subscribe(channel, {}, arrived.note, None)
    subscription.wait()
    publish = client._publisher(channel)
    trip_times = Histogram()
    lost = 0
    for index in range(trips):
        started = time.monotonic()
        publish(body)
        if arrived.wait_for(index + 1 - lost):
            trip_times.add(time.monotonic() - started)
        else:
            lost += 1
    before = arrived.count
    started = time.monotonic()
    deliveries = [publish(body) for _ in range(count)]
    deliveries[-1].wait(_PATIENCE)
    sent = time.monotonic() - started
    complete = arrived.wait_for(before + count)
    took = (arrived.last if complete or arrived.count > before else time.monotonic()) - started
    subscription.unsubscribe()
    came = arrived.count - before
    return Result(
        int(qos), size, trip_times.snapshot(), count, count / sent, came / took,
        lost + count - came,
    )  # fmt: skip


class _Arrivals:
    """Counts what comes back."""

    def __init__(self) -> None:
        self.count = 0
        self.last = 0.0
        self._changed = threading.Condition()
        self._wanted = 0

    def note(self, message: bytes, context: Context) -> None:  # noqa: ARG002 - a handler
        """Count one."""
        self.last = time.monotonic()
        with self._changed:
            self.count += 1
            if self.count == self._wanted:
                self._changed.notify_all()

    def wait_for(self, count: int) -> bool:
        """Wait until there are so many; False if nothing comes any more."""
        with self._changed:
            while self.count < count:
                before, self._wanted = self.count, count
                if not self._changed.wait(_PATIENCE) and self.count == before:
                    return False
        return True


def _record(result: Result) -> dict[str, object]:
    record = asdict(result)
    del record["round_trip"]["buckets"]
    return record


def _table(results: list[Result], version: str) -> Table:
    table = Table(box=None, pad_edge=False, caption=f"MQTT {version}", caption_justify="left")
    for name in ("QoS", "bytes", "round trip p50", "p90", "p99", "sent 1/s", "received 1/s"):
        table.add_column(name, justify="right")
    for one in results:
        trip = one.round_trip
        times = (f"{seconds * 1000:.2f} ms" for seconds in (trip.p50, trip.p90, trip.p99))
        table.add_row(
            f"{one.qos}", f"{one.size}", *times,
            f"{one.sent_per_second:,.0f}", f"{one.received_per_second:,.0f}",
        )  # fmt: skip
    return table
