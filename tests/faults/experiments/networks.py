"""Networks that delay, break, fall silent and corrupt."""

from __future__ import annotations

import threading
import time

from topicwire import Client, Context, ReconnectPolicy, TlsFiles

from tests.certificates import make_certificates
from tests.channels import PlainPublisher, PlainSubscriber, Reading
from tests.faults.experiment import Stage, experiment
from tests.faults.ledger import Ledger
from tests.faults.proxy import FaultProxy, Weather
from tests.inbox import Errors
from tests.mosquitto import free_port


def exchange(stage: Stage, sender: Client, receiver: Client, weather: Weather) -> None:
    """Publish for a while in bad weather, and see what became of it in good."""
    ledger = Ledger()

    @PlainSubscriber(receiver)
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    receiver.connect(30)
    sender.connect(30)
    publisher = PlainPublisher(sender)
    over = threading.Event()
    threading.Timer(stage.pick(300.0, 10.0), over.set).start()
    number = 0
    with weather:
        while not over.wait(0.005):
            ledger.publish(number, publisher.publish(Reading(number=number)))
            number += 1
    started = time.monotonic()
    for delivery in ledger.deliveries.values():
        delivery.wait(60)
    ledger.wait_for(ledger.expected(), 60)
    verdict = ledger.verdict()
    stage.note("messages, faults", f"{verdict.published}, {len(weather.history)}")
    stage.note("reconnects", f"{sender.stats().reconnects}, {receiver.stats().reconnects}")
    stage.note("repeated, out of order", f"{verdict.duplicated}, {verdict.reordered}")
    stage.equal("lost", verdict.lost, 0)
    stage.equal("hung deliveries", verdict.open, 0)
    stage.equal("failed", sender.stats().failed, 0)
    stage.limit("all settled in the calm", time.monotonic() - started, 30.0, " s")


@experiment
def random_faults(stage: Stage) -> None:
    """Delays, slices, resets, half-closes, silence and refusals on both sides of the broker."""
    broker = stage.durable_mosquitto()
    proxy = stage.proxy(broker)
    low, high = stage.pick((1.0, 5.0), (0.2, 1.0))
    exchange(
        stage,
        stage.client(proxy.url, client_id="sender", keep_alive=2, connect_timeout=2.0),
        stage.client(proxy.url, client_id="receiver", keep_alive=2, connect_timeout=2.0),
        Weather(proxy, low=low, high=high, seed=stage.seed),
    )


@experiment
def corruption_under_tls(stage: Stage) -> None:
    """Changed bytes, which TLS notices: the connection breaks, and nothing is lost."""
    folder = stage.folder / "certificates"
    folder.mkdir()
    make_certificates(folder)
    port = free_port()
    stage.mosquitto(
        "persistence true", "autosave_interval 1", "autosave_on_changes true",
        f"listener {port} 127.0.0.1", "allow_anonymous true", f"cafile {folder / 'ca.pem'}",
        f"certfile {folder / 'server.pem'}", f"keyfile {folder / 'server.key'}",
    )  # fmt: skip
    proxy = stage.cleanup.enter_context(FaultProxy(port, seed=stage.seed))
    url, tls = f"mqtts://localhost:{proxy.port}", TlsFiles(ca=folder / "ca.pem")
    low, high = stage.pick((1.0, 5.0), (0.2, 1.0))
    exchange(
        stage,
        stage.client(url, client_id="sender", keep_alive=2, connect_timeout=2.0, tls=tls),
        stage.client(url, client_id="receiver", keep_alive=2, connect_timeout=2.0, tls=tls),
        Weather(proxy, low=low, high=high, seed=stage.seed, kinds=("corrupt", "reset")),
    )


@experiment
def garbage(stage: Stage) -> None:
    """Changed bytes without TLS, which nobody can notice: no crash, no hang, and it goes on."""
    broker = stage.mosquitto()
    proxy = stage.proxy(broker)
    errors, ledger = Errors(), Ledger()
    client = stage.client(
        proxy.url, client_id="one", keep_alive=2, connect_timeout=2.0, on_error=errors,
        mqtt_version="5", ack_timeout=3.0,
    )  # fmt: skip

    @PlainSubscriber(client)
    def receive(message: Reading, context: Context) -> None:
        ledger.receive(message.number)

    client.connect()
    with Weather(proxy, low=0.2, high=1.0, seed=stage.seed, kinds=("corrupt",)) as weather:
        over = time.monotonic() + stage.pick(60.0, 6.0)
        number = 1_000_000
        while time.monotonic() < over:
            PlainPublisher(client).publish(Reading(number=number, text="x" * 50))
            number += 1
            # Slowly: each acknowledgement that is corrupted holds up its place in the window
            # (20 with mosquitto) until the connection is made anew.
            time.sleep(0.05)
    stage.note("messages, faults", f"{number - 1_000_000}, {len(weather.history)}")
    stage.note("reconnects", client.stats().reconnects)
    stage.equal("network thread alive", client._core.session.is_running, True)
    PlainPublisher(client).publish(Reading(number=1)).wait(30)
    stage.equal("and messages flow", ledger.wait_for({1}, 30), True)


@experiment
def dead_peer(stage: Stage) -> None:
    """A connection that is open, and silent."""
    keep_alive = stage.pick(10, 2)
    broker = stage.mosquitto()
    proxy = stage.proxy(broker)
    client = stage.client(
        proxy.url, keep_alive=keep_alive, reconnect=ReconnectPolicy(delays=[60.0])
    )
    client.connect()
    PlainPublisher(client).publish(Reading(number=1)).wait(10)
    proxy.silent = True
    started = time.monotonic()
    while client.is_connected and time.monotonic() < started + 5 * keep_alive:
        time.sleep(0.005)
    stage.limit("noticed, in keep-alives", (time.monotonic() - started) / keep_alive, 1.5)
