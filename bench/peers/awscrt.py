"""The MQTT 5 client of the AWS Common Runtime (written in C), and pydantic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Event

from awscrt import mqtt5
from suspension_protocol.models import LiveMeasurement

from bench.job import Job
from bench.messages import TOPIC, Sent, encode
from bench.peers import Begin, Handle, Wait


def connect(
    port: int, name: str, take: Callable[[mqtt5.PublishReceivedData], None] | None = None
) -> mqtt5.Client:
    """Return a client that is connected, and has `take` called for each message."""
    connected = Event()
    client = mqtt5.Client(
        mqtt5.ClientOptions(
            host_name="127.0.0.1",
            port=port,
            connect_options=mqtt5.ConnectPacket(client_id=name),
            on_lifecycle_event_connection_success_fn=lambda _: connected.set(),
            on_publish_callback_fn=take,
            disable_metrics=True,
        )
    )
    client.start()
    connected.wait()
    return client


def publish(job: Job, messages: Iterable[Sent], begin: Begin, wait: Wait) -> None:
    client = connect(job.port, "bench-publisher")
    qos = mqtt5.QoS(job.qos)
    begin()
    for message in messages:
        client.publish(mqtt5.PublishPacket(topic=TOPIC, payload=encode(message), qos=qos))
    wait()
    client.stop()


def receive(job: Job, ready: Begin, handle: Handle, wait: Wait) -> None:
    def take(received: mqtt5.PublishReceivedData) -> None:
        handle(LiveMeasurement.model_validate_json(received.publish_packet.payload))

    client = connect(job.port, "bench-subscriber", take)
    subscription = mqtt5.Subscription(topic_filter=TOPIC, qos=mqtt5.QoS(job.qos))
    client.subscribe(mqtt5.SubscribePacket(subscriptions=[subscription])).result()
    ready()
    wait()
    client.stop()
